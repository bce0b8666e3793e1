"""The workloads of an environment: the root that configures access to the cluster, and calls what runs in it."""

import json
from dataclasses import replace
from typing import Any

from cdk.core import App, LocalBackend
from cdk.helm import HelmProvider, HelmProviderKubernetes
from cdk.kubernetes import KubernetesProvider
from environments import Environment
from environments.events import queue_of, queues_of
from environments.field_types import INTERNET
from environments.own_secrets import given_secrets, secrets_of
from environments.services import Egress as EgressTable
from environments.services import Service as ServiceTable
from flowwise.api_gateway import RateLimit, TokenIssuer
from flowwise.authoring.contract import Inputs, Validation, variable
from flowwise.authoring.expressions import anything, boolean, number, string_map, strings, text
from flowwise.authoring.module import TerraformFolder
from flowwise.authoring.texts import literal
from flowwise.broker_bootstrap import Queue
from flowwise.cluster_secrets import SecretsStore
from flowwise.in_cluster import (
    Egress,
    GatewaySettings,
    InClusterBroker,
    InClusterCache,
    InClusterDatabase,
    InClusterInputs,
    ManagedBroker,
    ManagedCache,
    ManagedDatabase,
    ManagedStorage,
    ObservabilitySettings,
    OwnSecret,
    Service,
)
from flowwise.in_cluster.kubernetes import KubernetesInCluster
from flowwise.microservice import Probes, Resources, Toleration
from flowwise.tables.application import REFERENCE_IMAGE
from flowwise.tables.copies import BROKER_NODES
from flowwise.tables.node_pools import POOL_LABELS, SPOT_TAINTS
from flowwise.tables.project import PLATFORM, WORKLOADS
from flowwise.tables.regions import REGIONS
from flowwise.tables.sizes import IN_CLUSTER_MEMORY
from flowwise.tables.traffic import EVERYWHERE, NOT_THE_INTERNET
from flowwise.tables.vendor_keys import API_KEY, APPLICATION_KEY
from stacks.cluster_access import CLUSTER_LOGINS
from stacks.confirmation import ask_for_confirmation
from stacks.folder_stack import ENVIRONMENTS, FolderStack
from stacks.platform_example import platform_example
from stacks.protection import tell_protection
from stacks.secret_values import add_secret_values
from stacks.state import keep_state, read_state

_PEM = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"
_PLATFORM = f"data.terraform_remote_state.{PLATFORM}.outputs"


class WorkloadsInputs(Inputs):
    """What a release changes, and nothing else."""

    images: dict[str, str] = variable(
        "Image of each microservice, by digest or tag, such as "
        '{ lancamentos = "registry.example/lancamentos@sha256:..." }.',
        example={},
    )


class _LaptopWorkloadsInputs(WorkloadsInputs):
    images: dict[str, str] = variable(
        "Image of each microservice, by digest or tag. One that is not named runs the reference service, "
        f"{REFERENCE_IMAGE}.",
        default={},
        example={},
    )


class _AwsWorkloadsInputs(WorkloadsInputs):
    database_ca_certificate: str = variable(
        "Certificates of the authority that signs those of RDS, in PEM. AWS publishes them by region, such as "
        "https://truststore.pki.rds.amazonaws.com/sa-east-1/sa-east-1-bundle.pem.",
        example="",
        validations=[
            Validation(
                'startswith(trimspace(self), "-----BEGIN CERTIFICATE-----")',
                "database_ca_certificate must be certificates in PEM.",
                rejects="",
            )
        ],
    )


class WorkloadsStack(FolderStack):
    """`infra/environments/<name>/workloads/`; of an environment without a cloud, `infra/environments/<name>/`."""

    is_root = True

    def __init__(self, app: App, environment: Environment) -> None:
        in_cloud = environment.in_cloud
        folder = f"{ENVIRONMENTS}{environment.name}" + (f"/{WORKLOADS}" if in_cloud else "")
        super().__init__(app, folder)
        self.environment = environment
        self.source = f"environments/{environment.name}.toml"
        self.content = TerraformFolder(self, folder)
        self.test_variables: dict[str, Any] = {
            "images": {name: f"registry.example/{name}:1.0.0" for name in environment.services}
        }
        if environment.cloud == "aws" and environment.postgres:
            variables: WorkloadsInputs = self.add_variables(_AwsWorkloadsInputs)
            self.test_variables["database_ca_certificate"] = _PEM
        else:
            variables = self.add_variables(_LaptopWorkloadsInputs if _is_on_a_laptop(environment) else WorkloadsInputs)
        ask_for_confirmation(self, environment)
        if in_cloud:
            keep_state(self, environment, WORKLOADS)
            read_state(self, environment, PLATFORM)
            self.test_data = {f"data.terraform_remote_state.{PLATFORM}": {"outputs": platform_example(environment)}}
            self._log_in_to_the_clouds_cluster(environment)
        else:
            # Left alone, the path would be an absolute one of the machine that synthesised.
            LocalBackend(self, path="terraform.tfstate")
            context = literal(environment.kubernetes_context)
            KubernetesProvider(self, "kubernetes", config_path="~/.kube/config", config_context=context)
            HelmProvider(
                self,
                "helm",
                kubernetes=HelmProviderKubernetes(config_path="~/.kube/config", config_context=context),
            )
        inputs = workloads_inputs(environment, variables)
        secrets = given_secrets(environment)
        if secrets and not in_cloud:  # in a cloud, the platform's root takes them
            inputs = replace(inputs, secret_values=add_secret_values(self, secrets))
            self.test_variables["secret_values"] = dict.fromkeys(secrets, "an-example-of-a-key")
        self.add_outputs(self.content.call("workloads", KubernetesInCluster, inputs), self._absent(environment))
        tell_protection(self, environment)

    def _log_in_to_the_clouds_cluster(self, environment: Environment) -> None:
        region = REGIONS[environment.known_region][environment.cloud].code
        login = CLUSTER_LOGINS[environment.cloud](text(f"{_PLATFORM}.cluster_name"), region)
        access: dict[str, Any] = {
            "host": text(f"{_PLATFORM}.cluster_endpoint"),
            "cluster_ca_certificate": text(f"base64decode({_PLATFORM}.cluster_ca_certificate)"),
        }
        KubernetesProvider(self, "kubernetes", **access, exec=[login.for_kubernetes()])
        HelmProvider(self, "helm", kubernetes=HelmProviderKubernetes(**access, exec=login.for_helm()))

    @staticmethod
    def _absent(environment: Environment) -> tuple[str, ...]:
        # An output that is null has the CLI of CDKTF stumble when it shows the outputs.
        return () if environment.gateway else ("url", "address_command")


def workloads_inputs(environment: Environment, variables: WorkloadsInputs) -> InClusterInputs:
    """What an environment file asks of what runs in the cluster, in the words of its contract."""
    called = {was: today for today, was in environment.renamed_services.items()}
    return InClusterInputs(
        environment=environment.name,
        high_availability=environment.runs_in_copies,
        services={
            name: replace(_service(environment, name, service), called=called.get(name))
            for name, service in environment.deployed_services.items()
        },
        images=_images(environment, variables),
        queues=_queues(environment),
        secret_version=environment.secret_version,
        gateway=_gateway(environment),
        labels={"app.kubernetes.io/managed-by": "terraform", "flowwise/environment": environment.name},
        **(_in_cloud(environment) if environment.in_cloud else _in_cluster(environment)),
        rabbitmq=_rabbitmq(environment),
        observability=_observability(environment),
    )


def _observability(environment: Environment) -> ObservabilitySettings:
    """Who watches, by keys in the platform's store or, without a cloud, from whoever applies."""
    asked = environment.observability
    settings = ObservabilitySettings(backend=asked.backend, endpoint=asked.endpoint or "")
    if asked.backend == "none":
        return settings
    if not environment.in_cloud:
        return replace(settings, key_name=API_KEY, key_version=asked.key_version)

    def stored(key: str) -> str:
        return text(f'{_PLATFORM}.secret_names["{key}"]')

    alerts = asked.application_key_version is not None
    return replace(settings, key_name=stored(API_KEY), application_key_name=stored(APPLICATION_KEY) if alerts else None)


def _is_on_a_laptop(environment: Environment) -> bool:
    """Or as good as there: production in a cluster of one's own has to name its images."""
    return not environment.in_cloud and environment.tier == "dev"


def _images(environment: Environment, variables: WorkloadsInputs) -> dict[str, str]:
    """Those of a release; in a cluster on a laptop, the reference service until there is another.

    A release names a microservice as people do today, and the module as it was made.
    """
    names = {service.was or name: name for name, service in environment.services.items()}
    if not _is_on_a_laptop(environment):
        if not environment.renamed_services:
            return variables.images
        return {name: text(f'var.images["{today}"]') for name, today in names.items()}
    if not environment.renamed_services:
        return string_map(
            f'merge({{ for name in {json.dumps(list(names))} : name => "{REFERENCE_IMAGE}" }}, var.images)'
        )
    return {name: text(f'lookup(var.images, "{today}", "{REFERENCE_IMAGE}")') for name, today in names.items()}


def _in_cloud(environment: Environment) -> dict[str, Any]:
    """What the cloud runs, as the platform's root says it is."""

    def of(name: str) -> str:
        return text(f"{_PLATFORM}.{name}")

    network = environment.network
    managed: dict[str, Any] = {}
    if environment.postgres:
        managed["managed_database"] = ManagedDatabase(
            hosts=string_map(f"{_PLATFORM}.database_hosts"),
            servers=string_map(f"{_PLATFORM}.database_servers"),
            names=string_map(f"{_PLATFORM}.database_names"),
            port=number(f"{_PLATFORM}.database_port"),
            administrator_name=of("database_administrator_name"),
            # Nobody but AWS itself says what its authority is, and only on a web site.
            ca_certificate=text("var.database_ca_certificate")
            if environment.cloud == "aws"
            else of("database_ca_certificate"),
            certificate_names_host=boolean(f"{_PLATFORM}.database_certificate_names_host"),
            people=strings(f"{_PLATFORM}.database_people"),
            readers=anything(f"{_PLATFORM}.database_readers"),
        )
    if environment.redis:
        managed["managed_cache"] = ManagedCache(
            name=of("cache_name"),
            host=of("cache_host"),
            port=number(f"{_PLATFORM}.cache_port"),
            ca_certificate=of("cache_ca_certificate"),
            user_names=string_map(f"{_PLATFORM}.cache_user_names"),
        )
    if environment.storage:
        managed["managed_storage"] = ManagedStorage(
            endpoint=of("storage_endpoint"), buckets=string_map(f"{_PLATFORM}.storage_buckets")
        )
    if environment.rabbitmq and environment.rabbitmq.mode == "managed":
        managed["managed_broker"] = ManagedBroker(
            host=of("broker_host"),
            port=number(f"{_PLATFORM}.broker_port"),
            management_url=of("broker_management_url"),
            administrator_name=of("broker_administrator_name"),
            administrator_secret_name=of("broker_administrator_secret_name"),
        )
    return {
        "cloud": environment.cloud,
        "region": REGIONS[environment.known_region][environment.cloud].code,
        "cluster_name": of("cluster_name"),
        "disk_key": of("disk_key"),
        "scales_nodes": environment.makes_cluster,
        "network_cidr": str(network.cidr) if network else None,
        "secret_store": SecretsStore(kind=environment.cloud, address=of("secret_store_address")),
        "secret_names": string_map(f"{_PLATFORM}.secret_names"),
        "service_account_annotations": anything(f"{_PLATFORM}.service_account_annotations"),
        "pod_labels": string_map(f"{_PLATFORM}.pod_labels"),
        **managed,
    }


def _in_cluster(environment: Environment) -> dict[str, Any]:
    """Everything in the cluster, made on the spot."""
    postgres, redis = environment.postgres, environment.redis
    return {
        "cloud": "none",
        "cluster_name": environment.kubernetes_context,
        "secret_store": SecretsStore(kind="none"),
        "postgres": postgres and InClusterDatabase(engine_version=postgres.version, storage_gb=postgres.storage_gb),
        "redis": redis
        and InClusterCache(memory=IN_CLUSTER_MEMORY["redis"][redis.size], eviction_policy=redis.eviction_policy),
    }


def _rabbitmq(environment: Environment) -> InClusterBroker | None:
    rabbitmq = environment.rabbitmq
    if rabbitmq is None or rabbitmq.mode == "managed":
        return None
    return InClusterBroker(
        replicas=BROKER_NODES[rabbitmq.high_availability],
        memory=IN_CLUSTER_MEMORY["rabbitmq"][rabbitmq.size],
        storage_gb=rabbitmq.storage_gb,
    )


def _service(environment: Environment, name: str, service: ServiceTable) -> Service:
    return Service(
        port=service.port if service.kind == "http" else None,
        schedule=service.schedule,
        time_zone=service.time_zone,
        command=list(service.command),
        arguments=list(service.arguments),
        probes=Probes(
            startup=service.health.startup, readiness=service.health.readiness, liveness=service.health.liveness
        ),
        paths=list(service.paths),
        calls=list(service.calls),
        egress={reason: _egress(outside) for reason, outside in service.egress.items()},
        public=service.public,
        resources=Resources(
            cpu=service.cpu,
            memory=service.memory,
            cpu_limit=service.cpu_limit,
            memory_limit=service.memory_limit,
        ),
        **_placement(environment, service.pool),
        min_replicas=service.min_replicas,
        max_replicas=service.max_replicas,
        cpu_percent=service.cpu_percent,
        memory_percent=service.memory_percent,
        uses=list(service.uses),
        scale_on_queue=service.scale_on_queue and queue_of(service.scale_on_queue, name, service),
        messages_per_replica=service.messages_per_replica or 20,
        stop_seconds=service.stop_seconds,
        configuration=dict(service.configuration),
        secrets={
            variable: OwnSecret(name=secret.name, version=secret.version)
            for variable, secret in secrets_of(name, service).items()
        },
    )


def _egress(outside: EgressTable) -> Egress:
    if INTERNET in outside.to:
        return Egress(cidrs=[EVERYWHERE], without=list(NOT_THE_INTERNET), ports=list(outside.ports))
    return Egress(cidrs=list(outside.to), ports=list(outside.ports))


def _placement(environment: Environment, pool: str | None) -> dict[str, Any]:
    """On which nodes: those of a pool, whose taints are tolerated, or any without taints."""
    if pool is None or environment.cluster is None:
        return {}
    table = environment.cluster.node_pools[pool]
    tolerated = [Toleration(key=taint.key, value=taint.value, effect=taint.effect) for taint in table.taints]
    if table.spot and environment.cloud in SPOT_TAINTS:
        key, value = SPOT_TAINTS[environment.cloud]
        tolerated.append(Toleration(key=key, value=value, effect="NoSchedule"))
    return {"node_labels": {POOL_LABELS[environment.cloud]: pool}, "tolerations": tolerated}


def _queues(environment: Environment) -> dict[str, Queue]:
    return {
        name: Queue(
            event=None if queue.event == name else queue.event,
            publishers=list(queue.publishers),
            consumers=list(queue.consumers),
        )
        for name, queue in queues_of(environment).items()
    }


def _gateway(environment: Environment) -> GatewaySettings | None:
    gateway = environment.gateway
    if gateway is None:
        return None
    issuer = gateway.token_issuer
    return GatewaySettings(
        host=gateway.host,
        certificate_email=gateway.certificate_email,
        challenge_zone=anything(f"{_PLATFORM}.challenge_zone") if environment.proves_in_dns else None,
        public=gateway.public,
        balancer_annotations=string_map(f"{_PLATFORM}.gateway_annotations") if environment.has_public_address else {},
        cors_origins=list(gateway.cors_origins),
        client_limit=RateLimit(requests=gateway.client_requests, unit=gateway.client_unit.capitalize()),
        max_request_kb=gateway.max_request_kb,
        min_replicas=gateway.min_replicas,
        max_replicas=gateway.max_replicas,
        token_issuer=None
        if issuer is None
        else TokenIssuer(issuer=issuer.issuer, jwks_uri=issuer.jwks_uri, audiences=list(issuer.audiences)),
    )
