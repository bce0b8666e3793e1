"""Makes users, exchanges and queues of RabbitMQ, in the cluster's broker or in the cloud's, as often as one likes."""

from flowwise.authoring.contract import Contract, Inputs, Object, Outputs, Validation, attribute, output, variable
from flowwise.microservice import SecretKey
from flowwise.tables.naming import NAME_PATTERN
from flowwise.tables.taken_names import DEAD_LETTERS, QUEUE_NAMES

DEAD_LETTER_EXCHANGE = QUEUE_NAMES[0]
DELIVERY_LIMIT = 5
"""Times that consumers may give a message back. The next time, it goes to the dead letters."""
VIRTUAL_HOST = "flowwise"


class Queue(Object):
    """A queue, the exchange that feeds it, and the queue of its dead letters, <name>.dead."""

    event: str | None = attribute("Exchange that feeds it. Null for the one of the queue's own name.", default=None)
    publishers: list[str] = attribute("Microservices that publish to the exchange, with any routing key.")
    consumers: list[str] = attribute("Microservices that read the queue, and its dead letters.")


_NAMED = f'alltrue([for name in keys(self) : can(regex("^{NAME_PATTERN}$", name))])'
_QUEUES_NAMED = (
    "alltrue([\n"
    "  for name, queue in self :\n"
    f'  can(regex("^{NAME_PATTERN}([.]{NAME_PATTERN})?$", name)) && !endswith(name, "{DEAD_LETTERS}") &&\n'
    f'  can(regex("^{NAME_PATTERN}$", coalesce(queue.event, name)))\n'
    "])"
)
_ALLOWED = (
    "must be named with lower-case letters, digits and single hyphens, start with a letter and not end with a hyphen."
)


class BrokerBootstrapInputs(Inputs):
    """What the users and queues are made from."""

    namespace: str = variable("Namespace to run in.", example="rabbitmq")
    service_account_name: str = variable("Service account to run as.", example="rabbitmq")
    management_url: str = variable("Address of the management API.", example="https://rabbitmq.rabbitmq.svc:15671")
    nodes: int = variable(
        "Nodes of the broker: it waits for all of them, as a queue has copies only on those that are there.", default=1
    )
    ca_secret_name: str | None = variable(
        "Secret whose key ca.crt the broker's certificate is signed with. Null where a public authority signs it.",
        default=None,
        example="rabbitmq-tls",
    )
    administrator: str | None = variable(
        "User that makes the others. Null where a secret holds its name.",
        default=None,
        validations=[
            Validation(
                "(self == null) != (var.administrator_name == null)",
                "Either administrator or administrator_name must say who makes the other users.",
                rejects="administrator",
            )
        ],
    )
    administrator_name: SecretKey | None = variable(
        "Where the name of that user is. Null where administrator says it.",
        default=None,
        example=SecretKey(secret_name="rabbitmq-default-user", key="username"),
    )
    administrator_password: SecretKey = variable(
        "Where that user's password is.", example=SecretKey(secret_name="rabbitmq-default-user", key="password")
    )
    users: dict[str, SecretKey] = variable(
        "Where the password of each microservice's user is, by microservice, which is also the user's name.",
        example={
            "lancamentos": SecretKey(secret_name="lancamentos-rabbitmq", key="password"),
            "consolidacao": SecretKey(secret_name="consolidacao-rabbitmq", key="password"),
        },
        validations=[
            Validation(
                _NAMED,
                f"Each of users {_ALLOWED}",
                rejects={"Lançamentos": SecretKey(secret_name="lancamentos-rabbitmq", key="password")},
            )
        ],
    )
    queues: dict[str, Queue] = variable(
        "The queues, by name.",
        example={"lancamento-registrado": Queue(publishers=["lancamentos"], consumers=["consolidacao"])},
        validations=[
            Validation(
                _QUEUES_NAMED,
                f"Each of queues {_ALLOWED} A second such name may follow after a dot, other than "
                f"{DEAD_LETTERS.removeprefix('.')}, if event says what feeds it.",
                rejects={"lancamento.*": Queue(publishers=[], consumers=[])},
            ),
            Validation(
                f'!contains(keys(self), "{DEAD_LETTER_EXCHANGE}")',
                f"None of queues may be named {DEAD_LETTER_EXCHANGE}: it is the exchange of what nobody could process.",
                rejects={DEAD_LETTER_EXCHANGE: Queue(publishers=[], consumers=[])},
            ),
        ],
    )
    revision: int = variable("Raise it to have the job run again, as when passwords are made anew.", default=1)
    labels: dict[str, str] = variable("Labels of every object.", default={})


class BrokerBootstrapOutputs(Outputs):
    """What those who wait for it need to know."""

    job_name: str = output("Name of the job that ran.")


BROKER_BOOTSTRAP = Contract(
    "broker-bootstrap",
    "Users, exchanges, quorum queues and dead letters of RabbitMQ, each microservice with just the rights it needs.",
    BrokerBootstrapInputs,
    BrokerBootstrapOutputs,
)
