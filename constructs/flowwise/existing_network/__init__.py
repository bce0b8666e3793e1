"""A network that is there already: what is looked up of it, and what has to be true of it."""

import json

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Validation, variable
from flowwise.authoring.rules import PREFIX, private_range
from flowwise.network import NetworkOutputs
from flowwise.tables.network_ids import NETWORK_IDS, OF_A_CLUSTER, PURPOSES

_EXAMPLE = NETWORK_IDS["azure"]
_NEEDED = [purpose for purpose in PURPOSES if purpose != OF_A_CLUSTER]
_SUBNETS = {purpose: [f"{_EXAMPLE.network_example}/subnets/snet-{purpose.replace('_', '-')}"] for purpose in PURPOSES}


class ExistingNetworkInputs(Inputs):
    """What a network that is there is found by."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    network_id: str = variable("Identifier of the network.", example=_EXAMPLE.network_example)
    cidr: str = variable(
        "Range of addresses that every one of the subnets is in.",
        example="10.20.0.0/16",
        validations=[private_range("cidr", largest=16, smallest=20)],
    )
    subnets: dict[str, list[str]] = variable(
        f"Identifiers of its subnets, by what they are for: {', '.join(PURPOSES)}. Without {OF_A_CLUSTER} where the "
        "cluster is there already.",
        example=_SUBNETS,
        validations=[
            Validation(
                f"length(setsubtract({json.dumps(_NEEDED)}, keys(self))) == 0 && "
                f"length(setsubtract(keys(self), {json.dumps(PURPOSES)})) == 0 && "
                "alltrue([for ids in values(self) : length(ids) > 0])",
                f"subnets must have at least one for each of {', '.join(_NEEDED)}, and may have some for "
                f"{OF_A_CLUSTER}.",
                rejects={"nodes": _SUBNETS["nodes"]},
            )
        ],
    )
    private_dns_zone_ids: dict[str, str] = variable(
        "Azure: private DNS zones that the network resolves names by already, by what registers its names there: "
        "postgres, redis, registry, secrets, storage. Those that are not named are made, and linked to the network.",
        default={},
    )
    public_balancer: bool = variable("Whether the cluster is to make a public load balancer in it.", default=True)
    storage_endpoints: bool = variable(
        "Whether something in the network reaches storage by a private endpoint, where the cloud has such.",
        default=False,
    )
    zone_count: int = common_variables.zone_count()
    tags: dict[str, str] = common_variables.tags()


EXISTING_NETWORK = Contract(
    "existing-network",
    "A network that is there already, looked up and looked at: nothing of it is made or changed.",
    ExistingNetworkInputs,
    NetworkOutputs,
)
