"""A job that is run again after it came half-way: the plan that was approved fits no more, and is made anew.

GitHub runs "failed jobs" again without those that planned for them. The code is the same, so what remains of the
approved plan is a part of it: whatever else is new, somebody has to read and approve first.
"""

import os
from pathlib import Path

from operations.failure import OperationError
from operations.planned import Change, Plan
from operations.planning import make_plan
from operations.terraform import Terraform

_WAS_BEING_MADE = "it is marked as damaged"  # of what was being made when the first run ended


def plan_of_this_run(terraform: Terraform, file: Path, approved: Plan) -> Plan:
    """The plan in a file, which is replaced by what remains of it if GitHub runs the job again.

    Raises OperationError if a new plan does what the approved one does not.
    """
    if os.environ.get("GITHUB_RUN_ATTEMPT", "1") == "1":
        return approved
    remaining = make_plan(terraform, file)
    if new := beyond(approved, remaining):
        raise OperationError(
            "The plan that was approved fits no more, and a new one does what nobody has seen. Run all jobs again: "
            "that makes a plan to approve.\n\n" + "\n".join(f"- `{each.address}`: {each.action}" for each in new)
        )
    return remaining


def beyond(approved: Plan, remaining: Plan) -> list[Change]:
    """What a plan does that the approved one does not, but for making anew what that was to make."""
    actions = {(change.address, change.deposed): change for change in approved.resources}
    return [
        change
        for change in remaining.resources
        if change.action != "keep" and not _is_part_of(actions.get((change.address, change.deposed)), change)
    ]


def _is_part_of(approved: Change | None, change: Change) -> bool:
    if approved is None:
        return False
    if change.action == approved.action:
        return set(change.attributes) <= set(approved.attributes) or change.action != "change"
    if approved.action == "replace":
        return change.action == "create"  # the old one has gone already
    return approved.action == "create" and change.action == "replace" and change.reason == _WAS_BEING_MADE
