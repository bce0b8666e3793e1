"""Who may talk to whom in the namespace of observability, where everything else is denied."""

from typing import Any

from cdk.kubernetes import NetworkPolicyV1
from flowwise.authoring.expressions import number, text
from flowwise.authoring.module import Module
from flowwise.observability.collectors import CLUSTER, GATEWAY, GRPC_PORT, TELEMETRY_PORT
from flowwise.observability.exporters import (
    POSTGRES_EXPORTER,
    POSTGRES_EXPORTER_PORT,
    RABBITMQ_PORT,
    REDIS_EXPORTER,
    REDIS_EXPORTER_PORT,
)
from flowwise.pods.network_policies import API_PORTS, METADATA_SERVICE, Allowed, add_network_policy

_KUBELET_PORT = 10250

_NAME = "app.kubernetes.io/name"
_INSTANCE = "app.kubernetes.io/instance"
_CLUSTER_PODS = {_INSTANCE: CLUSTER}
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
            Allowed(ports=[GRPC_PORT], namespaces=[_NODES_NAMESPACE]),
            Allowed(ports=[GRPC_PORT, TELEMETRY_PORT], pods=_CLUSTER_PODS),
        ],
    )
    module.comment("The only way out of the cluster for what is collected.")
    _policy(
        module,
        "gateway_to_vendor",
        'var.vendor != "none"',
        pods=_GATEWAY_PODS,
        egress=[Allowed(ports=[443], cidr="0.0.0.0/0", without=[METADATA_SERVICE])],
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
        pods=_CLUSTER_PODS,
        ingress=[Allowed(ports=[TELEMETRY_PORT], pods=_CLUSTER_PODS)],
        egress=[
            Allowed(ports=API_PORTS),
            Allowed(ports=[GRPC_PORT, TELEMETRY_PORT], pods=_GATEWAY_PODS),
            Allowed(ports=[TELEMETRY_PORT], pods=_CLUSTER_PODS),
            Allowed(ports=[TELEMETRY_PORT], namespaces=[_NODES_NAMESPACE]),
            Allowed(ports=[POSTGRES_EXPORTER_PORT], pods=_POSTGRES_EXPORTER_PODS),
            Allowed(ports=[REDIS_EXPORTER_PORT], pods=_REDIS_EXPORTER_PODS),
        ],
    )
    _policy(
        module,
        "cluster_to_rabbitmq",
        "var.rabbitmq_namespace != null",
        pods=_CLUSTER_PODS,
        egress=[Allowed(ports=[RABBITMQ_PORT], namespaces=[text("var.rabbitmq_namespace")])],
    )
    return policy


def _of_exporters(module: Module[Any, Any]) -> None:
    postgres = _policy(
        module,
        "postgres_exporters",
        "length(var.databases) > 0",
        pods=_POSTGRES_EXPORTER_PODS,
        ingress=[Allowed(ports=[POSTGRES_EXPORTER_PORT], pods=_CLUSTER_PODS)],
        egress=[],
    )
    postgres.add_override(
        "spec.egress",
        {
            "dynamic": {
                "ports": {
                    "for_each": text("toset(values(var.databases)[*].port)"),
                    "content": {"port": text("ports.value"), "protocol": "TCP"},
                }
            }
        },
    )
    _policy(
        module,
        "redis_exporter",
        "var.redis != null",
        pods=_REDIS_EXPORTER_PODS,
        ingress=[Allowed(ports=[REDIS_EXPORTER_PORT], pods=_CLUSTER_PODS)],
        egress=[Allowed(ports=[text("var.redis.port")])],
    )
