"""The README of an environment's workloads: what a reviewer wants to know without reading HCL."""

from collections.abc import Iterable

from environments import Environment
from environments.events import queue_of, queues_of
from environments.gateway import Gateway
from environments.services import Service
from stacks.files.environment_readme import graph_section
from stacks.files.tables import table
from stacks.flows import Outside, Pods, flows_of
from synthesis.tree import MARK


def workloads_readme(environment: Environment, source: str) -> str:
    """Tables of the microservices, of the queues between them, and of what they run on."""
    sections = [
        f"<!-- {MARK} from {source}. Edit that file, not this one. -->",
        f"# Workloads of {environment.name}",
        # In a cloud, the folder above has it, which is the platform's.
        *([] if environment.in_cloud else graph_section(environment)),
        "## Microservices",
        table(
            ["Microservice", "Routes", "Replicas", "Scales on", "CPU", "Memory", "Uses"],
            [_microservice(name, service, _asks_tokens(environment)) for name, service in environment.services.items()],
        ),
        *_own_settings(environment),
        *_queues(environment),
        *_gateway(environment),
        "## What they run on",
        table(["What", "How"], _platform(environment)),
        "## Traffic",
        "All that passes in the cluster: network policies refuse everything else. Every pod below asks the cluster's "
        "DNS for names besides.",
        table(["From", "To", "TCP ports", "What for"], _traffic(environment)),
    ]
    return "\n\n".join(sections) + "\n"


def _asks_tokens(environment: Environment) -> bool:
    return environment.gateway is not None and environment.gateway.token_issuer is not None


def _microservice(name: str, service: Service, asks_tokens: bool) -> list[str]:
    access = "with a token" if asks_tokens and not service.public else "open to all"
    scaling = [f"CPU at {service.cpu_percent} %"] if service.kind != "job" else []
    if service.memory_percent:
        scaling.append(f"memory at {service.memory_percent} %")
    if service.scale_on_queue:
        scaling.append(
            f"`{queue_of(service.scale_on_queue, name, service)}`, {service.messages_per_replica} messages each"
        )
    return [
        f"`{name}`",
        _listed(f"`{path}` ({access})" for path in service.paths) or "none",
        f"`{service.schedule}`, {service.time_zone}" if service.schedule else _copies(service),
        "; ".join(scaling) or "nothing",
        _range(service.cpu, service.cpu_limit or "no limit"),
        _range(service.memory, service.memory_limit or service.memory),
        _listed(service.uses) or "nothing",
    ]


def _copies(service: Service) -> str:
    return f"{service.min_replicas} to {service.max_replicas}"


_OWN_KEYS = ("was", "kind", "pool", "stop_seconds", "secrets")
"""Of those that a microservice may have, what is told only where it is not the default."""


def _own_settings(environment: Environment) -> list[str]:
    rows = [
        [f"`{name}`", f"`{key}`", _value(getattr(service, key))]
        for name, service in environment.services.items()
        for key in _OWN_KEYS
        if getattr(service, key) != Service.model_fields[key].default
    ]
    return ["## Settings of their own", table(["Microservice", "Key", "Value"], rows)] if rows else []


def _value(value: object) -> str:
    return _listed(f"`{each}`" for each in (value if isinstance(value, tuple) else (value,)))


def _queues(environment: Environment) -> list[str]:
    rows = [
        [f"`{name}`", _listed(queue.publishers), _listed(queue.consumers)]
        for name, queue in queues_of(environment).items()
    ]
    return ["## Queues", table(["Queue", "Published by", "Consumed by"], rows)] if rows else []


def _gateway(environment: Environment) -> list[str]:
    gateway = environment.gateway
    if gateway is None:
        return []
    rows = [
        ["Address", f"`https://{gateway.host}`, {'public' if gateway.public else 'inside the network'}"],
        ["Certificate", _certificate(gateway)],
        ["Tokens", f"of `{gateway.token_issuer.issuer}`" if gateway.token_issuer else "not asked for"],
        ["Each client", f"{gateway.client_requests} requests a {gateway.client_unit}"],
        ["Largest request", f"{gateway.max_request_kb} KiB"],
        ["Replicas", f"{gateway.min_replicas} to {gateway.max_replicas}"],
        ["Web sites", _listed(gateway.cors_origins) or "none"],
    ]
    return ["## Gateway", table(["What", "How"], rows)]


def _certificate(gateway: Gateway) -> str:
    if gateway.certificate_challenge == "dns":
        return f"Let's Encrypt, by proof in the DNS zone `{gateway.dns_zone}`"
    return "Let's Encrypt" if gateway.certificate_email else "the cluster's own authority"


def _platform(environment: Environment) -> list[list[str]]:
    where = f"{environment.cloud}, outside the cluster" if environment.in_cloud else "in the cluster"
    observability = environment.observability
    monitors = ", with monitors" if observability.application_key_version else ""
    rows = [["Observability", observability.backend + monitors]]
    if environment.postgres:
        rows.append(["PostgreSQL", f"{environment.postgres.version}, {environment.postgres.topology}, {where}"])
    if environment.rabbitmq:
        rows.append(["RabbitMQ", environment.rabbitmq.mode])
    if environment.redis:
        rows.append(["Redis", where])
    return sorted(rows)


def _traffic(environment: Environment) -> list[list[str]]:
    """A row for each target, its ports and a reason, with all the sources."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for flow in flows_of(environment):
        if not flow.udp_ports:
            row = (_end(flow.target), _listed(map(str, flow.ports)), flow.reason)
            rows.setdefault(row, []).append(_end(flow.source))
    return [[_listed(sources), *row] for row, sources in rows.items()]


def _end(end: Pods | Outside) -> str:
    return f"`{end.namespace}/{end.name}`" if isinstance(end, Pods) else end.name


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _range(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"
