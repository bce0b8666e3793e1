"""Set-up names what is missing or too old, with the version wanted, before it changes anything; it brings a Node.

While it takes long, it says so.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.workspace import REPOSITORY, path_to_unfit_node

# What the Makefile's recipes need besides the prerequisites.
TOOLS = (
    *("sh", "make", "sed", "sort", "head", "printf", "rm", "echo", "test", "touch", "awk", "mkdir", "ln"),
    *("mktemp", "date", "sleep", "tail", "cut", "grep"),
)


def make(folder: Path, target: str, programs: dict[str, str], **variables: str) -> subprocess.CompletedProcess[str]:
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
    shutil.copytree(REPOSITORY / "scripts", folder / "scripts")
    return subprocess.run(
        ["make", target], cwd=folder, env={"PATH": str(path)} | variables, capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize(
    ("tool", "programs", "message"),
    [
        ("", {"terraform": "Terraform v1.9.8"}, "Terraform 1.11 or newer is needed; found: 1.9.8"),
        ("", {}, "Terraform 1.11 or newer is needed; found: none"),
        ("tofu", {"terraform": "Terraform v1.15.9"}, "OpenTofu 1.11.9 or newer is needed; found: none"),
        ("tofu", {"tofu": "OpenTofu v1.11.8"}, "OpenTofu 1.11.9 or newer is needed; found: 1.11.8"),
        ("tofu", {"tofu": "OpenTofu v1.12.1"}, "OpenTofu 1.12.1 does not work; any other from 1.11.9 on does"),
        ("/x/tofu", {"tofu": "OpenTofu v1.12.6"}, "OpenTofu 1.11.9 or newer is needed; found: none"),
        ("terragrunt", {"terragrunt": "1.2"}, "TERRAFORM is terragrunt. It may be terraform or tofu or a path to one"),
    ],
)
def test_names_what_is_missing_or_unfit(tool: str, programs: dict[str, str], message: str, tmp_path: Path) -> None:
    with_dependencies_of_python(tmp_path)
    result = make(tmp_path, "node_modules/.done", programs, TERRAFORM=tool)
    assert result.returncode != 0
    assert message in result.stderr
    assert not (tmp_path / "node_modules").exists()


@pytest.mark.parametrize(("tool", "version"), [("terraform", "Terraform v1.12.0"), ("tofu", "OpenTofu v1.12.6")])
def test_installs_the_cdktf_cli_with_the_node_of_its_own(tool: str, version: str, tmp_path: Path) -> None:
    with_dependencies_of_python(tmp_path)
    unfit = {"node": "v24.0.0", "npm": "11.0.0"}
    result = make(tmp_path, "node_modules/.done", unfit | {tool: f"{version}\non linux_amd64"}, TERRAFORM=tool)
    assert result.returncode == 0, result.stderr
    assert "Installing the CDKTF CLI into node_modules ..." in result.stderr
    assert (tmp_path / "node.log").read_text().startswith(".venv/bin/npm ci")
    assert (tmp_path / "node_modules/.bin/node").samefile(tmp_path / ".venv/bin/node")
    assert (tmp_path / "node_modules/.bin/cdktf").samefile(tmp_path / "scripts/cdktf")


def with_dependencies_of_python(folder: Path) -> None:
    """As after the first part of set-up, but in the place of Node is what says what it was given."""
    node = folder / ".venv/bin/node"
    node.parent.mkdir(parents=True)
    node.write_text('#!/bin/sh\necho "$*" > node.log\nmkdir -p node_modules/.bin\n')
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


def progress(command: str, seconds: int = 60) -> subprocess.Popen[str]:
    """Have scripts/progress.sh run a shell command, in a process group of its own as a shell gives to each job.

    Ctrl-C is not ignored in it, as it is by tests that a shell runs in the background, and by all that they start.
    """
    return subprocess.Popen(
        [REPOSITORY / "scripts/progress.sh", "Trying", "sh", "-c", command],
        env=os.environ | {"PROGRESS_SECONDS": str(seconds)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_progress_is_quiet_about_what_works() -> None:
    process = progress("echo one; echo two >&2")
    printed, told = process.communicate(timeout=10)
    assert not printed
    assert re.fullmatch(r"Trying \.\.\.\n  done after \d s\n", told)
    assert process.returncode == 0


def test_progress_shows_what_fails_and_has_its_status() -> None:
    process = progress("echo one; echo two >&2; exit 7")
    printed, told = process.communicate(timeout=10)
    assert not printed
    assert re.fullmatch(r"Trying \.\.\.\none\ntwo\nTrying: failed after \d s\n", told)
    assert process.returncode == 7


def test_progress_tells_the_seconds_and_the_last_line() -> None:
    _, told = progress("echo one; echo '   two'; echo WARNING: three; sleep 1.5", seconds=1).communicate(timeout=10)
    assert re.search(r"^  \d s: two$", told, re.MULTILINE)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_progress_ends_the_command_when_it_is_interrupted(number: int, status: int, tmp_path: Path) -> None:
    """A shell has what it runs beside itself ignore Ctrl-C, and nobody but this script is sent a SIGTERM."""
    fifo = tmp_path / "command"
    os.mkfifo(fifo)
    process = progress(f"exec > {fifo}; echo begun; exec sleep 60")
    with fifo.open() as command:
        assert command.readline() == "begun\n"
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        process.communicate(timeout=10)
        assert command.read() == ""  # as soon as the command has ended
    assert process.returncode == status


def test_progress_ends_the_command_at_whatever_moment_it_is_interrupted() -> None:
    """Also while it is about to start it: what ran on would hold the pipe of stderr, and so would who tells of it."""
    processes = []
    for moment in range(60):
        processes.append(progress("exec sleep 60 2>&1"))
        time.sleep(moment / 5000)
        processes[-1].send_signal(signal.SIGTERM)
    for process in processes:
        process.communicate(timeout=10)
        assert process.returncode in {128 + signal.SIGTERM, -signal.SIGTERM}
