"""A network that is there already is looked at before anything is made in it: what is wrong stops the plan."""

from pathlib import Path

import pytest

from costs.bills import BILLS
from environments import load_environment
from flowwise.existing_network.aws import AwsExistingNetwork
from flowwise.existing_network.azure import AzureExistingNetwork
from flowwise.existing_network.google import GoogleExistingNetwork
from tests.environments.texts import environment_text, with_existing_network
from tests.flowwise.refused_plans import Wrong, assert_refused
from tests.offline.mocked_apply import planned_resources
from tests.trees import write_tree_of

pytestmark = pytest.mark.terraform

MODULES = {"azure": AzureExistingNetwork, "aws": AwsExistingNetwork, "google": GoogleExistingNetwork}


WRONG = {
    "azure": [
        Wrong(
            "small_subnet", "data.azurerm_subnet.this", "azurerm_subnet.this", {"address_prefixes": ["10.20.0.0/29"]}
        ),
        Wrong("other_range", "data.azurerm_subnet.this", "azurerm_subnet.this", {"address_prefixes": ["10.21.0.0/26"]}),
        Wrong("wide_subnet", "data.azurerm_subnet.this", "azurerm_subnet.this", {"address_prefixes": ["10.20.0.0/15"]}),
        Wrong(
            "other_region",
            "data.azurerm_virtual_network.this",
            "azurerm_virtual_network.this",
            {"location": "eastus"},
        ),
        Wrong(
            "other_subscription",
            "data.azurerm_virtual_network.this",
            "azurerm_client_config.current",
            {"subscription_id": "99999999-9999-9999-9999-999999999999"},
        ),
        Wrong(
            "other_zone",
            "output.private_dns_zone_ids",
            says='private_dns_zone_ids = { redis = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/'
            'privateDnsZones/privatelink.azurecr.io" }',
        ),
    ],
    "aws": [
        Wrong("small_subnet", "data.aws_subnet.this", "aws_subnet.this", {"cidr_block": "10.20.0.0/29"}),
        Wrong("other_range", "data.aws_subnet.this", "aws_subnet.this", {"cidr_block": "10.21.0.0/24"}),
        Wrong("other_network", "data.aws_subnet.this", "aws_subnet.this", {"vpc_id": "vpc-00000000"}),
        Wrong("no_names", "data.aws_vpc.this", "aws_vpc.this", {"enable_dns_hostnames": False}),
        Wrong(
            "one_zone",
            "output.control_plane_subnet_ids, output.database_subnet_ids",
            "aws_subnet.this",
            {"availability_zone_id": "sae1-az1"},
        ),
        Wrong("no_place_for_a_balancer", "output.network_id", says="public_balancer = true"),
        Wrong("nodes_in_fewer_zones", "output.node_subnet_ids", says="zone_count = 3"),
    ],
    "google": [
        Wrong(
            "small_subnet",
            "data.google_compute_subnetwork.this",
            "google_compute_subnetwork.this",
            {"ip_cidr_range": "10.20.0.0/30"},
        ),
        Wrong(
            "other_network",
            "data.google_compute_subnetwork.this",
            "google_compute_subnetwork.this",
            {"network": "https://www.googleapis.com/compute/v1/projects/flowwise-project/global/networks/other"},
        ),
        Wrong(
            "no_private_access",
            "data.google_compute_subnetwork.this",
            "google_compute_subnetwork.this",
            {"private_ip_google_access": False},
        ),
        Wrong(
            "range_for_something_else",
            "data.google_compute_global_address.databases",
            "google_compute_global_address.databases",
            {"purpose": "PRIVATE_SERVICE_CONNECT"},
        ),
        Wrong(
            "small_range",
            "data.google_compute_global_address.databases",
            "google_compute_global_address.databases",
            {"prefix_length": 26},
        ),
        Wrong(
            "other_project",
            "data.google_compute_network.this",
            says='network_id = "projects/flowwise-host/global/networks/spoke"',
        ),
    ],
}


@pytest.mark.parametrize("cloud", MODULES)
def test_what_is_wrong_stops_the_plan(cloud: str, tmp_path: Path) -> None:
    assert_refused(cloud, MODULES[cloud].path, WRONG[cloud], tmp_path)


@pytest.mark.parametrize("cloud", MODULES)
def test_an_environment_lives_in_it(cloud: str, tmp_path: Path) -> None:
    """Of the network nothing is made, but on Azure the private zones that it lacks; and nothing is billed of it."""
    files = tmp_path / "environments"
    files.mkdir()
    file = files / "spoke.toml"
    file.write_text(with_existing_network(environment_text(cloud, "shared", "dev"), cloud))
    write_tree_of(files, tmp_path / "infra")
    made = planned_resources(tmp_path / "infra" / "environments" / "spoke")
    assert made
    assert {each["address"] for each in made if each["address"].startswith("module.platform.module.network")} == set()
    zones = {"postgres", "redis", "secrets"} if cloud == "azure" else set()
    existing = [each for each in made if each["address"].startswith("module.platform.module.existing_network")]
    assert {each["index"] for each in existing if each["type"] == "azurerm_private_dns_zone"} == zones
    assert len(existing) == (7 if cloud == "azure" else 0)  # three zones, their links, and a group
    lines = [line for line in BILLS[cloud](load_environment(file)) if "network" in line.resource]
    assert sum(line.instances for line in lines) == len(zones)
    if cloud == "azure":
        (cluster,) = [each["values"] for each in made if each["type"] == "azurerm_kubernetes_cluster"]
        assert cluster["network_profile"][0]["outbound_type"] == "userDefinedRouting"
