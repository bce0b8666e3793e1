"""An operator in a namespace of its own, and the traffic between it and the pods that it runs."""

from collections.abc import Sequence
from typing import Any

from cdk.helm import Release
from cdk.kubernetes import NamespaceV1, NamespaceV1Metadata, NetworkPolicyV1
from flowwise.authoring.expressions import string_map, text
from flowwise.authoring.module import Module
from flowwise.pods.network_policies import DNS, Allowed, add_network_policy
from flowwise.pods.releases import add_release
from flowwise.tables.charts import Chart
from flowwise.tables.kubernetes_versions import POD_SECURITY_VERSION
from flowwise.tables.project import PROJECT
from flowwise.tables.traffic import API_PORTS

TOLERATIONS = [{"key": "CriticalAddonsOnly", "operator": "Exists"}]
"""Lets an operator run on the nodes that are kept for the platform's own parts."""


def add_labels(module: Module[Any, Any]) -> None:
    """Add `local.labels`: those of `var.labels`, and what the module is."""
    module.local(
        "labels",
        text(
            "merge(var.labels, {\n"
            f'  "app.kubernetes.io/name"    = "{module.contract.service}"\n'
            f'  "app.kubernetes.io/part-of" = "{PROJECT}"\n'
            "})"
        ),
    )


def add_restricted_namespace(module: Module[Any, Any], id_: str, name: str, **arguments: Any) -> NamespaceV1:
    """Add `kubernetes_namespace_v1.<id_>`, whose pods have to be as hardened as can be. It needs `local.labels`."""
    return module.resource(
        NamespaceV1,
        id_,
        metadata=NamespaceV1Metadata(
            name=name,
            labels=string_map(
                "merge(local.labels, {\n"
                '  "pod-security.kubernetes.io/enforce"         = "restricted"\n'
                f'  "pod-security.kubernetes.io/enforce-version" = "v{POD_SECURITY_VERSION}"\n'
                "})"
            ),
        ),
        **arguments,
    )


def add_operator(
    module: Module[Any, Any],
    chart: Chart,
    *,
    pods: dict[str, str],
    peer_ports: Sequence[int],
    managed_ports: Sequence[int],
    webhook_port: int | None = None,
    values: dict[str, Any],
    comment: str,
) -> Release:
    """Add `helm_release.operator` in `var.operator_namespace`, and network policies there and in `var.namespace`.

    `pods` are labels of those that it runs in `var.namespace`. They reach each other on `peer_ports`, and the operator
    reaches them on `managed_ports`; the Kubernetes API calls the operator on `webhook_port`. It needs `local.labels`.
    """
    module.comment("The operator's own, where nothing but it may run.")
    namespace = add_restricted_namespace(module, "operator", text("var.operator_namespace")).metadata.name
    policies = [
        _operator_policy(module, namespace, pods, managed_ports, webhook_port),
        _pods_policy(module, namespace, pods, peer_ports, managed_ports),
    ]
    module.comment(comment)
    return add_release(
        module, "operator", chart, release=chart.name, namespace=namespace, values=values, depends_on=policies
    )


def _operator_policy(
    module: Module[Any, Any],
    namespace: str,
    pods: dict[str, str],
    managed_ports: Sequence[int],
    webhook_port: int | None,
) -> NetworkPolicyV1:
    module.comment(
        "Everything else is denied. The Kubernetes API is known by its ports, as its addresses differ from cluster to "
        "cluster; nor has what calls a webhook an address."
    )
    return add_network_policy(
        module,
        "operator",
        namespace=namespace,
        ingress=[Allowed(ports=[webhook_port])] if webhook_port else [],
        egress=[
            *DNS,
            Allowed(ports=API_PORTS),
            Allowed(ports=managed_ports, pods=pods, namespaces=[text("var.namespace")]),
        ],
    )


def _pods_policy(
    module: Module[Any, Any],
    operator_namespace: str,
    pods: dict[str, str],
    peer_ports: Sequence[int],
    managed_ports: Sequence[int],
) -> NetworkPolicyV1:
    module.comment(
        "What the operator's pods need besides what the namespace itself allows: each other, the operator, and the "
        "Kubernetes API, by its ports."
    )
    return add_network_policy(
        module,
        "pods",
        called=f"{module.contract.service}-pods",
        namespace=text("var.namespace"),
        pods=pods,
        ingress=[
            Allowed(ports=peer_ports, pods=pods),
            Allowed(ports=managed_ports, namespaces=[operator_namespace]),
        ],
        egress=[Allowed(ports=peer_ports, pods=pods), Allowed(ports=API_PORTS)],
    )
