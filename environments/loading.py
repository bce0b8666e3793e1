"""Environments from their files, or one report of everything that is wrong with them."""

import re
from pathlib import Path

from pydantic import ValidationError

from environments.explain import explain
from environments.faults import EnvironmentFileErrors, Fault
from environments.model import Environment
from environments.reading import read_document
from environments.wording import shown
from flowwise.naming import MAX_PREFIX_LENGTH, NAME_PATTERN
from flowwise.project import PROJECT

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
    environments, faults = [], _clashing_names(paths)
    for path in paths:
        try:
            environments.append(load_environment(path))
        except EnvironmentFileErrors as errors:
            faults += errors.faults
    if faults:
        raise EnvironmentFileErrors(sorted(faults, key=lambda fault: fault.file))
    return tuple(sorted(environments, key=lambda environment: environment.name))


def _name_faults(path: Path) -> list[Fault]:
    if re.fullmatch(rf"{NAME_PATTERN}\.toml", path.name) and len(path.stem) <= MAX_NAME_LENGTH:
        return []
    allowed = (
        "the environment's name and .toml: lower-case letters, digits and single hyphens inside, starting "
        f"with a letter, at most {MAX_NAME_LENGTH} characters, because all resources have "
        f'"{PROJECT}-<name>" in their names'
    )
    return [Fault(path, "(file name)", shown(path.name), allowed)]


def _clashing_names(paths: list[Path]) -> list[Fault]:
    """Names that differ in hyphens alone: resources of a kind that takes no hyphen would share a name."""
    first_by_letters: dict[str, Path] = {}
    faults = []
    for path in paths:
        first = first_by_letters.setdefault(path.stem.replace("-", ""), path)
        if first is not path:
            allowed = f"a name that differs from {first.name} in more than hyphens: storage accounts take none"
            faults.append(Fault(path, "(file name)", shown(path.name), allowed))
    return faults
