"""Derives the schemas of a Terraform provider from what its CDKTF binding declares.

A schema has the shape of `terraform providers schema -json`. It is exact in names, types, nesting, in what is
a block and what an attribute, and in what is required, optional or computed. The bindings do not tell:

- what is sensitive, which is judged by name here, unless provider_facts.py knows better;
- numbers of items, other than "at least one" and "at most one";
- the content of a block that contains itself, for which a dynamic attribute stands: the older ones end there, of the
  newer ones (aws_wafv2_web_acl_rule) it is done here.
"""

import json
import re
from dataclasses import dataclass, replace
from typing import NotRequired, TypedDict

from synthesis.schemas.binding_source import CtyType, Declaration, Field, Nested, Nesting

# A convention without exception in these providers: `password_wo` goes with a `password_wo_version`.
_WRITE_ONLY = re.compile(r"_wo$")
# Against the AWS provider's own schema, this is right in five of six cases, and finds half of what is sensitive.
_SENSITIVE = re.compile(
    r"(password|passwords|passphrase|shared_secret|client_secret|secret_string|secret_binary|private_key|secret_key"
    r"|access_key|auth_token|auth_string|connection_string|kube_config|kube_config_raw|kube_admin_config(_raw)?)$"
)


class Attribute(TypedDict, total=False):
    """An argument or a read-only attribute: of a `type`, or of a `nested_type`."""

    type: CtyType
    nested_type: "NestedType"
    required: bool
    optional: bool
    computed: bool
    sensitive: bool
    write_only: bool


class NestedType(TypedDict):
    """Objects whose fields have flags of their own."""

    attributes: dict[str, Attribute]
    nesting_mode: Nesting


class Block(TypedDict, total=False):
    """What may stand between the braces of a block; a part that would be empty is left out."""

    attributes: dict[str, Attribute]
    block_types: dict[str, "BlockType"]


class BlockType(TypedDict):
    """A nested block, and how often it may appear."""

    nesting_mode: Nesting
    block: Block
    min_items: NotRequired[int]
    max_items: NotRequired[int]


class Schema(TypedDict):
    """The schema of a resource, of a data source, or of the provider's configuration."""

    version: int
    block: Block


def derive_schema(declaration: Declaration, nested_attributes: bool) -> Schema:
    """The schema of one declaration.

    `nested_attributes` is whether the provider speaks plugin protocol 6, in which each field of an attribute
    of objects has flags of its own. In protocol 5 such an attribute has an object type, and needs all fields.
    """
    block = _Deriver(declaration.structs, nested_attributes).block(declaration.root)
    if declaration.kind == "provider":
        del block["attributes"]["alias"]  # Terraform's own, which the bindings add to each provider
    return Schema(version=0, block=block)


@dataclass(frozen=True)
class _Deriver:
    structs: dict[str, list[Field]]
    nested_attributes: bool

    def block(self, struct: str, around: tuple[str, ...] = ()) -> Block:
        """The content of a block; `around` are the structs of those that it is in."""
        attributes: dict[str, Attribute] = {}
        blocks: dict[str, BlockType] = {}
        for field in self._fields(struct):
            if isinstance(field.shape, Nested) and field.shape.is_block:
                if field.shape.struct in (struct, *around):
                    attributes[field.name] = self._attribute(replace(field, shape="dynamic"))
                else:
                    blocks[field.name] = self._block_type(field, field.shape, (struct, *around))
            else:
                attributes[field.name] = self._attribute(field)
        block = Block()
        if attributes:
            block["attributes"] = attributes
        if blocks:
            block["block_types"] = blocks
        return block

    def _fields(self, struct: str) -> list[Field]:
        return sorted(self.structs[struct], key=lambda field: field.name)

    def _block_type(self, field: Field, shape: Nested, around: tuple[str, ...]) -> BlockType:
        block = self.block(shape.struct, around)
        # Terraform refuses a dynamic attribute in a set.
        is_list = shape.nesting == "set" and '"dynamic"' in json.dumps(block)
        block_type = BlockType(nesting_mode="list" if is_list else shape.nesting, block=block)
        if field.required and shape.nesting != "single":
            block_type["min_items"] = 1
        if shape.single_item:
            block_type["max_items"] = 1
        return block_type

    def _attribute(self, field: Field, in_write_only: bool = False) -> Attribute:
        attribute = Attribute()
        write_only = in_write_only or (not field.computed and bool(_WRITE_ONLY.search(field.name)))
        if isinstance(field.shape, Nested) and self.nested_attributes:
            fields = self._fields(field.shape.struct)
            attribute["nested_type"] = NestedType(
                attributes={nested.name: self._attribute(nested, write_only) for nested in fields},
                nesting_mode=field.shape.nesting,
            )
        else:
            attribute["type"] = self._type(field.shape)
        if field.required:
            attribute["required"] = True
        if field.optional:
            attribute["optional"] = True
        if field.computed:
            attribute["computed"] = True
        if _SENSITIVE.search(field.name) and attribute.get("type") not in ("bool", "number"):
            attribute["sensitive"] = True
        if write_only:
            attribute["write_only"] = True
        return attribute

    def _type(self, shape: CtyType | Nested) -> CtyType:
        if not isinstance(shape, Nested):
            return shape
        fields = {field.name: self._type(field.shape) for field in self._fields(shape.struct)}
        type_: CtyType = ["object", fields]
        if shape.nesting != "single":
            type_ = [shape.nesting, type_]
        return [shape.outer, type_] if shape.outer else type_
