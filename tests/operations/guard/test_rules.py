"""The tables of rules are about what providers have, and leave out nothing in infra/ that sounds like protection."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flowwise.tables import workloads
from operations.guard.rules import EVERY, VERBS, rules
from synthesis.schemas.lookup import Schemas, UnknownType
from tests.workspace import INFRA, REPOSITORY

_RESOURCE = re.compile(r'^resource "(\w+)"', re.MULTILINE)
_PREFIXES = {"azurerm": ("azurerm",), "aws": ("aws",), "google": ("google",), "cluster": ("kubernetes", "helm")}
TYPES = sorted(type_ for type_ in rules().cases if not type_[0].isupper())
# What many modules put around their own.
AROUND = {
    "aws_cloudwatch_log_group",
    "azurerm_log_analytics_workspace",
    "azurerm_resource_group",
    "google_logging_project_bucket_config",
}
PROTECTED = sorted(
    path.parent.relative_to(INFRA).as_posix()
    for path in (INFRA / "modules").rglob("variables.tf")
    if 'variable "protected"' in path.read_text()
)
SMELLS = re.compile(
    "protect|prevent|purge|(^|_)lock(ed|s)?$|backup|reten|retain|soft_delete|public|anonymous|encrypt|kms|customer_managed"
    "|key_vault_key|audit|(^|_)logs?(_|$)|logging|versioning|force_(delete|destroy)|skip_(final|destroy)|high_avail|multi_az"
    "|failover|(^|_)(tls|ssl|sse)(_|$)|firewall|network_polic|delet(e|ion)_(policy|protection|window)|immutab|recovery_window"
)
# What sounds like it and is none, by type and path.
EXCEPTIONS = {
    r"\.timeouts\.": "how long Terraform waits",
    r"_tags$": "a name",
    r"aws_db_instance\.(backup_window|dedicated_log_volume)": "when, and on which disk",
    r"\.(restore_to_point_in_time|restore_backup_context|managed_backup_source)": "what a new server is made from",
    r"aws_eip\.|azurerm_nat_gateway_public_ip_association\.|azurerm_public_ip\.public_ip_prefix_id": "ways out",
    r"\.(hour|minute)_metrics\.|\.metric\.retention_policy": "figures, which are no record of who did what",
    r"customer_managed_key\.geo_backup_user_assigned_identity_id": "who reads the key, which has a rule of its own",
    r"aws_route53_record\.failover_|google_dns_record_set\.routing_policy\.": "several answers, which no name has",
    r"google_compute_router\.encrypted_interconnect_router": "made anew by a change",
    r"\.(ray_cluster_logging_config|disable_l4_lb_firewall_reconciliation)": "of what is not in use",
    r"aws_autoscaling_group\.instance_lifecycle_policy": "machines whose last hook gives up, which newer bindings have",
    r"\.logging_variant|\.container_log_max_": "how much of a pod's output a node has room for",
    r"google_monitoring_notification_channel\.force_delete": "mail addresses",
    r"\.(ssl_cipher|failover_dr_replica_name)$": "of MySQL, and of replicas that nothing here makes",
    r"\.log_object_prefix$": "a name",
    r"aws_autoscaling_group\.(force_delete|protect_from_scale_in|instance_refresh)": "machines that keep nothing",
    r"_scale_set\.(admin_ssh_key|data_disk|extension|os_disk)\.": "machines that keep nothing, and let nobody in",
    r"google_compute_instance_template\.disk\.source_\w+_encryption_key": "images of others, which are not in use",
    # What only newer bindings than the default set's know, so that nothing here can set it.
    r"azurerm_key_vault_key\.release_policy\.": "no key of ours leaves its vault",
    r"\.swap_config\.encryption_config": "nodes have no swap",
    r"google_sql_database_instance\.(backupdr_backup|final_backup_description)$": "a new server's source; a text",
    r"google_sql_database_instance\..*(final_backup_config|switch_transaction_logs)": "wants rules once it can be set",
}


def types_in(folder: Path) -> set[str]:
    return {type_ for path in folder.rglob("*.tf") for type_ in _RESOURCE.findall(path.read_text())}


@cache
def schemas() -> Schemas:
    return Schemas(REPOSITORY / ".cache" / "schemas")


def attributes(block: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of what can be set in a block."""
    for name, attribute in (block.get("attributes") or {}).items():
        if attribute.get("optional") or attribute.get("required"):
            yield (*before, name)
            yield from attributes(attribute.get("nested_type") or {}, (*before, name))
            yield from members(attribute.get("type"), (*before, name))
    for name, nested in (block.get("block_types") or {}).items():
        yield (*before, name)
        yield from attributes(nested["block"], (*before, name))


def members(type_: Any, before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths in an attribute whose type is made of objects."""
    kind, inner = type_ if isinstance(type_, list) else (type_, None)
    if kind == "object":
        for name, nested in inner.items():
            yield (*before, name)
            yield from members(nested, (*before, name))
    elif inner:
        yield from members(inner, before)


def test_tables_are_of_their_providers() -> None:
    assert rules().tables.keys() == _PREFIXES.keys()
    assert {
        (name, type_)
        for name, table in rules().tables.items()
        for type_ in table
        if type_ != EVERY and not type_[0].isupper() and type_.split("_")[0] not in _PREFIXES[name]
    } == set()
    assert {type_ for type_ in rules().cases if type_[0].isupper()} <= rules().tables["cluster"].keys()


def test_kinds_are_used() -> None:
    every = {rule.kind for name in ("azurerm_x", "aws_x", "google_x", "x") for rule in rules().by_name(name).values()}
    assert every | {rule.kind for of in rules().cases.values() for case in of for rule in case.values} == VERBS.keys()


def test_what_holds_data_is_made_by_a_module() -> None:
    """But what others make by hand: of those types, a new one is asked about, too."""
    made = types_in(INFRA)
    foreign = {"kubernetes_persistent_volume_claim_v1", "google_kms_crypto_key_version"}
    assert {type_ for type_ in TYPES if any(case.holds for case in rules().cases[type_])} - made == foreign


@pytest.mark.parametrize("folder", PROTECTED)
def test_what_can_be_protected_holds_data(folder: str) -> None:
    holders = {type_ for type_ in TYPES if any(case.holds for case in rules().cases[type_])}
    assert types_in(INFRA / folder) & holders - AROUND


def test_releases_are_in_namespaces_of_the_workloads() -> None:
    namespaces = rules().cases["helm_release"][0].where["namespace"]
    assert {*workloads.RESERVED} >= {*namespaces}


@pytest.mark.parametrize("type_", TYPES)
def test_rules_are_about_what_there_is(type_: str) -> None:
    try:
        known = set(attributes(schemas().block("resource", type_)))
    except UnknownType:
        pytest.fail("its provider has no such type")
    for case in rules().cases[type_]:
        paths = {rule.steps for rule in case.values} | {tuple(path.split(".")) for path in case.where}
        of_maps = {path for path in paths if path[:-1] == ("metadata", "labels")}
        assert paths - of_maps - known == set()


@pytest.mark.parametrize("type_", sorted(types_in(INFRA)))
def test_what_sounds_like_protection_has_a_rule(type_: str) -> None:
    ruled = {rule.steps for case in rules().cases.get(type_, ()) for rule in case.values}
    named = rules().by_name(type_)
    missing = {
        ".".join(path)
        for path in attributes(schemas().block("resource", type_))
        if SMELLS.search(path[-1])
        and path[-1] not in named
        and not any(path[:depth] in ruled for depth in range(1, len(path) + 1))
        and not any(ruled_path[: len(path)] == path for ruled_path in ruled)
        and not any(re.search(pattern, f"{type_}.{'.'.join(path)}") for pattern in EXCEPTIONS)
    }
    assert missing == set()
