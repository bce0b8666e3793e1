"""The registry on Azure: a premium one, which only the network reaches."""

from cdk.azurerm import (
    ContainerRegistry,
    ContainerRegistryEncryption,
    ContainerRegistryIdentity,
    MonitorDiagnosticSetting,
    MonitorDiagnosticSettingEnabledLog,
    ResourceGroup,
    RoleAssignment,
    UserAssignedIdentity,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import for_each, string_map, text
from flowwise.authoring.module import Module
from flowwise.azure.account import add_account
from flowwise.azure.encryption import allow_encryption
from flowwise.azure.operations import add_group_lock, log_workspace
from flowwise.azure.private_endpoint import add_private_endpoint
from flowwise.container_registry import CONTAINER_REGISTRY, ContainerRegistryInputs, ContainerRegistryOutputs
from flowwise.tables.naming import resource_name
from flowwise.tables.retention import REGISTRY_LOG_DAYS

_LOGS = ("ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents")


class AzureContainerRegistry(Module[ContainerRegistryInputs, ContainerRegistryOutputs]):
    """One registry. Its repositories come into being when something is pushed to them."""

    contract = CONTAINER_REGISTRY
    path = "modules/container-registry/azure"

    def build(self, inputs: ContainerRegistryInputs) -> ContainerRegistryOutputs:
        """Add the module's resources."""
        add_account(self)
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "registry"),
            location=inputs.region,
            tags=inputs.tags,
        )
        workspace_id = log_workspace(self, "registry", group=group, retention_days=REGISTRY_LOG_DAYS, tags=inputs.tags)
        self.comment("A registry takes no identity of its own for encryption, only an assigned one.")
        identity = self.resource(
            UserAssignedIdentity,
            "encryption",
            name=resource_name("managed_identity", "registry-encryption"),
            location=group.location,
            resource_group_name=group.name,
            tags=inputs.tags,
        )
        role = allow_encryption(self, identity.principal_id)
        registry = self._registry(group, identity, role, inputs)
        self._private_access(group, registry, inputs)
        self._pullers(registry)
        self.resource(
            MonitorDiagnosticSetting,
            "this",
            name="audit",
            target_resource_id=registry.id,
            log_analytics_workspace_id=workspace_id,
            enabled_log=[MonitorDiagnosticSettingEnabledLog(category=category) for category in _LOGS],
        )
        add_group_lock(self, group, also_blocks="take a right to pull away")
        return ContainerRegistryOutputs(
            repository_urls=string_map(
                "{\n"
                "  for microservice in var.repositories :\n"
                '  microservice => "${azurerm_container_registry.this.login_server}/${microservice}"\n'
                "}"
            ),
            registry_id=registry.id,
            registry_host=registry.login_server,
        )

    def _registry(
        self,
        group: ResourceGroup,
        identity: UserAssignedIdentity,
        role: RoleAssignment,
        inputs: ContainerRegistryInputs,
    ) -> ContainerRegistry:
        self.comment(
            "Trusted Azure services get in, or Microsoft Defender could not scan what is pushed; Defender for "
            "Containers is switched on once for a whole subscription, not here. No trust policy: Azure refuses one "
            "beside a key of ours. Neither locked tags nor a limit of tagged images: Azure has both as commands, and "
            "not as settings of a registry. Deploy images by digest, which cannot be moved."
        )
        self.skip_check("CKV_AZURE_164", "Azure refuses signing beside a key of ours, as said above.")
        self.skip_check("CKV_AZURE_165", "Those who pull are all in this region.")
        self.skip_check("CKV_AZURE_166", "Defender scans images, but does not release them from quarantine.")
        return self.resource(
            ContainerRegistry,
            "this",
            name=resource_name("container_registry"),
            location=group.location,
            resource_group_name=group.name,
            sku="Premium",
            admin_enabled=False,
            anonymous_pull_enabled=False,
            public_network_access_enabled=False,
            network_rule_bypass_option="AzureServices",
            # Images leave by being pulled, which is logged, and not by a copy into somebody's registry.
            export_policy_enabled=False,
            data_endpoint_enabled=True,
            zone_redundancy_enabled=True,
            retention_policy_in_days=inputs.retention_days,
            identity=ContainerRegistryIdentity(type="UserAssigned", identity_ids=[identity.id]),
            encryption=[
                ContainerRegistryEncryption(
                    # Without a version, so that the registry follows the key's rotation.
                    key_vault_key_id=text("var.encryption_key.id"),
                    identity_client_id=identity.client_id,
                )
            ],
            tags=inputs.tags,
            depends_on=[role],
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("length(var.endpoint_subnet_ids) > 0 && var.private_dns_zone_id != null"),
                        error_message=(
                            "endpoint_subnet_ids and private_dns_zone_id are needed: the registry has no public "
                            "address."
                        ),
                    )
                ]
            ),
        )

    def _private_access(
        self, group: ResourceGroup, registry: ContainerRegistry, inputs: ContainerRegistryInputs
    ) -> None:
        add_private_endpoint(
            self,
            "registry",
            group=group,
            subnet_id=text("var.endpoint_subnet_ids[0]"),
            service_id=registry.id,
            subresource="registry",
            tags=inputs.tags,
        )

    def _pullers(self, registry: ContainerRegistry) -> None:
        self.resource(
            RoleAssignment,
            "pullers",
            for_each=for_each("var.puller_ids"),
            scope=registry.id,
            role_definition_name="AcrPull",
            principal_id=text("each.value"),
            principal_type="ServicePrincipal",
            description=text("each.key"),
        )
