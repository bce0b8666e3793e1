"""Fails if infra/, which has just been synthesised, is not as it is committed, or has files that no synthesis made."""

import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from operations.deployable import REPOSITORY
from operations.failure import OperationError, exit_status
from operations.git import git
from synthesis.tree import is_generated

# Of what is beside generated files, all that may be committed: the rest of what people have there, Git ignores.
_MAY_BE_COMMITTED = (".terraform.lock.hcl", "*.tfvars", "*.auto.tfvars.json")


def foreign_files(repository: Path) -> Iterator[str]:
    """The files of infra/ that Git has, or would add, and no synthesis made; but for those that are a person's own."""
    listed = git(repository, "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", "infra")
    for path in sorted(set(listed.split("\0")) - {""}):
        name = PurePosixPath(path).name
        file = repository / path
        is_there = file.exists() or file.is_symlink()
        if is_there and not is_generated(file) and not any(fnmatch(name, own) for own in _MAY_BE_COMMITTED):
            yield path


def main() -> int:
    """List the files that differ, and those that should not be there."""
    complaints = []
    if foreign := list(foreign_files(REPOSITORY)):
        complaints.append(
            "In infra/, Terraform would take these with what synthesis made, and no synthesis made them:\n\n"
            + "\n".join(foreign)
            + "\n\nWhat they are for belongs into the code, or an environment's file; a person's own are *.tfvars."
        )
    if differences := git(REPOSITORY, "status", "--porcelain", "--untracked-files=all", "--", "infra"):
        complaints.append(
            f"infra/ is not as it is committed:\n\n{differences}\nRun `make synth`, and commit infra/ with the change."
        )
    if complaints:
        raise OperationError("\n\n".join(complaints))
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
