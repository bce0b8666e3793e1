"""What a platform could answer, for the tests of the workloads that read it."""

from typing import Any

from environments import Environment
from environments.own_secrets import own_secrets
from flowwise.platform import NEEDS
from flowwise.tables.traffic import CACHE_PORT, CACHE_PORTS
from flowwise.tables.vendor_keys import VENDOR_KEYS
from flowwise.tables.workloads import OPERATORS


def platform_example(environment: Environment) -> dict[str, Any]:
    """Outputs of an environment's platform, by name; only the contract's names matter, not the cloud's own forms."""
    users = {
        need: [name for name, service in environment.deployed_services.items() if need in service.uses]
        for need in NEEDS
    }
    secrets = [f"{name}-{need}" for need in ("postgres", "rabbitmq") for name in users[need]]
    secrets += [*own_secrets(environment), "postgres-administrator", "postgres-watcher", *VENDOR_KEYS]
    return {
        "cluster_name": "cluster",
        "cluster_endpoint": "https://cluster.example",
        "cluster_ca_certificate": "Y2VydGlmaWNhdGU=",
        "disk_key": "key" if environment.makes_cluster else "",
        "service_account_annotations": {name: {} for name in (*environment.deployed_services, *OPERATORS)},
        "pod_labels": {},
        "secret_store_address": "https://secrets.example",
        "secret_names": {name: name for name in secrets},
        "database_hosts": dict.fromkeys(users["postgres"], "postgres.example"),
        "database_servers": _servers(environment, users["postgres"]),
        "database_names": {name: name.replace("-", "_") for name in users["postgres"]},
        "database_port": 5432,
        "database_administrator_name": "administrator",
        "database_ca_certificate": "",
        "database_certificate_names_host": True,
        "database_people": ["administrators"],
        "database_readers": {"analysts-reader": users["postgres"]},
        "gateway_addresses": ["203.0.113.9"],
        "gateway_annotations": {"example.com/address": "gateway"},
        **({"challenge_zone": {"cloud": environment.cloud, "name": "zone"}} if environment.proves_in_dns else {}),
        "cache_name": "redis",
        "cache_host": "redis.example",
        "cache_port": CACHE_PORTS.get(environment.cloud, CACHE_PORT),
        "cache_ca_certificate": "",
        "cache_user_names": {name: name for name in users["redis"]},
        "storage_endpoint": "https://storage.example",
        "storage_buckets": {name: f"{name}-files" for name in users["storage"]},
        "broker_host": "rabbitmq.example",
        "broker_port": 5671,
        "broker_management_url": "https://rabbitmq.example",
        "broker_administrator_name": "administrator",
        "broker_administrator_secret_name": "rabbitmq-administrator",
    }


def _servers(environment: Environment, users: list[str]) -> dict[str, str]:
    shared = environment.postgres is None or environment.postgres.topology == "shared"
    return dict.fromkeys(["shared"] if shared else users, "postgres.example")
