"""The composition of what runs in a cluster, which is the same in every cloud and on a laptop."""

import json
from typing import Any

from flowwise.api_gateway import ApiGatewayInputs, ApiGatewayOutputs
from flowwise.api_gateway.kubernetes import KubernetesApiGateway
from flowwise.authoring.expressions import anything, bare, boolean, number, string_map, strings, text
from flowwise.authoring.module import Module
from flowwise.autoscaling import AutoscalingInputs
from flowwise.autoscaling.kubernetes import KubernetesAutoscaling
from flowwise.broker_bootstrap import VIRTUAL_HOST, BrokerBootstrapInputs
from flowwise.broker_bootstrap.kubernetes import KubernetesBrokerBootstrap
from flowwise.certificates import CertificatesInputs, CertificatesOutputs
from flowwise.certificates import Gateway as CertifiedGateway
from flowwise.certificates.kubernetes import KubernetesCertificates
from flowwise.cluster_secrets import ClusterSecretsInputs
from flowwise.cluster_secrets.kubernetes import KubernetesClusterSecrets
from flowwise.database_bootstrap import WATCHER, DatabaseBootstrapInputs
from flowwise.database_bootstrap.kubernetes import KubernetesDatabaseBootstrap
from flowwise.in_cluster import IN_CLUSTER, InClusterInputs, InClusterOutputs
from flowwise.in_cluster.connections import add_connections
from flowwise.in_cluster.priority import PRIORITY_CLASS, add_priority_class
from flowwise.in_cluster.storage import add_default_storage_class
from flowwise.in_cluster.traffic import add_traffic, add_users
from flowwise.microservice import MicroserviceInputs, SecretKey
from flowwise.microservice.kubernetes import SERVICE_PORT, KubernetesMicroservice
from flowwise.namespace import NamespaceInputs
from flowwise.namespace.kubernetes import KubernetesNamespace
from flowwise.observability import ObservabilityInputs, ObservabilityOutputs
from flowwise.observability.kubernetes import KubernetesObservability
from flowwise.postgres_db.in_cluster import InClusterPostgresInputs, InClusterPostgresOutputs
from flowwise.postgres_db.kubernetes import KubernetesPostgresDb
from flowwise.rabbitmq.in_cluster import InClusterRabbitmqInputs, InClusterRabbitmqOutputs
from flowwise.rabbitmq.kubernetes import KubernetesRabbitmq
from flowwise.redis.in_cluster import InClusterRedisInputs, InClusterRedisOutputs
from flowwise.redis.kubernetes import KubernetesRedis
from flowwise.scheduled_job import ScheduledJobInputs
from flowwise.scheduled_job.kubernetes import KubernetesScheduledJob
from flowwise.tables.copies import CLUSTER_AUTOSCALER_CLOUD, DATABASE_SERVERS, METRICS_SERVER_CLOUDS
from flowwise.tables.vendor_keys import API_KEY, APPLICATION_KEY
from flowwise.tables.workloads import (
    CERT_MANAGER,
    CLOUD_NATIVE_PG,
    EXTERNAL_SECRETS,
    GATEWAY,
    KEDA,
    MESSAGE_BROKER,
    OBSERVABILITY,
    POSTGRES,
    RABBITMQ_OPERATOR,
    REDIS,
)

_OPERATORS_KEY = "password"
"""Key of the password in the secrets that the operators of PostgreSQL and RabbitMQ make."""

_DATABASE_AUTHORITY = 'try(var.managed_database.ca_certificate, "") == "" ? null : var.managed_database.ca_certificate'
"""Certificates of the managed servers' authority. Null for a public one, and with a server in the cluster."""

# Their databases, users and queues, and what scales them.
_WAITED_FOR = ("secrets", "autoscaling", "database_bootstrap", "broker_bootstrap")

_WATCHER_PASSWORD = 'local.passwords_by_secret["postgres-watcher"]'


class KubernetesInCluster(Module[InClusterInputs, InClusterOutputs]):
    """Every module of the cluster, composed."""

    contract = IN_CLUSTER
    path = "kubernetes"

    def build(self, inputs: InClusterInputs) -> InClusterOutputs:
        """Add the module calls."""
        add_users(self)
        self.require(
            "namespaces",
            "var.managed_storage != null || "
            '!anytrue([for service in var.services : contains(service.uses, "storage")])',
            "managed_storage is needed: a microservice keeps files, and nothing in the cluster holds any.",
        )
        add_traffic(self)
        self._namespaces(inputs)
        add_default_storage_class(self)
        add_priority_class(self)
        self._secrets(inputs)
        self._autoscaling(inputs)
        gateway = self._gateway(inputs)
        certificates = self._certificates(inputs)
        postgres = self._postgres(inputs, certificates)
        redis = self._redis(inputs)
        broker = self._rabbitmq(inputs, certificates)
        observability = self._observability(inputs, redis)
        self._database_bootstrap(inputs, postgres)
        self._broker_bootstrap(inputs, broker)
        add_connections(self, postgres, redis, broker, observability)
        self._microservices(inputs)
        self._scheduled_jobs(inputs)
        return InClusterOutputs(
            url=gateway.url,
            address_command=gateway.address_command,
            namespaces=strings("sort(keys(local.namespaces))"),
        )

    def _namespaces(self, inputs: InClusterInputs) -> None:
        self.call(
            "namespace",
            KubernetesNamespace,
            NamespaceInputs(
                name=text("each.key"),
                service_account_annotations=string_map("lookup(var.service_account_annotations, each.key, {})"),
                ingress=anything("each.value.ingress"),
                egress=anything("each.value.egress"),
                labels=inputs.labels,
            ),
            for_each="local.namespaces",
        )

    def _secrets(self, inputs: InClusterInputs) -> None:
        self.comment("What the vendor of observability hands out, by its name in the cluster: its name in the store.")
        self.local(
            "vendor_keys",
            text(
                "{\n"
                "  for name, remote_name in {\n"
                f"    {API_KEY} = var.observability.key_name\n"
                f"    {APPLICATION_KEY} = var.observability.application_key_name\n"
                "  } : name => remote_name if remote_name != null\n"
                "}"
            ),
        )
        self.local(
            "secrets",
            text(
                "merge(\n"
                "  {\n"
                '    for name in local.postgres_users : "${name}-postgres" =>\n'
                "    { namespaces = [name, local.database_namespace] }\n"
                "  },\n"
                "  {\n"
                '    for name in local.rabbitmq_users : "${name}-rabbitmq" =>\n'
                f'    {{ namespaces = [name, "{MESSAGE_BROKER}"] }}\n'
                "  },\n"
                "  {\n"
                '    for name in local.redis_users : "${name}-redis" =>\n'
                f'    {{ namespaces = [name, "{REDIS}"] }} if var.redis != null\n'
                "  },\n"
                "  var.redis == null ? {} : {\n"
                f'    redis-watcher = {{ namespaces = ["{OBSERVABILITY}"] }}\n'
                "  },\n"
                "  var.managed_database == null ? {} : {\n"
                "    postgres-administrator = { namespaces = [local.database_namespace] }\n"
                f'    postgres-watcher       = {{ namespaces = [local.database_namespace, "{OBSERVABILITY}"] }}\n'
                "  },\n"
                "  var.managed_broker == null ? {} : {\n"
                f'    rabbitmq-administrator = {{ namespaces = ["{MESSAGE_BROKER}"] }}\n'
                "  },\n"
                "  {\n"
                "    for name in keys(local.vendor_keys) : name => {\n"
                f'      namespaces = ["{OBSERVABILITY}"]\n'
                "      generated  = false\n"
                "      version    = coalesce(var.observability.key_version, var.secret_version)\n"
                "    }\n"
                "  },\n"
                "  [\n"
                "    for name, service in var.services : {\n"
                "      for secret in values(service.secrets) : secret.name =>\n"
                "      { namespaces = [name], generated = false, version = secret.version }\n"
                "    }\n"
                "  ]...\n"
                ")"
            ),
        )
        self.comment("Those that the store knows by another name than the cluster.")
        self.local(
            "secret_names",
            text(
                "merge(\n"
                "  var.secret_names,\n"
                "  var.managed_broker == null ? {} : { "
                "rabbitmq-administrator = var.managed_broker.administrator_secret_name },\n"
                "  local.vendor_keys\n"
                ")"
            ),
        )
        self.call(
            "secrets",
            KubernetesClusterSecrets,
            ClusterSecretsInputs(
                namespace=EXTERNAL_SECRETS,
                high_availability=inputs.high_availability,
                store=inputs.secret_store,
                secrets=anything(
                    "{\n"
                    "  for name, secret in local.secrets : name => merge(secret, {\n"
                    "    remote_name   = lookup(local.secret_names, name, null)\n"
                    "    version       = try(secret.version, var.secret_version)\n"
                    "    follows_store = contains(keys(local.vendor_keys), name)\n"
                    "  })\n"
                    "}"
                ),
                secret_values=inputs.secret_values,
                service_account_names=string_map(
                    "{ for name, namespace in module.namespace : name => namespace.service_account_name }"
                ),
                labels=inputs.labels,
            ),
        )
        self.comment("Where in the cluster the value of each secret is.")
        self.local(
            "passwords_by_secret",
            text("{ for name, key in module.secrets.secret_keys : name => { secret_name = name, key = key } }"),
        )

    def _autoscaling(self, inputs: InClusterInputs) -> None:
        self.call(
            "autoscaling",
            KubernetesAutoscaling,
            AutoscalingInputs(
                namespace=KEDA,
                high_availability=inputs.high_availability,
                metrics_server=boolean(f"contains({json.dumps(METRICS_SERVER_CLOUDS)}, var.cloud)"),
                verify_kubelets=boolean('var.cloud != "none"'),
                cluster_autoscaler=boolean(f'var.scales_nodes && var.cloud == "{CLUSTER_AUTOSCALER_CLOUD}"'),
                cluster_name=inputs.cluster_name,
                region=inputs.region,
                broker_namespace=text(f'var.rabbitmq != null && local.scales_on_queues ? "{MESSAGE_BROKER}" : null'),
                broker_cidr=text("var.managed_broker != null && local.scales_on_queues ? var.network_cidr : null"),
                labels=inputs.labels,
            ),
        )

    def _gateway(self, inputs: InClusterInputs) -> ApiGatewayOutputs:
        return self.call(
            "gateway",
            KubernetesApiGateway,
            ApiGatewayInputs(
                namespace=GATEWAY,
                host=text("var.gateway.host"),
                # Its own, and not its name alone: so cert-manager comes before the gateway, and goes after it.
                certificate_issuer=text(
                    "var.gateway.certificate_email == null ? "
                    "module.certificates.internal_issuer : module.certificates.public_issuer"
                ),
                proof_by_http=boolean("var.gateway.certificate_email != null && var.gateway.challenge_zone == null"),
                cloud=inputs.cloud,
                public=boolean("var.gateway.public"),
                balancer_annotations=string_map("var.gateway.balancer_annotations"),
                routes=anything(
                    "{\n"
                    "  for name, service in var.services : name => {\n"
                    "    namespace    = module.namespace[name].name\n"
                    "    service_name = name\n"
                    f"    service_port = {SERVICE_PORT}\n"
                    "    pod_port     = service.port\n"
                    "    paths        = service.paths\n"
                    "    health_path  = service.probes.readiness\n"
                    "    public       = service.public\n"
                    "  } if length(service.paths) > 0\n"
                    "}"
                ),
                token_issuer=anything("var.gateway.token_issuer"),
                cors_origins=strings("var.gateway.cors_origins"),
                max_request_kb=number("var.gateway.max_request_kb"),
                client_rate_limit=anything("var.gateway.client_limit"),
                replicas=number("var.gateway.min_replicas"),
                max_replicas=number("var.gateway.max_replicas"),
                labels=inputs.labels,
            ),
            only_if="var.gateway != null",
        )

    def _certificates(self, inputs: InClusterInputs) -> CertificatesOutputs:
        self.comment(
            "After Envoy Gateway, which brings what cert-manager looks for when it starts: the Gateway API. And before "
            "the gateway itself, whose certificate it makes and, when that goes, unmakes."
        )
        # By single outputs: a reference to the whole module would wait for the gateway too, which waits for this.
        certified: CertifiedGateway = anything(
            "var.gateway == null ? null : {\n"
            "  namespace = module.gateway[0].namespace\n"
            "  name      = module.gateway[0].gateway_name\n"
            "  host      = var.gateway.host\n"
            "}"
        )
        return self.call(
            "certificates",
            KubernetesCertificates,
            CertificatesInputs(
                namespace=CERT_MANAGER,
                gateway=certified,
                email=text("try(var.gateway.certificate_email, null)"),
                challenge_zone=anything("try(var.gateway.challenge_zone, null)"),
                service_account_annotations=string_map(
                    f'lookup(var.service_account_annotations, "{CERT_MANAGER}", {{}})'
                ),
                # Only where it has an identity.
                pod_labels=string_map("try(var.gateway.challenge_zone, null) == null ? {} : var.pod_labels"),
                trusting=strings(
                    "distinct(concat(\n"
                    "  var.postgres == null ? [] : local.postgres_users,\n"
                    "  var.rabbitmq == null ? [] : local.rabbitmq_users\n"
                    "))"
                ),
                high_availability=inputs.high_availability,
                labels=inputs.labels,
            ),
            depends_on=["namespace"],
        )

    def _postgres(self, inputs: InClusterInputs, certificates: CertificatesOutputs) -> InClusterPostgresOutputs:
        return self.call(
            "postgres",
            KubernetesPostgresDb,
            InClusterPostgresInputs(
                namespace=text(f'module.namespace["{POSTGRES}"].name'),
                operator_namespace=CLOUD_NATIVE_PG,
                issuer_name=certificates.internal_issuer,
                engine_version=text("var.postgres.engine_version"),
                instances=number(f"var.high_availability ? {DATABASE_SERVERS} : 1"),
                storage_gb=number("var.postgres.storage_gb"),
                priority_class_name=PRIORITY_CLASS,
                labels=inputs.labels,
            ),
            only_if="var.postgres != null",
        )

    def _redis(self, inputs: InClusterInputs) -> InClusterRedisOutputs:
        return self.call(
            "redis",
            KubernetesRedis,
            InClusterRedisInputs(
                namespace=text(f'module.namespace["{REDIS}"].name'),
                memory=text("var.redis.memory"),
                eviction_policy=text("var.redis.eviction_policy"),
                users=anything(
                    '{ for name in local.redis_users : name => local.passwords_by_secret["${name}-redis"] }'
                ),
                revision=inputs.secret_version,
                labels=inputs.labels,
            ),
            only_if="var.redis != null",
        )

    def _rabbitmq(self, inputs: InClusterInputs, certificates: CertificatesOutputs) -> InClusterRabbitmqOutputs:
        return self.call(
            "rabbitmq",
            KubernetesRabbitmq,
            InClusterRabbitmqInputs(
                namespace=text(f'module.namespace["{MESSAGE_BROKER}"].name'),
                operator_namespace=RABBITMQ_OPERATOR,
                issuer_name=certificates.internal_issuer,
                replicas=number("var.rabbitmq.replicas"),
                memory=text("var.rabbitmq.memory"),
                storage_gb=number("var.rabbitmq.storage_gb"),
                priority_class_name=PRIORITY_CLASS,
                labels=inputs.labels,
            ),
            only_if="var.rabbitmq != null",
        )

    def _observability(self, inputs: InClusterInputs, redis: InClusterRedisOutputs) -> ObservabilityOutputs:
        return self.call(
            "observability",
            KubernetesObservability,
            ObservabilityInputs(
                namespace=text(f'module.namespace["{OBSERVABILITY}"].name'),
                service_account_name=text(f'module.namespace["{OBSERVABILITY}"].service_account_name'),
                environment=inputs.environment,
                cluster_name=inputs.cluster_name,
                vendor=text("var.observability.backend"),
                endpoint=text("var.observability.endpoint"),
                api_key=_vendor_key(API_KEY),
                application_key=_vendor_key(APPLICATION_KEY),
                services=strings("keys(var.services)"),
                databases=anything(
                    "{\n"
                    "  for name, host in try(var.managed_database.servers, {}) : name => {\n"
                    "    host             = host\n"
                    "    port             = var.managed_database.port\n"
                    f'    user             = "{WATCHER}"\n'
                    f"    password         = {_WATCHER_PASSWORD}\n"
                    f"    ca_certificate   = {_DATABASE_AUTHORITY}\n"
                    "    verify_host_name = var.managed_database.certificate_names_host\n"
                    "  }\n"
                    "}"
                ),
                database_cidrs=strings("local.network"),
                redis=anything(
                    "var.redis == null ? null : {\n"
                    f"  host     = {bare(redis.host)}\n"
                    f"  port     = {bare(redis.port)}\n"
                    f"  user     = {bare(redis.watcher_name)}\n"
                    '  password = local.passwords_by_secret["redis-watcher"]\n'
                    "}"
                ),
                rabbitmq_namespace=text(f'var.rabbitmq == null ? null : "{MESSAGE_BROKER}"'),
                postgres_namespace=text(f'var.postgres == null ? null : "{POSTGRES}"'),
                gateway_namespace=text(f'var.gateway == null ? null : "{GATEWAY}"'),
                certificates_namespace=CERT_MANAGER,
                priority_class_name=PRIORITY_CLASS,
                high_availability=inputs.high_availability,
                labels=inputs.labels,
            ),
            depends_on=["secrets"],
        )

    def _database_bootstrap(self, inputs: InClusterInputs, postgres: InClusterPostgresOutputs) -> None:
        host, administrator = bare(postgres.host), bare(postgres.administrator_name)
        self.call(
            "database_bootstrap",
            KubernetesDatabaseBootstrap,
            DatabaseBootstrapInputs(
                namespace=text("module.namespace[local.database_namespace].name"),
                service_account_name=text("module.namespace[local.database_namespace].service_account_name"),
                port=number("try(var.managed_database.port, 5432)"),
                administrator_name=text(
                    f"var.managed_database == null ? {administrator} : var.managed_database.administrator_name"
                ),
                administrator_password=anything(
                    "var.managed_database == null ? "
                    f'{{ secret_name = {bare(postgres.administrator_secret_name)}, key = "{_OPERATORS_KEY}" }} : '
                    'local.passwords_by_secret["postgres-administrator"]'
                ),
                ca_certificate=text(_DATABASE_AUTHORITY),
                ca_secret=anything(
                    f'var.postgres == null ? null : {{ secret_name = {bare(postgres.ca_secret_name)}, key = "ca.crt" }}'
                ),
                verify_host_name=boolean("try(var.managed_database.certificate_names_host, true)"),
                databases=anything(
                    "{\n"
                    "  for name in local.postgres_users : name => {\n"
                    f"    host     = var.managed_database == null ? {host} : var.managed_database.hosts[name]\n"
                    "    database = local.database_names[name]\n"
                    "    role     = local.database_roles[name]\n"
                    '    password = local.passwords_by_secret["${name}-postgres"]\n'
                    "  }\n"
                    "}"
                ),
                watcher=anything(
                    f'var.managed_database == null ? null : {{ role = "{WATCHER}", password = {_WATCHER_PASSWORD} }}'
                ),
                readers=anything("try(var.managed_database.readers, {})"),
                people=strings("try(var.managed_database.people, [])"),
                revision=inputs.secret_version,
                labels=inputs.labels,
            ),
            only_if="length(local.postgres_users) > 0",
            depends_on=["secrets"],
        )

    def _broker_bootstrap(self, inputs: InClusterInputs, broker: InClusterRabbitmqOutputs) -> None:
        default_user = bare(broker.administrator_secret_name)
        self.call(
            "broker_bootstrap",
            KubernetesBrokerBootstrap,
            BrokerBootstrapInputs(
                namespace=text(f'module.namespace["{MESSAGE_BROKER}"].name'),
                service_account_name=text(f'module.namespace["{MESSAGE_BROKER}"].service_account_name'),
                management_url=text(
                    f"var.managed_broker == null ? {bare(broker.management_url)} : var.managed_broker.management_url"
                ),
                nodes=number("try(var.rabbitmq.replicas, 1)"),
                ca_secret_name=broker.ca_secret_name,
                administrator_name=anything(
                    f'var.managed_broker != null ? null : {{ secret_name = {default_user}, key = "username" }}'
                ),
                administrator=text("try(var.managed_broker.administrator_name, null)"),
                administrator_password=anything(
                    "var.managed_broker == null ? "
                    f'{{ secret_name = {default_user}, key = "{_OPERATORS_KEY}" }} : '
                    'local.passwords_by_secret["rabbitmq-administrator"]'
                ),
                users=anything(
                    '{ for name in local.rabbitmq_users : name => local.passwords_by_secret["${name}-rabbitmq"] }'
                ),
                queues=inputs.queues,
                revision=inputs.secret_version,
                labels=inputs.labels,
            ),
            only_if="length(local.rabbitmq_users) > 0",
            depends_on=["secrets"],
        )

    def _microservices(self, inputs: InClusterInputs) -> None:
        self.call(
            "microservice",
            KubernetesMicroservice,
            MicroserviceInputs(
                **_application(inputs),
                port=number("each.value.port"),
                probes=anything("each.value.probes"),
                min_replicas=number("each.value.min_replicas"),
                max_replicas=number("each.value.max_replicas"),
                cpu_percent=number("each.value.cpu_percent"),
                memory_percent=number("each.value.memory_percent"),
                queue_scaling=anything(
                    "each.value.scale_on_queue == null ? null : {\n"
                    "  queue                = each.value.scale_on_queue\n"
                    "  messages_per_replica = each.value.messages_per_replica\n"
                    '  host                 = "amqps://${local.broker.host}:${local.broker.port}/'
                    f'{VIRTUAL_HOST}"\n'
                    "  user                 = each.key\n"
                    '  password             = local.passwords_by_secret["${each.key}-rabbitmq"]\n'
                    "  ca_certificate = var.rabbitmq == null ? null : {\n"
                    "    secret_name = module.certificates.trust_secret_name\n"
                    '    key         = "ca.crt"\n'
                    "  }\n"
                    "}"
                ),
            ),
            for_each="{ for name, service in var.services : name => service if service.schedule == null }",
            depends_on=_WAITED_FOR,
        )

    def _scheduled_jobs(self, inputs: InClusterInputs) -> None:
        self.call(
            "scheduled_job",
            KubernetesScheduledJob,
            ScheduledJobInputs(
                **_application(inputs),
                schedule=text("each.value.schedule"),
                time_zone=text("each.value.time_zone"),
            ),
            for_each="{ for name, service in var.services : name => service if service.schedule != null }",
            depends_on=_WAITED_FOR,
        )


def _application(inputs: InClusterInputs) -> dict[str, Any]:
    """What a service is given of the composition, whatever starts its pods."""
    return {
        "name": text("each.key"),
        "namespace": text("module.namespace[each.key].name"),
        "service_account_name": text("module.namespace[each.key].service_account_name"),
        "image": text("var.images[each.key]"),
        "command": strings("each.value.command"),
        "arguments": strings("each.value.arguments"),
        "resources": anything("each.value.resources"),
        "node_labels": string_map("each.value.node_labels"),
        "tolerations": anything("each.value.tolerations"),
        "configuration": string_map("local.connections[each.key]"),
        "secrets": anything("local.passwords[each.key]"),
        "certificates": string_map(
            "{\n"
            "  for file, certificate in {\n"
            '    "database.crt" = try(var.managed_database.ca_certificate, "")\n'
            '    "cache.crt"    = try(var.managed_cache.ca_certificate, "")\n'
            '  } : file => certificate if certificate != ""\n'
            "}"
        ),
        "certificate_secrets": anything(
            "{\n"
            "  for file, need in {\n"
            '    "database.crt" = var.postgres == null ? null : "postgres"\n'
            '    "broker.crt"   = var.rabbitmq == null ? null : "rabbitmq"\n'
            '  } : file => { secret_name = module.certificates.trust_secret_name, key = "ca.crt" }\n'
            "  if try(contains(each.value.uses, need), false)\n"
            "}"
        ),
        "pod_labels": inputs.pod_labels,
        "stop_seconds": number("each.value.stop_seconds"),
        "revision": inputs.secret_version,
        "labels": inputs.labels,
    }


def _vendor_key(name: str) -> SecretKey:
    key: SecretKey = anything(
        f'contains(keys(local.vendor_keys), "{name}") ? local.passwords_by_secret["{name}"] : null'
    )
    return key
