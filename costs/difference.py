"""What a change does to the costs of environments: two reports, as their JSON has them, compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from costs.bill import Range

_NOTHING = Range.of(0)
_Lines = dict[tuple[str, str], Range]  # by resource and meter


@dataclass(frozen=True)
class Change:
    """What one meter of a resource costs before and after; nothing where it is not there, or has no price."""

    resource: str
    meter: str
    before: Range
    after: Range

    @property
    def weight(self) -> Decimal:
        """By how much more or less the resource may cost at most."""
        return abs(self.after.high - self.before.high)

    def as_json(self) -> dict[str, Any]:
        """For machines: amounts as `Range.as_dollars` has them."""
        return {
            "resource": self.resource,
            "meter": self.meter,
            "before": self.before.as_dollars(),
            "after": self.after.as_dollars(),
        }


@dataclass(frozen=True)
class Difference:
    """An environment before and after, on its own cloud; None where there is none. `changes` has the heaviest first."""

    environment: str
    before: Range | None
    after: Range | None
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        """For machines: amounts as `Range.as_dollars` has them, null where there is no environment."""
        return {
            "environment": self.environment,
            "before": self.before and self.before.as_dollars(),
            "after": self.after and self.after.as_dollars(),
            "changes": [change.as_json() for change in self.changes],
        }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Of each environment that does not cost the same in both, by name."""
    costs_before, costs_after = _by_name(before), _by_name(after)
    for name in sorted(costs_before | costs_after):
        old, new = costs_before.get(name), costs_after.get(name)
        changes = tuple(_changes(_lines(old), _lines(new)))
        if changes or (old is None) != (new is None):
            yield Difference(name, _range(old), _range(new), changes)


def _by_name(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The estimate of each environment on its own cloud."""
    return {cost["environment"]: cost["estimates"][cost["cloud"]] for cost in report["environments"] if cost["cloud"]}


def _lines(estimate: Mapping[str, Any] | None) -> _Lines:
    lines = estimate["lines"] if estimate else []
    return {(line["resource"], line["meter"]): _range(line) or _NOTHING for line in lines}


def _changes(before: _Lines, after: _Lines) -> list[Change]:
    found = [
        Change(resource, meter, before.get((resource, meter), _NOTHING), after.get((resource, meter), _NOTHING))
        for resource, meter in before | after
        if before.get((resource, meter)) != after.get((resource, meter))
    ]
    return sorted(found, key=lambda change: change.weight, reverse=True)


def _range(amounts: Mapping[str, Any] | None) -> Range | None:
    return Range.of(amounts["low"], amounts["high"]) if amounts and amounts["low"] is not None else None
