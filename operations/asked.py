"""What somebody asked a command for, by environment variables."""

import os
from collections.abc import Sequence

from environments import Environment
from environments.wording import listed, nearest, shown
from operations.failure import OperationError

MARKDOWN, JSON = "markdown", "json"


def asked_format() -> str:
    """`MARKDOWN`, or `JSON` if FORMAT says so. Raises OperationError if it says anything else."""
    found = os.environ.get("FORMAT") or MARKDOWN
    if found not in (MARKDOWN, JSON):
        raise OperationError(f"FORMAT: {shown(found)} is neither {shown(MARKDOWN)} nor {shown(JSON)}.")
    return found


def asked_environment(environments: Sequence[Environment]) -> str | None:
    """The name that ENV says; None for all. Raises OperationError if there is no such environment."""
    name = os.environ.get("ENV")
    names = [environment.name for environment in environments]
    if name and name not in names:
        near = nearest(name, names)
        hint = f" Did you mean {near}?" if near else ""
        raise OperationError(f"ENV: there is no environment {shown(name)}; there are {listed(names, 'and')}.{hint}")
    return name or None
