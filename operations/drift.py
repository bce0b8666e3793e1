"""Says in what a deployed stack is not as the code says, and changes nothing."""

import os
import sys
import tempfile
from pathlib import Path

from operations.deployable import find_stack
from operations.failure import exit_status
from operations.plan_summary import summary
from operations.planning import PLAN_FILE, make_plan
from operations.terraform import Terraform


def main() -> int:
    """Compare the stack that STACK names with what is there; gives 2 if it differs."""
    stack = find_stack(os.environ.get("STACK", ""))
    with tempfile.TemporaryDirectory() as scratch:
        plan = make_plan(Terraform.of(stack), Path(scratch) / PLAN_FILE)
    print(summary("drift", stack.name, plan, []))
    if plan.applies:
        print(f"{stack.name} is not as the code says.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
