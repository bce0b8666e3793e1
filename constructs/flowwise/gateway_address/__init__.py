"""The gateway's public address, which is there before the gateway is and outlives it, and its record in DNS."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, output, variable
from flowwise.authoring.rules import PREFIX
from flowwise.tables.addresses import HOST_PATTERN

HOST = Validation(
    f'can(regex("^{HOST_PATTERN}$", self))',
    "host must be a host name such as api.flowwise.example, in lower case and without a port.",
    rejects="https://api.flowwise.example",
)
ZONE = Validation(
    f'self == null || can(regex("^{HOST_PATTERN}$", self))',
    "dns_zone must be a domain such as flowwise.example, in lower case and without a dot at its end.",
    rejects="flowwise.example.",
)
"""Rules of the host and of its zone."""

RECORD_SECONDS = 300
"""How long resolvers keep the record: what a change of it takes, at worst."""

HOST_IS_IN_ZONE = (
    'var.dns_zone == null ? true : endswith(".${var.host}", ".${var.dns_zone}")',
    "dns_zone must be what host ends with, such as flowwise.example for api.dev.flowwise.example.",
)
"""What an output requires: a condition, and what is said where it is false."""


class GatewayAddressInputs(Inputs):
    """What the address is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    host: str = variable("Host name of the API.", example="api.dev.flowwise.example", validations=[HOST])
    dns_zone: str | None = variable(
        "Public DNS zone of the account in which the record of the host is made, such as flowwise.example. Null where "
        "somebody else makes it.",
        default=None,
        example="flowwise.example",
        validations=[ZONE],
    )
    zone_count: int = common_variables.zone_count()
    balancer_identity_id: str | None = variable(
        "Identity that makes the cluster's load balancers, to be let use the address. Null where the cloud sees to it.",
        default=None,
        example="11111111-1111-1111-1111-111111111111",
    )
    tags: dict[str, str] = common_variables.tags()


class GatewayAddressOutputs(Outputs):
    """What the gateway's load balancer, and whoever makes a record by hand, needs to know."""

    addresses: list[str] = output("Addresses that the host's DNS record points to.")
    service_annotations: dict[str, str] = output(
        "Annotations with which a Kubernetes service of type LoadBalancer takes the addresses."
    )


GATEWAY_ADDRESS = Contract(
    "gateway-address",
    "The gateway's public address, kept whatever becomes of cluster and load balancer, and its DNS record.",
    GatewayAddressInputs,
    GatewayAddressOutputs,
)
