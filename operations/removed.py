"""Stacks that are no longer here: what they made goes on running, and costing, until somebody destroys it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flowwise.tables.project import WORKLOADS
from operations.backends import cloud_of_backend
from operations.deployable import REPOSITORY, deployable_stacks
from operations.failure import OperationError
from operations.git import checked_out, git, where_branched
from operations.github import set_output
from operations.plan_summary import failure, marker
from operations.terraform import Terraform

_ENVIRONMENTS = "infra/environments"
_HOW = "docs/runbook.md says how, under Remove an environment"


@dataclass(frozen=True)
class RemovedStack:
    """A stack in a cloud that a revision has and the work tree has not."""

    environment: str
    is_workloads: bool
    cloud: str
    commit: str

    @property
    def name(self) -> str:
        """Such as qa, or qa-workloads."""
        return self.environment + (f"-{WORKLOADS}" if self.is_workloads else "")

    @property
    def folder(self) -> str:
        """Where it was, relative to the repository."""
        return f"{_ENVIRONMENTS}/{self.environment}" + (f"/{WORKLOADS}" if self.is_workloads else "")

    def described(self) -> dict[str, str]:
        """What a workflow's matrix needs to know of it, as of one that is here."""
        return {"stack": self.name, "environment": self.environment, "cloud": self.cloud, "folder": self.folder}


def removed_stacks(repository: Path, revision: str) -> Iterator[RemovedStack]:
    """The stacks of where the work tree branched off from a revision that are not here, the workloads first.

    One that has moved into a cluster of one's own is not here either. Raises OperationError if there is no revision.
    """
    commit = where_branched(repository, revision)
    here = {stack.folder for stack in deployable_stacks()}
    listed = git(repository, "ls-tree", "-r", "-z", "--name-only", commit, "--", _ENVIRONMENTS)
    for path in sorted(map(PurePosixPath, filter(None, listed.split("\0"))), key=lambda path: -len(path.parts)):
        folder = path.parent.relative_to(_ENVIRONMENTS)
        if path.name == "backend.tf" and str(path.parent) not in here:
            cloud = cloud_of_backend(git(repository, "show", f"{commit}:{path}"))
            if cloud:
                yield RemovedStack(folder.parts[0], folder.parts[1:] == (WORKLOADS,), cloud, commit)


def find_removed(name: str, revision: str) -> RemovedStack | None:
    """The removed stack of this name, if somebody says since when it may be removed."""
    if not name or not revision:
        return None
    return next((stack for stack in removed_stacks(REPOSITORY, revision) if stack.name == name), None)


def warning(stack: RemovedStack) -> str:
    """What to say of it before anybody has looked at its state."""
    return (
        f"{stack.name} is no longer here, and whatever it made in {stack.cloud} goes on running, and costing, until it "
        f"is destroyed: {_HOW}."
    )


def plan_removed(stack: RemovedStack) -> int:
    """Say what is left in the state of a removed stack; gives 0 if that is nothing. Raises OperationError else."""
    markdown = REPOSITORY / stack.folder / "plan.md"
    markdown.parent.mkdir(parents=True, exist_ok=True)
    set_output("changes", "false")
    try:
        with checked_out(REPOSITORY, stack.commit) as tree:
            left = Terraform.at(tree / stack.folder).managed()
        if left:
            raise OperationError(
                f"{stack.name} is removed, and its state has {len(left)} resources, which go on running, and costing: "
                f"destroy them, then remove it. {_HOW}."
            )
    except OperationError as error:
        markdown.write_text(failure("plan", stack.name, str(error)))
        raise
    markdown.write_text(f"{marker('plan', stack.name)}\n**{stack.name} is removed, and its state is empty.**\n")
    print(markdown.read_text())
    return 0
