"""What scales pods: KEDA for queues, and the metrics that the cluster's own autoscaler reads."""

from flowwise.authoring.contract import Contract, Inputs, Outputs, output, variable


class AutoscalingInputs(Inputs):
    """What the operators are made from."""

    namespace: str = variable("Namespace of KEDA.", example="keda")
    high_availability: bool = variable("Run two copies of each operator.", default=True)
    metrics_server: bool = variable(
        "Install the metrics server, where the cloud has none: without it nothing scales by processors or memory.",
        default=False,
    )
    verify_kubelets: bool = variable(
        "Have the metrics server refuse nodes whose certificate is not signed by the cluster's own authority. Clouds "
        "sign them; kind and Docker Desktop do not.",
        default=True,
    )
    cluster_autoscaler: bool = variable(
        "Install the Cluster Autoscaler, where the cloud does not run it: on EKS.", default=False
    )
    cluster_name: str = variable("Name of the cluster.", example="eks-flowwise-dev")
    region: str = variable("Region of the cluster, by the cloud's own code.", example="sa-east-1")
    broker_namespace: str | None = variable(
        "Namespace of RabbitMQ in the cluster, whose queues scale microservices. Null where there is none.",
        default=None,
        example="rabbitmq",
    )
    broker_cidr: str | None = variable(
        "Addresses of a broker outside the cluster whose queues do. Null where there is none.", default=None
    )
    labels: dict[str, str] = variable("Labels of every object.", default={})


class AutoscalingOutputs(Outputs):
    """What those who scale need to know."""

    keda_namespace: str = output("Namespace of KEDA, known once it is installed.")


AUTOSCALING = Contract(
    "autoscaling",
    "Autoscaling of pods by queues, processors and memory, and of nodes where the cloud leaves it to us.",
    AutoscalingInputs,
    AutoscalingOutputs,
)
