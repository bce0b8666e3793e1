"""The program that plans and applies: Terraform, or OpenTofu where the variable TERRAFORM names it."""

import os
from dataclasses import dataclass
from pathlib import Path

from environments.wording import listed, shown
from operations.failure import OperationError


@dataclass(frozen=True)
class Tool:
    """What the two do differently. `registry` has the providers whose sources name none."""

    title: str
    registry: str


TERRAFORM = Tool("Terraform", "registry.terraform.io")
OPENTOFU = Tool("OpenTofu", "registry.opentofu.org")  # "Provider Requirements", OpenTofu's documentation
_BY_NAME = {"terraform": TERRAFORM, "tofu": OPENTOFU}


def program() -> str:
    """What is started: a name on the PATH, or a path. TERRAFORM says it, for make, operations and tests alike."""
    return os.environ.get("TERRAFORM") or "terraform"


def tool() -> Tool:
    """Which of the two that is. Raises OperationError if it is neither, by its name."""
    name = Path(program()).name
    if name not in _BY_NAME:
        raise OperationError(
            f"TERRAFORM is {shown(program())}. It may be {listed(_BY_NAME)}, or a path that ends in one of them."
        )
    return _BY_NAME[name]
