"""The network on Google Cloud: a VPC network, a subnetwork per purpose, NAT, firewall rules, a range for databases."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.google import (
    ComputeAddress,
    ComputeFirewall,
    ComputeFirewallAllow,
    ComputeFirewallDeny,
    ComputeFirewallLogConfig,
    ComputeGlobalAddress,
    ComputeNetwork,
    ComputeRouter,
    ComputeRouterNat,
    ComputeRouterNatLogConfig,
    ComputeRouterNatSubnetwork,
    ComputeSubnetwork,
    ComputeSubnetworkLogConfig,
    DnsPolicy,
    DnsPolicyNetworks,
    ServiceNetworkingConnection,
)
from flowwise.authoring.expressions import number, text
from flowwise.authoring.module import Module
from flowwise.network import NETWORK, NetworkInputs, NetworkOutputs
from flowwise.tables.naming import resource_name
from flowwise.tables.traffic import HTTPS_PORT, PRIVATE_RANGES

_ANYWHERE = ["0.0.0.0/0"]
# Rules of GKE and of its load balancers have priority 1000; the lowest number goes first.
_AFTER_ALL_OTHERS = 65534


class GoogleNetwork(Module[NetworkInputs, NetworkOutputs]):
    """One VPC network. Subnetworks span all zones of a region, so there is one for each purpose."""

    contract = NETWORK
    path = "modules/network/google"
    examples: ClassVar[Mapping[str, Any]] = {"region": "southamerica-east1"}

    def build(self, inputs: NetworkInputs) -> NetworkOutputs:
        """Add the module's resources."""
        self._locals()
        self.comment(
            "Google's APIs are reached under their usual names over Private Google Access, without a DNS zone for "
            "them: the restricted addresses only protect inside a VPC Service Controls perimeter, which is the "
            "organization's to draw, and cut off every API that knows no perimeters. Nor is there anything to do with "
            "zone_count: network, subnetworks and NAT span the region's zones."
        )
        network = self.resource(
            ComputeNetwork,
            "this",
            name=resource_name("vpc_network"),
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
        )
        self._dns_log(network)
        nodes = self._subnetwork("nodes", network, inputs)
        endpoints = self._subnetwork("endpoints", network, inputs)
        self.comment(
            "GKE puts one address in it, the API server's. The control plane itself runs in a network of Google's."
        )
        control_plane = self._subnetwork("control_plane", network, inputs)
        nat = self._nat(network, nodes, inputs)
        # Nodes have a way out from the first to the last moment.
        self.wait_for(["node_subnet_ids"], [nat, *self._firewall(network)])
        databases = self._databases(network, inputs)
        return NetworkOutputs(
            network_id=network.id,
            control_plane_subnet_ids=[control_plane.id],
            node_subnet_ids=[nodes.id],
            database_subnet_ids=[databases],
            endpoint_subnet_ids=[endpoints.id],
            private_dns_zone_ids={},
        )

    def _locals(self) -> None:
        self.comment(
            "Half of the addresses is for nodes, and sixteenths for the rest: five of these are free. GKE adds the "
            "ranges of pods and services to the nodes' subnetwork when it makes the cluster."
        )
        self.local("prefix_length", text('tonumber(split("/", var.cidr)[1])'))
        self.local(
            "subnet_cidrs",
            {
                "nodes": text("cidrsubnet(var.cidr, 1, 0)"),
                "databases": text("cidrsubnet(var.cidr, 4, 8)"),
                "endpoints": text("cidrsubnet(var.cidr, 4, 9)"),
                "control_plane": text("cidrsubnet(cidrsubnet(var.cidr, 4, 10), 24 - local.prefix_length, 0)"),
            },
        )

    def _dns_log(self, network: ComputeNetwork) -> None:
        self.comment("Logs which names are looked up: what malware that calls home shows first.")
        self.resource(
            DnsPolicy,
            "this",
            name=resource_name("dns_policy"),
            enable_logging=True,
            networks=[DnsPolicyNetworks(network_url=network.id)],
        )

    def _subnetwork(self, purpose: str, network: ComputeNetwork, inputs: NetworkInputs) -> ComputeSubnetwork:
        return self.resource(
            ComputeSubnetwork,
            purpose,
            name=resource_name("subnetwork", purpose.replace("_", "-")),
            region=inputs.region,
            network=network.id,
            ip_cidr_range=text(f"local.subnet_cidrs.{purpose}"),
            private_ip_google_access=True,
            log_config=ComputeSubnetworkLogConfig(
                # Who spoke to whom, without paying for each packet: one in two flows, summed up by the minute.
                aggregation_interval="INTERVAL_1_MIN",
                flow_sampling=0.5,
                metadata="INCLUDE_ALL_METADATA",
            ),
        )

    def _nat(self, network: ComputeNetwork, nodes: ComputeSubnetwork, inputs: NetworkInputs) -> ComputeRouterNat:
        self.comment("The one address that others see, and may put on their lists.")
        address = self.resource(
            ComputeAddress,
            "nat",
            name=resource_name("external_address", "nat"),
            region=inputs.region,
            labels=inputs.tags,
        )
        router = self.resource(
            ComputeRouter, "this", name=resource_name("cloud_router"), region=inputs.region, network=network.id
        )
        self.comment(
            "For nodes and the pods on them; nothing else needs the Internet. The address has 64,512 ports, which go "
            "to the nodes that need them: NAT allows that only without endpoint-independent mapping. Its log has what "
            "it dropped; what passed is in the subnetwork's."
        )
        return self.resource(
            ComputeRouterNat,
            "this",
            name=resource_name("cloud_nat"),
            region=inputs.region,
            router=router.name,
            nat_ip_allocate_option="MANUAL_ONLY",
            nat_ips=[address.self_link],
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            subnetwork=[ComputeRouterNatSubnetwork(name=nodes.id, source_ip_ranges_to_nat=["ALL_IP_RANGES"])],
            enable_dynamic_port_allocation=True,
            enable_endpoint_independent_mapping=False,
            min_ports_per_vm=64,
            max_ports_per_vm=4096,
            log_config=ComputeRouterNatLogConfig(enable=True, filter="ERRORS_ONLY"),
        )

    def _firewall(self, network: ComputeNetwork) -> list[ComputeFirewall]:
        self.comment(
            "Google Cloud lets nothing in by itself, but does not log what it refuses. GKE adds rules for what nodes "
            "need of each other and for load balancers. The control plane needs none: it calls nodes and webhooks "
            "through tunnels that the nodes open."
        )
        no_way_in = self._rule(
            "deny-ingress", network, "INGRESS", deny=True, ranges=_ANYWHERE, priority=_AFTER_ALL_OTHERS
        )
        self.comment("Google Cloud lets everything out by itself.")
        no_way_out = self._rule(
            "deny-egress", network, "EGRESS", deny=True, ranges=_ANYWHERE, priority=_AFTER_ALL_OTHERS
        )
        self.comment(
            "Nodes, pods, API server, databases and connected networks. Any private address, because pods have theirs "
            "outside this network: what a pod may reach of it, network policies in the cluster say."
        )
        private = self._rule("allow-private-egress", network, "EGRESS", protocol="all", ranges=list(PRIVATE_RANGES))
        self.comment("Google's APIs, registries and the services that watch the workloads. Flow logs have these.")
        https = self._rule(
            "allow-https-egress", network, "EGRESS", protocol="tcp", ports=[str(HTTPS_PORT)], ranges=_ANYWHERE
        )
        return [no_way_in, no_way_out, private, https]

    def _rule(
        self,
        name: str,
        network: ComputeNetwork,
        direction: str,
        *,
        ranges: list[str],
        deny: bool = False,
        protocol: str = "all",
        ports: list[str] | None = None,
        priority: int = 1000,
    ) -> ComputeFirewall:
        return self.resource(
            ComputeFirewall,
            name.replace("-", "_"),
            name=resource_name("firewall_rule", name),
            network=network.id,
            direction=direction,
            priority=priority,
            source_ranges=ranges if direction == "INGRESS" else None,
            destination_ranges=ranges if direction == "EGRESS" else None,
            allow=None if deny else [ComputeFirewallAllow(protocol=protocol, ports=ports)],
            deny=[ComputeFirewallDeny(protocol=protocol)] if deny else None,
            log_config=ComputeFirewallLogConfig(metadata="INCLUDE_ALL_METADATA") if deny else None,
        )

    def _databases(self, network: ComputeNetwork, inputs: NetworkInputs) -> str:
        self.comment(
            "Cloud SQL runs in a network of Google's and takes its addresses from this range: private services access. "
            "Private Service Connect would need an endpoint and a DNS record for each server, and buys access from "
            "other networks, which nobody should have."
        )
        addresses = self.resource(
            ComputeGlobalAddress,
            "databases",
            name=resource_name("private_services_range", "databases"),
            network=network.id,
            purpose="VPC_PEERING",
            address_type="INTERNAL",
            address=text('split("/", local.subnet_cidrs.databases)[0]'),
            prefix_length=number("local.prefix_length + 4"),
            labels=inputs.tags,
        )
        self.comment(
            "Cloud SQL lets go of it up to four days after its last server is gone: until then, a destroy stops here, "
            "and goes on once the network's peering is deleted by hand, or Cloud SQL has let go. To abandon it "
            "(deletion_policy) would leave that peering, and a network that has one cannot be deleted."
        )
        connection = self.resource(
            ServiceNetworkingConnection,
            "databases",
            network=network.id,
            service="servicenetworking.googleapis.com",
            reserved_peering_ranges=[addresses.name],
        )
        # The range by way of the connection, so that whoever asks for it waits until it can be used.
        return text(f"{connection.fqn}.reserved_peering_ranges[0]")
