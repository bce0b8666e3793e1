"""A network that is there already on Google Cloud: its subnetworks, and the range that databases have in it.

What is no data source's to tell, its owner sees to: a way out, firewall rules, and the connection to Google's services
that the range belongs to.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import Postcondition, Precondition, TerraformResourceLifecycle
from cdk.google import DataGoogleComputeGlobalAddress, DataGoogleComputeNetwork, DataGoogleComputeSubnetwork
from flowwise.authoring.expressions import for_each, strings, text
from flowwise.authoring.module import Module
from flowwise.existing_network import EXISTING_NETWORK, ExistingNetworkInputs
from flowwise.existing_network.conditions import of_subnet
from flowwise.google.project import PROJECT, add_project
from flowwise.network import NetworkOutputs
from flowwise.tables.network_ids import NETWORK_IDS, NO_SHARED_VPC

_IDS = NETWORK_IDS["google"]
_SUBNETWORKS = "projects/flowwise-project/regions/southamerica-east1/subnetworks"


class GoogleExistingNetwork(Module[ExistingNetworkInputs, NetworkOutputs]):
    """A VPC network of the same project."""

    contract = EXISTING_NETWORK
    path = "modules/existing-network/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "network_id": _IDS.network_example,
        "subnets": {
            "nodes": [f"{_SUBNETWORKS}/nodes"],
            "control_plane": [f"{_SUBNETWORKS}/control-plane"],
            "databases": ["google-managed-services"],
            "endpoints": [f"{_SUBNETWORKS}/endpoints"],
        },
    }

    def build(self, inputs: ExistingNetworkInputs) -> NetworkOutputs:
        """Add the module's resources. Nothing is made, and so nothing is named or labelled."""
        add_project(self)
        self.local("longest", dict(_IDS.longest))
        self.resource(
            DataGoogleComputeNetwork,
            "this",
            name=text("basename(var.network_id)"),
            project=PROJECT,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text(
                            'var.network_id == "projects/${local.project}/global/networks/${basename(var.network_id)}"'
                        ),
                        error_message="network_id must be a network of the environment's own project, such as "
                        f"{_IDS.network_example}: {NO_SHARED_VPC}, as that one would have to give rights.",
                    )
                ]
            ),
        )
        self.comment("Those of databases are in a network of Google's, which has a range here and no subnetwork.")
        self.local(
            "subnetworks",
            text('{ for purpose, ids in var.subnets : purpose => ids[0] if purpose != "databases" }'),
        )
        self.resource(
            DataGoogleComputeSubnetwork,
            "this",
            for_each=for_each("local.subnetworks"),
            name=text("basename(each.value)"),
            project=PROJECT,
            region=inputs.region,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text(
                            'each.value == "projects/${local.project}/regions/${var.region}/subnetworks/'
                            '${basename(each.value)}"'
                        ),
                        error_message="${each.value}, for ${each.key}, must be a subnetwork of the project in "
                        "${var.region}.",
                    )
                ],
                postcondition=[
                    Postcondition(
                        condition=text('endswith(self.network, "/${data.google_compute_network.this.id}")'),
                        error_message="${each.value}, for ${each.key}, must be a subnetwork of ${var.network_id}.",
                    ),
                    *of_subnet("[each.key]", "self.ip_cidr_range", "each.value"),
                    Postcondition(
                        condition=text('each.key != "nodes" || self.private_ip_google_access'),
                        error_message="${each.value} must have Private Google Access: nodes have no public address.",
                    ),
                ],
            ),
        )
        self.resource(
            DataGoogleComputeGlobalAddress,
            "databases",
            name=text("var.subnets.databases[0]"),
            project=PROJECT,
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=text(
                            'self.purpose == "VPC_PEERING" && '
                            'endswith(self.network, "/${data.google_compute_network.this.id}")'
                        ),
                        error_message="${self.name} must be a range of ${var.network_id} for private services access.",
                    ),
                    *of_subnet('["databases"]', '"${self.address}/${self.prefix_length}"', "self.name"),
                ]
            ),
        )
        return NetworkOutputs(
            network_id=text("data.google_compute_network.this.id"),
            control_plane_subnet_ids=_ids("control_plane"),
            node_subnet_ids=_ids("nodes"),
            database_subnet_ids=[text("data.google_compute_global_address.databases.name")],
            endpoint_subnet_ids=_ids("endpoints"),
            private_dns_zone_ids={},
        )


def _ids(purpose: str) -> list[str]:
    return strings(f'[for of, subnet in data.google_compute_subnetwork.this : subnet.id if of == "{purpose}"]')
