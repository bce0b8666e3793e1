"""What a module refuses of a file's, the model refuses before: no plan ends with a rule that a file could break."""

import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from environments import Environment
from flowwise.alerts import AlertsInputs
from flowwise.api_gateway import ApiGatewayInputs, RateLimit
from flowwise.authoring.contract import Inputs, Validation
from flowwise.authoring.declarations import members, terraform_value
from flowwise.broker_bootstrap import BrokerBootstrapInputs
from flowwise.budget import Bill, BudgetInputs
from flowwise.certificates import CertificatesInputs
from flowwise.dns_challenge import DnsChallengeInputs
from flowwise.gateway_address import GatewayAddressInputs
from flowwise.in_cluster import InClusterInputs
from flowwise.k8s_cluster import K8sClusterInputs
from flowwise.microservice import MicroserviceInputs
from flowwise.network import NetworkInputs
from flowwise.object_storage import ObjectStorageInputs
from flowwise.observability import ObservabilityInputs
from flowwise.platform import PlatformInputs
from flowwise.postgres_db import PostgresDbInputs
from flowwise.rabbitmq import RabbitmqInputs
from flowwise.redis import RedisInputs
from tests.environments.texts import environment_text, with_alerts, with_managed_broker, with_monitors, with_storage

Change = tuple[str, Callable[[Any], Any]]
"""The key of the file, and what it says where a module's variable has a value."""


def same(value: Any) -> Any:
    return terraform_value(value)


def _bill(bill: Bill) -> dict[str, Any]:
    return {"currency": bill.currency, "monthly": bill.monthly_amount}


def _rate(limit: RateLimit) -> str:
    return f"{limit.requests}/{limit.unit.lower()}"


def _named(names: Any) -> dict[str, Any]:
    return {name: {"uses": []} for name in names}


def _routes(routes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"uses": [], "paths": route.paths} for name, route in routes.items()}


SERVICE = "services.lancamentos"
OF_FILES: dict[type[Inputs], dict[str, Change]] = {
    PlatformInputs: {
        "region": ("region", same),
        "cluster": ("cluster", same),
        "services": ("services", same),
        "secret_version": ("secret_version", same),
    },
    NetworkInputs: {"cidr": ("network.cidr", same), "zone_count": ("network.zones", same)},
    K8sClusterInputs: {
        name: (f"cluster.{name}", same)
        for name in (
            *("kubernetes_version", "patch_version", "pod_cidr", "service_cidr", "public_access_cidrs"),
            *("system_pool", "node_pools"),
        )
    },
    BudgetInputs: {
        "monthly_amount_usd": ("budget.monthly_usd", same),
        "bill": ("budget.bill", _bill),
        "contact_emails": ("budget.emails", same),
    },
    InClusterInputs: {
        "services": ("services", _named),
        "gateway": ("gateway.certificate_email", lambda gateway: gateway.certificate_email),
    },
    PostgresDbInputs: {
        **{name: (f"postgres.{name}", same) for name in ("topology", "size", "storage_gb", "backup_days")},
        "engine_version": ("postgres.version", same),
        "servers": ("postgres.servers", same),
    },
    RedisInputs: {name: (f"redis.{name}", same) for name in ("size", "eviction_policy")},
    RabbitmqInputs: {name: (f"rabbitmq.{name}", same) for name in ("size", "accept_password_in_state")},
    MicroserviceInputs: {
        "name": ("services", lambda name: _named([name])),
        **{
            name: (f"{SERVICE}.{name}", same)
            for name in ("port", "min_replicas", "max_replicas", "cpu_percent", "memory_percent", "stop_seconds")
        },
    },
    ApiGatewayInputs: {
        "host": ("gateway.host", same),
        "client_rate_limit": ("gateway.client_limit", _rate),
        "replicas": ("gateway.min_replicas", same),
    },
    GatewayAddressInputs: {name: (f"gateway.{name}", same) for name in ("host", "dns_zone")},
    DnsChallengeInputs: {name: (f"gateway.{name}", same) for name in ("host", "dns_zone")},
    BrokerBootstrapInputs: {
        "users": ("services", _named),
        "queues": (f"{SERVICE}.publishes", list),
    },
    AlertsInputs: {"emails": ("alerts.emails", same)},
    ObjectStorageInputs: {"retention_days": ("storage.retention_days", same)},
    CertificatesInputs: {},
    ObservabilityInputs: {"vendor": ("observability.backend", same)},
}
"""By contract and variable, what of a file it is given."""

NOT_OF_FILES: dict[str, set[str]] = {
    "whoever applies gives it": {"secret_values", "administrators", "database_readers", "operator_cidrs", "image"},
    "the prefix is made of the file's name, which has a pattern and a length": {"name"},
    "the code sets it, as it says it anywhere": {
        *("tags", "cloud", "administrator", "administrator_password", "administrator_password_version"),
        *("database_administrator_password", "readers", "databases", "users", "queue_scaling"),
        *("postgres", "redis", "managed_broker", "gateway", "targets", "challenge_zone"),
    },
    "nobody has wanted another value than the default": {
        *("log_retention_days", "thresholds", "scope_id"),
        *("local_rate_limit", "zone_count"),
    },
    "tested with what lies between services": {"routes"},
}
"""By reason, variables with rules that no file can break."""

RULES = [
    (contract, member.name, rule)
    for contract in OF_FILES
    for member in members(contract)
    for rule in member.validations
]


def document(change: Change, rejected: Any) -> dict[str, Any]:
    text = with_alerts(with_storage(with_monitors(with_managed_broker(environment_text("aws", "dedicated", "dev")))))
    found = tomllib.loads(text)
    *path, last = change[0].split(".")
    table = found
    for step in path:
        table = table[step]
    table[last] = change[1](rejected)
    return found


def test_every_rule_of_a_module_is_a_file_s_or_is_not_for_a_reason() -> None:
    reasons = {name for names in NOT_OF_FILES.values() for name in names}
    named = {name for _, name, _ in RULES}
    assert named - reasons - {name for changes in OF_FILES.values() for name in changes} == set()
    assert reasons <= named
    for contract, changes in OF_FILES.items():
        assert changes.keys() <= {name for of, name, _ in RULES if of is contract}, contract


@pytest.mark.parametrize(
    ("contract", "name", "rule"),
    [rule for rule in RULES if rule[1] in OF_FILES[rule[0]]],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_a_module_refuses_the_model_refuses(contract: type[Inputs], name: str, rule: Validation) -> None:
    change = OF_FILES[contract][name]
    with pytest.raises(ValidationError) as refused:
        Environment.from_document("dev", document(change, rule.rejects))
    path = tuple(change[0].split("."))
    assert any(error["loc"][: len(path)] == path for error in refused.value.errors()), rule.message


def test_the_file_that_is_changed_is_good() -> None:
    change: Change = ("secret_version", same)
    assert Environment.from_document("dev", document(change, 2)).secret_version == 2
