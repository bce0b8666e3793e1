"""An environment file, typed and checked.

Rules between keys are field validators, not model validators: pydantic runs the latter only on a table
without any fault, so one report could not hold everything. A validator finds the siblings above it in
`info.data`, and the rest of the file in its surroundings; what is itself faulty is missing there, and the
rules that need it wait.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, Strict, ValidationInfo, field_validator

from environments.field_types import (
    Cloud,
    KubernetesVersion,
    LabelKey,
    LabelValue,
    PoolName,
    PostgresVersion,
    PrivateRange,
    Region,
    ServiceName,
    Size,
    StorageGb,
    Tag,
    Topology,
    only_such_names,
    refusal,
)
from environments.wording import listed
from flowwise.project import PROJECT
from flowwise.regions import REGIONS
from flowwise.sizes import DATABASE_SIZES

PRODUCTION_MIN_NODES = max(region.zones for clouds in REGIONS.values() for region in clouds.values())
"""A node per availability zone, wherever the environment goes."""
PRODUCTION_BACKUP_DAYS = 30
_BECAUSE_PRODUCTION = 'because tier is "prod"'
_MIN_NODES = f"Nodes that always run. Production wants at least {PRODUCTION_MIN_NODES}, one per zone."


@dataclass
class Surroundings:
    """What a table needs to know of its file: filled in as the environment's fields pass, in their order."""

    name: str
    cloud: str | None = None
    tier: str | None = None
    network: "Network | None" = None

    @classmethod
    def of(cls, info: ValidationInfo) -> Self:
        """The surroundings that a validator runs in."""
        if not isinstance(info.context, cls):
            raise TypeError("tables are checked as part of a file: use Environment.from_document")
        return info.context

    @property
    def is_production(self) -> bool:
        """Whether production's rules hold."""
        return self.tier == "prod"

    def can_have_standby(self, size: str) -> bool:
        """Whether a database server of this size can; true while the cloud is unknown."""
        return self.cloud is None or DATABASE_SIZES[size][self.cloud].high_availability

    def sizes_with_standby(self) -> str:
        """The sizes to choose from instead."""
        return listed(size for size in DATABASE_SIZES if self.can_have_standby(size))


class Table(BaseModel):
    """A table of the file: no unknown key, no value turned into another type, nothing changed afterwards."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", validate_default=True)


class Network(Table):
    """The environment's own network."""

    cidr: PrivateRange = Field(description="Addresses of the network, in which nodes and databases live.")


class Pool(Table):
    """Nodes of one kind, as many as the autoscaler needs."""

    size: Size = Field(description="Size of a node's virtual machine.")
    min_nodes: int = Field(ge=0, le=100, description=_MIN_NODES)
    max_nodes: int = Field(ge=1, le=100, description="Nodes that the autoscaler may go up to.")

    @field_validator("min_nodes", "max_nodes")
    @classmethod
    def _one_per_zone(cls, nodes: int, info: ValidationInfo) -> int:
        if Surroundings.of(info).is_production and nodes < PRODUCTION_MIN_NODES:
            raise refusal(f"at least {PRODUCTION_MIN_NODES}, a node per availability zone, {_BECAUSE_PRODUCTION}")
        return nodes

    @field_validator("max_nodes")
    @classmethod
    def _not_below_min(cls, max_nodes: int, info: ValidationInfo) -> int:
        min_nodes = info.data.get("min_nodes", 0)
        if max_nodes < min_nodes:
            raise refusal(f"at least min_nodes, which is {min_nodes}")
        return max_nodes


class SystemPool(Pool):
    """Nodes that run Kubernetes' own components."""

    min_nodes: int = Field(ge=1, le=100, description=_MIN_NODES)


class Taint(Table):
    """Keeps pods that do not tolerate it off the nodes."""

    key: LabelKey = Field(description="Name of the taint.")
    value: LabelValue = Field(description="Value of the taint.")
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = Field(description="What happens to the pods.")


class NodePool(Pool):
    """Nodes that run microservices."""

    spot: bool = Field(default=False, description="Cheaper machines that the cloud may take back at any moment.")
    labels: Mapping[LabelKey, LabelValue] = Field(
        default_factory=dict,
        description="Kubernetes labels of the nodes.",
        json_schema_extra=only_such_names('a table of words, such as { team = "ledger" }'),
    )
    taints: Annotated[tuple[Taint, ...], Strict(False)] = Field(
        default=(), description="Kubernetes taints of the nodes."
    )


class Cluster(Table):
    """The Kubernetes cluster."""

    kubernetes_version: KubernetesVersion = Field(description="Minor version of Kubernetes.")
    pod_cidr: PrivateRange = Field(default=IPv4Network("10.244.0.0/16"), description="Addresses of pods.")
    service_cidr: PrivateRange = Field(
        default=IPv4Network("10.245.0.0/16"), description="Addresses of Kubernetes services."
    )
    system_pool: SystemPool
    node_pools: Mapping[PoolName, NodePool] = Field(
        min_length=1,
        description="Pools of nodes for microservices, by name.",
        json_schema_extra=only_such_names("at least one table such as [cluster.node_pools.general]"),
    )

    @field_validator("pod_cidr", "service_cidr")
    @classmethod
    def _overlaps_no_other(cls, cidr: IPv4Network, info: ValidationInfo) -> IPv4Network:
        network = Surroundings.of(info).network
        others = {"network.cidr": network and network.cidr, "cluster.pod_cidr": info.data.get("pod_cidr")}
        clashes = [f"{key}, which is {other}" for key, other in others.items() if other and cidr.overlaps(other)]
        if clashes:
            raise refusal(f"a range that does not overlap {', nor '.join(clashes)}")
        return cidr


class Postgres(Table):
    """PostgreSQL, the microservices' database."""

    topology: Topology = Field(
        description='"shared": one server, with a database for each microservice; "dedicated": each its own.'
    )
    version: PostgresVersion = Field(description="Major version of PostgreSQL.")
    size: Size = Field(description="Size of a server. Not every cloud's smallest can have a standby.")
    storage_gb: StorageGb = Field(description="Disk of a server, in GB. It can grow later, never shrink.")
    backup_days: int = Field(
        ge=7,
        le=35,
        description=f"Days that can be restored. Production wants at least {PRODUCTION_BACKUP_DAYS}.",
    )
    high_availability: bool = Field(description="A standby server in another zone. Production wants it.")

    @field_validator("size")
    @classmethod
    def _production_needs_a_standby(cls, size: str, info: ValidationInfo) -> str:
        around = Surroundings.of(info)
        if around.is_production and not around.can_have_standby(size):
            raise refusal(f"{around.sizes_with_standby()}, which can have a standby, {_BECAUSE_PRODUCTION}")
        return size

    @field_validator("backup_days")
    @classmethod
    def _production_keeps_backups(cls, backup_days: int, info: ValidationInfo) -> int:
        if Surroundings.of(info).is_production and backup_days < PRODUCTION_BACKUP_DAYS:
            raise refusal(f"a whole number from {PRODUCTION_BACKUP_DAYS} to 35, {_BECAUSE_PRODUCTION}")
        return backup_days

    @field_validator("high_availability")
    @classmethod
    def _standby_where_possible(cls, high_availability: bool, info: ValidationInfo) -> bool:
        around = Surroundings.of(info)
        if around.is_production and not high_availability:
            raise refusal(f"true, {_BECAUSE_PRODUCTION}")
        size = info.data.get("size")
        if high_availability and size and not around.can_have_standby(size):
            raise refusal(f'false with size "{size}", or true with size {around.sizes_with_standby()}')
        return high_availability


class Service(Table):
    """A microservice."""

    uses: Annotated[tuple[Literal["postgres"], ...], Strict(False)] = Field(
        description="What it needs; [] for nothing.", json_schema_extra={"uniqueItems": True}
    )

    @field_validator("uses")
    @classmethod
    def _each_once(cls, uses: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(uses)) < len(uses):
            raise refusal(f"{listed(dict.fromkeys(uses), 'and')} only once")
        return uses


class Environment(Table):
    """An environment of Flow Wise: everything that its Terraform root needs to know."""

    cloud: Cloud = Field(description="Where it runs.")
    region: Region = Field(description="The part of the world; each cloud's own code for it is ours to know.")
    tier: Literal["dev", "prod"] = Field(description='"prod" switches the rules for production on.')
    owner: Tag = Field(description="The team that answers for it, a tag on every resource.")
    cost_center: Tag = Field(description="Who pays, a tag on every resource.")
    network: Network
    cluster: Cluster
    postgres: Postgres
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

    @field_validator("cloud", "tier", "network")
    @classmethod
    def _tell_the_tables_below(cls, value: Any, info: ValidationInfo) -> Any:
        setattr(Surroundings.of(info), str(info.field_name), value)
        return value

    def model_post_init(self, context: Surroundings) -> None:
        """Take the name from the file's, which is no key of the file."""
        self._name = context.name
