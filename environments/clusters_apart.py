"""Clusters that are there already, of which no two environments may have the same.

Namespaces are called as microservices are, and operators, their resource definitions and the default class of disks are
there once in a cluster: the environment that comes second would take the first one's for its own.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flowwise.tables.existing_ids import CASELESS

if TYPE_CHECKING:
    from environments.model import Environment


def cluster_faults(environments: "Sequence[Environment]") -> "Iterator[tuple[Environment, str, str]]":
    """Each environment that has the cluster of one before it: the cluster, and what is allowed."""
    taken: dict[str, str] = {}
    for environment in sorted(environments, key=lambda each: each.name):
        cluster = environment.already.cluster
        if cluster is None:
            continue
        called = cluster.lower() if environment.cloud in CASELESS else cluster
        if first := taken.get(called):
            yield environment, cluster, f"a cluster of its own: {first} is in this one, with all that is there once"
        taken.setdefault(called, environment.name)
