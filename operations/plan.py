"""Plans a stack: saves plan.tfplan for `make apply` and plan.md for people, and refuses what destroys data."""

import os
import sys

from operations.deployable import Stack, find_stack
from operations.failure import OperationError, exit_status
from operations.github import set_output
from operations.given_secrets import wanted
from operations.plan_summary import failure, summary
from operations.planning import PLAN_FILE, make_plan, refusal, refusals_of
from operations.removed import find_removed, plan_removed
from operations.signals import Interrupted
from operations.terraform import Terraform


def main() -> int:
    """Plan the stack that STACK names; gives 1 if the plan is refused.

    One that BASE has and the work tree has not is refused until nothing is left in its state.
    """
    name = os.environ.get("STACK", "")
    if removed := find_removed(name, os.environ.get("BASE", "")):
        return plan_removed(removed)
    return plan_stack(find_stack(name))


def plan_stack(stack: Stack, *options: str) -> int:
    """Plan a stack, with further options of Terraform's."""
    terraform = Terraform.of(stack)
    file, markdown = terraform.folder / PLAN_FILE, terraform.folder / "plan.md"
    file.unlink(missing_ok=True)
    try:
        plan = make_plan(terraform, file, *options)
    except (OperationError, Interrupted) as error:
        file.unlink(missing_ok=True)  # Terraform saves as far as it came
        markdown.write_text(failure("plan", stack.name, str(error)))
        raise
    refused = refusals_of(plan, stack)
    markdown.write_text(summary("plan", stack.name, plan, refused, wanted(plan)))
    print(markdown.read_text())
    set_output("changes", str(plan.applies).lower())
    if refused:
        raise refusal(stack, refused)
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
