"""Refuses plans that destroy what holds data, where the environment's file has `deletion_protection = true`.

The explicit step is the environment variable ACCEPT_DESTROY, with the addresses of exactly what may go.
"""

import shlex
from collections.abc import Iterable

from flowwise.tables.data_holders import DATA_HOLDERS, RELEASES_THAT_HOLD_DATA
from operations.planned import Change, Plan

ACCEPTANCE = "ACCEPT_DESTROY"
_REASONS = {type_: reason for types in DATA_HOLDERS.values() for type_, reason in types.items()}


def refusals(plan: Plan, protected: bool, accepted: Iterable[str]) -> list[str]:
    """Why a plan must not be applied, a paragraph of Markdown each; none if it may be.

    `accepted` are the addresses that ACCEPT_DESTROY holds. One that the plan does not destroy is refused as well: left
    over from another time, it would let pass what nobody has looked at.
    """
    accepted = frozenset(accepted)
    destroyed = [change for change in plan.resources if change.destroys]
    missing = [change for change in destroyed if protected and _holds_data(change) and change.address not in accepted]
    stale = sorted(accepted - {change.address for change in destroyed})
    found = []
    if missing:
        lines = [f"- `{change.address}`: {change.action}s {_REASONS[change.type]}" for change in missing]
        addresses = shlex.quote(" ".join(change.address for change in missing))
        found.append(
            "The environment is protected (`deletion_protection = true`), and the plan would destroy what holds data, "
            "or what everything hangs on:\n\n"
            + "\n".join(lines)
            + "\n\nIf all of that is to go, say so, with whatever "
            f"else {ACCEPTANCE} has to hold:\n\n```sh\n{ACCEPTANCE}={addresses}\n```"
        )
    if stale:
        found.append(
            f"{ACCEPTANCE} has addresses that the plan does not destroy; take them out:\n\n"
            + "\n".join(f"- `{address}`" for address in stale)
        )
    return found


def _holds_data(change: Change) -> bool:
    is_known = change.type in _REASONS
    return is_known and (change.type not in DATA_HOLDERS["helm"] or change.namespace in RELEASES_THAT_HOLD_DATA)
