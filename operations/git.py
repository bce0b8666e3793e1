"""What Git knows of this repository."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operations.failure import OperationError


def git(repository: Path, *arguments: str) -> str:
    """What a git command prints. Raises OperationError with what it complains of."""
    result = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True)
    if result.returncode:
        raise OperationError(f"git {arguments[0]}: {result.stderr.strip()}")
    return result.stdout


def commit_of(repository: Path, revision: str) -> str:
    """The commit that a revision names. Raises OperationError if it names none."""
    if not revision:
        raise OperationError("Against which Git revision? Say BASE=<revision>, such as BASE=origin/main.")
    try:
        return git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except OperationError:
        raise OperationError(
            f'BASE: Git knows no revision "{revision}" here. It may be a branch, a tag or a commit, such as '
            "origin/main; `git fetch` gets those of others."
        ) from None


@contextmanager
def checked_out(repository: Path, commit: str) -> Iterator[Path]:
    """A folder with the files of a commit, for as long as the block lasts; what is put beside it goes with it."""
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "base"
        git(repository, "worktree", "add", "--quiet", "--detach", str(tree), commit)
        try:
            yield tree
        finally:
            git(repository, "worktree", "remove", "--force", str(tree))


def has_file(repository: Path, commit: str, path: str) -> bool:
    """Whether there is a file of this path, relative to the repository, at a commit."""
    return bool(git(repository, "ls-tree", "--name-only", commit, "--", path))


def changed_files(repository: Path, revision: str, folder: str) -> frozenset[str]:
    """Files in a folder that are not as where the work tree branched off from a revision; new and deleted ones too.

    Raises OperationError if there is no such revision.
    """
    base = commit_of(repository, revision)
    changed = git(repository, "diff", "--name-only", "--no-renames", "-z", "--merge-base", base, "--", folder)
    added = git(repository, "ls-files", "--others", "--exclude-standard", "-z", "--", folder)
    return frozenset(path for path in (changed + added).split("\0") if path)
