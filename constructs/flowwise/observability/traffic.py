"""Who may talk to whom in the namespace of observability, where everything else is denied."""

from itertools import groupby
from typing import Any

from cdk.kubernetes import NetworkPolicyV1
from flowwise.authoring.expressions import number, text
from flowwise.authoring.module import Module
from flowwise.observability.collectors import GATEWAY, TELEMETRY_PORT
from flowwise.observability.exporters import (
    POSTGRES_EXPORTER,
    POSTGRES_EXPORTER_PORT,
    REDIS_EXPORTER,
    REDIS_EXPORTER_PORT,
)
from flowwise.observability.sources import SOURCES
from flowwise.pods.network_policies import Allowed, add_network_policy
from flowwise.tables.traffic import (
    API_PORTS,
    CACHE_PODS,
    COLLECTOR_PODS,
    EVERYWHERE,
    METADATA_SERVICE,
    OTLP_GRPC_PORT,
)
from flowwise.tables.workloads import REDIS

_KUBELET_PORT = 10250

_NAME = "app.kubernetes.io/name"
_INSTANCE = "app.kubernetes.io/instance"
_GATEWAY_PODS = {_INSTANCE: GATEWAY}
_POSTGRES_EXPORTER_PODS = {_NAME: POSTGRES_EXPORTER}
_REDIS_EXPORTER_PODS = {_NAME: REDIS_EXPORTER}

_NODES_NAMESPACE = text("module.nodes_namespace.name")


def add_traffic(module: Module[Any, Any]) -> list[NetworkPolicyV1]:
    """Add the policies, and give those that collectors need to start. DNS is the namespace's own business."""
    _of_gateway(module)
    policies = [_of_nodes(module), _of_cluster(module)]
    _of_exporters(module)
    return policies


def _policy(module: Module[Any, Any], name: str, only_if: str | None = None, **rules: Any) -> NetworkPolicyV1:
    count = None if only_if is None else number(f"{only_if} ? 1 : 0")
    return add_network_policy(module, name, namespace=text("var.namespace"), count=count, **rules)


def _of_gateway(module: Module[Any, Any]) -> None:
    _policy(
        module,
        "gateway",
        pods=_GATEWAY_PODS,
        ingress=[
            Allowed(ports=[OTLP_GRPC_PORT], namespaces=[_NODES_NAMESPACE]),
            Allowed(ports=[OTLP_GRPC_PORT, TELEMETRY_PORT], pods=COLLECTOR_PODS),
        ],
    )
    module.comment("The only way out of the cluster for what is collected.")
    _policy(
        module,
        "gateway_to_vendor",
        'var.vendor != "none"',
        pods=_GATEWAY_PODS,
        egress=[Allowed(ports=[443], cidr=EVERYWHERE, without=[METADATA_SERVICE])],
    )


def _of_nodes(module: Module[Any, Any]) -> NetworkPolicyV1:
    module.comment("The node's own kubelet, and the Kubernetes API, by their ports alone: neither has labels.")
    return add_network_policy(
        module, "nodes", namespace=_NODES_NAMESPACE, egress=[Allowed(ports=[*API_PORTS, _KUBELET_PORT])]
    )


def _of_cluster(module: Module[Any, Any]) -> NetworkPolicyV1:
    module.comment("The Kubernetes API by its ports alone: it has no labels, and its addresses differ.")
    policy = _policy(
        module,
        "cluster",
        pods=COLLECTOR_PODS,
        ingress=[Allowed(ports=[TELEMETRY_PORT], pods=COLLECTOR_PODS)],
        egress=[
            Allowed(ports=API_PORTS),
            Allowed(ports=[OTLP_GRPC_PORT, TELEMETRY_PORT], pods=_GATEWAY_PODS),
            Allowed(ports=[TELEMETRY_PORT], pods=COLLECTOR_PODS),
            Allowed(ports=[TELEMETRY_PORT], namespaces=[_NODES_NAMESPACE]),
        ],
    )
    exporters = {
        "postgres_exporters": ("length(var.databases) > 0", POSTGRES_EXPORTER_PORT, _POSTGRES_EXPORTER_PODS),
        "redis_exporter": ("var.redis != null", REDIS_EXPORTER_PORT, _REDIS_EXPORTER_PODS),
    }
    for name, (only_if, port, pods) in exporters.items():
        egress = [Allowed(ports=[port], pods=pods)]
        _policy(module, f"cluster_to_{name}", only_if, pods=COLLECTOR_PODS, egress=egress)
    for owner, group in groupby(SOURCES, lambda source: source.owner):
        sources = list(group)
        egress = [Allowed(ports=[each.port], namespaces=[text(each.namespace)], pods=each.pods) for each in sources]
        _policy(module, f"cluster_to_{owner}", f"{sources[0].namespace} != null", pods=COLLECTOR_PODS, egress=egress)
    return policy


def _of_exporters(module: Module[Any, Any]) -> None:
    postgres = _policy(
        module,
        "postgres_exporters",
        "length(var.databases) > 0",
        pods=_POSTGRES_EXPORTER_PODS,
        ingress=[Allowed(ports=[POSTGRES_EXPORTER_PORT], pods=COLLECTOR_PODS)],
        egress=[],
    )
    postgres.add_override(
        "spec.egress",
        {
            "dynamic": {
                "to": {
                    "for_each": text("var.database_cidrs"),
                    "content": {"ip_block": {"cidr": text("to.value")}},
                },
                "ports": {
                    "for_each": text("toset(values(var.databases)[*].port)"),
                    "content": {"port": text("ports.value"), "protocol": "TCP"},
                },
            }
        },
    )
    _policy(
        module,
        "redis_exporter",
        "var.redis != null",
        pods=_REDIS_EXPORTER_PODS,
        ingress=[Allowed(ports=[REDIS_EXPORTER_PORT], pods=COLLECTOR_PODS)],
        egress=[Allowed(ports=[text("var.redis.port")], namespaces=[REDIS], pods=CACHE_PODS)],
    )
