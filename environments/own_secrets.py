"""Secrets that microservices have of their own, by the names that the store of secrets knows them by."""

from collections.abc import Mapping
from dataclasses import dataclass

from environments.model import Environment
from environments.services import Service
from flowwise.tables.vendor_keys import own_secret


@dataclass(frozen=True)
class OwnSecret:
    """A secret: its name in the store, by which secret_values has it too, and the version of its value."""

    name: str
    version: int


def secrets_of(name: str, service: Service) -> Mapping[str, OwnSecret]:
    """Those of the microservice that was made by this name, by the environment variable that each is read from."""
    return {
        variable: OwnSecret(own_secret(name, variable), service.secret_versions.get(variable, 1))
        for variable in service.secrets
    }


def own_secrets(environment: Environment) -> Mapping[str, int]:
    """The versions of those of all microservices, by name."""
    return {
        secret.name: secret.version
        for name, service in environment.deployed_services.items()
        for secret in secrets_of(name, service).values()
    }
