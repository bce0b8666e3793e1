"""The emulated AWS refuses what AWS does, and does once what is asked again by an SDK that lost an answer."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.error import HTTPError

import pytest

from tests.e2e.emulator import Emulator, emulated_aws

pytestmark = pytest.mark.e2e


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
    for _ in range(120):  # until the cluster is active
        with suppress(HTTPError):
            aws.ask_eks("/clusters/c/node-groups", group)
            break
        time.sleep(0.5)
    for refused in ({"minSize": 3}, {"minSize": 1, "maxSize": 1}):
        with pytest.raises(HTTPError, match="400"):
            aws.ask_eks("/clusters/c/node-groups/g/update-config", {"scalingConfig": refused})
    aws.ask_eks("/clusters/c/node-groups/g/update-config", {"scalingConfig": {"minSize": 3, "desiredSize": 3}})
