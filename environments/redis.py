"""The table [redis]."""

from pydantic import Field, ValidationInfo, field_validator

from environments.field_types import CacheSize, EvictionPolicy, refusal
from environments.table import Surroundings, Table, of_this_cloud, production_wants
from flowwise.redis import DEFAULT_EVICTION_POLICY
from flowwise.tables.machines import CACHE_SHAPES


class Redis(Table):
    """Redis, the microservices' cache."""

    size: CacheSize = Field(description="Size of a node.")
    high_availability: bool = Field(description="A replica in another zone. Production wants it.")
    persistence: bool = Field(default=False, description="Keep the data when nodes restart. A cache can do without.")
    eviction_policy: EvictionPolicy = Field(
        default=DEFAULT_EVICTION_POLICY,
        description="What gives way when memory is full: Redis' own words (maxmemory-policy).",
    )

    @field_validator("size")
    @classmethod
    def _sold_here(cls, size: str, info: ValidationInfo) -> str:
        return of_this_cloud(size, CACHE_SHAPES, info)

    @field_validator("high_availability")
    @classmethod
    def _production_wants_a_replica(cls, high_availability: bool, info: ValidationInfo) -> bool:
        return production_wants(high_availability, info)

    @field_validator("high_availability")
    @classmethod
    def _needs_two_zones(cls, high_availability: bool, info: ValidationInfo) -> bool:
        around = Surroundings.of(info)
        if high_availability and around.cloud == "aws" and around.zones == 1:
            raise refusal("false, or network.zones from 2: ElastiCache keeps a replica in another zone or not at all")
        return high_availability

    @field_validator("persistence")
    @classmethod
    def _needs_a_replica(cls, persistence: bool, info: ValidationInfo) -> bool:
        # ElastiCache keeps nothing on disk: a node that restarts is filled from its replica.
        if persistence and info.data.get("high_availability") is False:
            raise refusal("false, or high_availability = true besides: a node is filled from its replica")
        return persistence
