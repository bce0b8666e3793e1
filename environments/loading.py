"""Environments from their files, or one report of everything that is wrong with them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from environments.existing_apart import existing_faults
from environments.explain import explain
from environments.faults import EnvironmentFileErrors, Fault
from environments.field_types import ENVIRONMENT_NAME_PATTERN, MAX_ENVIRONMENT_NAME_LENGTH
from environments.hosts import host_faults
from environments.model import Environment
from environments.promotion import promotion_faults
from environments.ranges import range_faults
from environments.shared import SHARED_FILE, read_environment, read_shared
from environments.wording import shown
from flowwise.tables.project import PROJECT


def load_environment(path: Path) -> Environment:
    """The environment of one file, named like it, with what is shared beside it.

    Raises EnvironmentFileErrors with all faults.
    """
    return _environment(path, read_shared(path.parent))


def _environment(path: Path, shared: Mapping[str, Any]) -> Environment:
    faults = name_faults(path.parent, path.name)
    try:
        document = read_environment(path, shared)
        environment = Environment.from_document(path.stem, document.whole)
    except EnvironmentFileErrors as errors:
        faults += errors.faults
    except ValidationError as error:
        faults += explain(document, error)
    if faults:
        raise EnvironmentFileErrors(faults)
    return environment


def load_environments(folder: Path) -> tuple[Environment, ...]:
    """The environments of all `*.toml` files in a folder but shared.toml, sorted by name.

    Hidden files are left alone: editors keep locks and backups there. Raises EnvironmentFileErrors with
    all faults of all files.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if _is_an_environment_s(path))
    except OSError as error:
        found = f"unreadable: {error.strerror}"
        raise EnvironmentFileErrors([Fault(folder, "(folder)", found, "the folder of the environment files")]) from None
    if not paths:
        allowed = "at least one environment file, such as dev.toml"
        raise EnvironmentFileErrors([Fault(folder, "(folder)", "no environment file", allowed)])
    shared = read_shared(folder)
    environments, faults = list[Environment](), list[Fault]()
    for path in paths:
        try:
            environments.append(_environment(path, shared))
        except EnvironmentFileErrors as errors:
            faults += errors.faults
    if not faults:  # an environment with faults of its own could not be found by others
        faults += (
            Fault(folder / f"{environment.name}.toml", "after", shown(environment.after), allowed, suggestion)
            for environment, allowed, suggestion in promotion_faults(environments)
        )
        faults += (
            Fault(folder / f"{environment.name}.toml", key, shown(str(cidr)), allowed)
            for environment, key, cidr, allowed in range_faults(environments)
        )
        faults += (
            Fault(folder / f"{environment.name}.toml", "gateway.host", shown(host), allowed)
            for environment, host, allowed in host_faults(environments)
        )
        faults += (
            Fault(folder / f"{environment.name}.toml", key, shown(identifier), allowed)
            for environment, key, identifier, allowed in existing_faults(environments)
        )
    if faults:
        # What is shared is wrong for each environment, and is said once.
        raise EnvironmentFileErrors(sorted(dict.fromkeys(faults), key=lambda fault: fault.file))
    return tuple(sorted(environments, key=lambda environment: environment.name))


def _is_an_environment_s(path: Path) -> bool:
    return path.suffix.lower() == ".toml" and path.name[0] != "." and path.name != SHARED_FILE


def name_faults(folder: Path, name: str) -> list[Fault]:
    """What is wrong with the name of an environment's file."""
    if (
        re.fullmatch(rf"{ENVIRONMENT_NAME_PATTERN}\.toml", name)
        and len(name.removesuffix(".toml")) <= MAX_ENVIRONMENT_NAME_LENGTH
    ):
        return []
    allowed = (
        "the environment's name and .toml: lower-case letters and digits, starting with a letter, at most "
        f'{MAX_ENVIRONMENT_NAME_LENGTH} characters, because all resources have "{PROJECT}-<name>" in their names'
    )
    return [Fault(folder / name, "(file name)", shown(name), allowed)]
