"""Host names: each leads to one place."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from environments.wording import shown

if TYPE_CHECKING:
    from environments.model import Environment


def host_faults(environments: "Sequence[Environment]") -> "Iterator[tuple[Environment, str, str]]":
    """Each environment whose gateway has the host name of one before it: the name, and what is allowed."""
    taken: dict[str, str] = {}
    for environment in sorted(environments, key=lambda each: each.name):
        if environment.gateway is None:
            continue
        host = environment.gateway.host
        if first := taken.get(host):
            yield environment, host, f"a host name of its own: {shown(host)} leads to {first}"
        taken.setdefault(host, environment.name)
