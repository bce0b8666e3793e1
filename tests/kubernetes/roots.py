"""The folders whose Kubernetes objects are checked, each with what is given to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flowwise.authoring.declarations import examples
from flowwise.cluster_secrets import SecretsStore
from flowwise.dns_challenge import ChallengeZone
from flowwise.in_cluster import InClusterCache, InClusterDatabase, ManagedBroker, ObservabilitySettings
from flowwise.microservice import QueueScaling, Resources, SecretKey, Toleration
from flowwise.modules import MODULES
from flowwise.tables.project import CLOUDS


@dataclass(frozen=True)
class Root:
    """A folder below infra/ to plan, and its variables."""

    name: str
    folder: str
    variables: Mapping[str, Any]


_QUEUE = QueueScaling(
    queue="lancamentos",
    messages_per_replica=20,
    host="amqps://rabbitmq.rabbitmq.svc:5671/flowwise",
    user="lancamentos",
    password=SecretKey(secret_name="lancamentos-rabbitmq", key="password"),
    ca_certificate=SecretKey(secret_name="flowwise-ca", key="ca.crt"),
)
_LIMITS = Resources(cpu="250m", memory="512Mi", cpu_limit="1", memory_limit="1Gi")
_VARIATIONS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "modules/microservice/kubernetes": {
        "queue": {
            "queue_scaling": _QUEUE,
            "resources": _LIMITS,
            "command": ["python", "-m"],
            "arguments": ["saldos"],
            "node_labels": {"kubernetes.azure.com/agentpool": "cheap"},
            "tolerations": [Toleration(key="kubernetes.azure.com/scalesetpriority", value="spot", effect="NoSchedule")],
        },
        "worker": {"name": "auditoria", "namespace": "auditoria", "port": None},
        "one-replica": {"min_replicas": 1, "max_replicas": 1},
    },
    "modules/certificates/kubernetes": {
        f"proof in {cloud}": {
            "challenge_zone": ChallengeZone(cloud=cloud, name="zone", account="a", resource_group="b")
        }
        for cloud in CLOUDS
    },
    "modules/api-gateway/kubernetes": {"laptop": {"cloud": "none", "token_issuer": None}},
    "kubernetes": {
        "laptop": {
            "cloud": "none",
            "network_cidr": None,
            "high_availability": False,
            "secret_store": SecretsStore(kind="none"),
            "secret_names": {},
            "secret_values": {"lancamentos-partner-api-key": "an-example-of-a-key"},
            "managed_database": None,
            "postgres": InClusterDatabase(storage_gb=5),
            "managed_cache": None,
            "redis": InClusterCache(memory="128Mi"),
        },
        "managed broker": {
            "cloud": "aws",
            "rabbitmq": None,
            "managed_broker": ManagedBroker(
                host="b.example",
                port=5671,
                management_url="https://b.example",
                administrator_name="administrator",
                administrator_secret_name="broker",
            ),
            "observability": ObservabilitySettings(
                backend="datadog",
                endpoint="us5.datadoghq.com",
                key_name="monitoring",
                application_key_name="monitoring-application",
            ),
        },
    },
    "modules/observability/kubernetes": {
        vendor: {"vendor": vendor, "endpoint": "https://otlp.vendor.example/v1"}
        for vendor in ("elastic", "dynatrace", "none")
    },
}
"""By folder: what differs from the examples in a module whose objects depend on it, by a name that says what."""


def roots() -> list[Root]:
    """Every module of the cluster with its examples, and with each of its variations."""
    return [
        Root(
            " ".join(filter(None, [module.path, name])),
            module.path,
            examples(module.contract.inputs, {**module.examples, **different}),
        )
        for module in MODULES
        if module.path.split("/")[-1] == "kubernetes"
        for name, different in {"": {}, **_VARIATIONS.get(module.path, {})}.items()
    ]
