"""Runs Terraform in the folder of a stack."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.deployable import REPOSITORY, Stack
from operations.failure import OperationError
from operations.signals import run
from operations.unsaved_state import check_none_is_left, tell_of_unsaved_states

# Terraform wants an ephemeral variable set for a plan and for its application, or for neither. So whoever plans needs
# no secret, and whoever applies may have them.
_PLANNED_WITHOUT_SECRETS = {"TF_VAR_secret_values": "{}"}


LOCK = ".terraform.lock.hcl"


def kept_lock(stack: Stack) -> Path:
    """Where the lock of a stack's providers is kept, if somebody has made one: see operations/provider_locks.py."""
    return REPOSITORY / "locks" / f"{stack.name}.hcl"


@dataclass(frozen=True)
class Terraform:
    """Terraform in a folder. What it tells people goes to stderr, so that stdout is for what the command tells."""

    folder: Path
    environment: Mapping[str, str]
    kept_lock: Path

    @classmethod
    def of(cls, stack: Stack) -> "Terraform":
        """Terraform for a stack, whose name is the confirmation that a production environment asks for.

        Raises OperationError if a state of the stack waits to be pushed.
        """
        check_none_is_left(REPOSITORY / stack.folder)
        # What a GitHub environment does not define arrives as an empty text, which would be a value.
        given = {name: value for name, value in os.environ.items() if value or not name.startswith("TF_VAR_")}
        ours = {"TF_VAR_confirm_environment": stack.environment.name, "TF_IN_AUTOMATION": "1"}
        return cls(REPOSITORY / stack.folder, _PLANNED_WITHOUT_SECRETS | given | ours, kept_lock(stack))

    def init(self) -> None:
        """Initialise, with the providers of the lock that is kept, and no others, if there is one."""
        options = []
        if self.kept_lock.exists():
            shutil.copyfile(self.kept_lock, self.folder / LOCK)
            options = ["-lockfile=readonly"]
        self.run("init", "-input=false", *options)

    def run(self, *arguments: str) -> None:
        """Run a command. Raises OperationError if it fails, once it has said why, and Interrupted if it is."""
        try:
            if self._start(*arguments, stdout=sys.stderr.fileno()).returncode:
                raise OperationError(f"terraform {arguments[0]} failed in {self.folder}; its messages are above.")
        finally:
            tell_of_unsaved_states(self.folder)

    def show(self, plan: Path) -> dict[str, Any]:
        """A saved plan as Terraform's JSON. Raises OperationError if it cannot be read."""
        result = self._start("show", "-json", str(plan), stdout=subprocess.PIPE)
        if result.returncode:
            raise OperationError(f"terraform show cannot read {plan}; its messages are above.")
        document: dict[str, Any] = json.loads(result.stdout)
        return document

    def outputs(self) -> dict[str, Any]:
        """The outputs by their names, but those that are sensitive. Raises OperationError if they cannot be read."""
        result = self._start("output", "-json", stdout=subprocess.PIPE)
        if result.returncode:
            raise OperationError(f"terraform output fails in {self.folder}; its messages are above.")
        found = json.loads(result.stdout)
        return {name: output["value"] for name, output in found.items() if not output["sensitive"]}

    def _start(self, *arguments: str, stdout: int) -> subprocess.CompletedProcess[str]:
        command = ["terraform", f"-chdir={self.folder}", *arguments]
        return run(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=stdout, text=True)
