"""From pydantic's errors to faults in plain words.

What a key allows is read from the model's JSON Schema, as editors do: its words, limits and `errorMessage`.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import ValidationError

from environments.faults import Fault
from environments.plain_schema import environment_schema
from environments.shared import SHARED_FILE, Document, contains
from environments.wording import dotted, listed, nearest, shown

Node = Mapping[str, Any]
_KEY_ITSELF = "[key]"  # pydantic's last step of a path when the name of a table is wrong, not its contents
_SCHEMA_TYPES = {str: "string", bool: "boolean", int: "integer", dict: "object", list: "array"}
_PLAIN_TYPES = {str: "text", bool: "true or false", int: "a whole number", float: "a decimal number"}


def explain(document: Document, error: ValidationError) -> Iterator[Fault]:
    """Every fault that validation found in an environment, with the file to mend it in."""
    whole = document.whole
    for details in error.errors(include_url=False):
        path, value, kind = details["loc"], details["input"], details["type"]
        # What is missing belongs beside what there is of its table.
        is_in_table = path[-1] == _KEY_ITSELF or (kind == "missing" and len(path) > 1)
        file = document.file_of(path[:-1] if is_in_table else path)
        about_name = path[-1] == _KEY_ITSELF and path[-2:-1] == (value,)
        key = dotted(path[:-1] if about_name else path)
        if kind == "extra_forbidden":
            keys = _node_at(path[:-1])["properties"]
            yield Fault(file, key, "an unknown key", listed(keys), nearest(path[-1], keys))
        elif kind == "missing" and (known := _shared_microservices(document, path)):
            found = f"a microservice of which {SHARED_FILE} says nothing"
            allowed = f'{listed(known)}, as there, or a whole table, which begins with "uses"'
            yield Fault(file, dotted(path[:-1]), found, allowed, nearest(path[-2], known))
        elif kind == "missing":
            allowed = details.get("ctx", {}).get("allowed") or _allowed(_node_at(path))
            yield Fault(file, key, "nothing: it is missing", allowed)
        elif about_name:
            names = _node_at(path[:-2])["propertyNames"]
            said = details["ctx"] if kind == "refusal" else {"allowed": names["errorMessage"], "suggestion": ""}
            yield Fault(file, key, f"the name {shown(value)}", said["allowed"], said["suggestion"])
        else:
            node = _node_at(path)
            if contains(whole, path):
                found = _found(value, node)
            else:
                found = f"{_found(details.get('ctx', {}).get('default') or value, node)}, the default"
            if kind == "refusal":
                yield Fault(file, key, found, details["ctx"]["allowed"], details["ctx"]["suggestion"])
            else:
                yield Fault(file, key, found, _allowed(node), nearest(value, _words(node)))


def _shared_microservices(document: Document, path: Sequence[str | int]) -> list[str]:
    """The names that are shared, where an own file has a few words on another one: somebody has renamed one of both."""
    known = document.shared.get("services")
    if path[0] != "services" or path[2:] != ("uses",) or not isinstance(known, dict) or path[1] in known:
        return []
    return sorted(known)


@cache
def _schema() -> Node:
    return environment_schema()


def _node_at(path: Sequence[str | int]) -> Node:
    """The part of the JSON Schema that speaks of a key."""
    node = _schema()
    for step in path:
        if isinstance(step, int):
            node = _resolved(node["items"])
        elif "properties" in node:
            node = _resolved(node["properties"][step])
        else:
            (named,) = node["patternProperties"].values()
            node = _resolved(named)
    return node


def _resolved(node: Node) -> Node:
    reference: str = node.get("$ref", "")
    return _schema()["$defs"][reference.removeprefix("#/$defs/")] if reference else node


def _words(node: Node) -> Sequence[object]:
    words, *_ = node.get("anyOf", [node])
    return [node["const"]] if "const" in node else words.get("enum", [])


def _allowed(node: Node) -> str:
    if "errorMessage" in node:
        return str(node["errorMessage"])
    if words := _words(node):
        return listed(words)
    match node["type"]:
        case "boolean":
            return "true or false, without quotes"
        case "integer":
            return f"a whole number from {node['minimum']} to {node['maximum']}, without quotes"
        case "array":
            return f"a list of {_allowed(_resolved(node['items']))}"
    if "required" in node:
        return f"a table with {listed(node['required'], 'and')}"
    return f"a table, which may have {listed(node['properties'], 'and')}"


def _found(value: object, node: Node) -> str:
    """The value, and its type where that is what is wrong."""
    is_right_type = _SCHEMA_TYPES.get(type(value)) == node["type"]
    plain_type = _PLAIN_TYPES.get(type(value))
    return shown(value) if is_right_type or not plain_type else f"{shown(value)} ({plain_type})"
