"""The state on Azure: a storage account without shared keys."""

from cdk.azurerm import (
    DataAzurermSubscription,
    LogAnalyticsWorkspace,
    MonitorDiagnosticSetting,
    MonitorDiagnosticSettingEnabledLog,
    ResourceGroup,
    RoleAssignment,
    StorageAccount,
    StorageAccountBlobProperties,
    StorageAccountBlobPropertiesContainerDeleteRetentionPolicy,
    StorageAccountBlobPropertiesDeleteRetentionPolicy,
    StorageAccountNetworkRules,
    StorageContainer,
    StorageManagementPolicy,
    StorageManagementPolicyRule,
    StorageManagementPolicyRuleActions,
    StorageManagementPolicyRuleActionsVersion,
    StorageManagementPolicyRuleFilters,
)
from flowwise.authoring.expressions import for_each, strings, text
from flowwise.authoring.module import Module
from flowwise.azure.guardrails import DENY, KEEP, add_guardrail, all_of, any_of, field
from flowwise.azure.operations import add_lock, add_log_workspace
from flowwise.remote_state import (
    AZURE_ACCOUNT_SUFFIX,
    AZURE_CONTAINER,
    DIGEST,
    REMOTE_STATE,
    RemoteStateInputs,
    RemoteStateOutputs,
)
from flowwise.tables.naming import resource_name

_ACCOUNTS = "Microsoft.Storage/storageAccounts"
_BLOBS = f"{_ACCOUNTS}/blobServices/default"


class AzureRemoteState(Module[RemoteStateInputs, RemoteStateOutputs]):
    """One storage account with one container. Terraform locks a state by leasing its blob."""

    contract = REMOTE_STATE
    path = "modules/remote-state/azure"

    def build(self, inputs: RemoteStateInputs) -> RemoteStateOutputs:
        """Add the module's resources."""
        self.local("digest", DIGEST)
        self.comment("The firewall of storage takes single addresses as such, and no range smaller than a /30.")
        self.local(
            "operator_addresses",
            text(
                "flatten([\n"
                '  for cidr in var.operator_cidrs : tonumber(split("/", cidr)[1]) <= 30 ? [cidr] : [\n'
                '    for host in range(pow(2, 32 - tonumber(split("/", cidr)[1]))) : cidrhost(cidr, host)\n'
                "  ]\n"
                "])"
            ),
        )
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "tfstate"),
            location=inputs.region,
            tags=inputs.tags,
        )
        workspace = add_log_workspace(
            self, "tfstate", group=group, retention_days=inputs.log_retention_days, tags=inputs.tags
        )
        account = self._account(group, inputs)
        container = self._container(account)
        self._retention(account, container, inputs)
        self._logs(account, workspace)
        self._lock(account)
        self._keep(account, inputs)
        return RemoteStateOutputs(
            storage_name=account.name,
            container=container.name,
            resource_group=group.name,
            region=group.location,
            key_id=text("null"),
        )

    def _account(self, group: ResourceGroup, inputs: RemoteStateInputs) -> StorageAccount:
        self.comment(
            "Copies in three zones, and none abroad: Azure's pair of Brazil South is in the USA, where this data may "
            "not go. Microsoft Entra alone signs in, from operator_cidrs alone. Azure's own keys encrypt it, twice: "
            "with a key of ours, a mistake with the vault would take the state of every environment along."
        )
        self.skip_check("CKV_AZURE_206", "Copies may not leave the country, as said above.")
        self.skip_check("CKV_AZURE_59", "Terraform is run from outside; the firewall admits operator_cidrs only.")
        self.skip_check("CKV2_AZURE_33", "Terraform is run from outside; the firewall admits operator_cidrs only.")
        self.skip_check("CKV2_AZURE_1", "Azure's own keys on purpose, as said above.")
        self.skip_check("CKV_AZURE_33", "The account has no queue.")
        return self.resource(
            StorageAccount,
            "this",
            name=resource_name("storage_account", AZURE_ACCOUNT_SUFFIX),
            location=group.location,
            resource_group_name=group.name,
            account_kind="StorageV2",
            account_tier="Standard",
            account_replication_type="ZRS",
            min_tls_version="TLS1_2",
            https_traffic_only_enabled=True,
            shared_access_key_enabled=False,
            default_to_oauth_authentication=True,
            local_user_enabled=False,
            allow_nested_items_to_be_public=False,
            cross_tenant_replication_enabled=False,
            allowed_copy_scope="AAD",
            infrastructure_encryption_enabled=True,
            blob_properties=StorageAccountBlobProperties(
                versioning_enabled=True,
                change_feed_enabled=True,
                change_feed_retention_in_days=inputs.retention_days,
                delete_retention_policy=StorageAccountBlobPropertiesDeleteRetentionPolicy(days=inputs.retention_days),
                container_delete_retention_policy=StorageAccountBlobPropertiesContainerDeleteRetentionPolicy(
                    days=inputs.retention_days
                ),
            ),
            network_rules=StorageAccountNetworkRules(
                default_action="Deny", bypass=["AzureServices"], ip_rules=strings("local.operator_addresses")
            ),
            tags=inputs.tags,
        )

    def _container(self, account: StorageAccount) -> StorageContainer:
        self.comment("Made through Azure's management interface, which no firewall of the account is in the way of.")
        self.skip_check("CKV2_AZURE_21", "The diagnostic setting below logs reads.")
        container = self.resource(
            StorageContainer,
            "this",
            name=AZURE_CONTAINER,
            storage_account_id=account.id,
            container_access_type="private",
        )
        for who, role in (("writers", "Storage Blob Data Contributor"), ("readers", "Storage Blob Data Reader")):
            self.resource(
                RoleAssignment,
                who,
                for_each=for_each(f"var.{who}"),
                scope=container.id,
                role_definition_name=role,
                principal_id=text("each.value"),
            )
        return container

    def _retention(self, account: StorageAccount, container: StorageContainer, inputs: RemoteStateInputs) -> None:
        self.resource(
            StorageManagementPolicy,
            "this",
            storage_account_id=account.id,
            rule=[
                StorageManagementPolicyRule(
                    name="old-versions",
                    enabled=True,
                    filters=StorageManagementPolicyRuleFilters(
                        blob_types=["blockBlob"], prefix_match=[f"{container.name}/"]
                    ),
                    actions=StorageManagementPolicyRuleActions(
                        version=StorageManagementPolicyRuleActionsVersion(
                            delete_after_days_since_creation=inputs.retention_days
                        )
                    ),
                )
            ],
        )

    def _logs(self, account: StorageAccount, workspace: LogAnalyticsWorkspace) -> None:
        self.comment("State holds what the environments look like inside: who reads it is on record.")
        self.resource(
            MonitorDiagnosticSetting,
            "this",
            name="audit",
            target_resource_id=f"{account.id}/blobServices/default",
            log_analytics_workspace_id=workspace.id,
            enabled_log=[
                MonitorDiagnosticSettingEnabledLog(category=category)
                for category in ("StorageRead", "StorageWrite", "StorageDelete")
            ],
        )

    def _lock(self, account: StorageAccount) -> None:
        self.comment(
            "It does not hinder who writes, locks or deletes a state in the account. It has to be lifted, with "
            "protected = false, to remove a writer or a reader."
        )
        add_lock(self, account.id, "storage account")

    def _keep(self, account: StorageAccount, inputs: RemoteStateInputs) -> None:
        self.comment(
            "Whoever applies an environment of the subscription lifts and sets locks, and is a Contributor. So the "
            "subscription refuses, too, to delete the account, and to open it or to forget old versions: which an "
            "owner lifts with protected = false."
        )
        subscription = self.resource(DataAzurermSubscription, "current")
        is_ours = field("name", equals=resource_name("storage_account", AZURE_ACCOUNT_SUFFIX))
        add_guardrail(
            self,
            "state",
            words="The storage of Terraform's state is not deleted.",
            refused=all_of(field("type", equals=_ACCOUNTS), is_ours),
            effect=KEEP,
            subscription=subscription.id,
            enforced=inputs.protected,
        )
        add_guardrail(
            self,
            "state_closed",
            words="The storage of Terraform's state is open to Microsoft Entra identities alone, from some addresses.",
            refused=all_of(
                field("type", equals=_ACCOUNTS),
                is_ours,
                any_of(
                    field(f"{_ACCOUNTS}/allowSharedKeyAccess", notEquals="false"),
                    field(f"{_ACCOUNTS}/allowBlobPublicAccess", notEquals="false"),
                    field(f"{_ACCOUNTS}/networkAcls.defaultAction", notEquals="Deny"),
                ),
            ),
            effect=DENY,
            subscription=subscription.id,
            enforced=inputs.protected,
        )
        add_guardrail(
            self,
            "state_versions",
            words="The storage of Terraform's state keeps what was overwritten or deleted.",
            refused=all_of(
                field("type", equals=f"{_ACCOUNTS}/blobServices"),
                field("fullName", equals=f"{resource_name('storage_account', AZURE_ACCOUNT_SUFFIX)}/default"),
                any_of(
                    field(f"{_BLOBS}.isVersioningEnabled", notEquals="true"),
                    field(f"{_BLOBS}.deleteRetentionPolicy.enabled", notEquals="true"),
                ),
            ),
            effect=DENY,
            subscription=subscription.id,
            nested=True,
            enforced=inputs.protected,
            # Azure makes an account without them, and the provider turns them on right after.
            depends_on=[account],
        )
