"""The network on Azure: a virtual network, one subnet per purpose, a NAT gateway and private DNS."""

from cdk.azurerm import (
    NatGateway,
    NatGatewayPublicIpAssociation,
    NetworkSecurityGroup,
    NetworkSecurityRule,
    PrivateDnsZone,
    PrivateDnsZoneVirtualNetworkLink,
    PublicIp,
    ResourceGroup,
    Subnet,
    SubnetDelegation,
    SubnetDelegationServiceDelegation,
    SubnetNatGatewayAssociation,
    SubnetNetworkSecurityGroupAssociation,
    VirtualNetwork,
)
from flowwise.authoring.expressions import for_each, string_map, strings, text
from flowwise.authoring.module import Module
from flowwise.network import NETWORK, NetworkInputs, NetworkOutputs
from flowwise.tables.naming import resource_name

_JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"
# Azure fixes the names, and of PostgreSQL's the ending ("Azure Private Endpoint private DNS zone values").
PRIVATE_DNS_ZONES = {
    "postgres": resource_name("postgresql_private_dns_zone"),
    "redis": "privatelink.redis.azure.net",
    "registry": "privatelink.azurecr.io",
    "secrets": "privatelink.vaultcore.azure.net",
}

STORAGE_ZONE = "privatelink.blob.core.windows.net"


def _delegated_to(service: str) -> list[SubnetDelegation]:
    return [
        SubnetDelegation(
            name="service",
            service_delegation=SubnetDelegationServiceDelegation(name=service, actions=[_JOIN]),
        )
    ]


class AzureNetwork(Module[NetworkInputs, NetworkOutputs]):
    """One virtual network, without flow logs. Subnets span all zones on Azure, so there is one for each purpose."""

    contract = NETWORK
    path = "modules/network/azure"

    def build(self, inputs: NetworkInputs) -> NetworkOutputs:
        """Add the module's resources."""
        self._locals()
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "network"),
            location=inputs.region,
            tags=inputs.tags,
        )
        self.comment(
            "Half of it is for nodes, and sixteenths for the other subnets: five of these are free. There are no flow "
            "logs: Azure writes them to a storage account only, and azurerm cannot yet give a flow log the identity to "
            "do it with (hashicorp/terraform-provider-azurerm#30219). Without one, the account would have to accept "
            "its shared keys, and whoever holds such a key can rewrite what was logged."
        )
        network = self.resource(
            VirtualNetwork,
            "this",
            name=resource_name("virtual_network"),
            location=group.location,
            resource_group_name=group.name,
            address_space=[inputs.cidr],
            tags=inputs.tags,
        )
        gateway = self._nat_gateway(group, inputs)
        return NetworkOutputs(
            network_id=network.id,
            control_plane_subnet_ids=[self._control_plane(group, network, inputs)],
            node_subnet_ids=[self._nodes(group, network, gateway, inputs)],
            database_subnet_ids=[self._databases(group, network, inputs)],
            endpoint_subnet_ids=[self._endpoints(group, network, inputs)],
            private_dns_zone_ids=self._private_dns(group, network, inputs),
        )

    def _locals(self) -> None:
        self.local("prefix_length", text('tonumber(split("/", var.cidr)[1])'))
        self.local(
            "subnet_cidrs",
            {
                "nodes": text("cidrsubnet(var.cidr, 1, 0)"),
                "databases": text("cidrsubnet(var.cidr, 4, 8)"),
                "endpoints": text("cidrsubnet(var.cidr, 4, 9)"),
                "control_plane": text("cidrsubnet(cidrsubnet(var.cidr, 4, 10), 23 - local.prefix_length, 0)"),
            },
        )
        self.local("private_dns_zones", PRIVATE_DNS_ZONES)
        self.comment(
            "With this zone in the network, storage that is known to another zone of that name is not found by name."
        )
        self.local("storage_zones", text(f'var.storage_endpoints ? {{ storage = "{STORAGE_ZONE}" }} : {{}}'))

    def _nat_gateway(self, group: ResourceGroup, inputs: NetworkInputs) -> NatGateway:
        self.comment("In every zone, so that it fits a NAT gateway in any. A single-zone environment stays in zone 1.")
        address = self.resource(
            PublicIp,
            "nat",
            name=resource_name("public_ip", "nat"),
            location=group.location,
            resource_group_name=group.name,
            sku="Standard",
            allocation_method="Static",
            zones=strings('var.zone_count == 1 ? ["1"] : ["1", "2", "3"]'),
            tags=inputs.tags,
        )
        self.comment(
            "A gateway of this SKU lives in one zone and serves all. Saying which beats letting Azure choose unseen. "
            "If zone 1 fails, so does the way out; StandardV2 spans zones, but azurerm 4.55 does not know it."
        )
        gateway = self.resource(
            NatGateway,
            "this",
            name=resource_name("nat_gateway"),
            location=group.location,
            resource_group_name=group.name,
            sku_name="Standard",
            zones=["1"],
            tags=inputs.tags,
        )
        addressed = self.resource(
            NatGatewayPublicIpAssociation,
            "this",
            nat_gateway_id=gateway.id,
            public_ip_address_id=address.id,
        )
        # Nodes have a way out from the first to the last moment.
        self.wait_for(["node_subnet_ids"], [addressed])
        return gateway

    def _nodes(self, group: ResourceGroup, network: VirtualNetwork, gateway: NatGateway, inputs: NetworkInputs) -> str:
        subnet = self.resource(
            Subnet,
            "nodes",
            name=resource_name("subnet", "nodes"),
            resource_group_name=group.name,
            virtual_network_name=network.name,
            address_prefixes=[text("local.subnet_cidrs.nodes")],
            default_outbound_access_enabled=False,
        )
        guard = self._security_group("nodes", group, inputs)
        self.comment(
            "Nodes have no public address: only a public load balancer's can lead here. Port 80 is where the gateway "
            "sends people on to 443, and where Let's Encrypt looks for proof of the host name."
        )
        self.skip_check("CKV_AZURE_160", "The gateway answers there with a redirect, and Let's Encrypt needs it.")
        web = self._allow(guard, "nodes_web", 100, source="Internet", ports=["80", "443"])
        self.wait_for(["node_subnet_ids"], [web])
        guarded = self._guarded("nodes", subnet, guard)
        self.comment("AKS refuses a subnet without a way out, so whoever asks for the subnet waits for this.")
        routed = self.resource(
            SubnetNatGatewayAssociation, "nodes", subnet_id=guarded.subnet_id, nat_gateway_id=gateway.id
        )
        return routed.subnet_id

    def _databases(self, group: ResourceGroup, network: VirtualNetwork, inputs: NetworkInputs) -> str:
        self.comment(
            "The service manages its own way out of a delegated subnet, where default_outbound_access_enabled does "
            "not apply. The endpoint is the way by which a server archives its write-ahead log."
        )
        subnet = self.resource(
            Subnet,
            "databases",
            name=resource_name("subnet", "databases"),
            resource_group_name=group.name,
            virtual_network_name=network.name,
            address_prefixes=[text("local.subnet_cidrs.databases")],
            service_endpoints=["Microsoft.Storage"],
            delegation=_delegated_to("Microsoft.DBforPostgreSQL/flexibleServers"),
        )
        guard = self._security_group("databases", group, inputs)
        postgres = ["5432", "6432"]
        nodes, servers = text("local.subnet_cidrs.nodes"), text("local.subnet_cidrs.databases")
        from_nodes = self._allow(guard, "databases_from_nodes", 100, source=nodes, ports=postgres)
        self.comment("A server replicates to its standby.")
        from_servers = self._allow(guard, "databases_from_databases", 110, source=servers, ports=postgres)
        rest = self._deny_the_rest_of_the_network(guard, "databases")
        self.wait_for(["database_subnet_ids"], [from_nodes, from_servers, rest])
        return self._guarded("databases", subnet, guard).subnet_id

    def _endpoints(self, group: ResourceGroup, network: VirtualNetwork, inputs: NetworkInputs) -> str:
        self.comment("Without network policies, the rules of a security group do not bind private endpoints.")
        subnet = self.resource(
            Subnet,
            "endpoints",
            name=resource_name("subnet", "endpoints"),
            resource_group_name=group.name,
            virtual_network_name=network.name,
            address_prefixes=[text("local.subnet_cidrs.endpoints")],
            default_outbound_access_enabled=False,
            private_endpoint_network_policies="Enabled",
        )
        guard = self._security_group("endpoints", group, inputs)
        from_nodes = self._allow(
            guard, "endpoints_from_nodes", 100, source=text("local.subnet_cidrs.nodes"), ports=["*"]
        )
        self.comment("People reach vaults and registries from connected networks.")
        https = self._allow(guard, "endpoints_https", 110, source="VirtualNetwork", ports=["443"])
        rest = self._deny_the_rest_of_the_network(guard, "endpoints")
        self.wait_for(["endpoint_subnet_ids"], [from_nodes, https, rest])
        return self._guarded("endpoints", subnet, guard).subnet_id

    def _control_plane(self, group: ResourceGroup, network: VirtualNetwork, inputs: NetworkInputs) -> str:
        self.comment("A /28 is Azure's minimum, but a cluster reserves nine of its addresses, and more when it grows.")
        subnet = self.resource(
            Subnet,
            "control_plane",
            name=resource_name("subnet", "control-plane"),
            resource_group_name=group.name,
            virtual_network_name=network.name,
            address_prefixes=[text("local.subnet_cidrs.control_plane")],
            delegation=_delegated_to("Microsoft.ContainerService/managedClusters"),
        )
        self.comment("Azure's own rules do: the network and its load balancer may enter, the Internet may not.")
        guard = self._security_group("control-plane", group, inputs)
        return self._guarded("control_plane", subnet, guard).subnet_id

    def _security_group(self, purpose: str, group: ResourceGroup, inputs: NetworkInputs) -> NetworkSecurityGroup:
        return self.resource(
            NetworkSecurityGroup,
            purpose.replace("-", "_"),
            name=resource_name("network_security_group", purpose),
            location=group.location,
            resource_group_name=group.name,
            tags=inputs.tags,
        )

    def _allow(
        self, guard: NetworkSecurityGroup, name: str, priority: int, source: str, ports: list[str]
    ) -> NetworkSecurityRule:
        return self.resource(
            NetworkSecurityRule,
            name,
            name=f"allow-{name.replace('_', '-')}",
            resource_group_name=guard.resource_group_name,
            network_security_group_name=guard.name,
            priority=priority,
            direction="Inbound",
            access="Allow",
            protocol="Tcp",
            source_address_prefix=source,
            source_port_range="*",
            destination_address_prefix="*",
            destination_port_ranges=ports if ports != ["*"] else None,
            destination_port_range="*" if ports == ["*"] else None,
        )

    def _deny_the_rest_of_the_network(self, guard: NetworkSecurityGroup, purpose: str) -> NetworkSecurityRule:
        self.comment("Azure's own rules would let the whole network in, and every network connected to it.")
        return self.resource(
            NetworkSecurityRule,
            f"{purpose}_deny",
            name=f"deny-{purpose}",
            resource_group_name=guard.resource_group_name,
            network_security_group_name=guard.name,
            priority=4096,
            direction="Inbound",
            access="Deny",
            protocol="*",
            source_address_prefix="VirtualNetwork",
            source_port_range="*",
            destination_address_prefix="*",
            destination_port_range="*",
        )

    def _guarded(self, name: str, subnet: Subnet, guard: NetworkSecurityGroup) -> SubnetNetworkSecurityGroupAssociation:
        return self.resource(
            SubnetNetworkSecurityGroupAssociation,
            name,
            subnet_id=subnet.id,
            network_security_group_id=guard.id,
        )

    def _private_dns(self, group: ResourceGroup, network: VirtualNetwork, inputs: NetworkInputs) -> dict[str, str]:
        self.comment("Made here and not beside each service, because a network takes one zone of a name.")
        self.resource(
            PrivateDnsZone,
            "this",
            for_each=for_each("merge(local.private_dns_zones, local.storage_zones)"),
            name=text("each.value"),
            resource_group_name=group.name,
            tags=inputs.tags,
        )
        self.comment("PostgreSQL wants its network to know the zone beforehand: who asks for a zone waits for this.")
        self.resource(
            PrivateDnsZoneVirtualNetworkLink,
            "this",
            for_each=for_each("azurerm_private_dns_zone.this"),
            name=resource_name("private_dns_zone_link", "${each.key}"),
            resource_group_name=group.name,
            private_dns_zone_name=text("each.value.name"),
            virtual_network_id=network.id,
            tags=inputs.tags,
        )
        return string_map(
            "{\n"
            "  for service, link in azurerm_private_dns_zone_virtual_network_link.this :\n"
            "  service => azurerm_private_dns_zone.this[service].id\n"
            "}"
        )
