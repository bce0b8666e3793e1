"""Custom resources against the definitions that their projects publish, in the versions that our charts install.

The definitions are not in this repository: `tests/kubernetes/take_crds.py` takes them from checkouts of the projects.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.kubernetes.schema import place, schema_errors
from tests.workspace import REPOSITORY

Json = dict[str, Any]

FOLDER = REPOSITORY / ".cache" / "crds"
"""Holds `<project>/<kind>.json`."""


@dataclass(frozen=True)
class Project:
    """Who publishes definitions: a repository of GitHub, a tag of it, and where it has them.

    The tag is the version that `chart_version` of `chart`, of flowwise.charts, installs, or the nearest before it that
    could be had: definitions seldom change between two patches.
    """

    repository: str
    tag: str
    paths: tuple[str, ...]  # a folder, and a pattern of names in it
    groups: tuple[str, ...]
    chart: str
    chart_version: str

    @property
    def name(self) -> str:
        """The project's folder."""
        return self.repository.rpartition("/")[2]


PROJECTS = (
    Project(
        "envoyproxy/gateway",
        "v1.9.0",
        # Those of Gateway API are there too, in the version that it supports.
        ("charts/gateway-helm/charts/crds/crds/*.yaml", "charts/gateway-helm/charts/crds/crds/generated/*.yaml"),
        ("gateway.envoyproxy.io", "gateway.networking.k8s.io"),
        "envoy-gateway",
        "v1.9.3",
    ),
    Project(
        "external-secrets/external-secrets",
        "v2.8.0",
        ("config/crds/bases/external-secrets.io_*.yaml",),
        ("external-secrets.io",),
        "external-secrets",
        "2.8.0",
    ),
    Project(
        "cert-manager/cert-manager",
        "v1.21.1",
        ("deploy/crds/*.yaml",),
        ("cert-manager.io", "acme.cert-manager.io"),
        "cert-manager",
        "v1.21.3",
    ),
    Project("kedacore/keda", "v2.20.2", ("config/crd/bases/keda.sh_*.yaml",), ("keda.sh",), "keda", "2.20.2"),
    Project(
        "rabbitmq/cluster-operator",
        "v2.22.3",
        ("config/crd/bases/rabbitmq.com_rabbitmqclusters.yaml",),
        ("rabbitmq.com",),
        "rabbitmq-cluster-operator",
        "0.6.16",
    ),
    Project(
        "cloudnative-pg/cloudnative-pg",
        "v1.30.0",
        ("config/crd/bases/postgresql.cnpg.io_*.yaml",),
        ("postgresql.cnpg.io",),
        "cloudnative-pg",
        "0.29.0",
    ),
)
"""All whose custom resources we may use."""


class NotTakenError(Exception):
    """The definitions of a project have not been taken from a checkout."""


def project_of(api_version: str) -> Project | None:
    """Whose custom resources are of an API such as "keda.sh/v1alpha1"."""
    group = api_version.rpartition("/")[0]
    return next((project for project in PROJECTS if group in project.groups), None)


def custom_resource_errors(manifest: Json) -> list[str]:
    """What its project's definition has against a custom resource, unknown fields included.

    Rules in CEL (x-kubernetes-validations) are not run. Raises NotTakenError.
    """
    api_version, kind = str(manifest.get("apiVersion")), str(manifest.get("kind"))
    project = project_of(api_version)
    if not project:
        return [f"no project is known for {api_version}"]
    folder = FOLDER / project.name
    if not folder.is_dir():
        raise NotTakenError(f"{project.repository} {project.tag}")
    file = folder / f"{kind}.json"
    if not file.exists():
        return [f"{project.repository} {project.tag} has no {kind}"]
    taken = json.loads(file.read_text())
    if taken["version"] != project.tag:
        raise NotTakenError(f"{project.repository} {project.tag}, where there is {taken['version']}")
    group, _, version = api_version.rpartition("/")
    if group != taken["group"] or version not in taken["schemas"]:
        return [f"{project.repository} {project.tag} serves {kind} as {taken['group']}/{[*taken['schemas']]}"]
    metadata = manifest.get("metadata") or {}
    if taken["scope"] == "Cluster" and "namespace" in metadata:
        return [f"{kind} is in no namespace"]
    errors = _validator(file, version).iter_errors(manifest)
    # Metadata is Kubernetes' own, and definitions say nothing of it.
    of_metadata = schema_errors({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    return [f"{place(each)}: {each.message}" for each in errors] + of_metadata


@functools.cache
def _validator(file: Path, version: str) -> Draft202012Validator:
    schema = json.loads(file.read_text())["schemas"][version]
    schema.setdefault("properties", {}).update(
        apiVersion={"type": "string"}, kind={"type": "string"}, metadata={"type": "object"}
    )
    return Draft202012Validator(strict(schema))


def strict(schema: Mapping[str, Any]) -> Json:
    """A structural schema as JSON Schema, in which fields that Kubernetes would drop without a word are errors."""
    made = dict(schema)
    if made.get("nullable") and "type" in made:
        made["type"] = [made["type"], "null"]
    if made.get("x-kubernetes-int-or-string"):
        made["type"] = ["integer", "string"]
    for flag in ("exclusiveMinimum", "exclusiveMaximum"):  # of OpenAPI, where the limit stands beside it
        if made.pop(flag, False):
            made[flag] = made.pop(flag.replace("exclusiveM", "m"))
    made["properties"] = {name: strict(each) for name, each in schema.get("properties", {}).items()}
    if isinstance(schema.get("items"), dict):
        made["items"] = strict(schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        made["additionalProperties"] = strict(schema["additionalProperties"])
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("x-kubernetes-embedded-resource")
    if schema.get("type") == "object" and made["properties"] and not is_open and "additionalProperties" not in schema:
        made["additionalProperties"] = False
    return made
