"""What the steps of a GitHub workflow tell each other, within the limits of GitHub Actions.

"Actions limits", "Workflow syntax" and "Reusing workflow configurations" (docs.github.com): 256 jobs of a matrix, 1 MB
of outputs of a job as UTF-16, ten levels of workflows that call each other, of which there are four here at most. Of
the jobs of a run, no limit is named but that of its checks, 50,000.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from operations.failure import OperationError

MOST_JOBS = 256
"""Of a matrix."""

MOST_CHARACTERS = 2**20 // 2
"""Of the outputs of a job."""


def set_output(name: str, value: str) -> None:
    """Make a line an output of the step that runs this; elsewhere than in a workflow, do nothing.

    Raises OperationError if it is longer than GitHub takes.
    """
    if file := os.environ.get("GITHUB_OUTPUT"):
        if len(value) > MOST_CHARACTERS:
            raise OperationError(
                f"The step's output {name} has {len(value)} characters, and GitHub takes no more than "
                f"{MOST_CHARACTERS}: keep some of the environments in a repository of their own."
            )
        with Path(file).open("a") as outputs:
            outputs.write(f"{name}={value}\n")


def set_matrices(name: str, jobs: Sequence[Mapping[str, str]]) -> None:
    """Make what jobs are for an output: a list in JSON of matrices, each a text, as workflows hand it to each other.

    Each matrix has as many as it may, in their order; the text is a list in JSON again.
    """
    matrices = [jobs[first : first + MOST_JOBS] for first in range(0, len(jobs), MOST_JOBS)]
    set_output(name, json.dumps([json.dumps(matrix) for matrix in matrices]))
