"""Prints the stacks that are deployed to a cloud as JSON, in the order in which a change reaches them."""

import json
import sys
from collections.abc import Iterable
from typing import Protocol

from operations.deployable import deployable_stacks
from operations.failure import OperationError, exit_status
from operations.github import set_output

MOST_JOBS = 256
"""Of a matrix ("Running variations of jobs in a workflow", GitHub Actions)."""


class Described(Protocol):
    """Whatever says of itself what a workflow's matrix needs to know of it."""

    def described(self) -> dict[str, str]:
        """By the matrix's own words."""


def show_stacks(stacks: Iterable[Described]) -> None:
    """Print stacks as JSON, which is the output `stacks` of a workflow's step as well.

    Raises OperationError if they are more than a workflow can have jobs for.
    """
    described = [stack.described() for stack in stacks]
    if len(described) > MOST_JOBS:
        raise OperationError(
            f"There are {len(described)} stacks, and GitHub starts no more than {MOST_JOBS} jobs of a matrix, nor any "
            "of a larger one: keep some of the environments in a repository of their own."
        )
    print(json.dumps(described, indent=2))
    set_output("stacks", json.dumps(described))


def main() -> int:
    """Print all stacks."""
    show_stacks(deployable_stacks())
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
