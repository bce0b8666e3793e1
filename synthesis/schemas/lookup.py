"""Finds the schema of a block, so that the writer never guesses what is a block and what an attribute."""

from pathlib import Path
from typing import Any

from synthesis.schemas.provider_schema import ProviderSchema, provider_schema

_PARTS = {"resource": "resource_schemas", "data": "data_source_schemas", "ephemeral": "ephemeral_resource_schemas"}


class UnknownType(ValueError):
    """A resource type that its provider does not have."""


class Schemas:
    """The schemas of all providers, each read when it is first asked for."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._providers: dict[str, ProviderSchema] = {}

    def block(self, kind: str, type_: str) -> Any:
        """The schema block of a `resource`, `data`, `ephemeral` type, or of the configuration of a `provider`."""
        provider = self._provider(provider_of(type_))
        if kind == "provider":
            return provider.provider["block"]
        found = getattr(provider, _PARTS[kind]).get(type_)
        if found is None:
            raise UnknownType(f"{kind} {type_}: the provider {provider.source} {provider.version} has no such type")
        return found["block"]

    def _provider(self, name: str) -> ProviderSchema:
        if name not in self._providers:
            self._providers[name] = provider_schema(name, self._cache)
        return self._providers[name]


def provider_of(type_: str) -> str:
    """The local name of the provider of a resource type: what stands before the first underscore."""
    return type_.split("_", 1)[0]
