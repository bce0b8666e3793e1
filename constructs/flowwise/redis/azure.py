"""The cache on Azure: Azure Managed Redis behind a private endpoint, without access keys."""

from cdk.azurerm import (
    DataAzurermKeyVaultKey,
    ManagedRedis,
    ManagedRedisCustomerManagedKey,
    ManagedRedisDefaultDatabase,
    ManagedRedisIdentity,
    MonitorDiagnosticSetting,
    MonitorDiagnosticSettingEnabledLog,
    ResourceGroup,
    ResourceGroupTemplateDeployment,
    RoleAssignment,
    UserAssignedIdentity,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import number, text
from flowwise.authoring.module import Module
from flowwise.azure.account import add_account
from flowwise.azure.encryption import allow_encryption
from flowwise.azure.operations import add_group_lock, log_workspace
from flowwise.azure.private_endpoint import add_private_endpoint
from flowwise.redis import EVICTION_POLICIES, REDIS, RedisInputs, RedisOutputs
from flowwise.tables.naming import resource_name
from flowwise.tables.sizes import CACHE_SIZES

# Names without hyphens, because the az command takes letters and digits only.
_ASSIGNMENTS = """jsonencode({
  "$schema"      = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
  contentVersion = "1.0.0.0"
  parameters = {
    cache      = { type = "string" }
    principals = { type = "array" }
  }
  resources = [{
    type       = "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments"
    apiVersion = "2025-07-01"
    name       = "[concat(parameters('cache'), '/default/', replace(parameters('principals')[copyIndex()], '-', ''))]"
    copy = {
      name      = "assignments"
      count     = "[length(parameters('principals'))]"
      mode      = "serial"
      batchSize = 1
    }
    properties = {
      accessPolicyName = "default"
      user             = { objectId = "[parameters('principals')[copyIndex()]]" }
    }
  }]
})"""


def _azure_policy(policy: str) -> str:
    """What Azure calls an eviction policy: `allkeys-lru` is AllKeysLRU, `volatile-random` is VolatileRandom."""
    if policy == "noeviction":
        return "NoEviction"
    keys, _, order = policy.partition("-")
    scope = {"allkeys": "AllKeys", "volatile": "Volatile"}[keys]
    return scope + ("Random" if order == "random" else order.upper())


class AzureRedis(Module[RedisInputs, RedisOutputs]):
    """One Managed Redis. Its zones are Azure's choice: with high availability, the nodes are spread over them."""

    contract = REDIS
    path = "modules/redis/azure"

    def build(self, inputs: RedisInputs) -> RedisOutputs:
        """Add the module's resources."""
        add_account(self)
        self.local("sizes", {size: clouds["azure"] for size, clouds in CACHE_SIZES.items()})
        self.local("eviction_policies", {policy: _azure_policy(policy) for policy in EVICTION_POLICIES})
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "redis"),
            location=inputs.region,
            tags=inputs.tags,
        )
        workspace_id = log_workspace(
            self, "redis", group=group, retention_days=inputs.log_retention_days, tags=inputs.tags
        )
        identity, key, role = self._encryption(group, inputs)
        redis = self._redis(group, identity, key, role, inputs)
        self._users(group, inputs)
        self._endpoint(group, redis, inputs)
        self._logs(redis, workspace_id)
        add_group_lock(self, group, also_blocks="remove a microservice's access or the private endpoint")
        return RedisOutputs(
            cache_id=redis.id,
            cache_name=redis.name,
            host=redis.hostname,
            port=number("azurerm_managed_redis.this.default_database[0].port"),
            tls=True,
            ca_certificate="",
            user_names=inputs.users,
        )

    def _encryption(
        self, group: ResourceGroup, inputs: RedisInputs
    ) -> tuple[UserAssignedIdentity, DataAzurermKeyVaultKey, RoleAssignment]:
        self.comment("Managed Redis takes no identity of its own for encryption, only an assigned one.")
        identity = self.resource(
            UserAssignedIdentity,
            "encryption",
            name=resource_name("managed_identity", "redis-encryption"),
            location=group.location,
            resource_group_name=group.name,
            tags=inputs.tags,
        )
        self.comment(
            "Managed Redis takes a key by its version only. Read here, where the newest version is found: the next "
            "apply after a rotation moves the cache on."
        )
        key = self.resource(
            DataAzurermKeyVaultKey,
            "encryption",
            name=text('split("/keys/", var.encryption_key.resource_id)[1]'),
            key_vault_id=text('split("/keys/", var.encryption_key.resource_id)[0]'),
        )
        return identity, key, allow_encryption(self, identity.principal_id)

    def _redis(
        self,
        group: ResourceGroup,
        identity: UserAssignedIdentity,
        key: DataAzurermKeyVaultKey,
        role: RoleAssignment,
        inputs: RedisInputs,
    ) -> ManagedRedis:
        self.comment(
            "Without access keys, only identities of Microsoft Entra sign in. One shard, as on other clouds, so that "
            "clients need no cluster protocol."
        )
        return self.resource(
            ManagedRedis,
            "this",
            name=resource_name("managed_redis"),
            location=group.location,
            resource_group_name=group.name,
            sku_name=text("lookup(local.sizes, var.size, var.size)"),
            high_availability_enabled=inputs.high_availability,
            public_network_access="Disabled",
            default_database=ManagedRedisDefaultDatabase(
                access_keys_authentication_enabled=False,
                client_protocol="Encrypted",
                clustering_policy="NoCluster",
                eviction_policy=text("local.eviction_policies[var.eviction_policy]"),
                persistence_append_only_file_backup_frequency=text('var.persistence ? "1s" : null'),
            ),
            identity=ManagedRedisIdentity(type="UserAssigned", identity_ids=[identity.id]),
            customer_managed_key=ManagedRedisCustomerManagedKey(
                key_vault_key_id=key.id, user_assigned_identity_id=identity.id
            ),
            tags=inputs.tags,
            depends_on=[role],
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text(
                            "alltrue([\n"
                            '  for id in var.subnet_ids : startswith(lower(id), lower("${var.network_id}/subnets/"))\n'
                            "])"
                        ),
                        error_message="subnet_ids must be subnets of network_id.",
                    ),
                    Precondition(
                        condition=text("var.private_dns_zone_id != null"),
                        error_message=(
                            "private_dns_zone_id is needed: without it, the cache's name leads nowhere in the network."
                        ),
                    ),
                ]
            ),
        )

    def _users(self, group: ResourceGroup, inputs: RedisInputs) -> None:
        self.comment(
            "Lets each microservice's identity sign in, with its object id as the user name. Azure has no policy for a "
            "part of the keys. A template, because azurerm has azurerm_managed_redis_access_policy_assignment from "
            "4.60 on only; and one for all of them, because of two assignments written at once, Azure fails one. It "
            "takes nothing away: of a microservice that leaves users and keeps its identity, the assignment has to be "
            "deleted by hand, with az redisenterprise database access-policy-assignment delete."
        )
        self.resource(
            ResourceGroupTemplateDeployment,
            "users",
            name="redis-users",
            resource_group_name=group.name,
            deployment_mode="Incremental",
            template_content=text(_ASSIGNMENTS),
            parameters_content=text(
                "jsonencode({\n"
                "  cache      = { value = azurerm_managed_redis.this.name }\n"
                "  principals = { value = distinct(values(var.users)) }\n"
                "})"
            ),
            tags=inputs.tags,
        )

    def _endpoint(self, group: ResourceGroup, redis: ManagedRedis, inputs: RedisInputs) -> None:
        add_private_endpoint(
            self,
            "redis",
            group=group,
            subnet_id=text("var.subnet_ids[0]"),
            service_id=redis.id,
            subresource="redisEnterprise",
            tags=inputs.tags,
        )

    def _logs(self, redis: ManagedRedis, workspace_id: str) -> None:
        self.comment("Who connected, from where, and who was turned away.")
        self.resource(
            MonitorDiagnosticSetting,
            "this",
            name="audit",
            target_resource_id=f"{redis.id}/databases/default",
            log_analytics_workspace_id=workspace_id,
            enabled_log=[MonitorDiagnosticSettingEnabledLog(category="ConnectionEvents")],
        )
