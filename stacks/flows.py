"""Who talks to whom in an environment's cluster, and why: all that has to pass, and so all that may.

Derived from the environment file alone. The tests hold the network policies against it, rule by rule and in both
directions: a flow that no policy lets through fails, and so does a rule that lets through what no flow needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from environments import Environment
from environments.field_types import INTERNET
from flowwise.tables.copies import CLUSTER_AUTOSCALER_CLOUD, METRICS_SERVER_CLOUDS
from flowwise.tables.traffic import (
    API_PORTS,
    BROKER_MANAGEMENT_PORT,
    BROKER_METRICS_PORT,
    BROKER_PORT,
    CACHE_PORT,
    CACHE_PORTS,
    CERTIFICATES_METRICS_PORT,
    DATABASE_METRICS_PORT,
    DATABASE_PORT,
    EKS_POD_IDENTITY,
    EVERYWHERE,
    GATEWAY_METRICS_PORT,
    GKE_METADATA_SERVICE,
    METADATA_SERVICE,
    NODE_LOCAL_DNS,
    NOT_THE_INTERNET,
    OTLP_GRPC_PORT,
    OTLP_HTTP_PORT,
)
from flowwise.tables.workloads import (
    CERT_MANAGER,
    CLOUD_NATIVE_PG,
    DATABASE_BOOTSTRAP,
    EXTERNAL_SECRETS,
    GATEWAY,
    KEDA,
    MESSAGE_BROKER,
    OBSERVABILITY,
    POSTGRES,
    RABBITMQ_OPERATOR,
    REDIS,
)

_NODES = f"{OBSERVABILITY}-nodes"
_SYSTEM = "kube-system"


@dataclass(frozen=True)
class Pods:
    """Pods of one kind."""

    name: str
    namespace: str


@dataclass(frozen=True)
class Outside:
    """What is no pod of ours: it is known by `ranges` of addresses, less those of `without`, or by nothing."""

    name: str
    ranges: tuple[str, ...] = (EVERYWHERE,)
    without: tuple[str, ...] = ()


End = Pods | Outside


@dataclass(frozen=True)
class Flow:
    """Connections from one end to the other, to these TCP ports of it, or UDP ports."""

    source: End
    target: End
    ports: tuple[int, ...]
    reason: str
    udp_ports: tuple[int, ...] = ()


API = Outside("Kubernetes API")
CONTROL_PLANE = Outside("Kubernetes control plane")
KUBELETS = Outside("kubelets")
CLIENTS = Outside("clients, by the load balancer")
CLOUD = Outside("the cloud's services")
CLOUD_STORAGE = Outside("the cloud's storage", without=(METADATA_SERVICE,))
CLOUD_TOKENS = Outside("the cloud's tokens", without=(METADATA_SERVICE,))
LETS_ENCRYPT = Outside("Let's Encrypt, and our own host name")
RESOLVER = Outside("public resolver of names, by HTTPS")
TOKEN_ISSUER = Outside("issuer of tokens")
VENDOR = Outside("vendor of observability", without=(METADATA_SERVICE,))

DNS = Pods("DNS", _SYSTEM)
_DNS_CACHE = Outside("DNS on the node", (NODE_LOCAL_DNS,))

PROXIES = Pods("envoy", GATEWAY)
GATEWAY_CONTROLLER = Pods("envoy-gateway", GATEWAY)
GATEWAY_CERTIFICATES = Pods("envoy-gateway-certgen", GATEWAY)
RATE_LIMITS = Pods("envoy-ratelimit", GATEWAY)
RATE_LIMIT_CACHE = Pods("rate-limit-cache", GATEWAY)
PROOF = Pods("cm-acme-http-solver", GATEWAY)
CERTIFICATES = Pods("cert-manager", CERT_MANAGER)
CERTIFICATES_WEBHOOK = Pods("cert-manager-webhook", CERT_MANAGER)
CERTIFICATES_INJECTOR = Pods("cert-manager-cainjector", CERT_MANAGER)
CERTIFICATES_CHECK = Pods("cert-manager-startupapicheck", CERT_MANAGER)
SECRETS = Pods("external-secrets", EXTERNAL_SECRETS)
SECRETS_WEBHOOK = Pods("external-secrets-webhook", EXTERNAL_SECRETS)
SECRETS_CERTIFICATES = Pods("external-secrets-cert-controller", EXTERNAL_SECRETS)
SCALER = Pods("keda-operator", KEDA)
SCALER_METRICS = Pods("keda-operator-metrics-apiserver", KEDA)
SCALER_WEBHOOKS = Pods("keda-admission-webhooks", KEDA)
METRICS_SERVER = Pods("metrics-server", _SYSTEM)
CLUSTER_AUTOSCALER = Pods("cluster-autoscaler", _SYSTEM)
DATABASE_OPERATOR = Pods("cloudnative-pg", CLOUD_NATIVE_PG)
DATABASE = Pods("postgres", POSTGRES)
BROKER_OPERATOR = Pods("rabbitmq-cluster-operator", RABBITMQ_OPERATOR)
BROKER = Pods("rabbitmq", MESSAGE_BROKER)
BROKER_JOB = Pods("broker-bootstrap", MESSAGE_BROKER)
CACHE = Pods("redis", REDIS)
CACHE_EXPORTER = Pods("redis-exporter", OBSERVABILITY)
DATABASE_EXPORTERS = Pods("postgres-exporter", OBSERVABILITY)
COLLECTOR = Pods("otel-cluster", OBSERVABILITY)
COLLECTOR_GATEWAY = Pods("otel-gateway", OBSERVABILITY)
COLLECTOR_NODES = Pods("otel-nodes", _NODES)
MONITORS = Pods("datadog-operator", OBSERVABILITY)

_WEB = (443,)
_METADATA_SERVICE = Outside("metadata service", (METADATA_SERVICE,))
_GKE_METADATA_SERVICE = Outside("metadata service of GKE", (GKE_METADATA_SERVICE,))


def flows_of(environment: Environment) -> tuple[Flow, ...]:
    """Every flow of an environment, in the order in which a reader wants them."""
    parts = (
        _microservices,
        _gateway,
        _certificates,
        _database,
        _broker,
        _cache,
        _storage,
        _secrets,
        _scaling,
        _observability,
    )
    flows = [flow for part in parts for flow in part(environment)]
    pods = dict.fromkeys(end for flow in flows for end in (flow.source, flow.target) if isinstance(end, Pods))
    return (*flows, *(_to(server, end) for end in pods for server in (DNS, _DNS_CACHE) if end != DNS))


def _to(server: End, pods: Pods) -> Flow:
    return Flow(pods, server, (53,), "names", udp_ports=(53,))


def _managed(environment: Environment, what: str) -> Outside:
    network = environment.network
    return Outside(what, (str(network.cidr),) if network else ())


def _users(environment: Environment, need: str) -> list[Pods]:
    return [Pods(name, name) for name, service in environment.deployed_services.items() if need in service.uses]


def _microservices(environment: Environment) -> Iterator[Flow]:
    services = environment.deployed_services
    for name, service in services.items():
        pods = Pods(name, name)
        if service.paths:
            yield Flow(PROXIES, pods, (service.port,), "requests")
        for other in service.calls:
            yield Flow(pods, Pods(other, other), (services[other].port,), "calls")
        for reason, outside in service.egress.items():
            if INTERNET in outside.to:
                target = Outside(f"the Internet: {reason}", without=NOT_THE_INTERNET)
            else:
                target = Outside(f"{reason}: {', '.join(outside.to)}", outside.to)
            yield Flow(pods, target, outside.ports, "egress")
        yield Flow(pods, COLLECTOR_NODES, (OTLP_GRPC_PORT, OTLP_HTTP_PORT), "logs, metrics and traces")


def _tokens(environment: Environment, pods: Pods) -> Iterator[Flow]:
    """Where pods of an identity get its tokens."""
    if environment.cloud == "google":
        yield Flow(pods, _METADATA_SERVICE, (80,), "tokens")
        yield Flow(pods, _GKE_METADATA_SERVICE, (988,), "tokens")
    else:
        yield Flow(pods, CLOUD_TOKENS, _WEB, "tokens")


def _gateway(environment: Environment) -> Iterator[Flow]:
    if environment.gateway is None:
        return
    yield Flow(CLIENTS, PROXIES, (10080, 10443), "requests")
    yield Flow(PROXIES, GATEWAY_CONTROLLER, (18000,), "what to do")
    yield Flow(PROXIES, RATE_LIMITS, (8081,), "limits")
    yield Flow(RATE_LIMITS, GATEWAY_CONTROLLER, (18001,), "what to do")
    yield Flow(RATE_LIMITS, RATE_LIMIT_CACHE, (6379,), "counters")
    if environment.gateway.certificate_email and not environment.proves_in_dns:
        yield Flow(PROXIES, PROOF, (8089,), "proof of the host name")
    if environment.gateway.token_issuer:
        yield Flow(PROXIES, TOKEN_ISSUER, _WEB, "keys of tokens")
    for pods in (GATEWAY_CONTROLLER, GATEWAY_CERTIFICATES):
        yield Flow(pods, API, API_PORTS, "objects")


def _certificates(environment: Environment) -> Iterator[Flow]:
    for pods in (CERTIFICATES, CERTIFICATES_WEBHOOK, CERTIFICATES_INJECTOR, CERTIFICATES_CHECK):
        yield Flow(pods, API, API_PORTS, "objects")
    yield Flow(CONTROL_PLANE, CERTIFICATES_WEBHOOK, (10250,), "webhook")
    if environment.proves_in_dns:
        yield Flow(CERTIFICATES, LETS_ENCRYPT, _WEB, "certificates")
        yield Flow(CERTIFICATES, CLOUD, _WEB, "the record of the proof")
        yield Flow(CERTIFICATES, RESOLVER, _WEB, "a look whether the proof is there")
        yield from _tokens(environment, CERTIFICATES)
    elif environment.gateway and environment.gateway.certificate_email:
        yield Flow(CERTIFICATES, LETS_ENCRYPT, (80, 443), "certificates, and a look whether the proof is there")
        yield Flow(CERTIFICATES, PROXIES, (10080,), "a look whether the proof is there")


def _database(environment: Environment) -> Iterator[Flow]:
    users = _users(environment, "postgres")
    if environment.postgres is None or not users:
        return
    if environment.in_cloud:
        server = _managed(environment, "PostgreSQL")
        for pods in (*users, Pods(DATABASE_BOOTSTRAP, DATABASE_BOOTSTRAP)):
            yield Flow(pods, server, (DATABASE_PORT,), "database")
        yield Flow(DATABASE_EXPORTERS, server, (DATABASE_PORT,), "metrics")
        yield Flow(COLLECTOR, DATABASE_EXPORTERS, (9187,), "metrics")
        return
    for pods in (*users, Pods(DATABASE_BOOTSTRAP, POSTGRES)):
        yield Flow(pods, DATABASE, (DATABASE_PORT,), "database")
    yield Flow(DATABASE, DATABASE, (DATABASE_PORT, 8000), "replication, and how the others are")
    yield Flow(DATABASE_OPERATOR, DATABASE, (DATABASE_PORT, 8000), "how the servers are")
    for pods in (DATABASE_OPERATOR, DATABASE):  # the servers, and the operator's jobs that set them up
        yield Flow(pods, API, API_PORTS, "objects")
    yield Flow(CONTROL_PLANE, DATABASE_OPERATOR, (9443,), "webhook")


def _broker(environment: Environment) -> Iterator[Flow]:
    users = _users(environment, "rabbitmq")
    if environment.rabbitmq is None or not users:
        return
    broker: End = BROKER
    if environment.rabbitmq.mode == "managed":
        broker = _managed(environment, "RabbitMQ")
        yield Flow(BROKER_JOB, broker, (443, BROKER_MANAGEMENT_PORT), "users and queues")
    else:
        yield Flow(BROKER_JOB, BROKER, (BROKER_MANAGEMENT_PORT,), "users and queues")
        yield Flow(BROKER, BROKER, (4369, 25672), "each other")
        yield Flow(BROKER_OPERATOR, BROKER, (BROKER_MANAGEMENT_PORT,), "how the nodes are")
        for pods in (BROKER_OPERATOR, BROKER):
            yield Flow(pods, API, API_PORTS, "objects")
    for pods in users:
        yield Flow(pods, broker, (BROKER_PORT,), "messages")
    if any(service.scale_on_queue for service in environment.services.values()):
        yield Flow(SCALER, broker, (BROKER_PORT,), "lengths of queues")


def _cache(environment: Environment) -> Iterator[Flow]:
    users = _users(environment, "redis")
    if environment.redis is None or not users:
        return
    if not environment.in_cloud:
        for pods in users:
            yield Flow(pods, CACHE, (CACHE_PORT,), "cache")
        yield Flow(CACHE_EXPORTER, CACHE, (CACHE_PORT,), "metrics")
        return
    server = _managed(environment, "cache")
    for pods in users:
        yield Flow(pods, server, (CACHE_PORTS[environment.cloud],), "cache")
        yield from _tokens(environment, pods)


def _storage(environment: Environment) -> Iterator[Flow]:
    storage = _managed(environment, "storage") if environment.cloud == "azure" else CLOUD_STORAGE
    for pods in _users(environment, "storage"):
        yield Flow(pods, storage, _WEB, "files")
        yield from _tokens(environment, pods)


def _secrets(environment: Environment) -> Iterator[Flow]:
    if not environment.in_cloud:
        return
    for pods in (SECRETS, SECRETS_WEBHOOK, SECRETS_CERTIFICATES):
        yield Flow(pods, API, API_PORTS, "objects")
    yield Flow(SECRETS, CLOUD, _WEB, "secrets")
    yield Flow(CONTROL_PLANE, SECRETS_WEBHOOK, (10250,), "webhook")
    if environment.cloud == "google":
        yield Flow(SECRETS, _METADATA_SERVICE, (80,), "tokens")
        yield Flow(SECRETS, _GKE_METADATA_SERVICE, (988,), "tokens")


def _scaling(environment: Environment) -> Iterator[Flow]:
    for pods in (SCALER, SCALER_METRICS, SCALER_WEBHOOKS):
        yield Flow(pods, API, API_PORTS, "objects")
    yield Flow(CONTROL_PLANE, SCALER_WEBHOOKS, (10250,), "webhook")
    yield Flow(CONTROL_PLANE, SCALER_METRICS, (10250,), "metrics for autoscalers")
    yield Flow(SCALER_METRICS, SCALER, (9666,), "metrics for autoscalers")
    if (environment.cloud if environment.in_cloud else "none") in METRICS_SERVER_CLOUDS:
        yield Flow(METRICS_SERVER, API, API_PORTS, "objects")
        yield Flow(METRICS_SERVER, KUBELETS, (10250,), "metrics of pods")
        yield Flow(CONTROL_PLANE, METRICS_SERVER, (10250,), "metrics of pods")
    if environment.cloud == CLUSTER_AUTOSCALER_CLOUD and environment.makes_cluster:
        yield Flow(CLUSTER_AUTOSCALER, API, API_PORTS, "objects, and AWS")
        yield Flow(CLUSTER_AUTOSCALER, Outside("EKS Pod Identity", (EKS_POD_IDENTITY,)), (80,), "tokens")


def _observability(environment: Environment) -> Iterator[Flow]:
    for pods in (COLLECTOR_NODES, COLLECTOR):
        yield Flow(pods, API, API_PORTS, "objects")
        yield Flow(pods, COLLECTOR_GATEWAY, (OTLP_GRPC_PORT,), "logs, metrics and traces")
    yield Flow(COLLECTOR_NODES, KUBELETS, (10250,), "metrics of the node")
    for pods in (COLLECTOR, COLLECTOR_GATEWAY, COLLECTOR_NODES):
        yield Flow(COLLECTOR, pods, (8888,), "metrics")
    if environment.observability.backend != "none":
        yield Flow(COLLECTOR_GATEWAY, VENDOR, _WEB, "logs, metrics and traces")
    if environment.observability.application_key_version:
        yield Flow(MONITORS, API, API_PORTS, "objects, and Datadog's monitors")
    if _users(environment, "rabbitmq") and environment.rabbitmq and environment.rabbitmq.mode != "managed":
        yield Flow(COLLECTOR, BROKER, (BROKER_METRICS_PORT,), "metrics")
    if environment.redis and not environment.in_cloud:
        yield Flow(COLLECTOR, CACHE_EXPORTER, (9121,), "metrics")
    if environment.postgres and not environment.in_cloud:
        yield Flow(COLLECTOR, DATABASE, (DATABASE_METRICS_PORT,), "metrics")
    yield Flow(COLLECTOR, CERTIFICATES, (CERTIFICATES_METRICS_PORT,), "metrics")
    if environment.gateway:
        for pods in (PROXIES, GATEWAY_CONTROLLER, RATE_LIMITS):
            yield Flow(COLLECTOR, pods, (GATEWAY_METRICS_PORT,), "metrics")
