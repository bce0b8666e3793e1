"""Fails if infra/, which has just been synthesised, is not as it is committed."""

import sys

from operations.deployable import REPOSITORY
from operations.failure import OperationError, exit_status
from operations.git import git


def main() -> int:
    """List the files that differ."""
    differences = git(REPOSITORY, "status", "--porcelain", "--untracked-files=all", "--", "infra")
    if differences:
        raise OperationError(
            f"infra/ is not as it is committed:\n\n{differences}\nRun `make synth`, and commit infra/ with the change."
        )
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
