"""What is wrong with environment files, as a person wants to read it."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

_WIDTH = 110


@dataclass(frozen=True)
class Fault:
    """One thing to change in one file. `suggestion` is the nearest right word, if one is near."""

    file: Path
    key: str
    found: str
    allowed: str
    suggestion: str = ""

    def __str__(self) -> str:
        """Key, found, allowed and suggestion, a line each."""
        allowed = textwrap.fill(
            f"allowed  {self.allowed}",
            width=_WIDTH,
            initial_indent="    ",
            subsequent_indent=" " * 13,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines = [f"  {self.key}", f"    found    {self.found}", allowed]
        if self.suggestion:
            lines.append(f"    did you mean {self.suggestion}?")
        return "\n".join(lines)


def _short(file: Path) -> Path:
    """As somebody in this folder would type it."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


class EnvironmentFileErrors(Exception):
    """Every fault of every file; its text is the whole report."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        """The report: one block per file, in the order of the faults."""
        count = len(self.faults)
        blocks = [f"{count} {'fault' if count == 1 else 'faults'} in the environment files."]
        for file, faults in groupby(self.faults, key=lambda fault: fault.file):
            blocks += [str(_short(file)), *map(str, faults)]
        return "\n\n".join(blocks)
