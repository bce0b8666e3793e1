"""An environment file, typed and checked."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, PrivateAttr, ValidationInfo, ValidatorFunctionWrapHandler, field_validator

from environments.alerts import Alerts
from environments.budget import Budget
from environments.cluster import Cluster
from environments.cluster_ranges import RANGE_THAT_IS_MADE
from environments.existing import Existing
from environments.field_types import (
    POOL_NAME_ALLOWED,
    AccountId,
    Cloud,
    EnvironmentName,
    Region,
    ServiceName,
    Tag,
    missing,
    only_such_names,
    refusal,
)
from environments.gateway import Gateway
from environments.kubernetes import Kubernetes
from environments.network import Network
from environments.observability import Observability
from environments.postgres import DatabaseServer, Postgres
from environments.rabbitmq import Rabbitmq
from environments.redis import Redis
from environments.runner import Runner
from environments.services import Service
from environments.services_together import check_together
from environments.shared import SHARED_FILE
from environments.storage import Storage
from environments.table import Surroundings, Table, nothing_in_a_cluster, of_a_cloud, production_wants
from environments.wording import dotted, shown
from flowwise.tables.accounts import ACCOUNTS
from flowwise.tables.naming import NODE_POOL_NAME_PATTERN
from flowwise.tables.project import IN_CLUSTER, PROJECT

_OF_A_CLOUD = ("region", "budget", "network", "cluster")
_PERHAPS_OF_A_CLOUD = ("account", "after", "existing", "runner", "storage", "alerts")
_CLUSTER_THAT_IS_MADE: dict[str, Any] = {
    "required": ["system_pool"],
    "properties": {
        "node_pools": {"propertyNames": {"pattern": f"^{NODE_POOL_NAME_PATTERN}$", "errorMessage": POOL_NAME_ALLOWED}},
        **dict.fromkeys(("pod_cidr", "service_cidr"), RANGE_THAT_IS_MADE),
    },
}
# For editors: the same as the validators say below.
_BY_CLOUD: dict[str, Any] = {
    "if": {"properties": {"cloud": {"const": IN_CLUSTER}}, "required": ["cloud"]},
    "then": {
        "required": ["kubernetes"],
        "properties": {
            **dict.fromkeys((*_OF_A_CLOUD, *_PERHAPS_OF_A_CLOUD), False),
            "gateway": {"properties": {"certificate_challenge": {"const": "http"}, "dns_zone": False}},
            "postgres": {"properties": {"topology": {"const": "shared"}, "backup_days": False, "servers": False}},
        },
    },
    "else": {
        "required": list(_OF_A_CLOUD),
        "properties": {"kubernetes": False, "postgres": {"required": ["backup_days"]}},
        "if": {"not": {"properties": {"existing": {"required": ["cluster"]}}, "required": ["existing"]}},
        "then": {"properties": {"cluster": _CLUSTER_THAT_IS_MADE}},
    },
}


class Environment(Table):
    """An environment of Flow Wise: everything that its Terraform root needs to know."""

    model_config = ConfigDict(json_schema_extra=_BY_CLOUD)

    cloud: Cloud = Field(
        description=f'Where it runs. "{IN_CLUSTER}": in a cluster that is there already, with everything inside it.'
    )
    region: Region | None = Field(
        default=None, description="The part of the world; each cloud's own code for it is ours to know."
    )
    account: AccountId | None = Field(
        default=None,
        description="Subscription, account or project to deploy to, by the cloud's identifier of it: all others are "
        "refused. Without it, a variable of Terraform's says which.",
    )
    kubernetes: Kubernetes | None = None
    tier: Literal["dev", "prod"] = Field(description='"prod" switches the rules for production on.')
    after: EnvironmentName | None = Field(
        default=None, description="The environment that a change is deployed to before it comes here."
    )
    owner: Tag = Field(description="The team that answers for it, a tag on every resource.")
    cost_center: Tag = Field(description="Who pays, a tag on every resource.")
    organization: Tag = Field(
        default=PROJECT,
        description="Whose the environments are: the name of the storage of Terraform's state, which is unique in the "
        "world, differs by it. A word that nobody else takes, such as the organization's name on GitHub. Changed "
        "later, Terraform looks for its state elsewhere.",
    )
    deletion_protection: bool = Field(
        description="Refuse to delete what holds data or serves users. Production wants it."
    )
    secret_version: int = Field(
        default=1, ge=1, le=1000, description="Raise it to have all passwords made anew with the next deploy."
    )
    budget: Budget | None = None
    existing: Existing | None = None
    network: Network | None = None
    cluster: Cluster | None = None
    runner: Runner | None = None
    postgres: Postgres | None = None
    redis: Redis | None = None
    rabbitmq: Rabbitmq | None = None
    storage: Storage | None = None
    services: Mapping[ServiceName, Service] = Field(
        min_length=1,
        description="Microservices, by name.",
        json_schema_extra=only_such_names("at least one table such as [services.lancamentos]"),
    )
    gateway: Gateway | None = None
    observability: Observability
    alerts: Alerts | None = None
    _name: str = PrivateAttr()

    @classmethod
    def from_document(cls, name: str, document: Mapping[str, Any]) -> Self:
        """Check a parsed file. Raises pydantic.ValidationError, which holds every fault."""
        return cls.model_validate(document, context=Surroundings(name, document.get("services")))

    @property
    def name(self) -> str:
        """The environment's name, which is its file's."""
        return self._name

    @property
    def prefix(self) -> str:
        """What the names of all its resources hold."""
        return f"{PROJECT}-{self._name}"

    @property
    def deployed_services(self) -> Mapping[str, Service]:
        """The microservices by the names that they were made by, which they call each other by as well.

        What lasts is known by these, in the clouds, in the cluster and in Terraform's state: so a microservice that is
        renamed has nothing made anew.
        """
        made_by = {name: service.was or name for name, service in self.services.items()}
        return {
            made_by[name]: service.model_copy(update={"calls": tuple(made_by[other] for other in service.calls)})
            for name, service in self.services.items()
        }

    @property
    def renamed_services(self) -> Mapping[str, str]:
        """By the name of today, the one that it was made by, where that is another."""
        return {name: service.was for name, service in self.services.items() if service.was}

    @property
    def already(self) -> Existing:
        """What is there already besides the network: nothing, where the file does not say."""
        return self.existing or Existing.model_construct()

    @property
    def makes_cluster(self) -> bool:
        """Whether the environment's own cluster is made in a cloud, with its nodes."""
        return self.in_cloud and self.already.cluster is None

    @property
    def database_servers(self) -> Mapping[str, DatabaseServer]:
        """PostgreSQL servers by the names that they were made by, each with what holds for it; none without [postgres].

        A server that all databases share is called "shared", as in Terraform's state.
        """
        postgres = self.postgres
        if postgres is None:
            return {}
        if postgres.topology == "shared":
            return {"shared": DatabaseServer(postgres.size, postgres.storage_gb)}
        users = {name: service for name, service in self.services.items() if "postgres" in service.uses}
        return {service.was or name: self._own_server(postgres, name, service) for name, service in users.items()}

    def _own_server(self, postgres: Postgres, name: str, service: Service) -> DatabaseServer:
        """The server of a microservice: its table is called as the microservice is, or as it was before."""
        was = service.was
        called = was if was and was in postgres.servers and was not in self.services else name
        server, own = DatabaseServer(postgres.size, postgres.storage_gb), postgres.servers.get(called)
        if own is None:
            return server
        table = ["postgres", "servers", called]
        if own.size is not None:
            server = replace(server, size=own.size, size_key=dotted([*table, "size"]))
        if own.storage_gb is not None:
            server = replace(server, storage_gb=own.storage_gb, storage_key=dotted([*table, "storage_gb"]))
        return server

    @property
    def in_cloud(self) -> bool:
        """Whether a cloud makes the cluster; else it is there already, with everything inside it."""
        return self.cloud != IN_CLUSTER

    @property
    def has_public_address(self) -> bool:
        """Whether the cloud reserves an address for the gateway."""
        return self.in_cloud and self.gateway is not None and self.gateway.public

    @property
    def proves_in_dns(self) -> bool:
        """Whether the public authority is given proof of the gateway's host in a DNS zone."""
        return self.gateway is not None and self.gateway.certificate_challenge == "dns"

    @property
    def runs_in_copies(self) -> bool:
        """Whether what serves the cluster runs in several copies, so that one may fail."""
        return self.tier == "prod"

    @property
    def known_region(self) -> str:
        """The region. Raises ValueError where no cloud has one."""
        if self.region is None:
            raise ValueError(f"{self.name} is in no cloud, and has no region")
        return self.region

    @property
    def kubernetes_context(self) -> str:
        """The context of kubectl. Raises ValueError where a cloud makes the cluster."""
        if self.kubernetes is None:
            raise ValueError(f"{self.name} is in a cloud, and has no context")
        return self.kubernetes.context

    @field_validator(*_OF_A_CLOUD, mode="before")
    @classmethod
    def _only_in_a_cloud(cls, value: Any, info: ValidationInfo) -> Any:
        return of_a_cloud(value, info)

    @field_validator(*_PERHAPS_OF_A_CLOUD, mode="before")
    @classmethod
    def _not_in_a_cluster(cls, value: Any, info: ValidationInfo) -> Any:
        return nothing_in_a_cluster(value, info)

    @field_validator("account")
    @classmethod
    def _as_the_cloud_has_it(cls, account: str | None, info: ValidationInfo) -> str | None:
        kind = ACCOUNTS.get(Surroundings.of(info).cloud or "")
        if account and kind and not re.fullmatch(kind.pattern, account):
            raise refusal(f"the identifier of the {kind.words}, such as {shown(kind.example)}")
        if account:
            Surroundings.of(info).account = (account, "account")
        return account

    @field_validator("kubernetes", mode="before")
    @classmethod
    def _only_in_a_cluster(cls, kubernetes: Any, info: ValidationInfo) -> Any:
        around = Surroundings.of(info)
        if around.is_in_cluster and kubernetes is None:
            raise missing()
        if around.cloud and not around.is_in_cluster and kubernetes is not None:
            raise refusal(f"nothing: the cluster is made, because cloud is {shown(around.cloud)}")
        return kubernetes

    @field_validator("cloud", "region", "tier")
    @classmethod
    def _tell_the_tables_below(cls, value: str | None, info: ValidationInfo) -> str | None:
        setattr(Surroundings.of(info), str(info.field_name), value)
        return value

    @field_validator("network")
    @classmethod
    def _tell_of_the_network(cls, network: Network | None, info: ValidationInfo) -> Network | None:
        around = Surroundings.of(info)
        around.network_cidr = network.cidr if network else None
        if network and around.has_cluster and network.existing is None:
            raise refusal("a network that is there already, [network.existing]: existing.cluster names a cluster in it")
        return network

    @field_validator("cluster")
    @classmethod
    def _tell_of_the_cluster(cls, cluster: Cluster | None, info: ValidationInfo) -> Cluster | None:
        around = Surroundings.of(info)
        around.node_pools = tuple(cluster.node_pools) if cluster else None
        around.cluster_ranges = (cluster.pod_cidr, cluster.service_cidr) if cluster else ()
        return cluster

    @field_validator("postgres", "redis", "rabbitmq", "storage")
    @classmethod
    def _is_there_for_somebody(cls, table: Table | None, info: ValidationInfo) -> Table | None:
        around, need = Surroundings.of(info), str(info.field_name)
        if table is None:
            around.absent.add(need)
        elif around.services and around.users_of(need) == {}:
            raise refusal(f"nothing, also in {SHARED_FILE}: no microservice has {shown(need)} in its uses")
        return table

    @field_validator("services", mode="wrap")
    @classmethod
    def _fit_together(
        cls, tables: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Mapping[str, Service]:
        return check_together(tables, check, Surroundings.of(info))

    @field_validator("gateway", mode="before")
    @classmethod
    def _leads_to_what_has_paths(cls, gateway: Any, info: ValidationInfo) -> Any:
        service = Surroundings.of(info).service_with_paths
        if gateway is None and service is not None:
            raise missing(f'a table with "host", because {dotted(["services", service])} has paths')
        return gateway

    @field_validator("deletion_protection")
    @classmethod
    def _production_is_protected(cls, deletion_protection: bool, info: ValidationInfo) -> bool:
        return production_wants(deletion_protection, info)

    def model_post_init(self, context: Surroundings) -> None:
        """Take the name from the file's, which is no key of the file."""
        self._name = context.name
