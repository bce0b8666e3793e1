"""The Kubernetes objects that a Terraform plan would create, as Kubernetes would get them.

Native resources of the kubernetes provider are turned into manifests by the schema of Kubernetes itself, which says how
each name is spelled, what is a list, and what is a number: what has no place in it is an error, never left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import Any, TypeAlias

import yaml

from flowwise.custom_resources import CHART
from synthesis.schemas.binding_schema import Attribute, Block, BlockType
from synthesis.schemas.binding_schema import Schema as ProviderSchema
from tests.kubernetes.schema import Schema, is_native, resolved, schema_of, spelled, types_of

Json: TypeAlias = Any
"""Of `terraform show -json`. What is unknown is `true` in a value of the same shape beside it."""

_PROVIDER_ONLY = re.compile(r"id|timeouts|target_state|wait_(for|until)_\w+|(binary_)?data_wo(_revision)?")
_RENAMED = {"strategy": "updateStrategy", "storage_provisioner": "provisioner"}  # where the name as it is has no place
_OCTAL = {"mode", "default_mode"}
_STAND_INS = {"image": "unknown.example/unknown:0"}  # whose form the policies look at


class ExtractionError(Exception):
    """What a plan holds cannot be told as a Kubernetes object."""


@dataclass(frozen=True)
class KubernetesObject:
    """An object, and the resource of Terraform that makes it."""

    address: str
    manifest: dict[str, Any]
    release_namespace: str = ""  # where Helm puts it if it says nothing

    @property
    def api_version(self) -> str:
        """Such as "apps/v1"."""
        return str(self.manifest.get("apiVersion", ""))

    @property
    def kind(self) -> str:
        """Such as "Deployment"."""
        return str(self.manifest.get("kind", ""))

    @property
    def name(self) -> str:
        """Its name, or the beginning of the name that it will get."""
        return str(self.metadata.get("name") or self.metadata.get("generateName", ""))

    @property
    def namespace(self) -> str:
        """Its namespace; of no meaning for kinds that have none."""
        return str(self.metadata.get("namespace") or self.release_namespace or "default")

    @property
    def metadata(self) -> dict[str, Any]:
        """Its metadata."""
        return self.manifest.get("metadata") or {}

    @property
    def spec(self) -> dict[str, Any]:
        """Its specification."""
        return self.manifest.get("spec") or {}

    @property
    def is_native(self) -> bool:
        """Whether it is of Kubernetes' own kinds."""
        return is_native(self.api_version)

    @property
    def key(self) -> str:
        """Such as "Deployment shop/api", or "Namespace shop" where no namespace is said."""
        place = self.metadata.get("namespace") or self.release_namespace
        return f"{self.kind} {place}/{self.name}" if place else f"{self.kind} {self.name}"

    def __str__(self) -> str:
        return f"{self.key} ({self.address})"


def planned_objects(
    plan: Json, schemas: Mapping[str, ProviderSchema], applied: Json | None = None
) -> list[KubernetesObject]:
    """The objects of a plan, `terraform show -json`; `schemas` are those of the kubernetes provider's resources.

    A custom resource with a value that is only known after apply cannot be seen in a plan, for it is a part of one long
    string: it is then read from `applied`, the JSON of a state. Raises ExtractionError.
    """
    states = _values_by_address(applied or {})
    found: list[KubernetesObject] = []
    for change in _created(plan):
        address, type_ = change["address"], change["type"]
        after, unknown = change["change"]["after"], change["change"].get("after_unknown", {})
        try:
            if type_ == "helm_release" and _is_of_local_chart(after):
                if _anywhere(unknown.get("values")):
                    if address not in states:
                        raise ExtractionError("its values are known after apply only, and it is in no state")
                    after = states[address]
                found += _objects_in_values(address, after)
            elif type_.startswith("kubernetes_"):
                found.append(KubernetesObject(address, _manifest(type_, after, unknown, schemas)))
        except ExtractionError as error:
            raise ExtractionError(f"{address}: {error}") from None
    return found


def needs_state(plan: Json) -> bool:
    """Whether some custom resources of a plan are known after apply only."""
    return any(
        change["type"] == "helm_release"
        and _is_of_local_chart(change["change"]["after"])
        and _anywhere(change["change"].get("after_unknown", {}).get("values"))
        for change in _created(plan)
    )


def _created(plan: Json) -> Iterator[Json]:
    for change in plan.get("resource_changes", []):
        if change["mode"] == "managed" and change["change"]["after"] is not None:
            yield change


def _values_by_address(state: Json) -> dict[str, Json]:
    def below(module: Json) -> Iterator[tuple[str, Json]]:
        for resource in module.get("resources", []):
            yield resource["address"], resource["values"]
        for child in module.get("child_modules", []):
            yield from below(child)

    return dict(below(state.get("values", {}).get("root_module", {})))


# --- releases of the local chart ------------------------------------------------------------------------------------


def _is_of_local_chart(release: Json) -> bool:
    chart = release.get("chart")
    if chart is None:
        raise ExtractionError("which chart it is a release of is known after apply only")
    return PurePosixPath(chart).parts[-2:] == PurePosixPath(CHART).parts


def _objects_in_values(address: str, release: Json) -> Iterator[KubernetesObject]:
    resources: list[Any] = []
    for text in release.get("values") or []:
        values = yaml.safe_load(text) or {}
        resources = values.get("resources", resources)  # as Helm does: the last list is the one
    for resource in resources:
        if not isinstance(resource, dict) or not {"apiVersion", "kind", "metadata"} <= resource.keys():
            raise ExtractionError(f"not a Kubernetes object: {str(resource)[:200]}")
        yield KubernetesObject(address, resource, release.get("namespace") or "")


# --- resources of the kubernetes provider ---------------------------------------------------------------------------


def _manifest(type_: str, after: Json, unknown: Json, schemas: Mapping[str, ProviderSchema]) -> dict[str, Any]:
    parts = re.fullmatch(r"kubernetes_(\w+)_(v\d+\w*)", type_)
    if not parts:
        raise ExtractionError(
            f"{type_} is not a resource with its API's version in its name, or is no Kubernetes object"
        )
    is_default = parts[1] == "default_service_account"  # which Kubernetes makes, and the provider changes
    api_version, kind = spelled("serviceaccount" if is_default else parts[1].replace("_", ""), parts[2])
    body = _object(after, unknown, schemas[type_]["block"], schema_of(api_version, kind), "")
    if not {"name", "generateName"} & body["metadata"].keys():
        body["metadata"]["name"] = "default" if is_default else "unknown"
    return {"apiVersion": api_version, "kind": kind, **body}


def _object(value: Json, unknown: Json, block: Block, schema: Schema, place: str) -> dict[str, Any]:
    """A block's value as the object that Kubernetes knows by `schema`; `place` is where that is, for messages."""
    manifest: dict[str, Any] = {}
    for name, attribute in block.get("attributes", {}).items():
        known, missing = value.get(name), _member(unknown, name)
        if _is_for_kubernetes(name, attribute) and (known is not None or _anywhere(missing)):
            if missing is True and attribute.get("computed"):
                continue  # nobody has set it: the cluster chooses
            property_, of_property = _property(name, schema, place)
            manifest[property_] = _value(known, missing, of_property, name)
    for name, nested in block.get("block_types", {}).items():
        if not _PROVIDER_ONLY.fullmatch(name) and (value.get(name) or _anywhere(_member(unknown, name))):
            property_, of_property = _property(name, schema, place)
            manifest[property_] = _nested(
                value.get(name), _member(unknown, name), nested, of_property, f"{place}.{property_}"
            )
    return {name: value for name, value in manifest.items() if value is not None}


def _nested(value: Json, unknown: Json, nested: BlockType, schema: Schema, place: str) -> Any:
    """A block's values as a list of objects, or as the one object where Kubernetes wants one."""
    if unknown is True:  # a dynamic block
        return _stand_in(schema)
    is_list = "array" in types_of(schema)
    of_item = resolved(schema["items"]) if is_list else schema
    items = _items(value, unknown)
    if place.endswith(".projected.sources"):
        items = [source for each in items for source in _single_sources(*each)]
    if not is_list and len(items) != 1:
        raise ExtractionError(f"{len(items)} blocks at {place}, where Kubernetes has one object")
    objects = [
        _stand_in(of_item) if missing is True else _object(item or {}, missing, nested["block"], of_item, place)
        for item, missing in items
    ]
    return objects if is_list else objects[0]


def _single_sources(value: Json, unknown: Json) -> Iterator[tuple[Json, Json]]:
    """The provider takes several sources of a projected volume in one block, and makes one object of each."""
    for name, given in value.items():
        for source, missing in _items(given, _member(unknown, name)):
            yield {name: [source]}, {name: [missing]}


def _value(known: Json, unknown: Json, schema: Schema, name: str) -> Any:
    """An attribute's value as Kubernetes wants it; None for what is empty, which is the same as left out."""
    if unknown is True:
        return _stand_in(schema, name)
    types = types_of(schema)
    if "array" in types:
        of_item = resolved(schema["items"])
        return [
            _scalar(item, of_item, name) if not missing else _stand_in(of_item, name)
            for item, missing in _items(known, unknown)
        ] or None
    if "object" in types:
        of_item = resolved(schema.get("additionalProperties", {}))
        names = {**(known or {}), **(unknown or {})}
        return {
            key: _stand_in(of_item, name) if _member(unknown, key) else _scalar(known[key], of_item, name)
            for key in names
            if _member(unknown, key) or known[key] is not None
        } or None
    return None if known == "" else _scalar(known, schema, name)


def _scalar(value: Json, schema: Schema, name: str) -> Any:
    """Numbers come as text where the provider has to tell "none" from zero, and file modes in octal."""
    types = types_of(schema)
    if isinstance(value, str) and "integer" in types:
        if "string" not in types:
            return int(value, 8 if name in _OCTAL else 10)
        if value.isdecimal():
            return int(value)
    return value


def _stand_in(schema: Schema, name: str = "") -> Any:
    """Something of the right type for a value that is only known after apply."""
    types = types_of(schema)
    if "array" in types:
        return [_stand_in(resolved(schema["items"]), name)]
    if "object" in types:
        properties = schema.get("properties", {})
        return {each: _stand_in(resolved(properties[each]), each) for each in schema.get("required", [])}
    if "string" in types and "integer" not in types:
        return "1" if "number" in types else _STAND_INS.get(name, "unknown")  # a quantity, or any text
    return True if "boolean" in types else 1


def _property(name: str, schema: Schema, place: str) -> tuple[str, Schema]:
    """What Kubernetes calls what the provider calls `name`, such as "clusterIP" or "containers", and its schema."""
    properties = schema.get("properties", {})
    spelling = {each.lower(): each for each in properties}
    plain = name.replace("_", "")
    for form in (plain, f"{plain}s", f"{plain}es", re.sub("y$", "ies", plain), _RENAMED.get(name, "").lower()):
        if form in spelling:
            return spelling[form], resolved(properties[spelling[form]])
    raise ExtractionError(f"Kubernetes has no place for {name} at {place or 'the top'}")


def _is_for_kubernetes(name: str, attribute: Attribute) -> bool:
    is_answer = attribute.get("computed") and not attribute.get("optional")
    return not is_answer and not _PROVIDER_ONLY.fullmatch(name)


def _items(value: Json, unknown: Json) -> list[tuple[Json, Json]]:
    missing = unknown if isinstance(unknown, list) else []
    return list(zip_longest(value or [], missing, fillvalue=None))


def _member(unknown: Json, name: str) -> Json:
    return unknown.get(name) if isinstance(unknown, dict) else unknown


def _anywhere(unknown: Json) -> bool:
    """Whether anything in a value is unknown."""
    match unknown:
        case dict():
            return any(map(_anywhere, unknown.values()))
        case list():
            return any(map(_anywhere, unknown))
    return bool(unknown)
