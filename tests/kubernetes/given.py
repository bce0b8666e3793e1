"""What an environment's workloads are given, where they are planned on stand-ins of all providers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from environments import Environment
from stacks.platform_example import platform_example

_PEM = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"


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
