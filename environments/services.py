"""The tables [services.*]."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import Field, Strict, ValidationInfo, field_validator

from environments.field_types import (
    INTERNET,
    ApiPath,
    Cpu,
    HealthPath,
    Memory,
    OutsideName,
    OutsideRange,
    PoolName,
    QueueName,
    Schedule,
    SecretName,
    ServiceName,
    TimeZone,
    VariableName,
    VariableText,
    amount,
    each_once,
    is_public,
    missing,
    only_such_names,
    refusal,
)
from environments.scaling import Scaled
from environments.table import Surroundings, Table, nothing_in_a_cluster
from environments.wording import listed, nearest, shown
from flowwise.tables.application import (
    CALLS,
    CPU_PERCENT,
    LEAST_PERCENT,
    LEAST_STOP_SECONDS,
    LIVENESS,
    MOST_PERCENT,
    MOST_STOP_SECONDS,
    READINESS,
    STARTUP,
    STOP_SECONDS,
    TIME_ZONE,
)
from flowwise.tables.traffic import HTTPS_PORT

_MOST_MESSAGES = 10_000
_Words = Annotated[tuple[VariableText, ...], Strict(False)]
_Percent = Annotated[int, Field(ge=LEAST_PERCENT, le=MOST_PERCENT)]
_Queues = Annotated[tuple[QueueName, ...], Strict(False)]


class Health(Table):
    """Where a microservice says how it is, by HTTP on its port."""

    startup: HealthPath = Field(default=STARTUP.path, description=f"Answers 200 {STARTUP.answers}.")
    readiness: HealthPath = Field(default=READINESS.path, description=f"Answers 200 {READINESS.answers}.")
    liveness: HealthPath = Field(default=LIVENESS.path, description=f"Answers 200 {LIVENESS.answers}.")


class Egress(Table):
    """What a microservice may call outside of the environment, with TCP."""

    to: Annotated[tuple[OutsideRange, ...], Strict(False)] = Field(
        min_length=1,
        description=f'Ranges of addresses, or "{INTERNET}" alone for every public one.',
        json_schema_extra={"uniqueItems": True, "errorMessage": 'at least one range of addresses, or ["internet"]'},
    )
    ports: Annotated[tuple[Annotated[int, Field(ge=1, le=65535)], ...], Strict(False)] = Field(
        min_length=1,
        description="TCP ports.",
        json_schema_extra={"uniqueItems": True, "errorMessage": "at least one TCP port, such as [443]"},
    )

    @field_validator("to")
    @classmethod
    def _beyond_what_is_ours(cls, to: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        each_once(to)
        if INTERNET in to:
            if len(to) > 1:
                raise refusal(f'["{INTERNET}"] alone, or ranges; both can be said by two names')
            return to
        own = Surroundings.of(info).own_ranges
        if inside := [str(each) for each in own if any(IPv4Network(range_).overlaps(each) for range_ in to)]:
            raise refusal(
                f"ranges outside of {listed(inside, 'and')}, which is the environment's own: calls and uses say what "
                "is called there"
            )
        return to

    @field_validator("ports")
    @classmethod
    def _let_out(cls, ports: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        each_once(tuple(map(str, ports)))
        to = info.data.get("to", ())
        if Surroundings.of(info).cloud == "google" and set(ports) != {HTTPS_PORT} and any(map(is_public, to)):
            raise refusal(
                f'[{HTTPS_PORT}], because cloud is "google", where the firewall of the network lets nothing else out '
                "to public addresses"
            )
        return ports


class Service(Scaled):
    """A microservice."""

    was: ServiceName | None = Field(
        default=None,
        description="The name that it was made by, if it has another one now. Its namespace, database, role, secrets, "
        "identity, repository, bucket and queues keep that: none of them can be renamed. Taken out, it is another "
        "microservice, with an empty database, and the one that it was goes.",
    )
    kind: Literal["http", "worker", "job"] = Field(
        default="http",
        description='"http" listens on its port; "worker" runs all the time and listens on none; "job" is started by '
        "its schedule, and ends.",
    )
    schedule: Schedule | None = Field(
        default=None,
        description="When a job is started: minute, hour, day of the month, month, day of the week, as cron has them. "
        "A run that goes on when the next is due has that one left out.",
    )
    time_zone: TimeZone = Field(default=TIME_ZONE, description="Time zone of the schedule.")

    uses: Annotated[tuple[Literal["postgres", "rabbitmq", "redis", "storage"], ...], Strict(False)] = Field(
        description="What it needs; [] for nothing.", json_schema_extra={"uniqueItems": True}
    )
    port: int = Field(default=8080, ge=1024, le=65535, description="Port that it listens on, with HTTP.")
    command: _Words = Field(
        default=(),
        description="Program to run and its first arguments; without any, the image's own. What stands as $(NAME) in "
        "one is the value of that environment variable.",
    )
    arguments: _Words = Field(default=(), description="Arguments of the program; without any, the image's own.")
    health: Health = Field(default=Health(), description="Paths where it says how it is.")
    paths: Annotated[tuple[ApiPath, ...], Strict(False)] = Field(
        default=(),
        description="Beginnings of the API's paths that it answers; without any, nothing outside reaches it.",
        json_schema_extra={"uniqueItems": True},
    )
    calls: Annotated[tuple[ServiceName, ...], Strict(False)] = Field(
        default=(),
        description="Other microservices that it calls, with HTTP and without the gateway: "
        f"{CALLS}<NAME> has the address of each.",
        json_schema_extra={"uniqueItems": True},
    )
    egress: Mapping[OutsideName, Egress] = Field(
        default_factory=dict,
        description="What it may call outside of the environment, by a name that says what it is. Nothing by default.",
        json_schema_extra=only_such_names('a table such as { parceiro = { to = ["203.0.113.0/24"], ports = [443] } }'),
    )
    public: bool = Field(default=False, description="Let requests in without a token.")
    pool: PoolName | None = Field(
        default=None,
        description="The node pool that its copies run on, whose taints they tolerate, of spot nodes too; without it, "
        "any pool without taints.",
    )
    cpu: Cpu = Field(default="250m", description="Processors that are kept for each copy.")
    cpu_limit: Cpu | None = Field(default=None, description="Processors that a copy may use; else all that are idle.")
    memory: Memory = Field(default="512Mi", description="Memory that is kept for each copy.")
    memory_limit: Memory | None = Field(
        default=None, description="Memory that a copy may use; else what is kept for it."
    )
    cpu_percent: _Percent = Field(
        default=CPU_PERCENT,
        description="Percent of the processors kept, beyond which there are more copies.",
    )
    memory_percent: _Percent | None = Field(
        default=None,
        description="Percent of the memory kept, beyond which there are more copies; without it, none come for memory: "
        "a process that keeps what it once had would never let them go.",
    )
    publishes: _Queues = Field(
        default=(), description="Events that it publishes.", json_schema_extra={"uniqueItems": True}
    )
    consumes: _Queues = Field(
        default=(),
        description="Events that it gets, each by the queue of the event's name, which is this consumer's alone.",
        json_schema_extra={"uniqueItems": True},
    )
    own_queues: _Queues = Field(
        default=(),
        description="Of the events it consumes, those that it gets by a queue named after it too, <event>.<service>, "
        "because another consumer has that of the event's name. Each of them gets every event.",
        json_schema_extra={"uniqueItems": True},
    )
    shared_queues: _Queues = Field(
        default=(),
        description="Of the events it consumes, those whose queue it shares with all others that say so: each event "
        "goes to one of them.",
        json_schema_extra={"uniqueItems": True},
    )
    scale_on_queue: QueueName | None = Field(
        default=None, description="That of the events it consumes by whose queue's length there are more copies."
    )
    messages_per_replica: Annotated[int, Field(ge=1, le=_MOST_MESSAGES)] | None = Field(
        default=None, description="Messages of that queue that one copy is to have before it."
    )
    stop_seconds: int = Field(
        default=STOP_SECONDS,
        ge=LEAST_STOP_SECONDS,
        le=MOST_STOP_SECONDS,
        description="Seconds that a copy has to finish what it is doing, once it is told to stop; then it is killed.",
    )
    configuration: Mapping[VariableName, VariableText] = Field(
        default_factory=dict,
        description="Environment variables that are no secrets.",
        json_schema_extra=only_such_names('a table of texts, such as { LOG_LEVEL = "info" }'),
    )
    secrets: Annotated[tuple[SecretName, ...], Strict(False)] = Field(
        default=(),
        description="Secrets that others hand out, each an environment variable of this name, which nobody else reads. "
        "Their values are given as secret_values, by the names <service>-<secret> in lower case with hyphens, and are "
        "in no file.",
        json_schema_extra={"uniqueItems": True},
    )
    secret_versions: Mapping[SecretName, Annotated[int, Field(ge=1, le=1000)]] = Field(
        default_factory=dict,
        description="Of those secrets, which version each has, if it is not the first: raise it to have the value "
        "taken anew from secret_values.",
        json_schema_extra=only_such_names("a table of whole numbers, such as { PARTNER_API_KEY = 2 }"),
    )

    @field_validator("schedule")
    @classmethod
    def _of_a_job(cls, schedule: str | None, info: ValidationInfo) -> str | None:
        if schedule is None and info.data.get("kind") == "job":
            raise missing('a schedule such as "0 3 * * *", because kind is "job"')
        return schedule

    @field_validator("command")
    @classmethod
    def _names_a_program(cls, command: tuple[str, ...]) -> tuple[str, ...]:
        if command and not command[0].strip():
            raise refusal('[], or a list that begins with a program, such as ["python", "-m", "relatorios"]')
        return command

    @field_validator("uses", "paths", "calls", "publishes", "consumes", "own_queues", "shared_queues", "secrets")
    @classmethod
    def _each_once(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        each_once(words)
        return words

    @field_validator("uses")
    @classmethod
    def _described(cls, uses: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        absent = [need for need in uses if need in Surroundings.of(info).absent]
        if absent:
            raise refusal(f"only what has a table of its own: there is no [{'], and no ['.join(absent)}]")
        return uses

    @field_validator("pool", mode="before")
    @classmethod
    def _of_nodes_that_are_ours(cls, pool: Any, info: ValidationInfo) -> Any:
        return nothing_in_a_cluster(pool, info)

    @field_validator("pool")
    @classmethod
    def _one_that_there_is(cls, pool: str | None, info: ValidationInfo) -> str | None:
        pools = Surroundings.of(info).node_pools
        if pool is not None and pools is not None and pool not in pools:
            raise refusal(f"{listed(pools)}, of cluster.node_pools", suggestion=nearest(pool, pools))
        return pool

    @field_validator("cpu_limit", "memory_limit")
    @classmethod
    def _not_below_what_is_kept(cls, limit: str | None, info: ValidationInfo) -> str | None:
        key = str(info.field_name).removesuffix("_limit")
        kept = info.data.get(key)
        if limit and kept and amount(limit) < amount(kept):
            raise refusal(f"at least {key}, which is {shown(kept)}")
        return limit

    @field_validator("publishes", "consumes")
    @classmethod
    def _through_rabbitmq(cls, queues: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if queues and "rabbitmq" not in info.data.get("uses", ["rabbitmq"]):
            raise refusal('[], or "rabbitmq" in uses besides, which has the queues')
        return queues

    @field_validator("own_queues", "shared_queues")
    @classmethod
    def _of_events_that_it_consumes(cls, events: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        consumes = info.data.get("consumes")
        if unknown := [event for event in events if consumes is not None and event not in consumes]:
            allowed = f"{listed(consumes)}, which it consumes" if consumes else "[]: it consumes nothing"
            raise refusal(allowed, suggestion=nearest(unknown[0], consumes or ()))
        if both := [event for event in events if event in info.data.get("own_queues", ())]:
            raise refusal(f"events that are not in own_queues: {listed(both, 'and')} cannot be in both")
        return events

    @field_validator("scale_on_queue")
    @classmethod
    def _one_that_it_consumes(cls, queue: str | None, info: ValidationInfo) -> str | None:
        consumes = info.data.get("consumes")
        if queue is None or consumes is None or queue in consumes:
            return queue
        if not consumes:
            raise refusal("nothing, or the queue in consumes besides: it consumes none")
        raise refusal(f"{listed(consumes)}, which it consumes", suggestion=nearest(queue, consumes))

    @field_validator("messages_per_replica")
    @classmethod
    def _of_a_queue(cls, messages: int | None, info: ValidationInfo) -> int | None:
        queue = info.data.get("scale_on_queue")
        if queue and messages is None:
            raise missing(f"a whole number from 1 to {_MOST_MESSAGES}, because scale_on_queue is {shown(queue)}")
        if messages is not None and "scale_on_queue" in info.data and not queue:
            raise refusal("nothing, or scale_on_queue besides: without a queue there are no messages to count")
        return messages

    @field_validator("secrets")
    @classmethod
    def _not_in_the_file(cls, secrets: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if both := [name for name in secrets if name in info.data.get("configuration", ())]:
            raise refusal(f"names that configuration does not have: {listed(both, 'and')} cannot be in both")
        return secrets

    @field_validator("secret_versions")
    @classmethod
    def _of_secrets(cls, versions: Mapping[str, int], info: ValidationInfo) -> Mapping[str, int]:
        secrets = info.data.get("secrets")
        if unknown := [name for name in versions if secrets is not None and name not in secrets]:
            none = f"of which {shown(unknown[0])} is none"
            raise refusal(f"names in secrets: {listed(secrets)}, {none}" if secrets else "nothing, or secrets besides")
        return versions
