"""The JSON Schema of environment files, with which editors complete and check them.

`python -m environments.json_schema` rewrites the committed file.
"""

import json
from pathlib import Path

from environments.plain_schema import environment_schema

SCHEMA_FILE = Path(__file__).with_name("environment.schema.json")


def schema_text() -> str:
    """The file's text, the same on every machine."""
    # Draft 7, because editors' TOML extensions know no later one; nothing in here needs more.
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **environment_schema(),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8", newline="\n")
