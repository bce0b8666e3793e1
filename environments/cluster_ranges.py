"""Ranges of pods and of services: chosen for a cluster that is made, and facts of one that is there."""

from ipaddress import IPv4Network
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema

from environments.field_types import PRIVATE_RANGE_SCHEMA, RANGE_ALLOWED, private_range, refusal
from environments.ranges import ROUTED
from environments.table import Surroundings
from flowwise.tables.pod_ranges import GKE_SERVICES, THERE, THERE_PREFIX_LENGTHS

NOT_GIVEN: Any = None
"""Tells a file that says nothing from one that says what is the default."""

_SERVICES = "service_cidr"
_ALLOWED = (
    f"the range that the cluster has, written with its first address: inside {', '.join(THERE)}, with a prefix of "
    f"/{THERE_PREFIX_LENGTHS[0]} to /{THERE_PREFIX_LENGTHS[-1]}"
)
_THERE = tuple(map(IPv4Network, THERE))

RANGE_THAT_IS_MADE = {key: PRIVATE_RANGE_SCHEMA[key] for key in ("pattern", "errorMessage")}
"""For editors: what holds besides, where the cluster is not there already."""


def _of_its_cluster(value: object, info: ValidationInfo) -> IPv4Network:
    around = Surroundings.of(info)
    if not around.has_cluster:
        return private_range(value)
    of_google = around.cloud == "google" and info.field_name == _SERVICES
    if of_google and str(value) == GKE_SERVICES:
        return IPv4Network(GKE_SERVICES)
    try:
        network = IPv4Network(str(value))
    except ValueError:
        network = None
    if (
        network is None
        or str(network) != str(value)
        or network.prefixlen not in THERE_PREFIX_LENGTHS
        or not any(network.subnet_of(there) for there in _THERE)
    ):
        allowed = f"{_ALLOWED}; or {GKE_SERVICES}, which is Google's" if of_google else _ALLOWED
        raise refusal(allowed, default=str(value))
    return network


ClusterRange = Annotated[
    IPv4Network,
    BeforeValidator(_of_its_cluster),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^[0-9]+(\.[0-9]+){3}/[0-9]+$",
            "errorMessage": f"{RANGE_ALLOWED}; of a cluster that is there already, the range that it has",
        }
    ),
]


def range_behind(number: int, info: ValidationInfo) -> IPv4Network | None:
    """A /16 behind that of the network, on a cloud where pods and services have their addresses in it."""
    around = Surroundings.of(info)
    if around.cloud not in ROUTED or around.network_cidr is None:
        return None
    own = around.network_cidr.supernet(new_prefix=16)
    return IPv4Network((int(own.network_address) + number * own.num_addresses, own.prefixlen))
