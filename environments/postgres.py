"""The table [postgres]."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from environments.field_types import (
    DatabaseSize,
    PostgresVersion,
    ServiceName,
    StorageGb,
    Topology,
    only_such_names,
    refusal,
)
from environments.table import (
    BECAUSE_IN_CLUSTER,
    BECAUSE_PRODUCTION,
    Surroundings,
    Table,
    nothing_in_a_cluster,
    of_a_cloud,
    of_this_cloud,
)
from environments.wording import listed, nearest, shown
from flowwise.tables.machines import DATABASE_SHAPES, cloud_sql_takes
from flowwise.tables.sizes import DATABASE_SIZES, database_server

PRODUCTION_BACKUP_DAYS = 30


@dataclass(frozen=True)
class DatabaseServer:
    """A server: its size and disk, and the keys of the file that say so."""

    size: str
    storage_gb: int
    size_key: str = "postgres.size"
    storage_key: str = "postgres.storage_gb"


def _has_a_database(name: str, info: ValidationInfo) -> str:
    """The name, if it is that of a microservice with a database, or the one that such a microservice was made by."""
    users = Surroundings.of(info).users_of("postgres")
    if users is not None and name not in {*users, *users.values()}:
        allowed = f"a microservice that uses postgres: {listed(users)}" if users else "nothing: no microservice uses it"
        raise refusal(allowed, suggestion=nearest(name, list(users)))
    return name


class OwnServer(Table):
    """What the server of one microservice has otherwise than those of the others, each of which has its own."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    size: DatabaseSize | None = Field(default=None, description="Size of this server. Without it, `postgres.size`.")
    storage_gb: StorageGb | None = Field(
        default=None, description="Disk of this server, in GB. Without it, `postgres.storage_gb`."
    )

    @model_validator(mode="before")
    @classmethod
    def _says_something(cls, table: Any) -> Any:
        if table == {}:
            raise refusal('a table with "size", "storage_gb" or both')
        return table

    @field_validator("size")
    @classmethod
    def _sold_here(cls, size: str | None, info: ValidationInfo) -> str | None:
        return size and _sold_here(size, info)

    @field_validator("size")
    @classmethod
    def _can_have_a_standby(cls, size: str | None, info: ValidationInfo) -> str | None:
        around = Surroundings.of(info)
        if size and (around.is_production or around.standby) and not _can_have_standby(around, size):
            because = BECAUSE_PRODUCTION if around.is_production else "because postgres.high_availability is true"
            raise refusal(f"{_sizes_with_standby(around)}, which can have a standby, {because}")
        return size


class Postgres(Table):
    """PostgreSQL, the microservices' database."""

    # For editors: the same as _only_with_a_server_each says below.
    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"topology": {"const": "shared"}}, "required": ["topology"]},
            "then": {"properties": {"servers": False}},
        }
    )

    topology: Topology = Field(
        description='"shared": one server, with a database for each microservice; "dedicated": each its own. In a '
        "cluster that is there already, shared."
    )
    version: PostgresVersion = Field(description="Major version of PostgreSQL.")
    size: DatabaseSize = Field(description="Size of a server. Not every cloud's smallest can have a standby.")
    storage_gb: StorageGb = Field(
        description="Disk of a server, in GB. It grows by itself, and never shrinks. Raise it to have more at once: on "
        "Azure and Google Cloud, the plan then says by which command."
    )
    backup_days: Annotated[int, Field(ge=7, le=35)] | None = Field(
        default=None,
        description=f"Days that can be restored. Production wants at least {PRODUCTION_BACKUP_DAYS}. In a cloud only, "
        "and always there.",
    )
    high_availability: bool = Field(description="A standby server in another zone. Production wants it.")
    same_zone: bool = Field(
        default=False,
        description="Have the standby in the server's own zone, where a region has no room in another, as `make "
        "preflight` says: it takes over from a server that is lost, and not from a zone. Only on Azure.",
    )
    servers: Mapping[Annotated[ServiceName, AfterValidator(_has_a_database)], OwnServer] = Field(
        default_factory=dict,
        description='Servers with a size or a disk of their own, by the microservice: only with topology "dedicated".',
        json_schema_extra=only_such_names("a table such as [postgres.servers.consolidacao]"),
    )

    @field_validator("topology")
    @classmethod
    def _one_server_in_a_cluster(cls, topology: str, info: ValidationInfo) -> str:
        if Surroundings.of(info).is_in_cluster and topology != "shared":
            raise refusal(f'"shared", {BECAUSE_IN_CLUSTER}')
        return topology

    @field_validator("size")
    @classmethod
    def _sold_here(cls, size: str, info: ValidationInfo) -> str:
        return _sold_here(size, info)

    @field_validator("size")
    @classmethod
    def _production_needs_a_standby(cls, size: str, info: ValidationInfo) -> str:
        around = Surroundings.of(info)
        if around.is_production and not _can_have_standby(around, size):
            raise refusal(f"{_sizes_with_standby(around)}, which can have a standby, {BECAUSE_PRODUCTION}")
        return size

    @field_validator("backup_days", mode="before")
    @classmethod
    def _backups_are_a_cloud_s(cls, backup_days: Any, info: ValidationInfo) -> Any:
        return of_a_cloud(backup_days, info)

    @field_validator("backup_days")
    @classmethod
    def _production_keeps_backups(cls, backup_days: int | None, info: ValidationInfo) -> int | None:
        if Surroundings.of(info).is_production and backup_days is not None and backup_days < PRODUCTION_BACKUP_DAYS:
            raise refusal(f"a whole number from {PRODUCTION_BACKUP_DAYS} to 35, {BECAUSE_PRODUCTION}")
        return backup_days

    @field_validator("same_zone")
    @classmethod
    def _standby_beside_its_server(cls, same_zone: bool, info: ValidationInfo) -> bool:
        cloud = Surroundings.of(info).cloud
        if same_zone and cloud not in (None, "azure"):
            raise refusal(f'false: cloud "{cloud}" keeps a standby in another zone, or none')
        if same_zone and info.data.get("high_availability") is False:
            raise refusal("false with high_availability = false, which has no standby")
        return same_zone

    @field_validator("high_availability")
    @classmethod
    def _tell_the_servers(cls, high_availability: bool, info: ValidationInfo) -> bool:
        Surroundings.of(info).standby = high_availability
        return high_availability

    @field_validator("high_availability")
    @classmethod
    def _standby_where_possible(cls, high_availability: bool, info: ValidationInfo) -> bool:
        around = Surroundings.of(info)
        if around.is_production and not high_availability:
            raise refusal(f"true, {BECAUSE_PRODUCTION}")
        size = info.data.get("size")
        if high_availability and size and not _can_have_standby(around, size):
            raise refusal(f'false with size "{size}", or true with size {_sizes_with_standby(around)}')
        return high_availability

    @field_validator("servers", mode="before")
    @classmethod
    def _only_with_a_server_each(cls, servers: Any, info: ValidationInfo) -> Any:
        if servers:
            nothing_in_a_cluster(servers, info)
            if info.data.get("topology") == "shared":
                raise refusal('nothing with topology = "shared", where all databases are on one server')
        return servers

    @field_validator("servers")
    @classmethod
    def _one_table_each(cls, servers: Mapping[str, OwnServer], info: ValidationInfo) -> Mapping[str, OwnServer]:
        for name, was in (Surroundings.of(info).users_of("postgres") or {}).items():
            if name != was and {name, was} <= servers.keys():
                raise refusal(f"one table for {shown(name)}, which was {shown(was)}: both are the same server")
        return servers


def _sold_here(size: str, info: ValidationInfo) -> str:
    of_this_cloud(size, DATABASE_SHAPES, info)
    if not cloud_sql_takes(size):
        raise refusal("db-custom-<processors>-<MB>: 922 to 6656 MB a processor, 3840 at least, a multiple of 256")
    return size


def _can_have_standby(around: Surroundings, size: str) -> bool:
    """Whether a database server of this size can: in a cluster all do. True while the cloud is unknown."""
    return around.cloud is None or around.is_in_cluster or database_server(size, around.cloud).high_availability


def _sizes_with_standby(around: Surroundings) -> str:
    """The sizes to choose from instead."""
    return listed(size for size in DATABASE_SIZES if _can_have_standby(around, size))
