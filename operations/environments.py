"""Prints the environments in a cloud as JSON, in the order of promotion, each with the one that comes before it."""

import json
import sys

from operations.deployable import deployed_environments
from operations.failure import exit_status
from operations.github import set_matrices


def main() -> int:
    """Print `[{"environment": "dev", "cloud": "azure", "before": ""}, ...]`, in a workflow matrices as well."""
    environments = deployed_environments()
    names = [environment.name for environment in environments]
    described = [
        {"environment": environment.name, "cloud": environment.cloud, "before": before}
        for environment, before in zip(environments, ["", *names], strict=False)
    ]
    print(json.dumps(described, indent=2))
    set_matrices("environments", described)
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
