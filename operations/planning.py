"""What the commands that plan have in common."""

import os
from collections.abc import Iterable
from pathlib import Path

from operations.deployable import Stack
from operations.failure import OperationError
from operations.plan_check import ACCEPTANCE, refusals
from operations.planned import Plan, read_plan
from operations.terraform import Terraform

PLAN_FILE = "plan.tfplan"


def make_plan(terraform: Terraform, file: Path, *options: str) -> Plan:
    """Initialise, plan and save. Raises OperationError. State is not locked: a plan changes nothing in it."""
    terraform.init()
    terraform.run("plan", "-input=false", "-lock=false", f"-out={file}", *options)
    return read_plan(terraform.show(file))


def refusals_of(plan: Plan, stack: Stack) -> list[str]:
    """Why this plan must not be applied to its environment, but for what ACCEPT_DESTROY accepts."""
    return refusals(plan, stack.environment.deletion_protection, os.environ.get(ACCEPTANCE, "").split())


class RefusedError(OperationError):
    """There is a plan, and it must not be applied."""


def refusal(stack: Stack, refused: Iterable[str]) -> RefusedError:
    """The error of a plan that is refused, with all reasons."""
    return RefusedError("\n\n".join([f"The plan of {stack.name} is refused.", *refused]))
