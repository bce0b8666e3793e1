"""Prints the stacks that are deployed to a cloud as JSON, in the order in which a change reaches them."""

import json
import sys
from collections.abc import Iterable
from typing import Protocol

from operations.deployable import deployable_stacks
from operations.failure import exit_status
from operations.github import set_matrices


class Described(Protocol):
    """Whatever says of itself what a workflow's matrix needs to know of it."""

    def described(self) -> dict[str, str]:
        """By the matrix's own words."""


def show_stacks(stacks: Iterable[Described]) -> None:
    """Print stacks as JSON. In a workflow, they are the matrices of the step's output `stacks` as well."""
    described = [stack.described() for stack in stacks]
    print(json.dumps(described, indent=2))
    set_matrices("stacks", described)


def main() -> int:
    """Print all stacks."""
    show_stacks(deployable_stacks())
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
