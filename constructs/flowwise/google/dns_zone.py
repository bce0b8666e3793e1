"""The public zone of Cloud DNS that a module's variable `dns_zone` is the domain of."""

from typing import Any

from cdk.core import Precondition
from cdk.google import DataGoogleDnsManagedZones
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module

ZONE_NAME = text("one(local.dns_zones)")
"""What Cloud DNS calls the zone, in a module that has looked for it."""

ONE_ZONE = Precondition(
    condition=text("length(local.dns_zones) == 1"),
    error_message="dns_zone must be the domain of one public zone of Cloud DNS in the project.",
)


def find_dns_zone(module: Module[Any, Any], **arguments: Any) -> None:
    """Add what ZONE_NAME and ONE_ZONE look at."""
    zones = module.resource(DataGoogleDnsManagedZones, "this", **arguments)
    module.comment("Cloud DNS names a zone as people like, besides its domain, by which it is looked for here.")
    module.local(
        "dns_zones",
        text(
            f"[\n"
            f"  for zone in flatten({zones.fqn}[*].managed_zones) : zone.name\n"
            '  if trimsuffix(zone.dns_name, ".") == var.dns_zone && zone.visibility == "public"\n'
            "]"
        ),
    )
