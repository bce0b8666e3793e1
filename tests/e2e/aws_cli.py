"""As much of the command line of AWS as the runbook uses, by boto3. Runs in the virtual environment of moto."""

import json
import os
import sys
from typing import Any

import boto3
import jmespath
from botocore import xform_name


def main(service: str, command: str, *words: str) -> None:
    os.environ.pop("AWS_CA_BUNDLE", None)  # which Terraform needs to be empty
    client = boto3.client(service, region_name=os.environ["AWS_REGION"])
    (operation,) = (name for name in client.meta.service_model.operation_names if xform_name(name, "-") == command)
    shape = client.meta.service_model.operation_model(operation).input_shape
    members = {xform_name(name, "-"): (name, member.type_name) for name, member in shape.members.items()}
    options = _options(words)
    query, output = options.pop("query", ["@"]), options.pop("output", ["json"])
    request: dict[str, Any] = {}
    for option, values in options.items():
        name, kind = members[option.removeprefix("no-")]
        request[name] = _value(kind, values, option)
    answer = getattr(client, xform_name(operation))(**request)
    found = jmespath.search(query[0], {key: value for key, value in answer.items() if key != "ResponseMetadata"})
    print(_text(found) if output == ["text"] else json.dumps(found, default=str))


def _options(words: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            values = found.setdefault(word[2:], [])
        else:
            values.append(word)
    return found


def _value(kind: str, values: list[str], option: str) -> Any:
    if kind == "boolean":
        return not option.startswith("no-")
    if kind == "list":
        return values
    (value,) = values
    return int(value) if kind in ("integer", "long") else value


def _text(found: Any) -> str:
    return "\t".join(map(str, found)) if isinstance(found, list) else str(found)


main(*sys.argv[1:])
