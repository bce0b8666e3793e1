"""An environment at one end of its range: the fewest copies on the fewest nodes, or the most on the most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sizing.nodes import Pool
from sizing.placement import Placement, place
from sizing.pods import Pod
from sizing.room import Room, total


@dataclass(frozen=True)
class Level:
    """What all pods ask for, what the nodes offer, and what has no place on them.

    `needed_nodes` are those pools that have too few nodes, and how many they would need. Where the nodes are unknown,
    all but `requested` is None, and what runs on each node is counted once.
    """

    requested: Room
    nodes: int | None = None
    allocatable: Room | None = None
    needed_nodes: dict[str, int] | None = None
    unplaced: tuple[Pod, ...] = ()
    too_large: tuple[Pod, ...] = ()

    @property
    def fits(self) -> bool | None:
        """Whether every pod has a place."""
        return None if self.nodes is None else not self.unplaced

    @property
    def idle(self) -> dict[str, float] | None:
        """The share that nothing asks for, of processors and of memory, from 0 to 1."""
        offered, asked = self.allocatable, self.requested
        if offered is None or not offered.cpu_m:
            return None
        return {
            "cpu": max(0.0, 1 - asked.cpu_m / offered.cpu_m),
            "memory": max(0.0, 1 - asked.memory_mib / offered.memory_mib),
        }

    def as_json(self) -> dict[str, Any]:
        """As `Sizing.as_json` has it; shares to three places."""
        idle = self.idle
        return {
            "nodes": self.nodes,
            "requested": self.requested.as_json(),
            "allocatable": self.allocatable and self.allocatable.as_json(),
            "idle": idle and {resource: round(share, 3) for resource, share in idle.items()},
            "fits": self.fits,
            "needed_nodes": self.needed_nodes,
            "unplaced": [pod.name for pod in self.unplaced],
        }


def lowest(pods: Sequence[Pod], pools: Sequence[Pool]) -> Level:
    """The fewest copies, on the fewest nodes."""
    return _level(pods, {pod: pod.low for pod in pods}, pools, {pool.name: pool.min_nodes for pool in pools})


def highest(pods: Sequence[Pod], pools: Sequence[Pool]) -> Level:
    """The most copies, on the most nodes."""
    return _level(pods, {pod: pod.high for pod in pods}, pools, {pool.name: pool.max_nodes for pool in pools})


def fewest_nodes(
    pods: Sequence[Pod], copies: dict[Pod, int], pools: Sequence[Pool], least: dict[str, int]
) -> dict[str, int]:
    """Nodes of each pool that so many copies need, and no fewer than `least`, by the pools' names."""
    return least | place(pods, copies, pools, least).counts


def _level(pods: Sequence[Pod], copies: dict[Pod, int], pools: Sequence[Pool], nodes: dict[str, int]) -> Level:
    count = sum(nodes.values())
    times = {pod: (count if pools else 1) if pod.is_per_node else copies[pod] for pod in pods}
    requested = total(pod.asks * times[pod] for pod in pods)
    if not pools:
        return Level(requested)
    placement = place(pods, copies, pools, nodes)
    return Level(
        requested,
        nodes=count,
        allocatable=total(pool.room * nodes[pool.name] for pool in pools),
        needed_nodes=_grown(placement, nodes),
        unplaced=tuple(placement.left_over),
        too_large=tuple(dict.fromkeys(placement.too_large)),
    )


def _grown(placement: Placement, nodes: dict[str, int]) -> dict[str, int] | None:
    return {name: count for name, count in placement.counts.items() if count > nodes[name]} or None
