"""What a machine runs when it is new: settings, what a cloud does in its own way, and what is the same everywhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module
from flowwise.authoring.texts import literal
from flowwise.tables.runner import GITHUB_RUNNER, UBUNTU_MIRROR

_FOLDER = Path(__file__).parent


def script(*files: str) -> str:
    """The files beside this one, as one text; the last has to be runner.sh."""
    return "\n".join((_FOLDER / file).read_text() for file in files)


def add_script(module: Module[Any, Any], settings: Mapping[str, str], *files: str) -> str:
    """Add the script as a local value; gives a reference to it. `settings` are templates, quoted for the shell here.

    None may hold a quotation mark: each is of a table, checked by the contract, or a name that the cloud made.
    """
    module.comment("What cloud-init is to run. No secret is in it: whoever is on the machine can read it.")
    common = {
        "ORGANIZATION": text("var.organization"),
        "APPLICATION": text("var.application"),
        "LABEL": text("var.label"),
        "SECRET_STORE": text("var.secret_store_address"),
        "SECRET": text("var.secret_name"),
        "UBUNTU_MIRROR": UBUNTU_MIRROR,
        "RUNNER_VERSION": GITHUB_RUNNER.version,
        "RUNNER_SHA256": GITHUB_RUNNER.sha256,
    }
    module.local("settings", common | dict(settings))
    module.local("script", literal(script(*files, "runner.sh")))
    lines = "[for name, value in local.settings : \"${name}='${value}'\"]"
    return text(f'join("\\n", concat(["#!/bin/bash"], {lines}, [local.script]))')
