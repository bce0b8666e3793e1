"""What nodes leave to pods, by each cloud's documented rule, and the pools of an environment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from environments import Environment
from environments.cluster import NodePool
from environments.cluster import Pool as PoolTable
from environments.field_types import SYSTEM_POOL
from flowwise.tables.node_pools import SPOT_TAINTS
from flowwise.tables.sizes import MAX_PODS, node_has, node_machine
from sizing.pods import Pod, Where
from sizing.room import Room

_EVICTION_MIB = 100
"""The kubelet's own threshold, memory.available, which all three clouds keep."""

ASSUMED_UNSEEN_SHARE = 0.075
"""Of a machine's memory, what its firmware and its kernel keep, which no cloud documents by machine.

It is what Karpenter assumes until it has seen a machine (its setting vmMemoryOverheadPercent). A published AKS node of
8 GiB lacked 3 %.
"""

_EKS_MOST_PODS = 250
"""That EKS gives a node by itself which has more than 30 vCPUs."""

_TIERED_CPU = ((1000, 0.06), (1000, 0.01), (2000, 0.005), (float("inf"), 0.0025))
_GKE_MEMORY = ((4096, 0.25), (4096, 0.20), (8192, 0.10), (114_688, 0.06), (float("inf"), 0.02))


def _tiered(whole: int, tiers: Sequence[tuple[float, float]]) -> float:
    """What is reserved of `whole`, by the share of each of its slices, such as 6 % of the first 1000."""
    reserved, left = 0.0, float(whole)
    for width, share in tiers:
        reserved += min(left, width) * share
        left -= min(left, width)
    return reserved


def _aks(vcpus: int, memory_mib: int) -> Room:
    """Reserved by AKS: "Node resource reservations", learn.microsoft.com/azure/aks/node-resource-reservations.

    For Kubernetes 1.29 and later: the lesser of 20 MB for each pod and 50 MB besides, and a quarter of the memory.

    Of processors, 100m of two, 140m of four, and 10m of each that is more.
    """
    return Room(100 if vcpus <= 2 else 100 + 10 * vcpus, min(20 * MAX_PODS + 50, memory_mib // 4))


def _eks(vcpus: int, memory_mib: int) -> Room:
    """Reserved by EKS: nodeadm of Amazon Linux 2023, nodeadm/internal/kubelet/config.go of awslabs/amazon-eks-ami.

    Some of its versions count the pods that a machine has without prefixes of addresses, such as 29, and reserve less
    memory (its issue 1698).
    """
    pods = MAX_PODS if vcpus <= 30 else _EKS_MOST_PODS
    return Room(_ceiling(_tiered(vcpus * 1000, _TIERED_CPU)), 255 + 11 * pods)


def _gke(vcpus: int, memory_mib: int) -> Room:
    """Reserved by GKE: "About node sizes", cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes.

    Up to Kubernetes 1.36; from 1.37 on, that is the most that it reserves.
    """
    return Room(_ceiling(_tiered(vcpus * 1000, _TIERED_CPU)), _ceiling(_tiered(memory_mib, _GKE_MEMORY)))


def _ceiling(value: float) -> int:
    """The whole number above, whatever binary fractions add: 70.00000001 is 70."""
    return -int(-round(value, 3) // 1)


_RESERVED: Mapping[str, Callable[[int, int], Room]] = {"azure": _aks, "aws": _eks, "google": _gke}


def allocatable(cloud: str, size: str) -> Room:
    """What a node of a size leaves to pods: its machine's, without what the cloud and the kernel keep."""
    machine = node_has(size)
    vcpus, memory_mib = machine.vcpus, machine.memory_mib
    unseen = Room(0, _ceiling(memory_mib * ASSUMED_UNSEEN_SHARE))
    return Room(vcpus * 1000, memory_mib) - unseen - _RESERVED[cloud](vcpus, memory_mib) - Room(0, _EVICTION_MIB)


@dataclass(frozen=True)
class Pool:
    """Nodes of one size: what one leaves to pods, how many there are, and which pods they take.

    `takes` leaves out what runs on each node, which taints do not keep off, and what names a pool.
    """

    name: str
    size: str
    sku: str
    room: Room
    min_nodes: int
    max_nodes: int
    takes: frozenset[Where]

    @property
    def key(self) -> str:
        """Its table in the environment file."""
        return "cluster.system_pool" if self.name == SYSTEM_POOL else f"cluster.node_pools.{self.name}"

    def accepts(self, pod: Pod) -> bool:
        """Whether the pod may run on its nodes, if there is room."""
        return pod.where in self.takes if pod.pool is None else pod.pool == self.name

    def left_to(self, pods: Sequence[Pod]) -> Room:
        """What is left of a node by those of the pods that run on each."""
        room = self.room
        for pod in pods:
            if pod.is_per_node:
                room -= pod.asks
        return room

    def as_json(self) -> dict[str, object]:
        """As `Sizing.as_json` has it."""
        return {
            "name": self.name,
            "size": self.size,
            "sku": self.sku,
            **self.room.as_json(),
            "min_nodes": self.min_nodes,
            "max_nodes": self.max_nodes,
        }


def pools_of(environment: Environment) -> tuple[Pool, ...]:
    """The system pool first, where there is one. None where no cloud has the nodes, which nobody knows then."""
    cluster = environment.cluster
    if cluster is None:
        return ()
    cloud = environment.cloud
    system = {Where.SYSTEM, Where.ANYWHERE}
    of_workloads = {Where.ANYWHERE, Where.OPEN} | (system if cluster.system_pool is None else set())
    return tuple(
        _pool(
            cloud,
            name,
            pool,
            system if not isinstance(pool, NodePool) else of_workloads if _is_open(pool, cloud) else set(),
        )
        for name, pool in cluster.pools.items()
    )


def _pool(cloud: str, name: str, table: PoolTable, takes: set[Where]) -> Pool:
    sku, room = node_machine(table.size, cloud), allocatable(cloud, table.size)
    return Pool(name, table.size, sku, room, table.min_nodes, table.max_nodes, frozenset(takes))


def _is_open(pool: NodePool, cloud: str) -> bool:
    """Whether it takes pods that tolerate nothing, as all are that name no pool."""
    has_taint = any(taint.effect != "PreferNoSchedule" for taint in pool.taints)
    return not has_taint and not (pool.spot and cloud in SPOT_TAINTS)
