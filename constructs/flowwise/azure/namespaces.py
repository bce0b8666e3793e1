"""The resource providers of Azure that the modules use: a new subscription has hardly any registered.

azurerm registers them for whoever may, which an owner is and the identity that plans is not: the first day does.
"""

from collections.abc import Mapping

NAMESPACES: Mapping[str, tuple[str, ...]] = {
    "Microsoft.Authorization": ("management_lock", "policy_", "role_", "subscription_policy_"),
    "Microsoft.Cache": ("managed_redis",),
    "Microsoft.Compute": ("disk_encryption_set", "linux_virtual_machine_scale_set"),
    "Microsoft.Consumption": ("consumption_budget_",),
    "Microsoft.ContainerRegistry": ("container_registry",),
    "Microsoft.ContainerService": ("kubernetes_cluster",),
    "Microsoft.DBforPostgreSQL": ("postgresql_",),
    "Microsoft.Insights": ("monitor_",),
    "Microsoft.KeyVault": ("key_vault",),
    "Microsoft.ManagedIdentity": ("federated_identity_credential", "user_assigned_identity"),
    "Microsoft.Network": (
        "dns_",
        "nat_gateway",
        "network_security_",
        "private_dns_zone",
        "private_endpoint",
        "public_ip",
        "subnet",
        "virtual_network",
    ),
    "Microsoft.OperationalInsights": ("log_analytics_",),
    "Microsoft.Resources": ("resource_group", "resources", "client_config", "subscription"),
    "Microsoft.Storage": ("storage_",),
}
"""By namespace, what the names of its types begin with, after azurerm_."""

ENCRYPTION_AT_HOST = "Microsoft.Compute/EncryptionAtHost"
"""A feature that the nodes of AKS need, and that a subscription has to ask for ("Host-based encryption", AKS)."""
