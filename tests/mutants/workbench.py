"""A copy of the repository, in which one mutant after the other is put to its tests."""

import filecmp
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.workspace import REPOSITORY

_SHARED = (".venv", "node_modules", ".cache/checkov", ".cache/moto", ".cache/sbom", ".cache/service", ".cache/servers")
_KEPT = {".venv", "node_modules", ".cache", "__pycache__"}
_SYNTHESIS_SECONDS = 120
_TEST_SECONDS = 300  # of one mutant; a machine with other work to do takes as long as that
_FAILED = re.compile(r"^(failed|error): (\S.*)$", re.MULTILINE)  # tests/conftest.py ends with these


class Outcome(Enum):
    """What became of a mutant; the value is for people."""

    CAUGHT = "caught"
    REFUSED = "refused by synthesis"
    SURVIVED = "SURVIVED"
    BROKEN = "broken mutant"
    NOT_APPLIED = "could not be applied"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Result:
    """An outcome, and the test, or the words, that it is known by."""

    outcome: Outcome
    words: str


@dataclass(frozen=True)
class Finished:
    """A command that has ended, or was ended: `status` is None then."""

    status: int | None
    output: str


class Workbench:
    """A folder with the repository's files as they are in the work tree, and its set-up.

    It is the same folder for many mutants, because the stand-ins of the providers are built for theirs. They and the
    schemas are its own: what they are made by is among what is broken.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
        self._files = [path for path in listed.stdout.split("\0") if (REPOSITORY / path).is_file()]
        (folder / ".cache").mkdir(parents=True)
        for name in _SHARED:
            (folder / name).symlink_to(REPOSITORY / name)
        schemas = REPOSITORY / ".cache" / "schemas"
        if schemas.exists():
            shutil.copytree(schemas, folder / ".cache" / "schemas")

    def restore(self) -> None:
        """Make all files those of the repository again."""
        for path in set(self._found()) - set(self._files):
            (self.folder / path).unlink()
        for path in self._files:
            source, copy = REPOSITORY / path, self.folder / path
            if not copy.exists() or not filecmp.cmp(source, copy, shallow=False):
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, copy)

    def put_to_the_test(self, mutant: Mutant) -> Result:
        """Break what the mutant breaks, make infra/ anew, and run the tests that should notice."""
        self.restore()
        file = self.folder / mutant.file
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        times = text.count(mutant.old)
        if times != 1:
            return Result(Outcome.NOT_APPLIED, f"its text is {times} times in {mutant.file}")
        file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        if mutant.can_change_infra:
            synthesis = self._run([sys.executable, "-O", "main.py"], _SYNTHESIS_SECONDS)
            if synthesis.status == 1 and "infra/ is as it was." in synthesis.output:
                return Result(Outcome.REFUSED, synthesis.output.strip().splitlines()[0])
            if synthesis.status != 0 and mutant.file != "main.py":
                return Result(Outcome.BROKEN, f"synthesis ended with {synthesis.status}: {_last_line(synthesis)}")
        tests = self.run_tests(mutant.caught_by, "-x")
        failed = _FAILED.search(tests.output)
        if tests.status == 1 and failed:
            return Result(Outcome.CAUGHT, failed[2] + (", before it began" if failed[1] == "error" else ""))
        if tests.status == 0:
            return Result(Outcome.SURVIVED, ", ".join(mutant.caught_by))
        return Result(Outcome.BROKEN, f"pytest ended with {tests.status}: {_last_line(tests)}")

    def run_tests(self, targets: Sequence[str], *options: str, seconds: int = _TEST_SECONDS) -> Finished:
        """Run pytest on these targets, for so many seconds at most."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, *targets]
        return self._run(command, seconds)

    def _run(self, command: Sequence[str], seconds: int) -> Finished:
        environment = os.environ | {"PYTHONPATH": str(self.folder / "constructs")}
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # with the commands that it runs
            output, _ = process.communicate()
            return Finished(None, f"{output}\nit took more than {seconds} seconds")
        return Finished(process.returncode, output)

    def _found(self) -> Iterator[str]:
        for folder, subfolders, names in os.walk(self.folder):
            subfolders[:] = [name for name in subfolders if name not in _KEPT]
            for name in names:
                yield Path(folder, name).relative_to(self.folder).as_posix()


def _last_line(finished: Finished) -> str:
    return (finished.output.strip().splitlines() or ["it printed nothing"])[-1]
