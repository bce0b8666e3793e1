"""What is there already besides the network is not made in an environment that names it, nor billed."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from costs.bills import BILLS
from environments import load_environment
from flowwise.tables.existing_ids import REGISTRIES
from flowwise.tables.project import CLOUDS
from quotas.nodes import nodes_of
from tests.environments.texts import environment_text, with_existing, with_existing_cluster, without_system_pool
from tests.offline.mocked_apply import generated_test, planned_resources
from tests.trees import write_tree_of

pytestmark = pytest.mark.terraform

_KEY = re.compile(r"\[[^]]*\]$")
ADMINISTRATORS = {
    "azure": "33333333-3333-3333-3333-333333333333",
    "aws": "arn:aws:iam::123456789012:role/platform",
    "google": "platform@example.com",
}

ACCESS = {
    "azure": {"azurerm_role_assignment": 2},
    "aws": {"aws_eks_access_entry": 4, "aws_eks_access_policy_association": 4},
    "google": {"google_project_iam_member": 1},
}
"""By cloud, the rights that are given in a cluster that is there: those of one administrator, and of pipelines."""

NOT_MADE = ("container_registry", "encryption")
"""Modules that others take the place of."""


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_environment_lives_with_it(cloud: str, tmp_path: Path) -> None:
    files = tmp_path / "environments"
    files.mkdir()
    file = files / "guest.toml"
    file.write_text(with_existing(environment_text(cloud, "shared", "dev"), cloud))
    write_tree_of(files, tmp_path / "infra")
    made = planned_resources(tmp_path / "infra/environments/guest")
    modules = {each["address"].split(".")[3].partition("[")[0] for each in made}
    assert "cluster" in modules and not modules & set(NOT_MADE)
    assert "azurerm_log_analytics_workspace" not in {each["type"] for each in made}
    of_registry = {each["type"] for each in made if ".existing_registry[0]." in each["address"]}
    assert (
        of_registry
        == {
            "azure": {"azurerm_private_endpoint", "azurerm_resource_group", "azurerm_role_assignment"},
            "aws": set(),
            "google": {"google_artifact_registry_repository_iam_member"},
        }[cloud]
    )
    assert not [line for line in BILLS[cloud](load_environment(file)) if "log_analytics" in line.resource]
    billed = {line.resource.split(".")[3].partition("[")[0] for line in BILLS[cloud](load_environment(file))}
    assert not billed & set(NOT_MADE)
    assert ("existing_registry" in billed) == (cloud == "azure")


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_environment_lives_in_a_cluster_that_is_there(cloud: str, tmp_path: Path) -> None:
    """No node is made, billed or counted in a quota, nothing scales any, and disks name no key of the environment's."""
    files = tmp_path / "environments"
    files.mkdir()
    file = files / "guest.toml"
    file.write_text(without_system_pool(with_existing_cluster(environment_text(cloud, "shared", "dev"), cloud)))
    write_tree_of(files, tmp_path / "infra")
    environment = load_environment(file)
    root = tmp_path / "infra/environments/guest"
    test = generated_test(root)
    administrators = f"administrators = {{ platform = {json.dumps(ADMINISTRATORS[cloud])} }}"
    assert test.read_text().count("variables {\n") == 1
    test.write_text(test.read_text().replace("variables {\n", f"variables {{\n  {administrators}\n"))
    made = planned_resources(root)
    modules = {each["address"].split(".")[3].partition("[")[0] for each in made}
    assert "existing_cluster" in modules and not modules & {"cluster", "network"}
    assert Counter(each["type"] for each in made if ".existing_cluster[0]." in each["address"]) == ACCESS[cloud]
    platform = {line.resource for line in BILLS[cloud](environment) if line.resource.startswith("module.platform.")}
    addresses = {_KEY.sub("", each["address"]) for each in made}
    assert {_KEY.sub("", address) for address in platform} <= addresses
    assert not nodes_of(environment, cloud)
    workloads = planned_resources(root / "workloads")
    assert not [each for each in workloads if "cluster_autoscaler" in each["address"]]
    classes = [each["values"]["parameters"] for each in workloads if each["type"] == "kubernetes_storage_class_v1"]
    assert (
        classes
        == {"azure": [], "aws": [{"type": "gp3", "encrypted": "true"}], "google": [{"type": "pd-balanced"}]}[cloud]
    )


RUNNER = '\n[runner]\norganization = "flowwise"\napplication = "Iv23liEXAMPLE0000000"\n'
KEYS = {"azure": "azurerm_key_vault_key.this", "aws": "aws_kms_key.this", "google": "google_kms_crypto_key.this"}


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("runner", ["", RUNNER], ids=["alone", "with_a_runner"])
def test_what_is_there_has_no_key_made_for_it(cloud: str, runner: str, tmp_path: Path) -> None:
    """Neither for nodes, unless runners' disks are encrypted with theirs, nor for images; and nobody pays for one."""
    files = tmp_path / "environments"
    files.mkdir()
    file = files / "guest.toml"
    there = f'[existing]\nregistry = "{REGISTRIES[cloud].example}"\n'
    text = with_existing_cluster(environment_text(cloud, "shared", "dev"), cloud).replace("[existing]\n", there)
    file.write_text(text + runner)
    write_tree_of(files, tmp_path / "infra")
    of_keys = f".encryption[0].{KEYS[cloud]}"
    made = [each["address"] for each in planned_resources(tmp_path / "infra/environments/guest")]
    purposes = {address.split('"')[1] for address in made if of_keys in address}
    assert purposes == {"cache", "databases", "secrets"} | ({"cluster"} if runner else set())
    billed = [line for line in BILLS[cloud](load_environment(file)) if of_keys in line.resource]
    assert billed and {line.instances for line in billed} == {len(purposes)}
