"""What the real providers say of the types in use, and their bindings do not: what is secret, replaced, or refused.

The tables in facts/, a file for each provider, say which version was asked. Of a resource or data source that is in
them, they have every attribute with something to say; a path has dots, and no indexes.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypedDict

from synthesis.schemas.binding_schema import Attribute, Block, Schema

_FOLDER = Path(__file__).with_name("facts")


class Fact(TypedDict, total=False):
    """Of one attribute or block. Rules hold for a configuration; paths of others are whole ones."""

    sensitive: bool
    force_new: bool
    """A change of it has the resource replaced; of a block, another number of it."""
    kept_if_absent: bool
    """Of a block that the provider fills in: a configuration without it leaves it as it is."""
    false_is_null: bool
    """It plans null for false, and at the apply Terraform then finds the plan inconsistent."""
    one_of: list[str | float]
    one_of_or_other: bool
    """Other values pass too: those of `range`, where there is one."""
    ignore_case: bool
    range: list[float | None]
    length: list[int | None]
    min_items: int
    max_items: int
    elements_one_of: list[str | float]
    elements_range: list[float | None]
    elements_length: list[int | None]
    conflicts_with: list[str]
    exactly_one_of: list[str]
    """Of these and itself."""
    at_least_one_of: list[str]
    required_with: list[str]
    members_at_least_one_of: list[str]
    """Attributes of the block."""


Facts = Mapping[str, Fact]
"""By path."""


def facts_file(name: str) -> Path:
    """Where the facts of a provider are; there may be none."""
    return _FOLDER / f"{name}.json"


@cache
def provider_facts(name: str) -> Mapping[str, Facts]:
    """The facts of a provider, by `resource <type>` or `data <type>`; empty for a provider that was not asked."""
    file = facts_file(name)
    return (
        {key: facts for key, facts in json.loads(file.read_text()).items() if key != "about"} if file.exists() else {}
    )


def mark_sensitive(schema: Schema, facts: Facts) -> None:
    """Have sensitive in a schema just what the facts say, in place of what names let suspect."""
    _mark(schema["block"], {path for path, fact in facts.items() if fact.get("sensitive")}, "")


def _mark(block: Block, sensitive: set[str], path: str) -> None:
    for name, attribute in block.get("attributes", {}).items():
        _mark_attribute(attribute, sensitive, path + name)
    for name, nested in block.get("block_types", {}).items():
        _mark(nested["block"], sensitive, f"{path}{name}.")


def _mark_attribute(attribute: Attribute, sensitive: set[str], path: str) -> None:
    attribute.pop("sensitive", None)
    if path in sensitive:
        attribute["sensitive"] = True
    if "nested_type" in attribute:
        for name, nested in attribute["nested_type"]["attributes"].items():
            _mark_attribute(nested, sensitive, f"{path}.{name}")
