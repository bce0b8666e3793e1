"""What network policies let through, as Kubernetes says that they do ("Network Policies", kubernetes.io)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any, Literal, TypeAlias

Json: TypeAlias = Any
Direction: TypeAlias = Literal["Ingress", "Egress"]


@dataclass(frozen=True, eq=False)
class Endpoint:
    """A pod, with its namespace and labels, or, with neither, an address of anything else.

    `ports` are the names of a pod's ports.
    """

    name: str
    address: str
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Port:
    """Such as TCP 443."""

    number: int
    protocol: str = "TCP"

    def __str__(self) -> str:
        return f"{self.protocol} {self.number}"


@dataclass(frozen=True)
class Policy:
    """A NetworkPolicy, and the address of what makes it."""

    address: str
    manifest: Json

    @property
    def namespace(self) -> str:
        """Where it holds."""
        return str(self.manifest["metadata"]["namespace"])

    def rules(self, direction: Direction) -> Sequence[Json]:
        """What it lets through in a direction."""
        rules: Sequence[Json] = self.manifest["spec"].get(direction.lower()) or ()
        return rules

    def selects(self, pod: Endpoint, direction: Direction) -> bool:
        """Whether it says what may go to or from a pod."""
        spec = self.manifest["spec"]
        types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]
        return (
            pod.namespace == self.namespace
            and direction in types
            and matches(spec.get("podSelector") or {}, pod.labels)
        )


@dataclass(frozen=True)
class Door:
    """A rule of a policy that lets the other end through, on these ports of the one that is called."""

    policy: Policy
    called: Endpoint
    ports: Json

    def is_open(self, port: Port) -> bool:
        """Whether it is, on that port."""
        return not self.ports or any(_is_port(each, self.called, port) for each in self.ports)


@dataclass(frozen=True)
class Network:
    """The policies of a cluster, and the labels of its namespaces."""

    policies: Sequence[Policy]
    namespaces: Mapping[str, Mapping[str, str]]

    def doors(self, direction: Direction, pod: Endpoint, other: Endpoint) -> "list[Door]":
        """Where a pod's own side of connections is let through: `other` is whom it calls, or who calls it."""
        called, end = (other, "to") if direction == "Egress" else (pod, "from")
        return [
            Door(policy, called, rule.get("ports"))
            for policy in self.selecting(direction, pod)
            for rule in policy.rules(direction)
            if self._is_any(rule.get(end), policy, other)
        ]

    def selecting(self, direction: Direction, pod: Endpoint) -> list[Policy]:
        """The policies that say what may go to or from a pod."""
        return [policy for policy in self.policies if policy.selects(pod, direction)]

    def _is_any(self, peers: Json, policy: Policy, end: Endpoint) -> bool:
        return not peers or any(self._is(peer, policy, end) for peer in peers)

    def _is(self, peer: Json, policy: Policy, end: Endpoint) -> bool:
        if block := peer.get("ipBlock"):
            inside = ip_address(end.address) in ip_network(block["cidr"])
            return inside and not any(ip_address(end.address) in ip_network(each) for each in block.get("except") or ())
        if end.namespace is None:
            return False
        namespaces, pods = peer.get("namespaceSelector"), peer.get("podSelector")
        if namespaces is None:
            in_namespace = end.namespace == policy.namespace
        else:
            in_namespace = matches(namespaces, self.namespaces.get(end.namespace, {}))
        return in_namespace and (pods is None or matches(pods, end.labels))


def matches(selector: Json, labels: Mapping[str, str]) -> bool:
    """Whether a label selector selects what has these labels. Raises ValueError for an operator that there is not."""
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items()) and all(
        _holds(expression, labels) for expression in selector.get("matchExpressions") or ()
    )


def _holds(expression: Json, labels: Mapping[str, str]) -> bool:
    value = labels.get(expression["key"])
    match expression["operator"]:
        case "In":
            return value in expression["values"]
        case "NotIn":
            return value not in expression["values"]
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    raise ValueError(f"a label selector has no operator {expression['operator']}")


def _is_port(allowed: Json, called: Endpoint, port: Port) -> bool:
    if allowed.get("protocol", "TCP") != port.protocol:
        return False
    number = allowed.get("port")
    if number is None:
        return True
    if isinstance(number, str):  # the name of a port of the pod that is called
        return called.ports.get(number) == port.number
    return bool(number <= port.number <= allowed.get("endPort", number))


def policies_in(objects: Iterable[tuple[str, Json]]) -> list[Policy]:
    """Those among manifests, with the addresses of what makes them."""
    return [Policy(address, manifest) for address, manifest in objects if manifest["kind"] == "NetworkPolicy"]
