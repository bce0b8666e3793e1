"""The releases of other projects' charts in the state of a Terraform folder."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.kubernetes.objects import KubernetesObject
from tests.kubernetes.plans import native_objects_and_state


@dataclass(frozen=True)
class Release:
    """A chart, what it is given, and the objects of Kubernetes' own kinds that Terraform makes besides."""

    address: str
    name: str
    namespace: str
    chart: str
    version: str
    values: tuple[str, ...]
    beside: Sequence[KubernetesObject]


def releases_of(folder: Path, variables: Mapping[str, Any]) -> list[Release]:
    """Those of a folder, which must be a copy, once it is applied: some values are known only then."""
    beside, state = native_objects_and_state(folder, variables)
    return list(_releases_in(state["values"]["root_module"], beside))


def _releases_in(module: Mapping[str, Any], beside: Sequence[KubernetesObject]) -> Iterator[Release]:
    for resource in module.get("resources", []):
        values = resource["values"]
        if resource["type"] == "helm_release" and values["repository"]:  # our own chart has none
            given = tuple(values["values"] or ())
            place = (values["name"], values["namespace"], values["chart"], values["version"])
            yield Release(resource["address"], *place, given, beside)
    for child in module.get("child_modules", []):
        yield from _releases_in(child, beside)
