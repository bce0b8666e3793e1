"""Plans a stack: saves plan.tfplan for `make apply` and plan.md for people, and refuses what destroys or weakens.

plan.tfplan gets its name last, once its summary is there; a plan that is refused, or that nobody waited for, gets none.
"""

import os
import sys

from environments.own_secrets import given_secrets
from operations.deployable import Stack, find_stack
from operations.failure import OperationError, exit_status
from operations.github import set_output
from operations.given_secrets import wanted
from operations.plan_summary import failure, summary
from operations.planning import (
    PLAN_FILE,
    SUMMARY_FILE,
    digest,
    history_of,
    make_plan,
    refusal,
    refusals_of,
    warnings_of,
)
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
    file, markdown = terraform.folder / PLAN_FILE, terraform.folder / SUMMARY_FILE
    unread = file.with_name(f"unread-{PLAN_FILE}")
    for old in (file, markdown):
        old.unlink(missing_ok=True)
    try:
        plan = make_plan(terraform, unread, *options)
        held = history_of(stack)
        refused = refusals_of(plan, stack, held)
        secrets = wanted(plan, given_secrets(stack.environment))
        shown = summary(
            "plan",
            stack.name,
            plan,
            refused,
            secrets,
            warnings_of(plan, stack, held),
            "" if refused else digest(unread),
        )
        markdown.write_text(shown)
        print(shown)
        set_output("changes", str(plan.applies).lower())
        if refused:
            raise refusal(stack, refused)
        unread.rename(file)
    except (OperationError, Interrupted) as error:
        if not markdown.exists():
            markdown.write_text(failure("plan", stack.name, str(error)))
        raise
    finally:
        unread.unlink(missing_ok=True)  # also what Terraform has saved of one that failed
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
