"""What the environments and the generated tree are held to: production's rules, and the exceptions to Checkov's."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from environments import Environment, Fault
from environments.explain import explain
from environments.shared import read_environment, read_shared

_SKIP = re.compile(r"^\s*# checkov:skip=(CKV2?_\w+):(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class AcceptedException:
    """A check of Checkov's that is left out, why, and in which files."""

    check: str
    reason: str
    files: tuple[str, ...]


def unmet_production_rules(file: Path) -> list[Fault]:
    """What would be wrong with an environment's file if its tier were "prod"; nothing with production's own.

    Raises EnvironmentFileErrors if the file cannot be read.
    """
    document = read_environment(file, read_shared(file.parent))
    as_production = replace(document, own={**document.own, "tier": "prod"})
    try:
        Environment.from_document(file.stem, as_production.whole)
    except ValidationError as error:
        return list(explain(as_production, error))
    return []


def accepted_exceptions(infra: Path) -> Mapping[str, Sequence[AcceptedException]]:
    """The exceptions that stand in a generated tree, by the cloud that they are of, or "kubernetes"."""
    files = defaultdict[tuple[str, str, str], list[str]](list)
    for path in sorted(infra.rglob("*.tf")):
        if ".terraform" not in path.parts:
            for check, reason in _SKIP.findall(path.read_text(encoding="utf-8")):
                files[path.parent.name, check, reason].append(path.relative_to(infra).as_posix())
    found = defaultdict[str, list[AcceptedException]](list)
    for (cloud, check, reason), places in sorted(files.items()):
        found[cloud].append(AcceptedException(check, reason, tuple(places)))
    return found
