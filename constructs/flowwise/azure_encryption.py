"""Encryption with a key of our own on Azure: a closed key vault, its audit log, and a key that rotates."""

from typing import Any

from cdktf_cdktf_provider_azurerm.key_vault import KeyVault, KeyVaultNetworkAcls
from cdktf_cdktf_provider_azurerm.key_vault_key import (
    KeyVaultKey,
    KeyVaultKeyRotationPolicy,
    KeyVaultKeyRotationPolicyAutomatic,
)
from cdktf_cdktf_provider_azurerm.log_analytics_workspace import LogAnalyticsWorkspace
from cdktf_cdktf_provider_azurerm.monitor_diagnostic_setting import (
    MonitorDiagnosticSetting,
    MonitorDiagnosticSettingEnabledLog,
)
from cdktf_cdktf_provider_azurerm.resource_group import ResourceGroup
from cdktf_cdktf_provider_azurerm.role_assignment import RoleAssignment

from flowwise.module import Module
from flowwise.naming import resource_name


def add_encryption_key(
    module: Module[Any, Any],
    *,
    vault_kind: str,
    group: ResourceGroup,
    tenant_id: str,
    workspace: LogAnalyticsWorkspace,
    operator_cidrs: list[str],
    tags: dict[str, str],
) -> KeyVaultKey:
    """Add a key vault called "encryption" and the key in it. `vault_kind` is its row in the table of names."""
    module.comment(
        "Only operator_cidrs pass its firewall, and the Azure services that encrypt with the key. The key is made over "
        "the vault's own endpoint, so without the address that Terraform is run from, Azure refuses to make it. "
        "Who runs Terraform needs the role Key Vault Crypto Officer beforehand: given here, it would work minutes late."
    )
    module.skip_check("CKV_AZURE_189", "Terraform makes the key over the endpoint; its firewall admits operator_cidrs.")
    module.skip_check("CKV2_AZURE_32", "Only Azure's own services use the key, and they need no private endpoint.")
    vault = module.resource(
        KeyVault,
        "encryption",
        name=resource_name(vault_kind),
        location=group.location,
        resource_group_name=group.name,
        tenant_id=tenant_id,
        sku_name="premium",
        rbac_authorization_enabled=True,
        purge_protection_enabled=True,
        network_acls=KeyVaultNetworkAcls(default_action="Deny", bypass="AzureServices", ip_rules=operator_cidrs),
        tags=tags,
    )
    module.resource(
        MonitorDiagnosticSetting,
        "encryption",
        name="audit",
        target_resource_id=vault.id,
        log_analytics_workspace_id=workspace.id,
        enabled_log=[MonitorDiagnosticSettingEnabledLog(category="AuditEvent")],
    )
    module.comment(
        "Rotated, but without an expiry: azurerm replaces a key that has gained an expiry date, and what the lost "
        "key encrypted would be lost with it."
    )
    module.skip_check("CKV_AZURE_40", "It rotates; azurerm would replace a key that gains an expiry, as said above.")
    return module.resource(
        KeyVaultKey,
        "encryption",
        name="encryption",
        key_vault_id=vault.id,
        key_type="RSA-HSM",
        key_size=3072,
        key_opts=["wrapKey", "unwrapKey"],
        rotation_policy=KeyVaultKeyRotationPolicy(
            automatic=KeyVaultKeyRotationPolicyAutomatic(time_after_creation="P1Y")
        ),
        tags=tags,
    )


def allow_encryption(module: Module[Any, Any], key: KeyVaultKey, principal_id: str) -> RoleAssignment:
    """Let an identity encrypt with the key. Whatever encrypts has to wait for this."""
    return module.resource(
        RoleAssignment,
        "encryption",
        scope=key.key_vault_id,
        role_definition_name="Key Vault Crypto Service Encryption User",
        principal_id=principal_id,
        principal_type="ServicePrincipal",
    )
