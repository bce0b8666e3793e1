"""An environment at a glance: where it is, what it costs against its budget, whether all fits, what to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from costs.exchange_rate import ExchangeRate
from environments import Environment
from flowwise.tables.project import IN_CLUSTER
from flowwise.tables.regions import REGIONS
from report.charts import unknown_count
from report.money import Money, own_money
from report.words import Code, English, Said, State, Texts, usd


@dataclass(frozen=True)
class BudgetBar:
    """Positions on a bar, in hundredths of its length: from the lower to the higher cost, and the budget's mark."""

    start: float
    width: float
    mark: float
    words: Said


@dataclass(frozen=True)
class Finding:
    """Something to look at, and the key to change."""

    severity: Said
    state: State
    key: Code
    text: Said | English


@dataclass(frozen=True)
class Card:
    """An environment at a glance. It has no money, bar or budget in a cluster that is there already."""

    name: str
    tier: Said
    place: Said
    is_production: bool
    money: Money | None
    bar: BudgetBar | None
    budget: tuple[State, Said] | None
    unknown: Said | None
    fits: Sequence[tuple[State, Said]]
    findings: Sequence[Finding]


def card(
    environment: Environment,
    costs: Mapping[str, Any],
    size: Mapping[str, Any],
    rate: ExchangeRate | None,
    texts: Texts,
) -> Card:
    """The card of an environment."""
    own = costs["estimates"][costs["cloud"]] if costs["cloud"] else None
    unknown = unknown_count(own) if own else 0
    return Card(
        name=environment.name,
        tier=texts.value(environment.tier if environment.in_cloud else IN_CLUSTER),
        place=_place(environment, texts),
        is_production=environment.tier == "prod",
        money=own_money(costs, rate, texts),
        bar=_bar(own, costs["budget_usd"], texts) if own and costs["budget_usd"] else None,
        budget=_budget(own, costs["budget_usd"], texts) if own and costs["budget_usd"] else None,
        unknown=texts("leaves_out", n=unknown) if unknown else None,
        fits=_fits(size, texts),
        findings=[_finding(finding, texts) for finding in (*costs["findings"], *size["findings"])],
    )


def _place(environment: Environment, texts: Texts) -> Said:
    if environment.region is None:
        return texts("frame_existing_cluster", context=environment.kubernetes_context)
    code = REGIONS[environment.region][environment.cloud].code
    place = {"cloud": texts.value(environment.cloud), "region": texts.value(environment.region), "code": code}
    return texts("place", **place)


def _bar(own: Mapping[str, Any], budget: int, texts: Texts) -> BudgetBar:
    low, high = Decimal(own["low"]), Decimal(own["high"])
    most = max(high, Decimal(budget)) * Decimal("1.04")  # so that the mark is inside
    start, end, mark = (float(round(100 * amount / most, 2)) for amount in (low, high, Decimal(budget)))
    words = texts("bar_words", low=usd(low), high=usd(high), budget=usd(budget))
    return BudgetBar(start, round(end - start, 2), mark, words)


def _budget(own: Mapping[str, Any], budget: int, texts: Texts) -> tuple[State, Said]:
    if Decimal(own["high"]) <= budget:
        return "good", texts("within_budget", budget=usd(budget))
    above = "above_budget_at_high" if Decimal(own["low"]) <= budget else "above_budget"
    return "fault", texts(above, budget=usd(budget))


def _fits(size: Mapping[str, Any], texts: Texts) -> list[tuple[State, Said]]:
    """Of the fewest copies, only a notice: the autoscaler adds the nodes that they lack."""
    if size["high"]["fits"] is None:
        return [("plain", texts("fits_unknown"))]
    low, high = size["low"]["fits"], size["high"]["fits"]
    return [
        ("good" if low else "notice", texts("low_fits" if low else "low_fits_not")),
        ("good" if high else "fault", texts("high_fits" if high else "high_fits_not")),
    ]


def _finding(finding: Mapping[str, str], texts: Texts) -> Finding:
    state: State = "fault" if finding["severity"] == "fault" else "notice"
    return Finding(texts(f"severity_{state}"), state, Code(finding["key"]), texts.translated(finding["text"]))
