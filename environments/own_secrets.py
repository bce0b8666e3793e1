"""Secrets that others hand out, by the names that the store of secrets knows them by: microservices have some each."""

from collections.abc import Mapping
from dataclasses import dataclass

from environments.model import Environment
from environments.services import Service
from flowwise.tables.vendor_keys import API_KEY, GIVEN_SECRETS, own_secret


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


def given_secrets(environment: Environment) -> tuple[str, ...]:
    """The names that secret_values may have. In a cloud, these are all that any environment is given, and its own."""
    watched = (API_KEY,) if environment.observability.backend != "none" else ()
    return (*(GIVEN_SECRETS if environment.in_cloud else watched), *own_secrets(environment))
