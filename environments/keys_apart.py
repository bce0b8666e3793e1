"""Keys that are there already, where two environments may not have the same.

On Google Cloud, services use keys by accounts that a project has once: the environment that goes first would take their
right to the key from the one that stays.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from environments.model import Environment

_ONCE_IN_A_PROJECT = "google"


def key_faults(environments: "Sequence[Environment]") -> "Iterator[tuple[Environment, str, str]]":
    """Each environment that has the key of one before it: the key, and what is allowed."""
    taken: dict[str, str] = {}
    for environment in sorted(environments, key=lambda each: each.name):
        key = environment.already.encryption_key
        if environment.cloud != _ONCE_IN_A_PROJECT or key is None:
            continue
        if first := taken.get(key):
            allowed = f"a key of its own: when {first} goes, it takes the project's services' right to this one along"
            yield environment, key, allowed
        taken.setdefault(key, environment.name)
