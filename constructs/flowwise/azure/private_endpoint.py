"""The private endpoint of a service on Azure: its address in the network, and its name in a private zone."""

from typing import Any

from cdk.azurerm import (
    PrivateEndpoint,
    PrivateEndpointPrivateDnsZoneGroup,
    PrivateEndpointPrivateServiceConnection,
    ResourceGroup,
)
from flowwise.authoring.expressions import number, text
from flowwise.authoring.module import Module
from flowwise.tables.naming import resource_name


def add_private_endpoint(
    module: Module[Any, Any],
    purpose: str,
    *,
    group: ResourceGroup,
    subnet_id: str,
    service_id: str,
    subresource: str,
    tags: dict[str, str],
    only_if: str | None = None,
) -> PrivateEndpoint:
    """Add the endpoint, named in var.private_dns_zone_id. `subresource` is what Azure calls the kind of service.

    With the expression `only_if`, endpoint and group are only there where it is true.
    """
    in_group = group.fqn if only_if is None else f"{group.fqn}[0]"
    return module.resource(
        PrivateEndpoint,
        "this",
        count=None if only_if is None else number(f"{only_if} ? 1 : 0"),
        name=resource_name("private_endpoint", purpose),
        location=text(f"{in_group}.location"),
        resource_group_name=text(f"{in_group}.name"),
        subnet_id=subnet_id,
        private_service_connection=PrivateEndpointPrivateServiceConnection(
            name=purpose,
            private_connection_resource_id=service_id,
            subresource_names=[subresource],
            is_manual_connection=False,
        ),
        private_dns_zone_group=PrivateEndpointPrivateDnsZoneGroup(
            name=purpose, private_dns_zone_ids=[text("var.private_dns_zone_id")]
        ),
        tags=tags,
    )
