"""What an environment on Azure lives through, read off its modules: Azure's own refusals, which no stand-in knows."""

import re

import pytest

from tests.workspace import INFRA

RESOURCE = re.compile(r'^resource "(azurerm_\w+)" "(\w+)" \{\n(.*?)^\}', re.M | re.S)
MODULES = {
    folder.parent.name: (folder / "main.tf").read_text() for folder in sorted((INFRA / "modules").glob("*/azure"))
}
LOCKS = {
    service: re.findall(r"^  scope += ([\w.]+)\.id$", body, re.M)[0]
    for service, text in MODULES.items()
    for type_, _, body in RESOURCE.findall(text)
    if type_ == "azurerm_management_lock"
}
# What a file may leave out, or give another size, while it is protected: AKS deletes a pool then.
COMES_AND_GOES = {"azurerm_kubernetes_cluster_node_pool": "kubernetes_cluster_id"}


def test_what_holds_data_is_locked() -> None:
    protected = {
        service
        for service in MODULES
        if (INFRA / "modules" / service / "azure/variables.tf").read_text().count('"protected"')
    }
    assert LOCKS.keys() == protected
    assert len(LOCKS) > 5


@pytest.mark.parametrize("service", LOCKS)
def test_what_comes_and_goes_is_below_no_lock(service: str) -> None:
    above = {"azurerm_resource_group.this"}
    parents = {
        parent
        for type_, _, body in RESOURCE.findall(MODULES[service])
        if type_ in COMES_AND_GOES
        for parent in re.findall(rf"^  {COMES_AND_GOES[type_]} += ([\w.]+)\.id$", body, re.M)
    }
    assert not parents or LOCKS[service] not in parents | above


def test_storage_is_made_although_its_firewall_answers_nobody() -> None:
    """azurerm asks a new account about queues and websites otherwise, and takes a refusal for a failure."""
    providers = [file.read_text() for file in INFRA.rglob("providers.tf") if "azurerm" in file.read_text()]
    assert len(providers) > 4
    assert all(re.search(r"storage \{\n +data_plane_available = false\n", text) for text in providers)
    accounts = [
        body for text in MODULES.values() for type_, _, body in RESOURCE.findall(text) if "storage_account" in type_
    ]
    assert accounts
    assert not [body for body in accounts if re.search(r"^  (queue_properties|static_website)", body, re.M)]


def test_the_caches_key_is_of_the_kind_that_managed_redis_takes() -> None:
    (key,) = [body for type_, _, body in RESOURCE.findall(MODULES["encryption"]) if type_ == "azurerm_key_vault_key"]
    assert re.search(r'^  key_type += each\.key == "cache" \? "RSA" : "RSA-HSM"$', key, re.M)


def test_a_standby_is_in_the_same_zone_where_the_file_says_so_and_nowhere_else() -> None:
    (server,) = [
        body for type_, _, body in RESOURCE.findall(MODULES["postgres-db"]) if type_.endswith("_flexible_server")
    ]
    assert re.search(r'^ +mode = var\.same_zone \? "SameZone" : "ZoneRedundant"$', server, re.M)
    for cloud in ("aws", "google"):
        outputs = (INFRA / "modules" / "postgres-db" / cloud / "outputs.tf").read_text()
        assert re.search(r"precondition \{\n +condition +=  ?!var\.same_zone\n", outputs), cloud
