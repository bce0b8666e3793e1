"""Who may talk to whom in a cluster: what the network policies of the namespaces let through."""

from typing import Any

from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module
from flowwise.broker_bootstrap import BROKER_BOOTSTRAP
from flowwise.database_bootstrap import DATABASE_BOOTSTRAP as DATABASE_BOOTSTRAP_JOB
from flowwise.observability.exporters import REDIS_EXPORTER
from flowwise.tables.traffic import (
    BROKER_MANAGEMENT_PORT,
    BROKER_METRICS_PORT,
    BROKER_PODS,
    BROKER_PORT,
    CACHE_PODS,
    CACHE_PORT,
    COLLECTOR_PODS,
    DATABASE_METRICS_PORT,
    DATABASE_PODS,
    DATABASE_PORT,
    EVERYWHERE,
    GKE_METADATA_SERVICE,
    HTTPS_PORT,
    METADATA_SERVICE,
    OTLP_GRPC_PORT,
    OTLP_HTTP_PORT,
    PROXY_PODS,
    SCALER_PODS,
)
from flowwise.tables.workloads import DATABASE_BOOTSTRAP, GATEWAY, KEDA, MESSAGE_BROKER, OBSERVABILITY, POSTGRES, REDIS

_PODS = {
    "proxies": PROXY_PODS,
    "scaler": SCALER_PODS,
    "collector": COLLECTOR_PODS,
    "cache_exporter": {"app.kubernetes.io/name": REDIS_EXPORTER},
    "broker": BROKER_PODS,
    "broker_job": {"app.kubernetes.io/name": BROKER_BOOTSTRAP.service},
    "database": DATABASE_PODS,
    "database_job": {"app.kubernetes.io/name": DATABASE_BOOTSTRAP_JOB.service},
    "cache": CACHE_PODS,
}


def add_users(module: Module[Any, Any]) -> None:
    """Add who uses what, and where it is."""
    for need in ("postgres", "rabbitmq", "redis"):
        module.local(
            f"{need}_users", text(f'[for name, service in var.services : name if contains(service.uses, "{need}")]')
        )
    module.local(
        "callers",
        text(
            "{\n"
            "  for callee in keys(var.services) : callee => [\n"
            "    for name, service in var.services : name if contains(service.calls, callee)\n"
            "  ]\n"
            "}"
        ),
    )
    module.comment("The job that makes database roles runs beside the server, or where the cloud lets it in.")
    module.local("database_namespace", text(f'var.postgres != null ? "{POSTGRES}" : "{DATABASE_BOOTSTRAP}"'))
    module.local(
        "scales_on_queues", text("anytrue([for service in values(var.services) : service.scale_on_queue != null])")
    )
    module.local("network", text("var.network_cidr == null ? [] : [var.network_cidr]"))


def add_traffic(module: Module[Any, Any]) -> None:
    """Add `local.namespaces`: for each namespace, whom it lets in, and whom it may call."""
    module.comment("Labels by which pods are known.")
    module.local("pods", {name: dict(labels) for name, labels in _PODS.items()})
    module.comment(
        "Where the cloud gives out tokens: its sign-in service on Azure and AWS, which have no fixed addresses; "
        "the metadata server on Google Cloud, at two addresses that every node has, of which the network looks at one "
        "or the other."
    )
    module.local("tokens", text(_TOKENS))
    module.comment(
        "Where what microservices use is: pods of the cluster, or addresses of the network. Storage for files is "
        "reached as the tokens for it are, but on Google Cloud."
    )
    module.local("servers", text(_SERVERS))
    module.local("services", text(_SERVICES))
    module.comment(
        "In the namespaces of the database and of the broker runs the job too that makes their users: each rule is for "
        "the one or the other."
    )
    module.local(
        "namespaces",
        text(
            "merge(\n"
            "  local.services,\n"
            f"  {{ {OBSERVABILITY} = {{ ingress = {{}}, egress = {{}} }} }},\n"
            f"  length(local.postgres_users) == 0 ? {{}} : {{ (local.database_namespace) = {_DATABASE} }},\n"
            f"  length(local.rabbitmq_users) == 0 ? {{}} : {{ {MESSAGE_BROKER} = {_BROKER} }},\n"
            f"  var.redis == null ? {{}} : {{ {REDIS} = {_CACHE} }}\n"
            ")"
        ),
    )


def _pods(namespace: str, kind: str, port: int | str) -> str:
    """A Peer: pods of a kind of _PODS, in a namespace."""
    return f'{{ namespaces = ["{namespace}"], pod_labels = local.pods.{kind}, ports = [{port}] }}'


def _addresses(addresses: str, *ports: int | str) -> str:
    """A Peer: what a list of ranges of addresses has."""
    return f"{{ cidrs = {addresses}, ports = [{', '.join(map(str, ports))}] }}"


def _users(need: str, port: int) -> str:
    """A Peer: the microservices that use something."""
    return f"{{ namespaces = local.{need}_users, ports = [{port}] }}"


_TOKENS = f"""{{
  azure = {{ tokens = {_addresses(f'["{EVERYWHERE}"]', 443)} }}
  aws   = {{ tokens = {_addresses(f'["{EVERYWHERE}"]', 443)} }}
  google = {{
    metadata     = {_addresses(f'["{METADATA_SERVICE}"]', 80)}
    gke-metadata = {_addresses(f'["{GKE_METADATA_SERVICE}"]', 988)}
  }}
}}"""

_SERVERS = f"""merge(
  var.postgres == null ? {{}} : {{ postgres = {_pods(POSTGRES, "database", DATABASE_PORT)} }},
  var.managed_database == null ? {{}} : {{ postgres = {_addresses("local.network", DATABASE_PORT)} }},
  var.rabbitmq == null ? {{}} : {{ rabbitmq = {_pods(MESSAGE_BROKER, "broker", BROKER_PORT)} }},
  var.managed_broker == null ? {{}} : {{ rabbitmq = {_addresses("local.network", BROKER_PORT)} }},
  var.redis == null ? {{}} : {{ redis = {_pods(REDIS, "cache", CACHE_PORT)} }},
  var.managed_cache == null ? {{}} : {{ redis = {_addresses("local.network", "var.managed_cache.port")} }},
  var.managed_storage == null || var.cloud != "google" ? {{}} : {{
    storage = {_addresses(f'["{EVERYWHERE}"]', HTTPS_PORT)}
  }}
)"""

_SERVICES = f"""{{
  for name, service in var.services : name => {{
    ingress = {{
      for reason, peer in {{
        gateway       = {_pods(GATEWAY, "proxies", "service.port")}
        microservices = {{ namespaces = local.callers[name], ports = [service.port] }}
      }} : reason => peer if length(reason == "gateway" ? service.paths : local.callers[name]) > 0
    }}
    egress = merge(
      {{
        telemetry = {{ namespaces = ["{OBSERVABILITY}-nodes"], ports = [{OTLP_GRPC_PORT}, {OTLP_HTTP_PORT}] }}
      }},
      {{ for need, server in local.servers : need => server if contains(service.uses, need) }},
      {{
        for other in service.calls :
        "call-${{other}}" => {{ namespaces = [other], ports = [var.services[other].port] }}
      }},
      {{ for reason, peer in service.egress : "outside-${{reason}}" => peer }},
      {{
        for reason, peer in try(local.tokens[var.cloud], {{}}) : reason => peer
        if contains(service.uses, "storage") || (var.managed_cache != null && contains(service.uses, "redis"))
      }}
    )
  }}
}}"""

_DATABASE = f"""{{
      ingress = {{
        for reason, peer in {{
          microservices = {_users("postgres", DATABASE_PORT)}
          bootstrap     = {_pods(POSTGRES, "database_job", DATABASE_PORT)}
          metrics       = {_pods(OBSERVABILITY, "collector", DATABASE_METRICS_PORT)}
        }} : reason => merge(peer, {{ workload_labels = local.pods.database }}) if var.postgres != null
      }}
      egress = {{
        server = merge(local.servers.postgres, {{ workload_labels = local.pods.database_job }})
      }}
    }}"""

_BROKER = f"""{{
      ingress = {{
        for reason, peer in {{
          microservices = {_users("rabbitmq", BROKER_PORT)}
          bootstrap     = {_pods(MESSAGE_BROKER, "broker_job", BROKER_MANAGEMENT_PORT)}
          autoscaling   = {_pods(KEDA, "scaler", BROKER_PORT)}
          metrics       = {_pods(OBSERVABILITY, "collector", BROKER_METRICS_PORT)}
        }} : reason => merge(peer, {{ workload_labels = local.pods.broker }})
        if var.rabbitmq != null && (reason != "autoscaling" || local.scales_on_queues)
      }}
      egress = {{
        for reason, peer in {{
          broker         = {_pods(MESSAGE_BROKER, "broker", BROKER_MANAGEMENT_PORT)}
          managed-broker = {_addresses("local.network", 443, BROKER_MANAGEMENT_PORT)}
        }} : reason => merge(peer, {{ workload_labels = local.pods.broker_job }})
        if reason == (var.rabbitmq != null ? "broker" : "managed-broker")
      }}
    }}"""

_CACHE = f"""{{
      ingress = {{
        microservices = {_users("redis", CACHE_PORT)}
        metrics       = {_pods(OBSERVABILITY, "cache_exporter", CACHE_PORT)}
      }}
      egress = {{}}
    }}"""
