"""All that an environment has in its cluster, whoever runs the cluster."""

from flowwise.api_gateway import CLOUDS, RateLimit, TokenIssuer
from flowwise.authoring.contract import (
    Contract,
    Inputs,
    Object,
    Outputs,
    Validation,
    attribute,
    one_of,
    output,
    variable,
)
from flowwise.authoring.rules import microservice_names
from flowwise.broker_bootstrap import Queue
from flowwise.cluster_secrets import SecretsStore
from flowwise.dns_challenge import ChallengeZone
from flowwise.microservice import Probes, Resources, Toleration
from flowwise.postgres_db import DEFAULT_ENGINE_VERSION
from flowwise.redis import DEFAULT_EVICTION_POLICY
from flowwise.tables.addresses import EMAIL_EXAMPLE, EMAIL_PATTERN
from flowwise.tables.application import CPU_PERCENT, STOP_SECONDS, TIME_ZONE


class Egress(Object):
    """What is outside of the environment."""

    cidrs: list[str] = attribute("Ranges of addresses that are meant.")
    without: list[str] = attribute("Ranges inside every one of cidrs that are not meant.", default=[])
    ports: list[int] = attribute("TCP ports.")


class OwnSecret(Object):
    """A secret that one microservice alone reads."""

    name: str = attribute("Name of the secret, in the cluster and among secret_names.")
    version: int = attribute("Version of its value.", default=1)


class Service(Object):
    """A microservice, whose key is the name that it was made by."""

    called: str | None = attribute("What people call it now. Null for the name that it was made by.", default=None)
    port: int | None = attribute("Port that it listens on. Null for one that listens on none.", default=None)
    schedule: str | None = attribute(
        "When it is started, as cron has it. Null for one that runs all the time.", default=None
    )
    time_zone: str = attribute("Time zone of the schedule.", default=TIME_ZONE)
    command: list[str] = attribute("Program to run, and its first arguments. Empty for the image's own.", default=[])
    arguments: list[str] = attribute("Arguments of the program. Empty for the image's own.", default=[])
    probes: Probes = attribute("Where it says how it is.", default=Probes())
    paths: list[str] = attribute("Beginnings of the paths that it answers from outside; none for none.", default=[])
    calls: list[str] = attribute("Other microservices that it calls.", default=[])
    egress: dict[str, Egress] = attribute("What it may call outside, by a name that says why.", default={})
    public: bool = attribute("Let requests in without a token.", default=False)
    resources: Resources = attribute("What one copy asks for.")
    node_labels: dict[str, str] = attribute("Labels of the nodes that it may run on. Empty for any.", default={})
    tolerations: list[Toleration] = attribute("Taints of those nodes.", default=[])
    min_replicas: int = attribute("Copies that always run.")
    max_replicas: int = attribute("Copies that there may be.")
    cpu_percent: int = attribute(
        "Percent of the processors asked for, at which there are to be more copies.", default=CPU_PERCENT
    )
    memory_percent: int | None = attribute("The same of memory. Null for none that come for memory.", default=None)
    uses: list[str] = attribute("Of postgres, rabbitmq, redis, storage, what it uses.")
    scale_on_queue: str | None = attribute("The queue by whose length there are to be more copies.", default=None)
    messages_per_replica: int = attribute("Messages of that queue that one copy is to have before it.", default=20)
    stop_seconds: int = attribute("Seconds to finish what it is doing before it is killed.", default=STOP_SECONDS)
    configuration: dict[str, str] = attribute("Environment variables of its own.", default={})
    secrets: dict[str, OwnSecret] = attribute("Secrets of its own, by the environment variables for them.", default={})


class ManagedDatabase(Object):
    """PostgreSQL servers that the cloud runs."""

    hosts: dict[str, str] = attribute("Host name of the server of each microservice's database.")
    servers: dict[str, str] = attribute("Host name of each server, by the name of the server.")
    names: dict[str, str] = attribute("Name of each microservice's database.")
    port: int = attribute("Port of every server.")
    administrator_name: str = attribute("User that makes the microservices' roles.")
    ca_certificate: str = attribute("Certificates of the servers' authority, in PEM. Empty for a public one.")
    certificate_names_host: bool = attribute("Whether a server's certificate has the host name in it.")
    people: list[str] = attribute("Roles that people sign in as, who may become the role of any microservice.")
    readers: dict[str, list[str]] = attribute(
        "Roles that people sign in as, and the microservices whose tables each may read."
    )


class InClusterDatabase(Object):
    """PostgreSQL in the cluster."""

    engine_version: str = attribute("Major version of PostgreSQL.", default=DEFAULT_ENGINE_VERSION)
    storage_gb: int = attribute("Disk of a server, in GB.")


class ManagedCache(Object):
    """A cache that the cloud runs."""

    name: str = attribute("Name of the cache, which AWS wants in the tokens that microservices sign in with.")
    host: str = attribute("Host name of the cache.")
    port: int = attribute("Port of the cache.")
    ca_certificate: str = attribute("Certificates of the cache's authority, in PEM. Empty for a public one.")
    user_names: dict[str, str] = attribute("Name that each microservice signs in with, and a token of its identity.")


class InClusterCache(Object):
    """A cache in the cluster."""

    memory: str = attribute('Memory of the cache, such as "256Mi".')
    eviction_policy: str = attribute("What gives way when memory is full.", default=DEFAULT_EVICTION_POLICY)


class ManagedStorage(Object):
    """Storage for files that the cloud runs."""

    endpoint: str = attribute("Address of the storage.")
    buckets: dict[str, str] = attribute("Name of each microservice's bucket, or container.")


class ManagedBroker(Object):
    """RabbitMQ that the cloud runs."""

    host: str = attribute("Host name of the broker.")
    port: int = attribute("Port of AMQP over TLS.")
    management_url: str = attribute("Address of the management API.")
    administrator_name: str = attribute("User that makes the others.")
    administrator_secret_name: str = attribute("Secret in the store that holds that user's password.")


class InClusterBroker(Object):
    """RabbitMQ in the cluster."""

    replicas: int = attribute("Nodes of the broker.")
    memory: str = attribute('Memory of each node, such as "1Gi".')
    storage_gb: int = attribute("Disk of each node, in GB.")


class GatewaySettings(Object):
    """The way in."""

    host: str = attribute("Host name of the API.")
    certificate_email: str | None = attribute(
        "Whom Let's Encrypt writes to. Null for a certificate of our own.", default=None
    )
    challenge_zone: ChallengeZone | None = attribute(
        "DNS zone in which Let's Encrypt is given proof of the host. Null for proof by HTTP.", default=None
    )
    public: bool = attribute("Give it a public address.", default=True)
    balancer_annotations: dict[str, str] = attribute(
        "Annotations by which its load balancer has addresses of ours.", default={}
    )
    cors_origins: list[str] = attribute("Web sites whose scripts may call the API.", default=[])
    client_limit: RateLimit = attribute("What each client may ask.")
    max_request_kb: int = attribute("Largest body of a request, in KiB.", default=1024)
    min_replicas: int = attribute("Copies that always run.")
    max_replicas: int = attribute("Copies that there may be.")
    token_issuer: TokenIssuer | None = attribute("Whose tokens are believed. Null lets everybody in.", default=None)


class ObservabilitySettings(Object):
    """Who watches."""

    backend: str = attribute("Vendor: datadog, elastic, dynatrace or none.")
    endpoint: str = attribute("Where the vendor takes the data.", default="")
    key_name: str | None = attribute(
        "Secret that holds the vendor's key: in the store or, with a store of kind none, in secret_values. Null with "
        "none.",
        default=None,
    )
    key_version: int | None = attribute(
        "With a store of kind none, raise it to have the key taken anew from secret_values.", default=None
    )
    application_key_name: str | None = attribute(
        "Secret in the store that holds Datadog's application key, to make its default monitors with. Null for none.",
        default=None,
    )


def _instead_of(other: str, rejects: Object) -> Validation:
    return Validation(
        f"self == null || var.{other} == null",
        f"There must not be both this and {other}: one does what the other does.",
        rejects=rejects,
    )


class InClusterInputs(Inputs):
    """What runs in a cluster is made from."""

    environment: str = variable("Name of the environment.", example="dev")
    cloud: str = variable(
        "Whose cluster it is. none for one that is nobody's, such as on a laptop.",
        example="azure",
        validations=[one_of(CLOUDS, "cloud")],
    )
    region: str = variable(
        "Region of the cluster, by the cloud's own code. Empty for none.", default="", example="brazilsouth"
    )
    cluster_name: str = variable("Name of the cluster.", example="aks-flowwise-dev")
    disk_key: str = variable(
        "Key that disks of pods are encrypted with, where their class names it: on AWS and Google Cloud.", default=""
    )
    scales_nodes: bool = variable(
        "Have nodes added and taken away, where the cloud leaves that to the cluster: on AWS. False where the "
        "owner of a cluster that is there sees to it.",
        default=True,
    )
    network_cidr: str | None = variable(
        "Addresses of the network, where what the cloud runs is found. Null for none.",
        default=None,
        example="10.20.0.0/16",
    )
    high_availability: bool = variable("Run two or three copies of whatever runs in the cluster.", default=True)
    services: dict[str, Service] = variable(
        "The microservices, by name.",
        example={
            "lancamentos": Service(
                port=8080,
                paths=["/lancamentos"],
                resources=Resources(cpu="250m", memory="512Mi"),
                min_replicas=2,
                max_replicas=6,
                uses=["postgres", "rabbitmq", "redis", "storage"],
                secrets={"PARTNER_API_KEY": OwnSecret(name="lancamentos-partner-api-key")},
            ),
            "consolidacao": Service(
                port=8080,
                resources=Resources(cpu="250m", memory="512Mi"),
                min_replicas=2,
                max_replicas=6,
                uses=["postgres", "rabbitmq", "redis"],
                scale_on_queue="lancamento-registrado",
            ),
        },
        validations=[
            microservice_names(
                rejects={
                    "kube-system": Service(
                        port=8080,
                        resources=Resources(cpu="250m", memory="512Mi"),
                        min_replicas=2,
                        max_replicas=6,
                        uses=[],
                    )
                }
            )
        ],
    )
    images: dict[str, str] = variable(
        "Image of each microservice, by digest or tag: a release changes nothing else.",
        example={
            "lancamentos": "registry.example/lancamentos:1.4.2",
            "consolidacao": "registry.example/consolidacao:2.0.1",
        },
    )
    queues: dict[str, Queue] = variable(
        "Queues of the broker, by name.",
        default={},
        example={"lancamento-registrado": Queue(publishers=["lancamentos"], consumers=["consolidacao"])},
    )
    secret_store: SecretsStore = variable(
        "Where the secrets come from.",
        example=SecretsStore(kind="azure", address="https://kv-flowwise-dev.vault.azure.net/"),
    )
    secret_names: dict[str, str] = variable(
        "Name of each secret in the store. Empty where they are made in the cluster.",
        default={},
        example={
            name: name
            for name in (
                "lancamentos-postgres",
                "lancamentos-rabbitmq",
                "consolidacao-postgres",
                "consolidacao-rabbitmq",
                "lancamentos-partner-api-key",
                "postgres-administrator",
                "postgres-watcher",
            )
        },
    )
    secret_version: int = variable("Raise it, with the platform's, when passwords are made anew.", default=1)
    secret_values: dict[str, str] = variable(
        "Values of the secrets of services, by name, where there is no store to have them. They are in no state or "
        "plan.",
        default={},
        example={},
        sensitive=True,
        ephemeral=True,
    )
    service_account_annotations: dict[str, dict[str, str]] = variable(
        "Annotations of each workload's service account, by which the cloud knows its identity.", default={}
    )
    pod_labels: dict[str, str] = variable("Labels of pods, by which the cloud knows their identity.", default={})
    managed_database: ManagedDatabase | None = variable(
        "PostgreSQL servers that the cloud runs. Null for none.",
        default=None,
        example=ManagedDatabase(
            hosts={"lancamentos": "psql.example", "consolidacao": "psql.example"},
            servers={"shared": "psql.example"},
            names={"lancamentos": "lancamentos", "consolidacao": "consolidacao"},
            port=5432,
            administrator_name="serveradmin",
            ca_certificate="",
            certificate_names_host=True,
            people=["platform-team"],
            readers={"analysts-reader": ["lancamentos"]},
        ),
    )
    postgres: InClusterDatabase | None = variable(
        "PostgreSQL in the cluster. Null for none.",
        default=None,
        validations=[_instead_of("managed_database", InClusterDatabase(storage_gb=1))],
    )
    managed_cache: ManagedCache | None = variable(
        "A cache that the cloud runs. Null for none.",
        default=None,
        example=ManagedCache(
            name="redis-flowwise-dev",
            host="redis.example",
            port=10000,
            ca_certificate="",
            user_names={"lancamentos": "lancamentos", "consolidacao": "consolidacao"},
        ),
    )
    redis: InClusterCache | None = variable(
        "A cache in the cluster. Null for none.",
        default=None,
        validations=[_instead_of("managed_cache", InClusterCache(memory="64Mi"))],
    )
    managed_storage: ManagedStorage | None = variable(
        "Storage for files that the cloud runs. Null for none.",
        default=None,
        example=ManagedStorage(
            endpoint="https://st.blob.core.windows.net/", buckets={"lancamentos": "lancamentos-files"}
        ),
    )
    managed_broker: ManagedBroker | None = variable(
        "RabbitMQ that the cloud runs. Null for none.",
        default=None,
        validations=[
            _instead_of(
                "rabbitmq",
                ManagedBroker(
                    host="b.example",
                    port=5671,
                    management_url="https://b.example",
                    administrator_name="administrator",
                    administrator_secret_name="broker",
                ),
            )
        ],
    )
    rabbitmq: InClusterBroker | None = variable(
        "RabbitMQ in the cluster. Null for none.",
        default=None,
        example=InClusterBroker(replicas=3, memory="1Gi", storage_gb=10),
    )
    gateway: GatewaySettings | None = variable(
        "The way in. Null where no microservice is called from outside.",
        default=None,
        example=GatewaySettings(
            host="api.dev.flowwise.example",
            certificate_email="plataforma@flowwise.example",
            client_limit=RateLimit(requests=100, unit="Minute"),
            min_replicas=2,
            max_replicas=6,
        ),
        validations=[
            Validation(
                f'try(self.certificate_email, null) == null || can(regex("^{EMAIL_PATTERN}$", self.certificate_email))',
                f"gateway.certificate_email must be an address such as {EMAIL_EXAMPLE}.",
                rejects=GatewaySettings(
                    host="api.dev.flowwise.example",
                    certificate_email="mailto:plataforma@flowwise.example",
                    client_limit=RateLimit(requests=100, unit="Minute"),
                    min_replicas=2,
                    max_replicas=6,
                ),
            )
        ],
    )
    observability: ObservabilitySettings = variable("Who watches.", example=ObservabilitySettings(backend="none"))
    labels: dict[str, str] = variable("Labels of every object.", default={})


class InClusterOutputs(Outputs):
    """What people want to know of an environment."""

    url: str | None = output("Address of the API. Null without a gateway.")
    address_command: str | None = output(
        "What prints, as EXTERNAL-IP, the address that the DNS record of the API's host has to point to. Null without "
        "a gateway."
    )
    namespaces: list[str] = output("Namespaces of the microservices and of what serves them.")


IN_CLUSTER = Contract(
    "kubernetes",
    "All that an environment has in its cluster: microservices, gateway, broker, secrets, autoscaling, observability.",
    InClusterInputs,
    InClusterOutputs,
)
