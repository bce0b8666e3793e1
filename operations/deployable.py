"""The stacks that are deployed to a cloud: two of each environment, the platform and what runs on it."""

from dataclasses import dataclass
from pathlib import Path

from environments import Environment, load_environments
from environments.promotion import promotion_order
from flowwise.tables.project import WORKLOADS
from operations.failure import OperationError

REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Stack:
    """A Terraform root, by the name that `cdktf deploy` has for it."""

    environment: Environment
    is_workloads: bool

    @property
    def name(self) -> str:
        """Such as prod, or prod-workloads."""
        return self.environment.name + (f"-{WORKLOADS}" if self.is_workloads else "")

    @property
    def folder(self) -> str:
        """Where it is, relative to the repository."""
        return f"infra/environments/{self.environment.name}" + (f"/{WORKLOADS}" if self.is_workloads else "")

    def described(self) -> dict[str, str]:
        """What a workflow's matrix needs to know of it."""
        environment = self.environment
        return {
            "stack": self.name,
            "environment": environment.name,
            "cloud": environment.cloud,
            "folder": self.folder,
        }


def deployed_environments() -> tuple[Environment, ...]:
    """Those in a cloud, in the order of promotion. Raises EnvironmentFileErrors."""
    return promotion_order(load_environments(REPOSITORY / "environments"))


def deployable_stacks() -> tuple[Stack, ...]:
    """All stacks, in the order of promotion, each platform before its workloads. Raises EnvironmentFileErrors."""
    return tuple(
        Stack(environment, is_workloads) for environment in deployed_environments() for is_workloads in (False, True)
    )


def find_stack(name: str) -> Stack:
    """The stack of this name. Raises OperationError if there is none, and EnvironmentFileErrors."""
    stacks = {stack.name: stack for stack in deployable_stacks()}
    if name not in stacks:
        asked = f'There is no stack "{name}".' if name else "Which stack? Say STACK=<name>."
        raise OperationError(f"{asked} The stacks are: {', '.join(stacks)}")
    return stacks[name]
