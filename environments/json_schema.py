"""The JSON Schema of environment files, with which editors complete and check them.

`python -m environments.json_schema` rewrites the committed file.
"""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from environments.model import Environment

SCHEMA_FILE = Path(__file__).with_name("environment.schema.json")


class _Untitled(GenerateJsonSchema):
    """Leaves out the titles that pydantic makes of field names: they would say each name twice."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_text() -> str:
    """The file's text, the same on every machine."""
    # Draft 7, because editors' TOML extensions know no later one; nothing in here needs more.
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **Environment.model_json_schema(schema_generator=_Untitled),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8", newline="\n")
