"""A network that is there already on AWS: a VPC whose subnets are looked up, for each purpose in each zone.

What no data source tells without knowing whose it is, its owner sees to: a way out of the nodes' subnets.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import DataAwsSubnet, DataAwsSubnets, DataAwsSubnetsFilter, DataAwsVpc
from cdk.core import Postcondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import for_each, strings, text
from flowwise.authoring.module import Module
from flowwise.existing_network import EXISTING_NETWORK, ExistingNetworkInputs
from flowwise.existing_network.conditions import is_inside, of_subnet
from flowwise.network import NetworkOutputs
from flowwise.network.aws import PUBLIC_BALANCERS
from flowwise.tables.network_ids import NETWORK_IDS

_IDS = NETWORK_IDS["aws"]
_TWO_ZONES = ("control_plane", "databases")  # "Subnet requirements", EKS; "DB subnet group", RDS


class AwsExistingNetwork(Module[ExistingNetworkInputs, NetworkOutputs]):
    """A VPC of the same account and region."""

    contract = EXISTING_NETWORK
    path = "modules/existing-network/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "network_id": _IDS.network_example,
        "zone_count": 1,
        "public_balancer": False,
        "subnets": {
            "nodes": ["subnet-00000000000000001"],
            "control_plane": ["subnet-00000000000000002", "subnet-00000000000000003"],
            "databases": ["subnet-00000000000000004", "subnet-00000000000000005"],
            "endpoints": ["subnet-00000000000000006"],
        },
    }

    def build(self, inputs: ExistingNetworkInputs) -> NetworkOutputs:
        """Add the module's resources. Nothing is made, and so nothing is named or tagged."""
        self.local("longest", dict(_IDS.longest))
        self.comment("A subnet may serve more purposes than one.")
        self.local(
            "purposes",
            text("transpose(var.subnets)"),
        )
        self.resource(
            DataAwsVpc,
            "this",
            id=inputs.network_id,
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=text("self.enable_dns_support && self.enable_dns_hostnames"),
                        error_message="The VPC must have DNS support and DNS host names turned on: nodes and pods find "
                        "the cluster, databases and AWS's services by names.",
                    )
                ]
            ),
        )
        self.resource(
            DataAwsSubnet,
            "this",
            for_each=for_each("local.purposes"),
            id=text("each.key"),
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=text("self.vpc_id == data.aws_vpc.this.id"),
                        error_message="${each.key} must be a subnet of ${var.network_id}.",
                    ),
                    Postcondition(
                        condition=text(is_inside("self.cidr_block", "data.aws_vpc.this.cidr_block")),
                        error_message="${each.key} must be inside of ${data.aws_vpc.this.cidr_block}, the first range "
                        "of the VPC, which databases and caches let in.",
                    ),
                    *of_subnet("each.value", "self.cidr_block", "each.key"),
                ]
            ),
        )
        self._zones()
        self._balancers()
        return NetworkOutputs(
            network_id=text("data.aws_vpc.this.id"),
            control_plane_subnet_ids=_ids("control_plane"),
            node_subnet_ids=_ids("nodes"),
            database_subnet_ids=_ids("databases"),
            endpoint_subnet_ids=_ids("endpoints"),
            # The VPC's resolver answers for AWS's services.
            private_dns_zone_ids={},
        )

    def _zones(self) -> None:
        self.local(
            "zones",
            text(
                "{\n"
                "  for purpose, ids in var.subnets :\n"
                "  purpose => distinct([for id in ids : data.aws_subnet.this[id].availability_zone_id])\n"
                "}"
            ),
        )
        self.require(
            "node_subnet_ids",
            "length(local.zones.nodes) == var.zone_count && length(var.subnets.nodes) == var.zone_count",
            "subnets.nodes must be one in each of ${var.zone_count} availability zones.",
        )
        for purpose, output in zip(_TWO_ZONES, ("control_plane_subnet_ids", "database_subnet_ids"), strict=True):
            self.require(
                output,
                f'length(lookup(local.zones, "{purpose}", ["none", "needed"])) >= 2',
                f"subnets.{purpose} must be in two availability zones at least, which AWS wants of a cluster and of "
                "databases.",
            )

    def _balancers(self) -> None:
        self.comment("By this tag, the cluster finds where to make a public load balancer, one subnet in each zone.")
        self.resource(
            DataAwsSubnets,
            "balancers",
            filter=[
                DataAwsSubnetsFilter(name="vpc-id", values=[text("data.aws_vpc.this.id")]),
                DataAwsSubnetsFilter(name="tag-key", values=[PUBLIC_BALANCERS]),
            ],
        )
        self.require(
            "network_id",
            "!var.public_balancer || length(data.aws_subnets.balancers.ids) == var.zone_count",
            f"For a public gateway, the VPC must have ${{var.zone_count}} subnets with the tag {PUBLIC_BALANCERS}, one "
            "in each zone: it has ${length(data.aws_subnets.balancers.ids)}.",
        )


def _ids(purpose: str) -> list[str]:
    return strings(f'[for id in lookup(var.subnets, "{purpose}", []) : data.aws_subnet.this[id].id]')
