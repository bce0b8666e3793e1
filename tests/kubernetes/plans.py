"""Plans of Terraform folders on stand-ins of all providers, as JSON."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthesis.schemas.binding_schema import Schema
from synthesis.schemas.provider_schema import provider_schema
from tests.kubernetes.objects import KubernetesObject, needs_state, planned_objects
from tests.offline import terraform
from tests.offline.mocked_apply import generated_plan
from tests.workspace import REPOSITORY


def objects_of(folder: Path, variables: Mapping[str, Any]) -> list[KubernetesObject]:
    """The Kubernetes objects that a folder of Terraform would create; it is applied where the plan cannot tell.

    The folder must be a copy, for Terraform writes into it.
    """
    plan = _plan_as_json(folder, variables)
    state = _apply_plan(folder) if needs_state(plan) else None
    return planned_objects(plan, _kubernetes_schemas(), state)


def native_objects_of(root: Path) -> list[KubernetesObject]:
    """Those of Kubernetes' own kinds alone that the generated test of an environment's workloads plans."""
    return _native_objects(generated_plan(root))


def native_objects_and_state(
    folder: Path, variables: Mapping[str, Any]
) -> tuple[list[KubernetesObject], dict[str, Any]]:
    """The same, and the state of the folder once it is applied, `terraform show -json`."""
    plan = _plan_as_json(folder, variables)
    return _native_objects(plan), _apply_plan(folder)


def apply(folder: Path, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a folder of Terraform once it is applied, `terraform show -json`; what `objects_of` wants holds."""
    _plan(folder, variables)
    return _apply_plan(folder)


def _native_objects(plan: dict[str, Any]) -> list[KubernetesObject]:
    changes = [change for change in plan["resource_changes"] if change["type"] != "helm_release"]
    return planned_objects({**plan, "resource_changes": changes}, _kubernetes_schemas())


def _plan(folder: Path, variables: Mapping[str, Any]) -> None:
    (folder / "given.auto.tfvars.json").write_text(json.dumps(variables))
    (folder / "terraform.tfstate").unlink(missing_ok=True)  # of other variables
    (folder / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    terraform(folder, "init", "-input=false")
    terraform(folder, "plan", "-input=false", "-out=saved.tfplan")


def _plan_as_json(folder: Path, variables: Mapping[str, Any]) -> dict[str, Any]:
    _plan(folder, variables)
    plan: dict[str, Any] = json.loads(terraform(folder, "show", "-json", "saved.tfplan"))
    return plan


def _apply_plan(folder: Path) -> dict[str, Any]:
    terraform(folder, "apply", "-input=false", "saved.tfplan")
    state: dict[str, Any] = json.loads(terraform(folder, "show", "-json"))
    return state


@functools.cache
def _kubernetes_schemas() -> Mapping[str, Schema]:
    return provider_schema("kubernetes", REPOSITORY / ".cache" / "schemas").resource_schemas
