"""Runs the commands of `operations/` in a copy of the repository, on stand-ins of the clouds."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from environments.shared import SHARED_FILE
from flowwise.authoring.common_variables import OPERATORS_EXAMPLE
from flowwise.tables.accounts import ACCOUNTS
from tests.environments.texts import apart
from tests.offline import attached_environment
from tests.trees import write_tree_of
from tests.workspace import copy_of_repository, use_local_state


@dataclass(frozen=True)
class Operated:
    """A copy of the repository, whose environments keep their state in their folders."""

    folder: Path

    @classmethod
    def with_environments(cls, folder: Path, texts: Mapping[str, str]) -> "Operated":
        """One with these environment files, by the environments' names, and no others."""
        copy_of_repository(folder)
        for file in (folder / "environments").glob("*.toml"):
            if file.name != SHARED_FILE:
                file.unlink()
        operated = cls(folder)
        for name, text in apart(texts).items():
            operated.environment_file(name).write_text(text)
        operated.synthesise()
        use_local_state(folder / "infra")
        return operated

    def environment_file(self, name: str) -> Path:
        return self.folder / "environments" / f"{name}.toml"

    def root(self, name: str) -> Path:
        return self.folder / "infra" / "environments" / name

    def synthesise(self) -> None:
        write_tree_of(self.folder / "environments", self.folder / "infra")

    def run(self, operation: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, with these environment variables."""
        ours = {
            "PYTHONPATH": str(self.folder / "constructs"),
            "PYTHONPYCACHEPREFIX": str(self.folder / ".cache" / "bytecode"),
            **{f"TF_VAR_{account.variable}": account.example for account in ACCOUNTS.values()},
            "TF_VAR_operator_cidrs": json.dumps(OPERATORS_EXAMPLE),
        }
        return subprocess.run(
            [sys.executable, "-m", f"operations.{operation}"],
            cwd=self.folder,
            env=os.environ | attached_environment() | ours | variables,
            capture_output=True,
            text=True,
            timeout=120,
        )
