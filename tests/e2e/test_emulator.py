"""The emulated AWS refuses what AWS does, and does once what is asked again by an SDK that lost an answer."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.e2e.emulator import ACCOUNT, Emulator, emulated_aws

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "aws.log") as emulator:
        yield emulator


def test_what_is_asked_again_is_made_once(aws: Emulator) -> None:
    before = aws.encryption_keys()
    with ThreadPoolExecutor(8) as clients:
        made = set(clients.map(lambda _: aws.create_encryption_key("one"), range(16)))
    assert len(made) == 1
    assert aws.create_encryption_key("another") not in made
    assert len(aws.encryption_keys()) == len(before) + 2


def test_it_tells_what_is_under_way(aws: Emulator) -> None:
    assert aws.is_idle()
    with ThreadPoolExecutor(8) as clients:
        asked = [clients.submit(aws.create_encryption_key, str(each)) for each in range(64)]
        assert any(not aws.is_idle() for _ in range(64))
        assert len({each.result() for each in asked}) == 64
    assert aws.is_idle()


@pytest.mark.parametrize(
    ("version", "value", "is_allowed"),
    [("17", "1", True), ("18", "1", False), ("18", "receipt,authentication", True), ("17", "receipt", False)],
)
def test_a_parameter_takes_what_its_version_of_postgresql_takes(
    aws: Emulator, version: str, value: str, is_allowed: bool
) -> None:
    name = f"group-{version}-{len(value)}"
    family = {"DBParameterGroupFamily": f"postgres{version}", "Description": "for tests"}
    aws.query("rds", "CreateDBParameterGroup", DBParameterGroupName=name, **family)
    changed = {
        "Parameters.Parameter.1.ParameterName": "log_connections",
        "Parameters.Parameter.1.ParameterValue": value,
        "Parameters.Parameter.1.ApplyMethod": "immediate",
    }
    if is_allowed:
        aws.query("rds", "ModifyDBParameterGroup", DBParameterGroupName=name, **changed)
    else:
        with pytest.raises(HTTPError, match="400"):
            aws.query("rds", "ModifyDBParameterGroup", DBParameterGroupName=name, **changed)


def test_a_node_group_has_limits_that_its_present_size_is_in(aws: Emulator) -> None:
    role, subnets = "arn:aws:iam::123456789012:role/r", ["subnet-1", "subnet-2"]
    aws.ask_eks("/clusters", {"name": "c", "roleArn": role, "resourcesVpcConfig": {"subnetIds": subnets}})
    sizes = {"minSize": 1, "desiredSize": 2, "maxSize": 3}
    group = {"nodegroupName": "g", "nodeRole": role, "subnets": subnets, "scalingConfig": sizes}
    wait_until_active(aws, "c")
    aws.ask_eks("/clusters/c/node-groups", group)
    for refused in ({"minSize": 3}, {"minSize": 1, "maxSize": 1}):
        with pytest.raises(HTTPError, match="400"):
            aws.ask_eks("/clusters/c/node-groups/g/update-config", {"scalingConfig": refused})
    aws.ask_eks("/clusters/c/node-groups/g/update-config", {"scalingConfig": {"minSize": 3, "desiredSize": 3}})


def test_a_deleted_secret_keeps_its_name_until_its_days_are_over(aws: Emulator) -> None:
    def secret(call: str, **request: Any) -> Any:
        return aws.ask("secretsmanager", f"secretsmanager.{call}", **request)

    for name, deletion in {"gone": {"ForceDeleteWithoutRecovery": True}, "going": {"RecoveryWindowInDays": 30}}.items():
        secret("CreateSecret", Name=name, SecretString="value")
        secret("DeleteSecret", SecretId=name, **deletion)
    secret("CreateSecret", Name="gone", SecretString="value")
    with refused("already scheduled for deletion"):
        secret("CreateSecret", Name="going", SecretString="value")


def test_a_log_group_that_is_there_is_not_made_again(aws: Emulator) -> None:
    aws.ask("logs", "Logs_20140328.CreateLogGroup", logGroupName="there")
    with refused("already exists"):
        aws.ask("logs", "Logs_20140328.CreateLogGroup", logGroupName="there")


def test_a_last_snapshot_takes_no_name_that_another_has(aws: Emulator) -> None:
    for number in range(2):
        make_server(aws, f"server-{number}")
        make_cache(aws, f"cache-{number}")
    aws.query("rds", "DeleteDBInstance", DBInstanceIdentifier="server-0", FinalDBSnapshotIdentifier="last")
    with refused("DBSnapshotAlreadyExists"):
        aws.query("rds", "DeleteDBInstance", DBInstanceIdentifier="server-1", FinalDBSnapshotIdentifier="last")
    delete_cache(aws, "cache-0", "last")
    with refused("SnapshotAlreadyExistsFault"):
        delete_cache(aws, "cache-1", "last")
    delete_cache(aws, "cache-1", "another")


def test_a_key_that_is_to_be_deleted_serves_nobody_until_that_is_taken_back(aws: Emulator) -> None:
    key = aws.create_encryption_key("to be deleted")
    secret = {"Name": "kept", "KmsKeyId": key, "SecretString": "value"}
    aws.ask("secretsmanager", "secretsmanager.CreateSecret", **secret)
    make_server(aws, "kept", key)
    aws.query("rds", "DeleteDBInstance", DBInstanceIdentifier="kept", FinalDBSnapshotIdentifier="kept")

    def restore(name: str) -> None:
        copy = {"DBSnapshotIdentifier": "kept", "DBInstanceIdentifier": name}
        aws.query("rds", "RestoreDBInstanceFromDBSnapshot", **copy)

    aws.ask("kms", "TrentService.ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=30)
    for attempt, fault in {
        lambda: restore("refused"): "KMSKeyNotAccessibleFault",
        lambda: make_server(aws, "refused", key): "KMSKeyNotAccessibleFault",
        lambda: make_cache(aws, "refused", key): "InvalidKMSKeyFault",
        lambda: aws.ask(
            "logs", "Logs_20140328.CreateLogGroup", logGroupName="refused", kmsKeyId=key
        ): "PendingDeletion",
        lambda: aws.ask("secretsmanager", "secretsmanager.GetSecretValue", SecretId="kept"): "DecryptionFailure",
        lambda: aws.ask("secretsmanager", "secretsmanager.CreateSecret", **secret | {"Name": "n"}): "EncryptionFailure",
    }.items():
        with refused(fault):
            attempt()
    aws.ask("kms", "TrentService.CancelKeyDeletion", KeyId=key)
    with refused("Disabled"):
        restore("refused")
    aws.ask("kms", "TrentService.EnableKey", KeyId=key)
    restore("restored")
    aws.ask("secretsmanager", "secretsmanager.GetSecretValue", SecretId="kept")


def test_a_region_has_so_many_addresses_and_networks(aws: Emulator) -> None:
    for _ in range(6):
        aws.query("ec2", "AllocateAddress", Version="2016-11-15")
    with refused("AddressLimitExceeded"):
        aws.query("ec2", "AllocateAddress", Version="2016-11-15")
    for number in range(1, 5):  # besides the one that is there from the beginning
        aws.query("ec2", "CreateVpc", Version="2016-11-15", CidrBlock=f"10.{number}.0.0/16")
    with refused("VpcLimitExceeded"):
        aws.query("ec2", "CreateVpc", Version="2016-11-15", CidrBlock="10.9.0.0/16")


def test_a_change_waits_for_the_maintenance_window_unless_it_may_be_at_once(aws: Emulator) -> None:
    make_server(aws, "changed")
    make_cache(aws, "changed")
    for at_once, size in ((False, "medium"), (True, "large")):
        change = {
            "DBInstanceIdentifier": "changed",
            "DBInstanceClass": "db.t4g.large",
            "ApplyImmediately": str(at_once),
        }
        aws.query("rds", "ModifyDBInstance", **change)
        assert f"db.t4g.{size}".encode() in aws.query("rds", "DescribeDBInstances", DBInstanceIdentifier="changed")
    for at_once, size in ((False, "micro"), (True, "small")):
        node = {"CacheNodeType": "cache.t4g.small", "ApplyImmediately": str(at_once), "Version": "2015-02-02"}
        aws.query("elasticache", "ModifyReplicationGroup", ReplicationGroupId="changed", **node)
        shown = aws.query("elasticache", "DescribeCacheClusters", CacheClusterId="changed-001", Version="2015-02-02")
        assert f"cache.t4g.{size}".encode() in shown


def test_a_role_has_no_boundary_that_is_not_there(aws: Emulator) -> None:
    role = {"Version": "2010-05-08", "AssumeRolePolicyDocument": '{"Version": "2012-10-17", "Statement": []}'}
    role["PermissionsBoundary"] = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    with refused("does not exist or is not attachable"):
        aws.query("iam", "CreateRole", RoleName="role", **role)
    aws.create_policy("boundary")
    aws.query("iam", "CreateRole", RoleName="role", **role)


def test_kubernetes_is_upgraded_one_version_at_a_time_and_nodes_after_the_cluster(aws: Emulator) -> None:
    role, subnets = f"arn:aws:iam::{ACCOUNT}:role/r", ["subnet-1", "subnet-2"]
    cluster = {"name": "old", "version": "1.34", "roleArn": role, "resourcesVpcConfig": {"subnetIds": subnets}}
    aws.ask_eks("/clusters", cluster)
    wait_until_active(aws, "old")
    sizes = {"minSize": 1, "desiredSize": 1, "maxSize": 1}
    group = {"nodeRole": role, "subnets": subnets, "scalingConfig": sizes}
    aws.ask_eks("/clusters/old/node-groups", {"nodegroupName": "g", "version": "1.34", **group})
    nodes = "/clusters/old/node-groups/g/update-version"
    with refused("cannot be of 1.35"):
        aws.ask_eks(nodes, {"version": "1.35"})
    with refused("Unsupported Kubernetes minor version update"):
        aws.ask_eks("/clusters/old/updates", {"version": "1.36"})
    aws.ask_eks("/clusters/old/updates", {"version": "1.35"})
    with refused("Unsupported Kubernetes minor version update"):
        aws.ask_eks("/clusters/old/updates", {"version": "1.34"})
    with refused("not valid for 1.35"):
        aws.ask_eks(nodes, {"version": "1.35", "releaseVersion": "1.34.0-20261101"})
    aws.ask_eks(nodes, {"version": "1.35"})


def wait_until_active(aws: Emulator, cluster: str) -> None:
    for _ in range(120):
        if aws.cluster(cluster)["status"] == "ACTIVE":
            return
        time.sleep(0.5)
    raise TimeoutError(cluster)


def make_server(aws: Emulator, name: str, key: str = "") -> None:
    settings = {"Engine": "postgres", "EngineVersion": "17", "DBInstanceClass": "db.t4g.medium", "MasterUsername": "me"}
    encrypted = {"StorageEncrypted": "true", "KmsKeyId": key} if key else {}
    server = settings | encrypted | {"AllocatedStorage": "32", "MasterUserPassword": "a-password"}
    aws.query("rds", "CreateDBInstance", DBInstanceIdentifier=name, **server)


def make_cache(aws: Emulator, name: str, key: str = "") -> None:
    settings = {"Engine": "valkey", "EngineVersion": "8.1", "CacheNodeType": "cache.t4g.micro", "NumCacheClusters": "1"}
    encrypted = {"AtRestEncryptionEnabled": "true", "KmsKeyId": key} if key else {}
    cache = settings | encrypted | {"ReplicationGroupDescription": "for tests", "Version": "2015-02-02"}
    named = {"ReplicationGroupId": name, "SecurityGroupIds.SecurityGroupId.1": "sg-1"}
    aws.query("elasticache", "CreateReplicationGroup", **named, **cache)


def delete_cache(aws: Emulator, name: str, snapshot: str) -> None:
    last = {"FinalSnapshotIdentifier": snapshot, "Version": "2015-02-02"}
    aws.query("elasticache", "DeleteReplicationGroup", ReplicationGroupId=name, **last)


@contextmanager
def refused(why: str) -> Iterator[None]:
    """AWS says no, and these words are among its own."""
    with pytest.raises(HTTPError) as error:
        yield
    answer = error.value.read().decode()
    assert error.value.code in (400, 404, 409) and why in answer, answer
