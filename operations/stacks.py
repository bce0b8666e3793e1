"""Prints the stacks that are deployed to a cloud as JSON, in the order in which a change reaches them."""

import json
import sys
from collections.abc import Iterable

from operations.deployable import Stack, deployable_stacks
from operations.failure import exit_status
from operations.github import set_output


def show_stacks(stacks: Iterable[Stack]) -> None:
    """Print stacks as JSON, which is the output `stacks` of a workflow's step as well."""
    described = [stack.described() for stack in stacks]
    print(json.dumps(described, indent=2))
    set_output("stacks", json.dumps(described))


def main() -> int:
    """Print all stacks."""
    show_stacks(deployable_stacks())
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
