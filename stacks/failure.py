"""Says what went wrong with a synthesis in a few lines, where jsii would print pages."""

import traceback
from pathlib import Path

_REPOSITORY = Path(__file__).parents[1]
# Every construct is added through this file; the one that asked for it is what the reader wants to see.
_PASSED_THROUGH = _REPOSITORY / "constructs" / "flowwise" / "authoring" / "module.py"


def describe(error: Exception) -> str:
    """What happened and where in this repository, without the stack of the libraries below."""
    first, *more = str(error).strip().splitlines() or ["no message"]
    # jsii draws a tree of what it could not read; its leaves say which key, and why.
    leaves = [line.partition("╰─ ")[2] for line in more if "╰─ " in line]
    where = ""
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(_REPOSITORY) and ".venv" not in path.parts and path != _PASSED_THROUGH:
            where = f" at {path.relative_to(_REPOSITORY)}:{frame.lineno}, in {frame.name}"
    return "\n  ".join([f"error: {type(error).__name__}{where}:", first, *leaves])
