"""Names that the world, a region's customers or a directory have once: each says by a digest whose it is."""

import re

import pytest

from flowwise.tables.naming import RESOURCE_KINDS
from tests.workspace import INFRA

# "Naming rules and restrictions for Azure resources", by scope; "General purpose bucket naming rules", S3; "About Cloud
# Storage buckets". Azure's role definitions are unique in a directory, which has many subscriptions.
WORLDWIDE = {
    "aws_cognito_user_pool_domain": "domain",
    "aws_elastic_beanstalk_environment": "cname_prefix",
    "aws_s3_bucket": "bucket",
    "aws_s3_directory_bucket": "bucket",
    "azurerm_api_management": "name",
    "azurerm_app_configuration": "name",
    "azurerm_cognitive_account": "custom_subdomain_name",
    "azurerm_container_registry": "name",
    "azurerm_cosmosdb_account": "name",
    "azurerm_eventhub_namespace": "name",
    "azurerm_key_vault": "name",
    "azurerm_key_vault_managed_hardware_security_module": "name",
    "azurerm_linux_web_app": "name",
    "azurerm_managed_redis": "name",
    "azurerm_mssql_server": "name",
    "azurerm_mysql_flexible_server": "name",
    "azurerm_postgresql_flexible_server": "name",
    "azurerm_public_ip": "domain_name_label",
    "azurerm_redis_cache": "name",
    "azurerm_role_definition": "name",
    "azurerm_search_service": "name",
    "azurerm_servicebus_namespace": "name",
    "azurerm_storage_account": "name",
    "google_project": "project_id",
    "google_storage_bucket": "name",
}
"""By type, those in use and their like: the argument that is the name."""

NAMED = [
    (f"{file.parent.relative_to(INFRA)}: {found[1]}.{found[2]}", name[1])
    for file in sorted(INFRA.rglob("*.tf"))
    for found in re.finditer(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', file.read_text(), re.M | re.S)
    if found[1] in WORLDWIDE
    for name in [re.search(rf"^  {WORLDWIDE[found[1]]} += (.*)$", found[3], re.M)]
    if name
]


@pytest.mark.parametrize("name", [each[1] for each in NAMED], ids=[each[0] for each in NAMED])
def test_a_name_that_is_unique_in_the_world_has_the_digest(name: str) -> None:
    assert "${local.digest}" in name


def test_a_digest_is_of_the_account_or_of_whoever_the_file_names() -> None:
    folders = {INFRA / each.partition(":")[0] for each, _ in NAMED}
    owners = {
        folder.relative_to(INFRA).as_posix(): re.findall(
            r'^  digest += substr\(sha256\("\$\{([\w.]+)\}/\$\{(?:var|local)\.name\}"\), 0, 6\)$',
            (folder / "main.tf").read_text(),
            re.M,
        )
        for folder in folders
    }
    told_by = (
        "data.azurerm_client_config.current.subscription_id",
        "data.azurerm_subscription.environment.subscription_id",
        "data.aws_caller_identity.current.account_id",
        "local.project",
    )
    assert {owner for found in owners.values() for owner in found} == {
        *told_by,
        "var.subscription_id",
        "var.organization",
    }
    assert {folder: len(found) for folder, found in owners.items()} == dict.fromkeys(owners, 1)


def test_each_cloud_has_such_names() -> None:
    assert {each.split("/")[2].partition(":")[0] for each, _ in NAMED if each.startswith("modules/")} == {
        "azure",
        "aws",
        "google",
    }
    assert len(NAMED) >= sum(kind.unique for kind in RESOURCE_KINDS.values())


def test_an_account_that_names_ask_for_is_known_at_every_plan() -> None:
    """A data source of a module that waits is read late: its names would be unknown, and what has them replaced."""
    callers = [*INFRA.glob("azure/main.tf"), *INFRA.glob("environments/*/main.tf"), *INFRA.glob("bootstrap/*/main.tf")]
    assert len(callers) > 3
    calls = {
        f"{file.relative_to(INFRA)}: {name}": body
        for file in callers
        for name, body in re.findall(r'^module "(\w+)" \{\n(.*?)^\}', file.read_text(), re.M | re.S)
    }
    assert len(calls) > 10
    assert [call for call, body in calls.items() if re.search(r"^  depends_on ", body, re.M)] == []
