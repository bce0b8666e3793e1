"""The secrets on Azure: a key vault of their own, which the cluster reaches through a private endpoint."""

from cdk.azurerm import (
    KeyVault,
    KeyVaultNetworkAcls,
    KeyVaultSecret,
    MonitorDiagnosticSetting,
    MonitorDiagnosticSettingEnabledLog,
    PrivateEndpoint,
    ResourceGroup,
    RoleAssignment,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import boolean, for_each, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.azure.account import add_account
from flowwise.azure.operations import add_group_lock, log_workspace
from flowwise.azure.private_endpoint import add_private_endpoint
from flowwise.secret_store import SECRET_STORE, SecretStoreInputs, SecretStoreOutputs
from flowwise.secret_store.values import HAS_VALUE, KNOWS_READER, add_values
from flowwise.tables.naming import resource_name


def _of_each(attribute: str) -> str:
    """A map from the name of each secret to an attribute of it."""
    return f"{{ for name, secret in azurerm_key_vault_secret.this : name => secret.{attribute} }}"


class AzureSecretStore(Module[SecretStoreInputs, SecretStoreOutputs]):
    """One key vault. Each secret in it is readable by its readers alone."""

    contract = SECRET_STORE
    path = "modules/secret-store/azure"

    def build(self, inputs: SecretStoreInputs) -> SecretStoreOutputs:
        """Add the module's resources."""
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "secrets"),
            location=inputs.region,
            tags=inputs.tags,
        )
        workspace_id = log_workspace(
            self, "secrets", group=group, retention_days=inputs.log_retention_days, tags=inputs.tags
        )
        vault = self._vault(group, workspace_id, inputs)
        endpoint = self._endpoint(group, vault, inputs)
        self._secrets(vault, endpoint, inputs)
        self._readers()
        add_group_lock(self, group, also_blocks="take a secret away from a reader, or to remove the private endpoint")
        return SecretStoreOutputs(
            store_address=vault.vault_uri,
            secret_names=string_map(_of_each("name")),
            secret_ids=string_map(_of_each("resource_versionless_id")),
        )

    def _vault(self, group: ResourceGroup, workspace_id: str, inputs: SecretStoreInputs) -> KeyVault:
        tenant_id = add_account(self).tenant_id
        self.comment(
            "Terraform writes the secrets over the vault's endpoint: from operator_cidrs, which pass its firewall, or, "
            "without any, from inside the network alone. Who runs Terraform needs the role Key Vault Secrets Officer "
            "beforehand: given here, it would work minutes late. encryption_key is not needed: a vault encrypts its "
            "secrets by itself, and takes no key of ours for that."
        )
        vault = self.resource(
            KeyVault,
            "this",
            name=resource_name("secrets_key_vault"),
            location=group.location,
            resource_group_name=group.name,
            tenant_id=tenant_id,
            sku_name="standard",
            rbac_authorization_enabled=True,
            purge_protection_enabled=True,
            soft_delete_retention_days=90,
            public_network_access_enabled=boolean("length(var.operator_cidrs) == 0 ? false : null"),
            # No service of Azure's own reads secrets here.
            network_acls=KeyVaultNetworkAcls(default_action="Deny", bypass="None", ip_rules=inputs.operator_cidrs),
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("length(var.endpoint_subnet_ids) > 0 && var.private_dns_zone_id != null"),
                        error_message=(
                            "endpoint_subnet_ids and private_dns_zone_id are needed: the cluster reaches the vault "
                            "through a private endpoint."
                        ),
                    )
                ]
            ),
        )
        self.comment("Who read which secret, from where, and who was turned away.")
        self.resource(
            MonitorDiagnosticSetting,
            "this",
            name="audit",
            target_resource_id=vault.id,
            log_analytics_workspace_id=workspace_id,
            enabled_log=[MonitorDiagnosticSettingEnabledLog(category="AuditEvent")],
        )
        return vault

    def _endpoint(self, group: ResourceGroup, vault: KeyVault, inputs: SecretStoreInputs) -> PrivateEndpoint:
        return add_private_endpoint(
            self,
            "secrets",
            group=group,
            subnet_id=text("var.endpoint_subnet_ids[0]"),
            service_id=vault.id,
            subresource="vault",
            tags=inputs.tags,
        )

    def _secrets(self, vault: KeyVault, endpoint: PrivateEndpoint, inputs: SecretStoreInputs) -> None:
        value = add_values(self)
        self.comment(
            "No expiry: Azure gives out an expired secret all the same, and renews none. A value is changed by raising "
            "its version."
        )
        self.skip_check("CKV_AZURE_41", "An expiry neither stops nor renews a secret, as said above.")
        self.resource(
            KeyVaultSecret,
            "this",
            for_each=for_each("var.secrets"),
            name=text("each.key"),
            key_vault_id=vault.id,
            content_type="text/plain",
            value_wo=value,
            value_wo_version=number("each.value.version"),
            tags=inputs.tags,
            # Inside the network, the vault is found by it alone.
            depends_on=[endpoint],
            lifecycle=TerraformResourceLifecycle(precondition=[HAS_VALUE]),
        )

    def _readers(self) -> None:
        self.local(
            "readings",
            text(
                "merge([\n"
                "  for name, secret in var.secrets : {\n"
                '    for reader in toset(secret.readers) : "${name}/${reader}" => { secret = name, reader = reader }\n'
                "  }\n"
                "]...)"
            ),
        )
        self.comment("On one secret each, and not on the vault: nobody reads another's, or lists what there is.")
        self.resource(
            RoleAssignment,
            "readers",
            for_each=for_each("local.readings"),
            scope=text("azurerm_key_vault_secret.this[each.value.secret].resource_versionless_id"),
            role_definition_name="Key Vault Secrets User",
            principal_id=text("var.reader_ids[each.value.reader]"),
            principal_type="ServicePrincipal",
            description=text("each.key"),
            lifecycle=TerraformResourceLifecycle(precondition=[KNOWS_READER]),
        )
