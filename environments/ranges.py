"""Addresses that two environments share, where pods and services have theirs in the network: these can never be joined.

On GKE they are secondary ranges, which a peering tells the other network of ("VPC Network Peering": subnet routes), and
it refuses those that overlap. On AKS pods are in an overlay, and on EKS in the network's own range; the addresses of
services are nowhere but in the cluster.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from environments.given import given

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from environments.model import Environment

ROUTED = frozenset({"google"})
"""Clouds where the ranges of pods and services are the network's."""


def range_faults(environments: "Sequence[Environment]") -> "Iterator[tuple[Environment, str, IPv4Network, str]]":
    """Each range of pods or services that another environment of such a cloud has: its key, itself, what is allowed.

    Two whose networks overlap cannot be joined, whatever else they have.
    """
    routed = [each for each in environments if each.cloud in ROUTED]
    for first, second in combinations(sorted(routed, key=lambda each: each.name), 2):
        theirs, own = _ranges(first), _ranges(second)
        if own["network.cidr"].overlaps(theirs["network.cidr"]):
            continue
        for key, cidr in own.items():
            clashes = [
                f"{other} of {first.name}, which is {taken}" for other, taken in theirs.items() if cidr.overlaps(taken)
            ]
            if clashes:
                allowed = f"a range that does not overlap {', nor '.join(clashes)}: the two could never be joined"
                yield second, key, cidr, allowed


def _ranges(environment: "Environment") -> "dict[str, IPv4Network]":
    network, cluster = given(environment.network), given(environment.cluster)
    return {
        "network.cidr": network.cidr,
        "cluster.pod_cidr": cluster.pod_cidr,
        "cluster.service_cidr": cluster.service_cidr,
    }
