"""A microservice: as many healthy copies as its load needs, spread over zones and nodes."""

from flowwise.authoring.contract import Contract, Inputs, Object, Outputs, Validation, attribute, output, variable
from flowwise.namespace import WORKLOAD_NAME
from flowwise.tables.application import (
    CERTIFICATES,
    CPU_PERCENT,
    LEAST_PERCENT,
    LEAST_STOP_SECONDS,
    LIVENESS,
    MOST_PERCENT,
    MOST_STOP_SECONDS,
    READINESS,
    STARTUP,
    STOP_SECONDS,
)


class Probes(Object):
    """Where the microservice says how it is: paths of HTTP, on its port."""

    startup: str = attribute(f"Answers 200 {STARTUP.answers}.", default=STARTUP.path)
    readiness: str = attribute(f"Answers 200 {READINESS.answers}.", default=READINESS.path)
    liveness: str = attribute(f"Answers 200 {LIVENESS.answers}.", default=LIVENESS.path)


class Resources(Object):
    """What one copy asks for, and may use."""

    cpu: str = attribute('Processors that are kept for it, such as "250m". It may use idle ones besides.')
    memory: str = attribute('Memory that is kept for it, such as "512Mi".')
    cpu_limit: str | None = attribute(
        "The most processors that it may use. Null for as many as are idle.", default=None
    )
    memory_limit: str | None = attribute(
        "The most memory that it may use. Null for no more than is kept, so that a node never has to take any back.",
        default=None,
    )


class Toleration(Object):
    """A taint of nodes that does not keep its pods off them."""

    key: str = attribute("Key of the taint.")
    value: str = attribute("Value of the taint.")
    effect: str = attribute("Effect of the taint.")


class SecretKey(Object):
    """A value in a Kubernetes secret."""

    secret_name: str = attribute("Name of the secret, in the same namespace.")
    key: str = attribute("Key in the secret.")


class QueueScaling(Object):
    """Copies by the length of a queue of RabbitMQ."""

    queue: str = attribute("Name of the queue.")
    messages_per_replica: int = attribute("Messages that one copy is to have before it.")
    host: str = attribute("The broker's address, without user and password: amqps://host:port/vhost.")
    user: str = attribute("User who may read the queue.")
    password: SecretKey = attribute("Where that user's password is.")
    ca_certificate: SecretKey | None = attribute(
        "Where the certificates are that the broker's own is signed with. Null where a public authority signs it.",
        default=None,
    )


class ApplicationInputs(Inputs):
    """What every application is made from, whatever starts its pods."""

    name: str = variable("Name of the microservice.", example="lancamentos", validations=[WORKLOAD_NAME])
    namespace: str = variable("Namespace to run in.", example="lancamentos")
    service_account_name: str = variable("Service account to run as.", example="lancamentos")
    image: str = variable(
        "Image to run, by digest or tag.",
        example="registry.example/lancamentos:1.4.2",
        validations=[
            Validation(
                'can(regex("^[^:@ ]+(:[0-9]+)?(/[^:@ ]+)*(@sha256:[0-9a-f]{64}|:[A-Za-z0-9_][A-Za-z0-9._-]*)$", self))'
                ' && !endswith(self, ":latest")',
                'image must end in a digest such as "@sha256:..." or in a tag such as ":1.4.2", other than latest.',
                rejects="registry.example/lancamentos:latest",
            )
        ],
    )
    command: list[str] = variable("Program to run, and its first arguments. Empty for the image's own.", default=[])
    arguments: list[str] = variable("Arguments of the program. Empty for the image's own.", default=[])
    resources: Resources = variable("What one copy asks for.", example=Resources(cpu="250m", memory="512Mi"))
    node_labels: dict[str, str] = variable(
        "Labels of the nodes that it may run on. Empty for any.",
        default={},
    )
    tolerations: list[Toleration] = variable(
        "Taints of those nodes, which keep off them whatever does not tolerate them.", default=[]
    )
    configuration: dict[str, str] = variable(
        "Environment variables that are no secrets.", default={}, example={"LOG_LEVEL": "info"}
    )
    secrets: dict[str, SecretKey] = variable(
        "Environment variables that are secrets.",
        default={},
        example={"DATABASE_PASSWORD": SecretKey(secret_name="lancamentos-postgres", key="password")},
    )
    certificates: dict[str, str] = variable(
        f"Files with certificates to trust, in PEM, by file name: mounted at {CERTIFICATES}.", default={}
    )
    certificate_secrets: dict[str, SecretKey] = variable(
        "More such files, where Kubernetes secrets hold the certificates, as with the cluster's own authority.",
        default={},
        example={"rabbitmq.pem": SecretKey(secret_name="rabbitmq-ca", key="ca.crt")},
    )
    pod_labels: dict[str, str] = variable("Labels of the pods, by which the cloud knows their identity.", default={})
    stop_seconds: int = variable(
        "Seconds to finish what it is doing before it is killed.",
        default=STOP_SECONDS,
        validations=[
            Validation(
                f"self >= {LEAST_STOP_SECONDS} && self <= {MOST_STOP_SECONDS}",
                f"stop_seconds must be from {LEAST_STOP_SECONDS} to {MOST_STOP_SECONDS}.",
                rejects=1,
            )
        ],
    )
    revision: int = variable("Raise it to have all copies replaced, as when secrets have new values.", default=1)
    labels: dict[str, str] = variable("Labels of every object.", default={})


class MicroserviceInputs(ApplicationInputs):
    """What a microservice is made from."""

    port: int | None = variable(
        "Port that it listens on, with HTTP. Null for a worker, which has neither a service nor probes.",
        default=None,
        example=8080,
        validations=[
            Validation(
                "self == null ? true : self >= 1024 && self <= 65535",
                "port must be from 1024 to 65535: it does not run as root.",
                rejects=80,
            )
        ],
    )
    probes: Probes = variable("Where it says how it is.", default=Probes())
    min_replicas: int = variable(
        "Copies that always run.",
        default=2,
        validations=[Validation("self >= 1", "min_replicas must be at least 1.", rejects=0)],
    )
    max_replicas: int = variable(
        "Copies that there may be.",
        default=6,
        validations=[Validation("self >= 1 && self <= 100", "max_replicas must be from 1 to 100.", rejects=101)],
    )
    cpu_percent: int = variable(
        "Percent of the processors asked for, at which there are to be more copies.",
        default=CPU_PERCENT,
        validations=[
            Validation(
                f"self >= {LEAST_PERCENT} && self <= {MOST_PERCENT}",
                f"cpu_percent must be from {LEAST_PERCENT} to {MOST_PERCENT}.",
                rejects=5,
            )
        ],
    )
    memory_percent: int | None = variable(
        "Percent of the memory asked for, at which there are to be more copies. Null for none that come for memory: a "
        "process that collects its garbage keeps what it once had, and the copies would never go again.",
        default=None,
        validations=[
            Validation(
                f"self == null ? true : self >= {LEAST_PERCENT} && self <= {MOST_PERCENT}",
                f"memory_percent must be from {LEAST_PERCENT} to {MOST_PERCENT}.",
                rejects=5,
            )
        ],
    )
    queue_scaling: QueueScaling | None = variable(
        "For a consumer: the queue by whose length there are to be more copies, besides processors. It needs KEDA in "
        "the cluster. Null for none.",
        default=None,
        validations=[
            Validation(
                'self == null ? true : can(regex("^amqps://[^@/ ]+:[0-9]+/[^@/ ]+$", self.host))',
                "queue_scaling.host must be an address such as amqps://rabbitmq.example:5671/flowwise, without user "
                "and password.",
                rejects=QueueScaling(
                    queue="lancamentos",
                    messages_per_replica=20,
                    host="amqps://lancamentos:password@rabbitmq.example:5671/flowwise",
                    user="lancamentos",
                    password=SecretKey(secret_name="lancamentos-rabbitmq", key="password"),
                ),
            )
        ],
    )


class MicroserviceOutputs(Outputs):
    """What those who call it need to know."""

    service_name: str | None = output("Name of its Kubernetes service. Null for a worker.")
    service_port: int | None = output("Port of that service. Null for a worker.")
    host: str | None = output("Host name of that service inside the cluster. Null for a worker.")


MICROSERVICE = Contract(
    "microservice",
    "A microservice in the cluster: probes, least rights, graceful stop, autoscaling, spread over zones and nodes.",
    MicroserviceInputs,
    MicroserviceOutputs,
)
