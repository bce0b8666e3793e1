"""What all tables of an environment file have in common: how they are read, and what they know of the rest of it.

Rules between keys are field validators, not model validators: pydantic runs the latter only on a table without any
fault, so one report could not hold everything. A validator finds the siblings above it in `info.data`, and the rest of
the file in its surroundings; what is itself faulty is missing there, and the rules that need it wait.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo

from environments.field_types import missing, refusal
from environments.wording import listed, shown
from flowwise.tables.machines import Shape
from flowwise.tables.project import IN_CLUSTER
from flowwise.tables.regions import REGIONS
from flowwise.tables.sizes import NODE_SIZES

BECAUSE_PRODUCTION = 'because tier is "prod"'
BECAUSE_IN_CLUSTER = f'because cloud is "{IN_CLUSTER}"'


@dataclass
class Surroundings:
    """What a table needs to know of its file: filled in as the environment's fields pass, in their order."""

    name: str
    services: Any = None  # the table, as the file has it
    cloud: str | None = None
    region: str | None = None
    tier: str | None = None
    account: tuple[str, str] | None = None  # and the key that says so
    network_cidr: IPv4Network | None = None
    zones: int | None = None  # of the network
    has_cluster: bool = False  # whether a cluster of the cloud's is there already
    node_pools: tuple[str, ...] | None = None  # names of the pools for microservices
    cluster_ranges: tuple[IPv4Network, ...] = ()  # of pods and of services
    standby: bool | None = None  # whether database servers are to have one
    absent: set[str] = field(default_factory=set)  # optional tables that the file does without
    service_with_paths: str | None = None  # the first of those that the gateway leads to

    @classmethod
    def of(cls, info: ValidationInfo) -> Self:
        """The surroundings that a validator runs in."""
        if not isinstance(info.context, cls):
            raise TypeError("tables are checked as part of a file: use Environment.from_document")
        return info.context

    def users_of(self, need: str) -> dict[str, str] | None:
        """Microservices that use it, with the name that people may have for each besides; None of what is no table.

        One whose own table is faulty is taken for a user: what is wrong with it is told there.
        """
        if not isinstance(self.services, dict):
            return None
        users = dict[str, str]()
        for name, table in self.services.items():
            uses = table.get("uses") if isinstance(table, dict) else None
            if not isinstance(uses, list) or need in uses:
                was = table.get("was") if isinstance(table, dict) else None
                users[name] = was if isinstance(was, str) and was not in self.services else name
        return users

    @property
    def own_ranges(self) -> tuple[IPv4Network, ...]:
        """Addresses of the network, of pods and of services, where a cloud makes them."""
        return (*filter(None, [self.network_cidr]), *self.cluster_ranges)

    @property
    def is_production(self) -> bool:
        """Whether production's rules hold."""
        return self.tier == "prod"

    @property
    def is_in_cluster(self) -> bool:
        """Whether everything is inside a cluster that is there already."""
        return self.cloud == IN_CLUSTER

    @property
    def most_zones(self) -> int:
        """Availability zones of the region; of the poorest, while it is unknown."""
        regions = [
            found
            for word, clouds in REGIONS.items()
            for cloud, found in clouds.items()
            if self.region in (word, None) and self.cloud in (cloud, None)
        ]
        return min(region.zones for region in regions)


class Table(BaseModel):
    """A table of the file: no unknown key, no value turned into another type, nothing changed afterwards."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", validate_default=True)


def production_wants(value: bool, info: ValidationInfo, wanted: bool = True) -> bool:
    """The value, unless the environment is production and wants the other one."""
    if Surroundings.of(info).is_production and value is not wanted:
        raise refusal(f"{str(wanted).lower()}, {BECAUSE_PRODUCTION}")
    return value


def of_a_cloud(value: Any, info: ValidationInfo) -> Any:
    """The value of a key that every cloud needs, and a cluster that is there already cannot use."""
    nothing_in_a_cluster(value, info)
    around = Surroundings.of(info)
    if around.cloud and not around.is_in_cluster and value is None:
        raise missing()
    return value


def nothing_in_a_cluster(value: Any, info: ValidationInfo) -> Any:
    """The value of a key that a cluster that is there already cannot use."""
    if Surroundings.of(info).is_in_cluster and value is not None:
        raise refusal(f"nothing: the cluster is there already, and no cloud to do this, {BECAUSE_IN_CLUSTER}")
    return value


def nothing_of_a_cluster(value: Any, info: ValidationInfo, default: Any) -> Any:
    """The value of a key that only who makes a cluster obeys: the default, where the cluster is there already."""
    if Surroundings.of(info).has_cluster and value != default:
        raise refusal("nothing: existing.cluster is there already, and its owner sees to this")
    return value


def of_this_cloud(size: str, shapes: Mapping[str, Shape], info: ValidationInfo) -> str:
    """The size, unless it is a name that another cloud has for one, or that no cloud has."""
    around = Surroundings.of(info)
    if size in NODE_SIZES or around.cloud is None or (around.cloud in shapes and shapes[around.cloud].has(size)):
        return size
    if around.cloud not in shapes:
        raise refusal(f"{listed(NODE_SIZES)}, because cloud is {shown(around.cloud)}")
    raise refusal(
        f"{listed(NODE_SIZES)}, or a name such as {shown(shapes[around.cloud].example)}, because cloud is "
        f"{shown(around.cloud)}"
    )
