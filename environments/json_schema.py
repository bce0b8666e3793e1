"""The JSON Schema of environment files, with which editors complete and check them.

It demands no key, for what a file leaves out may be in the other one: a synthesis tells what is in neither.
`python -m environments.json_schema` rewrites the committed file.
"""

import json
from pathlib import Path
from typing import Any

from environments.plain_schema import environment_schema

SCHEMA_FILE = Path(__file__).with_name("environment.schema.json")


def schema_text() -> str:
    """The file's text, the same on every machine."""
    # Draft 7, because editors' TOML extensions know no later one; nothing in here needs more.
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **_without_demands(environment_schema()),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _without_demands(node: Any) -> Any:
    """A part of a schema without `required`, but for the condition of an `if`, which asks and demands nothing."""
    if isinstance(node, list):
        return [_without_demands(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value if key == "if" else _without_demands(value)
        for key, value in node.items()
        if not (key == "required" and isinstance(value, list))
    }


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8", newline="\n")
