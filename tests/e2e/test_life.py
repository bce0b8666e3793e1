"""The life of an environment on AWS, from an empty account to an empty account, with the real provider."""

import json
import re
from pathlib import Path

import pytest

from tests.e2e.deployment import NAME, Deployment, new_deployment
from tests.e2e.emulator import Emulator
from tests.e2e.files import grown, with_everything
from tests.e2e.resource_types import LEFT_OUT, count_in_state, types_in_state, types_of_platform

pytestmark = [pytest.mark.e2e, pytest.mark.terraform]
ROOTS = {"platform.tfstate": "", "workloads.tfstate": "workloads"}


def test_an_environment_is_deployed_changed_and_destroyed(tmp_path: Path, emulator: Emulator) -> None:
    """In one test, because each step begins with what the one before it left, and the first takes two minutes."""
    environment = new_deployment(tmp_path / "repository", emulator, with_everything(), attached=True)
    deploys_everything(environment)
    keeps_no_secret(environment)
    has_one_administrator(environment)
    changes_what_was_changed(environment)
    destroys_everything(environment)


def deploys_everything(environment: Deployment) -> None:
    environment.cdktf("deploy", NAME, f"{NAME}-workloads", "--auto-approve")
    states = environment.states()
    assert states.keys() == ROOTS.keys(), "two states, and no lock that is left"
    added = [count_in_state(state) for state in states.values()]
    applied = types_in_state(states["platform.tfstate"])
    print(f"applied: {added[0]} resources of the platform, of {len(applied)} types, and {added[1]} of the workloads")
    for type_, reason in LEFT_OUT.items():
        print(f"left out: {type_}: {reason}")
    assert types_of_platform(environment.repository / "infra") - applied == LEFT_OUT.keys()
    assert [root for root in ROOTS.values() if not environment.has_no_changes(root)] == []


def keeps_no_secret(environment: Deployment) -> None:
    lines = (environment.repository / "made.jsonl").read_text().splitlines()
    secrets = {json.loads(line)["result"] for line in lines}
    # One for the administrator of the databases; for two microservices, one for the database and one for the broker.
    assert len(secrets) >= 5
    assert all(len(secret) == 32 for secret in secrets)
    for key, state in environment.states().items():
        assert f"flowwise-{NAME}".encode() in state, "the search would find nothing"
        assert [secret for secret in secrets if secret.encode() in state] == [], key


def has_one_administrator(environment: Deployment) -> None:
    passwords = environment.emulator.database_passwords()
    assert passwords == [environment.emulator.secret(f"flowwise-{NAME}/postgres-administrator")] * 2


def changes_what_was_changed(environment: Deployment) -> None:
    environment.write(grown(with_everything()))
    planned = environment.terraform("plan")
    assert "Plan: 0 to add, 3 to change, 0 to destroy." in planned
    assert re.findall(r"# module.platform.module.(\S+) will be updated in-place", planned) == [
        'cluster.aws_eks_node_group.this["general"]',
        'postgres[0].aws_db_instance.this["consolidacao"]',
        'postgres[0].aws_db_instance.this["lancamentos"]',
    ]
    environment.cdktf("deploy", NAME, "--auto-approve", "--skip-synth")
    assert environment.has_no_changes()


def destroys_everything(environment: Deployment) -> None:
    destroyed = environment.cdktf("destroy", NAME, f"{NAME}-workloads", "--auto-approve", "--skip-synth")
    assert [count_in_state(state) for state in environment.states().values()] == [0, 0], destroyed[-10_000:]
    # AWS lists a NAT gateway for an hour after its end; a server's last snapshot is meant to outlive it.
    left = environment.unknown_to_its_state()
    assert [arn for arn in left if not re.search(r":natgateway/|:rds:.*:snapshot:", arn)] == []
