"""The table [postgres]."""

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from environments.field_types import DatabaseSize, PostgresVersion, StorageGb, Topology, refusal
from environments.table import BECAUSE_IN_CLUSTER, BECAUSE_PRODUCTION, Surroundings, Table, of_a_cloud, of_this_cloud
from environments.wording import listed
from flowwise.tables.machines import DATABASE_SHAPES, cloud_sql_takes
from flowwise.tables.sizes import DATABASE_SIZES, database_server

PRODUCTION_BACKUP_DAYS = 30


class Postgres(Table):
    """PostgreSQL, the microservices' database."""

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

    @field_validator("topology")
    @classmethod
    def _one_server_in_a_cluster(cls, topology: str, info: ValidationInfo) -> str:
        if Surroundings.of(info).is_in_cluster and topology != "shared":
            raise refusal(f'"shared", {BECAUSE_IN_CLUSTER}')
        return topology

    @field_validator("size")
    @classmethod
    def _sold_here(cls, size: str, info: ValidationInfo) -> str:
        of_this_cloud(size, DATABASE_SHAPES, info)
        if not cloud_sql_takes(size):
            raise refusal("db-custom-<processors>-<MB>: 922 to 6656 MB a processor, 3840 at least, a multiple of 256")
        return size

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
    def _standby_where_possible(cls, high_availability: bool, info: ValidationInfo) -> bool:
        around = Surroundings.of(info)
        if around.is_production and not high_availability:
            raise refusal(f"true, {BECAUSE_PRODUCTION}")
        size = info.data.get("size")
        if high_availability and size and not _can_have_standby(around, size):
            raise refusal(f'false with size "{size}", or true with size {_sizes_with_standby(around)}')
        return high_availability


def _can_have_standby(around: Surroundings, size: str) -> bool:
    """Whether a database server of this size can: in a cluster all do. True while the cloud is unknown."""
    return around.cloud is None or around.is_in_cluster or database_server(size, around.cloud).high_availability


def _sizes_with_standby(around: Surroundings) -> str:
    """The sizes to choose from instead."""
    return listed(size for size in DATABASE_SIZES if _can_have_standby(around, size))
