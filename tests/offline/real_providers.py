"""Finds real providers that are at hand: unpacked in a filesystem mirror, of a version that the project admits."""

import os
import platform
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flowwise.tables.providers import Provider
from operations.tool import tool

REGISTRY = tool().registry

_IMPLIED_MIRRORS = (  # of Terraform itself, and OpenTofu's that differ
    "~/.terraform.d/plugins",
    *(
        f"{folder}/{name}/plugins"
        for folder in ("~/.local/share", "/usr/local/share", "/usr/share")
        for name in ("terraform", "opentofu")
    ),
)
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_RELEASE = re.compile(r"\d+(\.\d+)*")
_CONDITION = re.compile(r"\s*(>=|<=|!=|>|<|=)?\s*(\d+(?:\.\d+)*)\s*")
_COMPARISONS: dict[str, Callable[[list[int], list[int]], bool]] = {
    ">=": lambda version, limit: version >= limit,
    "<=": lambda version, limit: version <= limit,
    "!=": lambda version, limit: version != limit,
    ">": lambda version, limit: version > limit,
    "<": lambda version, limit: version < limit,
    "=": lambda version, limit: version == limit,
}


@dataclass(frozen=True)
class RealProvider:
    """A provider, and the filesystem mirror that has it."""

    mirror: Path
    version: str
    folder: Path

    @property
    def program(self) -> Path:
        """What Terraform would start."""
        (program,) = self.folder.glob("terraform-provider-*")
        return program


def find_real_provider(provider: Provider) -> RealProvider | None:
    """The newest version at hand that the project admits, or None."""
    found = [
        RealProvider(mirror, folder.parent.name, folder)
        for mirror in _mirrors()
        for folder in mirror.glob(f"{REGISTRY}/{provider.source}/*/{this_platform()}")
        if _RELEASE.fullmatch(folder.parent.name) and satisfies(folder.parent.name, provider.constraint)
    ]
    return max(found, key=lambda real: _numbers(real.version), default=None)


def satisfies(version: str, constraint: str) -> bool:
    """Whether a version meets a constraint such as ">= 5.100, < 7.0"; raises ValueError if it is none of that form."""
    for condition in constraint.split(","):
        parts = _CONDITION.fullmatch(condition)
        if not parts:
            raise ValueError(f"not a version constraint that is understood: {condition!r}")
        if not _COMPARISONS[parts[1] or "="](_numbers(version), _numbers(parts[2])):
            return False
    return True


def this_platform() -> str:
    """The platform in Terraform's words, such as linux_amd64."""
    machine = platform.machine()
    return f"{platform.system().lower()}_{_ARCHITECTURES.get(machine, machine)}"


def _mirrors() -> list[Path]:
    """Those that TF_PLUGIN_MIRROR names, which may be none; or those that Terraform or an image may have."""
    named = os.environ.get("TF_PLUGIN_MIRROR")
    if named is not None:
        return [Path(path) for path in named.split(os.pathsep) if path]
    implied = [Path(path).expanduser() for path in _IMPLIED_MIRRORS]
    return implied + sorted(path.parent for path in Path("/opt").glob(f"*/{REGISTRY}"))


def _numbers(version: str) -> list[int]:
    numbers = [int(part) for part in version.split(".")]
    return numbers + [0] * (3 - len(numbers))
