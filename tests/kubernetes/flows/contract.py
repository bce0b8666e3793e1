"""Where the network policies of a cluster and the table of its flows differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from environments import Environment
from stacks.flows import Flow, Pods
from tests.kubernetes.flows.ends import is_end, others
from tests.kubernetes.flows.network import Direction, Endpoint, Network, Policy, Port

_UNUSUAL = (Port(22), Port(80), Port(443), Port(6443), Port(8080), Port(53), Port(53, "UDP"), Port(123, "UDP"))
"""Ports that are looked at everywhere, besides those of the flows."""

SYSTEM = "kube-system"
DIRECTIONS: tuple[Direction, Direction] = ("Egress", "Ingress")


@dataclass(frozen=True)
class Side:
    """One side of a connection: what a pod may call, or be called by, on a port of the one that is called."""

    direction: Direction
    pod: Endpoint
    other: Endpoint
    port: Port

    def __str__(self) -> str:
        source, target = (self.pod, self.other) if self.direction == "Egress" else (self.other, self.pod)
        return f"{source.name} -> {target.name} {self.port}, {self.direction.lower()} of {self.pod.name}"


@dataclass(frozen=True)
class Cluster:
    """The flows of an environment, its pods, and its policies as they are planned."""

    environment: Environment
    wanted: tuple[Flow, ...]
    pods: Mapping[Pods, Endpoint]
    network: Network

    @cached_property
    def ports(self) -> Sequence[Port]:
        """Every port that is looked at."""
        used = [Port(number) for flow in self.wanted for number in flow.ports]
        udp = [Port(number, "UDP") for flow in self.wanted for number in flow.udp_ports]
        return list(dict.fromkeys([*used, *udp, *_UNUSUAL]))

    @cached_property
    def sides(self) -> Mapping[Side, str]:
        """Every side that a flow needs, with the reason."""
        return {
            Side(direction, pod, other, port): flow.reason
            for flow in self.wanted
            for direction in DIRECTIONS
            for pod, other in self._ends(flow, direction)
            for port in (*map(Port, flow.ports), *(Port(number, "UDP") for number in flow.udp_ports))
        }

    def _ends(self, flow: Flow, direction: Direction) -> Iterator[tuple[Endpoint, Endpoint]]:
        own, other = (flow.source, flow.target) if direction == "Egress" else (flow.target, flow.source)
        if isinstance(own, Pods):
            for endpoint in self.endpoints:
                if is_end(other, self.pods, endpoint):
                    yield self.pods[own], endpoint

    @cached_property
    def endpoints(self) -> Sequence[Endpoint]:
        """All that may call or be called."""
        return [*self.pods.values(), *others(self.environment)]

    @property
    def looked_at(self) -> int:
        """How many sides are looked at."""
        return len(self.pods) * len(DIRECTIONS) * len(self.endpoints) * len(self.ports)

    def faults(
        self,
        network: Network | None = None,
        pods: Iterable[Endpoint] | None = None,
        directions: Sequence[Direction] = DIRECTIONS,
    ) -> Iterator[str]:
        """Each side that is refused and needed, or let through and not needed: of these pods, or of all."""
        for pod in self.pods.values() if pods is None else pods:
            for direction in directions:
                yield from self._faults_of(network or self.network, pod, direction)

    def _faults_of(self, network: Network, pod: Endpoint, direction: Direction) -> Iterator[str]:
        selecting = network.selecting(direction, pod)
        if not selecting:
            if pod.namespace != SYSTEM:  # whose pods are the cloud's
                yield f"{direction.lower()} of {pod.name}: no policy is about it"
            return
        for other in self.endpoints:
            doors = network.doors(direction, pod, other)
            for port in self.ports:
                side = Side(direction, pod, other, port)
                needed, letting = self.sides.get(side), [door.policy for door in doors if door.is_open(port)]
                if needed is None and letting:
                    yield f"not needed: {side}: let through by {named(letting)}"
                if needed is not None and not letting:
                    yield f"refused: {side} ({needed}): let through by none of {named(selecting)}"


def named(policies: Iterable[Policy]) -> str:
    """The addresses of policies, which say what to change."""
    return ", ".join(sorted({policy.address for policy in policies}))
