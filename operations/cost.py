"""Prints what the environments cost a month, by the price book, and fails if one may cost more than its budget.

ENV names one environment, for every line of its bill; BASE a Git revision, for what has changed since. FORMAT=json is
for machines: what has changed is "differences" then, null if the revision knows no costs yet.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from costs import CostReport, cost_report
from costs.difference import Difference, differences
from operations.asked import JSON, asked_environment, asked_format
from operations.cost_summary import changes, details, no_changes, overview
from operations.deployable import REPOSITORY
from operations.failure import OperationError, exit_status
from operations.git import checked_out, commit_of, has_file
from operations.moving import clouds_of_tree, moves

_OWN_FILE = "operations/cost.py"


def main() -> int:
    """Print the costs; 1 if a fault was found in an environment file."""
    form, base = asked_format(), os.environ.get("BASE")
    report = cost_report(REPOSITORY / "environments")
    name = asked_environment([cost.environment for cost in report.environments])
    asked = CostReport(tuple(cost for cost in report.environments if name in (None, cost.environment.name)))
    since = _differences(report, name, base) if base else None
    if form == JSON:
        document = asked.as_json()
        if base:
            document["differences"] = None if since is None else [difference.as_json() for difference in since]
        print(json.dumps(document, indent=2))
    else:
        print(details(asked.environments[0]) if name else overview(asked))
        if base:
            print(no_changes(base) if since is None else changes(since, base))
        for move in moves(REPOSITORY / "environments", _clouds_before(base)):
            if name in (None, move.name):
                print(move)
    return int(any(finding.severity == "fault" for finding in asked.findings))


def _clouds_before(base: str | None) -> Mapping[str, str]:
    """The cloud of each environment at a revision, or without one in the tree: its change is said until it is made."""
    if not base:
        return clouds_of_tree(REPOSITORY / "infra")
    before = _report_at(base) or {"environments": []}
    return {each["environment"]: each["cloud"] for each in before["environments"] if each["cloud"]}


def _differences(report: CostReport, name: str | None, revision: str) -> list[Difference] | None:
    """What is not as at a revision, of all environments or of one; None if that knows no costs."""
    before = _report_at(revision)
    if before is None:
        return None
    return [each for each in differences(before, report.as_json()) if name in (None, each.environment)]


@cache
def _report_at(revision: str) -> Mapping[str, Any] | None:
    """The report of a revision, by its own code and prices; None if it is from before this command.

    Raises OperationError if there is no such revision, or its code fails.
    """
    commit = commit_of(REPOSITORY, revision)
    if not has_file(REPOSITORY, commit, _OWN_FILE):
        return None
    with checked_out(REPOSITORY, commit) as tree:
        result = subprocess.run(
            [sys.executable, "-m", "operations.cost"],
            cwd=tree,
            env={**os.environ, "FORMAT": "json", "ENV": "", "BASE": "", "PYTHONPATH": str(tree / "constructs")},
            capture_output=True,
            text=True,
        )
    try:
        report: dict[str, Any] = json.loads(result.stdout)
    except ValueError:
        last = (result.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        raise OperationError(f"BASE: {revision} cannot say what it costs: {last}") from None
    return report


if __name__ == "__main__":
    sys.exit(exit_status(main))
