"""The order in which a change is deployed to environments: each has its turn after the one that it names."""

from collections.abc import Iterator, Mapping, Sequence

from environments.model import Environment
from environments.wording import listed, nearest, shown


def promotion_order(environments: Sequence[Environment]) -> tuple[Environment, ...]:
    """The environments in a cloud, each behind the one that its `after` names; by name where that leaves a choice."""
    left = sorted((each for each in environments if each.in_cloud), key=lambda each: each.name)
    ordered: list[Environment] = []
    while left:
        done = {environment.name for environment in ordered}
        following = next(each for each in left if each.after is None or each.after in done)
        left.remove(following)
        ordered.append(following)
    return tuple(ordered)


def side_by_side(environments: Sequence[Environment]) -> tuple[Environment, ...]:
    """All of them: in the order of promotion, and then those in a cluster that is there already."""
    return (*promotion_order(environments), *(each for each in environments if not each.in_cloud))


def promotion_faults(environments: Sequence[Environment]) -> Iterator[tuple[Environment, str, str]]:
    """Each environment whose `after` leads nowhere: with what is allowed, and the nearest right word."""
    in_clouds = {environment.name: environment for environment in environments if environment.in_cloud}
    for environment in in_clouds.values():
        after = environment.after
        others = sorted(in_clouds.keys() - {environment.name})
        if after is not None and after not in others:
            allowed = f"another environment in a cloud: {listed(others)}" if others else "nothing: there is no other"
            yield environment, allowed, nearest(after, others)
        elif after is not None and _comes_back(environment, in_clouds):
            yield environment, f"one that does not wait for {shown(environment.name)} itself", ""


def _comes_back(environment: Environment, others: Mapping[str, Environment]) -> bool:
    passed: set[str] = set()
    after = environment.after
    while after is not None and after in others and after not in passed:
        passed.add(after)
        after = others[after].after
    return environment.name in passed
