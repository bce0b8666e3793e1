"""Prints whether what runs in each environment's cluster fits on its nodes, and fails if something does not.

ENV names one environment, whose pods are listed too; without it, all are shown. With FORMAT=json it is JSON, a list.
"""

import json
import sys
from collections.abc import Iterator, Sequence

from environments import load_environments
from environments.promotion import side_by_side
from operations.asked import JSON, asked_environment, asked_format
from operations.deployable import REPOSITORY
from operations.failure import exit_status
from operations.markdown import document, remarks, table
from sizing import Level, Sizing, size_of


def main() -> int:
    """Print the sizes; gives 1 if there is a fault among the findings."""
    form, environments = asked_format(), side_by_side(load_environments(REPOSITORY / "environments"))
    name = asked_environment(environments)
    sizings = [size_of(environment) for environment in environments if name in (None, environment.name)]
    if form == JSON:
        print(json.dumps([sizing.as_json() for sizing in sizings], indent=2))
    else:
        print("\n".join([*(_report(sizing, with_pods=name is not None) for sizing in sizings), _assumed(sizings)]))
    return int(any(sizing.has_faults for sizing in sizings))


def _report(sizing: Sizing, *, with_pods: bool) -> str:
    blocks = [table(["", "at the least", "at the most"], _levels(sizing))]
    if sizing.pools:
        blocks.append(table(["pool", "machine", "nodes", "left to pods by one"], _pools(sizing)))
    if with_pods:
        blocks.append(table(["pod", "namespace", "processors", "memory", "copies"], _pods(sizing)))
    return document(f"Size of {sizing.environment}", *blocks, *remarks(sizing.findings))


def _assumed(sizings: Sequence[Sizing]) -> str:
    """What all of them assume, each once."""
    assumptions = dict.fromkeys(assumption for sizing in sizings for assumption in sizing.assumptions)
    return "\n".join(f"- {assumption}" for assumption in assumptions)


def _levels(sizing: Sizing) -> Iterator[list[str]]:
    levels = (sizing.low, sizing.high)
    yield ["asked for", *(_amounts(level.requested.cpu_m, level.requested.memory_mib) for level in levels)]
    if sizing.pools:
        yield ["nodes", *(str(level.nodes) for level in levels)]
        yield ["offered", *(_offered(level) for level in levels)]
        yield ["idle", *(_idle(level) for level in levels)]
        yield ["fits", *(_fits(level) for level in levels)]


def _offered(level: Level) -> str:
    return _amounts(level.allocatable.cpu_m, level.allocatable.memory_mib) if level.allocatable else ""


def _idle(level: Level) -> str:
    return f"{level.idle['cpu']:.0%}, {level.idle['memory']:.0%}" if level.idle else ""


def _fits(level: Level) -> str:
    if level.fits:
        return "yes"
    needed = ", ".join(f"{pool} needs {count}" for pool, count in (level.needed_nodes or {}).items())
    return f"no: {needed}" if needed else "no"


def _pools(sizing: Sizing) -> Iterator[list[str]]:
    for pool in sizing.pools:
        nodes = f"{pool.min_nodes} to {pool.max_nodes}"
        yield [pool.name, f"{pool.size} ({pool.sku})", nodes, _amounts(pool.room.cpu_m, pool.room.memory_mib)]


def _pods(sizing: Sizing) -> Iterator[list[str]]:
    for pod in sizing.pods:
        copies = str(pod.low) if pod.low == pod.high else f"{pod.low} to {pod.high}"
        copies = "on each node" if pod.is_per_node else copies
        yield [pod.name, pod.service, f"{pod.asks.cpu_m}m", f"{pod.asks.memory_mib} MiB", copies]


def _amounts(cpu_m: int, memory_mib: int) -> str:
    return f"{cpu_m / 1000:.2f} vCPU, {memory_mib / 1024:.1f} GiB"


if __name__ == "__main__":
    sys.exit(exit_status(main))
