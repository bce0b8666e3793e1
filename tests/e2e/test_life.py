"""The life of an environment on AWS, with the real provider: no plan has more than what was asked for."""

import json
import re
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.e2e.deployment import NAME, ROOTS, Deployment, new_deployment
from tests.e2e.emulator import Emulator
from tests.e2e.files import grown, protected, shrunk, with_everything, with_the_next_kubernetes, without
from tests.e2e.resource_types import LEFT_OUT, count_in_state, types_in_state, types_of_platform
from tests.e2e.runbook import aws_blocks, run
from tests.e2e.what_is_there import plan_on_what_is_there

pytestmark = [pytest.mark.e2e, pytest.mark.terraform]
PLAN = "next.tfplan"
DATABASES = ("lancamentos", "consolidacao")
ADD_ONS = ("coredns", "ebs_csi", "kube_proxy", "pod_identity_agent", "vpc_cni")
NODE_GROUPS = ("system", 'this["general"]', 'this["spare"]')
FOLLOWS_VERSIONS = {
    *(f"cluster[0].aws_eks_addon.{name}" for name in ADD_ONS),
    *(f"cluster[0].aws_eks_node_group.{name}" for name in NODE_GROUPS),
    "cluster[0].terraform_data.versions",
}
OF_THE_CACHE = r'module\.platform\.module\.(?:redis\[0\]|alerts\[0\]\.aws_cloudwatch_metric_alarm\.this\["cache)\S+'


def test_an_environment_grows_and_is_upgraded(tmp_path: Path, emulator: Emulator) -> None:
    """In one test, because each step begins with what the one before it left, and the first takes two minutes."""
    environment = new_deployment(tmp_path / "repository", emulator, protected(with_everything()), attached=True)
    deploys_everything(environment)
    keeps_no_secret(environment)
    has_one_administrator(environment)
    is_found_as_what_is_there_already(environment)
    stays_as_it_is_whatever_aws_publishes(environment)
    grows(environment)
    restores_a_database_as_the_runbook_says(environment)
    shrinks_and_follows_an_upgrade_of_kubernetes(environment)
    stays_as_it_is_when_aws_upgrades_it(environment)


def deploys_everything(environment: Deployment) -> None:
    for root in ROOTS.values():
        environment.terraform("apply", "-auto-approve", root=root)
    states = environment.states()
    assert states.keys() == ROOTS.keys(), "two states, and no lock that is left"
    added = [count_in_state(state) for state in states.values()]
    applied = types_in_state(states["platform.tfstate"])
    print(f"applied: {added[0]} resources of the platform, of {len(applied)} types, and {added[1]} of the workloads")
    for type_, reason in LEFT_OUT.items():
        print(f"left out: {type_}: {reason}")
    assert types_of_platform(environment.repository / "infra") - applied == LEFT_OUT.keys()


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


def is_found_as_what_is_there_already(environment: Deployment) -> None:
    """Cluster, key and repositories, of which nothing is planned but the access of three pipelines to the cluster."""
    assert "Plan: 6 to add, 0 to change, 0 to destroy." in plan_on_what_is_there(environment)


def stays_as_it_is_whatever_aws_publishes(environment: Deployment) -> None:
    """Newer images of nodes and newer add-ons, and other material in its keys."""
    environment.emulator.publish()
    for _, key in environment.emulator.encryption_keys():
        environment.emulator.ask("kms", "TrentService.RotateKeyOnDemand", KeyId=key)
    assert [root for root in ROOTS.values() if not environment.has_no_changes(root)] == []


def grows(environment: Deployment) -> None:
    environment.write(grown(protected(with_everything())))
    planned = environment.terraform("plan", f"-out={PLAN}")
    assert {each for each in changed(planned) if "secret" not in each} == FOLLOWS_VERSIONS | {
        *(f'postgres[0].aws_db_instance.this["{name}"]' for name in DATABASES),
        "redis[0].aws_elasticache_replication_group.this",
        *(f'alerts[0].aws_cloudwatch_metric_alarm.this["database-disk-{name}"]' for name in DATABASES),
    }
    assert destroyed(planned) == {"aws_secretsmanager_secret_version", "terraform_data"}
    environment.terraform("apply", PLAN)


def changed(planned: str) -> set[str]:
    """The addresses, below the platform, of what a plan changes or replaces."""
    return set(re.findall(r"# module\.platform\.module\.(\S+) (?:will be updated in-place|must be replaced)", planned))


def destroyed(planned: str) -> set[str]:
    """The types of what a plan destroys or replaces."""
    return set(re.findall(r"# \S*?\b((?:aws|terraform)_\w+)\.\S+ (?:must be replaced|will be destroyed)", planned))


def restores_a_database_as_the_runbook_says(environment: Deployment) -> None:
    restore, remove = (block for block in aws_blocks() if "-restored" in block)
    run(environment.emulator, restore)
    names = ("postgres-flowwise-e2e-lancamentos", "postgres-flowwise-e2e-lancamentos-restored")
    shown = "DBInstances[0].[VpcSecurityGroups[].VpcSecurityGroupId, DBParameterGroups[].DBParameterGroupName]"
    ask = "aws rds describe-db-instances --query '%s' --db-instance-identifier %s"
    own, restored = (json.loads(run(environment.emulator, ask % (shown, name))) for name in names)
    assert own == restored, "through which the network comes in, and what the server logs"
    run(environment.emulator, remove)


def shrinks_and_follows_an_upgrade_of_kubernetes(environment: Deployment) -> None:
    """Of the general pool, there is a node more than it may have from now on. A cache goes, and leaves a snapshot."""
    environment.write(without("redis", shrunk(grown(protected(with_everything())))))
    with_the_next_kubernetes(environment.repository / "infra", NAME)
    planned = environment.terraform("plan", f"-out={PLAN}")
    assert changed(planned) == FOLLOWS_VERSIONS | {"cluster[0].aws_eks_cluster.this"}
    assert destroyed(re.sub(f"# {OF_THE_CACHE} will be destroyed", "", planned)) == {"terraform_data"}
    environment.terraform("apply", PLAN)
    snapshots = run(environment.emulator, "aws elasticache describe-snapshots --query Snapshots[].SnapshotName")
    assert re.fullmatch(rf'\["flowwise-{NAME}-redis-\w+"\]', snapshots.strip())
    shown = "aws eks describe-nodegroup --query nodegroup.[version,scalingConfig.desiredSize] --cluster-name"
    for pool, nodes in (("system", 1), ("general", 1), ("spare", 0)):
        found = json.loads(run(environment.emulator, f"{shown} eks-flowwise-{NAME} --nodegroup-name {pool}"))
        assert found == ["1.36", nodes], pool


def stays_as_it_is_when_aws_upgrades_it(environment: Deployment) -> None:
    """As it does when support of a version ends, and no version is taken back."""
    environment.emulator.ask_eks(f"/clusters/eks-flowwise-{NAME}/updates", {"version": "1.37"})
    with pytest.raises(HTTPError, match="400"):
        environment.emulator.ask_eks(f"/clusters/eks-flowwise-{NAME}/updates", {"version": "1.36"})
    assert environment.has_no_changes()
