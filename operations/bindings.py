"""Runs a make target on another set of bindings than the default: `make synth BINDINGS=cdktn`.

It runs in a copy of the repository, .cache/bindings/<set>, with a set-up of its own. There the files of bindings/<set>
take the place of those of the same name, and infra/ has the lines that bindings/<set>/infra.toml has in the place of
ours: so the tests there hold the whole tree against what that set makes. docs/successor.md tells how to move for good.

Nothing but Python itself is needed, for the default set may be one that no longer installs.
"""

import difflib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

_SETS = "bindings"
_DIFFERENCES = "infra.toml"
_KEPT = (".venv", "node_modules", ".cache", ".git")
# Of the tests alone, the same for each set: what is there is used.
_SHARED = ("checkov", "moto", "service", "servers")


@dataclass(frozen=True)
class Difference:
    """A line of infra/ that a set makes otherwise: once in each of `files`, a pattern."""

    files: str
    default: str
    here: str
    why: str


def main(repository: Path, name: str, target: str) -> int:
    """Run the target in the copy of a set; gives its exit status, or 1 if infra/ is not what infra.toml says."""
    if not (repository / _SETS / name).is_dir():
        allowed = ", ".join(["cdktf", *sorted(folder.name for folder in (repository / _SETS).iterdir())])
        print(f"BINDINGS: found {name}; allowed is one of {allowed}", file=sys.stderr)
        return 2
    copy = repository / ".cache" / _SETS / name
    try:
        refresh(repository, name, copy)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    expected = _infra(copy)
    status = _make(copy, target)
    return status or (_tell_differences(repository, name, expected, _infra(copy)) if target == "synth" else 0)


def refresh(repository: Path, name: str, copy: Path) -> None:
    """Make the copy that of the work tree, but for what its set-up and caches made.

    Raises ValueError if a line of infra.toml is not in infra/.
    """
    of_set = repository / _SETS / name
    infra = apply(read_differences(of_set), _infra(repository))
    files = {path: (repository / path).read_bytes() for path in _work_tree(repository)}
    files |= {path.name: path.read_bytes() for path in of_set.iterdir() if path.name != _DIFFERENCES}
    files |= {f"infra/{path}": text.encode() for path, text in infra.items()}
    copy.mkdir(parents=True, exist_ok=True)
    for path in [path for path in _files_of(copy) if path not in files]:
        (copy / path).unlink()
    for path, content in files.items():
        file = copy / path
        if not file.is_file() or file.read_bytes() != content:  # else it would set up again
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            if not (of_set / path).exists():
                shutil.copystat(repository / path, file)  # the time too, or make would install again what is shared
    for tool in _SHARED:
        here, there = repository / ".cache" / tool, copy / ".cache" / tool
        if here.exists() and not there.exists():
            there.parent.mkdir(exist_ok=True)
            there.symlink_to(here)
    # Tests ask Git which files there are.
    subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)
    subprocess.run(["git", "add", "--all"], cwd=copy, check=True)


def read_differences(folder: Path) -> list[Difference]:
    """What infra.toml in a set's folder says; nothing if there is none, for then the whole tree is the same."""
    file = folder / _DIFFERENCES
    return [Difference(**one) for one in tomllib.loads(file.read_text())["difference"]] if file.exists() else []


def apply(differences: Iterable[Difference], infra: Mapping[str, str]) -> dict[str, str]:
    """The files of infra/ as they are with a set: path -> text, with each difference made.

    Raises ValueError for a difference that fits no file, or not once in a file.
    """
    texts = dict(infra)
    for difference in differences:
        paths = [path for path in texts if fnmatchcase(path, difference.files)]
        if not paths:
            raise ValueError(f"{_DIFFERENCES}: no file of infra/ is {difference.files}")
        for path in paths:
            lines = texts[path].split("\n")
            if (times := lines.count(difference.default)) != 1:
                raise ValueError(f"{_DIFFERENCES}: infra/{path} has {times} times the line {difference.default!r}")
            lines[lines.index(difference.default)] = difference.here
            texts[path] = "\n".join(lines)
    return texts


def _tell_differences(repository: Path, name: str, expected: Mapping[str, str], made: Mapping[str, str]) -> int:
    """Print what a set makes otherwise, and why; gives 1 if that is not what its table says."""
    default = _infra(repository)
    print(f"\ninfra/ with {name}, beside that with the default set:\n")
    print(*(_lines(default, made) or ["  no difference"]), sep="\n")
    for difference in read_differences(repository / _SETS / name):
        print(f"\n  {difference.files}\n    {difference.here.strip()}\n    {difference.why}")
    if unexplained := _lines(expected, made):
        print(f"\n{_SETS}/{name}/{_DIFFERENCES} does not explain:\n", *unexplained, sep="\n", file=sys.stderr)
    return 1 if unexplained else 0


def _lines(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The lines that differ, below the names of their files."""
    return [
        line
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
        for line in difflib.unified_diff(
            before.get(path, "").splitlines(), after.get(path, "").splitlines(), f"infra/{path}", path, "", "", 0, ""
        )
        if not line.startswith(("+++", "@@"))
    ]


def _make(copy: Path, target: str) -> int:
    # What make hands on would have the copy look for the set in its turn, and name its folders in what tests read.
    ours = {"BINDINGS", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    environment = {key: value for key, value in os.environ.items() if key not in ours}
    # The code is linted, and its types are checked, with the default set, whose names the imports have.
    return subprocess.run(["make", target, "LINT=", "LINT_SERVICE="], cwd=copy, env=environment).returncode


def _work_tree(repository: Path) -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.split("\0") if path and (repository / path).is_file()]


def _files_of(copy: Path) -> Iterator[str]:
    for folder, subfolders, names in os.walk(copy):
        subfolders[:] = [name for name in subfolders if name not in _KEPT]
        yield from (Path(folder, name).relative_to(copy).as_posix() for name in names)


def _infra(repository: Path) -> dict[str, str]:
    """The files of infra/ that Git does not ignore, by their paths in it."""
    paths = (Path(path) for path in _work_tree(repository))
    return {
        path.relative_to("infra").as_posix(): (repository / path).read_bytes().decode()
        for path in paths
        if path.parts[0] == "infra"
    }


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parents[1], *sys.argv[1:]))
