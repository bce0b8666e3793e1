"""Pods on nodes: the largest first, each on the first node that has room for it.

It is an estimate: the scheduler, which takes pods as they come and spreads them, may need a node more, and the best
packing there is one less.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sizing.nodes import Pool
from sizing.pods import Pod, Where
from sizing.room import Room


@dataclass
class Node:
    """A node, what it has left, and the pods on it, without those that each node has."""

    pool: Pool
    free: Room
    pods: list[Pod] = field(default_factory=list)

    def take(self, pod: Pod) -> bool:
        """Whether it has taken the pod."""
        if not self.pool.accepts(pod) or not self.free.holds(pod.asks):
            return False
        if pod.apart and pod in self.pods:
            return False
        self.free -= pod.asks
        self.pods.append(pod)
        return True


@dataclass(frozen=True)
class Placement:
    """The nodes that were given, those that it took besides, and the pods that no node of any pool could take."""

    given: Sequence[Node]
    added: Sequence[Node]
    too_large: Sequence[Pod]

    @property
    def counts(self) -> dict[str, int]:
        """Nodes of each pool, by its name."""
        counts: dict[str, int] = {}
        for node in (*self.given, *self.added):
            counts[node.pool.name] = counts.get(node.pool.name, 0) + 1
        return counts

    @property
    def left_over(self) -> list[Pod]:
        """Those that the given nodes had no room for."""
        return [*self.too_large, *(pod for node in self.added for pod in node.pods)]


def place(pods: Sequence[Pod], copies: Mapping[Pod, int], pools: Sequence[Pool], nodes: Mapping[str, int]) -> Placement:
    """Place as many copies of each pod on as many nodes of each pool, by its name, and on more where these are full.

    Of the pools that could take a pod, one grows that may still have more nodes; of these, the one with the smallest.
    """
    given = [Node(pool, pool.left_to(pods)) for pool in pools for _ in range(nodes[pool.name])]
    added: list[Node] = []
    too_large: list[Pod] = []
    counts = dict(nodes)
    for pod in _largest_first(pods, copies, pools):
        if any(node.take(pod) for node in given) or any(node.take(pod) for node in added):
            continue
        growing = [pool for pool in pools if pool.accepts(pod) and pool.left_to(pods).holds(pod.asks)]
        if not growing:
            too_large.append(pod)
            continue
        pool = min(growing, key=lambda pool: (counts[pool.name] >= pool.max_nodes, pool.room.cpu_m, pool.name))
        counts[pool.name] += 1
        added.append(Node(pool, pool.left_to(pods)))
        added[-1].take(pod)
    return Placement(given, added, too_large)


def _largest_first(pods: Sequence[Pod], copies: Mapping[Pod, int], pools: Sequence[Pool]) -> list[Pod]:
    """One of each copy: those that may run on few nodes before those that fill what is left anywhere."""
    largest = Room(max(pool.room.cpu_m for pool in pools), max(pool.room.memory_mib for pool in pools))

    def order(pod: Pod) -> tuple[bool, bool, float, str]:
        share = max(pod.asks.cpu_m / largest.cpu_m, pod.asks.memory_mib / largest.memory_mib)
        return pod.pool is None, pod.where is Where.ANYWHERE, -share, pod.name

    return [pod for pod in sorted(pods, key=order) if not pod.is_per_node for _ in range(copies[pod])]
