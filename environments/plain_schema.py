"""The JSON Schema of an environment file, in which editors and the fault report read what is allowed."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from environments.model import Environment


class _Plain(GenerateJsonSchema):
    """Leaves out the titles that pydantic makes of field names, and null, which TOML lacks."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return (
            super().default_schema(schema)
            if schema.get("default", ...) is not None
            else self.generate_inner(schema["schema"])
        )


def environment_schema() -> dict[str, Any]:
    """The JSON Schema of an environment file, parsed."""
    return Environment.model_json_schema(schema_generator=_Plain)
