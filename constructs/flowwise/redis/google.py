"""The cache on Google Cloud: Memorystore for Valkey, reached over Private Service Connect."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdktf_cdktf_provider_google.data_google_project import DataGoogleProject
from cdktf_cdktf_provider_google.kms_crypto_key import KmsCryptoKey
from cdktf_cdktf_provider_google.kms_crypto_key_iam_member import KmsCryptoKeyIamMember
from cdktf_cdktf_provider_google.kms_key_ring import KmsKeyRing
from cdktf_cdktf_provider_google.memorystore_instance import (
    MemorystoreInstance,
    MemorystoreInstanceDesiredAutoCreatedEndpoints,
    MemorystoreInstanceMaintenancePolicy,
    MemorystoreInstanceMaintenancePolicyWeeklyMaintenanceWindow,
    MemorystoreInstanceMaintenancePolicyWeeklyMaintenanceWindowStartTime,
    MemorystoreInstancePersistenceConfig,
    MemorystoreInstanceZoneDistributionConfig,
)
from cdktf_cdktf_provider_google.network_connectivity_service_connection_policy import (
    NetworkConnectivityServiceConnectionPolicy,
    NetworkConnectivityServiceConnectionPolicyPscConfig,
)

from flowwise.expressions import number, string_map, text
from flowwise.module import Module
from flowwise.naming import resource_name
from flowwise.redis import REDIS, RedisInputs, RedisOutputs
from flowwise.sizes import CACHE_SIZES

_NINETY_DAYS = f"{90 * 24 * 60 * 60}s"


class GoogleRedis(Module[RedisInputs, RedisOutputs]):
    """One Memorystore instance, not sharded."""

    contract = REDIS
    path = "modules/redis/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "network_id": "projects/flowwise-dev/global/networks/flowwise-dev",
        "subnet_ids": ["projects/flowwise-dev/regions/southamerica-east1/subnetworks/flowwise-dev-endpoints"],
    }

    def build(self, inputs: RedisInputs) -> RedisOutputs:
        """Add the module's resources.

        No firewall guards a key of Cloud KMS, so operator_cidrs have nothing to open; Memorystore keeps its logs in
        Cloud Logging, whose buckets say for how long, and not log_retention_days.
        """
        project = self.resource(DataGoogleProject, "this")
        self.local("sizes", {size: clouds["google"] for size, clouds in CACHE_SIZES.items()})
        key, role = self._key(project, inputs)
        cache = self._cache(project, key, role, inputs)
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
            host=text("local.endpoint.ip_address"),
            port=number("local.endpoint.port"),
            tls=True,
            ca_certificate=text(
                'join("\\n", flatten([\n'
                "  for authority in google_memorystore_instance.this.managed_server_ca : "
                "authority.ca_certs[*].certificates\n"
                "]))"
            ),
            user_names=string_map('{ for microservice in var.users : microservice => "default" }'),
            user_ids={},
        )

    def _key(self, project: DataGoogleProject, inputs: RedisInputs) -> tuple[KmsCryptoKey, KmsCryptoKeyIamMember]:
        self.comment("Google Cloud never deletes a key ring: destroyed, it has to be imported to be made again.")
        ring = self.resource(KmsKeyRing, "this", name=resource_name("kms_key_ring", "redis"), location=inputs.region)
        self.skip_check("CKV_GCP_82", "prevent_destroy takes no variable, and not all environments stay.")
        key = self.resource(
            KmsCryptoKey,
            "this",
            name="cache",
            key_ring=ring.id,
            rotation_period=_NINETY_DAYS,
            labels=inputs.tags,
        )
        self.comment(
            "Memorystore's own service account. A project without any instance has none yet, and the provider cannot "
            "make it: gcloud beta services identity create --service=memorystore.googleapis.com does."
        )
        role = self.resource(
            KmsCryptoKeyIamMember,
            "this",
            crypto_key_id=key.id,
            role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member=f"serviceAccount:service-{project.number}@gcp-sa-memorystore.iam.gserviceaccount.com",
        )
        return key, role

    def _cache(
        self, project: DataGoogleProject, key: KmsCryptoKey, role: KmsCryptoKeyIamMember, inputs: RedisInputs
    ) -> MemorystoreInstance:
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
            "A microservice signs in with a token of its service account, which needs the role "
            "roles/memorystore.dbConnectionUser, given where that account is made. All are one user, default, which "
            "sees every key. With persistence, each second's writes are on disk. Always spread over zones: that cannot "
            "be changed later, and a lone node does not mind. The window is Sunday's, early in the Americas (UTC)."
        )
        return self.resource(
            MemorystoreInstance,
            "this",
            instance_id=resource_name("memorystore_instance"),
            location=inputs.region,
            engine_version="VALKEY_8_0",
            mode="CLUSTER_DISABLED",
            node_type=text("local.sizes[var.size]"),
            shard_count=1,
            replica_count=number("var.high_availability ? 1 : 0"),
            zone_distribution_config=MemorystoreInstanceZoneDistributionConfig(mode="MULTI_ZONE"),
            authorization_mode="IAM_AUTH",
            transit_encryption_mode="SERVER_AUTHENTICATION",
            kms_key=key.id,
            engine_configs={"maxmemory-policy": inputs.eviction_policy},
            persistence_config=MemorystoreInstancePersistenceConfig(mode=text('var.persistence ? "AOF" : "DISABLED"')),
            desired_auto_created_endpoints=[
                MemorystoreInstanceDesiredAutoCreatedEndpoints(network=inputs.network_id, project_id=project.project_id)
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
            depends_on=[policy, role],
        )
