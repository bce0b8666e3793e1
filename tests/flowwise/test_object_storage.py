"""Storage for files: whoever enters a bucket is its own microservice, without a key, and nothing is lost by mistake."""

import json
from typing import Any

import pytest

from flowwise.tables.project import CLOUDS
from tests.offline.mocked_apply import Made, copy_of, mocked_apply

pytestmark = pytest.mark.terraform

SERVICES = ("consolidacao", "lancamentos")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """By cloud, what the module makes of its examples."""
    tree = copy_of(tmp_path_factory.mktemp("tree"), "modules/object-storage")
    return {cloud: mocked_apply(tree, f"modules/object-storage/{cloud}") for cloud in CLOUDS}


def statements(policy: str) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in json.loads(policy)["Statement"]}


def test_on_aws_a_bucket_admits_its_microservices_role_and_deletes_no_version(made: dict[str, Made]) -> None:
    policies = made["aws"]["aws_s3_bucket_policy", "this"]
    assert len(policies) == len(SERVICES)
    principals = set()
    for each in policies:
        said = statements(each["policy"])
        assert said.keys() == {"TlsOnly", "List", "Use"}
        assert said["TlsOnly"]["Effect"] == "Deny"
        assert said["List"]["Principal"] == said["Use"]["Principal"]
        principals.add(said["Use"]["Principal"]["AWS"])
        assert not [action for action in said["Use"]["Action"] if "Version" in action or "*" in action]
    assert principals == {f"arn:aws:iam::123456789012:role/flowwise-dev-{name}-workload" for name in SERVICES}
    for each in made["aws"]["aws_s3_bucket_public_access_block", "this"]:
        assert all(each[key] for key in ("block_public_acls", "block_public_policy", "restrict_public_buckets"))
    for each in made["aws"]["aws_iam_role_policy", "encryption"]:
        (use,) = statements(each["policy"]).values()
        assert use["Condition"]["StringEquals"].keys() == {"kms:EncryptionContext:aws:s3:arn", "kms:ViaService"}


def test_on_azure_nobody_comes_by_a_key_or_from_outside(made: dict[str, Made]) -> None:
    account = made["azure"]["azurerm_storage_account", "this"]
    assert account["public_network_access_enabled"] is account["shared_access_key_enabled"] is False
    assert account["customer_managed_key"] and account["blob_properties"][0]["versioning_enabled"]
    rights = made["azure"]["azurerm_role_assignment", "users"]
    assert {each["role_definition_name"] for each in rights} == {"Storage Blob Data Contributor"}
    assert all("/containers/" in each["scope"] for each in rights)
    assert {each["name"] for each in made["azure"]["azurerm_storage_container", "this"]} == {
        f"{name}-files" for name in SERVICES
    }


def test_on_google_cloud_a_bucket_is_closed_to_the_public(made: dict[str, Made]) -> None:
    for bucket in made["google"]["google_storage_bucket", "this"]:
        assert bucket["public_access_prevention"] == "enforced"
        assert bucket["uniform_bucket_level_access"] and bucket["versioning"][0]["enabled"]
        assert not bucket["force_destroy"]
    members = {each["member"] for each in made["google"]["google_storage_bucket_iam_member", "users"]}
    assert members == {f"serviceAccount:{name}@flowwise-project.iam.gserviceaccount.com" for name in SERVICES}
