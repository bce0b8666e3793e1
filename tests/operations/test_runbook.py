"""The runbook's commands work: all of them, in their order, in one shell on a copy of the repository."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.offline import attached_environment
from tests.operations.clients import write_clients
from tests.operations.cloud_answers import READY
from tests.operations.recorded import write_recorded
from tests.workspace import REPOSITORY, copy_of_repository, use_local_state

RUNBOOK = REPOSITORY / "docs" / "runbook.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NOT_RUN = "# not run: "
# A root that `make synth` has just made keeps its state beside its files, as the others do.
_USE_LOCAL_STATE = "import sys, pathlib, tests.workspace; tests.workspace.use_local_state(pathlib.Path(sys.argv[1]))"
_PRELUDE = f"""
set -euo pipefail
make() {{
  command make --silent "$@"
  case $1 in synth) (cd {REPOSITORY} && {sys.executable} -c "{_USE_LOCAL_STATE}" "$OLDPWD/infra") ;; esac
}}
"""


def blocks() -> tuple[list[str], list[str]]:
    """Those that run here, and those that say why they do not."""
    found = _BLOCK.findall(RUNBOOK.read_text())
    return (
        [block for block in found if not block.startswith(_NOT_RUN)],
        [block for block in found if block.startswith(_NOT_RUN)],
    )


def blocks_below(heading: str) -> list[str]:
    """All of one section, for tests that run them where they can."""
    (section,) = re.findall(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", RUNBOOK.read_text(), re.MULTILINE | re.DOTALL
    )
    return _BLOCK.findall(section)


@pytest.mark.terraform
def test_every_command_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = copy_of_repository(tmp_path)
    for name in ("Makefile", ".gitignore", ".npmrc", "requirements.lock", "package-lock.json"):
        shutil.copy2(REPOSITORY / name, repository)  # as old as they are, so that make sees nothing to set up
    use_local_state(repository / "infra")
    for command in ("init --quiet", "add .", "-c user.name=T -c user.email=t@t.example commit --quiet --message=All"):
        subprocess.run(["git", *command.split()], cwd=repository, check=True)
    run, _ = blocks()
    clients = (write_clients(tmp_path / "clients"), write_recorded(tmp_path / "cloud", READY["azure"]()))
    path = os.pathsep.join([*map(str, clients), os.environ["PATH"]])
    script = _PRELUDE + "".join(f"\necho '--- block {number}'\n{block}" for number, block in enumerate(run, start=1))
    result = subprocess.run(
        ["bash", "-c", script],
        cwd=repository,
        env=os.environ | attached_environment() | {"PYTHONPATH": str(repository / "constructs"), "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1800,
    )
    assert result.returncode == 0, result.stdout[-5000:]
    assert result.stdout.count("Apply complete!") == script.count("make apply")


def test_what_is_not_run_says_why() -> None:
    _, not_run = blocks()
    assert {block.splitlines()[0].removeprefix(_NOT_RUN) for block in not_run} == {
        "Azure",
        "an example",
        "AWS, tests/e2e does, against an emulated one",
        "Google Cloud",
        "tests/operations/test_restore.py does, on real servers",
        "needs a server on Azure",
        "tests/operations/test_interruption.py does, on a storage that it lets fail",
        "tests/operations/test_interruption.py does, after killing a deploy",
        "it wants an engine, a registry, and an application",
        "it wants the repository of an application",
        "needs a bucket with files",
        "needs a cloud",
        "needs a cluster",
        "needs a cluster on AWS",
        "needs a cluster on Azure",
        "needs a cluster on Google Cloud",
        "needs an account",
        "needs an organization on GitHub",
        "needs a partner's key",
        "needs the registry",
        "needs registries; tests/operations/test_digests.py does, with one of its own",
        "needs GitHub",
        "needs GitHub, and nobody has made a release yet",
        "tests/operations/test_sbom.py does",
    }
