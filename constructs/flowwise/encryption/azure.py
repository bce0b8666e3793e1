"""The keys on Azure: a key vault that only its users and operators reach, and one apart for the registry's key."""

from cdk.azurerm import (
    KeyVault,
    KeyVaultKey,
    KeyVaultKeyRotationPolicy,
    KeyVaultKeyRotationPolicyAutomatic,
    KeyVaultNetworkAcls,
    MonitorDiagnosticSetting,
    MonitorDiagnosticSettingEnabledLog,
    ResourceGroup,
)
from flowwise.authoring.expressions import anything, for_each, text
from flowwise.authoring.module import Module
from flowwise.azure.account import add_account
from flowwise.azure.operations import add_group_lock, log_workspace
from flowwise.encryption import ENCRYPTION, IN_SOFTWARE, OF_IMAGES, EncryptionInputs, EncryptionOutputs, purposes
from flowwise.tables.naming import resource_name


class AzureEncryption(Module[EncryptionInputs, EncryptionOutputs]):
    """One key vault behind a firewall, and one without for the key that a registry could not reach otherwise."""

    contract = ENCRYPTION
    path = "modules/encryption/azure"

    def build(self, inputs: EncryptionInputs) -> EncryptionOutputs:
        """Add the module's resources."""
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "encryption"),
            location=inputs.region,
            tags=inputs.tags,
        )
        workspace_id = log_workspace(
            self, "encryption", group=group, retention_days=inputs.log_retention_days, tags=inputs.tags
        )
        tenant_id = add_account(self).tenant_id
        self._closed_vault(group, tenant_id, inputs)
        self._open_vault(group, tenant_id, inputs)
        self._keys(inputs)
        self._logs(workspace_id)
        add_group_lock(self, group, also_blocks="take the right to use a key away")
        return EncryptionOutputs(
            keys=anything(
                "{\n"
                "  for purpose, key in azurerm_key_vault_key.this :\n"
                "  purpose => { id = key.versionless_id, resource_id = key.resource_versionless_id }\n"
                "}"
            )
        )

    def _closed_vault(self, group: ResourceGroup, tenant_id: str, inputs: EncryptionInputs) -> None:
        self.comment(
            "Only operator_cidrs pass its firewall, and the Azure services that encrypt with the keys. Keys are made "
            "over the vault's own endpoint, so without the address that Terraform is run from, Azure refuses to make "
            "them. Who runs Terraform needs the role Key Vault Crypto Officer beforehand: given here, it would work "
            "minutes late."
        )
        self.skip_check("CKV_AZURE_189", "Terraform makes keys over the endpoint; its firewall admits operator_cidrs.")
        self.skip_check("CKV2_AZURE_32", "Only Azure's own services use the keys, and they need no private endpoint.")
        self.resource(
            KeyVault,
            "this",
            name=resource_name("key_vault"),
            location=group.location,
            resource_group_name=group.name,
            tenant_id=tenant_id,
            sku_name="premium",
            rbac_authorization_enabled=True,
            purge_protection_enabled=True,
            network_acls=KeyVaultNetworkAcls(
                default_action="Deny", bypass="AzureServices", ip_rules=inputs.operator_cidrs
            ),
            tags=inputs.tags,
        )

    def _open_vault(self, group: ResourceGroup, tenant_id: str, inputs: EncryptionInputs) -> None:
        self.comment(
            "Without a firewall: Key Vault's would not take a registry's assigned identity for a trusted service, and "
            "Azure would refuse to make the registry. The vault holds this key alone, or none where a registry is "
            "there already, and serves nobody without a role."
        )
        for check in ("CKV_AZURE_109", "CKV_AZURE_189", "CKV2_AZURE_32"):
            self.skip_check(check, "A registry cannot reach a closed vault, as said above.")
        self.resource(
            KeyVault,
            OF_IMAGES,
            name=resource_name("registry_key_vault"),
            location=group.location,
            resource_group_name=group.name,
            tenant_id=tenant_id,
            sku_name="premium",
            rbac_authorization_enabled=True,
            purge_protection_enabled=True,
            tags=inputs.tags,
        )

    def _keys(self, inputs: EncryptionInputs) -> None:
        self.local(
            "vault_ids",
            text(
                "{\n"
                f"  for purpose in {purposes()} : purpose =>\n"
                f'  purpose == "{OF_IMAGES}" ? azurerm_key_vault.images.id : azurerm_key_vault.this.id\n'
                "}"
            ),
        )
        self.comment(
            "Rotated, but without an expiry: azurerm replaces a key that has gained an expiry date, and what the lost "
            "key encrypted would be lost with it."
        )
        self.skip_check("CKV_AZURE_112", "Managed Redis takes no key of an HSM; the others are in one.")
        self.skip_check("CKV_AZURE_40", "They rotate; azurerm would replace a key that gains an expiry, as said above.")
        self.resource(
            KeyVaultKey,
            "this",
            for_each=for_each("local.vault_ids"),
            name=text("each.key"),
            key_vault_id=text("each.value"),
            key_type=text(f'each.key == "{IN_SOFTWARE}" ? "RSA" : "RSA-HSM"'),
            key_size=3072,
            key_opts=["wrapKey", "unwrapKey"],
            rotation_policy=KeyVaultKeyRotationPolicy(
                automatic=KeyVaultKeyRotationPolicyAutomatic(time_after_creation="P1Y")
            ),
            tags=inputs.tags,
        )

    def _logs(self, workspace_id: str) -> None:
        self.resource(
            MonitorDiagnosticSetting,
            "this",
            for_each=for_each("{ closed = azurerm_key_vault.this.id, open = azurerm_key_vault.images.id }"),
            name="audit",
            target_resource_id=text("each.value"),
            log_analytics_workspace_id=workspace_id,
            enabled_log=[MonitorDiagnosticSettingEnabledLog(category="AuditEvent")],
        )
