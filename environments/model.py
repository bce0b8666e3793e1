"""An environment file, typed and checked."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator

from environments.budget import Budget
from environments.cluster import Cluster
from environments.field_types import Cloud, Region, ServiceName, Tag, only_such_names
from environments.network import Network
from environments.postgres import Postgres
from environments.rabbitmq import Rabbitmq
from environments.redis import Redis
from environments.services import Service
from environments.table import Surroundings, Table, production_wants
from flowwise.project import PROJECT


class Environment(Table):
    """An environment of Flow Wise: everything that its Terraform root needs to know."""

    cloud: Cloud = Field(description="Where it runs.")
    region: Region = Field(description="The part of the world; each cloud's own code for it is ours to know.")
    tier: Literal["dev", "prod"] = Field(description='"prod" switches the rules for production on.')
    owner: Tag = Field(description="The team that answers for it, a tag on every resource.")
    cost_center: Tag = Field(description="Who pays, a tag on every resource.")
    deletion_protection: bool = Field(
        description="Refuse to delete what holds data or serves users. Production wants it."
    )
    secret_version: int = Field(
        default=1, ge=1, le=1000, description="Raise it to have all passwords made anew with the next deploy."
    )
    budget: Budget
    network: Network
    cluster: Cluster
    postgres: Postgres | None = None
    redis: Redis | None = None
    rabbitmq: Rabbitmq | None = None
    services: Mapping[ServiceName, Service] = Field(
        min_length=1,
        description="Microservices, by name.",
        json_schema_extra=only_such_names("at least one table such as [services.lancamentos]"),
    )
    _name: str = PrivateAttr()

    @classmethod
    def from_document(cls, name: str, document: Mapping[str, Any]) -> Self:
        """Check a parsed file. Raises pydantic.ValidationError, which holds every fault."""
        return cls.model_validate(document, context=Surroundings(name))

    @property
    def name(self) -> str:
        """The environment's name, which is its file's."""
        return self._name

    @property
    def prefix(self) -> str:
        """What the names of all its resources hold."""
        return f"{PROJECT}-{self._name}"

    @field_validator("cloud", "region", "tier")
    @classmethod
    def _tell_the_tables_below(cls, value: str, info: ValidationInfo) -> str:
        setattr(Surroundings.of(info), str(info.field_name), value)
        return value

    @field_validator("network")
    @classmethod
    def _tell_of_the_network(cls, network: Network, info: ValidationInfo) -> Network:
        Surroundings.of(info).network_cidr = network.cidr
        return network

    @field_validator("postgres", "redis", "rabbitmq")
    @classmethod
    def _tell_what_is_absent(cls, table: Table | None, info: ValidationInfo) -> Table | None:
        if table is None:
            Surroundings.of(info).absent.add(str(info.field_name))
        return table

    @field_validator("deletion_protection")
    @classmethod
    def _production_is_protected(cls, deletion_protection: bool, info: ValidationInfo) -> bool:
        return production_wants(deletion_protection, info)

    def model_post_init(self, context: Surroundings) -> None:
        """Take the name from the file's, which is no key of the file."""
        self._name = context.name
