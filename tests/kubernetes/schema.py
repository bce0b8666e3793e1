"""The JSON schema of Kubernetes' own objects, with no field in it that Kubernetes does not know."""

import functools
import importlib.resources
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

VERSION = "1.35.0"

Schema = Mapping[str, Any]
Manifest = Mapping[str, Any]


class UnknownKindError(Exception):
    """Kubernetes has no such kind."""


def schema_of(api_version: str, kind: str) -> Schema:
    """The schema of a kind such as "apps/v1", "Deployment". Raises UnknownKindError."""
    try:
        return resolved({"$ref": "#/$defs/" + _names()[api_version, kind]})
    except KeyError:
        raise UnknownKindError(f"Kubernetes {VERSION} has no {kind} of {api_version}") from None


def is_native(api_version: str) -> bool:
    """Whether the API is Kubernetes' own, not one of a custom resource."""
    return any(api_version == known for known, _ in _names())


def spelled(kind: str, version: str) -> tuple[str, str]:
    """The API version and the kind, in Kubernetes' spelling, of such as "csidriver", "v1". Raises UnknownKindError."""
    found = [names for names in _names() if (names[1].lower(), names[0].rsplit("/", 1)[-1]) == (kind.lower(), version)]
    if len(found) != 1:
        raise UnknownKindError(f"Kubernetes {VERSION} has {len(found)} kinds {kind} of version {version}")
    return found[0]


def resolved(schema: Schema) -> Schema:
    """Follow references."""
    while "$ref" in schema:
        schema = _definitions()["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def types_of(schema: Schema) -> frozenset[str]:
    """The JSON types that a resolved schema admits, besides null."""
    options = schema.get("oneOf", [schema])
    found = [option.get("type", []) for option in options]
    return frozenset(name for types in found for name in ([types] if isinstance(types, str) else types)) - {"null"}


def schema_errors(manifest: Manifest) -> list[str]:
    """What Kubernetes' schema has against an object, unknown fields included."""
    try:
        name = _names()[manifest["apiVersion"], manifest["kind"]]
    except KeyError:
        return [f"Kubernetes {VERSION} has no {manifest.get('kind')} of {manifest.get('apiVersion')}"]
    return [f"{place(error)}: {error.message}" for error in _validator(name).iter_errors(manifest)]


def place(error: ValidationError) -> str:
    """Where in an object an error is."""
    return ".".join(map(str, error.absolute_path)) or "(whole)"


@functools.cache
def _definitions() -> dict[str, Any]:
    folder = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema" / f"v{VERSION}-local-strict"
    definitions: dict[str, Any] = json.loads((folder / "_definitions.json").read_text())
    return definitions


@functools.cache
def _names() -> Mapping[tuple[str, str], str]:
    """The name of each kind's definition, by its API version and kind: those that are created, not lists or options."""
    return dict(_kinds())


def _kinds() -> Iterator[tuple[tuple[str, str], str]]:
    for name, definition in _definitions()["$defs"].items():
        spoken_for = definition.get("x-kubernetes-group-version-kind", [])
        if len(spoken_for) == 1 and "metadata" in definition.get("properties", {}):
            (names,) = spoken_for
            yield ("/".join(filter(None, [names["group"], names["version"]])), names["kind"]), name


@functools.cache
def _validator(name: str) -> Draft202012Validator:
    definitions = Resource.from_contents(_definitions())
    base = definitions.id()
    assert base, "the definitions have an address"
    registry: Registry[Any] = Registry().with_resource(base, definitions)
    return Draft202012Validator({"$ref": f"{re.sub('#$', '', base)}#/$defs/{name}"}, registry=registry)
