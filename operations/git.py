"""What Git knows of this repository."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operations.failure import OperationError
from operations.programs import missing


def git(repository: Path, *arguments: str) -> str:
    """What a git command prints. Raises OperationError with what it complains of."""
    result = _run(repository, *arguments)
    if result.returncode:
        raise _complaint(arguments[0], result)
    return result.stdout


def _run(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True)
    except (FileNotFoundError, PermissionError):
        raise missing("git") from None


def _complaint(command: str, result: subprocess.CompletedProcess[str]) -> OperationError:
    return OperationError(f"git {command}: {result.stderr.strip() or f'it failed with {result.returncode}'}")


def commit_of(repository: Path, revision: str) -> str:
    """The commit that a revision names. Raises OperationError if it names none."""
    if not revision:
        raise OperationError("Against which Git revision? Say BASE=<revision>, such as BASE=origin/main.")
    arguments = ("--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    result = _run(repository, "rev-parse", *arguments)
    if result.returncode == 1:
        raise OperationError(
            f'BASE: Git knows no revision "{revision}" here. It may be a branch, a tag or a commit, such as '
            "origin/main; `git fetch` gets those of others."
        )
    if result.returncode:  # it has not even looked: there is no repository, or it is another user's
        raise _complaint("rev-parse", result)
    return result.stdout.strip()


def resolved(repository: Path, name: str) -> str:
    """The object that a name such as `HEAD^` or `HEAD:a/file` stands for; nothing if there is none."""
    return _run(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", name).stdout.strip()


def where_branched(repository: Path, revision: str) -> str:
    """The commit where the work tree branched off from a revision. Raises OperationError if it names none."""
    commit = commit_of(repository, revision)
    found = _run(repository, "merge-base", commit, "HEAD")
    return found.stdout.strip() if found.returncode == 0 else commit  # of a shallow copy, Git knows no more


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
