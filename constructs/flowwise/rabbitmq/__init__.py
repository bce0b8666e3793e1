"""RabbitMQ as a service of the cloud. Where the cloud sells none, the broker runs in the cluster."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, output, variable
from flowwise.authoring.rules import PREFIX, size_of
from flowwise.encryption import EncryptionKey, encryption_key
from flowwise.tables.machines import BROKER_SHAPES, any_shape
from flowwise.tables.sizes import BROKER_SIZES

ENGINE_VERSION = "4.2"
"""Newest of "Amazon MQ for RabbitMQ engine versions"; its minor version is AWS's business."""


class RabbitmqInputs(Inputs):
    """What a broker is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="sa-east-1")
    network_id: str = variable("Network that reaches the broker.", example="vpc-0123456789abcdef0")
    subnet_ids: list[str] = variable(
        "Subnets for the nodes of the broker.",
        example=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"],
    )
    size: str = variable(
        f"Size of a node: {', '.join(BROKER_SIZES)}, or the cloud's own name of one.",
        example="medium",
        validations=[size_of(tuple(BROKER_SIZES), any_shape(BROKER_SHAPES), "size")],
    )
    high_availability: bool = variable("Run three nodes, in availability zones of their own.", default=True)
    accept_password_in_state: bool = variable(
        "Say true to accept that the administrator's password is in Terraform's state and plan: the provider has no "
        "write-only argument for it. Whoever reads the state of this environment can then administer the broker.",
        example=True,
        validations=[
            Validation(
                "self",
                "accept_password_in_state must be true: the provider keeps the password of a managed broker in "
                "Terraform's state. A broker in the cluster does without.",
                rejects=False,
            )
        ],
    )
    reader_ids: dict[str, str] = variable(
        "Identifiers of the workloads that may read the administrator's password, by name. The names must be known "
        "when Terraform plans, the identifiers need not be.",
        default={},
        example={"rabbitmq": "arn:aws:iam::123456789012:role/flowwise-dev-rabbitmq"},
    )
    encryption_key: EncryptionKey = encryption_key("what the broker stores, and its password,", use="secrets")
    protected: bool = variable("Keep what is deleted for as long as the cloud can.", default=True)
    log_retention_days: int = common_variables.log_retention_days()
    tags: dict[str, str] = common_variables.tags()


class RabbitmqOutputs(Outputs):
    """What the microservices, and the job that makes their users, need to know."""

    broker_id: str = output("Identifier of the broker.")
    host: str = output("Host name of the broker, inside the network.")
    port: int = output("Port of AMQP over TLS.")
    management_url: str = output("Address of the management API, inside the network.")
    administrator_name: str = output("User that makes the others.")
    administrator_secret_name: str = output("Secret in the cloud's store that holds that user's password.")


RABBITMQ = Contract(
    "rabbitmq",
    "A managed RabbitMQ broker that only the network reaches: TLS, encryption, logs.",
    RabbitmqInputs,
    RabbitmqOutputs,
)
