"""How a command of this package fails: with what is wrong, and no traceback."""

import sys
from collections.abc import Callable

from environments import EnvironmentFileErrors


class OperationError(Exception):
    """What is wrong, where, and what is allowed, for a person."""


def exit_status(command: Callable[[], int]) -> int:
    """Run a command; gives its exit status, or 1 once what was wrong has been printed."""
    try:
        return command()
    except (OperationError, EnvironmentFileErrors) as error:
        print(error, file=sys.stderr)
        return 1
