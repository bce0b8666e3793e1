"""RabbitMQ in the cluster: the contract. Kubernetes is the only one to fulfil it, so it shares none with the clouds."""

from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, output, variable
from flowwise.pods.requests import BROKER_CPU
from flowwise.tables.copies import BROKER_NODES
from flowwise.tables.sizes import IN_CLUSTER_MEMORY, LEAST_BROKER_STORAGE_GB


class InClusterRabbitmqInputs(Inputs):
    """What the broker is made from."""

    namespace: str = variable("Namespace of the broker.", example="rabbitmq")
    operator_namespace: str = variable("Namespace of the operator.", default="rabbitmq-system")
    issuer_name: str = variable(
        "Cluster issuer of cert-manager that signs the broker's certificate: one with an authority of its own, because "
        "no public one signs names inside a cluster.",
        example="flowwise",
    )
    replicas: int = variable(
        "Nodes of the broker, each on a node of the cluster of its own.",
        default=BROKER_NODES[True],
        validations=[
            Validation(
                "contains([1, 3, 5], self)", "replicas must be 1, 3 or 5: most of them have to agree.", rejects=2
            )
        ],
    )
    cpu: str = variable("Processors that are kept for each node.", default=BROKER_CPU)
    memory: str = variable("Memory of each node.", default=IN_CLUSTER_MEMORY["rabbitmq"]["small"])
    storage_gb: int = variable(
        "Disk of each node, in GB.",
        default=10,
        validations=[
            Validation(
                f"self >= {LEAST_BROKER_STORAGE_GB}",
                f"storage_gb must be at least {LEAST_BROKER_STORAGE_GB}: publishers wait when less than 2 GB are free.",
                rejects=2,
            )
        ],
    )
    priority_class_name: str = variable(
        "Priority class of the broker's pods, above that of pods whose zone no disk decides.",
        example="flowwise-bound",
    )
    labels: dict[str, str] = variable("Labels of every object.", default={})


class InClusterRabbitmqOutputs(Outputs):
    """What those who use the broker need to know."""

    host: str = output("Host name of the broker.")
    port: int = output("Port of AMQP over TLS.")
    management_url: str = output("Address of the management API.")
    metrics_port: int = output("Port of each pod with metrics for Prometheus, over TLS.")
    ca_secret_name: str = output("Secret in the namespace whose key ca.crt the broker's certificate is signed with.")
    administrator_secret_name: str = output(
        "Secret in the namespace that holds username and password of the user that makes the others."
    )


IN_CLUSTER_RABBITMQ = Contract(
    "rabbitmq",
    "RabbitMQ in the cluster, run by its operator: TLS, quorum queues, nodes in zones of their own.",
    InClusterRabbitmqInputs,
    InClusterRabbitmqOutputs,
)
