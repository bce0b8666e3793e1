"""PostgreSQL in the cluster, for a laptop or a data centre of one's own: the contract."""

from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, one_of, output, variable
from flowwise.pods.requests import REQUESTS
from flowwise.postgres_db import DEFAULT_ENGINE_VERSION, ENGINE_VERSIONS
from flowwise.tables.copies import DATABASE_SERVERS


class InClusterPostgresInputs(Inputs):
    """What the server is made from."""

    namespace: str = variable("Namespace of the server.", example="postgres")
    operator_namespace: str = variable("Namespace of the operator.", default="cnpg-system")
    issuer_name: str = variable(
        "Issuer of cert-manager, cluster-wide, that signs the server's certificate.", example="flowwise-ca"
    )
    engine_version: str = variable(
        "Major version of PostgreSQL.",
        default=DEFAULT_ENGINE_VERSION,
        validations=[one_of(ENGINE_VERSIONS, "engine_version")],
    )
    instances: int = variable(
        "Servers, each on a node of the cluster of its own: one writes, the others follow.",
        default=DATABASE_SERVERS,
        validations=[Validation("contains([1, 2, 3, 4, 5], self)", "instances must be from 1 to 5.", rejects=0)],
    )
    cpu: str = variable("Processors that are kept for each server.", default=REQUESTS["postgres"].cpu)
    memory: str = variable("Memory of each server.", default=REQUESTS["postgres"].memory)
    storage_gb: int = variable("Disk of each server, in GB.", default=10)
    priority_class_name: str = variable(
        "Priority class of the servers' pods, above that of pods whose zone no disk decides.",
        example="flowwise-bound",
    )
    labels: dict[str, str] = variable("Labels of every object.", default={})


class InClusterPostgresOutputs(Outputs):
    """What those who use the server need to know."""

    host: str = output("Host name of the server that writes.")
    port: int = output("Port of the server.")
    metrics_port: int = output("Port of each pod with metrics for Prometheus.")
    administrator_name: str = output(
        "User that makes the microservices' roles and databases, and has a database of the same name. No superuser."
    )
    administrator_secret_name: str = output(
        "Secret in the namespace that holds username and password of that user, which the operator makes."
    )
    ca_secret_name: str = output("Secret in the namespace whose key ca.crt the server's certificate is signed with.")


IN_CLUSTER_POSTGRES = Contract(
    "postgres-db",
    "PostgreSQL in the cluster, run by CloudNativePG.",
    InClusterPostgresInputs,
    InClusterPostgresOutputs,
)
