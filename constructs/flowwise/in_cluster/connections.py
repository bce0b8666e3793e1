"""What each microservice is told of what it uses: where it is, and whom to sign in as."""

from collections.abc import Mapping
from typing import Any

from flowwise.authoring.expressions import bare, text
from flowwise.authoring.module import Module
from flowwise.broker_bootstrap import VIRTUAL_HOST
from flowwise.observability import ObservabilityOutputs
from flowwise.platform import NEEDS
from flowwise.postgres_db.in_cluster import InClusterPostgresOutputs
from flowwise.rabbitmq.in_cluster import InClusterRabbitmqOutputs
from flowwise.redis.in_cluster import InClusterRedisOutputs
from flowwise.tables.application import CALLS, CERTIFICATES, PASSWORD, SETTINGS

_PORT = "PORT"
"""Of those that listen on one alone."""


def _calls(name: str) -> str:
    return (
        "{\n"
        "      for other in service.calls :\n"
        f'      "{CALLS}${{upper(replace({name}, "-", "_"))}}" => "http://${{other}}.${{other}}.svc"\n'
        "    }"
    )


_CALLED = "coalesce(var.services[other].called, other)"
_CALLS = (_calls("other"), _calls(_CALLED))
"""Where the Services of other microservices are, at the port that HTTP has by default: by the name that each was made
by, for who has not heard of a new one, and by that of today."""


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
    values = _values(postgres, redis, observability)
    blocks = [f"service.port == null ? {{}} : {{ {_PORT} = tostring(service.port) }}", _block(values, None)] + [
        f'!contains(service.uses, "{need}") ? {{}} : {_block(values, need)}' for need in NEEDS
    ]
    module.local(
        "connections",
        text(
            "{\n"
            "  for name, service in var.services : name => merge(\n"
            + "".join(f"    {block},\n" for block in blocks)
            + "".join(f"    {calls},\n" for calls in _CALLS)
            + "    service.configuration\n"
            "  )\n"
            "}"
        ),
    )
    passwords = {setting.name: setting.of for setting in SETTINGS if setting.secret}
    longest = max(map(len, passwords))
    module.local(
        "passwords",
        text(
            "{\n"
            "  for name, service in var.services : name => merge(\n"
            "    {\n"
            "      for variable, need in {\n"
            + "".join(f'        {name:{longest}} = "{need}"\n' for name, need in passwords.items())
            + '      } : variable => local.passwords_by_secret["${name}-${need}"]\n'
            '      if contains(service.uses, need) && (need != "redis" || var.redis != null)\n'
            "    },\n"
            "    { for variable, secret in service.secrets : variable => local.passwords_by_secret[secret.name] }\n"
            "  )\n"
            "}"
        ),
    )


def _block(values: Mapping[str, str], need: str | None) -> str:
    """A map of those settings, none of them secret, that are for whoever uses something."""
    names = [each.name for each in SETTINGS if each.of == need and not each.secret and each.name != _PORT]
    longest = max(map(len, names))
    return "{\n" + "".join(f"      {name:{longest}} = {values[name]}\n" for name in names) + "    }"


def _values(
    postgres: InClusterPostgresOutputs, redis: InClusterRedisOutputs, observability: ObservabilityOutputs
) -> Mapping[str, str]:
    """The expression of every setting that is no secret, for the microservice `name`, which is `service`."""

    def by_cache(in_cluster: str, managed: str) -> str:
        return f"var.managed_cache == null ? {in_cluster} : {managed}"

    return {
        "CERTIFICATES": f'"{CERTIFICATES}"',
        "OTEL_SERVICE_NAME": "coalesce(service.called, name)",
        "OTEL_EXPORTER_OTLP_ENDPOINT": bare(observability.otlp_endpoint),
        "OTEL_EXPORTER_OTLP_PROTOCOL": '"grpc"',
        "DATABASE_HOST": (f"var.managed_database == null ? {bare(postgres.host)} : var.managed_database.hosts[name]"),
        "DATABASE_PORT": "tostring(try(var.managed_database.port, 5432))",
        "DATABASE_NAME": "local.database_names[name]",
        "DATABASE_USER": "local.database_roles[name]",
        "DATABASE_TLS": 'try(var.managed_database.certificate_names_host, true) ? "verify-full" : "verify-ca"',
        "RABBITMQ_HOST": "local.broker.host",
        "RABBITMQ_PORT": "tostring(local.broker.port)",
        "RABBITMQ_VIRTUAL_HOST": f'"{VIRTUAL_HOST}"',
        "RABBITMQ_USER": "name",
        "RABBITMQ_PUBLISHES": (
            'join(",", distinct([\n'
            "        for queue, each in var.queues : coalesce(each.event, queue) if contains(each.publishers, name)\n"
            "      ]))"
        ),
        "RABBITMQ_CONSUMES": 'join(",", [for queue, each in var.queues : queue if contains(each.consumers, name)])',
        "REDIS_HOST": by_cache(bare(redis.host), "var.managed_cache.host"),
        "REDIS_PORT": f"tostring({by_cache(bare(redis.port), 'var.managed_cache.port')})",
        "REDIS_TLS": "tostring(var.managed_cache != null)",
        "REDIS_USER": "try(coalesce(var.managed_cache.user_names[name]), name)",
        "REDIS_SIGN_IN": by_cache(f'"{PASSWORD}"', "var.cloud"),
        "REDIS_NAME": 'try(var.managed_cache.name, "")',
        "REDIS_KEY_PREFIX": '"${name}:"',
        "STORAGE_ENDPOINT": "var.managed_storage.endpoint",
        "STORAGE_BUCKET": "var.managed_storage.buckets[name]",
        "STORAGE_REGION": "var.region",
        "STORAGE_SIGN_IN": "var.cloud",
    }
