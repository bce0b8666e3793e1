"""What Azure would fill in, for `terraform test` with a mocked provider.

A mock invents random words for computed attributes. The azurerm provider's own validators, which run all the same, want
identifiers of the right form, and so do the modules where they take one apart.
"""

from collections.abc import Mapping
from typing import Any

from flowwise.tables.existing_ids import CLUSTERS
from flowwise.tables.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from flowwise.tables.network_ids import NETWORK_IDS
from flowwise.tables.pod_ranges import POD_CIDR, SERVICE_CIDR

_IDS = NETWORK_IDS["azure"]
_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
_UUID = "11111111-1111-1111-1111-111111111111"
_GROUP = f"/subscriptions/{_SUBSCRIPTION}/resourceGroups/rg"
_NETWORK = f"{_GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
_ROLE = f"/subscriptions/{_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{_UUID}"
_VAULT = "https://kv.vault.azure.net/"


def _id(type_: str, name: str) -> str:
    return f"{_GROUP}/providers/{type_}/{name}"


RESOURCES: Mapping[str, Mapping[str, Any]] = {
    "azurerm_consumption_budget_subscription": {
        "id": f"/subscriptions/{_SUBSCRIPTION}/providers/Microsoft.Consumption/budgets/budget"
    },
    "azurerm_container_registry": {
        "id": _id("Microsoft.ContainerRegistry/registries", "cr"),
        "login_server": "cr.azurecr.io",
    },
    "azurerm_disk_encryption_set": {"id": _id("Microsoft.Compute/diskEncryptionSets", "des")},
    "azurerm_key_vault": {"id": _id("Microsoft.KeyVault/vaults", "kv"), "vault_uri": _VAULT},
    "azurerm_key_vault_key": {
        "id": f"{_VAULT}keys/encryption/00000000000000000000000000000000",
        "resource_versionless_id": f"{_id('Microsoft.KeyVault/vaults', 'kv')}/keys/encryption",
        "versionless_id": f"{_VAULT}keys/encryption",
    },
    "azurerm_key_vault_secret": {
        "id": f"{_VAULT}secrets/secret/00000000000000000000000000000000",
        "resource_versionless_id": f"{_id('Microsoft.KeyVault/vaults', 'kv')}/secrets/secret",
    },
    "azurerm_kubernetes_cluster": {
        "id": _id("Microsoft.ContainerService/managedClusters", "aks"),
        "kube_config": [{"cluster_ca_certificate": "Y2VydGlmaWNhdGU="}],
        "oidc_issuer_url": "https://oidc.example/",
        "private_fqdn": "aks.example",
    },
    "azurerm_log_analytics_workspace": {"id": _id("Microsoft.OperationalInsights/workspaces", "log")},
    "azurerm_managed_redis": {
        "id": _id("Microsoft.Cache/redisEnterprise", "amr"),
        "hostname": "amr.brazilsouth.redis.azure.net",
    },
    "azurerm_nat_gateway": {"id": _id("Microsoft.Network/natGateways", "ng")},
    "azurerm_network_security_group": {"id": _id("Microsoft.Network/networkSecurityGroups", "nsg")},
    "azurerm_policy_definition": {
        "id": f"/subscriptions/{_SUBSCRIPTION}/providers/Microsoft.Authorization/policyDefinitions/keep"
    },
    "azurerm_postgresql_flexible_server": {
        "id": _id("Microsoft.DBforPostgreSQL/flexibleServers", "psql"),
        "fqdn": "psql.postgres.database.azure.com",
    },
    "azurerm_private_dns_zone": {
        "id": _id("Microsoft.Network/privateDnsZones", "flowwise-dev.postgres.database.azure.com")
    },
    "azurerm_public_ip": {"id": _id("Microsoft.Network/publicIPAddresses", "pip"), "ip_address": "203.0.113.9"},
    "azurerm_resource_group": {"id": _GROUP},
    "azurerm_role_definition": {"role_definition_resource_id": _ROLE},
    "azurerm_storage_account": {"id": _id("Microsoft.Storage/storageAccounts", "st")},
    "azurerm_storage_container": {
        "id": _id("Microsoft.Storage/storageAccounts/st/blobServices/default/containers", "tfstate")
    },
    "azurerm_subnet": {"id": f"{_NETWORK}/subnets/snet"},
    "azurerm_user_assigned_identity": {
        "id": _id("Microsoft.ManagedIdentity/userAssignedIdentities", "id"),
        "client_id": _UUID,
        "principal_id": _UUID,
        "tenant_id": _UUID,
    },
    "azurerm_virtual_network": {"id": _NETWORK},
}
"""Attributes by type of resource."""

DATA_SOURCES: Mapping[str, Mapping[str, Any]] = {
    "azurerm_client_config": {"subscription_id": _SUBSCRIPTION, "tenant_id": _UUID},
    "azurerm_container_registry": {
        "admin_enabled": False,
        "id": _id("Microsoft.ContainerRegistry/registries", "cr"),
        "login_server": "cr.azurecr.io",
        "sku": "Premium",
    },
    "azurerm_dns_zone": {
        "id": _id("Microsoft.Network/dnsZones", "flowwise.example"),
        "resource_group_name": "rg-dns",
    },
    "azurerm_key_vault": {
        "id": _id("Microsoft.KeyVault/vaults", "kv"),
        "location": "brazilsouth",
        "network_acls": [],
        "public_network_access_enabled": True,
        "purge_protection_enabled": True,
        "rbac_authorization_enabled": True,
    },
    "azurerm_key_vault_key": {
        "id": f"{_VAULT}keys/encryption/00000000000000000000000000000000",
        "key_opts": ["wrapKey", "unwrapKey"],
        "key_size": 3072,
        "key_type": "RSA",
        "resource_versionless_id": f"{_id('Microsoft.KeyVault/vaults', 'kv')}/keys/encryption",
        "versionless_id": f"{_VAULT}keys/encryption",
    },
    "azurerm_kubernetes_cluster": {
        "agent_pool_profile": [{"name": "general", "vnet_subnet_id": _IDS.subnet_example}],
        "azure_active_directory_role_based_access_control": [{"azure_rbac_enabled": True}],
        "id": CLUSTERS["azure"].example,
        "identity": [
            {"type": "UserAssigned", "identity_ids": [_id("Microsoft.ManagedIdentity/userAssignedIdentities", "id")]}
        ],
        "kube_admin_config": [],
        "kube_config": [{"cluster_ca_certificate": "Y2VydGlmaWNhdGU="}],
        "kubelet_identity": [{"object_id": _UUID}],
        "kubernetes_version": f"{DEFAULT_KUBERNETES_VERSION}.1",
        "location": "brazilsouth",
        "network_profile": [{"network_policy": "cilium", "pod_cidr": POD_CIDR, "service_cidr": SERVICE_CIDR}],
        "oidc_issuer_enabled": True,
        "oidc_issuer_url": "https://oidc.example/",
        "private_cluster_enabled": True,
        "private_fqdn": "aks.example",
        "storage_profile": [{"disk_driver_enabled": True}],
    },
    "azurerm_resources": {
        "resources": [
            {
                "id": _id("Microsoft.OperationalInsights/workspaces", "log"),
                "location": "brazilsouth",
                "name": "log",
                "resource_group_name": "rg",
                "tags": {},
                "type": "Microsoft.OperationalInsights/workspaces",
            }
        ]
    },
    "azurerm_role_definition": {"id": _ROLE},
    "azurerm_subnet": {"id": _IDS.subnet_example, "address_prefixes": ["10.20.0.0/26"]},
    "azurerm_subscription": {"id": f"/subscriptions/{_SUBSCRIPTION}", "subscription_id": _SUBSCRIPTION},
    "azurerm_user_assigned_identity": {"principal_id": _UUID},
    "azurerm_virtual_network": {"id": _IDS.network_example, "location": "brazilsouth"},
}
"""Attributes by type of data source."""
