"""Encodes a provider's schema as Terraform asks for it: the message tfplugin6.GetProviderSchema.Response."""

import json
from collections.abc import Mapping

from synthesis.schemas.binding_schema import Attribute, Block, BlockType, NestedType, Schema
from synthesis.schemas.provider_schema import ProviderSchema
from tests.offline.plugin.protobuf import field, message

_NESTINGS = {"single": 1, "list": 2, "set": 3, "map": 4}  # the same in Schema.NestedBlock and in Schema.Object


def schema_message(schema: ProviderSchema) -> bytes:
    """Encode a whole schema; up to a second for a big provider."""
    # Lets Terraform reuse the schema within a command, rather than ask each of the processes that it starts.
    get_provider_schema_optional = field(2, True)
    return b"".join(
        (
            message(1, _schema(schema.provider)),
            _schemas(2, schema.resource_schemas),
            _schemas(3, schema.data_source_schemas),
            message(6, get_provider_schema_optional),
            _schemas(8, schema.ephemeral_resource_schemas),
        )
    )


def _schemas(number: int, schemas: Mapping[str, Schema]) -> bytes:
    return b"".join(message(number, field(1, name) + message(2, _schema(each))) for name, each in schemas.items())


def _schema(schema: Schema) -> bytes:
    return field(1, schema["version"]) + message(2, _block(schema["block"]))


def _block(block: Block) -> bytes:
    attributes = (message(2, _attribute(name, each)) for name, each in block.get("attributes", {}).items())
    blocks = (message(3, _block_type(name, each)) for name, each in block.get("block_types", {}).items())
    return b"".join(attributes) + b"".join(blocks)


def _block_type(name: str, block_type: BlockType) -> bytes:
    return (
        field(1, name)
        + message(2, _block(block_type["block"]))
        + field(3, _NESTINGS[block_type["nesting_mode"]])
        + field(4, block_type.get("min_items", 0))
        + field(5, block_type.get("max_items", 0))
    )


def _attribute(name: str, attribute: Attribute) -> bytes:
    if "nested_type" in attribute:
        type_ = message(10, _nested_type(attribute["nested_type"]))
    else:
        type_ = field(2, json.dumps(attribute["type"]))
    return (
        field(1, name)
        + type_
        + field(4, attribute.get("required", False))
        + field(5, attribute.get("optional", False))
        + field(6, attribute.get("computed", False))
        + field(7, attribute.get("sensitive", False))
        + field(11, attribute.get("write_only", False))
    )


def _nested_type(nested_type: NestedType) -> bytes:
    attributes = (message(1, _attribute(name, each)) for name, each in nested_type["attributes"].items())
    return b"".join(attributes) + field(3, _NESTINGS[nested_type["nesting_mode"]])
