"""Lets a shell script use a few commands only, and keeps what arguments it gave them, as other processes see them."""

import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path


class RecordedCommands:
    """A folder to be the script's whole PATH. A command that is not in it, it does not find."""

    def __init__(self, folder: Path, *names: str, instead: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._record = folder / "record"
        folder.mkdir()
        self._record.touch()
        for name in names:
            real = (instead or {}).get(name) or shutil.which(name)
            assert real, f"{name} is not on this machine"
            command = folder / name
            command.write_text(
                f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >>{shlex.quote(str(self._record))}\n'
                f'exec {shlex.quote(real)} "$@"\n'
            )
            command.chmod(0o755)

    def arguments(self) -> str:
        """What was called so far, a line for each command."""
        return self._record.read_text()
