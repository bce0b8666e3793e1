"""What the cluster and an application have to know of each other, whatever the application is written in."""

from dataclasses import dataclass

REFERENCE_IMAGE = "flowwise-service:local"
"""What examples/service is built as, on a machine whose cluster is its own."""

USER = "10001"
"""User and group of the process: any but root's, and above those that distributions give to people and daemons."""

TMP_SIZE = "256Mi"
"""Of /tmp, the only place that can be written to."""

CERTIFICATES = "/etc/flowwise/certificates"
"""The folder with the certificates that a microservice is to trust."""

DRAIN_SECONDS = 10
"""Between leaving the service and being told to end: as long as others may take to notice."""

STOP_SECONDS = 30
LEAST_STOP_SECONDS, MOST_STOP_SECONDS = 5, 600
"""Between being told to end and being killed: as long as it takes to finish what is at hand."""

READY_SECONDS = 10
"""For so long a worker has to run before it counts as one that works: nobody can ask it."""

TIME_ZONE = "Etc/UTC"
"""Of schedules, unless they say otherwise."""

JOB_ATTEMPTS = 3
"""Times that a run of a scheduled job is tried before it has failed."""

JOB_HOURS = 24
"""After so many, it is ended."""

CPU_PERCENT = 70
LEAST_PERCENT, MOST_PERCENT = 10, 100
"""Of the processors or the memory that are kept for a copy: where more of them are used, there are more copies."""

PASSWORD = "password"
"""How a microservice signs in to a cache that is no cloud's; a cloud's wants its tokens, and is called by its name."""


CALLS = "CALLS_"
"""What the name of a variable begins with that has another microservice's address; its name follows."""


@dataclass(frozen=True)
class Probe:
    """How Kubernetes asks a microservice how it is: every so many seconds, and how often it may fail in a row.

    `path` is where it asks, unless a microservice says otherwise.
    """

    path: str
    answers: str
    period_seconds: int
    timeout_seconds: int
    failures: int


STARTUP = Probe("/health/startup", "once it has started", 5, 2, 36)
READINESS = Probe("/health/ready", "while it can serve", 5, 2, 3)
LIVENESS = Probe("/health/live", "unless it has to be restarted", 10, 2, 3)


@dataclass(frozen=True)
class Setting:
    """An environment variable. What `of` names (postgres, storage, ...) the microservice has to use to get it."""

    name: str
    meaning: str
    of: str | None = None
    secret: bool = False


SETTINGS = (
    Setting("PORT", "The port to listen on, with HTTP."),
    Setting("CERTIFICATES", "The folder with the certificates to trust: see below."),
    Setting("OTEL_SERVICE_NAME", "The microservice's own name, for telemetry."),
    Setting("OTEL_EXPORTER_OTLP_ENDPOINT", "Where traces, metrics and logs are sent."),
    Setting("OTEL_EXPORTER_OTLP_PROTOCOL", "How: `grpc`, which not every SDK takes for granted."),
    Setting("DATABASE_HOST", "The server of the microservice's database.", "postgres"),
    Setting("DATABASE_PORT", "The server's port.", "postgres"),
    Setting("DATABASE_NAME", "The database.", "postgres"),
    Setting("DATABASE_USER", "The role to sign in as. A schema of the same name is the role's own.", "postgres"),
    Setting("DATABASE_PASSWORD", "The role's password.", "postgres", secret=True),
    Setting(
        "DATABASE_TLS",
        "How to check the server, as libpq's `sslmode` says it: `verify-full`, or `verify-ca` where the server's "
        "certificate does not name the host. Without TLS, nobody is let in.",
        "postgres",
    ),
    Setting("RABBITMQ_HOST", "The broker.", "rabbitmq"),
    Setting("RABBITMQ_PORT", "The broker's port of AMQP 0-9-1 over TLS, which is the only one.", "rabbitmq"),
    Setting("RABBITMQ_VIRTUAL_HOST", "The virtual host that the exchanges and queues are in.", "rabbitmq"),
    Setting("RABBITMQ_USER", "The user to sign in as.", "rabbitmq"),
    Setting("RABBITMQ_PASSWORD", "The user's password.", "rabbitmq", secret=True),
    Setting("RABBITMQ_PUBLISHES", "The exchanges to publish to, with commas between them; may be empty.", "rabbitmq"),
    Setting("RABBITMQ_CONSUMES", "The queues to consume, with commas between them; may be empty.", "rabbitmq"),
    Setting("REDIS_HOST", "The cache.", "redis"),
    Setting("REDIS_PORT", "The cache's port.", "redis"),
    Setting("REDIS_TLS", "`true` where the cache wants TLS, as the clouds' do; else `false`.", "redis"),
    Setting("REDIS_USER", "The user to sign in as.", "redis"),
    Setting(
        "REDIS_SIGN_IN",
        f"`{PASSWORD}`, or whose token of the pod's own identity is the password: `azure`, `aws`, `google`.",
        "redis",
    ),
    Setting("REDIS_PASSWORD", f"The user's password. Only where REDIS_SIGN_IN is `{PASSWORD}`.", "redis", secret=True),
    Setting("REDIS_NAME", "The cache's name in the cloud, which a token of AWS has to name; else empty.", "redis"),
    Setting("REDIS_KEY_PREFIX", "What every key has to begin with: there are no rights to others.", "redis"),
    Setting(
        "STORAGE_ENDPOINT",
        "Address of the storage for files: of an account on Azure, of S3, of Cloud Storage.",
        "storage",
    ),
    Setting("STORAGE_BUCKET", "The microservice's own bucket, on Azure its container.", "storage"),
    Setting("STORAGE_REGION", "The region, by the cloud's own code, which S3 wants in signatures.", "storage"),
    Setting(
        "STORAGE_SIGN_IN",
        "Whose SDK signs in, by the pod's own identity and without a key: `azure`, `aws`, `google`.",
        "storage",
    ),
)
