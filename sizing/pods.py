"""The pods of an environment that stay: which there are, where they may run, and what each asks for.

Jobs that set something up are left out, as they end, and so is what a deployment has too many of while it is
replaced. Nothing here is a number: what pods ask for is in `flowwise.pod_requests`, how many there are in
`flowwise.copies`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from environments import Environment
from environments.gateway import Gateway
from flowwise.pods.requests import BROKER_CPU, CACHE_CPU, NOT_SAID, REQUESTS, Requests
from flowwise.tables.copies import (
    BROKER_NODES,
    CLUSTER_AUTOSCALER_CLOUD,
    DATABASE_SERVERS,
    METRICS_SERVER_CLOUDS,
    MOST_GATEWAY_CONTROLLERS,
    OPERATOR_COPIES,
)
from flowwise.tables.sizes import IN_CLUSTER_MEMORY
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
from sizing.room import Room

KUBERNETES = "kube-system"
"""Namespace of what belongs to Kubernetes itself."""


class Where(Enum):
    """On which nodes a pod may run: its tolerations, against the taint of the system pool."""

    SYSTEM = "the system pool alone"
    ANYWHERE = "the system pool and node pools without taints"
    OPEN = "node pools without taints"
    EACH = "each node there is"


@dataclass(frozen=True)
class Pod:
    """One kind of pod: its name and its service's, which is its namespace; what one asks for, and how many there are.

    `low` and `high` are the copies at the least and at the most; of what runs on each node, there is one to a node.
    Of copies that are kept `apart`, no node has two. Those of a `pool` run on its nodes alone, and tolerate its taints.
    """

    name: str
    service: str
    asks: Room
    low: int
    high: int
    where: Where
    apart: bool = False
    pool: str | None = None

    @property
    def is_per_node(self) -> bool:
        """Whether each node has one, like a DaemonSet's."""
        return self.where is Where.EACH

    def as_json(self) -> dict[str, object]:
        """As `Sizing.as_json` has it."""
        return {
            "name": self.name,
            "service": self.service,
            **self.asks.as_json(),
            "low": self.low,
            "high": self.high,
            "per_node": self.is_per_node,
        }


def pods_of(environment: Environment) -> tuple[Pod, ...]:
    """What we install: the microservices, and all that serves them. What the cloud adds is in `system_pods`."""
    pods = [*_services(environment), *_operators(environment), *_observability(environment), *_broker(environment)]
    if environment.gateway:
        pods += _gateway(environment.gateway)
    pods += _exporters(environment) if environment.in_cloud else _databases(environment)
    if environment.cloud == "google":
        # Its system pool has a taint of Google's own, which only Google's pods tolerate.
        pods = [replace(pod, where=Where.OPEN) if pod.where is Where.ANYWHERE else pod for pod in pods]
    return tuple(pods)


def _pod(name: str, service: str, copies: int, where: Where) -> Pod:
    """One of the tables', of which there are always as many."""
    return Pod(name, service, _room(REQUESTS[name]), copies, copies, where)


def _room(requests: Requests) -> Room:
    return Room.of(requests.cpu, requests.memory)


def _services(environment: Environment) -> Iterator[Pod]:
    for name, service in environment.services.items():
        asks = Room.of(service.cpu, service.memory)
        # Of a job, one runs at a time, or none.
        low, high = (0, 1) if service.kind == "job" else (service.min_replicas, service.max_replicas)
        yield Pod(name, name, asks, low, high, Where.OPEN, pool=service.pool)


def _operators(environment: Environment) -> Iterator[Pod]:
    cloud = environment.cloud if environment.in_cloud else "none"
    namespaces = {
        "cert-manager": CERT_MANAGER,
        "cert-manager-webhook": CERT_MANAGER,
        "cert-manager-cainjector": CERT_MANAGER,
        "keda-operator": KEDA,
        "keda-operator-metrics-apiserver": KEDA,
        "keda-admission-webhooks": KEDA,
    }
    if environment.in_cloud:
        secrets = ("external-secrets", "external-secrets-webhook", "external-secrets-cert-controller")
        namespaces |= dict.fromkeys(secrets, EXTERNAL_SECRETS)
    if cloud in METRICS_SERVER_CLOUDS:
        namespaces["metrics-server"] = KUBERNETES
    if cloud == CLUSTER_AUTOSCALER_CLOUD and environment.makes_cluster:
        namespaces["cluster-autoscaler"] = KUBERNETES
    copies = OPERATOR_COPIES if environment.runs_in_copies else 1
    for name, namespace in namespaces.items():
        yield _pod(name, namespace, copies, Where.ANYWHERE)


def _observability(environment: Environment) -> Iterator[Pod]:
    yield _pod("otel-nodes", f"{OBSERVABILITY}-nodes", 1, Where.EACH)
    yield _pod("otel-cluster", OBSERVABILITY, 1, Where.OPEN)
    yield _pod("otel-gateway", OBSERVABILITY, OPERATOR_COPIES if environment.runs_in_copies else 1, Where.OPEN)
    if environment.observability.application_key_version:
        yield _pod("datadog-operator", OBSERVABILITY, 1, Where.OPEN)


def _broker(environment: Environment) -> Iterator[Pod]:
    rabbitmq = environment.rabbitmq
    if rabbitmq and rabbitmq.mode == "in-cluster":
        yield _pod("rabbitmq-cluster-operator", RABBITMQ_OPERATOR, 1, Where.ANYWHERE)
        asks = Room.of(BROKER_CPU, IN_CLUSTER_MEMORY["rabbitmq"][rabbitmq.size])
        nodes = BROKER_NODES[rabbitmq.high_availability]
        yield Pod("rabbitmq", MESSAGE_BROKER, asks, nodes, nodes, Where.OPEN, apart=True)


def _gateway(gateway: Gateway) -> Iterator[Pod]:
    proxy = _room(REQUESTS["envoy"]) + _room(NOT_SAID["envoy-shutdown-manager"])
    yield Pod("envoy", GATEWAY, proxy, gateway.min_replicas, gateway.max_replicas, Where.OPEN)
    copies = min(gateway.min_replicas, MOST_GATEWAY_CONTROLLERS)
    yield Pod("envoy-gateway", GATEWAY, _room(NOT_SAID["envoy-gateway"]), copies, copies, Where.ANYWHERE)
    yield _pod("envoy-ratelimit", GATEWAY, copies, Where.OPEN)
    yield _pod("rate-limit-cache", GATEWAY, 1, Where.OPEN)


def _exporters(environment: Environment) -> Iterator[Pod]:
    """Of metrics of the databases that a cloud runs: one for each server."""
    users = [name for name, service in environment.services.items() if "postgres" in service.uses]
    if environment.postgres and users:
        asks = _room(REQUESTS["postgres-exporter"])
        for server in ["shared"] if environment.postgres.topology == "shared" else users:
            yield Pod(f"postgres-exporter-{server}", OBSERVABILITY, asks, 1, 1, Where.OPEN)


def _databases(environment: Environment) -> Iterator[Pod]:
    """What a cloud would run."""
    if environment.postgres:
        in_copies = environment.runs_in_copies
        yield _pod("cloudnative-pg", CLOUD_NATIVE_PG, OPERATOR_COPIES if in_copies else 1, Where.ANYWHERE)
        yield replace(_pod("postgres", POSTGRES, DATABASE_SERVERS if in_copies else 1, Where.OPEN), apart=True)
    if environment.redis:
        asks = Room.of(CACHE_CPU, IN_CLUSTER_MEMORY["redis"][environment.redis.size])
        yield Pod("redis", REDIS, asks, 1, 1, Where.OPEN)
        yield _pod("redis-exporter", OBSERVABILITY, 1, Where.OPEN)
