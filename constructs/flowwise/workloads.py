"""What runs in the cluster besides the microservices and has to be known outside it: each a namespace of its own."""

DATABASE_BOOTSTRAP = "database-bootstrap"
"""Makes each microservice's database role."""

MESSAGE_BROKER = "rabbitmq"
"""The broker, or what makes its users where the cloud runs it."""

OBSERVABILITY = "observability"
"""Collects logs, metrics and traces, and sends them to a vendor."""

OPERATORS = (DATABASE_BOOTSTRAP, MESSAGE_BROKER, OBSERVABILITY)
"""No microservice may have one of these names. Namespace and service account have the name of the workload."""
