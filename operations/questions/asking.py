"""Puts questions to a cloud's tool: each command once, whoever asks for what it says."""

import json
import subprocess
from functools import cache

from operations.programs import missing
from operations.questions.question import Answer, Question, could_not_ask

_SECONDS = 120


class NotToldError(Exception):
    """What a tool said when it failed."""


def ask(question: Question) -> Answer:
    """The answer to a question. Raises OperationError if its program is missing."""
    try:
        document = told(question.command)
    except NotToldError as failure:
        said = str(failure)
        return question.refused(said) or could_not_ask(_last_line(said))
    try:
        return question.judge(document)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as missing:
        return could_not_ask(f"the answer is not as it was when this was written: {type(missing).__name__} {missing}")


@cache
def told(command: tuple[str, ...]) -> object:
    """What a command prints as JSON. Raises NotToldError if it fails, OperationError if there is no such program."""
    try:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (FileNotFoundError, PermissionError):
        raise missing(command[0]) from None
    except subprocess.TimeoutExpired:
        raise NotToldError(f"no answer within {_SECONDS} seconds") from None
    if result.returncode:
        raise NotToldError(result.stderr)
    try:
        return json.loads(result.stdout) if result.stdout.strip() else None
    except ValueError:
        raise NotToldError(f"no JSON: {result.stdout[:100]!r}") from None


def _last_line(said: str) -> str:
    return next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "it failed and said nothing")
