"""Logs, metrics and traces: collected the same way everywhere, and sent to the vendor of the day."""

from typing import Any

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
from flowwise.microservice import SecretKey

VENDORS = ("datadog", "elastic", "dynatrace", "none")


class WatchedDatabase(Object):
    """A PostgreSQL server whose metrics are read."""

    host: str = attribute("Host name of the server.")
    port: int = attribute("Port of the server.")
    database: str = attribute("Database to sign in to.", default="postgres")
    user: str = attribute("Role that may read statistics.")
    password: SecretKey = attribute("Where that role's password is, in the namespace of observability.")
    ca_certificate: str | None = attribute(
        "Certificates that the server's own is signed with, in PEM. Null where a public authority signs it.",
        default=None,
    )
    verify_host_name: bool = attribute(
        "Whether the server's certificate has to be for its host name. False only with a ca_certificate that signs for "
        "one server alone.",
        default=True,
    )


def _database(**differently: Any) -> WatchedDatabase:
    return WatchedDatabase(
        host="psql-flowwise-dev.postgres.database.azure.com",
        port=5432,
        user="observability",
        password=SecretKey(secret_name="postgres-watcher", key="password"),
        **differently,
    )


class WatchedRedis(Object):
    """A Redis-compatible cache in the cluster whose metrics are read. The clouds watch their own."""

    host: str = attribute("Host name of the cache.")
    port: int = attribute("Port of the cache.")
    user: str = attribute("User that may read INFO.")
    password: SecretKey = attribute("Where that user's password is, in the namespace of observability.")


class ObservabilityInputs(Inputs):
    """What the collectors are made from."""

    namespace: str = variable(
        "Namespace of what sends, scrapes and exports. It is there already. What reads the nodes' files runs in "
        "another, of the same name with -nodes, which is made here.",
        example="observability",
    )
    service_account_name: str = variable(
        "Service account of all in the namespace that asks nothing of the Kubernetes API.", example="observability"
    )
    environment: str = variable("Name of the environment, on all that is sent.", example="dev")
    cluster_name: str = variable("Name of the cluster, on all that is sent.", example="aks-flowwise-dev")
    vendor: str = variable(
        "Who gets the data. none keeps it in the collectors' own logs, as on a laptop.",
        example="datadog",
        validations=[one_of(VENDORS, "vendor")],
    )
    endpoint: str = variable(
        "Where the vendor takes the data: Datadog's site such as us5.datadoghq.com, the OTLP address of Elastic, or "
        "the Dynatrace environment's address such as https://abc12345.live.dynatrace.com. Empty with none.",
        default="",
        example="us5.datadoghq.com",
    )
    api_key: SecretKey | None = variable(
        "Where the vendor's key is, in the namespace: Datadog's API key, Elastic's API key, or a Dynatrace token with "
        "the scopes openTelemetryTrace.ingest, metrics.ingest and logs.ingest. Null with none.",
        default=None,
        example=SecretKey(secret_name="monitoring", key="password"),
    )
    application_key: SecretKey | None = variable(
        "Where Datadog's application key is, in the namespace, with the scopes monitors_read and monitors_write: with "
        "it, the default alerts are made. Null for no alerts, and with other vendors, whose software in a cluster "
        "makes none.",
        default=None,
    )
    services: list[str] = variable(
        "Namespaces of the microservices, which may send to the collectors. Logs are read of every pod.",
        example=["lancamentos", "consolidacao"],
    )
    databases: dict[str, WatchedDatabase] = variable(
        "PostgreSQL servers to read metrics of, by name.",
        default={},
        example={"shared": _database()},
        validations=[
            Validation(
                "alltrue([for server in values(self) : server.verify_host_name || server.ca_certificate != null])",
                "verify_host_name of each of databases may be false only with a ca_certificate: with a public "
                "authority's, any server of anybody would do.",
                rejects={"shared": _database(verify_host_name=False)},
            ),
        ],
    )
    database_cidrs: list[str] = variable(
        "Addresses that the servers of databases are among: no others are called with their password.",
        default=[],
        example=["10.20.0.0/16"],
    )
    redis: WatchedRedis | None = variable(
        "Cache in the cluster to read metrics of. Null where there is none.", default=None
    )
    rabbitmq_namespace: str | None = variable(
        "Namespace of RabbitMQ in the cluster, to read metrics of. Null where there is none.", default=None
    )
    postgres_namespace: str | None = variable(
        "Namespace of PostgreSQL in the cluster, to read metrics of. Null where there is none.", default=None
    )
    gateway_namespace: str | None = variable(
        "Namespace of the API gateway, to read metrics of. Null where there is none.", default=None
    )
    certificates_namespace: str | None = variable(
        "Namespace of cert-manager, to read metrics of: above all, when certificates end. Null where there is none.",
        default=None,
    )
    priority_class_name: str = variable(
        "Priority class of what runs on each node, above that of pods which can run on any.", example="flowwise-bound"
    )
    high_availability: bool = variable("Run two copies of what sends to the vendor.", default=True)
    labels: dict[str, str] = variable("Labels of every object.", default={})


class ObservabilityOutputs(Outputs):
    """What the microservices need to know."""

    otlp_endpoint: str = output("Where microservices send logs, metrics and traces: OTLP over gRPC.")


OBSERVABILITY = Contract(
    "observability",
    "OpenTelemetry collectors, exporters of metrics, and one vendor: Datadog, Elastic or Dynatrace.",
    ObservabilityInputs,
    ObservabilityOutputs,
)
