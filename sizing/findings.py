"""What somebody should know of an environment's nodes, or change: with the file and the key."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from environments import Environment
from environments.cluster import PRODUCTION_MIN_NODES
from environments.findings import FileOf, Finding
from flowwise.tables.sizes import NODE_SIZES
from sizing.levels import Level, fewest_nodes
from sizing.nodes import Pool
from sizing.pods import Pod, Where

MOST_IDLE = 0.5
"""Share of the fewest nodes, of what is the scarcer to them, that may be asked for by nobody.

Below half, the autoscaler itself takes a node for one too many: its scale-down-utilization-threshold is 0.5 by default
("Cluster autoscaler", AKS; the autoscaler's own FAQ), and only min_nodes holds it back.
"""


@dataclass(frozen=True)
class _Remedies:
    """What whoever reads a fault can do of nodes, as the ends of sentences."""

    open: str
    larger: str
    more: str
    in_each_zone: str


_OF_OUR_NODES = _Remedies(
    open="",
    larger="set {key} to a larger one",
    more="Raise it to {needed}, take a larger size, or lower max_replicas.",
    in_each_zone="Raise it to {needed}, or lower network.zones.",
)
_OF_AN_OWNER_S_NODES = _Remedies(
    open=" Ask the cluster's owner for one without, or name it here.",
    larger="ask the cluster's owner for larger nodes, which {key} then says",
    more="It is the cluster's owner who adds nodes, or takes larger ones: ask for {needed}, which max_nodes then says, "
    "or lower max_replicas.",
    in_each_zone="It is the cluster's owner who adds nodes: ask for {needed}, which min_nodes then says, or lower "
    "network.zones.",
)


def findings_of(
    environment: Environment, pods: Sequence[Pod], pools: Sequence[Pool], low: Level, high: Level, file_of: FileOf
) -> tuple[Finding, ...]:
    """Faults first: over capacity, too large, no open pool; then what is less than it should be, or idle."""
    if not pools:
        return ()
    remedies = _OF_OUR_NODES if environment.makes_cluster else _OF_AN_OWNER_S_NODES
    if not any(Where.OPEN in pool.takes for pool in pools):
        key = "cluster.node_pools"
        text = (
            "What serves the microservices has no place: every node pool has taints, or is of spot nodes, which have "
            f"one.{remedies.open}"
        )
        return (Finding("no open pool", "fault", file_of(key), key, text),)
    return (
        *(_too_large(pod, pods, pools, remedies, file_of) for pod in high.too_large),
        *_over_capacity(pools, low, high, remedies, file_of),
        *_zone_without_a_node(environment, pools, high, remedies, file_of),
        *(_what_nodes_cost(environment, pods, pools, low, high, file_of) if environment.makes_cluster else ()),
    )


def _what_nodes_cost(
    environment: Environment, pods: Sequence[Pod], pools: Sequence[Pool], low: Level, high: Level, file_of: FileOf
) -> tuple[Finding, ...]:
    """Of nodes that the environment pays for: those of a cluster that is there are their owner's to judge."""
    return (
        *_more_than_min_nodes(pools, low, file_of),
        *_idle(environment, pods, pools, low, file_of),
        *_never_used(pods, pools, high, file_of),
    )


def _too_large(pod: Pod, pods: Sequence[Pod], pools: Sequence[Pool], remedies: _Remedies, file_of: FileOf) -> Finding:
    """A microservice's: all others fit a node of any size."""
    pool = max((pool for pool in pools if pool.accepts(pod)), key=lambda pool: pool.room.cpu_m)
    left = pool.left_to(pods)
    is_cpu = pod.asks.cpu_m > left.cpu_m
    key = f"services.{pod.name}.{'cpu' if is_cpu else 'memory'}"
    asked, most = (
        (f"{pod.asks.cpu_m}m", f"{left.cpu_m}m")
        if is_cpu
        else (f"{pod.asks.memory_mib}Mi of memory", f"{left.memory_mib}Mi")
    )
    text = (
        f"A copy of {pod.name} asks for {asked}, and the largest node that may take it, of {pool.name}, has room for "
        f"{most}: ask for less, or {remedies.larger.format(key=f'{pool.key}.size')}."
    )
    return Finding("too large", "fault", file_of(key), key, text)


def _over_capacity(
    pools: Sequence[Pool], low: Level, high: Level, remedies: _Remedies, file_of: FileOf
) -> Iterator[Finding]:
    for pool in pools:
        needed = _needed(high, pool)
        if needed <= pool.max_nodes:
            continue
        key = f"{pool.key}.max_nodes"
        at_the_least = _needed(low, pool)
        always = f" Even the fewest copies need {_nodes(at_the_least)}." if at_the_least > pool.max_nodes else ""
        apart = {pod.name: None for pod in high.unplaced if pod.apart}
        alone = f" Of {', '.join(apart)}, a node takes one, whatever its size." if apart else ""
        text = (
            f"With the most copies, {pool.name} needs {_nodes(needed)}, {needed - pool.max_nodes} more than max_nodes "
            f"lets it have. No place is left for {_counted(high.unplaced)}.{alone}{always} "
            f"{remedies.more.format(needed=needed)}"
        )
        yield Finding("over capacity", "fault", file_of(key), key, text)


def _zone_without_a_node(
    environment: Environment, pools: Sequence[Pool], high: Level, remedies: _Remedies, file_of: FileOf
) -> Iterator[Finding]:
    """A pool spans all zones, evenly, and the autoscaler adds a node in whichever it likes."""
    zones = _zones_of_disks(environment)
    largest = max((pool for pool in pools if Where.OPEN in pool.takes), key=lambda pool: pool.min_nodes)
    if high.fits and largest.min_nodes < zones:
        key = f"{largest.key}.min_nodes"
        text = (
            f"A disk of the broker stays in its zone, one of {zones}, and no pool that takes the broker has a node in "
            f"each: {largest.name} has {_nodes(largest.min_nodes)} at the least. A pod whose disk is in another zone "
            f"waits, for as long as the autoscaler adds none there. "
            f"{remedies.in_each_zone.format(needed=zones)}"
        )
        yield Finding("zone without a node", "fault", file_of(key), key, text)


def _zones_of_disks(environment: Environment) -> int:
    """Zones that the broker's disks may be in; none with a broker of one node, which nobody promises to be there."""
    rabbitmq, network = environment.rabbitmq, environment.network
    if rabbitmq and network and rabbitmq.mode == "in-cluster" and rabbitmq.high_availability:
        return network.zones
    return 0


def _more_than_min_nodes(pools: Sequence[Pool], low: Level, file_of: FileOf) -> Iterator[Finding]:
    for pool in pools:
        needed = _needed(low, pool)
        if pool.min_nodes < needed <= pool.max_nodes:
            key = f"{pool.key}.min_nodes"
            text = (
                f"The fewest copies need {_nodes(needed)} of {pool.name}, and min_nodes says {pool.min_nodes}: the "
                "autoscaler adds what is missing, so the environment never costs as little as min_nodes has it."
            )
            yield Finding("min nodes", "notice", file_of(key), key, text)


def _needed(level: Level, pool: Pool) -> int:
    return (level.needed_nodes or {}).get(pool.name, 0)


def _idle(
    environment: Environment, pods: Sequence[Pod], pools: Sequence[Pool], low: Level, file_of: FileOf
) -> Iterator[Finding]:
    idle = low.idle
    if not low.fits or idle is None or min(idle.values()) <= MOST_IDLE:
        return
    shares = f"With the fewest copies, {_shares(idle)}"
    least = _least_nodes(environment, pods, pools)
    enough = fewest_nodes(pods, {pod: pod.low for pod in pods}, pools, least)
    could_have_less = [pool for pool in pools if enough[pool.name] < pool.min_nodes]
    for pool in could_have_less:
        key = f"{pool.key}.min_nodes"
        text = f"{shares} are idle: {pool.name} would do with {_nodes(enough[pool.name])} instead of {pool.min_nodes}."
        yield Finding("idle", "notice", file_of(key), key, text)
    if not could_have_less:
        largest = max(pools, key=lambda pool: pool.room.cpu_m * pool.min_nodes)
        key = f"{largest.key}.size"
        is_smallest = largest.size == next(iter(NODE_SIZES))
        what_else = "and of the smallest size" if is_smallest else "and only their size could change"
        text = f"{shares} are idle, but there are as few nodes as may be, {_because(environment, pods)}, {what_else}."
        yield Finding("idle", "notice", file_of(key), key, text)


def _never_used(pods: Sequence[Pod], pools: Sequence[Pool], high: Level, file_of: FileOf) -> Iterator[Finding]:
    """Nodes that the autoscaler may add, and that not even the most copies would have it add: no use, but a cost."""
    idle = high.idle
    if not high.fits or idle is None or min(idle.values()) <= MOST_IDLE:
        return
    always = {pool.name: pool.min_nodes for pool in pools}
    enough = fewest_nodes(pods, {pod: pod.high for pod in pods}, pools, always)
    for pool in pools:
        if enough[pool.name] < pool.max_nodes * (1 - MOST_IDLE):
            key = f"{pool.key}.max_nodes"
            text = (
                f"With the most copies on the most nodes, {_shares(idle)} would be idle: {pool.name} would do with "
                f"{_nodes(enough[pool.name])}, and max_nodes, by which the most is reckoned that the environment may "
                f"cost, says {pool.max_nodes}."
            )
            yield Finding("idle", "notice", file_of(key), key, text)


def _shares(idle: Mapping[str, float]) -> str:
    return f"{idle['cpu']:.0%} of the processors and {idle['memory']:.0%} of the memory"


def _least_nodes(environment: Environment, pods: Sequence[Pod], pools: Sequence[Pool]) -> dict[str, int]:
    """Nodes that each pool has to have, whatever runs on them, by the pools' names.

    Pools that none of our pods goes to are somebody else's to judge.
    """
    zones = PRODUCTION_MIN_NODES if environment.tier == "prod" else 1
    ours = {pool.name for pool in pools if any(pool.accepts(pod) for pod in pods)}
    least = {pool.name: zones if pool.name in ours else pool.min_nodes for pool in pools}
    of_disks = _zones_of_disks(environment)
    for pool in pools:
        if Where.OPEN in pool.takes and of_disks <= pool.min_nodes:
            return least | {pool.name: max(least[pool.name], of_disks)}
    return least


def _because(environment: Environment, pods: Sequence[Pod]) -> str:
    if environment.tier == "prod":
        return "one in each zone"
    if any(pod.apart and pod.low > 1 for pod in pods):
        return "one for each node of the broker"
    return "one in each pool"


def _counted(pods: Sequence[Pod]) -> str:
    """Such as "lancamentos (3), envoy (1)"."""
    return ", ".join(f"{name} ({count})" for name, count in Counter(pod.name for pod in pods).items())


def _nodes(count: int) -> str:
    return f"{count} node" if count == 1 else f"{count} nodes"
