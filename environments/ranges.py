"""Addresses that two environments share: these can never be joined, as their files promise.

Each network has a range of its own. So have pods and services, where theirs are the network's: on GKE they are
secondary ranges, which a peering tells the other network of ("VPC Network Peering": subnet routes), and it refuses
those that overlap. On AKS pods are in an overlay, and on EKS in the network's own range; the addresses of services are
nowhere but in the cluster.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from environments.given import given
from flowwise.tables.pod_ranges import GKE_SERVICES

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from environments.model import Environment

ROUTED = frozenset({"google"})
"""Clouds where the ranges of pods and services are the network's."""

NETWORK_CIDR = "network.cidr"


@dataclass(frozen=True)
class _Range:
    environment: "Environment"
    key: str
    cidr: "IPv4Network"

    @property
    def place(self) -> tuple[int, int]:
        """By which a range comes before those inside of it."""
        return int(self.cidr.network_address), self.cidr.prefixlen


def range_faults(environments: "Sequence[Environment]") -> "Iterator[tuple[Environment, str, IPv4Network, str]]":
    """Each range that overlaps another environment's: of the later in the alphabet, its key, itself, what is allowed.

    One whose network overlaps gets no other fault, for it will have to be moved as a whole.
    """
    clashes: dict[str, tuple[_Range, _Range]] = {}
    in_clouds = (environment for environment in environments if environment.in_cloud)
    for one, other in _overlapping(chain.from_iterable(map(_ranges, in_clouds))):
        first, second = sorted((one, other), key=lambda each: each.environment.name)
        if second.key == NETWORK_CIDR or second.environment.name not in clashes:
            clashes[second.environment.name] = (second, first)
    for own, taken in clashes.values():
        allowed = (
            f"a range that does not overlap {taken.key} of {taken.environment.name}, which is {taken.cidr}: the two "
            "could never be joined"
        )
        yield own.environment, own.key, own.cidr, allowed


def _overlapping(ranges: Iterable[_Range]) -> Iterator[tuple[_Range, _Range]]:
    """Pairs of two environments' ranges. One is inside of another or apart: each is compared with what is around it."""
    around: list[_Range] = []
    for each in sorted(ranges, key=lambda it: it.place):
        while around and not each.cidr.subnet_of(around[-1].cidr):
            around.pop()
        if around and around[-1].environment.name != each.environment.name:
            yield around[-1], each
        around.append(each)


def _ranges(environment: "Environment") -> Iterator[_Range]:
    yield _Range(environment, NETWORK_CIDR, given(environment.network).cidr)
    if environment.cloud in ROUTED:
        cluster = given(environment.cluster)
        yield _Range(environment, "cluster.pod_cidr", cluster.pod_cidr)
        if str(cluster.service_cidr) != GKE_SERVICES:  # which no network knows of
            yield _Range(environment, "cluster.service_cidr", cluster.service_cidr)
