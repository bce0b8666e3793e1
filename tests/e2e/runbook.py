"""The runbook's commands for AWS, run against an emulated one."""

import os
import subprocess

from tests.e2e.deployment import NAME
from tests.e2e.emulator import PYTHON, REGION, Emulator
from tests.operations.test_runbook import blocks
from tests.workspace import REPOSITORY


def aws_blocks() -> list[str]:
    """What the runbook says for AWS, as if for this environment."""
    return [block.replace("flowwise-prod", f"flowwise-{NAME}") for block in blocks()[1] if "# not run: AWS," in block]


def run(emulator: Emulator, commands: str) -> str:
    """Commands of a shell whose `aws` talks to the emulator."""
    aws = f'aws() {{ "{PYTHON}" "{REPOSITORY}/tests/e2e/aws_cli.py" "$@"; }}\n'
    result = subprocess.run(
        ["bash", "-euc", aws + commands],
        env=os.environ | emulator.environment() | {"AWS_REGION": REGION},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
