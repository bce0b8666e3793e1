"""The nodes of an environment, and those that an upgrade of the cluster adds for its time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from environments import Environment
from environments.cluster import NodePool, Pool
from environments.given import given
from flowwise.tables.machines import NODE_SHAPES, machine_named
from flowwise.tables.runner import DISK_GB, SIZE
from flowwise.tables.sizes import NODE_DISK_GB, NODE_VCPUS, node_machine
from flowwise.tables.upgrades import GOOGLE_SURGE_NODES, SURGE_PERCENT


@dataclass(frozen=True)
class Nodes:
    """A pool: its fewest nodes, and its most with those of an upgrade."""

    machine: str
    spot: bool
    least: int
    most: int
    disk_gb: int = NODE_DISK_GB

    @property
    def vcpus(self) -> tuple[int, int]:
        """Of the fewest nodes, and of the most."""
        each = machine_named(self.machine).vcpus
        return self.least * each, self.most * each


def _share(nodes: int) -> int:
    """A pool's surge in nodes; part of a node counts whole."""
    return -(-nodes * SURGE_PERCENT // 100)


def _azure(pool: Pool, zones: int) -> int:
    """ "Customize node surge upgrade", AKS; it upgrades spot nodes in place."""
    return 0 if isinstance(pool, NodePool) and pool.spot else _share(pool.max_nodes)


def _aws(pool: Pool, zones: int) -> int:
    """ "Understand each phase of node updates", Amazon EKS: two for each zone, or more if more may be unavailable."""
    return max(2 * zones, _share(pool.max_nodes))


def _google(pool: Pool, zones: int) -> int:
    return GOOGLE_SURGE_NODES


_SURGE: Mapping[str, Callable[[Pool, int], int]] = {"azure": _azure, "aws": _aws, "google": _google}


def nodes_of(environment: Environment, cloud: str) -> tuple[Nodes, ...]:
    """Every pool that an environment in a cloud has made, as it would be on this one, and the pipelines' runners."""
    pools = (
        Nodes(
            _machine_there(pool.size, cloud),
            isinstance(pool, NodePool) and pool.spot,
            pool.min_nodes,
            pool.max_nodes + _SURGE[cloud](pool, given(environment.network).zones),
        )
        for pool in _pools(environment)
    )
    return (*pools, *_runners(environment, cloud))


def _machine_there(size: str, cloud: str) -> str:
    """The machine of a size on a cloud; of one that another cloud names, the smallest of ours with as many vCPUs."""
    if size in NODE_VCPUS or NODE_SHAPES[cloud].has(size):
        return node_machine(size, cloud)
    vcpus = machine_named(size).vcpus
    words = [word for word, has in NODE_VCPUS.items() if has >= vcpus] or list(NODE_VCPUS)[-1:]
    return node_machine(words[0], cloud)


def _pools(environment: Environment) -> Iterable[Pool]:
    return given(environment.cluster).pools.values() if environment.makes_cluster else ()  # else the owner has them


def _runners(environment: Environment, cloud: str) -> Iterator[Nodes]:
    """Machines that run the pipelines' jobs, to which no upgrade adds any."""
    if environment.runner:
        count = environment.runner.machines
        yield Nodes(node_machine(SIZE, cloud), False, count, count, DISK_GB)


def disks_gb(pools: tuple[Nodes, ...]) -> tuple[int, int]:
    """Of disks that are no part of their machines: the least and the most."""
    return sum(pool.least * pool.disk_gb for pool in pools), sum(pool.most * pool.disk_gb for pool in pools)


def vcpus(pools: tuple[Nodes, ...], *, spot: bool | None = None) -> tuple[int, int]:
    """Of all pools, or of those that are spot, or not: the least and the most."""
    counted = [pool.vcpus for pool in pools if spot in (None, pool.spot)]
    return sum(least for least, _ in counted), sum(most for _, most in counted)
