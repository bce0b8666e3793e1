"""Set-up names what is missing or too old, with the version wanted, before it changes anything; it brings a Node."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.workspace import REPOSITORY, path_to_unfit_node

# What the Makefile's recipes need besides the prerequisites.
TOOLS = ("sh", "make", "sed", "sort", "head", "printf", "rm", "echo", "test", "touch", "awk", "mkdir", "ln")


def make(folder: Path, target: str, programs: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run make where the only programs are the basic tools and these, which print their versions and do no more."""
    path = folder / "bin"
    path.mkdir()
    for tool in TOOLS:
        if found := shutil.which(tool):
            (path / tool).symlink_to(found)
    for name, version in programs.items():
        too_old = "exit 1" if version.startswith("Python 3.10") else "exit 0"
        (path / name).write_text(f"#!/bin/sh\ncase $1 in -c) {too_old};; esac\nprintf '%s\\n' '{version}'\n")
        (path / name).chmod(0o755)
    for name in ("Makefile", "requirements.lock", "package-lock.json", ".npmrc"):
        shutil.copy2(REPOSITORY / name, folder / name)
    return subprocess.run(
        ["make", target], cwd=folder, env={"PATH": str(path)}, capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize(
    ("programs", "message"),
    [
        ({"terraform": "Terraform v1.9.8"}, "Terraform 1.11 or newer is needed; found: 1.9.8"),
        ({}, "Terraform 1.11 or newer is needed; found: none"),
    ],
)
def test_names_what_is_missing_or_too_old(programs: dict[str, str], message: str, tmp_path: Path) -> None:
    with_dependencies_of_python(tmp_path)
    result = make(tmp_path, "node_modules/.done", programs)
    assert result.returncode != 0
    assert message in result.stderr
    assert not (tmp_path / "node_modules").exists()


def test_installs_the_cdktf_cli_with_the_node_of_its_own(tmp_path: Path) -> None:
    with_dependencies_of_python(tmp_path)
    unfit = {"node": "v24.0.0", "npm": "11.0.0"}
    result = make(tmp_path, "node_modules/.done", unfit | {"terraform": "Terraform v1.12.0\non linux_amd64"})
    assert result.returncode == 0, result.stderr
    assert "node .venv/bin/npm ci" in result.stdout
    assert (tmp_path / "node_modules/.bin/node").samefile(tmp_path / ".venv/bin/node")


def with_dependencies_of_python(folder: Path) -> None:
    """As after the first part of set-up, but in the place of Node is what says what it was given."""
    node = folder / ".venv/bin/node"
    node.parent.mkdir(parents=True)
    node.write_text('#!/bin/sh\necho "node $*"\nmkdir -p node_modules/.bin\n')
    node.chmod(0o755)
    (folder / ".venv/.done").touch()


@pytest.mark.parametrize(
    "command",
    [
        ".venv/bin/cdktf --version",
        ". .venv/bin/activate && cdktf --version",
        "PATH=node_modules/.bin:$PATH cdktf --version",  # what npx does
        '.venv/bin/python -c "from cdk import fast_loading; fast_loading.prepare(); import cdktf"',
    ],
)
def test_the_node_of_the_machine_is_not_used(command: str, tmp_path: Path) -> None:
    environment = os.environ | {"PATH": path_to_unfit_node(tmp_path)}
    result = subprocess.run(
        ["sh", "-c", command], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=30
    )
    assert result.returncode == 0, result.stderr
    assert "the Node of the machine" not in result.stderr


def test_names_the_python_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    result = make(tmp_path, ".venv/.done", {"python3": "Python 3.10.12"})
    assert result.returncode != 0
    assert "Python 3.11 or newer is needed; found: Python 3.10.12" in result.stderr
    assert (tmp_path / ".venv").exists()


def test_a_second_run_does_no_set_up() -> None:
    result = subprocess.run(
        ["make", "--question", ".venv/.done", "node_modules/.done"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert result.returncode == 0, result.stdout + result.stderr
