"""The gateway's address on Azure: a public IP that the cluster may use, and a record of Azure DNS that follows it."""

from cdk.azurerm import DataAzurermDnsZone, DnsARecord, PublicIp, ResourceGroup, RoleAssignment
from flowwise.authoring.expressions import number, text
from flowwise.authoring.module import Module
from flowwise.gateway_address import (
    GATEWAY_ADDRESS,
    HOST_IS_IN_ZONE,
    RECORD_SECONDS,
    GatewayAddressInputs,
    GatewayAddressOutputs,
)
from flowwise.tables.naming import resource_name

# "Use a static public IP address and DNS label with AKS": the service names the address and the group that it is in.
_NAME = "service.beta.kubernetes.io/azure-pip-name"
_GROUP = "service.beta.kubernetes.io/azure-load-balancer-resource-group"


class AzureGatewayAddress(Module[GatewayAddressInputs, GatewayAddressOutputs]):
    """One public IP, in a resource group of its own."""

    contract = GATEWAY_ADDRESS
    path = "modules/gateway-address/azure"

    def build(self, inputs: GatewayAddressInputs) -> GatewayAddressOutputs:
        """Add the module's resources."""
        self.require("addresses", *HOST_IS_IN_ZONE)
        self.comment("Of its own: AKS looks through the group for the address, and may change what it finds there.")
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "gateway"),
            location=inputs.region,
            tags=inputs.tags,
        )
        self.comment("In every zone, whatever the nodes are in: other zones later would be another address.")
        address = self.resource(
            PublicIp,
            "this",
            name=resource_name("public_ip", "gateway"),
            location=group.location,
            resource_group_name=group.name,
            sku="Standard",
            allocation_method="Static",
            zones=["1", "2", "3"],
            tags=inputs.tags,
        )
        role = self.resource(
            RoleAssignment,
            "balancer",
            scope=group.id,
            role_definition_name="Network Contributor",
            principal_id=text("var.balancer_identity_id"),
            principal_type="ServicePrincipal",
        )
        self._record(address, inputs)
        # Without the right, AKS makes no load balancer; and taken before the balancer is, it could not let go.
        self.wait_for(["service_annotations"], [role])
        return GatewayAddressOutputs(
            addresses=[address.ip_address], service_annotations={_NAME: address.name, _GROUP: group.name}
        )

    def _record(self, address: PublicIp, inputs: GatewayAddressInputs) -> None:
        self.comment("Found by its name, in whatever resource group of the subscription it is.")
        zone = self.resource(
            DataAzurermDnsZone, "this", count=number("var.dns_zone == null ? 0 : 1"), name=text("var.dns_zone")
        )
        self.comment("It points to the resource, so that nobody else's address is ever in it.")
        self.resource(
            DnsARecord,
            "this",
            count=number(f"length({zone.fqn})"),
            name=text('var.host == var.dns_zone ? "@" : trimsuffix(var.host, ".${var.dns_zone}")'),
            zone_name=text(f"{zone.fqn}[0].name"),
            resource_group_name=text(f"{zone.fqn}[0].resource_group_name"),
            ttl=RECORD_SECONDS,
            target_resource_id=address.id,
            tags=inputs.tags,
        )
