"""An apply that ends half-way, as a job that is cancelled or whose machine goes: the next one completes it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.deployment import BUCKET, NAME, Deployment, new_deployment
from tests.e2e.emulator import Emulator
from tests.e2e.files import without_databases
from tests.operations.processes import step

pytestmark = [pytest.mark.e2e, pytest.mark.terraform]
LOCK = "platform.tfstate.tflock"
QUIET_SECONDS = 2
ENCRYPTION = "-target=module.platform.module.encryption"
KEYS = "module.platform.module.encryption.aws_kms_key.this"


@pytest.fixture
def environment(tmp_path: Path, emulator: Emulator) -> Deployment:
    return new_deployment(tmp_path / "repository", emulator, without_databases(), attached=True)


@pytest.fixture
def on_a_machine_that_goes(tmp_path: Path, emulator: Emulator) -> Deployment:
    """Its providers go with Terraform, and with them what they were about to do."""
    return new_deployment(tmp_path / "repository", emulator, without_databases())


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "terraform.log"


def test_a_second_deploy_at_the_same_time_is_refused(environment: Deployment, log: Path, tmp_path: Path) -> None:
    other = environment.of_someone_else(tmp_path / "other")
    environment.emulator.hold("keys")
    first = environment.start_terraform(log, "apply", "-auto-approve", ENCRYPTION)
    wait_until(lambda: LOCK in environment.emulator.names(BUCKET), first, log)
    second = other.try_terraform("apply", "-auto-approve", ENCRYPTION)
    assert second.returncode == 1
    assert "Error acquiring the state lock" in second.stdout
    environment.emulator.release("keys")
    assert first.wait() == 0, log.read_text()
    assert LOCK not in environment.states()
    assert "No changes." in other.terraform("plan", ENCRYPTION)


def test_a_cancelled_deploy_is_completed_by_the_next(environment: Deployment, log: Path) -> None:
    """Twice: while AWS makes keys and roles, and while it makes what takes it longest, the cluster."""
    aws = environment.emulator
    assert cancelled(environment, log, "keys", lambda: len(aws.encryption_keys()) == 6) >= {"aws_kms_key"}
    assert cancelled(environment, log, "clusters", lambda: aws.clusters() != []) >= {"aws_eks_cluster"}
    half = [instance for _, instance in instances(environment)]
    tainted = [each for each in half if each.get("status") == "tainted"]
    assert len(tainted) < len(half)
    completed = environment.terraform("apply", "-auto-approve")
    (added, destroyed) = re.findall(r"Resources: (\d+) added, 0 changed, (\d+) destroyed", completed)[0]
    assert int(destroyed) == len(tainted)
    assert len(half) + int(added) - int(destroyed) == len(instances(environment))
    assert environment.has_no_changes()
    assert len(aws.tagged(NAME)) > 40, "the search would find nothing"
    assert environment.unknown_to_its_state() == []
    assert len(aws.encryption_keys()) == 6


def cancelled(environment: Deployment, log: Path, what: str, when: Callable[[], bool]) -> set[str]:
    """Cancel a deploy as a pipeline does first, by SIGINT to its step's process; gives the types of what was half made.

    AWS takes its time for `what` until then, so that nothing else is left to be made when the moment has come.
    What AWS was still making is in the state too, as something to be made anew. What no state knows is the runbook's
    business: so no call is under way at that moment, and no launch template, which the provider notes when it is ready.
    """

    def is_quiet() -> bool:
        if "aws_launch_template" in being_made(log) or not environment.emulator.is_idle():
            return False
        return time.time() - log.stat().st_mtime > QUIET_SECONDS

    planned = environment.start(log, sys.executable, "-m", "operations.plan")
    assert planned.wait() == 0, log.read_text()
    environment.emulator.hold(what)
    apply = environment.start(log, *step(environment.repository), TARGET="apply", GITHUB_STEP_SUMMARY=os.devnull)
    wait_until(lambda: when() and is_quiet(), apply, log)
    apply.send_signal(signal.SIGINT)
    environment.emulator.release(what)
    assert apply.wait() == 128 + signal.SIGINT, log.read_text()
    assert environment.states().keys() == {"platform.tfstate"}, "the state was written, and the lock is gone"
    return {type_ for type_, instance in instances(environment) if instance.get("status") == "tainted"}


def test_what_a_killed_deploy_leaves_is_recovered_as_the_runbook_says(
    on_a_machine_that_goes: Deployment, log: Path
) -> None:
    """No state has what was made since it was last written, and the lock stays: both are put right by hand."""
    environment = on_a_machine_that_goes
    apply = environment.start_terraform(log, "apply", "-auto-approve", ENCRYPTION)
    wait_until(lambda: len(environment.emulator.encryption_keys()) == 5, apply, log)
    os.killpg(apply.pid, signal.SIGKILL)
    apply.wait()
    assert environment.states().keys() == {LOCK}
    refused = environment.try_terraform("plan", ENCRYPTION)
    assert "Error acquiring the state lock" in refused.stdout
    (lock,) = re.findall(r"ID: +(\S+)", refused.stdout)
    environment.terraform("force-unlock", "-force", lock)
    keys = environment.emulator.encryption_keys()
    assert len(keys) == 5
    (environment.root / "recovered.tf").write_text(
        "".join(f'import {{\n  to = {KEYS}["{purpose}"]\n  id = "{id_}"\n}}\n\n' for purpose, id_ in keys)
    )
    completed = environment.terraform("apply", "-auto-approve", ENCRYPTION)
    assert "Resources: 5 imported, 5 added," in completed
    (environment.root / "recovered.tf").unlink()
    assert sorted(environment.emulator.encryption_keys()) == sorted(keys)
    assert "No changes." in environment.terraform("plan", ENCRYPTION)


def being_made(log: Path) -> set[str]:
    """The types of what Terraform has begun to make, and has not made yet."""
    text = log.read_text()
    begun, done = (set(re.findall(rf"(\S+): {words}", text)) for words in (r"Creating\.\.\.", "Creation complete"))
    return {type_ for address in begun - done for type_ in re.findall(r"\baws_\w+", address)}


def instances(environment: Deployment) -> list[tuple[str, dict[str, Any]]]:
    """Each instance of the platform's resources, with its type."""
    resources = json.loads(environment.states()["platform.tfstate"])["resources"]
    return [
        (each["type"], instance) for each in resources if each["mode"] == "managed" for instance in each["instances"]
    ]


def wait_until(holds: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    while not holds():
        assert process.poll() is None, log.read_text()
        time.sleep(0.2)
