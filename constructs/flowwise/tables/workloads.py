"""What runs in the cluster besides the microservices, by the names of the namespaces."""

DATABASE_BOOTSTRAP = "database-bootstrap"
"""Makes each microservice's database role."""

MESSAGE_BROKER = "rabbitmq"
"""The broker, or what makes its users where the cloud runs it."""

OBSERVABILITY = "observability"
"""Collects logs, metrics and traces, and sends them to a vendor."""

CERT_MANAGER = "cert-manager"
CLOUD_NATIVE_PG = "cnpg-system"
EXTERNAL_SECRETS = "external-secrets"
GATEWAY = "gateway"
KEDA = "keda"
POSTGRES = "postgres"
RABBITMQ_OPERATOR = "rabbitmq-system"
REDIS = "redis"

OPERATORS = (DATABASE_BOOTSTRAP, MESSAGE_BROKER, OBSERVABILITY)
"""Those that have an identity in the cloud. Namespace and service account have the name of the workload."""

RESERVED = (
    *OPERATORS,
    f"{OBSERVABILITY}-nodes",
    CERT_MANAGER,
    CLOUD_NATIVE_PG,
    EXTERNAL_SECRETS,
    GATEWAY,
    KEDA,
    POSTGRES,
    RABBITMQ_OPERATOR,
    REDIS,
    "to-https",
)
"""No microservice may have one of these names: most are namespaces, the last is a route of the gateway."""
