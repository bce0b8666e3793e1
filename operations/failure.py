"""How a command of this package fails: with what is wrong, and no traceback."""

import os
import signal
import sys
from collections.abc import Callable

from environments import EnvironmentFileErrors
from operations.signals import Interrupted, interrupt, taken_by

_BROKEN_PIPE = 128 + signal.SIGPIPE  # what a shell says of a program that this has ended


class OperationError(Exception):
    """What is wrong, where, and what is allowed, for a person."""


def exit_status(command: Callable[[], int]) -> int:
    """Run a command; gives its exit status, or 1 once what was wrong has been printed, or that of a signal.

    Whoever reads what it prints may stop, as `head` does: then nobody is left to be told anything.
    """
    try:
        try:
            with taken_by(interrupt):
                status = command()
        except Interrupted as interrupted:
            print(f"Interrupted by {interrupted}.", file=sys.stderr)
            status = interrupted.exit_status
        except (OperationError, EnvironmentFileErrors) as error:
            print(error, file=sys.stderr)
            status = 1
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
        return _BROKEN_PIPE
    return status
