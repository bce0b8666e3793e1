"""What each server is to have: its own, or what all have."""

from typing import Any

from flowwise.authoring.expressions import anything, text
from flowwise.authoring.module import Module


def add_asked(module: Module[Any, Any]) -> None:
    """Add `local.asked`, the size and the disk of each server, after `local.servers`."""
    module.local(
        "asked",
        text(
            "{\n"
            "  for name in local.servers : name => {\n"
            "    size       = coalesce(try(var.servers[name].size, null), var.size)\n"
            "    storage_gb = coalesce(try(var.servers[name].storage_gb, null), var.storage_gb)\n"
            "  }\n"
            "}"
        ),
    )


def disks_gb() -> dict[str, int]:
    """The disk of each server, in GB, by name."""
    disks: dict[str, int] = anything("{ for name, asked in local.asked : name => asked.storage_gb }")
    return disks
