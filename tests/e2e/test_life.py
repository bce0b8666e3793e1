"""The life of an environment on AWS, from an empty account to an empty account, with the real provider."""

import json
import os
import re
import subprocess
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.e2e.deployment import NAME, Deployment, new_deployment
from tests.e2e.emulator import PYTHON, REGION, Emulator
from tests.e2e.files import grown, protected, shrunk, with_everything
from tests.e2e.resource_types import LEFT_OUT, count_in_state, types_in_state, types_of_platform
from tests.operations.test_runbook import blocks
from tests.workspace import REPOSITORY

pytestmark = [pytest.mark.e2e, pytest.mark.terraform]
ROOTS = {"platform.tfstate": "", "workloads.tfstate": "workloads"}
DATABASES = ("lancamentos", "consolidacao")
ADD_ONS = ("coredns", "ebs_csi", "kube_proxy", "pod_identity_agent", "vpc_cni")


def test_an_environment_is_deployed_changed_and_destroyed(tmp_path: Path, emulator: Emulator) -> None:
    """In one test, because each step begins with what the one before it left, and the first takes two minutes."""
    environment = new_deployment(tmp_path / "repository", emulator, protected(with_everything()), attached=True)
    deploys_everything(environment)
    keeps_no_secret(environment)
    has_one_administrator(environment)
    stays_as_it_is_whatever_aws_publishes(environment)
    changes_what_was_changed(environment)
    restores_a_database_as_the_runbook_says(environment)
    upgrades_kubernetes_and_shrinks(environment)
    stays_as_it_is_when_aws_upgrades_it(environment)
    is_made_again_where_it_was_protected_and_destroyed_all_the_same(environment)
    destroys_everything(environment)
    leaves_copies_that_can_be_read(environment)
    could_be_made_again(environment)


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


def stays_as_it_is_whatever_aws_publishes(environment: Deployment) -> None:
    """Newer images of nodes and newer add-ons, and other material in its keys."""
    environment.emulator.publish()
    for _, key in environment.emulator.encryption_keys():
        environment.emulator.ask("kms", "TrentService.RotateKeyOnDemand", KeyId=key)
    assert environment.has_no_changes()


def changes_what_was_changed(environment: Deployment) -> None:
    environment.write(grown(protected(with_everything())))
    planned = environment.terraform("plan")
    changed = set(
        re.findall(r"# module\.platform\.module\.(\S+) (?:will be updated in-place|must be replaced)", planned)
    )
    assert {each for each in changed if "secret" not in each} == {
        *(f"cluster.aws_eks_addon.{name}" for name in ADD_ONS),
        "cluster.aws_eks_node_group.system",
        'cluster.aws_eks_node_group.this["general"]',
        'cluster.aws_eks_node_group.this["spare"]',
        "cluster.terraform_data.versions",
        *(f'postgres[0].aws_db_instance.this["{name}"]' for name in DATABASES),
        "redis[0].aws_elasticache_replication_group.this",
    }
    assert destroyed(planned) == {"aws_secretsmanager_secret_version", "terraform_data"}
    environment.cdktf("deploy", NAME, "--auto-approve", "--skip-synth")
    assert environment.has_no_changes()


def destroyed(planned: str) -> set[str]:
    """The types of what a plan destroys or replaces."""
    return set(re.findall(r"# \S*?\b((?:aws|terraform)_\w+)\.\S+ (?:must be replaced|will be destroyed)", planned))


def restores_a_database_as_the_runbook_says(environment: Deployment) -> None:
    restore, remove = (block for block in aws_blocks() if "-restored" in block)
    run(environment, restore)
    names = ("postgres-flowwise-e2e-lancamentos", "postgres-flowwise-e2e-lancamentos-restored")
    shown = "DBInstances[0].[VpcSecurityGroups[].VpcSecurityGroupId, DBParameterGroups[].DBParameterGroupName]"
    ask = "aws rds describe-db-instances --query '%s' --db-instance-identifier %s"
    own, restored = (json.loads(run(environment, ask % (shown, name))) for name in names)
    assert own == restored, "through which the network comes in, and what the server logs"
    run(environment, remove)


def upgrades_kubernetes_and_shrinks(environment: Deployment) -> None:
    """Pools follow the cluster. Of the general one, there is a node more than it may have from now on."""
    rewrite(environment, shrunk(grown(protected(with_everything()))))
    planned = environment.terraform("plan")
    assert destroyed(planned) == {"terraform_data"}
    environment.cdktf("deploy", NAME, "--auto-approve", "--skip-synth")
    assert environment.has_no_changes()
    shown = "aws eks describe-nodegroup --query nodegroup.[version,scalingConfig.desiredSize] --cluster-name"
    for pool, nodes in (("system", 1), ("general", 1), ("spare", 0)):
        found = json.loads(run(environment, f"{shown} eks-flowwise-{NAME} --nodegroup-name {pool}"))
        assert found == ["1.36", nodes], pool


def rewrite(environment: Deployment, text: str) -> None:
    """With the next version of Kubernetes, which the project's own table does not know yet."""
    environment.write(text)
    infra = environment.repository / "infra"
    for file in (*infra.glob("**/variables.tf"), environment.root / "main.tf"):
        text = file.read_text()
        file.write_text(text.replace('["1.35"]', '["1.35", "1.36"]').replace('= "1.35"', '= "1.36"'))


def stays_as_it_is_when_aws_upgrades_it(environment: Deployment) -> None:
    """As it does when support of a version ends, and no version is taken back."""
    environment.emulator.ask_eks(f"/clusters/eks-flowwise-{NAME}/updates", {"version": "1.37"})
    with pytest.raises(HTTPError, match="400"):
        environment.emulator.ask_eks(f"/clusters/eks-flowwise-{NAME}/updates", {"version": "1.36"})
    assert environment.has_no_changes()


def is_made_again_where_it_was_protected_and_destroyed_all_the_same(environment: Deployment) -> None:
    """The databases refuse, and what they do not need is gone: the next deploy brings it back, protected no more."""
    gone = environment.try_terraform("destroy", "-auto-approve")
    assert gone.returncode == 1
    assert "Cannot delete protected DB Instance" in gone.stdout
    assert environment.emulator.clusters() == []
    rewrite(environment, shrunk(grown(with_everything())))
    environment.terraform("apply", "-auto-approve")
    assert environment.has_no_changes()


def destroys_everything(environment: Deployment) -> None:
    done = environment.cdktf("destroy", NAME, f"{NAME}-workloads", "--auto-approve", "--skip-synth")
    assert [count_in_state(state) for state in environment.states().values()] == [0, 0], done[-10_000:]
    # AWS lists a NAT gateway for an hour after its end; last snapshots are meant to outlive what they are of, and
    # protected secrets can be had back.
    left = environment.unknown_to_its_state()
    assert [arn for arn in left if not re.search(r":natgateway/|:snapshot:|:secret:", arn)] == []


_SUBNETS_ELSEWHERE = """
aws rds create-db-subnet-group --db-subnet-group-name elsewhere --db-subnet-group-description 'For a look.' \\
  --subnet-ids $(aws ec2 describe-subnets --query 'Subnets[].SubnetId' --output text)
"""


def leaves_copies_that_can_be_read(environment: Deployment) -> None:
    """Once the runbook's commands have taken back that their key is to be deleted."""
    (commands,) = (block for block in aws_blocks() if "cancel-key-deletion" in block)
    run(environment, _SUBNETS_ELSEWHERE)
    restore = (
        "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier read --db-subnet-group-name elsewhere "
        "--db-snapshot-identifier"
    )
    name = "postgres-flowwise-e2e-lancamentos-"
    query = f"DBSnapshots[?starts_with(DBSnapshotIdentifier, '{name}')].DBSnapshotIdentifier | [-1]"
    snapshot = run(environment, f'aws rds describe-db-snapshots --output text --query "{query}"').strip()
    with pytest.raises(AssertionError, match="PendingDeletion"):
        run(environment, f"{restore} {snapshot}")
    run(environment, commands)
    run(environment, f"{restore} {snapshot}")
    run(environment, "aws rds delete-db-instance --db-instance-identifier read --skip-final-snapshot")


def could_be_made_again(environment: Deployment) -> None:
    """The same day. EKS has made its log group anew after the end: it is taken over."""
    planned = environment.terraform("plan")
    assert re.search(r"Plan: 1 to import, \d+ to add, 1 to change, 0 to destroy", planned)
    assert f'(imported from "/aws/eks/eks-flowwise-{NAME}/cluster")' in planned


def aws_blocks() -> list[str]:
    """What the runbook says for AWS, as if for this environment."""
    return [block.replace("flowwise-prod", f"flowwise-{NAME}") for block in blocks()[1] if "# not run: AWS," in block]


def run(environment: Deployment, commands: str) -> str:
    """Commands of a shell whose `aws` talks to the emulator."""
    aws = f'aws() {{ "{PYTHON}" "{REPOSITORY}/tests/e2e/aws_cli.py" "$@"; }}\n'
    result = subprocess.run(
        ["bash", "-euc", aws + commands],
        env=os.environ | environment.emulator.environment() | {"AWS_REGION": REGION},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
