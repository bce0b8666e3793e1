"""Runs a program that must not be torn from what it does: signals are passed on to it, once each, as they come.

Terraform stops in good order at the first, and at once at the second. A terminal sends Ctrl-C to each of its processes,
GitHub's runner sends SIGINT, and SIGTERM 7.5 seconds later, to the step's first one alone: so a program is in a session
of its own, where it gets nothing but what is passed on.
"""

import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

_TAKEN = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Send = Callable[[int], object]


class Interrupted(KeyboardInterrupt):
    """Somebody, or a pipeline, wants an end of this."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_status = 128 + number  # as shells have it


class PassedOn:
    """Signals that came, and to whom they go; those that come before there is anybody wait."""

    def __init__(self, receivers: Callable[[], Iterable[Send]]) -> None:
        self.came: list[int] = []
        self._unsent: list[int] = []
        self._receivers = receivers

    def take(self, number: int, frame: FrameType | None = None) -> None:
        """Pass one on. A terminal that goes away asks for an end only if nobody has: a second is no grace."""
        if number == signal.SIGHUP and self.came:
            return
        self.came.append(number)
        self._unsent.append(signal.SIGTERM if number == signal.SIGHUP else number)
        self.send()

    def send(self) -> None:
        """Pass on what waits, if there is anybody now."""
        if receivers := list(self._receivers()):
            unsent, self._unsent = self._unsent, []
            for number in unsent:
                for send in receivers:
                    send(number)


@contextmanager
def taken_by(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Have a function take these signals while the block lasts, but for those that this process was told to ignore."""
    before = {number: signal.getsignal(number) for number in _TAKEN}
    ours = [number for number, found in before.items() if found is not signal.SIG_IGN]
    for number in ours:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])


def interrupt(number: int, frame: FrameType | None = None) -> None:
    """Raise Interrupted: what a signal does while no program runs that it could be passed on to."""
    raise Interrupted(number)


def run(command: Sequence[str], **how: Any) -> subprocess.CompletedProcess[Any]:
    """`subprocess.run`, but for the signals. Raises Interrupted once the program has ended, if one came."""
    process: subprocess.Popen[Any] | None = None
    passed_on = PassedOn(lambda: [process.send_signal] if process else [])
    with taken_by(passed_on.take):
        process = subprocess.Popen(command, start_new_session=True, **how)
        passed_on.send()
        stdout, stderr = process.communicate()
    if passed_on.came:
        raise Interrupted(passed_on.came[0])
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)
