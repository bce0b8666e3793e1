"""A private network: where the cluster, the databases and the private endpoints live."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Outputs, output, variable
from flowwise.authoring.rules import PREFIX, private_range


class NetworkInputs(Inputs):
    """What a network is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    cidr: str = variable(
        "Addresses of the network, from which the subnets are carved. No connected network may share them.",
        example="10.20.0.0/16",
        validations=[private_range("cidr", largest=16, smallest=20)],
    )
    zone_count: int = common_variables.zone_count()
    storage_endpoints: bool = variable(
        "Whether something in the network reaches storage by a private endpoint, where the cloud has such.",
        default=False,
    )
    tags: dict[str, str] = common_variables.tags()


class NetworkOutputs(Outputs):
    """What other services need to know of a network."""

    network_id: str = output("Identifier of the network.")
    control_plane_subnet_ids: list[str] = output("Subnets for the cluster's API server.")
    node_subnet_ids: list[str] = output("Subnets for the cluster's nodes.")
    database_subnet_ids: list[str] = output("Subnets for databases.")
    endpoint_subnet_ids: list[str] = output("Subnets for private endpoints of managed services.")
    private_dns_zone_ids: dict[str, str] = output(
        "Private DNS zones by what registers its names there: postgres, redis, registry, secrets, and "
        "storage where storage_endpoints are wanted. Empty where the "
        "cloud makes such names by itself."
    )


NETWORK = Contract(
    "network",
    "A private network with subnets for a cluster, databases and private endpoints, and one known way out.",
    NetworkInputs,
    NetworkOutputs,
)
