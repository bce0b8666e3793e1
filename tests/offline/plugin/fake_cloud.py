"""What a provider does with resources and data sources, when there is no cloud: it makes up what a cloud would answer.

Only what Terraform itself cannot do without is here, and what is known of the real provider: what it refuses to be
told, and what it replaces rather than change.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgpack

from .fake_values import FakeValues
from .protobuf import contents, field, message
from .rules import Fault, faults, kept, replacing
from .told import Told

if TYPE_CHECKING:
    from synthesis.schemas.binding_schema import Attribute, Block
    from synthesis.schemas.provider_facts import Facts

_READ_SECRETS = {"secret_data", "secret_string", "value"}  # of ephemeral resources that read a store
_UNKNOWN = msgpack.ExtType(0, b"\0")


class FakeCloud:
    """Answers the calls of plugin protocol 6 about resources; a request and an answer are encoded messages."""

    def __init__(self, schemas: Path) -> None:
        self._schemas = schemas
        self._members: dict[bytes, Any] = {}
        self._told = Told()

    def calls(self) -> Mapping[str, Callable[[bytes], bytes]]:
        """What answers each call of the service `tfplugin6.Provider`, by its name."""
        return {
            "ValidateProviderConfig": _accept,
            "ValidateResourceConfig": partial(self._validate, "resource"),
            "ValidateDataResourceConfig": partial(self._validate, "data"),
            "ConfigureProvider": _accept,
            "StopProvider": _accept,
            "UpgradeResourceState": self._upgrade,
            "ReadResource": self._read,
            "PlanResourceChange": self._plan,
            "ApplyResourceChange": self._apply,
            "ReadDataSource": self._read_data_source,
            "ValidateEphemeralResourceConfig": _accept,
            "OpenEphemeralResource": self._open,
            "CloseEphemeralResource": _accept,
        }

    def _validate(self, kind: str, request: bytes) -> bytes:
        arguments = contents(request)
        found = faults(self._facts(kind, arguments[1]), _decode(arguments[2]))
        return b"".join(message(1, _fault(each)) for each in found)

    def _upgrade(self, request: bytes) -> bytes:
        raw_state = contents(request)[3]
        return message(1, message(2, contents(raw_state)[1]))  # JSON, as it was stored

    def _read(self, request: bytes) -> bytes:
        return message(1, contents(request)[2])

    def _plan(self, request: bytes) -> bytes:
        arguments = contents(request)
        facts, before = self._facts("resource", arguments[1]), _decode(arguments[2])
        proposed = _decode(arguments[3])  # the configuration, with computed attributes as they were before
        if proposed is not None:
            block = self._block("resource", arguments[1])
            proposed = _Completion(lambda attribute, path: _UNKNOWN).block(block, proposed)
        planned = kept(facts, before, proposed)
        # Terraform lets a provider of the older kind plan blocks that the configuration does not have.
        legacy = b"" if planned == proposed else field(5, 1)
        replaced = replacing(facts, before, planned)
        return message(1, _encode(planned)) + b"".join(message(2, _attribute_path(path)) for path in replaced) + legacy

    def _apply(self, request: bytes) -> bytes:
        arguments = contents(request)
        planned = _decode(arguments[3])
        if planned is None:
            return message(1, _encode(None))
        type_ = arguments[1].decode()
        if _decode(arguments[2]) is None and self._told.refuses(type_):
            return message(1, arguments[2]) + message(3, _error(f"A {type_} cannot be made today.", ""))
        block = self._block("resource", arguments[1])
        write_only = {name for name, attribute in block.get("attributes", {}).items() if attribute.get("write_only")}
        self._told.note(type_, _decode(arguments[4]), write_only)
        values = FakeValues(type_, planned, arguments[3], _own(self._answers("resource", arguments[1]), arguments[3]))
        return message(1, _encode(_Completion(values).block(block, planned)))

    def _read_data_source(self, request: bytes) -> bytes:
        arguments = contents(request)
        configuration = _decode(arguments[2])
        answers = self._answers("data", arguments[1])
        values = FakeValues(arguments[1].decode(), configuration, arguments[2], answers)
        return message(1, _encode(_Completion(values).block(self._block("data", arguments[1]), configuration)))

    def _open(self, request: bytes) -> bytes:
        arguments = contents(request)
        type_, configuration = arguments[1].decode(), _decode(arguments[2])
        told = self._told.read(type_, configuration)
        if told is None and self._told.is_kept and "length" not in configuration:
            return message(1, _error(f"There is no {type_} like this.", json.dumps(configuration)))
        values = FakeValues(type_, configuration, seed=os.urandom(16))
        opened = _Completion(values).block(self._block("ephemeral", arguments[1]), configuration)
        opened |= told or {name: os.urandom(16).hex() for name in _READ_SECRETS & opened.keys()}
        if "length" in configuration:
            opened["result"] = os.urandom(configuration["length"]).hex()[: configuration["length"]]
        if "OFFLINE_EPHEMERAL_VALUES" in os.environ:  # for whoever wants to look for them where they may not be
            with Path(os.environ["OFFLINE_EPHEMERAL_VALUES"]).open("a") as noted:
                noted.write(json.dumps(opened) + "\n")
        return message(3, _encode(opened))

    def _block(self, kind: str, type_: bytes) -> "Block":
        block: Block = self._member(b"%b %b" % (kind.encode(), type_))["block"]
        return block

    def _facts(self, kind: str, type_: bytes) -> "Facts":
        facts: Facts = self._member(b"facts %b %b" % (kind.encode(), type_)) or {}
        return facts

    def _answers(self, kind: str, type_: bytes) -> dict[str, Any]:
        answers: dict[str, Any] = self._member(b"answers %b %b" % (kind.encode(), type_)) or {}
        return answers

    def _member(self, name: bytes) -> Any:
        """Decode one member of the file; None where there is none."""
        if name not in self._members:
            line = self._lines.get(name)
            self._members[name] = None if line is None else json.loads(line.removesuffix(b","))
        return self._members[name]

    @cached_property
    def _lines(self) -> Mapping[bytes, bytes]:
        """The file's members as they stand, a line each: thousands, of which hundreds are asked for."""
        lines = self._schemas.read_bytes().splitlines()
        return {name.removeprefix(b'"'): member for name, _, member in (line.partition(b'": ') for line in lines)}


@dataclass(frozen=True)
class _Completion:
    """Gives values to the computed attributes that have none, and takes them from the write-only ones."""

    decide: Callable[["Attribute", str], Any]
    in_set: bool = False

    def block(self, block: "Block", values: dict[str, Any], path: str = "") -> dict[str, Any]:
        completed = self._attributes(block.get("attributes", {}), values, path)
        for name, nested in block.get("block_types", {}).items():
            inside = replace(self, in_set=True) if nested["nesting_mode"] == "set" else self
            complete = partial(inside.block, nested["block"])
            completed[name] = _each(nested["nesting_mode"], values[name], path + name, complete)
        return completed

    def _attributes(self, attributes: Mapping[str, "Attribute"], values: dict[str, Any], path: str) -> dict[str, Any]:
        return {name: self._attribute(each, values[name], path + name) for name, each in attributes.items()}

    def _attribute(self, attribute: "Attribute", value: Any, path: str) -> Any:
        if attribute.get("write_only"):
            return None
        if value is None or _is_unknown(value):
            # Items of a set are told apart by their values, so what is left out in one must stay so.
            is_decided = attribute.get("computed") and not (self.in_set and attribute.get("optional"))
            return self.decide(attribute, path) if is_decided else value
        if "nested_type" not in attribute:
            return value
        nested = attribute["nested_type"]
        return _each(nested["nesting_mode"], value, path, partial(self._attributes, nested["attributes"]))


def _each(nesting: str, value: Any, path: str, complete: Callable[[Any, str], dict[str, Any]]) -> Any:
    """Complete the items of a value, or the one that it is."""
    if value is None or _is_unknown(value) or _has_its_type(value):
        return value
    match nesting:
        case "single":
            return complete(value, f"{path}.")
        case "map":
            return {key: complete(item, f"{path}.{key}.") for key, item in value.items()}
    return [complete(item, f"{path}[{index}].") for index, item in enumerate(value)]


def _is_unknown(value: Any) -> bool:
    return isinstance(value, msgpack.ExtType)


def _has_its_type(value: Any) -> bool:
    """Whether a block comes as a pair of its type and itself, which is so if an attribute in it is dynamic."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], bytes)


def _own(answers: dict[str, Any], seed: bytes) -> dict[str, Any]:
    """What tells one resource from another, made its own."""
    end = hashlib.sha256(seed).hexdigest()[:8]
    return answers | {name: f"{answers[name]}-{end}" for name in ("id", "arn") if name in answers}


def _fault(fault: Fault) -> bytes:
    return _error(f'Wrong value of "{fault.path}"', fault.detail) + message(4, _attribute_path(fault.path))


def _error(summary: str, detail: str) -> bytes:
    """A diagnostic of the protocol, whose severity of 1 is an error."""
    return field(1, 1) + field(2, summary) + field(3, detail)


def _attribute_path(path: str) -> bytes:
    """Of the outermost block or attribute, for inside it there may be many."""
    return message(1, field(1, path.partition(".")[0]))


def _accept(request: bytes) -> bytes:
    return b""


def _decode(dynamic_value: bytes) -> Any:
    return msgpack.unpackb(contents(dynamic_value)[1], strict_map_key=False)


def _encode(value: Any) -> bytes:
    return field(1, msgpack.packb(value))
