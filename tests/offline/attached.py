"""Has providers run for as long as the tests do, for Terraform to attach to: no command starts one of its own."""

import atexit
import json
import os
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flowwise.tables.providers import PROVIDERS
from tests.offline.real_providers import REGISTRY, RealProvider
from tests.offline.stand_ins import plugin_command, stand_in_files

_INFRA = Path(__file__).parents[2] / "infra"
_BINDINGS = _INFRA.parent / "constructs" / "cdk"
_DATA_SOURCE = re.compile(r"\.data_(\w+) import")
_TYPE = re.compile(r'^\s*(?:mock_)?(?:resource|data|ephemeral) "(\w+)"', re.MULTILINE)


def attachments(real: Mapping[str, RealProvider | None], environment: Mapping[str, str]) -> str:
    """The value of TF_REATTACH_PROVIDERS for the stand-ins of all providers, but for those that are real.

    They serve the types of resources that `infra/` has, and no others. `environment` has variables of theirs, such as
    where a cloud is.
    """
    variables = json.dumps(environment, sort_keys=True)
    stand_ins = {_address(name): _stand_in(name) for name in PROVIDERS}
    programs = {_address(name): {"program": str(provider.program)} for name, provider in real.items() if provider}
    running = _running(json.dumps(stand_ins), variables)
    return json.dumps(running | _running(json.dumps(programs), variables) if programs else running)


def types_in_use() -> set[str]:
    """The types of resources, data sources and ephemeral resources in `infra/`, and in a root of any cloud."""
    bindings = "".join(file.read_text() for file in _BINDINGS.glob("*.py"))
    return set(_DATA_SOURCE.findall(bindings)) | {
        type_
        for file in _INFRA.rglob("*")
        if file.suffix in (".tf", ".hcl")
        for type_ in _TYPE.findall(file.read_text())
    }


def _address(name: str) -> str:
    return f"{REGISTRY}/{PROVIDERS[name].source}"


def _stand_in(name: str) -> dict[str, str]:
    schemas, message = stand_in_files(name)
    return {"schemas": str(schemas), "schema_message": str(message)}


@cache
def _running(providers: str, variables: str) -> dict[str, Any]:
    """Start providers with these variables, once, and say how to attach to them; they end when this process does."""
    code = "from plugin.attached import serve_attached; import json; given = json.loads(sys.argv[1])"
    given = json.dumps({"providers": json.loads(providers), "types": sorted(types_in_use())})
    command = plugin_command(f'{code}; serve_attached(given["providers"], set(given["types"]))', given)
    environment = os.environ | json.loads(variables)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdin and process.stdout
    atexit.register(process.communicate)
    return dict(json.loads(process.stdout.readline()))
