"""States that Terraform could not write to their storage, and left in a file beside the code instead."""

import sys
from pathlib import Path

from operations.failure import OperationError

UNSAVED_STATE = "errored.tfstate"
_WHAT_TO_DO = (
    "It is the only record of what has been made. Keep it, and push it before anything else is done there: "
    'docs/runbook.md, "Push a state that was not written".'
)


def check_none_is_left(folder: Path) -> None:
    """Raise OperationError if a state of an earlier run waits here: whatever is done without it is done blindly."""
    if (folder / UNSAVED_STATE).exists():
        raise OperationError(f"{folder / UNSAVED_STATE} is a state that was not written to its storage. {_WHAT_TO_DO}")


def tell_of_unsaved_states(folder: Path) -> None:
    """Name those in a root, or in any root of a repository, for whoever reads the end of a log."""
    for file in sorted({*folder.glob(UNSAVED_STATE), *folder.glob(f"infra/environments/**/{UNSAVED_STATE}")}):
        print(f"The state could not be written to its storage; it is in {file}. {_WHAT_TO_DO}", file=sys.stderr)
