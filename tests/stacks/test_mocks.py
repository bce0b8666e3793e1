"""What the generated tests mock, and modules ask of data sources: what a provider fills in, and nothing else.

A stand-in answers a mock with whatever it says. A real provider's data source leaves null what it was not told.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from flowwise.aws import mocks as aws
from flowwise.azure import mocks as azure
from flowwise.google import mocks as google
from synthesis.schemas.binding_schema import Block
from synthesis.schemas.provider_schema import provider_schema
from tests.workspace import INFRA, REPOSITORY

MOCKED = {"aws": aws, "azurerm": azure, "google": google}


def not_filled_in(block: Block, values: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The paths of what is mocked and is neither computed nor in a block."""
    attributes, blocks = block.get("attributes", {}), block.get("block_types", {})
    for name, value in values.items():
        if name in blocks:
            for each in value if isinstance(value, list) else [value]:
                yield from not_filled_in(blocks[name]["block"], each, f"{path}{name}.")
        elif not attributes.get(name, {}).get("computed"):
            yield path + name


@pytest.mark.parametrize("provider", MOCKED)
def test_only_what_a_provider_fills_in_is_mocked(provider: str) -> None:
    schema = provider_schema(provider, REPOSITORY / ".cache" / "schemas")
    mocks = MOCKED[provider]
    kinds = ((schema.resource_schemas, mocks.RESOURCES), (schema.data_source_schemas, mocks.DATA_SOURCES))
    found = [
        f"{type_}.{path}"
        for schemas, mocked in kinds
        for type_, values in mocked.items()
        for path in not_filled_in(schemas[type_]["block"], values)
    ]
    assert found == []


def test_nothing_is_asked_of_a_data_source_that_it_does_not_tell() -> None:
    schemas = {name: provider_schema(name, REPOSITORY / ".cache" / "schemas").data_source_schemas for name in MOCKED}
    silent = []
    for file in sorted(INFRA.rglob("main.tf")):
        text = file.read_text()
        given = {
            (type_, name): set(re.findall(r"^ {2}(\w+) +=", body, re.M))
            for type_, name, body in re.findall(r'^data "(\w+)" "(\w+)" \{(.*?)\}$', text, re.M | re.S)
        }
        for type_, name, attribute in set(re.findall(r"\bdata\.(\w+)\.(\w+)(?:\[[^\]]*\])?\.(\w+)", text)):
            known = schemas.get(type_.partition("_")[0], {}).get(type_)
            told = known and known["block"].get("attributes", {}).get(attribute, {"computed": True})
            if told and not told.get("computed") and attribute not in given[type_, name]:
                silent.append(f"{file.relative_to(INFRA)}: data.{type_}.{name}.{attribute}")
    assert silent == []
