"""Prints what a change costs a month: Infracost compares what infra/infracost.yml names with it at a Git revision.

It needs the tool `infracost`, version 0.10, and a key of its service in INFRACOST_API_KEY.
"""

import os
import subprocess
import sys
from pathlib import Path

from costs.infracost import CONFIG_FILE
from operations.deployable import REPOSITORY
from operations.failure import OperationError, exit_status
from operations.git import checked_out, commit_of, has_file
from operations.programs import need

# The same for both, because Infracost knows a project by its path and its name.
_CONFIG = f"infra/{CONFIG_FILE}"


def main() -> int:
    """Compare with the revision that BASE names."""
    if not os.environ.get("INFRACOST_API_KEY"):
        raise OperationError("INFRACOST_API_KEY is not set: it has to hold a key of Infracost, which knows prices.")
    need("infracost")
    revision = os.environ.get("BASE", "")
    base = commit_of(REPOSITORY, revision)
    if not has_file(REPOSITORY, base, _CONFIG):
        print(f"There is nothing to compare with: at {revision} there is no {_CONFIG}.")
        return 0
    with checked_out(REPOSITORY, base) as before:
        costs = before.with_name("base.json")
        _infracost(before, "breakdown", "--format", "json", "--out-file", str(costs))
        _infracost(REPOSITORY, "diff", "--compare-to", str(costs))
    return 0


def _infracost(folder: Path, command: str, *arguments: str) -> None:
    result = subprocess.run(["infracost", command, "--config-file", _CONFIG, "--no-color", *arguments], cwd=folder)
    if result.returncode:
        raise OperationError(f"infracost {command} failed; its messages are above.")


if __name__ == "__main__":
    sys.exit(exit_status(main))
