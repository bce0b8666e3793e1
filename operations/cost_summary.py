"""Costs as Markdown, for people: in a terminal, and in a pull request."""

from collections.abc import Sequence
from decimal import Decimal

from costs.bill import Range
from costs.difference import Change, Difference
from costs.elsewhere import NotThereError
from costs.estimate import Estimate, Item
from costs.prices.book import LISTED, Unknown
from costs.report import CostReport, EnvironmentCost
from costs.usage import NOT_COUNTED
from flowwise.tables.project import CLOUDS
from operations.markdown import document, remarks, table

_TITLES = {"azure": "Azure", "aws": "AWS", "google": "Google Cloud"}
_INTRODUCTION = (
    "US dollars a month, at list prices: at least in an idle month with the fewest nodes, at most in a busy month with "
    "the most nodes all along."
)
_NOT_COUNTED = "Not counted:\n\n" + "\n".join(f"- {what}" for what in NOT_COUNTED)
_MOST_CHANGES = 10


def overview(report: CostReport) -> str:
    """All environments, a line each, beside what they would cost on the other clouds."""
    head = ["Environment", "Cloud", "At least", "At most", "Budget", *(f"On {_TITLES[cloud]}" for cloud in CLOUDS)]
    rows = [
        [
            cost.environment.name,
            _TITLES[own.cloud],
            *_both(own.usd),
            f"{cost.budget:,}",
            *(_elsewhere(cost.estimates[cloud]) for cloud in CLOUDS),
        ]
        for cost in report.environments
        if (own := cost.own) is not None
    ]
    return document(
        "Costs of the environments", _INTRODUCTION, table(head, rows), _NOT_COUNTED, *remarks(report.findings)
    )


def details(cost: EnvironmentCost) -> str:
    """One environment on its own cloud: each service, and each line of its bill."""
    own = cost.own
    if own is None:
        return document(
            f"Costs of {cost.environment.name}", "Nothing is billed: it is in a cluster that is there already."
        )
    services = [[service, *_both(usd)] for service, usd in own.by_service.items()]
    return document(
        f"Costs of {cost.environment.name} on {_TITLES[own.cloud]}",
        _INTRODUCTION,
        table(["Service", "At least", "At most"], [*services, ["**All**", *(f"**{end}**" for end in _both(own.usd))]]),
        table(["Resource", "Meter", "Quantity", "Price", "At least", "At most", "Key"], map(_line, own.items)),
        _NOT_COUNTED,
        *remarks(cost.findings),
    )


def changes(differences: Sequence[Difference], revision: str) -> str:
    """What became dearer or cheaper since a revision."""
    if not differences:
        return document("Change of costs", f"The environments cost what they did at {revision}.")
    rows = [
        [difference.environment, *_before_and_after(difference.before or _NOTHING, difference.after or _NOTHING)]
        for difference in differences
    ]
    blocks = [f"Against {revision}, in US dollars a month.", table(["Environment", *_BEFORE_AND_AFTER], rows)]
    if gone := [difference.environment for difference in differences if difference.after is None]:
        blocks.append(
            f"**{', '.join(gone)}: no longer here, and nothing of that is saved until it is destroyed**. "
            "docs/runbook.md says how, under Remove an environment."
        )
    for difference in differences:
        heaviest = difference.changes[:_MOST_CHANGES]
        heaviest_first = table(["Resource", "Meter", *_BEFORE_AND_AFTER], map(_change, heaviest))
        rest = len(difference.changes) - len(heaviest)
        summary = f"<details><summary>{difference.environment}, by resource</summary>"
        blocks += [summary, heaviest_first, *([f"And {rest} smaller ones."] if rest else []), "</details>"]
    return document("Change of costs", *blocks)


def no_changes(revision: str) -> str:
    """What there is to say where a revision has no costs to compare with."""
    return document("Change of costs", f"There is nothing to compare with: {revision} is from before `make cost`.")


_NOTHING = Range.of(0)
_BEFORE_AND_AFTER = ("At least, before", "after", "At most, before", "after", "difference")


def _before_and_after(before: Range, after: Range) -> list[str]:
    difference = f"{after.high - before.high:+,.2f}"
    return [_dollars(before.low), _dollars(after.low), _dollars(before.high), _dollars(after.high), difference]


def _change(change: Change) -> list[str]:
    return [f"`{change.resource}`", change.meter, *_before_and_after(change.before, change.after)]


def _elsewhere(found: Estimate | NotThereError) -> str:
    if isinstance(found, NotThereError):
        return f"not as it is: {found}"
    unknown = f", and {len(found.unknown)} unknown" if found.unknown else ""
    return " to ".join(_both(found.usd)) + unknown


def _line(item: Item) -> list[str]:
    line, price = item.line, item.price
    resource = f"`{line.resource}`" + (f" ({line.instances} of it)" if line.instances > 1 else "")
    if isinstance(price, Unknown) or item.usd is None:
        return [resource, line.meter, _quantity(line.quantity), "unknown", "", "", line.key]
    unit_price = f"{price.usd:f} per {price.unit}" + ("" if price.basis == LISTED else f" ({price.basis})")
    return [resource, line.meter, _quantity(line.quantity), unit_price, *_both(item.usd), line.key]


def _quantity(quantity: Range) -> str:
    low, high = (f"{end:,.2f}".rstrip("0").rstrip(".") for end in (quantity.low, quantity.high))
    return low if low == high else f"{low} to {high}"


def _both(usd: Range) -> list[str]:
    return [_dollars(usd.low), _dollars(usd.high)]


def _dollars(usd: Decimal) -> str:
    return f"{usd:,.2f}"
