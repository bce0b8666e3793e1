"""Applies the plan that `make plan` saved, and no other, and tells where the API is then."""

import os
import sys

from environments.own_secrets import given_secrets
from operations.apply_summary import summary
from operations.deployable import find_stack
from operations.failure import OperationError, exit_status
from operations.given_secrets import check_given
from operations.plan_summary import digest_in
from operations.planning import PLAN_FILE, SUMMARY_FILE, digest, history_of, refusal, refusals_of, saved_plan
from operations.rerun import plan_of_this_run
from operations.terraform import Terraform


def main() -> int:
    """Apply the saved plan of the stack that STACK names, and remove it."""
    stack = find_stack(os.environ.get("STACK", ""))
    terraform = Terraform.of(stack)
    file = terraform.folder / PLAN_FILE
    if not file.exists():
        raise OperationError(
            f"There is no plan of {stack.name} to apply: {stack.folder}/{PLAN_FILE} is missing. "
            f"Make one with `make plan STACK={stack.name}`, and read it."
        )
    markdown = terraform.folder / SUMMARY_FILE
    if digest(file) != (digest_in(markdown.read_text()) if markdown.exists() else None):
        raise OperationError(
            f"{stack.folder}/{PLAN_FILE} is not the plan that {SUMMARY_FILE} beside it shows, so nobody has read it. "
            f"Make one with `make plan STACK={stack.name}`, and read it."
        )
    terraform.init()
    plan = plan_of_this_run(terraform, file, saved_plan(terraform, file))
    refused = refusals_of(plan, stack, history_of(stack))
    if refused:
        file.unlink()
        raise refusal(stack, refused)
    check_given(plan, given_secrets(stack.environment), terraform.folder)
    try:
        terraform.run("apply", "-input=false", "-lock-timeout=5m", str(file))
    finally:
        file.unlink()  # begun, it fits no more
    print(summary(stack.name, terraform.outputs()), end="")
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
