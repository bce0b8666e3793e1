"""The gateway's address on Google Cloud: a reserved regional one, and a record in Cloud DNS."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import TerraformResourceLifecycle
from cdk.google import ComputeAddress, DnsRecordSet
from flowwise.authoring.expressions import number
from flowwise.authoring.module import Module
from flowwise.gateway_address import (
    GATEWAY_ADDRESS,
    HOST_IS_IN_ZONE,
    RECORD_SECONDS,
    GatewayAddressInputs,
    GatewayAddressOutputs,
)
from flowwise.google.dns_zone import ONE_ZONE, ZONE_NAME, find_dns_zone
from flowwise.tables.naming import resource_name

# "LoadBalancer Service parameters", GKE: by the name of the resource, from 1.29 on.
_ADDRESSES = "networking.gke.io/load-balancer-ip-addresses"


class GoogleGatewayAddress(Module[GatewayAddressInputs, GatewayAddressOutputs]):
    """One address of the region. A forwarding rule of GKE's spans the zones."""

    contract = GATEWAY_ADDRESS
    path = "modules/gateway-address/google"
    examples: ClassVar[Mapping[str, Any]] = {"region": "southamerica-east1", "balancer_identity_id": None}

    def build(self, inputs: GatewayAddressInputs) -> GatewayAddressOutputs:
        """Add the module's resources."""
        self.require("addresses", *HOST_IS_IN_ZONE)
        address = self.resource(
            ComputeAddress,
            "this",
            name=resource_name("external_address", "gateway"),
            region=inputs.region,
            # GKE's forwarding rules are of this tier, whatever the project's default is.
            network_tier="PREMIUM",
            labels=inputs.tags,
        )
        self._record(address, inputs)
        return GatewayAddressOutputs(addresses=[address.address], service_annotations={_ADDRESSES: address.name})

    def _record(self, address: ComputeAddress, inputs: GatewayAddressInputs) -> None:
        find_dns_zone(self, count=number("var.dns_zone == null ? 0 : 1"))
        self.resource(
            DnsRecordSet,
            "this",
            count=number("var.dns_zone == null ? 0 : 1"),
            managed_zone=ZONE_NAME,
            name=f"{inputs.host}.",
            type="A",
            ttl=RECORD_SECONDS,
            rrdatas=[address.address],
            lifecycle=TerraformResourceLifecycle(precondition=[ONE_ZONE]),
        )
