"""Any environment file that is valid, for hypothesis to think of: parsed, and as text."""

import json
from typing import Any

from hypothesis import strategies as st

from environments.field_types import MAX_ENVIRONMENT_NAME_LENGTH
from flowwise.postgres_db import ENGINE_VERSIONS, TOPOLOGIES
from flowwise.redis import EVICTION_POLICIES
from flowwise.tables.kubernetes_versions import KUBERNETES_VERSIONS
from flowwise.tables.project import CLOUDS, IN_CLUSTER
from flowwise.tables.regions import REGIONS
from flowwise.tables.sizes import DATABASE_STORAGE_GB, LEAST_BROKER_STORAGE_GB, NODE_SIZES
from flowwise.tables.taken_names import SERVICE_NAMES

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,2}", fullmatch=True).filter(
    lambda name: not any(taken.has(name) for taken in SERVICE_NAMES)
)
EMAILS = st.text("azAZ09_+-", min_size=1, max_size=9).map(lambda name: f"{name}@flowwise.example")
TAGS = st.text("abcxyz0189_-", min_size=1, max_size=63)


def pools(least: int) -> st.SearchStrategy[dict[str, Any]]:
    bounds = st.lists(st.integers(max(least, 1), 60), min_size=2, max_size=2).map(sorted)
    return st.builds(
        lambda size, nodes: {"size": size, "min_nodes": nodes[0], "max_nodes": nodes[1]},
        st.sampled_from(list(NODE_SIZES)),
        bounds,
    )


PATHS = st.lists(st.from_regex(r"[a-z]{1,3}(/\.?[A-Z0-9][A-Z0-9._~-]{0,3})?", fullmatch=True), max_size=2, unique=True)


@st.composite
def services(draw: st.DrawFn, is_production: bool) -> dict[str, Any]:
    """Microservices with paths of their own, and queues that have both ends."""
    names = draw(st.lists(NAMES.filter(lambda name: name != "dead"), min_size=1, max_size=3, unique=True))
    queues = draw(st.dictionaries(NAMES, st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=2))
    least = 2 if is_production else 1
    tables = {}
    for number, name in enumerate(names):
        publishes = [queue for queue, (publisher, _) in queues.items() if publisher == name]
        consumes = [queue for queue, (_, consumer) in queues.items() if consumer == name]
        uses = draw(st.lists(st.sampled_from(["postgres", "redis", "storage"]), unique=True))
        thousandths = draw(st.integers(1, 2000))
        mebibytes = draw(st.integers(1, 2048))
        first_copies, most_copies = sorted(draw(st.tuples(*[st.integers(least, 100)] * 2)))
        tables[name] = {
            "uses": [*uses, "rabbitmq"] if publishes or consumes else uses,
            "port": draw(st.integers(1024, 65535)),
            "paths": [f"/{name}/{path}" for path in draw(PATHS)],
            "calls": [other for other in names if other != name and draw(st.booleans())],
            "egress": {"parceiro": {"to": draw(st.sampled_from([["internet"], ["192.0.2.1/32"]])), "ports": [443]}},
            "public": draw(st.booleans()),
            "min_replicas": first_copies,
            "max_replicas": most_copies,
            "cpu": f"{thousandths}m",
            "memory": f"{mebibytes}Mi",
            "publishes": publishes,
            "consumes": consumes,
            "cpu_percent": draw(st.integers(10, 100)),
            "memory_percent": draw(st.integers(10, 100)),
            "stop_seconds": draw(st.integers(5, 600)),
            "configuration": {"LOG_LEVEL": draw(st.text("abc ${%}\u00e7", max_size=9))},
        }
        if draw(st.booleans()):
            tables[name] |= {"secrets": ["PARTNER_KEY"], "secret_versions": {"PARTNER_KEY": draw(st.integers(1, 1000))}}
        if draw(st.booleans()):
            tables[name]["was"] = f"a-former-name-{number}"
        if draw(st.booleans()):
            tables[name] |= {"cpu_limit": f"{thousandths / 1000 + 1:.3f}", "memory_limit": f"{mebibytes}Gi"}
        if consumes and draw(st.booleans()):
            tables[name][draw(st.sampled_from(["own_queues", "shared_queues"]))] = consumes
            tables[name] |= {"scale_on_queue": consumes[0], "messages_per_replica": draw(st.integers(1, 10_000))}
    if draw(st.booleans()):
        tables["a-job"] = {
            "kind": "job",
            "schedule": "*/15 8-18 1,15 * 1-5",
            "time_zone": "America/Sao_Paulo",
            "uses": [],
        }
        tables["a-worker"] = {"kind": "worker", "uses": [], "calls": names[:1]}
    return tables


@st.composite
def gateways(draw: st.DrawFn, is_production: bool) -> dict[str, Any]:
    public = draw(st.booleans())
    gateway = {
        "host": draw(st.sampled_from(["api.flowwise.example", "api.flowwise.localhost", "a-1.2.b"])),
        "public": public,
        "cors_origins": draw(
            st.lists(st.sampled_from(["https://a.b", "http://localhost", "https://a.b:1"]), unique=True)
        ),
        "client_limit": f"{draw(st.integers(1, 10**9 - 1))}/{draw(st.sampled_from(['second', 'minute', 'hour']))}",
        "max_request_kb": draw(st.integers(1, 102_400)),
        "min_replicas": draw(st.integers(2 if is_production else 1, 6)),
    }
    if public and (is_production or draw(st.booleans())):
        gateway["certificate_email"] = "ops@flowwise.example"
    if is_production or draw(st.booleans()):
        gateway["token_issuer"] = {
            "issuer": draw(st.sampled_from(["https://a.b", "https://a.b:8443/realms/x/", "https://a.b/x%20y?z=1"])),
            "jwks_uri": "https://login.flowwise.example/.well-known/jwks.json",
            "audiences": draw(st.sampled_from([["flowwise"], ["api://flowwise", "https://flowwise.example/"]])),
        }
    return gateway


OBSERVABILITY = st.sampled_from(
    [
        {"backend": "none"},
        {"backend": "datadog", "endpoint": "datadoghq.eu"},
        {"backend": "datadog", "endpoint": "datadoghq.eu", "application_key_version": 1},
        {"backend": "elastic", "endpoint": "https://x.ingest.elastic.cloud:443"},
        {"backend": "dynatrace", "endpoint": "https://abc12345.live.dynatrace.com/"},
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A valid environment file, parsed."""
    tier = draw(st.sampled_from(["dev", "prod"]))
    is_production = tier == "prod"
    size = draw(st.sampled_from(["medium", "large"] if is_production else list(NODE_SIZES)))
    second_bytes = draw(st.lists(st.integers(0, 255), min_size=3, max_size=3, unique=True))
    ranges = [f"10.{byte}.0.0/{draw(st.integers(16, 20))}" for byte in second_bytes]
    ranges[1] = f"10.{second_bytes[1]}.0.0/16"  # pods, with room for as many nodes as the pools below may have
    pool_names = st.from_regex(r"[a-z][a-z0-9]{0,11}", fullmatch=True).filter(lambda name: name != "system")
    spotty = st.booleans().map(lambda spot: {"spot": spot})
    node_pools = st.builds(dict.__or__, pools(3 if is_production else 0), spotty)
    cloud = draw(st.sampled_from([*CLOUDS, IN_CLUSTER]))
    managed = cloud == "aws" and draw(st.booleans())
    addresses = st.lists(st.sampled_from(["200.160.2.3/32", "8.8.8.0/24"]), unique=True)
    microservices = draw(services(is_production))
    zones = 3 if is_production else draw(st.integers(1, 3))
    document = {
        "cloud": cloud,
        "region": draw(st.sampled_from(list(REGIONS))),
        "tier": tier,
        "owner": draw(TAGS),
        "cost_center": draw(TAGS),
        "deletion_protection": is_production or draw(st.booleans()),
        "secret_version": draw(st.integers(1, 1000)),
        "budget": {
            "monthly_usd": draw(st.integers(1, 1_000_000)),
            "emails": draw(st.lists(EMAILS, min_size=1, max_size=5, unique=True)),
        },
        "network": {"cidr": ranges[0], "zones": zones},
        "cluster": {
            "kubernetes_version": draw(st.sampled_from(KUBERNETES_VERSIONS)),
            "pod_cidr": ranges[1],
            "service_cidr": ranges[2],
            "public_access_cidrs": [] if is_production else draw(addresses),
            "system_pool": draw(pools(3 if is_production else 1)),
            "node_pools": draw(st.dictionaries(pool_names, node_pools, min_size=1, max_size=3)),
        },
        "postgres": {
            "topology": draw(st.sampled_from(TOPOLOGIES)),
            "version": draw(st.sampled_from(ENGINE_VERSIONS)),
            "size": size,
            "storage_gb": draw(st.sampled_from(DATABASE_STORAGE_GB)),
            "backup_days": draw(st.integers(30 if is_production else 7, 35)),
            "high_availability": is_production or (size != "small" and draw(st.booleans())),
        },
        "redis": {
            "size": draw(st.sampled_from(list(NODE_SIZES))),
            "high_availability": is_production or (zones > 1 and draw(st.booleans())),
            "persistence": is_production and draw(st.booleans()),
            "eviction_policy": draw(st.sampled_from(EVICTION_POLICIES)),
        },
        "rabbitmq": {
            "mode": "managed" if managed else "in-cluster",
            "size": draw(st.sampled_from(list(NODE_SIZES))),
            "high_availability": is_production or draw(st.booleans()),
            "accept_password_in_state": managed,
        },
        "storage": {"retention_days": draw(st.integers(30 if is_production else 7, 90))},
        "services": microservices,
        "observability": draw(OBSERVABILITY),
    }
    users = [name for name, service in microservices.items() if "postgres" in service["uses"]]
    if document["postgres"]["topology"] == "dedicated" and users:
        sizes = st.sampled_from(["medium", "large"]).map(lambda own: {"size": own})
        disks = st.sampled_from(DATABASE_STORAGE_GB).map(lambda own: {"storage_gb": own})
        own_servers = st.one_of(sizes, disks, st.builds(dict.__or__, sizes, disks))
        document["postgres"]["servers"] = draw(st.dictionaries(st.sampled_from(users), own_servers, max_size=2))
    if any(service.get("paths") for service in microservices.values()) or draw(st.booleans()):
        document["gateway"] = draw(gateways(is_production))
    if not managed and draw(st.booleans()):
        document["rabbitmq"]["storage_gb"] = draw(st.integers(LEAST_BROKER_STORAGE_GB, 1000))
    needs = {need for service in microservices.values() for need in service["uses"]}
    for unused in {"postgres", "redis", "rabbitmq", "storage"} - needs:
        del document[unused]
    if draw(st.booleans()):
        document["alerts"] = {"emails": draw(st.lists(EMAILS, min_size=1, max_size=3, unique=True))}
    if draw(st.booleans()):
        runner = {"organization": "flowwise", "application": "Iv23liEXAMPLE0000000"}
        document["runner"] = runner | {"machines": draw(st.integers(1, 5))}
    return in_a_cluster(document) if cloud == IN_CLUSTER else document


def in_a_cluster(document: dict[str, Any]) -> dict[str, Any]:
    """What is left of it where a cluster is there already, and no cloud."""
    of_a_cloud = ("region", "budget", "network", "cluster", "storage", "alerts", "runner")
    kept = {key: value for key, value in document.items() if key not in of_a_cloud}
    if postgres := kept.get("postgres"):
        kept["postgres"] = {key: value for key, value in postgres.items() if key not in ("backup_days", "servers")}
        kept["postgres"]["topology"] = "shared"
    watched = {key: value for key, value in document["observability"].items() if key != "application_key_version"}
    services = {
        name: table | {"uses": [need for need in table["uses"] if need != "storage"]}
        for name, table in document["services"].items()
    }
    return kept | {
        "kubernetes": {"context": "user@arn:aws:x/y"},
        "services": services,
        "observability": watched,
    }


def as_toml(document: dict[str, Any], header: str = "") -> str:
    tables = {key: value for key, value in document.items() if isinstance(value, dict)}
    # A word, number, truth value or list of words reads the same in JSON.
    lines = [f"{key} = {json.dumps(value)}" for key, value in document.items() if key not in tables]
    blocks = [as_toml(table, f"{header}.{key}".removeprefix(".")) for key, table in tables.items()]
    return "\n".join([f"[{header}]" if header else "", *lines, "", *blocks])


ENVIRONMENT_NAMES = st.from_regex(rf"[a-z][a-z0-9]{{0,{MAX_ENVIRONMENT_NAME_LENGTH - 1}}}", fullmatch=True)
