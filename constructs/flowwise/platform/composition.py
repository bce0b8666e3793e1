"""The composition of a platform, which is the same in every cloud: only the modules differ."""

import json
from typing import Any, ClassVar

from flowwise.alerts import AlertsInputs, AlertsOutputs
from flowwise.authoring.contract import OutputsT
from flowwise.authoring.declarations import members
from flowwise.authoring.expressions import anything, bare, boolean, number, string_map, strings, text, typed
from flowwise.authoring.module import Module
from flowwise.budget import ENVIRONMENT_TAG, BudgetInputs, BudgetOutputs
from flowwise.container_registry import ContainerRegistryInputs, ContainerRegistryOutputs
from flowwise.dns_challenge import DnsChallengeInputs, DnsChallengeOutputs
from flowwise.encryption import OF_IMAGES, OF_NODES, EncryptionInputs, EncryptionKey, EncryptionOutputs
from flowwise.existing_cluster import ExistingClusterInputs
from flowwise.existing_key import ExistingKeyInputs
from flowwise.existing_log_workspace import ExistingLogWorkspaceInputs, ExistingLogWorkspaceOutputs
from flowwise.existing_network import ExistingNetworkInputs
from flowwise.existing_registry import ExistingRegistryInputs
from flowwise.gateway_address import GatewayAddressInputs, GatewayAddressOutputs
from flowwise.k8s_cluster import K8sClusterInputs, K8sClusterOutputs
from flowwise.network import NetworkInputs, NetworkOutputs
from flowwise.object_storage import ObjectStorageInputs, ObjectStorageOutputs
from flowwise.platform import NEEDS, PLATFORM, PlatformInputs, PlatformOutputs
from flowwise.postgres_db import PostgresDbInputs, PostgresDbOutputs
from flowwise.rabbitmq import RabbitmqInputs, RabbitmqOutputs
from flowwise.redis import RedisInputs, RedisOutputs
from flowwise.runner import LABEL_PREFIX, RunnerInputs, RunnerOutputs
from flowwise.secret_store import SecretStoreInputs, SecretStoreOutputs
from flowwise.tables.regions import REGIONS
from flowwise.tables.vendor_keys import API_KEY, APPLICATION_KEY, RUNNER_KEY
from flowwise.tables.workloads import CERT_MANAGER, DATABASE_BOOTSTRAP, MESSAGE_BROKER, OBSERVABILITY, OPERATORS
from flowwise.workload_identity import WorkloadIdentityInputs, WorkloadIdentityOutputs

_ADMINISTRATOR = "postgres-administrator"
_WATCHER = "postgres-watcher"


class Platform(Module[PlatformInputs, PlatformOutputs]):
    """All that an environment has in one cloud. Subclasses name the cloud and its modules."""

    contract = PLATFORM
    class_names_disk_key: ClassVar[bool] = True
    encryption: ClassVar[type[Module[EncryptionInputs, EncryptionOutputs]]]
    existing_key: ClassVar[type[Module[ExistingKeyInputs, EncryptionOutputs]]]
    # None where no service is told where its logs go.
    existing_log_workspace: ClassVar[type[Module[ExistingLogWorkspaceInputs, ExistingLogWorkspaceOutputs]] | None]
    network: ClassVar[type[Module[NetworkInputs, NetworkOutputs]]]
    existing_network: ClassVar[type[Module[ExistingNetworkInputs, NetworkOutputs]]]
    cluster: ClassVar[type[Module[K8sClusterInputs, K8sClusterOutputs]]]
    existing_cluster: ClassVar[type[Module[ExistingClusterInputs, K8sClusterOutputs]]]
    workload_identity: ClassVar[type[Module[WorkloadIdentityInputs, WorkloadIdentityOutputs]]]
    secret_store: ClassVar[type[Module[SecretStoreInputs, SecretStoreOutputs]]]
    registry: ClassVar[type[Module[ContainerRegistryInputs, ContainerRegistryOutputs]]]
    existing_registry: ClassVar[type[Module[ExistingRegistryInputs, ContainerRegistryOutputs]]]
    postgres: ClassVar[type[Module[PostgresDbInputs, PostgresDbOutputs]]]
    redis: ClassVar[type[Module[RedisInputs, RedisOutputs]]]
    rabbitmq: ClassVar[type[Module[RabbitmqInputs, RabbitmqOutputs]] | None]  # None where the cloud sells no broker
    storage: ClassVar[type[Module[ObjectStorageInputs, ObjectStorageOutputs]]]
    alerts: ClassVar[type[Module[AlertsInputs, AlertsOutputs]]]
    budget: ClassVar[type[Module[BudgetInputs, BudgetOutputs]]]
    gateway_address: ClassVar[type[Module[GatewayAddressInputs, GatewayAddressOutputs]]]
    dns_challenge: ClassVar[type[Module[DnsChallengeInputs, DnsChallengeOutputs]]]
    runner: ClassVar[type[Module[RunnerInputs, RunnerOutputs]]]

    def build(self, inputs: PlatformInputs) -> PlatformOutputs:
        """Add the module calls."""
        self._locals()
        self.require(
            "database_readers",
            "var.postgres != null || length(var.database_readers) == 0",
            "database_readers must be empty: no microservice uses a database.",
        )
        logs = self._log_workspace()
        self._encryption(inputs, logs)
        network = self._network(inputs)
        cluster = self._cluster(inputs, network, logs)
        identities = self.call(
            "workload_identity",
            self.workload_identity,
            WorkloadIdentityInputs(
                name=inputs.name,
                region=_REGION,
                oidc_issuer_url=cluster.oidc_issuer_url,
                workloads=anything("{ for name in local.workloads : name => { namespace = name, name = name } }"),
                tags=_tags("workload-identity"),
            ),
        )
        secrets = self.call(
            "secret_store",
            self.secret_store,
            SecretStoreInputs(
                name=inputs.name,
                region=_REGION,
                endpoint_subnet_ids=network.endpoint_subnet_ids,
                private_dns_zone_id=_dns_zone("secrets"),
                secrets=anything("local.secrets"),
                secret_values=string_map("var.secret_values"),
                reader_ids=string_map(
                    f"merge({bare(identities.principal_ids)}, "
                    f'{{ for id in module.runner[*].principal_id : "{RUNNER_KEY}" => id }})'
                ),
                operator_cidrs=inputs.operator_cidrs,
                encryption_key=_key("secrets"),
                protected=inputs.protected,
                log_workspace_id=logs,
                tags=_tags("secret-store"),
            ),
        )
        registry = self._registry(inputs, network, cluster, logs)
        self._runner(inputs, network, secrets)
        postgres = self._postgres(inputs, network, logs)
        redis = self._redis(inputs, network, logs)
        broker = self._rabbitmq(inputs, network)
        gateway = self._gateway(inputs, cluster)
        challenge = self._dns_challenge()
        storage = self._storage(inputs, network, logs)
        self._alerts(inputs, cluster, postgres, redis, broker)
        self.call(
            "budget",
            self.budget,
            BudgetInputs(
                name=inputs.name,
                monthly_amount_usd=number("var.budget.monthly_usd"),
                contact_emails=strings("var.budget.contact_emails"),
                bill=anything("var.budget.bill"),
                tags=_tags("budget"),
            ),
        )
        return PlatformOutputs(
            cluster_id=cluster.cluster_id,
            cluster_name=cluster.cluster_name,
            cluster_endpoint=cluster.endpoint,
            cluster_ca_certificate=cluster.ca_certificate,
            disk_key=text(f'{_CLUSTER} == null ? local.keys.cluster.id : ""') if self.class_names_disk_key else "",
            service_account_annotations=identities.service_account_annotations,
            pod_labels=identities.pod_labels,
            client_ids=identities.client_ids,
            registry_host=registry.registry_host,
            repository_urls=registry.repository_urls,
            secret_store_address=secrets.store_address,
            secret_names=secrets.secret_names,
            database_hosts=postgres.hosts,
            database_servers=postgres.server_hosts,
            database_port=postgres.port,
            database_names=postgres.database_names,
            database_administrator_name=postgres.administrator_name,
            database_administrator_secret=text(f'lookup(module.secret_store.secret_ids, "{_ADMINISTRATOR}", null)'),
            database_ca_certificate=postgres.ca_certificate,
            database_certificate_names_host=postgres.certificate_names_host,
            database_people=postgres.people,
            database_readers=postgres.readers,
            gateway_addresses=gateway.addresses,
            gateway_annotations=gateway.service_annotations,
            challenge_zone=challenge.zone,
            cache_name=redis.cache_name,
            cache_host=redis.host,
            cache_port=redis.port,
            cache_ca_certificate=redis.ca_certificate,
            cache_user_names=redis.user_names,
            storage_endpoint=storage.endpoint,
            storage_buckets=storage.buckets,
            broker_host=broker.host,
            broker_port=broker.port,
            broker_management_url=broker.management_url,
            broker_administrator_name=broker.administrator_name,
            broker_administrator_secret_name=broker.administrator_secret_name,
        )

    def _locals(self) -> None:
        self.local("region_codes", {word: clouds[self.path].code for word, clouds in REGIONS.items()})
        for need in NEEDS:
            self.local(
                f"{need}_users", text(f'[for name, service in var.services : name if contains(service.uses, "{need}")]')
            )
        self.local(
            "workloads",
            text(
                f"concat(keys(var.services), {json.dumps(OPERATORS)}, "
                f'var.dns_challenge == null ? [] : ["{CERT_MANAGER}"])'
            ),
        )
        self.local(
            "secrets",
            text(
                "merge(\n"
                "  {\n"
                '    for name in local.postgres_users : "${name}-postgres" =>\n'
                f'    {{ readers = [name, "{DATABASE_BOOTSTRAP}"], version = var.secret_version }}\n'
                "  },\n"
                "  {\n"
                '    for name in local.rabbitmq_users : "${name}-rabbitmq" =>\n'
                f'    {{ readers = [name, "{MESSAGE_BROKER}"], version = var.secret_version }}\n'
                "  },\n"
                "  var.postgres == null ? {} : {\n"
                f'    {_ADMINISTRATOR} = {{ readers = ["{DATABASE_BOOTSTRAP}"], version = var.secret_version }}\n'
                f"    {_WATCHER} = {{\n"
                f'      readers = ["{DATABASE_BOOTSTRAP}", "{OBSERVABILITY}"]\n'
                "      version = var.secret_version\n"
                "    }\n"
                "  },\n"
                "  {\n"
                "    for name, version in {\n"
                f"      {API_KEY} = var.monitoring_key_version\n"
                f"      {APPLICATION_KEY} = var.application_key_version\n"
                "    } : name =>\n"
                f'    {{ readers = ["{OBSERVABILITY}"], generated = false, version = version }} if version != null\n'
                "  },\n"
                "  {\n"
                f'    for runner in var.runner[*] : "{RUNNER_KEY}" =>\n'
                f'    {{ readers = ["{RUNNER_KEY}"], generated = false, version = runner.key_version }}\n'
                "  },\n"
                "  [\n"
                "    for name, service in var.services : {\n"
                "      for secret, version in service.secrets : secret =>\n"
                "      { readers = [name], generated = false, version = version }\n"
                "    }\n"
                "  ]...\n"
                ")"
            ),
        )

    def _log_workspace(self) -> str | None:
        if self.existing_log_workspace is None:
            self.require(
                "cluster_id",
                f"{_LOG_WORKSPACE} == null",
                "existing.log_workspace must be null: on this cloud, no service is told where its logs go.",
            )
            return None
        workspace = self.call(
            "existing_log_workspace",
            self.existing_log_workspace,
            ExistingLogWorkspaceInputs(workspace_id=text(_LOG_WORKSPACE)),
            only_if=f"{_LOG_WORKSPACE} != null",
        )
        return workspace.log_workspace_id

    def _encryption(self, inputs: PlatformInputs, logs: str | None) -> None:
        self.call(
            "encryption",
            self.encryption,
            EncryptionInputs(
                name=inputs.name,
                region=_REGION,
                operator_cidrs=inputs.operator_cidrs,
                storage=boolean("var.storage != null"),
                without=strings(
                    f'concat({_CLUSTER} == null || var.runner != null ? [] : ["{OF_NODES}"], '
                    f'{_REGISTRY} == null ? [] : ["{OF_IMAGES}"])'
                ),
                protected=inputs.protected,
                log_workspace_id=logs,
                tags=_tags("encryption"),
            ),
            only_if=f"{_EXISTING_KEY} == null",
        )
        self.counted_since("encryption")
        self.call(
            "existing_key",
            self.existing_key,
            ExistingKeyInputs(
                region=_REGION,
                key_id=text(_EXISTING_KEY),
                cache=boolean("var.redis != null"),
                images=boolean(f"{_REGISTRY} == null"),
            ),
            only_if=f"{_EXISTING_KEY} != null",
        )
        self.local("keys", _either(EncryptionOutputs, "encryption", "existing_key").keys)

    def _network(self, inputs: PlatformInputs) -> NetworkOutputs:
        self.comment("One that is made, or one that is there: what others need of it is among the local values.")
        self.call(
            "network",
            self.network,
            NetworkInputs(
                name=inputs.name,
                region=_REGION,
                cidr=text("var.network.cidr"),
                zone_count=number("var.network.zones"),
                storage_endpoints=boolean(_STORAGE_ENDPOINTS),
                tags=_tags("network"),
            ),
            only_if="var.network.existing == null",
        )
        self.counted_since("network")
        self.call(
            "existing_network",
            self.existing_network,
            ExistingNetworkInputs(
                name=inputs.name,
                region=_REGION,
                network_id=text("var.network.existing.id"),
                cidr=text("var.network.cidr"),
                subnets=anything("var.network.existing.subnets"),
                private_dns_zone_ids=string_map("var.network.existing.private_dns_zone_ids"),
                public_balancer=boolean("var.gateway != null"),
                storage_endpoints=boolean(_STORAGE_ENDPOINTS),
                zone_count=number("var.network.zones"),
                tags=_tags("network"),
            ),
            only_if="var.network.existing != null",
        )
        # Each output by itself, so that whoever uses one waits for no other.
        for name, output in vars(_either(NetworkOutputs, "network", "existing_network")).items():
            self.local(name, output)
        return NetworkOutputs(**{member.name: anything(f"local.{member.name}") for member in members(NetworkOutputs)})

    def _registry(
        self, inputs: PlatformInputs, network: NetworkOutputs, cluster: K8sClusterOutputs, logs: str | None
    ) -> ContainerRegistryOutputs:
        nodes = {"nodes": cluster.node_identity_id}
        self.call(
            "container_registry",
            self.registry,
            ContainerRegistryInputs(
                name=inputs.name,
                region=_REGION,
                repositories=strings("keys(var.services)"),
                endpoint_subnet_ids=network.endpoint_subnet_ids,
                private_dns_zone_id=_dns_zone("registry"),
                puller_ids=nodes,
                encryption_key=_key("images"),
                protected=inputs.protected,
                log_workspace_id=logs,
                tags=_tags("container-registry"),
            ),
            only_if=f"{_REGISTRY} == null",
        )
        self.counted_since("container_registry")
        self.comment("Whoever names the zone of registries for a network that is there has the registry's name in it.")
        self.call(
            "existing_registry",
            self.existing_registry,
            ExistingRegistryInputs(
                name=inputs.name,
                region=_REGION,
                registry_id=text(_REGISTRY),
                repositories=strings("keys(var.services)"),
                endpoint_subnet_ids=strings(
                    "can(var.network.existing.private_dns_zone_ids.registry) ? [] : local.endpoint_subnet_ids"
                ),
                private_dns_zone_id=_dns_zone("registry"),
                puller_ids=nodes,
                tags=_tags("container-registry"),
            ),
            only_if=f"{_REGISTRY} != null",
        )
        return _either(ContainerRegistryOutputs, "container_registry", "existing_registry")

    def _cluster(self, inputs: PlatformInputs, network: NetworkOutputs, logs: str | None) -> K8sClusterOutputs:
        self.call(
            "cluster",
            self.cluster,
            K8sClusterInputs(
                name=inputs.name,
                region=_REGION,
                kubernetes_version=text("var.cluster.kubernetes_version"),
                patch_version=number("var.cluster.patch_version"),
                network_id=network.network_id,
                control_plane_subnet_ids=network.control_plane_subnet_ids,
                node_subnet_ids=network.node_subnet_ids,
                pod_cidr=text("var.cluster.pod_cidr"),
                service_cidr=text("var.cluster.service_cidr"),
                public_access_cidrs=strings("var.cluster.public_access_cidrs"),
                identity_endpoint=boolean("var.cluster.identity_endpoint"),
                routed=boolean("try(var.network.existing.routed, false)"),
                zone_count=number("var.network.zones"),
                system_pool=anything("var.cluster.system_pool"),
                node_pools=anything("var.cluster.node_pools"),
                administrators=inputs.administrators,
                encryption_key=_key("cluster"),
                protected=inputs.protected,
                log_workspace_id=logs,
                tags=_tags("k8s-cluster"),
            ),
            only_if=f"{_CLUSTER} == null",
        )
        self.counted_since("cluster")
        self.call(
            "existing_cluster",
            self.existing_cluster,
            ExistingClusterInputs(
                name=inputs.name,
                region=_REGION,
                cluster_id=text(_CLUSTER),
                kubernetes_version=text("var.cluster.kubernetes_version"),
                network_id=network.network_id,
                node_subnet_ids=network.node_subnet_ids,
                pod_cidr=text("var.cluster.pod_cidr"),
                service_cidr=text("var.cluster.service_cidr"),
                node_pools=strings("keys(var.cluster.node_pools)"),
                private=boolean("var.existing.private_cluster"),
                identity_endpoint=boolean("var.cluster.identity_endpoint"),
                administrators=inputs.administrators,
                tags=_tags("k8s-cluster"),
            ),
            only_if=f"{_CLUSTER} != null",
        )
        self.require(
            "cluster_name",
            f"{_CLUSTER} == null || var.network.existing != null",
            "network.existing is needed for a cluster that is there: it is in a network that is there.",
        )
        return _either(K8sClusterOutputs, "cluster", "existing_cluster")

    def _postgres(self, inputs: PlatformInputs, network: NetworkOutputs, logs: str | None) -> PostgresDbOutputs:
        return self.call(
            "postgres",
            self.postgres,
            PostgresDbInputs(
                name=inputs.name,
                region=_REGION,
                network_id=network.network_id,
                subnet_ids=network.database_subnet_ids,
                private_dns_zone_id=_dns_zone("postgres"),
                topology=text("var.postgres.topology"),
                databases=strings("local.postgres_users"),
                engine_version=text("var.postgres.engine_version"),
                size=text("var.postgres.size"),
                storage_gb=number("var.postgres.storage_gb"),
                servers=anything("var.postgres.servers"),
                backup_days=number("var.postgres.backup_days"),
                high_availability=boolean("var.postgres.high_availability"),
                same_zone=boolean("var.postgres.same_zone"),
                administrator_password=text("var.database_administrator_password"),
                administrator_password_version=inputs.secret_version,
                administrators=inputs.administrators,
                readers=inputs.database_readers,
                encryption_key=_key("databases"),
                protected=inputs.protected,
                log_workspace_id=logs,
                tags=_tags("postgres-db"),
            ),
            only_if="var.postgres != null",
        )

    def _redis(self, inputs: PlatformInputs, network: NetworkOutputs, logs: str | None) -> RedisOutputs:
        return self.call(
            "redis",
            self.redis,
            RedisInputs(
                name=inputs.name,
                region=_REGION,
                network_id=network.network_id,
                subnet_ids=network.endpoint_subnet_ids,
                private_dns_zone_id=_dns_zone("redis"),
                users=string_map(
                    "{ for name in local.redis_users : name => module.workload_identity.principal_ids[name] }"
                ),
                size=text("var.redis.size"),
                high_availability=boolean("var.redis.high_availability"),
                persistence=boolean("var.redis.persistence"),
                eviction_policy=text("var.redis.eviction_policy"),
                encryption_key=_key("cache"),
                protected=inputs.protected,
                log_workspace_id=logs,
                tags=_tags("redis"),
            ),
            only_if="var.redis != null",
        )

    def _gateway(self, inputs: PlatformInputs, cluster: K8sClusterOutputs) -> GatewayAddressOutputs:
        return self.call(
            "gateway_address",
            self.gateway_address,
            GatewayAddressInputs(
                name=inputs.name,
                region=_REGION,
                host=text("var.gateway.host"),
                dns_zone=text("var.gateway.dns_zone"),
                zone_count=number("var.network.zones"),
                balancer_identity_id=cluster.balancer_identity_id,
                tags=_tags("gateway-address"),
            ),
            only_if="var.gateway != null",
        )

    def _dns_challenge(self) -> DnsChallengeOutputs:
        return self.call(
            "dns_challenge",
            self.dns_challenge,
            DnsChallengeInputs(
                host=text("var.dns_challenge.host"),
                dns_zone=text("var.dns_challenge.dns_zone"),
                principal_id=text(f'module.workload_identity.principal_ids["{CERT_MANAGER}"]'),
            ),
            only_if="var.dns_challenge != null",
        )

    def _alerts(
        self,
        inputs: PlatformInputs,
        cluster: K8sClusterOutputs,
        postgres: PostgresDbOutputs,
        redis: RedisOutputs,
        broker: RabbitmqOutputs,
    ) -> None:
        self.call(
            "alerts",
            self.alerts,
            AlertsInputs(
                name=inputs.name,
                region=_REGION,
                emails=strings("var.alerts.emails"),
                targets=anything(
                    "{\n"
                    f"  cluster  = {{ cluster = {bare(cluster.cluster_id)} }}\n"
                    f"  database = var.postgres == null ? {{}} : {bare(postgres.server_ids)}\n"
                    f"  cache    = var.redis == null ? {{}} : {{ cache = {bare(redis.cache_id)} }}\n"
                    f"  broker   = var.managed_rabbitmq == null ? {{}} : {{ broker = {bare(broker.broker_id)} }}\n"
                    "}"
                ),
                database_disks_gb=anything(f"var.postgres == null ? {{}} : {bare(postgres.server_disks_gb)}"),
                cache_nodes=number("try(var.redis.high_availability, false) ? 2 : 1"),
                tags=_tags("alerts"),
            ),
            only_if="var.alerts != null",
        )

    def _storage(self, inputs: PlatformInputs, network: NetworkOutputs, logs: str | None) -> ObjectStorageOutputs:
        return self.call(
            "storage",
            self.storage,
            ObjectStorageInputs(
                name=inputs.name,
                region=_REGION,
                endpoint_subnet_ids=network.endpoint_subnet_ids,
                private_dns_zone_id=_dns_zone("storage"),
                users=string_map(
                    "{ for name in local.storage_users : name => module.workload_identity.principal_ids[name] }"
                ),
                retention_days=number("var.storage.retention_days"),
                encryption_key=_key("storage"),
                protected=inputs.protected,
                log_workspace_id=logs,
                tags=_tags("object-storage"),
            ),
            only_if="var.storage != null",
        )

    def _runner(self, inputs: PlatformInputs, network: NetworkOutputs, secrets: SecretStoreOutputs) -> RunnerOutputs:
        return self.call(
            "runner",
            self.runner,
            RunnerInputs(
                name=inputs.name,
                region=_REGION,
                network_id=network.network_id,
                subnet_ids=network.node_subnet_ids,
                endpoint_subnet_ids=network.endpoint_subnet_ids,
                private_dns_zone_id=_dns_zone("storage"),
                label=text(f'format("{LABEL_PREFIX}%s", var.tags["{ENVIRONMENT_TAG}"])'),
                organization=text("var.runner.organization"),
                application=text("var.runner.application"),
                machines=number("var.runner.machines"),
                secret_store_address=secrets.store_address,
                secret_name=text(f'{bare(secrets.secret_names)}["{RUNNER_KEY}"]'),
                state_storage=text("var.runner.state_storage"),
                state_subscription=text("var.runner.state_subscription"),
                encryption_key=_key("cluster"),
                tags=_tags("runner"),
            ),
            only_if="var.runner != null",
        )

    def _rabbitmq(self, inputs: PlatformInputs, network: NetworkOutputs) -> RabbitmqOutputs:
        if self.rabbitmq is None:
            self.require(
                "broker_host",
                "var.managed_rabbitmq == null",
                "managed_rabbitmq must be null: this cloud sells no managed RabbitMQ, so it has to run in the cluster.",
            )
            nothing: dict[str, Any] = {member.name: text("null") for member in members(RabbitmqOutputs)}
            return RabbitmqOutputs(**nothing)
        return self.call(
            "rabbitmq",
            self.rabbitmq,
            RabbitmqInputs(
                name=inputs.name,
                region=_REGION,
                network_id=network.network_id,
                subnet_ids=network.database_subnet_ids,
                size=text("var.managed_rabbitmq.size"),
                high_availability=boolean("var.managed_rabbitmq.high_availability"),
                accept_password_in_state=boolean("var.managed_rabbitmq.accept_password_in_state"),
                reader_ids={MESSAGE_BROKER: text(f'module.workload_identity.principal_ids["{MESSAGE_BROKER}"]')},
                encryption_key=_key("secrets"),
                protected=inputs.protected,
                tags=_tags("rabbitmq"),
            ),
            only_if="var.managed_rabbitmq != null",
        )


_CLUSTER = "try(var.existing.cluster, null)"
_EXISTING_KEY = "try(var.existing.encryption_key, null)"
_LOG_WORKSPACE = "try(var.existing.log_workspace, null)"
_REGISTRY = "try(var.existing.registry, null)"
_REGION = text("local.region_codes[var.region]")
_STORAGE_ENDPOINTS = "var.storage != null || var.runner != null"


def _tags(service: str) -> dict[str, str]:
    return string_map(f'merge(var.tags, {{ service = "{service}" }})')


def _either(outputs: type[OutputsT], made: str, there: str) -> OutputsT:
    """The outputs of the one of two modules that has a count of one."""
    return outputs(
        **{
            member.name: typed(member, f"one(concat(module.{made}[*].{member.name}, module.{there}[*].{member.name}))")
            for member in members(outputs)
        }
    )


def _key(purpose: str) -> EncryptionKey:
    key: EncryptionKey = anything(f"local.keys.{purpose}")
    return key


def _dns_zone(service: str) -> str:
    return text(f'lookup(local.private_dns_zone_ids, "{service}", null)')
