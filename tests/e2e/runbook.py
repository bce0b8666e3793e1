"""The runbook's commands for AWS, run against an emulated one."""

import os
import subprocess

from tests.e2e.deployment import NAME
from tests.e2e.emulator import REGION, Emulator
from tests.operations.test_runbook import blocks


def aws_blocks() -> list[str]:
    """What the runbook says for AWS, as if for this environment."""
    return [block.replace("flowwise-prod", f"flowwise-{NAME}") for block in blocks()[1] if "# not run: AWS," in block]


# A command goes to the emulator in words, for Python and AWS's own library take most of a second to start.
_AWS = """aws() {
  local word words=()
  for word; do words+=(--data-urlencode "word=$word"); done
  curl --silent --show-error --fail-with-body "${words[@]}" "$AWS_ENDPOINT_URL/emulator/command/$AWS_REGION"
}
"""


def run(emulator: Emulator, commands: str) -> str:
    """Commands of a shell whose `aws` talks to the emulator."""
    result = subprocess.run(
        ["bash", "-euc", _AWS + commands],
        env=os.environ | emulator.environment() | {"AWS_REGION": REGION},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
