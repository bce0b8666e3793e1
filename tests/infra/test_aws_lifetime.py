"""What the modules of AWS have to say for an environment to live for years, and to be made again after its end."""

import re
from collections.abc import Iterator

import pytest

from synthesis.schemas.provider_schema import provider_schema
from tests.workspace import INFRA, REPOSITORY

# What AWS publishes as it pleases: asked again, another answer.
LOOKED_UP = ("aws_eks_addon_version", "aws_rds_engine_version", "aws_ssm_parameter")
# What an argument has to refer to for the name of a thing made anew to be another than the last one's.
NEW_EACH_TIME = r"timestamp\(\)|aws_\w+\.\w+\.id"


def _texts() -> Iterator[str]:
    for file in sorted(INFRA.glob("modules/*/aws/main.tf")):
        yield file.read_text()


def resources() -> Iterator[tuple[str, str, str]]:
    """Type, name and body of each that AWS' modules make."""
    for text in _texts():
        yield from re.findall(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL)


def test_what_aws_publishes_is_looked_up_for_a_version_and_not_for_a_plan() -> None:
    """Only what keeps it refers to it: else the night finds a difference, and any deploy rolls it out."""
    images = re.findall(r'^data "aws_ami" .*?^\}', "".join(_texts()), re.MULTILINE | re.DOTALL)
    assert images and not [image for image in images if "*" in image or "most_recent" in image], (
        "one image, by its name"
    )
    readers = {
        f"{type_}.{name}" for type_, name, body in resources() if re.search(rf"\bdata\.({'|'.join(LOOKED_UP)})\.", body)
    }
    assert readers == {"terraform_data.versions"}
    (kept,) = (body for type_, _, body in resources() if type_ == "terraform_data")
    assert "ignore_changes = [input]" in kept
    assert "triggers_replace = [var.kubernetes_version, var.patch_version]" in kept


def test_what_can_wait_for_a_maintenance_window_does_not() -> None:
    """An apply that says to be done, and is not, has every plan find a difference until then."""
    schemas = provider_schema("aws", REPOSITORY / ".cache" / "schemas").resource_schemas
    found = {
        f"{type_}.{name}": "apply_immediately" in body and bool(re.search(r"apply_immediately\s+= true", body))
        for type_, name, body in resources()
        if type_.startswith("aws_") and "apply_immediately" in schemas[type_]["block"]["attributes"]
    }
    assert len(found) == 3
    assert set(found.values()) == {True}, found


@pytest.mark.parametrize(
    ("type_", "argument", "is_new"),
    [
        # A protected secret's name is taken for 30 days.
        ("aws_secretsmanager_secret", "name_prefix", ""),
        # A last snapshot's is taken for as long as somebody keeps it.
        ("aws_db_instance", "final_snapshot_identifier", NEW_EACH_TIME),
        ("aws_elasticache_replication_group", "final_snapshot_identifier", NEW_EACH_TIME),
    ],
)
def test_what_keeps_its_name_after_its_end_has_another_the_next_time(type_: str, argument: str, is_new: str) -> None:
    values = [re.findall(rf"^  {argument}\s+= (.*)$", body, re.M) for each, _, body in resources() if each == type_]
    assert values and all(len(each) == 1 and re.search(is_new, each[0]) for each in values), values


def test_keys_can_be_had_back_for_as_long_as_possible() -> None:
    """What is left of a destroyed environment, nobody reads without them."""
    keys = [body for type_, _, body in resources() if type_ == "aws_kms_key"]
    assert len(keys) >= 2
    assert [body for body in keys if not re.search(r"deletion_window_in_days\s+= 30\n", body)] == []


def test_a_spot_pool_has_more_than_one_kind_of_machine() -> None:
    text = (INFRA / "modules/k8s-cluster/aws/main.tf").read_text()
    (types,) = re.findall(r"spot_types = \{\n(.*?)^  \}", text, re.MULTILINE | re.DOTALL)
    assert all(line.count('"') >= 6 for line in types.splitlines())
    lookup = "lookup(local.spot_types, each.value.size, [each.value.size])"  # of one that is named, that alone
    assert f"instance_types  = each.value.spot ? {lookup} : null" in text


def test_the_api_server_is_reached_from_connected_networks() -> None:
    text = (INFRA / "modules/k8s-cluster/aws/main.tf").read_text()
    (rule,) = re.findall(
        r'^resource "aws_vpc_security_group_ingress_rule" "control_plane" \{.*?^\}', text, re.MULTILINE | re.DOTALL
    )
    assert '["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]' in rule
