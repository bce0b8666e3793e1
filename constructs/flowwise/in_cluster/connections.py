"""What each microservice is told of what it uses: where it is, and whom to sign in as."""

from typing import Any

from flowwise.authoring.expressions import bare, text
from flowwise.authoring.module import Module
from flowwise.broker_bootstrap import VIRTUAL_HOST
from flowwise.observability import ObservabilityOutputs
from flowwise.postgres_db.in_cluster import InClusterPostgresOutputs
from flowwise.rabbitmq.in_cluster import InClusterRabbitmqOutputs
from flowwise.redis.in_cluster import InClusterRedisOutputs


def add_connections(
    module: Module[Any, Any],
    postgres: InClusterPostgresOutputs,
    redis: InClusterRedisOutputs,
    broker: InClusterRabbitmqOutputs,
    observability: ObservabilityOutputs,
) -> None:
    """Add `local.connections` and `local.passwords`: environment variables, by microservice."""
    module.comment("A schema has its role's name, and SQL likes no hyphens.")
    module.local("database_roles", text('{ for name in local.postgres_users : name => replace(name, "-", "_") }'))
    module.local(
        "database_names",
        text(
            "{\n"
            "  for name in local.postgres_users : name =>\n"
            "  var.managed_database == null ? local.database_roles[name] : var.managed_database.names[name]\n"
            "}"
        ),
    )
    module.local(
        "broker",
        text(
            "{\n"
            f"  host = var.managed_broker == null ? {bare(broker.host)} : var.managed_broker.host\n"
            f"  port = var.managed_broker == null ? {bare(broker.port)} : var.managed_broker.port\n"
            "}"
        ),
    )
    host = bare(postgres.host)
    module.local(
        "connections",
        text(
            "{\n"
            "  for name, service in var.services : name => merge(\n"
            "    {\n"
            f"      OTEL_EXPORTER_OTLP_ENDPOINT = {bare(observability.otlp_endpoint)}\n"
            '      OTEL_EXPORTER_OTLP_PROTOCOL = "grpc"\n'
            "      OTEL_SERVICE_NAME           = name\n"
            "    },\n"
            '    !contains(service.uses, "postgres") ? {} : {\n'
            f"      DATABASE_HOST = var.managed_database == null ? {host} : var.managed_database.hosts[name]\n"
            "      DATABASE_PORT = tostring(try(var.managed_database.port, 5432))\n"
            "      DATABASE_NAME = local.database_names[name]\n"
            "      DATABASE_USER = local.database_roles[name]\n"
            "    },\n"
            '    !contains(service.uses, "rabbitmq") ? {} : {\n'
            "      RABBITMQ_HOST         = local.broker.host\n"
            "      RABBITMQ_PORT         = tostring(local.broker.port)\n"
            f'      RABBITMQ_VIRTUAL_HOST = "{VIRTUAL_HOST}"\n'
            "      RABBITMQ_USER         = name\n"
            "    },\n"
            '    !contains(service.uses, "redis") ? {} : {\n'
            f"      REDIS_HOST       = var.managed_cache == null ? {bare(redis.host)} : var.managed_cache.host\n"
            f"      REDIS_PORT       = tostring(var.managed_cache == null ? {bare(redis.port)} : "
            "var.managed_cache.port)\n"
            "      REDIS_USER       = try(coalesce(var.managed_cache.user_names[name]), name)\n"
            '      REDIS_KEY_PREFIX = "${name}:"\n'
            "      REDIS_TLS        = tostring(var.managed_cache != null)\n"
            "    },\n"
            "    service.configuration\n"
            "  )\n"
            "}"
        ),
    )
    module.local(
        "passwords",
        text(
            "{\n"
            "  for name, service in var.services : name => {\n"
            "    for variable, need in {\n"
            '      DATABASE_PASSWORD = "postgres"\n'
            '      RABBITMQ_PASSWORD = "rabbitmq"\n'
            '      REDIS_PASSWORD    = "redis"\n'
            '    } : variable => local.passwords_by_secret["${name}-${need}"]\n'
            '    if contains(service.uses, need) && (need != "redis" || var.redis != null)\n'
            "  }\n"
            "}"
        ),
    )
