"""What an estimate says against an environment file: it is above the budget, or a price is missing."""

from collections.abc import Iterator

from costs.estimate import Estimate
from costs.prices import PRICED_REGION
from costs.prices.book import Unknown
from environments import Environment
from environments.findings import FileOf, Finding
from environments.given import given

_MOST_ITEMS = 3


def cost_findings(environment: Environment, estimate: Estimate, file_of: FileOf) -> Iterator[Finding]:
    """Those of one environment, on its own cloud; faults first."""
    yield from _above_budget(environment, estimate, file_of)
    if environment.region != PRICED_REGION:
        text = f'there are prices for "{PRICED_REGION}" alone, so nothing is estimated'
        yield Finding("no price", "notice", file_of("region"), "region", text)
        return
    missing = {(item.line.key, item.line.meter): item.price for item in estimate.unknown}
    for (key, meter), price in missing.items():
        looked = price.looked if isinstance(price, Unknown) else ""
        text = f"no price is known for {meter} on {estimate.cloud}, and the estimate leaves it out ({looked})"
        yield Finding("no price", "notice", file_of(key), key, text)


def _above_budget(environment: Environment, estimate: Estimate, file_of: FileOf) -> Iterator[Finding]:
    budget = given(environment.budget).monthly_usd
    usd = estimate.usd
    if usd.high <= budget:
        return
    key = "budget.monthly_usd"
    priced = [(item.usd.high, item) for item in estimate.items if item.usd is not None]
    heaviest = sorted(priced, key=lambda pair: pair[0], reverse=True)[:_MOST_ITEMS]
    weights = ", ".join(f"{item.line.key} ({item.line.meter}) {high:,.2f}" for high, item in heaviest)
    text = (
        f"{budget:,} US dollars a month, but the environment may cost {usd.low:,.2f} to {usd.high:,.2f}. What weighs "
        f"most: {weights}. Make these smaller, or the budget {int(usd.high) + 1}"
    )
    yield Finding("above budget", "fault", file_of(key), key, text)
