"""A cluster that is there already is looked at before anything is deployed to it: what is wrong stops the plan."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flowwise.aws import mocks as aws
from flowwise.azure import mocks as azure
from flowwise.existing_cluster.aws import AwsExistingCluster
from flowwise.existing_cluster.azure import AzureExistingCluster
from flowwise.existing_cluster.google import GoogleExistingCluster
from flowwise.google import mocks as google
from tests.flowwise.refused_plans import Taken, Wrong, assert_refused, assert_taken

pytestmark = pytest.mark.terraform

MODULES = {"azure": AzureExistingCluster, "aws": AwsExistingCluster, "google": GoogleExistingCluster}
FOUND = {
    "azure": "azurerm_kubernetes_cluster.this",
    "aws": "aws_eks_cluster.this",
    "google": "google_container_cluster.this",
}
OF = {
    cloud: mocks.DATA_SOURCES[FOUND[cloud].partition(".")[0]]
    for cloud, mocks in {"azure": azure, "aws": aws, "google": google}.items()
}
"""By cloud, what a cluster is like that is taken."""
NETWORK = "output.cluster_id"
NAMES_NO_CLUSTER = 'cluster_id = "flowwise"'


def wrong(
    cloud: str, about: str, answers: Mapping[str, Any] | None = None, says: str = "", by: str | None = None
) -> Wrong:
    """An answer about the cluster itself, or words about it, for which it is refused."""
    return Wrong(about, by or f"data.{FOUND[cloud]}", FOUND[cloud] if answers else "", answers or {}, says)


def changed(cloud: str, attribute: str, **values: Any) -> dict[str, Any]:
    """An attribute that is a list of one object, some of whose members are others."""
    return {attribute: [{**OF[cloud][attribute][0], **values}]}


def _pool(**node: Any) -> dict[str, Any]:
    (pool,) = OF["google"]["node_pool"]
    return {"node_pool": [{**pool, "node_config": [{**pool["node_config"][0], **node}]}]}


WRONG = {
    "azure": [
        wrong("azure", "a_name", says=NAMES_NO_CLUSTER),
        Wrong(
            "other_subscription",
            f"data.{FOUND['azure']}",
            "azurerm_client_config.current",
            {"subscription_id": "99999999-9999-9999-9999-999999999999"},
        ),
        wrong("azure", "other_region", {"location": "eastus2"}),
        wrong("azure", "older", {"kubernetes_version": "1.20.1"}),
        wrong("azure", "everybody_local", {"azure_active_directory_role_based_access_control": []}),
        wrong(
            "azure",
            "roles_of_its_own",
            changed("azure", "azure_active_directory_role_based_access_control", azure_rbac_enabled=False),
        ),
        wrong("azure", "local_accounts", {"kube_admin_config": [{"client_key": "a-key"}]}),
        wrong("azure", "public", {"private_cluster_enabled": False}),
        wrong("azure", "no_issuer", {"oidc_issuer_enabled": False}),
        wrong("azure", "a_service_principal", {"identity": []}),
        wrong(
            "azure",
            "other_network",
            changed("azure", "agent_pool_profile", vnet_subnet_id="/subnets/other"),
            by=NETWORK,
        ),
        wrong("azure", "a_network_of_its_own", changed("azure", "agent_pool_profile", vnet_subnet_id=None), by=NETWORK),
        wrong("azure", "other_pods", changed("azure", "network_profile", pod_cidr="10.200.0.0/16")),
        wrong("azure", "pods_of_the_network", changed("azure", "network_profile", pod_cidr=None)),
        wrong("azure", "other_services", changed("azure", "network_profile", service_cidr="10.200.0.0/16")),
        wrong("azure", "no_policies", changed("azure", "network_profile", network_policy=None)),
        wrong("azure", "no_pool", changed("azure", "agent_pool_profile", name="other")),
        wrong("azure", "no_disks", changed("azure", "storage_profile", disk_driver_enabled=False)),
        Wrong("another_front_end", "output.endpoint", says="identity_endpoint = true"),
        Wrong(
            "identity_elsewhere",
            "data.azurerm_user_assigned_identity.control_plane",
            FOUND["azure"],
            changed(
                "azure",
                "identity",
                identity_ids=[
                    "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg/providers"
                    "/Microsoft.ManagedIdentity/userAssignedIdentities/id"
                ],
            ),
        ),
    ],
    "aws": [
        wrong("aws", "a_name", says=NAMES_NO_CLUSTER),
        wrong("aws", "other_account", says='cluster_id = "arn:aws:eks:sa-east-1:999999999999:cluster/flowwise"'),
        wrong("aws", "other_region", says='cluster_id = "arn:aws:eks:us-east-1:123456789012:cluster/flowwise"'),
        wrong("aws", "groups", says='administrators = { platform = "arn:aws:iam::123456789012:group/platform" }'),
        wrong("aws", "older", {"version": "1.20"}),
        wrong("aws", "other_network", changed("aws", "vpc_config", vpc_id="vpc-00000000"), by=NETWORK),
        wrong("aws", "other_services", changed("aws", "kubernetes_network_config", service_ipv4_cidr="10.200.0.0/16")),
        wrong("aws", "ipv6", changed("aws", "kubernetes_network_config", service_ipv4_cidr=None)),
        wrong("aws", "public", changed("aws", "vpc_config", endpoint_public_access=True)),
        wrong("aws", "public_alone", changed("aws", "vpc_config", endpoint_private_access=False)),
        wrong("aws", "a_config_map", changed("aws", "access_config", authentication_mode="CONFIG_MAP")),
        Wrong(
            "another_client",
            "data.aws_iam_openid_connect_provider.this",
            "aws_iam_openid_connect_provider.this",
            {"client_id_list": ["sigstore"]},
        ),
        Wrong("no_policies", "data.aws_eks_addon.this", "aws_eks_addon.this", {"configuration_values": ""}),
        Wrong("no_pool", "data.aws_eks_node_groups.this", "aws_eks_node_groups.this", {"names": ["other"]}),
        Wrong(
            "other_subnets",
            "output.cluster_name",
            "aws_eks_node_group.this",
            {"subnet_ids": ["subnet-00000001", "subnet-00000009"]},
        ),
        Wrong("another_front_end", "output.endpoint", says="identity_endpoint = true"),
    ],
    "google": [
        wrong("google", "a_name", says=NAMES_NO_CLUSTER),
        wrong(
            "google",
            "other_project",
            says='cluster_id = "projects/flowwise-other/locations/southamerica-east1/clusters/flowwise"',
        ),
        wrong(
            "google",
            "in_a_zone",
            says='cluster_id = "projects/flowwise-project/locations/southamerica-east1-a/clusters/flowwise"',
        ),
        wrong("google", "no_group", says='administrators = { platform = "platform" }'),
        wrong("google", "older", {"master_version": "1.20.1-gke.1"}),
        wrong("google", "public", changed("google", "private_cluster_config", enable_private_endpoint=False)),
        wrong("google", "no_front_end", says="identity_endpoint = true"),
        wrong(
            "google",
            "a_client_certificate",
            changed("google", "master_auth", client_certificate_config=[{"issue_client_certificate": True}]),
        ),
        wrong("google", "legacy_roles", {"enable_legacy_abac": True}),
        wrong("google", "no_identities", {"workload_identity_config": []}),
        wrong("google", "other_network", {"network": "projects/flowwise-project/global/networks/other"}, by=NETWORK),
        wrong(
            "google",
            "other_subnet",
            {"subnetwork": "projects/flowwise-project/regions/r/subnetworks/other"},
            by=NETWORK,
        ),
        wrong("google", "other_pods", {"cluster_ipv4_cidr": "10.200.0.0/16"}),
        wrong("google", "other_services", {"services_ipv4_cidr": "10.200.0.0/16"}),
        wrong("google", "no_policies", {"datapath_provider": "LEGACY_DATAPATH"}),
        wrong("google", "names_from_outside", {"dns_config": [{"cluster_dns": "CLOUD_DNS"}]}),
        wrong("google", "its_own_gateways", {"gateway_api_config": [{"channel": "CHANNEL_STANDARD"}]}),
        wrong("google", "no_pool", {"node_pool": [{**OF["google"]["node_pool"][0], "name": "other"}]}),
        wrong("google", "the_default_account", _pool(service_account="default")),
        wrong("google", "nodes_for_pods", _pool(workload_metadata_config=[{"mode": "GCE_METADATA"}])),
        wrong(
            "google",
            "no_disks",
            {"addons_config": [{"gce_persistent_disk_csi_driver_config": [{"enabled": False}]}]},
        ),
    ],
}


@pytest.mark.parametrize("cloud", MODULES)
def test_what_is_wrong_stops_the_plan(cloud: str, tmp_path: Path) -> None:
    assert_refused(cloud, MODULES[cloud].path, WRONG[cloud], tmp_path)


def _taken(cloud: str, about: str, holds: str, answers: Mapping[str, Any], says: str = "") -> Taken:
    return Taken(about, holds, FOUND[cloud], answers, says)


TAKEN = {
    "azure": [
        # As it is for who plans a pull request.
        _taken("azure", "no_credentials", 'output.ca_certificate == ""', {"kube_config": []}),
        _taken("azure", "newer", "output.cluster_id != null", {"kubernetes_version": "1.99.1"}),
        _taken(
            "azure",
            "an_identity_of_azure_s",
            'output.balancer_identity_id == "22222222-2222-2222-2222-222222222222"',
            changed(
                "azure",
                "identity",
                type="SystemAssigned",
                identity_ids=[],
                principal_id="22222222-2222-2222-2222-222222222222",
            ),
        ),
        _taken(
            "azure",
            "public",
            'output.endpoint == "https://aks.public.example:443"',
            {"private_cluster_enabled": False, "fqdn": "aks.public.example"},
            says="private = false",
        ),
    ],
    "aws": [
        _taken(
            "aws",
            "public",
            'output.node_identity_id == "arn:aws:iam::123456789012:role/nodes"',
            changed("aws", "vpc_config", endpoint_public_access=True),
            says="private = false",
        ),
    ],
    "google": [
        _taken(
            "google",
            "public",
            'output.endpoint == "https://203.0.113.9"',
            {
                "endpoint": "203.0.113.9",
                **changed("google", "private_cluster_config", enable_private_endpoint=False),
            },
            says="private = false",
        ),
        _taken(
            "google",
            "gke_s_own_ranges",
            "output.cluster_id != null",
            {"cluster_ipv4_cidr": "10.4.0.0/14", "services_ipv4_cidr": "34.118.224.0/20"},
            says='pod_cidr = "10.4.0.0/14"\nservice_cidr = "34.118.224.0/20"',
        ),
        _taken(
            "google",
            "a_front_end",
            'endswith(output.endpoint, ".gke.goog") && output.ca_certificate == ""',
            {
                "control_plane_endpoints_config": [
                    {"dns_endpoint_config": [{"allow_external_traffic": True, "endpoint": "gke-0.r.gke.goog"}]}
                ]
            },
            says="identity_endpoint = true",
        ),
    ],
}


@pytest.mark.parametrize("cloud", MODULES)
def test_what_is_taken_is_reached_where_it_is(cloud: str, tmp_path: Path) -> None:
    assert_taken(cloud, MODULES[cloud].path, TAKEN[cloud], tmp_path)
