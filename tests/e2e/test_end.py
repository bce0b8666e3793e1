"""The end of an environment on AWS, and what can be had back of it, with the real provider."""

import json
import re
from pathlib import Path

import pytest

from tests.e2e.deployment import NAME, ROOTS, Deployment, new_deployment
from tests.e2e.emulator import Emulator
from tests.e2e.files import with_everything
from tests.e2e.resource_types import count_in_state
from tests.e2e.runbook import aws_blocks, run

pytestmark = [pytest.mark.e2e, pytest.mark.terraform]


def test_an_environment_is_destroyed_and_could_be_made_again(tmp_path: Path, emulator: Emulator) -> None:
    """In one test, because each step begins with what the one before it left, and the first takes two minutes."""
    environment = new_deployment(tmp_path / "repository", emulator, with_everything(), attached=True)
    for root in ROOTS.values():
        environment.terraform("apply", "-auto-approve", root=root)
    destroys_everything(environment)
    leaves_copies_that_can_be_read(environment)
    could_be_made_again(environment)


def destroys_everything(environment: Deployment) -> None:
    done = environment.cdktf("destroy", NAME, f"{NAME}-workloads", "--auto-approve", "--skip-synth")
    assert [count_in_state(state) for state in environment.states().values()] == [0, 0], done[-10_000:]
    # AWS lists NAT gateways and machines for an hour after their end; last snapshots are meant to outlive what they are
    # of, and protected secrets can be had back.
    left = environment.unknown_to_its_state()
    assert [arn for arn in left if not re.search(r":natgateway/|:instance/|:snapshot:|:secret:", arn)] == []
    shown = "aws ec2 describe-instances --query 'Reservations[].Instances[].State.Name'"
    assert set(json.loads(run(environment.emulator, shown))) == {"terminated"}


_SUBNETS_ELSEWHERE = """
aws rds create-db-subnet-group --db-subnet-group-name elsewhere --db-subnet-group-description 'For a look.' \\
  --subnet-ids $(aws ec2 describe-subnets --query 'Subnets[].SubnetId' --output text)
"""


def leaves_copies_that_can_be_read(environment: Deployment) -> None:
    """Once the runbook's commands have taken back that their key is to be deleted."""
    (commands,) = (block for block in aws_blocks() if "cancel-key-deletion" in block)
    run(environment.emulator, _SUBNETS_ELSEWHERE)
    restore = (
        "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier read --db-subnet-group-name elsewhere "
        "--db-snapshot-identifier"
    )
    name = "postgres-flowwise-e2e-lancamentos-"
    query = f"DBSnapshots[?starts_with(DBSnapshotIdentifier, '{name}')].DBSnapshotIdentifier | [-1]"
    snapshot = run(environment.emulator, f'aws rds describe-db-snapshots --output text --query "{query}"').strip()
    with pytest.raises(AssertionError, match="PendingDeletion"):
        run(environment.emulator, f"{restore} {snapshot}")
    run(environment.emulator, commands)
    run(environment.emulator, f"{restore} {snapshot}")
    run(environment.emulator, "aws rds delete-db-instance --db-instance-identifier read --skip-final-snapshot")


def could_be_made_again(environment: Deployment) -> None:
    """The same day. EKS has made its log group anew after the end: it is taken over."""
    planned = environment.terraform("plan")
    assert re.search(r"Plan: 1 to import, \d+ to add, 1 to change, 0 to destroy", planned)
    assert f'(imported from "/aws/eks/eks-flowwise-{NAME}/cluster")' in planned
