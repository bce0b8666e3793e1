"""Programs of others that commands need, and how it is said that one is missing."""

import os
import shutil
from pathlib import Path

from operations.failure import OperationError

_HOW = {
    "terraform": "version 1.11 or newer: https://developer.hashicorp.com/terraform/install says how",
    "tofu": "https://opentofu.org/docs/intro/install says how",
    "git": "https://git-scm.com/downloads says how",
    "infracost": "https://www.infracost.io/docs says how",
    "az": "https://learn.microsoft.com/cli/azure/install-azure-cli says how",
    "aws": "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html says how",
    "gcloud": "https://cloud.google.com/sdk/docs/install says how",
}
"""By program, where its makers say how to install it."""


def missing(program: str) -> OperationError:
    """The error of a program that is not there, or that this user may not run."""
    how = _HOW.get(Path(program).name)
    return OperationError(f"There is no program `{program}` on the PATH.{f' Install it: {how}.' if how else ''}")


def need(program: str) -> None:
    """Raise OperationError if there is no such program."""
    if not shutil.which(program, path=os.environ.get("PATH", "")):
        raise missing(program)
