"""Says in what a deployed stack is not as the code says, and changes nothing.

It ends with 2 if something differs, and with 1 if that could not be found out. Either stands in drift.md.
"""

import os
import sys
import tempfile
from pathlib import Path

from operations.deployable import REPOSITORY, find_stack
from operations.failure import OperationError, exit_status
from operations.plan_summary import failure, summary
from operations.planning import PLAN_FILE, make_plan
from operations.terraform import Terraform


def main() -> int:
    """Compare the stack that STACK names with what is there; gives 2 if it differs."""
    stack = find_stack(os.environ.get("STACK", ""))
    markdown = REPOSITORY / stack.folder / "drift.md"
    markdown.unlink(missing_ok=True)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            plan = make_plan(Terraform.of(stack), Path(scratch) / PLAN_FILE)
    except OperationError as error:
        markdown.write_text(failure("drift", stack.name, str(error)))
        raise
    text = summary("drift", stack.name, plan, [])
    print(text)
    if plan.applies:
        markdown.write_text(text)
        print(f"{stack.name} is not as the code says.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
