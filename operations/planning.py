"""What the commands that plan have in common."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from operations.deployable import REPOSITORY, Stack
from operations.failure import OperationError
from operations.guard.history import History, history
from operations.plan_check import ACCEPTANCE, accepted_by, refusals, warnings
from operations.planned import Plan, read_plan
from operations.terraform import Terraform
from operations.whole_plan import check_whole

PLAN_FILE = "plan.tfplan"
SUMMARY_FILE = "plan.md"


def make_plan(terraform: Terraform, file: Path, *options: str) -> Plan:
    """Initialise, plan and save. Raises OperationError. State is not locked: a plan changes nothing in it."""
    terraform.init()
    terraform.run("plan", "-input=false", "-lock=false", f"-out={file}", *options)
    return saved_plan(terraform, file)


def saved_plan(terraform: Terraform, file: Path) -> Plan:
    """What a plan in a file does. Raises OperationError if it cannot be read, or is not all that there is to do."""
    document = terraform.show(file)
    check_whole(document)
    return read_plan(document)


def refusals_of(plan: Plan, stack: Stack, held: History) -> list[str]:
    """Why this plan must not be applied to its environment, but for what ACCEPT_DESTROY accepts."""
    return refusals(plan, stack.environment.deletion_protection, _accepted(), held)


def warnings_of(plan: Plan, stack: Stack, held: History) -> list[str]:
    """What this plan destroys or weakens all the same."""
    return warnings(plan, stack.environment.deletion_protection, _accepted(), held)


def history_of(stack: Stack) -> History:
    """What holds of earlier revisions for this stack."""
    return history(REPOSITORY, stack.folder, os.environ.get("BASE", ""))


def digest(file: Path) -> str:
    """The SHA-256 of a saved plan, by which its summary knows it."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _accepted() -> list[str]:
    return accepted_by(os.environ.get(ACCEPTANCE, ""))


class RefusedError(OperationError):
    """There is a plan, and it must not be applied."""


def refusal(stack: Stack, refused: Iterable[str]) -> RefusedError:
    """The error of a plan that is refused, with all reasons."""
    return RefusedError("\n\n".join([f"The plan of {stack.name} is refused.", *refused]))
