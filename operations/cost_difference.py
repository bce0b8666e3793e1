"""Prints what a change costs a month: Infracost compares infra/environments with those of a Git revision.

It needs the tool `infracost`, version 0.10, and a key of its service in INFRACOST_API_KEY.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from operations.deployable import REPOSITORY
from operations.failure import OperationError, exit_status
from operations.git import commit_of, git

# The same for both, because Infracost knows a project by its path.
_ENVIRONMENTS = "infra/environments"


def main() -> int:
    """Compare with the revision that BASE names."""
    if not os.environ.get("INFRACOST_API_KEY"):
        raise OperationError("INFRACOST_API_KEY is not set: it has to hold a key of Infracost, which knows prices.")
    if not shutil.which("infracost"):
        raise OperationError("There is no program `infracost` on the PATH: https://www.infracost.io/docs says how.")
    base = commit_of(REPOSITORY, os.environ.get("BASE", ""))
    with tempfile.TemporaryDirectory() as scratch:
        before, costs = Path(scratch) / "base", Path(scratch) / "base.json"
        git(REPOSITORY, "worktree", "add", "--quiet", "--detach", str(before), base)
        try:
            _infracost(before, "breakdown", "--format", "json", "--out-file", str(costs))
            _infracost(REPOSITORY, "diff", "--compare-to", str(costs))
        finally:
            git(REPOSITORY, "worktree", "remove", "--force", str(before))
    return 0


def _infracost(folder: Path, command: str, *arguments: str) -> None:
    result = subprocess.run(["infracost", command, "--path", _ENVIRONMENTS, "--no-color", *arguments], cwd=folder)
    if result.returncode:
        raise OperationError(f"infracost {command} failed; its messages are above.")


if __name__ == "__main__":
    sys.exit(exit_status(main))
