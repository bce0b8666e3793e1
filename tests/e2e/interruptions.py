"""Interrupts deploys to an emulated AWS at random moments, at each process of them, and says what is left.

In good order, the lock is free, and the state has all whose making Terraform told. What AWS was making at that very
moment no state may know, for the provider lets go of the call: that is counted.
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
from collections.abc import Callable
from pathlib import Path

from operations.tool import program
from tests.e2e.deployment import BUCKET, NAME, Deployment, new_deployment
from tests.e2e.emulator import emulated_aws
from tests.e2e.files import without_databases
from tests.operations.processes import SECONDS_TO_SIGKILL, SECONDS_TO_SIGTERM, descendants, process_of, step
from tests.workspace import REPOSITORY

LATENCY_SECONDS = 0.15
STATE = "platform.tfstate"
Process = subprocess.Popen[bytes]

APPLY = ["make", "--silent", "apply"]
CDKTF = [".venv/bin/cdktf", "deploy", NAME, "--auto-approve", "--skip-synth"]


def _send(number: signal.Signals, program: str = "") -> Callable[[Process], None]:
    """To the first process, or to the first of a program below it."""
    return lambda process: os.kill(process_of(program, process) if program else process.pid, number)


def _as_a_terminal(process: Process) -> None:
    os.killpg(process.pid, signal.SIGINT)


def _as_github(process: Process) -> None:
    for number, seconds in ((signal.SIGINT, SECONDS_TO_SIGTERM), (signal.SIGTERM, SECONDS_TO_SIGKILL)):
        process.send_signal(number)
        try:
            process.wait(timeout=seconds)
            return
        except subprocess.TimeoutExpired:
            continue
    for pid in [process.pid, *descendants(process.pid)]:
        os.kill(pid, signal.SIGKILL)


LEVELS: dict[str, tuple[list[str], Callable[[Process], None]]] = {
    "the step, as GitHub cancels it": ([], _as_github),
    "make, by Ctrl-C": (APPLY, _as_a_terminal),
    "make alone, by SIGTERM": (APPLY, _send(signal.SIGTERM)),
    "Python below make, by SIGTERM": (APPLY, _send(signal.SIGTERM, r"\S*python\S*")),
    "Terraform below make, by SIGINT": (APPLY, _send(signal.SIGINT, Path(program()).name)),
    "cdktf, by Ctrl-C": (CDKTF, _as_a_terminal),
    "cdktf, by SIGTERM": (CDKTF, _send(signal.SIGTERM)),
    "Node below cdktf, by SIGTERM": (CDKTF, _send(signal.SIGTERM, "node")),
}


def main() -> int:
    """Interrupt as many deploys as TIMES says; 1 if one left a lock, or a state that lacks something."""
    times, seed = int(os.environ.get("TIMES") or 50), int(os.environ.get("SEED") or 1)
    chance = random.Random(seed)
    bad = orphans = 0
    with tempfile.TemporaryDirectory() as scratch, emulated_aws(Path(scratch, "aws.log"), LATENCY_SECONDS) as aws:
        deployment = new_deployment(Path(scratch, "repository"), aws, without_databases(), attached=True)
        for name in ("Makefile", ".npmrc", "requirements.lock", "package-lock.json"):
            shutil.copy2(REPOSITORY / name, deployment.repository)
        log = Path(scratch, "log")
        plan = deployment.start(log, "make", "--silent", "plan")
        assert plan.wait() == 0, log.read_text()
        lock = deployment.root / ".terraform.lock.hcl"  # which cdktf writes anew
        planned = {file: file.read_bytes() for file in [*deployment.root.glob("plan.*"), lock] if file.exists()}
        for number in range(times):
            level = list(LEVELS)[number % len(LEVELS)]
            seconds, told, problem = _interrupt(deployment, log, level, planned, chance)
            unknown = _unknown(deployment)
            bad, orphans = bad + bool(problem), orphans + unknown
            print(
                f"{number + 1:3} {level:32} after {seconds:4.1f} s: {told:2} told, {unknown} more, "
                f"{problem or 'in good order'}",
                flush=True,
            )
    print(
        f"{times} interruptions, seed {seed}: {times - bad} in good order, {bad} not; {orphans} things no state knows."
    )
    return int(bool(bad))


def _interrupt(
    deployment: Deployment, log: Path, level: str, planned: dict[Path, bytes], chance: random.Random
) -> tuple[float, int, str]:
    """The seconds that a deploy had, how much it told to have made, and what is wrong with what it left."""
    command, interrupt = LEVELS[level]
    while True:
        deployment.emulator.clear()
        deployment.emulator.create_bucket(BUCKET)
        deployment.emulator.create_policy(f"pipeline-flowwise-{NAME}-boundary")
        (deployment.root / ".terraform.lock.hcl").unlink(missing_ok=True)
        for file, content in planned.items():
            file.write_bytes(content)
        variables = {"TARGET": "apply", "GITHUB_STEP_SUMMARY": os.devnull}
        process = deployment.start(log, *(command or step(deployment.repository)), **variables)
        while process.poll() is None and "Creating..." not in log.read_text():
            time.sleep(0.05)
        seconds = chance.uniform(0, 12)
        time.sleep(seconds)
        if process.poll() is None:
            break
        assert process.returncode == 0, log.read_text()
    interrupt(process)
    process.wait(timeout=120)
    told = re.findall(r"Creation complete after \S+ \[id=([^\]]+)\]", log.read_text())
    left = deployment.states()
    state = left.get(STATE, b"").decode()
    problems = ["the lock is left"] * (f"{STATE}.tflock" in left)
    problems += [f"{id_} is not in the state" for id_ in told if f'"{id_}"' not in state]
    if (deployment.root / "errored.tfstate").exists():
        problems.append("errored.tfstate")
    if problems:
        print(log.read_text(), file=sys.stderr)
    return seconds, len(told), "; ".join(problems)


def _unknown(deployment: Deployment) -> int:
    return (
        len(deployment.unknown_to_its_state())
        if STATE in deployment.states()
        else len(deployment.emulator.tagged(NAME))
    )


if __name__ == "__main__":
    sys.exit(main())
