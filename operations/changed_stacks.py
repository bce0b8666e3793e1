"""Prints those stacks whose Terraform is not as it was at a Git revision."""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from costs.infracost import USAGE_FILE
from flowwise.tables.project import WORKLOADS
from operations.deployable import REPOSITORY, Stack, deployable_stacks
from operations.failure import exit_status
from operations.git import changed_files
from operations.removed import removed_stacks, warning
from operations.stacks import show_stacks

_CHARTS = "infra/charts"
_WORDS = (USAGE_FILE, "README.md")
_SOURCE = re.compile(r'^\s*source\s*=\s*"(\.[^"]*)"', re.MULTILINE)  # of a module that is here


def called_folders(repository: Path, folder: str) -> frozenset[str]:
    """The folders of the modules that the one in a folder calls, and that those call."""
    found: set[str] = set()
    unread = [folder]
    while unread:
        caller = unread.pop()
        for file in filter(Path.is_file, (repository / caller).glob("*.tf")):
            for source in _SOURCE.findall(file.read_text()):
                called = PurePosixPath(os.path.normpath(PurePosixPath(caller, source))).as_posix()
                if called not in found:
                    found.add(called)
                    unread.append(called)
    return frozenset(found)


def is_changed(repository: Path, stack: Stack, changed: Iterable[str]) -> bool:
    """Whether one of these files is part of a stack. What is said of it, or assumed of its use, changes no resource."""
    changed = [file for file in changed if PurePosixPath(file).name not in _WORDS]
    modules = called_folders(repository, stack.folder) | ({_CHARTS} if stack.is_workloads else set())
    return any(
        _is_in(file, stack.folder) and (stack.is_workloads or not _is_in(file, f"{stack.folder}/{WORKLOADS}"))
        for file in changed
    ) or any(_is_in(file, module) for file in changed for module in modules)


def main() -> int:
    """Print the changed stacks, and those that are no longer here, whose state `make plan` looks at."""
    base = os.environ.get("BASE", "")
    changed = changed_files(REPOSITORY, base, "infra")
    removed = list(removed_stacks(REPOSITORY, base))
    for stack in removed:
        print(warning(stack), file=sys.stderr)
    here = (stack for stack in deployable_stacks() if is_changed(REPOSITORY, stack, changed))
    show_stacks([*here, *removed])
    return 0


def _is_in(file: str, folder: str) -> bool:
    return file.startswith(f"{folder}/")


if __name__ == "__main__":
    sys.exit(exit_status(main))
