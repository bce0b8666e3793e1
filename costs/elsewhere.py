"""An environment as it would be on another cloud: the same file, but for its cloud."""

from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from environments import Environment
from environments.explain import explain
from environments.shared import read_environment, read_shared


class NotThereError(Exception):
    """Why an environment cannot be on a cloud as it is: what its file would have to say instead."""


def on_cloud(folder: Path, environment: Environment, cloud: str) -> Environment:
    """The environment on another cloud. Raises NotThereError."""
    document = read_environment(folder / f"{environment.name}.toml", read_shared(folder))
    own = {key: value for key, value in document.own.items() if key != "account"} | {"cloud": cloud}
    moved = replace(document, own=own)
    try:
        return Environment.from_document(environment.name, moved.whole)
    except ValidationError as error:
        faults = explain(moved, error)
        raise NotThereError("; ".join(f"{fault.key} would have to be {fault.allowed}" for fault in faults)) from None
