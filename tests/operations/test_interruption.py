"""However a deploy is interrupted, at whatever process of it: the state knows what was made, and the lock is free.

The root is a small one, of things that take half a second each and note their own making; all else is the real thing:
the step of the pipeline, make, the CDKTF CLI, Terraform, and a storage of the state that a test looks into.
`make interruptions` does it on an emulated AWS, fifty times at random moments.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from cdk.binding_sets import installed_set
from operations.tool import program
from tests.offline import attached_environment
from tests.operations.processes import SECONDS_TO_SIGTERM, descendants, process_of, step
from tests.operations.state_server import StateServer, state_server
from tests.operations.test_runbook import blocks_below
from tests.workspace import REPOSITORY, copy_of_repository

pytestmark = pytest.mark.terraform

THINGS = 8
ROOT = Path("infra/environments/dev")
MAIN = f"""resource "terraform_data" "thing" {{
  count = {THINGS}

  provisioner "local-exec" {{
    command = "echo ${{count.index}} >> made; sleep 0.5"
  }}
}}
"""


@dataclass(frozen=True)
class Deploys:
    """A copy of the repository with a plan that waits to be applied."""

    repository: Path
    storage: StateServer

    @property
    def root(self) -> Path:
        return self.repository / ROOT

    def again(self) -> None:
        """Have nothing be made, and the plan wait as it did."""
        shutil.rmtree(self.root)
        shutil.copytree(self.repository / "planned", self.root, symlinks=True)
        self.storage.clear()

    def environment(self) -> dict[str, str]:
        offline = attached_environment() | {"PYTHONPATH": str(self.repository / "constructs")}
        return os.environ | offline | {"CI": "1", "STACK": "dev", "TF_CLI_ARGS_apply": "-parallelism=2"}

    def start(self, *command: str, **variables: str) -> subprocess.Popen[bytes]:
        """In a process group of its own as a shell gives to a job, and not deaf to Ctrl-C, as below a shell's `&`."""
        with (self.repository / "log").open("w") as log:
            return subprocess.Popen(
                command,
                cwd=self.repository,
                env=self.environment() | variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    def run(self, *command: str, **variables: str) -> tuple[int, str]:
        """Exit status, and what was said."""
        process = self.start(*command, **variables)
        return process.wait(timeout=60), self.said()

    def said(self) -> str:
        return (self.repository / "log").read_text()

    def made(self) -> set[str]:
        file = self.root / "made"
        return set(file.read_text().split()) if file.exists() else set()

    def check_is_whole(self) -> None:
        """The lock is free, and whatever was made is in the state."""
        assert not self.storage.lock, self.said()
        known = {str(instance["index_key"]) for instance in self.storage.resources()}
        assert self.made() <= known, self.said()


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deploys]:
    repository = copy_of_repository(tmp_path_factory.mktemp("deploys"))
    for name in ("Makefile", ".npmrc", "requirements.lock", "package-lock.json"):
        shutil.copy2(REPOSITORY / name, repository)  # as old as they are, so that make sees nothing to set up
    for file in (repository / ROOT).glob("*.tf"):
        file.unlink()
    (repository / ROOT / "main.tf").write_text(MAIN)
    (repository / ROOT / "versions.tf").write_text('terraform {\n  required_version = ">= 1.11"\n}\n')
    with state_server() as storage:
        (repository / ROOT / "backend.tf").write_text(storage.backend)
        deploys = Deploys(repository, storage)
        status, said = deploys.run("make", "--silent", "plan")
        assert status == 0, said
        shutil.copytree(repository / ROOT, repository / "planned", symlinks=True)
        yield deploys


@pytest.fixture
def deploys(planned: Deploys) -> Deploys:
    planned.again()
    return planned


def commands(deploys: Deploys) -> Mapping[str, list[str]]:
    """Each way to start a deploy."""
    deploy = ["deploy", "dev", "--auto-approve", "--skip-synth"]
    return {
        "step": step(deploys.repository),
        "make": ["make", "--silent", "apply"],
        "cdktf": [".venv/bin/cdktf", *deploy],
        "npx": ["npx", "cdktf", *deploy],
    }


def start(deploys: Deploys, how: str) -> subprocess.Popen[bytes]:
    """Start a deploy, and wait until it makes things."""
    process = deploys.start(*commands(deploys)[how], TARGET="apply", GITHUB_STEP_SUMMARY=os.devnull)
    wait_until(lambda: bool(deploys.made()), process, deploys)
    return process


def wait_until(holds: Callable[[], bool], process: subprocess.Popen[bytes], deploys: Deploys) -> None:
    while not holds():
        assert process.poll() is None, deploys.said()
        time.sleep(0.05)


# --- one signal -------------------------------------------------------------------------------------------------------


def first(process: subprocess.Popen[bytes]) -> int:
    return process.pid


def everybody(process: subprocess.Popen[bytes]) -> int:
    """All that a terminal sends Ctrl-C to."""
    return -process.pid


def terraform(process: subprocess.Popen[bytes]) -> int:
    return process_of(Path(program()).name, process)


def python(process: subprocess.Popen[bytes]) -> int:
    return process_of(r"python\S*", process)


def cli(process: subprocess.Popen[bytes]) -> int:
    return process_of("node", process)


@pytest.mark.parametrize(
    ("how", "whom", "sent"),
    [
        ("step", first, signal.SIGINT),
        ("step", first, signal.SIGTERM),
        ("step", terraform, signal.SIGTERM),
        ("make", everybody, signal.SIGINT),
        ("make", first, signal.SIGTERM),
        ("make", python, signal.SIGHUP),
        ("cdktf", everybody, signal.SIGINT),
        ("cdktf", cli, signal.SIGTERM),
        ("npx", first, signal.SIGTERM),
    ],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "__name__", None) or value.name,
)
def test_one_signal_ends_a_deploy_in_good_order(
    how: str, whom: Callable[[subprocess.Popen[bytes]], int], sent: signal.Signals, deploys: Deploys
) -> None:
    process = start(deploys, how)
    time.sleep(random.Random(f"{how} {whom.__name__} {sent}").uniform(0, 1))
    if whom is cli:
        deploys.storage.seconds_to_write = (
            2  # so that the CLI goes, and its terminal with it, before Terraform has ended
        )
    target = whom(process)
    below = descendants(process.pid)
    os.kill(target, sent) if target > 0 else os.killpg(-target, sent)
    status = process.wait(timeout=SECONDS_TO_SIGTERM)
    assert not [args for args in descendants(1).values() if args in below.values() and program() in args[1]]
    deploys.check_is_whole()
    if whom is cli and installed_set().core == "cdktn":  # it lets Terraform end, which by itself it does not interrupt
        assert status == 0, deploys.said()
        assert len(deploys.storage.resources()) == THINGS
        return
    assert status != 0, deploys.said()
    assert len(deploys.storage.resources()) < THINGS, "it was over before there was anything to interrupt"
    if whom is not cli:
        assert "Interrupt received" in deploys.said()
        assert "Two interrupts received" not in deploys.said(), "it got one more than was sent"


def test_make_alone_waits_for_the_end_that_it_passes_on_to_nobody(deploys: Deploys) -> None:
    """Nobody sends SIGINT to make without what it has started: its convention is that those have it already."""
    process = start(deploys, "make")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) != 0
    deploys.check_is_whole()
    assert len(deploys.storage.resources()) == THINGS


# --- two, as GitHub sends them ----------------------------------------------------------------------------------------


def test_the_second_signal_is_passed_on_too(deploys: Deploys) -> None:
    """By then Terraform is still busy, with a storage that takes its time."""
    process = start(deploys, "step")
    deploys.storage.seconds_to_write = 3
    process.send_signal(signal.SIGINT)
    wait_until(lambda: "Interrupt received" in deploys.said(), process, deploys)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=SECONDS_TO_SIGTERM) != 0
    assert "Two interrupts received" in deploys.said()


def test_before_terraform_runs_a_signal_ends_the_command(deploys: Deploys) -> None:
    process = deploys.start("make", "--silent", "plan")
    wait_until(
        lambda: any("operations.plan" in args for _, args in descendants(process.pid).values()), process, deploys
    )
    process.terminate()
    assert process.wait(timeout=10) != 0
    assert not (deploys.root / "plan.tfplan").exists() or (deploys.root / "plan.md").exists()


def test_a_job_that_is_run_again_goes_on_from_where_it_was(deploys: Deploys) -> None:
    """GitHub gives it the plan that was approved, which is stale by then."""
    process = start(deploys, "step")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=SECONDS_TO_SIGTERM) != 0
    done = len(deploys.storage.resources())
    for file in (deploys.repository / "planned").glob("plan.*"):
        shutil.copy(file, deploys.root)
    again = {"TARGET": "apply", "GITHUB_STEP_SUMMARY": os.devnull, "GITHUB_RUN_ATTEMPT": "2"}
    status, said = deploys.run(*step(deploys.repository), **again)
    assert status == 0, said
    assert 0 < done < THINGS
    deploys.check_is_whole()
    assert len(deploys.storage.resources()) == THINGS


# --- what the runbook recovers ----------------------------------------------------------------------------------------


def as_the_runbook_says(deploys: Deploys, heading: str, **variables: str) -> str:
    """Run the block below a heading that names this file; gives what it prints."""
    (script,) = [block for block in blocks_below(heading) if Path(__file__).name in block]
    status, said = deploys.run("bash", "-euo", "pipefail", "-c", script, **variables)
    assert status == 0, said
    return said


def test_a_state_that_could_not_be_written_is_kept_named_and_pushed(deploys: Deploys) -> None:
    deploys.storage.refuses = True
    status, said = deploys.run("make", "--silent", "apply")
    unsaved = deploys.root / "errored.tfstate"
    assert status != 0 and not deploys.storage.state
    assert any(f"it is in {unsaved}" in line for line in said.splitlines()[-3:]), said
    deploys.storage.refuses = False
    for target in ("plan", "apply", "drift"):
        status, said = deploys.run("make", "--silent", target)
        assert status != 0 and f"{unsaved} is a state that was not written" in said
    as_the_runbook_says(deploys, "Push a state that was not written")
    assert not unsaved.exists()
    deploys.check_is_whole()
    assert len(deploys.storage.resources()) == THINGS
    status, said = deploys.run("make", "--silent", "plan")
    assert status == 0 and "No changes" in said


def test_what_a_kill_leaves_is_recovered(deploys: Deploys) -> None:
    """As when the machine goes: all of it at once."""
    process = start(deploys, "step")
    for pid in [process.pid, *descendants(process.pid)]:
        os.kill(pid, signal.SIGKILL)
    process.wait()
    assert deploys.storage.lock
    (lock,) = re.findall(r'"ID":"([^"]+)"', deploys.storage.lock.decode())
    as_the_runbook_says(deploys, "Recover a locked state", LOCK_ID=lock)
    assert not deploys.storage.lock
    for target in ("plan", "apply"):
        status, said = deploys.run("make", "--silent", target)
        assert status == 0, said
    deploys.check_is_whole()
