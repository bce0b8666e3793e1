"""The storage on Azure: a storage account without shared keys, which only the network reaches, and its containers.

The role Storage Blob Data Contributor deletes blobs and no earlier version of one: that is an action of its own,
deleteBlobVersion, which it does not have ("Azure built-in roles for Storage").
"""

from cdk.azurerm import (
    MonitorDiagnosticSetting,
    MonitorDiagnosticSettingEnabledLog,
    ResourceGroup,
    RoleAssignment,
    StorageAccount,
    StorageAccountBlobProperties,
    StorageAccountBlobPropertiesContainerDeleteRetentionPolicy,
    StorageAccountBlobPropertiesDeleteRetentionPolicy,
    StorageAccountCustomerManagedKey,
    StorageAccountIdentity,
    StorageAccountNetworkRules,
    StorageContainer,
    StorageManagementPolicy,
    StorageManagementPolicyRule,
    StorageManagementPolicyRuleActions,
    StorageManagementPolicyRuleActionsVersion,
    StorageManagementPolicyRuleFilters,
    UserAssignedIdentity,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import for_each, string_map, text
from flowwise.authoring.module import Module
from flowwise.azure.account import add_account
from flowwise.azure.encryption import allow_encryption
from flowwise.azure.operations import add_group_lock, log_workspace
from flowwise.azure.private_endpoint import add_private_endpoint
from flowwise.object_storage import OBJECT_STORAGE, ObjectStorageInputs, ObjectStorageOutputs
from flowwise.tables.naming import resource_name


class AzureObjectStorage(Module[ObjectStorageInputs, ObjectStorageOutputs]):
    """One storage account, with a container for each microservice."""

    contract = OBJECT_STORAGE
    path = "modules/object-storage/azure"

    def build(self, inputs: ObjectStorageInputs) -> ObjectStorageOutputs:
        """Add the module's resources."""
        add_account(self)
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "storage"),
            location=inputs.region,
            tags=inputs.tags,
        )
        account = self._account(group, inputs)
        self._containers(account)
        self._logs(group, account, inputs)
        self._retention(account, inputs)
        endpoint = add_private_endpoint(
            self,
            "storage",
            group=group,
            subnet_id=text("var.endpoint_subnet_ids[0]"),
            service_id=account.id,
            subresource="blob",
            tags=inputs.tags,
        )
        self.wait_for(["endpoint"], [endpoint])
        add_group_lock(self, group, also_blocks="take a microservice's container or its right away")
        return ObjectStorageOutputs(
            endpoint=account.primary_blob_endpoint,
            buckets=string_map(
                "{ for microservice, container in azurerm_storage_container.this : microservice => container.name }"
            ),
        )

    def _account(self, group: ResourceGroup, inputs: ObjectStorageInputs) -> StorageAccount:
        self.comment("An account that is to be made with a key of ours has no identity of its own yet.")
        identity = self.resource(
            UserAssignedIdentity,
            "encryption",
            name=resource_name("managed_identity", "storage-encryption"),
            location=group.location,
            resource_group_name=group.name,
            tags=inputs.tags,
        )
        role = allow_encryption(self, identity.principal_id)
        self.comment(
            "Copies in three zones, and none abroad: Azure's pair of Brazil South is in the USA, where this data may "
            "not go. Microsoft Entra alone signs in, and only through the private endpoint."
        )
        self.skip_check("CKV_AZURE_206", "Copies may not leave the country, as said above.")
        self.skip_check("CKV_AZURE_33", "The account has no queue.")
        self.skip_check("CKV_AZURE_43", "The name ends in a digest, which Checkov does not work out.")
        return self.resource(
            StorageAccount,
            "this",
            name=resource_name("storage_account", "fs"),
            location=group.location,
            resource_group_name=group.name,
            account_kind="StorageV2",
            account_tier="Standard",
            account_replication_type="ZRS",
            min_tls_version="TLS1_2",
            https_traffic_only_enabled=True,
            public_network_access_enabled=False,
            shared_access_key_enabled=False,
            default_to_oauth_authentication=True,
            local_user_enabled=False,
            allow_nested_items_to_be_public=False,
            cross_tenant_replication_enabled=False,
            allowed_copy_scope="AAD",
            infrastructure_encryption_enabled=True,
            identity=StorageAccountIdentity(type="UserAssigned", identity_ids=[identity.id]),
            customer_managed_key=StorageAccountCustomerManagedKey(
                # Without a version, so that the account follows the key's rotation.
                key_vault_key_id=text("var.encryption_key.id"),
                user_assigned_identity_id=identity.id,
            ),
            blob_properties=StorageAccountBlobProperties(
                versioning_enabled=True,
                delete_retention_policy=StorageAccountBlobPropertiesDeleteRetentionPolicy(days=inputs.retention_days),
                container_delete_retention_policy=StorageAccountBlobPropertiesContainerDeleteRetentionPolicy(
                    days=inputs.retention_days
                ),
            ),
            network_rules=StorageAccountNetworkRules(default_action="Deny", bypass=["AzureServices"]),
            tags=inputs.tags,
            depends_on=[role],
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("length(var.endpoint_subnet_ids) > 0 && var.private_dns_zone_id != null"),
                        error_message=(
                            "endpoint_subnet_ids and private_dns_zone_id are needed: the storage has no public address."
                        ),
                    )
                ]
            ),
        )

    def _logs(self, group: ResourceGroup, account: StorageAccount, inputs: ObjectStorageInputs) -> None:
        workspace_id = log_workspace(
            self, "storage", group=group, retention_days=inputs.log_retention_days, tags=inputs.tags
        )
        self.comment("Who read or wrote which file, and who was turned away.")
        self.resource(
            MonitorDiagnosticSetting,
            "this",
            name="audit",
            target_resource_id=f"{account.id}/blobServices/default",
            log_analytics_workspace_id=workspace_id,
            enabled_log=[
                MonitorDiagnosticSettingEnabledLog(category=category)
                for category in ("StorageRead", "StorageWrite", "StorageDelete")
            ],
        )

    def _containers(self, account: StorageAccount) -> None:
        self.comment(
            "Made through Azure's management interface, which the closed account is not in the way of. A container's "
            "name has three characters at least, and a microservice's may have one."
        )
        self.skip_check("CKV2_AZURE_21", "The diagnostic setting below logs reads.")
        self.resource(
            StorageContainer,
            "this",
            for_each=for_each("var.users"),
            name="${each.key}-files",
            storage_account_id=account.id,
            container_access_type="private",
        )
        self.comment("On its own container, and not on the account: nobody enters another's, or lists what there is.")
        self.resource(
            RoleAssignment,
            "users",
            for_each=for_each("var.users"),
            scope=text("azurerm_storage_container.this[each.key].id"),
            role_definition_name="Storage Blob Data Contributor",
            principal_id=text("each.value"),
            principal_type="ServicePrincipal",
            description=text("each.key"),
        )

    def _retention(self, account: StorageAccount, inputs: ObjectStorageInputs) -> None:
        self.comment("An earlier version goes by its age, and can be had back for as long again.")
        self.resource(
            StorageManagementPolicy,
            "this",
            storage_account_id=account.id,
            rule=[
                StorageManagementPolicyRule(
                    name="old-versions",
                    enabled=True,
                    filters=StorageManagementPolicyRuleFilters(blob_types=["blockBlob"]),
                    actions=StorageManagementPolicyRuleActions(
                        version=StorageManagementPolicyRuleActionsVersion(
                            delete_after_days_since_creation=inputs.retention_days
                        )
                    ),
                )
            ],
        )
