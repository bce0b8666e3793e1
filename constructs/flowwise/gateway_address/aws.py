"""The gateway's addresses on AWS: an Elastic IP address in each zone of its load balancer, and a record in Route 53."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import DataAwsRoute53Zone, Eip, Route53Record
from flowwise.authoring.expressions import for_each, number, string_map, strings, text
from flowwise.authoring.module import Module
from flowwise.gateway_address import (
    GATEWAY_ADDRESS,
    HOST_IS_IN_ZONE,
    RECORD_SECONDS,
    GatewayAddressInputs,
    GatewayAddressOutputs,
)

# "Service controller", cloud-provider-aws: as many as the balancer has subnets, and read only when it is made.
_ALLOCATIONS = "service.beta.kubernetes.io/aws-load-balancer-eip-allocations"


class AwsGatewayAddress(Module[GatewayAddressInputs, GatewayAddressOutputs]):
    """As many addresses as the network load balancer has subnets: one for each zone."""

    contract = GATEWAY_ADDRESS
    path = "modules/gateway-address/aws"
    examples: ClassVar[Mapping[str, Any]] = {"region": "sa-east-1", "balancer_identity_id": None}

    def build(self, inputs: GatewayAddressInputs) -> GatewayAddressOutputs:
        """Add the module's resources."""
        self.require("addresses", *HOST_IS_IN_ZONE)
        self.comment(
            "A network load balancer keeps the zones that it was made in. Where zone_count grows later, it has to be "
            "made anew (runbook)."
        )
        self.skip_check(
            "CKV2_AWS_19", "The load balancer that the cluster makes takes them, which Terraform does not see."
        )
        self.resource(
            Eip,
            "this",
            for_each=for_each("toset([for number in range(var.zone_count) : tostring(number)])"),
            domain="vpc",
            tags=string_map('merge(var.tags, { Name = "${var.name}-gateway-${each.key}" })'),
        )
        addresses = strings("values(aws_eip.this)[*].public_ip")
        zone = self.resource(
            DataAwsRoute53Zone,
            "this",
            count=number("var.dns_zone == null ? 0 : 1"),
            name=text("var.dns_zone"),
            private_zone=False,
        )
        self.resource(
            Route53Record,
            "this",
            count=number(f"length({zone.fqn})"),
            zone_id=text(f"{zone.fqn}[0].zone_id"),
            name=inputs.host,
            type="A",
            ttl=RECORD_SECONDS,
            records=addresses,
        )
        return GatewayAddressOutputs(
            addresses=addresses,
            service_annotations={_ALLOCATIONS: text('join(",", values(aws_eip.this)[*].allocation_id)')},
        )
