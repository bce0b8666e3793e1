"""Prints what the environments cost a month, by the price book, and fails if one may cost more than its budget.

ENV names one environment, for every line of its bill; BASE a Git revision, for what has changed since. FORMAT=json is
for machines.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from costs import CostReport, cost_report
from costs.difference import differences
from costs.markdown import changes, details, overview
from costs.report import EnvironmentCost
from environments.wording import listed, nearest
from operations.deployable import REPOSITORY
from operations.failure import OperationError, exit_status
from operations.git import commit_of, git

_FORMATS = ("markdown", "json")


def main() -> int:
    """Print the costs; 1 if a fault was found in an environment file."""
    form = os.environ.get("FORMAT") or _FORMATS[0]
    if form not in _FORMATS:
        raise OperationError(f'FORMAT: "{form}" is none of {listed(_FORMATS)}.')
    report = cost_report(REPOSITORY / "environments")
    name, base = os.environ.get("ENV", ""), os.environ.get("BASE", "")
    costs = [_named(report, name)] if name else list(report.environments)
    if form == "json":
        print(json.dumps(CostReport(tuple(costs)).as_json(), indent=2))
    else:
        print(details(costs[0]) if name else overview(report))
        if base:
            print(changes(list(differences(_report_at(base), report.as_json())), base))
    return int(any(finding.severity == "fault" for cost in costs for finding in cost.findings))


def _named(report: CostReport, name: str) -> EnvironmentCost:
    names = {cost.environment.name: cost for cost in report.environments}
    if name not in names:
        near = nearest(name, names)
        raise OperationError(
            f'ENV: there is no environment "{name}"; there are {listed(names, "and")}.'
            + (f" Did you mean {near}?" if near else "")
        )
    return names[name]


def _report_at(revision: str) -> Mapping[str, Any]:
    """The report of a revision, by its own code and prices. Raises OperationError if it cannot give any."""
    commit = commit_of(REPOSITORY, revision)
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "tree"
        git(REPOSITORY, "worktree", "add", "--quiet", "--detach", str(tree), commit)
        try:
            result = subprocess.run(
                [sys.executable, "-m", "operations.cost"],
                cwd=tree,
                env={**os.environ, "FORMAT": "json", "ENV": "", "BASE": "", "PYTHONPATH": str(tree / "constructs")},
                capture_output=True,
                text=True,
            )
        finally:
            git(REPOSITORY, "worktree", "remove", "--force", str(tree))
    try:
        report: dict[str, Any] = json.loads(result.stdout)
    except ValueError:
        last = (result.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        raise OperationError(f"BASE: {revision} cannot say what it costs: {last}") from None
    return report


if __name__ == "__main__":
    sys.exit(exit_status(main))
