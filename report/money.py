"""What something costs, from the lower to the higher load: by month and by year, in US dollars and in reais."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from costs.exchange_rate import ExchangeRate
from report.tables import Cell, Table
from report.words import Said, Texts, brl, usd

MONTHS = 12


@dataclass(frozen=True)
class Money:
    """US dollars a month, at the lower and at the higher load, the budget, and how they are said.

    Reais are None without a rate, and the budget is where there is none.
    """

    low: Decimal
    high: Decimal
    budget: int | None
    month_usd: Said
    month_brl: Said | None
    year_usd: Said
    year_brl: Said | None
    budget_words: Said | None


def money(low: Decimal, high: Decimal, budget: int | None, rate: ExchangeRate | None, texts: Texts) -> Money:
    """An amount of US dollars a month, in all four forms, and the budget for it."""

    def dollars(months: int) -> Said:
        return texts("range", low=usd(low * months), high=usd(high * months))

    def reais(months: int) -> Said | None:
        if rate is None:
            return None
        return texts("range", low=brl(rate.in_brl(low * months)), high=brl(rate.in_brl(high * months)))

    words = None if budget is None else texts("budget_of", budget=_in_both(Decimal(budget), rate))
    return Money(low, high, budget, dollars(1), reais(1), dollars(MONTHS), reais(MONTHS), words)


def _in_both(amount: Decimal, rate: ExchangeRate | None) -> Said:
    dollars = usd(amount)
    if rate is None:
        return dollars
    reais = brl(rate.in_brl(amount))
    return Said(f"{reais.en} ({dollars.en})", f"{reais.pt} ({dollars.pt})")


def own_money(costs: Mapping[str, Any], rate: ExchangeRate | None, texts: Texts) -> Money | None:
    """What an environment costs on its own cloud; None if it is in none."""
    if not costs["cloud"]:
        return None
    own = costs["estimates"][costs["cloud"]]
    return money(Decimal(own["low"]), Decimal(own["high"]), costs["budget_usd"], rate, texts)


def together(costs: Sequence[Mapping[str, Any]], rate: ExchangeRate | None, texts: Texts) -> Money | None:
    """What the environments in a cloud cost, added up; None if there is none of them."""
    each = [found for one in costs if (found := own_money(one, rate, texts))]
    if not each:
        return None
    low, high = (sum((getattr(one, load) for one in each), Decimal(0)) for load in ("low", "high"))
    return money(low, high, sum(one.budget or 0 for one in each), rate, texts)


def money_table(costs: Sequence[Mapping[str, Any]], rate: ExchangeRate | None, texts: Texts) -> Table | None:
    """Every environment in a cloud, and all of them; None if there is none."""
    total = together(costs, rate, texts)
    if total is None:
        return None
    header = [texts("environment"), *(texts(key) for key in _columns(rate))]
    rows = [
        [Said.alike(one["environment"]), *_amounts(found)] for one in costs if (found := own_money(one, rate, texts))
    ]
    return Table(
        "table-money",
        texts("money_caption"),
        header,
        rows,
        range(1, len(header)),
        [texts("total"), *_amounts(total)],
    )


def rate_words(rate: ExchangeRate | None, texts: Texts) -> Said:
    """What a dollar is taken to cost, and who says so; or that nobody has said it."""
    if rate is None:
        return texts("no_rate")
    # As many decimals as the rate has: it is a price, and no sum.
    text = f"{rate.brl_per_usd:f}"
    said = Said(f"R${text}", f"R$\N{NO-BREAK SPACE}{text.replace('.', ',')}")
    return texts("rate", rate=said, day=texts.date(rate.day), source=rate.source)


def _columns(rate: ExchangeRate | None) -> Sequence[str]:
    return ("month_usd", "year_usd") if rate is None else ("month_brl", "year_brl", "month_usd", "year_usd")


def _amounts(of: Money) -> list[Cell]:
    return [one for one in (of.month_brl, of.year_brl, of.month_usd, of.year_usd) if one]
