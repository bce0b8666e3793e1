"""Environments from their files, or one report of everything that is wrong with them."""

import re
from pathlib import Path

from pydantic import ValidationError

from environments.explain import explain
from environments.faults import EnvironmentFileErrors, Fault
from environments.model import Environment
from environments.reading import read_document
from environments.wording import shown
from flowwise.naming import MAX_PREFIX_LENGTH
from flowwise.project import PROJECT

# Without hyphens: flowwise-a-b-c could be the c of a-b, or the b-c of a.
_NAME = "[a-z][a-z0-9]*"
MAX_NAME_LENGTH = MAX_PREFIX_LENGTH - len(f"{PROJECT}-")


def load_environment(path: Path) -> Environment:
    """The environment of one file, named like it. Raises EnvironmentFileErrors with all faults."""
    faults = _name_faults(path)
    try:
        document = read_document(path)
        environment = Environment.from_document(path.stem, document)
    except EnvironmentFileErrors as errors:
        faults += errors.faults
    except ValidationError as error:
        faults += explain(path, document, error)
    if faults:
        raise EnvironmentFileErrors(faults)
    return environment


def load_environments(folder: Path) -> tuple[Environment, ...]:
    """The environments of all `*.toml` files in a folder, sorted by name.

    Hidden files are left alone: editors keep locks and backups there. Raises EnvironmentFileErrors with
    all faults of all files.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".toml" and path.name[0] != ".")
    except OSError as error:
        found = f"unreadable: {error.strerror}"
        raise EnvironmentFileErrors([Fault(folder, "(folder)", found, "the folder of the environment files")]) from None
    if not paths:
        allowed = "at least one environment file, such as dev.toml"
        raise EnvironmentFileErrors([Fault(folder, "(folder)", "no environment file", allowed)])
    environments, faults = list[Environment](), list[Fault]()
    for path in paths:
        try:
            environments.append(load_environment(path))
        except EnvironmentFileErrors as errors:
            faults += errors.faults
    if faults:
        raise EnvironmentFileErrors(sorted(faults, key=lambda fault: fault.file))
    return tuple(sorted(environments, key=lambda environment: environment.name))


def _name_faults(path: Path) -> list[Fault]:
    if re.fullmatch(rf"{_NAME}\.toml", path.name) and len(path.stem) <= MAX_NAME_LENGTH:
        return []
    allowed = (
        "the environment's name and .toml: lower-case letters and digits, starting with a letter, at most "
        f'{MAX_NAME_LENGTH} characters, because all resources have "{PROJECT}-<name>" in their names'
    )
    return [Fault(path, "(file name)", shown(path.name), allowed)]
