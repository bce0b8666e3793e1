"""A deploy that is refused, or ends half-way, its job cancelled or its machine gone: the next one completes it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.deployment import BUCKET, NAME, Deployment, new_small_deployment
from tests.e2e.emulator import ACCOUNT, Emulator
from tests.e2e.recovery import recover
from tests.operations.processes import step

pytestmark = [pytest.mark.e2e, pytest.mark.terraform]
ANOTHER = "210987654321"
LOCK = "platform.tfstate.tflock"
QUIET_SECONDS = 2
ENCRYPTION = "-target=module.platform.module.encryption"
# What takes AWS longest, with as little as it can be made in.
CLUSTER = """
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "this" {
  for_each = { a = "10.0.0.0/24", b = "10.0.1.0/24" }

  vpc_id            = aws_vpc.this.id
  availability_zone = "sa-east-1${each.key}"
  cidr_block        = each.value
}

resource "aws_iam_role" "cluster" {
  name = "${var.name}-cluster"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "eks.amazonaws.com" } }]
  })
}

resource "aws_eks_cluster" "this" {
  name     = var.name
  role_arn = aws_iam_role.cluster.arn
  tags     = var.tags

  vpc_config {
    subnet_ids = [for subnet in aws_subnet.this : subnet.id]
  }
}
"""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory, emulator: Emulator) -> Deployment:
    return new_small_deployment(tmp_path_factory.mktemp("repository"), emulator, attached=True)


@pytest.fixture
def environment(deployment: Deployment) -> Iterator[Deployment]:
    """In an AWS that has nothing else."""
    yield deployment
    deployment.emulator.clear()
    deployment.begin()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "terraform.log"


def test_credentials_of_another_account_are_refused(environment: Deployment) -> None:
    """Before anything is planned."""
    refused = environment.try_terraform("apply", "-auto-approve", f"-var=account_id={ANOTHER}")
    assert refused.returncode == 1
    assert f"AWS account ID not allowed: {ACCOUNT}" in refused.stdout
    assert "Terraform will perform the following actions" not in refused.stdout
    assert environment.emulator.tagged(NAME) == []
    assert environment.states() == {}


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


@pytest.fixture
def cluster(environment: Deployment) -> Iterator[Path]:
    file = environment.repository / "infra/aws/cluster.tf"
    yield file
    file.unlink()


def test_a_cancelled_deploy_is_completed_by_the_next(environment: Deployment, cluster: Path, log: Path) -> None:
    """Twice: while AWS makes keys, and while it makes what takes it longest, a cluster that is new in the code."""
    aws = environment.emulator
    assert cancelled(environment, log, "keys", lambda: len(aws.encryption_keys()) == 5) >= {"aws_kms_key"}
    cluster.write_text(CLUSTER)
    assert cancelled(environment, log, "clusters", lambda: aws.clusters() != []) >= {"aws_eks_cluster"}
    half = [instance for _, instance in instances(environment)]
    tainted = [each for each in half if each.get("status") == "tainted"]
    assert len(tainted) < len(half)
    completed = environment.terraform("apply", "-auto-approve")
    (added, destroyed) = re.findall(r"Resources: (\d+) added, 0 changed, (\d+) destroyed", completed)[0]
    assert int(destroyed) == len(tainted)
    assert len(half) + int(added) - int(destroyed) == len(instances(environment))
    assert environment.has_no_changes()
    assert len(aws.tagged(NAME)) > 9, "the search would find nothing"
    assert environment.unknown_to_its_state() == []
    assert len(aws.encryption_keys()) == 5


def cancelled(environment: Deployment, log: Path, what: str, when: Callable[[], bool]) -> set[str]:
    """Cancel a deploy as a pipeline does first, by SIGINT to its step's process; gives the types of what was half made.

    AWS takes its time for `what` until the end, so that nothing else is left to be made when the moment has come.
    What AWS was still making is in the state too, as something to be made anew. What no state knows is the runbook's
    business: so no call is under way at that moment.
    """

    def is_quiet() -> bool:
        begun = ": Creating..." in log.read_text()  # Python may take longer than that to start, on a slow machine
        return begun and environment.emulator.is_idle() and time.time() - log.stat().st_mtime > QUIET_SECONDS

    planned = environment.start(log, sys.executable, "-m", "operations.plan")
    assert planned.wait() == 0, log.read_text()
    environment.emulator.hold(what)
    apply = environment.start(log, *step(environment.repository), TARGET="apply", GITHUB_STEP_SUMMARY=os.devnull)
    wait_until(lambda: when() and is_quiet(), apply, log)
    apply.send_signal(signal.SIGINT)
    assert apply.wait() == 128 + signal.SIGINT, log.read_text()
    environment.emulator.release(what)
    assert environment.states().keys() == {"platform.tfstate"}, "the state was written, and the lock is gone"
    return {type_ for type_, instance in instances(environment) if instance.get("status") == "tainted"}


def test_what_a_killed_deploy_leaves_is_recovered_as_the_runbook_says(environment: Deployment, log: Path) -> None:
    """No state has what was made since it was last written, and the lock stays: both are put right by hand."""
    on_a_machine_that_goes = replace(environment, attached=False)  # with its providers, and what they were about to do
    on_a_machine_that_goes.terraform("init")
    apply = on_a_machine_that_goes.start_terraform(log, "apply", "-auto-approve", ENCRYPTION)
    wait_until(lambda: len(environment.emulator.encryption_keys()) == 5, apply, log)
    os.killpg(apply.pid, signal.SIGKILL)
    apply.wait()
    assert environment.states().keys() == {LOCK}
    keys = environment.emulator.encryption_keys()
    assert len(keys) == 5
    recover(environment)  # on another machine
    assert sorted(environment.emulator.encryption_keys()) == sorted(keys)


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
