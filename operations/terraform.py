"""Runs Terraform, or OpenTofu in its place, in the folder of a stack."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environments.own_secrets import given_secrets
from operations.deployable import REPOSITORY, Stack
from operations.failure import OperationError
from operations.given_secrets import with_secrets_to_come
from operations.opentofu_plan import with_what_terraform_says
from operations.programs import need
from operations.signals import run
from operations.terraform_environment import check_workspace, terraform_environment
from operations.tool import OPENTOFU, program, tool
from operations.unsaved_state import check_none_is_left, tell_of_unsaved_states

LOCK = ".terraform.lock.hcl"


def kept_lock(stack: Stack) -> Path:
    """Where the lock of a stack's providers is kept, if somebody has made one: see operations/provider_locks.py."""
    return REPOSITORY / "locks" / f"{stack.name}.hcl"


@dataclass(frozen=True)
class Terraform:
    """Terraform in a folder. What it tells people goes to stderr, so that stdout is for what the command tells."""

    folder: Path
    environment: Mapping[str, str]
    kept_lock: Path | None = None

    @classmethod
    def of(cls, stack: Stack) -> "Terraform":
        """Terraform for a stack, whose name is the confirmation that a production environment asks for.

        Raises OperationError if there is no such folder or program, the caller's environment would bend a plan, or a
        state of the stack waits to be pushed.
        """
        folder = REPOSITORY / stack.folder
        if not (folder / "versions.tf").is_file():
            raise OperationError(f"{stack.folder} is not there: run `make synth`, which makes it.")
        check_none_is_left(folder)
        environment = stack.environment
        return cls.at(folder, kept_lock(stack), given_secrets(environment), TF_VAR_confirm_environment=environment.name)

    @classmethod
    def at(
        cls, folder: Path, kept_lock: Path | None = None, secrets: Iterable[str] = (), **variables: str
    ) -> "Terraform":
        """Terraform in any folder, with these environment variables and, to come, these secrets of others.

        Raises OperationError likewise.
        """
        tool()
        need(program())
        check_workspace(folder)
        given = terraform_environment(os.environ, REPOSITORY / "infra")
        return cls(folder, with_secrets_to_come(given, secrets) | variables | {"TF_IN_AUTOMATION": "1"}, kept_lock)

    def init(self) -> None:
        """Initialise, with the providers of the lock that is kept, and no others, if there is one."""
        options = []
        if self.kept_lock and self.kept_lock.exists():
            shutil.copyfile(self.kept_lock, self.folder / LOCK)
            options = ["-lockfile=readonly"]
        self.run("init", "-input=false", *options)

    def run(self, *arguments: str) -> None:
        """Run a command. Raises OperationError if it fails, once it has said why, and Interrupted if it is."""
        try:
            if self._start(*arguments, stdout=sys.stderr.fileno()).returncode:
                raise OperationError(f"{program()} {arguments[0]} failed in {self.folder}; its messages are above.")
        finally:
            tell_of_unsaved_states(self.folder)

    def show(self, plan: Path) -> dict[str, Any]:
        """A saved plan as Terraform's JSON. Raises OperationError if it cannot be read."""
        result = self._start("show", "-json", str(plan), stdout=subprocess.PIPE)
        if result.returncode:
            raise OperationError(f"{program()} show cannot read {plan}; its messages are above.")
        document: dict[str, Any] = json.loads(result.stdout)
        return with_what_terraform_says(document) if tool() is OPENTOFU else document

    def outputs(self) -> dict[str, Any]:
        """The outputs by their names, but those that are sensitive. Raises OperationError if they cannot be read."""
        result = self._start("output", "-json", stdout=subprocess.PIPE)
        if result.returncode:
            raise OperationError(f"{program()} output fails in {self.folder}; its messages are above.")
        found = json.loads(result.stdout)
        return {name: output["value"] for name, output in found.items() if not output["sensitive"]}

    def managed(self) -> list[str]:
        """Types and names of the resources in the state, which is read from where the folder keeps it."""
        self.init()
        result = self._start("state", "pull", stdout=subprocess.PIPE)
        if result.returncode:
            raise OperationError(f"{program()} state pull fails in {self.folder}; its messages are above.")
        state = json.loads(result.stdout or "{}")
        return [f"{each['type']}.{each['name']}" for each in state.get("resources", []) if each["mode"] == "managed"]

    def _start(self, *arguments: str, stdout: int) -> subprocess.CompletedProcess[str]:
        command = [program(), f"-chdir={self.folder}", *arguments]
        return run(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=stdout, text=True)
