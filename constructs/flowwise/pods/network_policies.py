"""Network policies: what is let through in a namespace, where everything else is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdk.kubernetes import NetworkPolicyV1, NetworkPolicyV1Metadata, NetworkPolicyV1Spec, NetworkPolicyV1SpecPodSelector
from flowwise.authoring.expressions import string_map
from flowwise.authoring.module import Module
from flowwise.tables.traffic import COLLECTOR_PODS, DNS_PODS, GKE_METADATA_SERVICE, METADATA_SERVICE, NODE_LOCAL_DNS
from flowwise.tables.workloads import OBSERVABILITY

NAMESPACE_LABEL = "kubernetes.io/metadata.name"
"""Kubernetes itself keeps it on every namespace."""

_Labels = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Allowed:
    """Connections that a policy lets through.

    The other end is any address; or those of `cidr`, less those of `without`; or all pods of `namespaces`; or the pods
    with the labels `pods`, in `namespaces` or else in the policy's own. A list of labels means any of them. Control
    planes and what is outside the cluster have neither label nor lasting address, so that only ports can tell them.
    `ports` are of TCP and `udp_ports` of UDP; with neither, all are let through.
    """

    ports: Sequence[int | str] = ()
    udp_ports: Sequence[int] = ()
    pods: _Labels | None = None
    namespaces: list[str] | None = None
    cidr: str | None = None
    without: Sequence[str] = ()


GKE_METADATA = (Allowed(cidr=METADATA_SERVICE, ports=[80]), Allowed(cidr=GKE_METADATA_SERVICE, ports=[988]))
"""Where GKE gives out tokens and tells of the cluster, at both addresses that its pods know."""

DNS = (
    Allowed(namespaces=["kube-system"], pods=DNS_PODS, ports=[53], udp_ports=[53]),
    Allowed(cidr=NODE_LOCAL_DNS, ports=[53], udp_ports=[53]),
)
"""The cluster's DNS and no other, through which data could leave.

A cache on the node is known by its pods to networks that look at these (Cilium, and so GKE), by its address to others.
"""


def metrics_reader(port: int) -> Allowed:
    """The collector that reads metrics, on the port where pods tell them."""
    return Allowed(ports=[port], namespaces=[OBSERVABILITY], pods=COLLECTOR_PODS)


def add_network_policy(
    module: Module[Any, Any],
    name: str,
    *,
    namespace: str,
    called: str | None = None,
    pods: _Labels | None = None,
    ingress: Sequence[Allowed] | None = None,
    egress: Sequence[Allowed] | None = None,
    **arguments: Any,
) -> NetworkPolicyV1:
    """Add `kubernetes_network_policy_v1.<name>` for the pods with the labels `pods`, or for all of the namespace.

    For a direction that is given, nothing is let through but what this policy or another allows. In the cluster, it has
    the same name or that of `called`. It needs `local.labels`.
    """
    directions = {"ingress": ("from", ingress), "egress": ("to", egress)}
    policy = module.resource(
        NetworkPolicyV1,
        name,
        metadata=NetworkPolicyV1Metadata(
            name=called or name.replace("_", "-"), namespace=namespace, labels=string_map("local.labels")
        ),
        spec=NetworkPolicyV1Spec(
            pod_selector=NetworkPolicyV1SpecPodSelector(),
            policy_types=[direction.capitalize() for direction, (_, rules) in directions.items() if rules is not None],
        ),
        **arguments,
    )
    # Both directions are written alike, for which the classes of the binding have no common type.
    spec: dict[str, Any] = {"pod_selector": _selector(pods)} if pods else {}
    spec |= {way: [_rule(end, rule) for rule in rules] for way, (end, rules) in directions.items() if rules}
    if spec:
        policy.add_override("spec", spec)
    return policy


def deny_all_but_dns(module: Module[Any, Any], *, namespace: str) -> list[NetworkPolicyV1]:
    """Add the two policies that every namespace begins with."""
    module.comment("What no other policy allows is refused, in both directions and for every pod.")
    deny = add_network_policy(module, "default_deny", namespace=namespace, ingress=[], egress=[])
    module.comment(
        "The cluster's DNS and no other, through which data could leave. A cache on the node is known by its pods to "
        "networks that look at these (Cilium, and so GKE), and by its address to the others."
    )
    dns = add_network_policy(
        module,
        "dns",
        namespace=namespace,
        egress=DNS,
    )
    return [deny, dns]


def _rule(end: str, allowed: Allowed) -> dict[str, Any]:
    peer: dict[str, Any] = {}
    if allowed.namespaces is not None:
        expression = {"key": NAMESPACE_LABEL, "operator": "In", "values": allowed.namespaces}
        peer["namespace_selector"] = {"match_expressions": [expression]}
    if allowed.pods is not None:
        peer["pod_selector"] = _selector(allowed.pods)
    if allowed.cidr is not None:
        peer["ip_block"] = {"cidr": allowed.cidr} | ({"except": list(allowed.without)} if allowed.without else {})
    protocols = {"UDP": allowed.udp_ports, "TCP": allowed.ports}
    ports = [{"port": str(port), "protocol": protocol} for protocol, given in protocols.items() for port in given]
    return ({end: [peer]} if peer else {}) | ({"ports": ports} if ports else {})


def _selector(labels: _Labels) -> dict[str, Any]:
    exact = {key: value for key, value in labels.items() if isinstance(value, str)}
    choices = [
        {"key": key, "operator": "In", "values": value} for key, value in labels.items() if isinstance(value, list)
    ]
    return ({"match_labels": exact} if exact else {}) | ({"match_expressions": choices} if choices else {})
