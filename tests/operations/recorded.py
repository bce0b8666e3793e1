"""Stand-ins of programs that answer what was recorded, and nothing else."""

import json
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Any

Answers = dict[str, Any]


def fails(said: str) -> Mapping[str, str]:
    """The answer of a program that says this on stderr, and fails."""
    return {"fails": said}


def write_recorded(folder: Path, answers: Mapping[str, Any]) -> Path:
    """Write the programs that the answers begin with; gives the folder to be first in PATH.

    `answers` is by how a command begins; of several that fit, the last holds. Text is printed as it is, anything else
    as JSON. What was asked is in `asked.log`.
    """
    clients = folder / "recorded"
    clients.mkdir(parents=True, exist_ok=True)
    for name in {command.partition(" ")[0] for command in answers}:
        cases = [f"  {quote(begins)}*) {_does(answer)} ;;" for begins, answer in reversed(answers.items())]
        program = clients / name
        program.write_text(
            "\n".join(
                [
                    "#!/bin/sh",
                    f'asked="{name} $*"',
                    f'echo "$asked" >>{quote(str(folder / "asked.log"))}',
                    'case "$asked" in',
                    *cases,
                    '  *) echo "nobody recorded what it says to: $asked" >&2; exit 99 ;;',
                    "esac\n",
                ]
            )
        )
        program.chmod(0o755)
    return clients


def asked(folder: Path) -> list[str]:
    """Every command that was asked, in its order."""
    return (folder / "asked.log").read_text().splitlines()


def _does(answer: Any) -> str:
    if isinstance(answer, dict) and "fails" in answer:
        return f"printf '%s\\n' {quote(answer['fails'])} >&2; exit 1"
    return f"printf '%s\\n' {quote(answer if isinstance(answer, str) else json.dumps(answer))}"
