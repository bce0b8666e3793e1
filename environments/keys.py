"""Every key of an environment file, with what the model's JSON Schema says of it: the matter of the page of keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from environments.plain_schema import environment_schema

Node = Mapping[str, Any]
Path = tuple[str, ...]
ANY_NAME = "<name>"
"""The step of a path that is a name which people choose."""
_NOTHING: Node = {}

# Where it has to be, or where alone it may be: with a cloud, or in a cluster that is there already.
# "made" is in a cloud that makes the cluster: with a cloud, but not with existing.cluster.
Where = Literal["anywhere", "cloud", "made", "cluster", "nowhere"]


@dataclass(frozen=True)
class Key:
    """A key that holds a value, no table of further keys. `required` and `only` say in which environments."""

    path: Path
    schema: Node
    required: Where
    only: Where

    @property
    def name(self) -> str:
        """As its table has it."""
        return self.path[-1]

    @property
    def description(self) -> str:
        """What it means; empty where the model does not say."""
        return str(self.schema.get("description", ""))


@dataclass(frozen=True)
class KeyTable:
    """A table, or one of several that people name, or of a list: then the last step of its path is `[]`."""

    path: Path
    description: str
    names: Node  # what a name may be, where people name it
    required: Where
    only: Where
    keys: tuple[Key, ...]


def key_tables() -> list[KeyTable]:
    """All tables in the order of the model, the first of which is what stands above all tables."""
    schema = environment_schema()
    demands = _Demands(schema["then"], schema["else"], schema["else"]["then"])
    return list(_tables((), schema, demands, _NOTHING, schema["$defs"]))


@dataclass(frozen=True)
class _Demands:
    """What the schema says besides of the same table.

    In a cluster that is there already, in a cloud, and in a cloud that makes the cluster.
    """

    in_cluster: Any
    in_cloud: Any
    made: Any

    def of(self, key: str) -> "_Demands":
        every = (self.in_cluster, self.in_cloud, self.made)
        return _Demands(*(_properties(node).get(key, _NOTHING) for node in every))

    def required(self, key: str, node: Node) -> Where:
        if key in node.get("required", ()):
            return "anywhere"
        if key in _required(self.in_cloud):
            return "cloud"
        if key in _required(self.made):
            return "made"
        return "cluster" if key in _required(self.in_cluster) else "nowhere"

    def only(self, key: str) -> Where:
        refused = self.of(key)
        return "cloud" if refused.in_cluster is False else "cluster" if refused.in_cloud is False else "anywhere"


def _tables(
    path: Path, node: Node, demands: _Demands, names: Node, definitions: Node, around: tuple[Where, Where] | None = None
) -> Iterator[KeyTable]:
    keys, below = list[Key](), list[KeyTable]()
    for key, property_ in node["properties"].items():
        value = _resolved(property_, definitions)
        where = demands.required(key, node), demands.only(key)
        found = _table_in(value, definitions)
        if found is None:
            keys.append(Key((*path, key), value, *where))
            continue
        steps, table, names_in = found
        about = value.get("description") or table.get("description", "")
        described = {**table, "description": about}
        below += _tables((*path, key, *steps), described, demands.of(key), names_in, definitions, where)
    required, only = around or ("anywhere", "anywhere")
    yield KeyTable(path, str(node.get("description", "")), names, required, only, tuple(keys))
    yield from below


def _table_in(value: Node, definitions: Node) -> tuple[Path, Node, Node] | None:
    """The table with keys of its own that a key holds, the steps to it, and what its name may be; None for a value."""
    if "properties" in value:
        return (), value, _NOTHING
    for named in value.get("patternProperties", {}).values():
        table = _resolved(named, definitions)
        if "properties" in table:
            return (ANY_NAME,), table, value["propertyNames"]
    element = _resolved(value.get("items", _NOTHING), definitions)
    return (("[]",), element, _NOTHING) if "properties" in element else None


def _resolved(node: Node, definitions: Node) -> Node:
    """The node, with what it refers to; what it says itself holds."""
    reference = str(node.get("$ref", "")).removeprefix("#/$defs/")
    return {**definitions[reference], **node} if reference else node


def _properties(node: Any) -> Node:
    return node.get("properties", _NOTHING) if isinstance(node, Mapping) else _NOTHING


def _required(node: Any) -> Any:
    return node.get("required", ()) if isinstance(node, Mapping) else ()
