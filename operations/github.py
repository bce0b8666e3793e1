"""What the steps of a GitHub workflow tell each other."""

import os
from pathlib import Path


def set_output(name: str, value: str) -> None:
    """Make a line an output of the step that runs this; elsewhere than in a workflow, do nothing."""
    if file := os.environ.get("GITHUB_OUTPUT"):
        with Path(file).open("a") as outputs:
            outputs.write(f"{name}={value}\n")
