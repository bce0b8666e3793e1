"""The table [network]."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, Strict, ValidationInfo, field_validator

from environments.field_types import CloudId, PrivateRange, each_once, missing, refusal
from environments.places import check_place
from environments.table import BECAUSE_PRODUCTION, Surroundings, Table, nothing_of_a_cluster
from flowwise.tables.network_ids import (
    NETWORK_IDS,
    OF_A_CLUSTER,
    OF_DATABASES,
    PRIVATE_DNS_ZONE_EXAMPLE,
    PRIVATE_DNS_ZONE_PATTERN,
    NetworkIds,
)

_Ids = Annotated[tuple[CloudId, ...], Strict(False)]


class PrivateDnsZones(Table):
    """Azure: private DNS zones by which the network finds services. Those that are not named are made."""

    postgres: CloudId | None = Field(default=None, description="Zone that ends with .postgres.database.azure.com.")
    redis: CloudId | None = Field(default=None, description="Zone privatelink.redis.azure.net.")
    registry: CloudId | None = Field(default=None, description="Zone privatelink.azurecr.io.")
    storage: CloudId | None = Field(default=None, description="Zone privatelink.blob.core.windows.net.")
    secrets: CloudId | None = Field(default=None, description="Zone privatelink.vaultcore.azure.net.")

    @property
    def ids(self) -> dict[str, str]:
        """Those that are there, by service."""
        return self.model_dump(exclude_none=True)

    @field_validator("*")
    @classmethod
    def _is_a_zone(cls, zone: str | None) -> str | None:
        if zone and not re.fullmatch(PRIVATE_DNS_ZONE_PATTERN, zone):
            raise refusal(f'the identifier of a private DNS zone, such as "{PRIVATE_DNS_ZONE_EXAMPLE}"')
        return zone


class ExistingNetwork(Table):
    """A network that is there already, of which nothing is made or changed, by the cloud's own identifiers."""

    id: CloudId = Field(description="The network, in the environment's own account and region.")
    nodes: _Ids = Field(description="Subnets of the nodes, with a way out. One; on AWS, one in each zone.")
    control_plane: _Ids = Field(
        default=(),
        description="Subnets of the API server: on Azure delegated to Microsoft.ContainerService/managedClusters. One; "
        "on AWS, in two zones at least. None with existing.cluster, and needed without.",
    )
    databases: _Ids = Field(
        description="Subnets of databases: on Azure delegated to Microsoft.DBforPostgreSQL/flexibleServers. One; on "
        "AWS, in two zones at least. On Google Cloud, the name of the range for private services access."
    )
    endpoints: _Ids = Field(description="Subnets of private endpoints and caches. One; on AWS, one in each zone.")
    routed: bool = Field(
        default=False,
        description="Azure: nodes get out by a route of their subnet's, such as one to a firewall, and not by a NAT "
        "gateway.",
    )
    private_dns_zones: PrivateDnsZones | None = None

    @property
    def subnets(self) -> Mapping[str, list[str]]:
        """Identifiers by what the subnets are for."""
        every = {
            "control_plane": list(self.control_plane),
            "nodes": list(self.nodes),
            "databases": list(self.databases),
            "endpoints": list(self.endpoints),
        }
        return {purpose: subnets for purpose, subnets in every.items() if subnets}

    @field_validator("id")
    @classmethod
    def _is_a_network(cls, identifier: str, info: ValidationInfo) -> str:
        known = _known(info)
        if known and not re.fullmatch(known.network, identifier):
            raise refusal(f'the identifier of a network, such as "{known.network_example}"')
        if known:
            _check_place(identifier, info, known)
        return identifier

    @field_validator("nodes", "control_plane", "databases", "endpoints")
    @classmethod
    def _are_subnets(cls, subnets: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        each_once(subnets)
        around, known = Surroundings.of(info), _known(info)
        if info.field_name == OF_A_CLUSTER:
            nothing_of_a_cluster(subnets, info, ())
        if known is None or (info.field_name == OF_A_CLUSTER and around.has_cluster):
            return subnets
        if not subnets:
            raise missing()
        words, pattern, example = _known_of(known, str(info.field_name))
        for subnet in subnets:
            if not re.fullmatch(pattern, subnet):
                raise refusal(f'{words}, such as "{example}"')
            _check_place(subnet, info, known)
        if known.one_each:
            if len(subnets) != 1:
                raise refusal("one subnet: here, a subnet spans all availability zones")
        elif info.field_name in ("control_plane", "databases"):
            if len(subnets) < 2:
                raise refusal("two subnets at least, in availability zones of their own")
        elif around.zones and len(subnets) != around.zones:
            raise refusal(f"{around.zones} subnets, one in each of the availability zones of network.zones")
        return subnets

    @field_validator("routed")
    @classmethod
    def _of_nodes_that_are_made(cls, routed: bool, info: ValidationInfo) -> bool:
        return bool(nothing_of_a_cluster(routed, info, False))

    @field_validator("routed", "private_dns_zones")
    @classmethod
    def _of_azure(cls, value: "bool | PrivateDnsZones | None", info: ValidationInfo) -> "bool | PrivateDnsZones | None":
        cloud = Surroundings.of(info).cloud
        if value and cloud is not None and cloud != "azure":
            raise refusal("nothing: only Azure has to be told")
        return value


def _check_place(identifier: str, info: ValidationInfo, known: NetworkIds) -> None:
    key = f"network.existing.{info.field_name}"
    check_place(identifier, info, key, own_account=True, own_region=True, besides=known.elsewhere)


def _known_of(known: NetworkIds, purpose: str) -> tuple[str, str, str]:
    """Words for what is named for a purpose, the pattern, and an example."""
    if known.range and purpose == OF_DATABASES:
        return "the name of a range for private services access", known.range, known.range_example
    return "identifiers of subnets", known.subnet, known.subnet_example


def _known(info: ValidationInfo) -> NetworkIds | None:
    return NETWORK_IDS.get(Surroundings.of(info).cloud or "")


class Network(Table):
    """The environment's own network."""

    cidr: PrivateRange = Field(
        description="Addresses of the network, in which nodes and databases live. Of a network that is there already, "
        "a range that its subnets are in: network policies in the cluster let it through."
    )
    zones: int = Field(
        default=3, ge=1, le=3, description="Availability zones to spread over. Production wants all that there are."
    )
    existing: ExistingNetwork | None = None

    @field_validator("zones")
    @classmethod
    def _as_many_as_there_are(cls, zones: int, info: ValidationInfo) -> int:
        around = Surroundings.of(info)
        most = around.most_zones
        if around.is_production and zones < most:
            raise refusal(f"{most}, all availability zones of the region, {BECAUSE_PRODUCTION}")
        if zones > most:
            raise refusal(f"at most {most}, which is all that the region has")
        around.zones = zones
        return zones
