"""What is counted alike whatever the cloud."""

from collections.abc import Iterator
from dataclasses import dataclass

from costs.bill import Range
from environments import Environment
from environments.cluster import Pool
from environments.given import given
from environments.own_secrets import own_secrets
from environments.postgres import DatabaseServer
from environments.wording import dotted
from flowwise.alerts import alerts_of
from flowwise.encryption import OF_IMAGES, OF_NODES, PURPOSES, STORAGE

PLATFORM, WORKLOADS = "module.platform.module", "module.workloads.module"
"""Where the modules of an environment's two roots are called."""


@dataclass(frozen=True)
class PoolOfNodes:
    """A pool, with its key in the environment file, and how Terraform tells it from the others."""

    key: str
    index: str | None
    size: str
    nodes: Range
    spot: bool

    @property
    def note(self) -> str:
        """What a reader should know of its price."""
        return "spot: counted at the price on demand, which it never exceeds" if self.spot else ""


def pools(environment: Environment) -> Iterator[PoolOfNodes]:
    """The system pool, whose `index` is None, and then those for workloads."""
    cluster = given(environment.cluster)
    yield _pool("cluster.system_pool", None, given(cluster.system_pool), spot=False)
    for name, pool in cluster.node_pools.items():
        yield _pool(dotted(["cluster", "node_pools", name]), name, pool, spot=pool.spot)


@dataclass(frozen=True)
class DatabaseServers:
    """PostgreSQL servers that have the same, without standbys. `index` is Terraform's of one that is by itself."""

    each: DatabaseServer
    count: int
    index: str | None = None

    def of(self, resource: str) -> str:
        """The address of these, of a resource that there is of each server."""
        return resource if self.index is None else f'{resource}["{self.index}"]'

    @property
    def instances(self) -> int | None:
        """How many Terraform tells apart by a key; None of one by its own address."""
        return self.count if self.index is None else None


def database_servers(environment: Environment) -> Iterator[DatabaseServers]:
    """All servers as one, or each by itself where one has a size or a disk of its own; none without [postgres]."""
    servers = environment.database_servers
    if len(set(servers.values())) == 1:
        yield DatabaseServers(next(iter(servers.values())), len(servers))
        return
    for name, server in servers.items():
        yield DatabaseServers(server, 1, name)


def secrets(environment: Environment) -> int:
    """Secrets in the store: passwords of each microservice, the databases' own two, and what others hand out."""
    return (
        _users(environment, "postgres")
        + _users(environment, "rabbitmq")
        + 2 * (environment.postgres is not None)
        + (environment.observability.backend != "none")
        + (environment.observability.application_key_version is not None)
        + (environment.runner is not None)
        + len(own_secrets(environment))
    )


def key_purposes(environment: Environment) -> tuple[str, ...]:
    """What there is an encryption key for each."""
    is_left_out = {
        OF_NODES: not environment.makes_cluster and environment.runner is None,
        OF_IMAGES: environment.already.registry is not None,
    }
    made = [purpose for purpose in PURPOSES if not is_left_out.get(purpose)]
    return (*made, STORAGE) if environment.storage else tuple(made)


def storage_users(environment: Environment) -> int:
    """Microservices that have a bucket."""
    return _users(environment, "storage")


def watched(environment: Environment) -> int:
    """Alerts of the cloud itself: each row of the table, for each of what it is of."""
    redis, rabbitmq = environment.redis, environment.rabbitmq
    nodes = 2 if environment.cloud == "aws" and redis and redis.high_availability else 1  # AWS watches each by itself
    counts = {
        "cluster": 1,
        "database": len(environment.database_servers),
        "cache": nodes if redis else 0,
        "broker": int(rabbitmq is not None and rabbitmq.mode == "managed"),
    }
    return sum(counts[alert.of] for alert in alerts_of(environment.cloud))


def _pool(key: str, index: str | None, pool: Pool, *, spot: bool) -> PoolOfNodes:
    return PoolOfNodes(key, index, pool.size, Range.of(pool.min_nodes, pool.max_nodes), spot)


def _users(environment: Environment, need: str) -> int:
    return sum(need in service.uses for service in environment.services.values())
