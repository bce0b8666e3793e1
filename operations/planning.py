"""What the commands that plan have in common."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from operations.deployable import Stack
from operations.failure import OperationError
from operations.plan_check import ACCEPTANCE, refusals
from operations.planned import Plan, read_plan
from operations.terraform import Terraform
from operations.whole_plan import check_whole

_ADDRESS = re.compile(r'(?:"(?:\\.|[^"\\])*"|[^\s"])+')
PLAN_FILE = "plan.tfplan"


def make_plan(terraform: Terraform, file: Path) -> Plan:
    """Initialise, plan and save. Raises OperationError. State is not locked: a plan changes nothing in it."""
    terraform.run("init", "-input=false")
    terraform.run("plan", "-input=false", "-lock=false", f"-out={file}")
    document = terraform.show(file)
    check_whole(document)
    return read_plan(document)


def refusals_of(plan: Plan, stack: Stack) -> list[str]:
    """Why this plan must not be applied to its environment, but for what ACCEPT_DESTROY accepts."""
    return refusals(plan, stack.environment.deletion_protection, addresses_in(os.environ.get(ACCEPTANCE, "")))


def addresses_in(text: str) -> list[str]:
    """The addresses of a text, with blanks or ends of lines between them: a key in quotes may have blanks itself."""
    return _ADDRESS.findall(text)


def refusal(stack: Stack, refused: Iterable[str]) -> OperationError:
    """The error of a plan that is refused, with all reasons."""
    return OperationError("\n\n".join([f"The plan of {stack.name} is refused.", *refused]))
