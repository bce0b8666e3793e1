"""As much of the command line of AWS as the runbook uses, by boto3, in the emulator's process: it has that loaded."""

import json
from functools import cache
from typing import Any

import boto3
import jmespath
from botocore import xform_name


def answer(url: str, region: str, service: str, command: str, *words: str) -> str:
    """What a command prints, whose words these are. Raises what boto3 does for what AWS refuses."""
    client = _client(url, region, service)
    (operation,) = (name for name in client.meta.service_model.operation_names if xform_name(name, "-") == command)
    shape = client.meta.service_model.operation_model(operation).input_shape
    members = {xform_name(name, "-"): (name, member) for name, member in shape.members.items()}
    options = _options(words)
    query, output = options.pop("query", ["@"]), options.pop("output", ["json"])
    request: dict[str, Any] = {}
    for option, values in options.items():
        name, member = members[option.removeprefix("no-")]
        request[name] = _value(member, values, option)
    told = getattr(client, xform_name(operation))(**request)
    found = jmespath.search(query[0], {key: value for key, value in told.items() if key != "ResponseMetadata"})
    return _text(found) if output == ["text"] else json.dumps(found, default=str)


@cache
def _client(url: str, region: str, service: str) -> Any:
    keys = {"aws_access_key_id": "emulated", "aws_secret_access_key": "emulated"}
    return boto3.client(service, region_name=region, endpoint_url=url, **keys)


def _options(words: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            values = found.setdefault(word[2:], [])
        else:
            values.append(word)
    return found


def _value(shape: Any, values: list[str], option: str) -> Any:
    if shape.type_name == "boolean":
        return not option.startswith("no-")
    if shape.type_name == "list":
        return [_structure(shape.member, value) for value in values]
    (value,) = values
    return int(value) if shape.type_name in ("integer", "long") else value


def _structure(shape: Any, value: str) -> Any:
    """One as the shorthand has it, such as Key=a,Values=b; a plain text is none."""
    if shape.type_name != "structure":
        return value
    parts = dict(part.split("=", 1) for part in value.split(","))
    return {name: [text] if shape.members[name].type_name == "list" else text for name, text in parts.items()}


def _text(found: Any) -> str:
    return "\t".join(map(str, found)) if isinstance(found, list) else str(found)
