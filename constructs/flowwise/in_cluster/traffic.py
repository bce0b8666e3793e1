"""Who may talk to whom in a cluster: what the network policies of the namespaces let through."""

from typing import Any

from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module
from flowwise.tables.workloads import DATABASE_BOOTSTRAP, GATEWAY, KEDA, MESSAGE_BROKER, OBSERVABILITY, POSTGRES, REDIS


def add_users(module: Module[Any, Any]) -> None:
    """Add who uses what, and where it is."""
    for need in ("postgres", "rabbitmq", "redis"):
        module.local(
            f"{need}_users", text(f'[for name, service in var.services : name if contains(service.uses, "{need}")]')
        )
    module.comment("The job that makes database roles runs beside the server, or where the cloud lets it in.")
    module.local("database_namespace", text(f'var.postgres != null ? "{POSTGRES}" : "{DATABASE_BOOTSTRAP}"'))
    module.local("network", text("var.network_cidr == null ? [] : [var.network_cidr]"))


def add_traffic(module: Module[Any, Any]) -> None:
    """Add `local.namespaces`: for each namespace, whom it lets in, and whom it may call."""
    module.comment(
        "Where the cloud gives out tokens: its sign-in service on Azure and AWS, which have no fixed addresses; "
        "the metadata server on Google Cloud, at an address that every node has."
    )
    module.local(
        "tokens",
        text(
            "{\n"
            '  azure  = { cidrs = ["0.0.0.0/0"], ports = [443] }\n'
            '  aws    = { cidrs = ["0.0.0.0/0"], ports = [443] }\n'
            '  google = { cidrs = ["169.254.169.252/32"], ports = [988] }\n'
            "}"
        ),
    )
    module.local(
        "services",
        text(
            "{\n"
            "  for name, service in var.services : name => {\n"
            "    ingress = {\n"
            "      for reason, peer in {\n"
            f'        gateway = {{ namespaces = ["{GATEWAY}"], ports = [service.port] }}\n'
            "      } : reason => peer if length(service.paths) > 0\n"
            "    }\n"
            "    egress = merge(\n"
            f'      {{ telemetry = {{ namespaces = ["{OBSERVABILITY}-nodes"], ports = [4317, 4318] }} }},\n'
            '      !contains(service.uses, "postgres") ? {} : {\n'
            "        postgres = var.postgres != null ? "
            f'{{ namespaces = ["{POSTGRES}"], cidrs = [], ports = [5432] }} : '
            "{ namespaces = [], cidrs = local.network, ports = [5432] }\n"
            "      },\n"
            '      !contains(service.uses, "rabbitmq") ? {} : {\n'
            "        rabbitmq = var.rabbitmq != null ? "
            f'{{ namespaces = ["{MESSAGE_BROKER}"], cidrs = [], ports = [5671] }} : '
            "{ namespaces = [], cidrs = local.network, ports = [5671] }\n"
            "      },\n"
            '      !contains(service.uses, "redis") ? {} : {\n'
            "        redis = var.redis != null ? "
            f'{{ namespaces = ["{REDIS}"], cidrs = [], ports = [6379] }} : '
            "{ namespaces = [], cidrs = local.network, ports = [try(var.managed_cache.port, 6379)] }\n"
            "      },\n"
            '      var.managed_cache == null || !contains(service.uses, "redis") ? {} : {\n'
            "        tokens = local.tokens[var.cloud]\n"
            "      }\n"
            "    )\n"
            "  }\n"
            "}"
        ),
    )
    module.local(
        "namespaces",
        text(
            "merge(\n"
            "  local.services,\n"
            f"  {{ {OBSERVABILITY} = {{ ingress = {{}}, egress = {{}} }} }},\n"
            "  length(local.postgres_users) == 0 ? {} : {\n"
            "    (local.database_namespace) = {\n"
            "      ingress = {\n"
            "        for reason, peer in {\n"
            "          microservices = { namespaces = local.postgres_users, ports = [5432] }\n"
            f'          metrics       = {{ namespaces = ["{OBSERVABILITY}"], ports = [5432, 9187] }}\n'
            "        } : reason => peer if var.postgres != null\n"
            "      }\n"
            "      egress = {\n"
            "        for reason, peer in {\n"
            "          servers = { cidrs = local.network, ports = [5432] }\n"
            "        } : reason => peer if var.postgres == null\n"
            "      }\n"
            "    }\n"
            "  },\n"
            "  length(local.rabbitmq_users) == 0 ? {} : {\n"
            f"    {MESSAGE_BROKER} = {{\n"
            "      ingress = {\n"
            "        for reason, peer in {\n"
            "          microservices = { namespaces = local.rabbitmq_users, ports = [5671] }\n"
            f'          autoscaling   = {{ namespaces = ["{KEDA}"], ports = [5671, 15671] }}\n'
            f'          metrics       = {{ namespaces = ["{OBSERVABILITY}"], ports = [15691] }}\n'
            "        } : reason => peer if var.rabbitmq != null\n"
            "      }\n"
            "      egress = {\n"
            "        for reason, peer in {\n"
            "          management = { cidrs = local.network, ports = [443, 15671] }\n"
            "        } : reason => peer if var.managed_broker != null\n"
            "      }\n"
            "    }\n"
            "  },\n"
            "  var.redis == null ? {} : {\n"
            f"    {REDIS} = {{\n"
            "      ingress = {\n"
            "        microservices = { namespaces = local.redis_users, ports = [6379] }\n"
            f'        metrics       = {{ namespaces = ["{OBSERVABILITY}"], ports = [6379] }}\n'
            "      }\n"
            "      egress = {}\n"
            "    }\n"
            "  }\n"
            ")"
        ),
    )
