"""Shows what `make synth` would change, with what the changed environments cost and whether their pods fit.

    make preview            once
    make preview WATCH=1    again whenever an environment file, or the code, is saved

It makes folders as main.py does, by CDKTF, and writes nothing but the cache. Watching, it needs not start anew for each
look: then an edit takes as long as the roots of one environment.
"""

import difflib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import main
from costs import estimate
from environments import Environment, EnvironmentFileErrors, load_environments
from operations.markdown import table
from sizing import size_of
from stacks.failure import describe
from stacks.folder_stack import ENVIRONMENTS
from synthesis.folder_cache import FolderCache, code_files
from synthesis.tree import generated_files

_ENVIRONMENTS, _INFRA = main.REPOSITORY / "environments", main.REPOSITORY / "infra"
_MOST_LINES = 200  # of a difference: whoever changes more looks at it in Git
_SECONDS = 0.2  # between two glances at the files


def look(environments: Path, infra: Path, cache: FolderCache) -> str:
    """What is to be said of the environment files of a folder, beside the tree that is there.

    Raises EnvironmentFileErrors with the faults of the files.
    """
    there, made = generated_files(infra), main.make_tree(environments, cache)
    paths = [path for path in there.keys() | made.keys() if there.get(path) != made.get(path)]
    if not paths:
        return "infra/ is as the environment files say."
    paths.sort(key=lambda path: (not path.startswith(ENVIRONMENTS), path))
    lines = [line for path in paths for line in _difference(path, there, made)]
    left_out = len(lines) - _MOST_LINES
    changed = [each for each in load_environments(environments) if _has_files_in(each, paths)]
    return "\n".join(
        [
            *lines[:_MOST_LINES],
            *([f"... and {left_out} lines more"] if left_out > 0 else []),
            f"\n{len(paths)} files of infra/ would change.",
            *(["\n" + table(["", "At least", "At most", "Budget", "Pods"], map(_row, changed))] if changed else []),
        ]
    )


def watch(show_now: Callable[[], int], changes: Callable[[], bool]) -> int:
    """Show it now, and again after each change, for as long as `changes` waits for one; gives the last status."""
    status = show_now()
    while changes():
        status = show_now()
    return status


def _difference(path: str, there: Mapping[str, str], made: Mapping[str, str]) -> Iterator[str]:
    before, after = (files.get(path, "").splitlines() for files in (there, made))
    old, new = (f"infra/{path}" if path in files else "/dev/null" for files in (there, made))
    return difflib.unified_diff(before, after, old, new, n=1, lineterm="")


def _has_files_in(environment: Environment, paths: list[str]) -> bool:
    return any(path.startswith(f"{ENVIRONMENTS}{environment.name}/") for path in paths)


def _row(environment: Environment) -> list[str]:
    pods = "do not fit: `make sizing`" if size_of(environment).has_faults else "fit"
    if environment.budget is None:
        return [environment.name, "", "", "", pods]
    usd, budget = estimate(environment).usd, environment.budget.monthly_usd
    over = ", less than that: `make cost`" if usd.high > budget else ""
    return [environment.name, f"{usd.low:,.2f}", f"{usd.high:,.2f}", f"{budget:,}{over}", pods]


def show(environments: Path, infra: Path, cache: FolderCache) -> int:
    """Print a look, or what is wrong; gives the exit status."""
    try:
        print(look(environments, infra, cache), flush=True)
    except EnvironmentFileErrors as faults:
        print(faults, flush=True)
    except Exception as error:  # as in main.py; and who watches goes on
        print(describe(error), flush=True)
    else:
        return 0
    return 1


class _Saved:
    """Waits for an environment file to be saved. Other code begins a new process."""

    def __init__(self) -> None:
        self._inputs, self._code = self._of(_ENVIRONMENTS.glob("*.toml")), self._of(_code())

    def __call__(self) -> bool:
        print("\nWatching environments/ (Ctrl-C ends it).", flush=True)
        while (inputs := self._of(_ENVIRONMENTS.glob("*.toml"))) == self._inputs:
            if self._of(_code()) != self._code:
                os.execv(sys.executable, [sys.executable, "-O", __file__])
            time.sleep(_SECONDS)
        self._inputs = inputs
        return True

    def _of(self, files: Iterator[Path]) -> dict[Path, tuple[int, int]]:
        return {file: (status.st_mtime_ns, status.st_size) for file in files if (status := _status(file))}


def _status(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except FileNotFoundError:  # saved by way of another name
        return None


def _code() -> Iterator[Path]:
    return iter(code_files(main.REPOSITORY, main.CODE))


if __name__ == "__main__":
    asked = os.environ.get("WATCH", "")
    if asked not in ("", "1"):
        sys.exit(f"WATCH: found {asked!r}, allowed 1, or nothing to look once")
    try:
        show_now = partial(show, _ENVIRONMENTS, _INFRA, main.FOLDER_CACHE)
        sys.exit(watch(show_now, _Saved()) if asked else show_now())
    except KeyboardInterrupt:
        sys.exit(0)
