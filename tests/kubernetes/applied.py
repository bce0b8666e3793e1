"""The state of an environment's workloads, applied on stand-ins of all providers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from environments import Environment
from stacks.platform_example import platform_example
from tests.kubernetes.plans import apply

_PEM = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"


def applied_workloads(root: Path, environment: Environment, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The resources of the root of an environment's workloads, as `terraform show -json` has them.

    The root is one of a copy of infra/ whose roots keep their state in their folders (`use_local_state`), and the
    platform is an example.
    """
    write_platform(root, environment)
    return list(_resources(apply(root, variables)["values"]["root_module"]))


def write_platform(root: Path, environment: Environment) -> None:
    """Have the root of an environment's workloads find the example of a platform."""
    if environment.in_cloud:
        (root.parent / "terraform.tfstate").write_text(json.dumps(_state_of(platform_example(environment))))


def variables_of(environment: Environment) -> dict[str, Any]:
    """What the workloads of an environment are to be given, whatever its cloud and tier."""
    variables: dict[str, Any] = {"images": {name: f"registry.example/{name}:1.0.0" for name in environment.services}}
    if environment.cloud == "aws":
        variables["database_ca_certificate"] = _PEM
    if environment.tier == "prod":
        variables["confirm_environment"] = environment.name
    return variables


def _state_of(outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "version": 4,
        "terraform_version": "1.11.0",
        "serial": 1,
        "lineage": "00000000-0000-0000-0000-000000000000",
        "outputs": {name: {"value": value, "type": _type_of(value)} for name, value in outputs.items()},
        "resources": [],
    }


def _type_of(value: Any) -> Any:
    """Terraform's own word for the type of a value."""
    match value:
        case bool():
            return "bool"
        case int():
            return "number"
        case list():
            return ["tuple", [_type_of(each) for each in value]]
        case dict():
            return ["object", {name: _type_of(each) for name, each in value.items()}]
    return "string"


def _resources(module: dict[str, Any]) -> list[dict[str, Any]]:
    own = [resource for resource in module.get("resources", []) if resource["mode"] == "managed"]
    return own + [resource for child in module.get("child_modules", []) for resource in _resources(child)]
