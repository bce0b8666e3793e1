"""What an environment's workloads are given."""

from typing import Any

from environments import Environment

_PEM = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"


def variables_of(environment: Environment) -> dict[str, Any]:
    """The variables, whatever its cloud and tier."""
    variables: dict[str, Any] = {"images": {name: f"registry.example/{name}:1.0.0" for name in environment.services}}
    if environment.cloud == "aws":
        variables["database_ca_certificate"] = _PEM
    if environment.tier == "prod":
        variables["confirm_environment"] = environment.name
    return variables
