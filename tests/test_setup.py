"""Set-up names what is missing or too old, with the version wanted, before it changes anything."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.workspace import REPOSITORY

# What the Makefile's recipes need besides the prerequisites.
TOOLS = ("sh", "make", "sed", "sort", "head", "printf", "rm", "echo", "test", "touch", "awk")
GOOD = {"python3": "Python 3.12.1", "node": "v22.3.0", "terraform": "Terraform v1.12.0\non linux_amd64"}


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
        shutil.copy(REPOSITORY / name, folder / name)
    return subprocess.run(
        ["make", target], cwd=folder, env={"PATH": str(path)}, capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize(
    ("programs", "message"),
    [
        (GOOD | {"node": "v18.20.4"}, "Node 20 or newer is needed; found: 18.20.4"),
        ({"terraform": GOOD["terraform"]}, "Node 20 or newer is needed; found: none"),
        (GOOD | {"terraform": "Terraform v1.9.8"}, "Terraform 1.11 or newer is needed; found: 1.9.8"),
        ({"node": GOOD["node"]}, "Terraform 1.11 or newer is needed; found: none"),
    ],
)
def test_names_what_is_missing_or_too_old(programs: dict[str, str], message: str, tmp_path: Path) -> None:
    result = make(tmp_path, "node_modules/.done", programs)
    assert result.returncode != 0
    assert message in result.stderr
    assert not (tmp_path / "node_modules").exists()


def test_accepts_what_is_new_enough(tmp_path: Path) -> None:
    result = make(tmp_path, "node_modules/.done", GOOD | {"npm": "11.0.0"})
    assert "is needed" not in result.stderr
    assert "Installing the CDKTF CLI" in result.stdout


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
