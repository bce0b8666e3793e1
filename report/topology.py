"""What an environment consists of, and what talks to what: the matter of its drawing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from environments import Environment
from environments.cluster import NodePool
from environments.gateway import Gateway
from environments.postgres import Postgres
from flowwise.tables.copies import BROKER_NODES
from flowwise.tables.regions import REGIONS
from flowwise.tables.sizes import IN_CLUSTER_MEMORY, broker_node, cache_node, database_server, node_machine
from flowwise.tables.traffic import NODE_PORTS
from report.words import Said, Texts

_PRODUCTS: Mapping[str, Mapping[str, str]] = {
    "azure": {
        "cluster": "AKS",
        "postgres": "Azure Database for PostgreSQL",
        "redis": "Azure Managed Redis",
        "storage": "Azure Blob Storage",
        "registry": "Azure Container Registry",
        "secrets": "Azure Key Vault",
        "encryption_key": "Azure Key Vault",
        "log_workspace": "Azure Log Analytics",
    },
    "aws": {
        "cluster": "Amazon EKS",
        "postgres": "Amazon RDS",
        "redis": "Amazon ElastiCache",
        "storage": "Amazon S3",
        "rabbitmq": "Amazon MQ",
        "registry": "Amazon ECR",
        "secrets": "AWS Secrets Manager",
        "encryption_key": "AWS KMS",
    },
    "google": {
        "cluster": "GKE",
        "postgres": "Cloud SQL",
        "redis": "Memorystore for Valkey",
        "storage": "Cloud Storage",
        "registry": "Artifact Registry",
        "secrets": "Secret Manager",
        "encryption_key": "Cloud KMS",
    },
}
_SEPARATOR = " · "
_ALWAYS = ("registry", "secrets")

Zone = Literal["outside", "cluster", "network", "region"]


@dataclass(frozen=True)
class Node:
    """A box of the drawing: what it is, where it is, and the lines about it. `queues` are lines with arrows."""

    id: str
    kind: str
    zone: Zone
    title: Said
    details: tuple[Said, ...] = ()
    queues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """An arrow from one node to another: requests, what a service uses, or a message through a queue of RabbitMQ."""

    kind: Literal["request", "use", "publish", "consume", "telemetry"]
    source: str
    target: str
    queue: str = ""


@dataclass(frozen=True)
class Topology:
    """Nodes and links of an environment, and the titles of the frames around them; None where there is no frame."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    region: Said | None
    network: Said | None
    cluster: Said

    def node(self, id_: str) -> Node:
        """A node by its id. Raises StopIteration for an unknown one."""
        return next(node for node in self.nodes if node.id == id_)


def topology(environment: Environment, texts: Texts) -> Topology:
    """The topology of an environment."""
    nodes = (
        *_ways_in(environment, texts),
        *_services(environment, texts),
        *_stores(environment, texts),
        *_storage(environment, texts),
        *_observability(environment, texts),
        *_pools(environment, texts),
        *_of_the_region(environment, texts),
    )
    return Topology(nodes, tuple(_links(environment)), *_frames(environment, texts))


def _frames(environment: Environment, texts: Texts) -> tuple[Said | None, Said | None, Said]:
    if environment.kubernetes or not environment.cluster or not environment.network:
        return None, None, texts("frame_its_cluster", context=environment.kubernetes_context)
    code = REGIONS[environment.known_region][environment.cloud].code
    region = texts("frame_region", cloud=texts.value(environment.cloud), code=code)
    network = texts("frame_network", cidr=environment.network.cidr, zones=environment.network.zones)
    product = _PRODUCTS[environment.cloud]["cluster"]
    cluster = texts("frame_cluster", product=product, version=environment.cluster.kubernetes_version)
    if environment.network.existing:
        network = _there(network, texts)
    return region, network, cluster if environment.makes_cluster else _there(cluster, texts)


def _there(title: Said, texts: Texts) -> Said:
    words = texts("there_already")
    return Said(f"{title.en}{_SEPARATOR}{words.en}", f"{title.pt}{_SEPARATOR}{words.pt}")


def _ways_in(environment: Environment, texts: Texts) -> Iterator[Node]:
    gateway = environment.gateway
    if gateway is None:
        return
    yield Node("outside", "outside", "outside", texts(_outside(environment, gateway)))
    details = (
        Said.alike(gateway.host),
        _address(environment, gateway, texts),
        texts("tokens_checked" if gateway.token_issuer else "tokens_not_checked"),
        _replicas(gateway.min_replicas, gateway.max_replicas, texts),
    )
    yield Node("gateway", "gateway", "cluster", texts("api_gateway"), details)


def _outside(environment: Environment, gateway: Gateway) -> str:
    if not environment.in_cloud:
        return "near_the_cluster"
    return "internet" if gateway.public else "private_network"


def _address(environment: Environment, gateway: Gateway, texts: Texts) -> Said:
    """In a cluster that is there already, the gateway has no address of its own: it listens on the nodes."""
    if not environment.in_cloud:
        return texts("node_ports", ports=" / ".join(map(str, NODE_PORTS.values())))
    return texts("public_address" if gateway.public else "private_address")


def _services(environment: Environment, texts: Texts) -> Iterator[Node]:
    for name, service in environment.services.items():
        details = [
            texts("runs_at", schedule=service.schedule, zone=service.time_zone)
            if service.schedule
            else _replicas(service.min_replicas, service.max_replicas, texts),
            *([texts("without_http")] if service.kind == "worker" else []),
            texts("each_keeps", cpu=service.cpu, memory=service.memory),
            *([texts("calls", names=", ".join(service.calls))] if service.calls else []),
            *([texts("calls_outside", names=", ".join(service.egress))] if service.egress else []),
            *([texts("on_pool", name=service.pool)] if service.pool else []),
            *([texts("made_by", name=service.was)] if service.was else []),
            *map(Said.alike, service.paths),
        ]
        yield Node(_of_service(name), "service", "cluster", Said.alike(name), tuple(details))


def _stores(environment: Environment, texts: Texts) -> Iterator[Node]:
    cloud = environment.cloud
    zone: Zone = "network" if environment.in_cloud else "cluster"
    products = _PRODUCTS.get(cloud, {})
    if postgres := environment.postgres:
        users = [name for name, service in environment.services.items() if "postgres" in service.uses]
        servers = "one_server" if postgres.topology == "shared" else "dedicated_servers"
        details = [
            *_product(products, "postgres"),
            texts(servers, users=", ".join(users)),
            _sized(texts, postgres.size, database_server(postgres.size, cloud).sku if environment.in_cloud else None),
            texts("disk_each", gb=postgres.storage_gb),
            *_own_servers(environment, postgres, texts),
            texts(_standby(postgres)),
            *([texts("backups", days=postgres.backup_days)] if postgres.backup_days else []),
        ]
        title = Said.alike(f"PostgreSQL {postgres.version}")
        yield Node("postgres", "postgres", zone, title, tuple(details))
    if redis := environment.redis:
        sku = cache_node(redis.size, cloud) if environment.in_cloud else IN_CLUSTER_MEMORY["redis"][redis.size]
        replica = texts("with_replica" if redis.high_availability else "without_replica")
        details = [*_product(products, "redis"), _sized(texts, redis.size, sku), replica]
        yield Node("redis", "redis", zone, Said.alike("Redis"), tuple(details))
    if rabbitmq := environment.rabbitmq:
        managed = rabbitmq.mode == "managed"
        sizes = broker_node(rabbitmq.size, cloud) if managed else IN_CLUSTER_MEMORY["rabbitmq"][rabbitmq.size]
        details = [
            *(_product(products, "rabbitmq") if managed else [texts("in_the_cluster")]),
            _sized(texts, rabbitmq.size, sizes),
            texts("broker_nodes", n=BROKER_NODES[rabbitmq.high_availability]),
            *([] if managed else [texts("disk_each", gb=rabbitmq.storage_gb)]),
        ]
        place: Zone = "network" if managed else "cluster"
        yield Node("rabbitmq", "rabbitmq", place, Said.alike("RabbitMQ"), tuple(details), queues_of(environment))


def _storage(environment: Environment, texts: Texts) -> Iterator[Node]:
    if storage := environment.storage:
        details = (*_product(_PRODUCTS[environment.cloud], "storage"), texts("files_kept", days=storage.retention_days))
        yield Node("storage", "storage", "region", texts("storage"), details)


def _own_servers(environment: Environment, postgres: Postgres, texts: Texts) -> Iterator[Said]:
    """Each server that has another size or disk than the others, by what people call its microservice."""
    for name, service in environment.services.items():
        server = environment.database_servers.get(service.was or name)
        if server and (server.size, server.storage_gb) != (postgres.size, postgres.storage_gb):
            size = _sized(texts, server.size, database_server(server.size, environment.cloud).sku)
            yield texts("own_server", name=name, size=size, gb=server.storage_gb)


def _standby(postgres: Postgres) -> str:
    if not postgres.high_availability:
        return "without_standby"
    return "with_standby_beside" if postgres.same_zone else "with_standby"


def _observability(environment: Environment, texts: Texts) -> Iterator[Node]:
    backend, endpoint = environment.observability.backend, environment.observability.endpoint
    words = texts("collectors_keep" if backend == "none" else "collectors_send")
    yield Node("collectors", "observability", "cluster", texts("collectors"), (words,))
    if endpoint is not None:
        yield Node("vendor", "outside", "outside", texts.value(backend), (Said.alike(endpoint),))


def _pools(environment: Environment, texts: Texts) -> Iterator[Node]:
    if cluster := environment.cluster:
        for name, pool in cluster.pools.items():
            nodes = texts("nodes_range", low=pool.min_nodes, high=pool.max_nodes)
            sized = _sized(texts, pool.size, node_machine(pool.size, environment.cloud))
            spot = [texts("spot_machines")] if isinstance(pool, NodePool) and pool.spot else []
            owner = [] if environment.makes_cluster else [texts("nodes_of_owner")]
            details = (sized, nodes, *spot, *owner)
            yield Node(f"pool {name}", "pool", "cluster", texts("node_pool", name=name), details)


def _of_the_region(environment: Environment, texts: Texts) -> Iterator[Node]:
    """What is made beside the network, and of what is there already, what a file names. Keys that are made are many."""
    if not environment.in_cloud:
        return
    already = environment.already
    there = {
        "registry": already.registry,
        "secrets": None,
        "encryption_key": already.encryption_key,
        "log_workspace": already.log_workspace,
    }
    for kind, identifier in there.items():
        if identifier or kind in _ALWAYS:
            product = _product(_PRODUCTS[environment.cloud], kind)
            details = [*product, *([texts("there_already")] if identifier else [])]
            yield Node(kind, "support", "region", texts(kind), tuple(details))


def _links(environment: Environment) -> Iterator[Link]:
    if environment.gateway:
        yield Link("request", "outside", "gateway")
    for name, service in environment.services.items():
        here = _of_service(name)
        if service.paths:
            yield Link("request", "gateway", here)
        yield from (Link("publish", here, "rabbitmq", queue) for queue in service.publishes)
        yield from (Link("consume", "rabbitmq", here, queue) for queue in service.consumes)
        has_queue = service.publishes or service.consumes
        yield from (Link("use", here, need) for need in service.uses if need != "rabbitmq" or not has_queue)
    if environment.observability.endpoint is not None:
        yield Link("telemetry", "collectors", "vendor")


def queues_of(environment: Environment) -> tuple[str, ...]:
    """Every queue of an environment, in the order of its services."""
    services = environment.services.values()
    return tuple(dict.fromkeys(queue for one in services for queue in (*one.publishes, *one.consumes)))


def in_words(drawn: Topology, texts: Texts) -> Sequence[Said]:
    """Every link as a sentence, for those who do not see the drawing."""
    return [
        texts(
            f"link_{link.kind}",
            source=drawn.node(link.source).title,
            target=drawn.node(link.target).title,
            queue=link.queue,
        )
        for link in drawn.links
    ]


def _of_service(name: str) -> str:
    return f"service {name}"


def _replicas(low: int, high: int, texts: Texts) -> Said:
    return texts("replicas_range", low=low, high=high) if low < high else texts("replicas_fixed", n=low)


def _product(products: Mapping[str, str], kind: str) -> list[Said]:
    return [Said.alike(products[kind])] if kind in products else []


def _sized(texts: Texts, size: str, sku: str | None) -> Said:
    if size == sku:  # named itself
        return Said.alike(size)
    word = texts.value(size)
    return Said(f"{word.en}{_SEPARATOR}{sku}", f"{word.pt}{_SEPARATOR}{sku}") if sku else word
