"""The order in which a change is deployed to environments: each has its turn after the one that it names."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import islice

from environments.model import Environment
from environments.wording import listed, nearest, shown


def promotion_order(environments: Sequence[Environment]) -> tuple[Environment, ...]:
    """The environments in a cloud, each behind the one that its `after` names; by name where that leaves a choice."""
    following: dict[str | None, list[Environment]] = defaultdict(list)
    for environment in environments:
        if environment.in_cloud:
            following[environment.after].append(environment)
    ready = [(each.name, each) for each in following[None]]
    heapify(ready)
    ordered: list[Environment] = []
    while ready:
        name, environment = heappop(ready)
        ordered.append(environment)
        for each in following[name]:
            heappush(ready, (each.name, each))
    return tuple(ordered)


def side_by_side(environments: Sequence[Environment]) -> tuple[Environment, ...]:
    """All of them: in the order of promotion, and then those in a cluster that is there already."""
    return (*promotion_order(environments), *(each for each in environments if not each.in_cloud))


def promotion_faults(environments: Sequence[Environment]) -> Iterator[tuple[Environment, str, str]]:
    """Each environment whose `after` leads nowhere: with what is allowed, and the nearest right word."""
    in_clouds = {environment.name: environment for environment in environments if environment.in_cloud}
    in_circles = _in_circles(in_clouds)
    for environment in in_clouds.values():
        after = environment.after
        if after is not None and (after not in in_clouds or after == environment.name):
            others = _without_waiting_for(in_clouds, environment.name)
            none = "nothing: there is no other, or each waits for this one"
            allowed = f"another environment in a cloud: {listed(others)}" if others else none
            yield environment, allowed, nearest(after, others)
        elif environment.name in in_circles:
            yield environment, f"one that does not wait for {shown(environment.name)} itself", ""


def _in_circles(environments: Mapping[str, Environment]) -> set[str]:
    """The names of those that wait for themselves, over others: each chain is followed once."""
    found: set[str] = set()
    seen: set[str] = set()
    for start in environments:
        chain: list[str] = []
        for name in _chain(environments, start):
            if name in seen:
                break
            seen.add(name)
            chain.append(name)
        last = environments[chain[-1]].after if chain else None
        if last in chain:
            found.update(chain[chain.index(last) :])
    return found


def _chain(environments: Mapping[str, Environment], start: str) -> Iterator[str]:
    """The name, that of the one it waits for, and so on, without an end in a circle."""
    name: str | None = start
    while name is not None and name in environments:
        yield name
        name = environments[name].after


def _without_waiting_for(environments: Mapping[str, Environment], name: str) -> list[str]:
    """Those that an environment can wait for: they do not wait for it themselves, and are in no circle."""
    found = []
    for other in sorted(environments.keys() - {name}):
        chain = list(islice(_chain(environments, other), len(environments) + 1))
        if name not in chain and len(chain) <= len(environments):
            found.append(other)
    return found
