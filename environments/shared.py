"""What all environments have in common: `shared.toml`, over which each environment's own file has its say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environments.reading import read_document
from flowwise.tables.project import IN_CLUSTER

SHARED_FILE = "shared.toml"
# What shared.toml says of clouds is nothing to an environment in a cluster that is there already.
_OF_CLOUDS = (
    ("region",),
    ("budget",),
    ("network",),
    ("cluster",),
    ("storage",),
    ("alerts",),
    ("postgres", "backup_days"),
    ("postgres", "servers"),
)


@dataclass(frozen=True)
class Document:
    """The whole of an environment, parsed: its own file over what is shared."""

    own_file: Path
    own: Mapping[str, Any]
    shared: Mapping[str, Any]

    @property
    def whole(self) -> dict[str, Any]:
        """Both together. Tables are merged key by key; of anything else, the own one holds."""
        return _merged(self.shared, self.own)

    def file_of(self, path: Iterable[str | int]) -> Path:
        """Where somebody who wants to change a key will find it: in the own file, unless only the other has it."""
        steps = tuple(path)
        only_shared = contains(self.shared, steps) and not contains(self.own, steps)
        return self.own_file.with_name(SHARED_FILE) if only_shared else self.own_file


def read_shared(folder: Path) -> dict[str, Any]:
    """What the environments of a folder share; nothing without a shared.toml. Raises EnvironmentFileErrors."""
    file = folder / SHARED_FILE
    return read_document(file) if file.exists() else {}


def read_environment(file: Path, shared: Mapping[str, Any]) -> Document:
    """An environment's own file, over what is shared. Raises EnvironmentFileErrors."""
    own = read_document(file)
    in_cluster = own.get("cloud", shared.get("cloud")) == IN_CLUSTER
    return Document(file, own, _without(shared, _OF_CLOUDS) if in_cluster else shared)


def contains(document: Any, path: Iterable[str | int]) -> bool:
    """Whether a parsed document has a key."""
    try:
        for step in path:
            document = document[step]
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {key for key in below.keys() & above.keys() if isinstance(below[key], dict) and isinstance(above[key], dict)}
    return {**below, **above, **{key: _merged(below[key], above[key]) for key in both}}


def _without(document: Mapping[str, Any], paths: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    left = dict(document)
    for first, *rest in paths:
        if not rest:
            left.pop(first, None)
        elif isinstance(left.get(first), dict):
            left[first] = _without(left[first], [tuple(rest)])
    return left
