"""How old the prices are that the money stands on: by cloud, as shares of the bills, and not of lines."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flowwise.tables.project import CLOUDS
from report.tables import Cell, Table
from report.words import Said, Texts, percent

_DAYS_A_YEAR = 365
_AGES = (("age_quarter", 92), ("age_year", _DAYS_A_YEAR), ("age_three_years", 3 * _DAYS_A_YEAR), ("age_older", None))
"""A phrase for each column, and how many days old its prices are at the most."""

Costs = Sequence[Mapping[str, Any]]


def ages_table(costs: Costs, today: date, texts: Texts) -> Table | None:
    """By cloud, what share of the higher load's bills is of how old prices; None if nothing has a price."""
    rows: list[list[Cell]] = []
    for cloud in CLOUDS:
        lines = list(_priced(costs, (cloud,)))
        total = sum((amount for _, amount in lines), Decimal(0))
        if not total:
            continue
        shares = _shares(lines, total, today)
        oldest = min(day for day, _ in lines)
        rows.append([texts.value(cloud), *map(percent, shares), texts.date(oldest)])
    header = [texts("cloud"), *(texts(phrase) for phrase, _ in _AGES), texts("oldest_price")]
    return Table("table-ages", texts("ages_caption"), header, rows, range(1, len(header))) if rows else None


def age_in_words(costs: Costs, today: date, texts: Texts) -> Said:
    """How much of what the environments cost on their own clouds is of prices younger than a year."""
    lines = [line for one in costs if one["cloud"] for line in _priced([one], (one["cloud"],))]
    total = sum((amount for _, amount in lines), Decimal(0))
    if not total:
        return texts("no_prices")
    young = sum((amount for day, amount in lines if (today - day).days <= _DAYS_A_YEAR), Decimal(0))
    return texts("prices_young", share=percent(float(young / total)))


def _priced(costs: Costs, clouds: Sequence[str]) -> Iterator[tuple[date, Decimal]]:
    """The day of the price of each line that has one, and what the line costs at the higher load."""
    for one in costs:
        for cloud in clouds:
            for line in one["estimates"].get(cloud, {}).get("lines", ()):
                if line["date"]:
                    yield date.fromisoformat(line["date"]), Decimal(line["high"])


def _shares(lines: Sequence[tuple[date, Decimal]], total: Decimal, today: date) -> list[float]:
    sums = [Decimal(0)] * len(_AGES)
    for day, amount in lines:
        age = (today - day).days
        sums[next(index for index, (_, most) in enumerate(_AGES) if most is None or age <= most)] += amount
    return [float(one / total) for one in sums]
