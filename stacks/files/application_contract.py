"""What an application has to do to run in the clusters, from the tables and modules that its pods are made by.

`make contract` writes docs/application-contract.md anew.
"""

from pathlib import Path

from flowwise.broker_bootstrap import DEAD_LETTER_EXCHANGE, DELIVERY_LIMIT
from flowwise.tables.application import (
    CALLS,
    CERTIFICATES,
    DRAIN_SECONDS,
    JOB_ATTEMPTS,
    JOB_HOURS,
    LIVENESS,
    PASSWORD,
    READINESS,
    READY_SECONDS,
    SETTINGS,
    STARTUP,
    STOP_SECONDS,
    TMP_SIZE,
    USER,
    Setting,
)
from stacks.files.tables import table

FILE = Path(__file__).resolve().parents[2] / "docs" / "application-contract.md"

_NEEDS = {None: "Always", "postgres": "PostgreSQL", "rabbitmq": "RabbitMQ", "redis": "The cache", "storage": "Files"}


def contract_text() -> str:
    """The file's text, in Markdown."""
    sections = [
        "<!-- `make contract` writes this from stacks/files/application_contract.py. Edit that file, not this one. -->",
        "# What an application has to do",
        "A microservice is an image that keeps what is written here. "
        "[examples/service](../examples/service) is the smallest one that does, and the tests run it with just the "
        "variables and files that the cluster would give it.",
        "## The process",
        _process(),
        "## How it is",
        "Three paths answer 200, or anything else where something is wrong, by HTTP and without a token; the table "
        "`health` of the environment file may name others:",
        table(["Path", "When it answers 200", "When it is asked", "What happens otherwise"], _probes()),
        "Whether it is ready depends on what it cannot do without, such as its database, and not on what all copies "
        "would lose at once and get back, such as the broker. Whether it is live depends on nothing but itself.",
        "## Workers and jobs",
        _kinds(),
        "## What it is told",
        "By environment variables: those of its `uses` in the environment file, and those of `configuration` besides.",
        *(f"{heading}:\n\n{_settings(need)}" for need, heading in _NEEDS.items()),
        f"For each microservice of its `calls`, `{CALLS}<NAME>` has the address, without a slash at its end. The name "
        f"is in capitals, with underscores for hyphens, as in `{CALLS}CONSOLIDACAO`; one that was renamed has "
        "a variable by each of its names. Calls go by HTTP within the "
        "cluster, past the gateway, its sign-in and its limits.",
        "Passwords change when the environment's `secret_version` is raised: all copies are replaced then, so they may "
        "be read once. What runs keeps its connections meanwhile, and need not survive losing them.",
        "What others hand out, such as a partner's key, is an environment variable of its name in the `secrets` of the "
        "environment file, and no other microservice can read it. Its value is given when the environment is deployed. "
        "When it changes, by `secret_versions`, the copies are replaced, workers too; a job has it from its next run.",
        "## Certificates",
        f"In `{CERTIFICATES}`, which the variable CERTIFICATES names, are `database.crt`, `broker.crt` and "
        "`cache.crt`, in PEM: what the server's certificate is signed with. One that is missing says that a public "
        "authority has signed it, whom the image's own certificates know. All connections are TLS, with the server's "
        "name checked, unless REDIS_TLS or DATABASE_TLS says otherwise.",
        "## Events",
        _events(),
        "## The cache",
        f"A cache may be empty at any time, and may be gone. Where REDIS_SIGN_IN is not `{PASSWORD}`, the password is "
        "a token of the pod's own identity, asked for anew at each connection, for it expires: on Azure one of "
        "Microsoft Entra for `https://redis.azure.com/.default`; on AWS a request signed for ElastiCache that names "
        "REDIS_NAME and REDIS_USER; on Google Cloud an access token of the metadata server. The clouds' libraries find "
        "the identity by themselves.",
        "## What it may reach",
        "What is in the environment's file, and nothing else: the servers of its `uses`, the microservices of its "
        "`calls`, the addresses of its `egress`, the collector of telemetry, and where the cloud hands out tokens. It "
        "is reached by the gateway, if it has `paths`, where these arrive as they were asked for, and by the "
        "microservices that call it. The README of an environment's workloads has the table.",
        "## Telemetry",
        "Traces, metrics and logs by OpenTelemetry, to OTEL_EXPORTER_OTLP_ENDPOINT by gRPC without TLS: the collector "
        "is on the same node. What is written to stdout is collected as well. A message carries its trace in its "
        "headers, as W3C's `traceparent`.",
    ]
    return "\n\n".join(sections) + "\n"


def _process() -> str:
    return "\n".join(
        [
            "- It listens on the port that PORT says, on all addresses, with HTTP/1.1 and without TLS.",
            f"- It runs as user and group {USER}, whatever the image says, without any capability.",
            f"- It can write to `/tmp` alone, {TMP_SIZE} at most, which is gone when it ends.",
            f"- It is told to end by SIGTERM, {DRAIN_SECONDS} seconds after it was taken out of the service, if the "
            f"image has the command `sleep`; at once, if not. It then has {STOP_SECONDS} seconds, or as "
            "many as `stop_seconds` says in the environment file, to answer what it was asked, finish the messages at "
            "hand, and leave with status 0. Then it is killed.",
            "- It is started as the image says, or with the `command` and the `arguments` of the environment file.",
            "- Several copies run at once, on several nodes, and during an update those of two versions.",
            "- It may start before what it uses, and should then try again or leave with another status than 0.",
            "- It is known by its digest or a tag that is not `latest`.",
        ]
    )


def _kinds() -> str:
    return "\n".join(
        [
            'What is above is for `kind = "http"`, which a microservice is unless its table says otherwise.',
            "",
            '- `kind = "worker"` runs all the time and listens on no port: it is not told PORT, and nobody asks it how '
            f"it is. It counts as well once it has run for {READY_SECONDS} seconds, is started anew when it ends, and "
            "is told to end at once, without waiting to be taken out of a service.",
            '- `kind = "job"` is started by its `schedule`, and ends: with status 0 when it is done, or with another '
            f"one to be tried again, {JOB_ATTEMPTS} times in all. One run goes at a time: the next is left out while "
            f"one goes on. After {JOB_HOURS} hours it is ended. It may be started twice for one time, or not at all "
            "when the cluster is down, so it finds out by itself what there is to do.",
        ]
    )


def _probes() -> list[list[str]]:
    return [
        [
            f"`{probe.path}`",
            probe.answers,
            f"every {probe.period_seconds} s, and has to answer within {probe.timeout_seconds} s",
            f"{then} after {probe.failures} failures in a row",
        ]
        for probe, then in (
            (STARTUP, "it is started anew"),
            (READINESS, "it gets no requests"),
            (LIVENESS, "it is started anew"),
        )
    ]


def _settings(need: str | None) -> str:
    return table(["Variable", "What it says"], [_row(setting) for setting in SETTINGS if setting.of == need])


def _row(setting: Setting) -> list[str]:
    return [f"`{setting.name}`" + (" (secret)" if setting.secret else ""), setting.meaning]


def _events() -> str:
    return "\n".join(
        [
            "- Exchanges, queues and rights are there before the microservice is. It may declare none: it asks for "
            "them by name, or passively.",
            "- To publish an event is to publish a persistent message to the exchange of that name, with any routing "
            "key, and to wait for the broker's confirm: a queue that is full refuses messages, and does not drop "
            "them. `mandatory` has a message refused that no queue would get.",
            "- To consume it is to read the queue that RABBITMQ_CONSUMES names, and to acknowledge a message once the "
            "work is done. Every message comes at least once, in no certain order: whoever counts has to know what it "
            "has counted.",
            "- The queue has the event's name or, with `own_queues` in the environment file, `<event>.<microservice>`. "
            "Each queue gets every event. Of consumers that share one, with `shared_queues`, one gets each event.",
            f"- A message that is given back more than {DELIVERY_LIMIT} times, or rejected, goes by the exchange "
            f"`{DEAD_LETTER_EXCHANGE}` to the queue `<queue>.dead`, which the consumers may read as well.",
        ]
    )


if __name__ == "__main__":
    FILE.write_text(contract_text(), encoding="utf-8", newline="\n")
