"""What networks and subnets that are there are called: each cloud's identifiers, as model and modules check them.

"Resource IDs" of Azure Resource Manager and of Amazon EC2, "Full resource names" of Compute Engine. Patterns are for
Python and Terraform alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PURPOSES = ("control_plane", "nodes", "databases", "endpoints")
"""What subnets are for."""

OF_A_CLUSTER = "control_plane"
"""What no subnet is for where the cluster is there already, which has its API server somewhere."""

OF_DATABASES = "databases"


@dataclass(frozen=True)
class NetworkIds:
    """Identifiers of one cloud: their patterns, and an example of each.

    `longest` is by purpose the longest prefix of a subnet that is large enough. `one_each` says that a subnet spans the
    zones, so that there is one for each purpose. `range` is there where databases have no subnet, but such a one.
    `elsewhere` says of those of another account what is not supported.
    """

    network: str
    subnet: str
    network_example: str
    subnet_example: str
    longest: Mapping[str, int]
    one_each: bool = True
    range: str = ""
    range_example: str = ""
    elsewhere: str = ""


RESOURCE = "/subscriptions/[0-9a-f-]{36}/resourceGroups/[A-Za-z0-9_.()-]+/providers"
RESOURCE_EXAMPLE = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-hub/providers"
"""How Azure's identifiers of resources begin."""

PROJECT = "projects/[a-z][a-z0-9-]{4,28}[a-z0-9]"
"""How Google Cloud's do."""

NO_SHARED_VPC = "a Shared VPC of another project is not supported"

_GROUP = f"{RESOURCE}/Microsoft.Network"
_GROUP_EXAMPLE = f"{RESOURCE_EXAMPLE}/Microsoft.Network"
_AZURE = f"{_GROUP}/virtualNetworks/[A-Za-z0-9_.-]+"
_AZURE_EXAMPLE = f"{_GROUP_EXAMPLE}/virtualNetworks/vnet-spoke"
_NAME = "[a-z]([a-z0-9-]{0,61}[a-z0-9])?"

PRIVATE_DNS_ZONE_PATTERN = f"{_GROUP}/privateDnsZones/[a-z0-9.-]+"
PRIVATE_DNS_ZONE_EXAMPLE = f"{_GROUP_EXAMPLE}/privateDnsZones/privatelink.azurecr.io"
"""Of Azure alone: elsewhere the cloud answers for its services by itself."""

NETWORK_IDS: Mapping[str, NetworkIds] = {
    "azure": NetworkIds(
        network=_AZURE,
        subnet=f"{_AZURE}/subnets/[A-Za-z0-9_.-]+",
        network_example=_AZURE_EXAMPLE,
        subnet_example=f"{_AZURE_EXAMPLE}/subnets/snet-nodes",
        # Pods have addresses of their own; a control plane reserves nine ("API Server VNet Integration").
        longest={"control_plane": 28, "nodes": 26, "databases": 28, "endpoints": 28},
    ),
    "aws": NetworkIds(
        network="vpc-[0-9a-f]{8,17}",
        subnet="subnet-[0-9a-f]{8,17}",
        network_example="vpc-0123456789abcdef0",
        subnet_example="subnet-0123456789abcdef0",
        # Pods have addresses of the nodes' subnets; 28 is the smallest that AWS has.
        longest={"control_plane": 28, "nodes": 24, "databases": 28, "endpoints": 28},
        one_each=False,
    ),
    "google": NetworkIds(
        network=f"{PROJECT}/global/networks/{_NAME}",
        subnet=f"{PROJECT}/regions/[a-z0-9-]+/subnetworks/{_NAME}",
        network_example="projects/flowwise-project/global/networks/spoke",
        subnet_example="projects/flowwise-project/regions/southamerica-east1/subnetworks/nodes",
        # Pods and services get ranges besides; of databases, Cloud SQL wants a /24 for each region and kind of server.
        longest={"control_plane": 29, "nodes": 26, "databases": 24, "endpoints": 28},
        range=_NAME,
        range_example="google-managed-services",
        elsewhere=f": {NO_SHARED_VPC}",
    ),
}
"""By cloud. Google's databases have no subnet but a range of private services access, which has a name alone."""
