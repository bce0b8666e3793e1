"""What is there already and no two environments may have the same of."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flowwise.tables.existing_ids import CASELESS

if TYPE_CHECKING:
    from environments.model import Environment

_KEYS_ONCE_IN_A_PROJECT = "google"

# Namespaces are called as microservices are, and operators, their resource definitions and the default class of disks
# are there once in a cluster: the environment that comes second would take the first one's for its own.
_CLUSTER = "a cluster of its own: {first} is in this one, with all that is there once"

# On Google Cloud, services use keys by accounts that a project has once: the environment that goes first would take
# their right to the key from the one that stays.
_KEY = "a key of its own: when {first} goes, it takes the project's services' right to this one along"


def existing_faults(environments: "Sequence[Environment]") -> "Iterator[tuple[Environment, str, str, str]]":
    """Each environment that has what one before it has: the key of the file, the identifier, and what is allowed."""
    taken: dict[str, str] = {}
    for environment in sorted(environments, key=lambda each: each.name):
        for key, identifier, allowed in _for_one_alone(environment):
            called = identifier.lower() if environment.cloud in CASELESS else identifier
            if first := taken.get(called):
                yield environment, key, identifier, allowed.format(first=first)
            taken.setdefault(called, environment.name)


def _for_one_alone(environment: "Environment") -> Iterator[tuple[str, str, str]]:
    already = environment.already
    if already.cluster:
        yield "existing.cluster", already.cluster, _CLUSTER
    if already.encryption_key and environment.cloud == _KEYS_ONCE_IN_A_PROJECT:
        yield "existing.encryption_key", already.encryption_key, _KEY
