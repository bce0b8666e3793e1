"""The cache on Google Cloud: Memorystore for Valkey, reached over Private Service Connect."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import Precondition, TerraformResourceLifecycle
from cdk.google import (
    KmsCryptoKeyIamMember,
    MemorystoreInstance,
    MemorystoreInstanceDesiredAutoCreatedEndpoints,
    MemorystoreInstanceMaintenancePolicy,
    MemorystoreInstanceMaintenancePolicyWeeklyMaintenanceWindow,
    MemorystoreInstanceMaintenancePolicyWeeklyMaintenanceWindowStartTime,
    MemorystoreInstancePersistenceConfig,
    MemorystoreInstanceZoneDistributionConfig,
    NetworkConnectivityServiceConnectionPolicy,
    NetworkConnectivityServiceConnectionPolicyPscConfig,
    ProjectIamMember,
    ProjectIamMemberCondition,
)
from flowwise.authoring.expressions import for_each, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.encryption import EncryptionKey
from flowwise.google.encryption import allow_encryption
from flowwise.google.project import PROJECT, add_project
from flowwise.redis import REDIS, RedisInputs, RedisOutputs
from flowwise.tables.naming import resource_name
from flowwise.tables.sizes import CACHE_SIZES

_KEY = "projects/flowwise-project/locations/southamerica-east1/keyRings/flowwise-dev/cryptoKeys/cache"


class GoogleRedis(Module[RedisInputs, RedisOutputs]):
    """One Memorystore instance, not sharded."""

    contract = REDIS
    path = "modules/redis/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "network_id": "projects/flowwise-project/global/networks/flowwise-dev",
        "subnet_ids": ["projects/flowwise-project/regions/southamerica-east1/subnetworks/flowwise-dev-endpoints"],
        "private_dns_zone_id": None,
        "users": {
            "lancamentos": "serviceAccount:lancamentos@flowwise-project.iam.gserviceaccount.com",
            "consolidacao": "serviceAccount:consolidacao@flowwise-project.iam.gserviceaccount.com",
        },
        "encryption_key": EncryptionKey(id=_KEY, resource_id=_KEY),
    }

    def build(self, inputs: RedisInputs) -> RedisOutputs:
        """Add the module's resources.

        Memorystore keeps its logs in Cloud Logging, whose buckets say for how long, and not log_retention_days.
        """
        project = add_project(self)
        self.local("sizes", {size: clouds["google"] for size, clouds in CACHE_SIZES.items()})
        self.comment(
            "Memorystore's own account. A project without any instance has none yet, and the provider cannot make it: "
            "gcloud beta services identity create --service=memorystore.googleapis.com does."
        )
        allowed = allow_encryption(
            self, "encryption", f"serviceAccount:service-{project.number}@gcp-sa-memorystore.iam.gserviceaccount.com"
        )
        cache = self._cache(allowed, inputs)
        self._users(cache)
        self.comment("An instance without shards has a connection to its primary, and one to its replica.")
        self.local(
            "endpoint",
            text(
                "one([\n"
                "  for connection in flatten([\n"
                "    for endpoint in google_memorystore_instance.this.endpoints : "
                "endpoint.connections[*].psc_auto_connection\n"
                '  ]) : connection if connection.connection_type == "CONNECTION_TYPE_PRIMARY"\n'
                "])"
            ),
        )
        return RedisOutputs(
            cache_id=cache.id,
            cache_name=cache.instance_id,
            host=text("local.endpoint.ip_address"),
            port=number("local.endpoint.port"),
            tls=True,
            ca_certificate=text(
                'join("\\n", flatten([\n'
                "  for authority in google_memorystore_instance.this.managed_server_ca : "
                "authority.ca_certs[*].certificates\n"
                "]))"
            ),
            user_names=string_map('{ for microservice in keys(var.users) : microservice => "default" }'),
        )

    def _cache(self, allowed: KmsCryptoKeyIamMember, inputs: RedisInputs) -> MemorystoreInstance:
        self.comment(
            "Lets Memorystore take addresses of these subnets. A network has one such policy in a region, for all "
            "instances."
        )
        policy = self.resource(
            NetworkConnectivityServiceConnectionPolicy,
            "this",
            name=resource_name("service_connection_policy", "redis"),
            description="Private endpoints of Memorystore.",
            location=inputs.region,
            network=inputs.network_id,
            service_class="gcp-memorystore",
            psc_config=NetworkConnectivityServiceConnectionPolicyPscConfig(subnetworks=inputs.subnet_ids),
            labels=inputs.tags,
        )
        self.comment(
            "With persistence, each second's writes are on disk. Always spread over zones: that cannot be changed "
            "later, and a lone node does not mind. The window is Sunday's, early in the Americas (UTC)."
        )
        return self.resource(
            MemorystoreInstance,
            "this",
            instance_id=resource_name("memorystore_instance"),
            location=inputs.region,
            engine_version="VALKEY_8_0",
            mode="CLUSTER_DISABLED",
            node_type=text("lookup(local.sizes, var.size, var.size)"),
            shard_count=1,
            replica_count=number("var.high_availability ? 1 : 0"),
            zone_distribution_config=MemorystoreInstanceZoneDistributionConfig(mode="MULTI_ZONE"),
            authorization_mode="IAM_AUTH",
            transit_encryption_mode="SERVER_AUTHENTICATION",
            kms_key=text("var.encryption_key.id"),
            engine_configs={"maxmemory-policy": inputs.eviction_policy},
            persistence_config=MemorystoreInstancePersistenceConfig(mode=text('var.persistence ? "AOF" : "DISABLED"')),
            desired_auto_created_endpoints=[
                MemorystoreInstanceDesiredAutoCreatedEndpoints(network=inputs.network_id, project_id=PROJECT)
            ],
            maintenance_policy=MemorystoreInstanceMaintenancePolicy(
                weekly_maintenance_window=[
                    MemorystoreInstanceMaintenancePolicyWeeklyMaintenanceWindow(
                        day="SUNDAY",
                        start_time=MemorystoreInstanceMaintenancePolicyWeeklyMaintenanceWindowStartTime(hours=6),
                    )
                ]
            ),
            deletion_protection_enabled=inputs.protected,
            labels=inputs.tags,
            depends_on=[policy, allowed],
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("var.private_dns_zone_id == null"),
                        error_message="private_dns_zone_id must be null: Memorystore has an address and no name.",
                    )
                ]
            ),
        )

    def _users(self, cache: MemorystoreInstance) -> None:
        self.comment(
            "A microservice signs in with a token of its service account. An instance has no policy of its own, so the "
            "project's says which instance is meant. All who sign in are one user, default, which sees every key."
        )
        self.resource(
            ProjectIamMember,
            "users",
            for_each=for_each("var.users"),
            project=PROJECT,
            role="roles/memorystore.dbConnectionUser",
            member=text("each.value"),
            condition=ProjectIamMemberCondition(
                title="Only the cache of ${var.name}", expression=f'resource.name == "{cache.id}"'
            ),
        )
