"""Interrupts deploys to an emulated AWS at random moments, at each process of them, and says what is left.

In good order, the lock is free, and the state has all whose making Terraform told. What AWS was making at that very
moment no state may know, for the provider lets go of the call: that is counted. After SIGKILL, which leaves nobody to
put anything in order, whatever is left has to be recovered as the runbook says.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from operations.tool import program
from tests.e2e.deployment import NAME, STATE, Deployment, new_small_deployment
from tests.e2e.emulator import emulated_aws
from tests.e2e.recovery import recover
from tests.operations.processes import SECONDS_TO_SIGKILL, SECONDS_TO_SIGTERM, descendants, process_of, step
from tests.workspace import REPOSITORY

LATENCY_SECONDS = 0.15
END_SECONDS = 120
Process = subprocess.Popen[bytes]

APPLY = ["make", "--silent", "apply"]
CDKTF = [".venv/bin/cdktf", "deploy", NAME, "--auto-approve", "--skip-synth"]
STEP: list[str] = []  # which is in a file of the deployment's own
_TOLD = re.compile(r"Creation complete after \S+ \[id=([^\]]+)\]")


# Each tells whether it has killed something.
Interrupt = Callable[[Process], bool]


def _send(number: signal.Signals, program: str = "") -> Interrupt:
    """To the first process, or to the first of a program below it."""

    def send(process: Process) -> bool:
        os.kill(process_of(program, process) if program else process.pid, number)
        return number == signal.SIGKILL

    return send


def _as_a_terminal(process: Process) -> bool:
    os.killpg(process.pid, signal.SIGINT)
    return False


def _as_github(process: Process) -> bool:
    for number, seconds in ((signal.SIGINT, SECONDS_TO_SIGTERM), (signal.SIGTERM, SECONDS_TO_SIGKILL)):
        process.send_signal(number)
        try:
            process.wait(timeout=seconds)
            return False
        except subprocess.TimeoutExpired:
            continue
    return _as_a_machine_that_goes(process)


def _as_a_machine_that_goes(process: Process) -> bool:
    for pid in [process.pid, *descendants(process.pid)]:
        os.kill(pid, signal.SIGKILL)
    return True


_TERRAFORM = Path(program()).name
LEVELS: dict[tuple[str, str], tuple[list[str], Interrupt]] = {
    ("the step", "as GitHub cancels it"): (STEP, _as_github),
    ("make and all below", "Ctrl-C"): (APPLY, _as_a_terminal),
    ("make", "SIGTERM"): (APPLY, _send(signal.SIGTERM)),
    ("Python below make", "SIGTERM"): (APPLY, _send(signal.SIGTERM, r"\S*python\S*")),
    ("Terraform below make", "SIGINT"): (APPLY, _send(signal.SIGINT, _TERRAFORM)),
    ("Terraform below make", "SIGTERM"): (APPLY, _send(signal.SIGTERM, _TERRAFORM)),
    ("cdktf and all below", "Ctrl-C"): (CDKTF, _as_a_terminal),
    ("cdktf", "SIGTERM"): (CDKTF, _send(signal.SIGTERM)),
    ("Node below cdktf", "SIGTERM"): (CDKTF, _send(signal.SIGTERM, "node")),
    ("the step and all below", "SIGKILL"): (STEP, _as_a_machine_that_goes),
    ("make", "SIGKILL"): (APPLY, _send(signal.SIGKILL)),
    ("Python below make", "SIGKILL"): (APPLY, _send(signal.SIGKILL, r"\S*python\S*")),
    ("Terraform below make", "SIGKILL"): (APPLY, _send(signal.SIGKILL, _TERRAFORM)),
    ("cdktf", "SIGKILL"): (CDKTF, _send(signal.SIGKILL)),
    ("Node below cdktf", "SIGKILL"): (CDKTF, _send(signal.SIGKILL, "node")),
    ("Terraform below cdktf", "SIGKILL"): (CDKTF, _send(signal.SIGKILL, _TERRAFORM)),
}


@dataclass(frozen=True)
class Left:
    """What an interrupted deploy has left."""

    killed: bool
    told: int  # things whose making Terraform told
    orphans: int  # things that no state knows
    faults: str


class Deploys:
    """Deploys of one plan to an AWS that is empty each time."""

    def __init__(self, scratch: Path, deployment: Deployment) -> None:
        self.deployment = deployment
        self.log = scratch / "log"
        for name in ("Makefile", ".npmrc", "requirements.lock", "package-lock.json"):
            shutil.copy2(REPOSITORY / name, deployment.repository)
        plan = deployment.start(self.log, "make", "--silent", "plan")
        assert plan.wait() == 0, self.log.read_text()
        lock = deployment.root / ".terraform.lock.hcl"  # which cdktf writes anew
        self.planned = {file: file.read_bytes() for file in [*deployment.root.glob("plan.*"), lock] if file.exists()}
        self.things, self.seconds = self._uninterrupted()

    def start(self, command: list[str]) -> Process:
        """A deploy, before which there is nothing."""
        deployment = self.deployment
        while not deployment.emulator.is_idle():
            time.sleep(0.1)
        deployment.emulator.clear()
        deployment.begin()
        (deployment.root / ".terraform.lock.hcl").unlink(missing_ok=True)
        for file, content in self.planned.items():
            file.write_bytes(content)
        variables = {"TARGET": "apply", "GITHUB_STEP_SUMMARY": os.devnull}
        return deployment.start(self.log, *(command or step(deployment.repository)), **variables)

    def told(self) -> list[str]:
        """The ids of what Terraform says it has made."""
        return _TOLD.findall(self.log.read_text())

    def wait_for(self, number: int, process: Process) -> None:
        """Until Terraform makes things, and has told of so many, or has ended."""
        while process.poll() is None and ("Creating..." not in self.log.read_text() or len(self.told()) < number):
            time.sleep(0.05)

    def _uninterrupted(self) -> tuple[int, float]:
        """How many things there are, and how long the first of them take."""
        process = self.start(APPLY)
        self.wait_for(0, process)
        began = time.monotonic()
        self.wait_for(1, process)
        seconds = time.monotonic() - began
        assert process.wait() == 0, self.log.read_text()
        return len(self.told()), seconds

    def interrupt(self, command: list[str], how: Interrupt, chance: random.Random) -> tuple[str, Left]:
        """Interrupt a deploy at a moment by chance; gives the moment, in words, and what is left.

        One half of them while AWS makes keys, for which it takes its time; the other half later, when most is made.
        """
        while True:
            process = self.start(command)
            number = chance.choice((0, chance.randrange(1, self.things)))
            self.wait_for(number, process)
            seconds = chance.uniform(0, LATENCY_SECONDS if number else self.seconds)
            time.sleep(seconds)
            processes = [process.pid, *descendants(process.pid)]
            if process.poll() is None:
                break
            assert process.returncode == 0, self.log.read_text()
        killed = how(process)
        process.wait(timeout=END_SECONDS)
        _wait_for_the_end_of(processes)
        return f"{seconds:4.1f} s after {number:2} of {self.things}", self._left(killed)

    def _left(self, killed: bool) -> Left:
        told = self.told()
        there = self.deployment.states()
        state = self.deployment.state()
        faults = ["the lock is left"] * (f"{STATE}.tflock" in there)
        lost = sum(f'"{id_}"' not in state for id_ in told)
        faults += [f"{lost} told are not in the state"] * bool(lost)
        faults += ["errored.tfstate"] * (self.deployment.root / "errored.tfstate").exists()
        return Left(killed, len(told), len(self.deployment.unknown_to_its_state()), ", ".join(faults))


def _wait_for_the_end_of(processes: list[int]) -> None:
    """Of those that go on without the one that started them."""
    until = time.monotonic() + END_SECONDS
    while any(_is_running(pid) for pid in processes):
        assert time.monotonic() < until, "something goes on"
        time.sleep(0.1)


def _is_running(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def main() -> int:
    """Interrupt as many deploys as TIMES says; 1 if one left what it must not, or what could not be recovered."""
    times, seed = int(os.environ.get("TIMES") or 50), int(os.environ.get("SEED") or 1)
    chance = random.Random(seed)
    outcomes: dict[tuple[str, str], Counter[str]] = {}
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch, emulated_aws(Path(scratch, "aws.log"), LATENCY_SECONDS) as aws:
        deploys = Deploys(Path(scratch), new_small_deployment(Path(scratch, "repository"), aws, attached=True))
        for number in range(times):
            level = list(LEVELS)[number % len(LEVELS)]
            when, left = deploys.interrupt(*LEVELS[level], chance)
            outcome = _outcome(left, deploys)
            outcomes.setdefault(level, Counter())[outcome] += 1
            print(
                f"{number + 1:3} {', '.join(level):42} {when}: {left.told:2} told, {left.orphans} no state knows; "
                f"{left.faults + ': ' if left.faults else ''}{outcome}",
                flush=True,
            )
    print(f"\n{times} interruptions, seed {seed}, {time.monotonic() - began:.0f} s\n\n| Process | Signal | Outcome |")
    print("| --- | --- | --- |")
    for (process, sent), counted in outcomes.items():
        print(f"| {process} | {sent} | {', '.join(f'{count} {outcome}' for outcome, count in counted.items())} |")
    return int(any(outcome.startswith("NOT") for counted in outcomes.values() for outcome in counted))


def _outcome(left: Left, deploys: Deploys) -> str:
    if not left.faults and not (left.killed and left.orphans):
        return "in good order"
    if not left.killed:
        print(deploys.log.read_text(), file=sys.stderr)
        return "NOT in good order"
    try:
        recover(deploys.deployment)
    except AssertionError as error:
        print(error, file=sys.stderr)
        return "NOT recovered after SIGKILL"
    return "recovered after SIGKILL"


if __name__ == "__main__":
    sys.exit(main())
