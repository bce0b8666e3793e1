"""How a command of this package fails: with what is wrong, and no traceback."""

import sys
from collections.abc import Callable

from environments import EnvironmentFileErrors
from operations.signals import Interrupted, interrupt, taken_by


class OperationError(Exception):
    """What is wrong, where, and what is allowed, for a person."""


def exit_status(command: Callable[[], int]) -> int:
    """Run a command; gives its exit status, or 1 once what was wrong has been printed, or that of a signal."""
    try:
        with taken_by(interrupt):
            return command()
    except Interrupted as interrupted:
        print(f"Interrupted by {interrupted}.", file=sys.stderr)
        return interrupted.exit_status
    except (OperationError, EnvironmentFileErrors) as error:
        print(error, file=sys.stderr)
        return 1
