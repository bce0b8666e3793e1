"""Runs stock Terraform, or OpenTofu where TERRAFORM names it, as all tests do."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from operations.tool import program
from tests.offline.cli_config import attached_environment


def terraform(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, typed: str = "") -> str:
    """What Terraform prints in a folder; if it fails, all that it printed is the test's failure."""
    result = try_terraform(folder, *arguments, environment=environment, typed=typed)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def try_terraform(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command of Terraform in a folder to its end, without colours.

    `environment` says where it gets its providers from; without, it attaches to stand-ins of all of them.
    """
    command, *rest = arguments
    return subprocess.run(
        [program(), f"-chdir={folder}", command, "-no-color", *rest],
        env=os.environ | (attached_environment() if environment is None else environment),
        input=typed,
        capture_output=True,
        text=True,
    )
