"""Costs as Markdown, for people: in a terminal, and in a pull request."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from costs.bill import Range
from costs.difference import Change, Difference
from costs.elsewhere import NotThereError
from costs.estimate import Estimate, Item
from costs.prices.book import LISTED, Unknown
from costs.report import CostReport, EnvironmentCost
from costs.usage import NOT_COUNTED
from environments.findings import Finding
from flowwise.project import CLOUDS

_TITLES = {"azure": "Azure", "aws": "AWS", "google": "Google Cloud"}
_INTRODUCTION = (
    "US dollars a month, at list prices: at least in an idle month with the fewest nodes, at most in a busy month with "
    "the most nodes all along."
)
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
    return _document("Costs of the environments", _INTRODUCTION, _table(head, rows), *_remarks(report.findings))


def details(cost: EnvironmentCost) -> str:
    """One environment on its own cloud: each service, and each line of its bill."""
    own = cost.own
    if own is None:
        return _document(f"Costs of {cost.environment.name}", "Nothing is billed: it is in a cluster that is there.")
    services = [[service, *_both(usd)] for service, usd in own.by_service.items()]
    return _document(
        f"Costs of {cost.environment.name} on {_TITLES[own.cloud]}",
        _INTRODUCTION,
        _table(["Service", "At least", "At most"], [*services, ["**All**", *(f"**{end}**" for end in _both(own.usd))]]),
        _table(["Resource", "Meter", "Quantity", "Price", "At least", "At most", "Key"], map(_line, own.items)),
        *_remarks(cost.findings),
    )


def changes(differences: Sequence[Difference], revision: str) -> str:
    """What became dearer or cheaper since a revision."""
    if not differences:
        return _document("Change of costs", f"The environments cost what they did at {revision}.")
    rows = [
        [difference.environment, *_before_and_after(difference.before or _NOTHING, difference.after or _NOTHING)]
        for difference in differences
    ]
    blocks = [f"Against {revision}, in US dollars a month.", _table(["Environment", *_BEFORE_AND_AFTER], rows)]
    for difference in differences:
        heaviest = difference.changes[:_MOST_CHANGES]
        table = _table(["Resource", "Meter", *_BEFORE_AND_AFTER], map(_change, heaviest))
        rest = len(difference.changes) - len(heaviest)
        summary = f"<details><summary>{difference.environment}, by resource</summary>"
        blocks += [summary, table, *([f"And {rest} smaller ones."] if rest else []), "</details>"]
    return _document("Change of costs", *blocks)


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


def _remarks(findings: Iterable[Finding]) -> Iterator[str]:
    yield "Not counted:\n\n" + "\n".join(f"- {what}" for what in NOT_COUNTED)
    lines = [f"- **{finding.severity.capitalize()}:** {finding}" for finding in findings]
    if lines:
        yield "\n".join(lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def _document(title: str, *blocks: str) -> str:
    return "\n\n".join([f"### {title}", *blocks]) + "\n"
