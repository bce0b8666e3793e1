"""Names fit the rules of their kinds, whatever the environment; neutral words are known on every cloud."""

import hashlib
import itertools
import json
import random
import re
from pathlib import Path

import pytest

from environments.field_types import MAX_ENVIRONMENT_NAME_LENGTH
from flowwise.tables.accounts import ACCOUNTS
from flowwise.tables.naming import (
    MAX_PREFIX_LENGTH,
    MAX_SUFFIX_LENGTH,
    NAME_PATTERN,
    RESOURCE_KINDS,
    digest,
    known_name,
    resource_name,
    shortened,
)
from flowwise.tables.project import CLOUDS, PROJECT
from flowwise.tables.regions import REGIONS
from flowwise.tables.sizes import CACHE_SIZES, DATABASE_SIZES, NODE_SIZES
from tests.offline import terraform

# Written from Microsoft's page and not from our table, so that the table is checked and not repeated.
NETWORK_RULE = r"(?=.{1,80}$)[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?"
COMPUTE_RULE = r"(?=.{1,63}$)[a-z]([a-z0-9-]*[a-z0-9])?"
KEY_VAULT_RULE = r"(?=.{3,24}$)(?!.*--)[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]"
RULES = {
    "consumption_budget": r"[A-Za-z0-9_-]{1,63}",
    "container_registry": r"[A-Za-z0-9]{5,50}",
    "disk_encryption_set": r"(?=.{1,80}$)[A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9_]",
    "key_vault": KEY_VAULT_RULE,
    "kubernetes_cluster": r"(?=.{1,63}$)[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?",
    "log_analytics_workspace": r"(?=.{4,63}$)[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]",
    "managed_identity": r"(?=.{3,128}$)[A-Za-z0-9][A-Za-z0-9_-]*",
    "managed_redis": r"(?=.{1,60}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*",
    "nat_gateway": NETWORK_RULE,
    "network_security_group": NETWORK_RULE,
    "auto_scaling_group": r"(?=.{1,255}$)[A-Za-z0-9_-]+",
    "iam_instance_profile": r"(?=.{1,128}$)[\w+=,.@-]+",
    "instance_group": COMPUTE_RULE,
    "instance_template": r"(?=.{1,54}$)[a-z]([a-z0-9-]*[a-z0-9])?",
    "machine_template": r"[A-Za-z0-9()./_-]{3,128}",
    "runner_account": r"(?=.{6,30}$)[a-z][a-z0-9-]*[a-z0-9]",
    "scale_set": r"(?=.{1,64}$)[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?",
    "policy_definition": r"(?=.{1,64}$)[A-Za-z0-9_-]+",
    "postgresql_private_dns_zone": r"(?=.{1,63}$)[A-Za-z0-9_-]+\.postgres\.database\.azure\.com",
    "postgresql_server": r"(?=.{3,63}$)[a-z0-9][a-z0-9-]*[a-z0-9]",
    "private_dns_zone_link": NETWORK_RULE,
    "private_endpoint": r"(?=.{2,64}$)[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?",
    "public_ip": NETWORK_RULE,
    "registry_key_vault": KEY_VAULT_RULE,
    "resource_group": r"(?=.{1,90}$)[A-Za-z0-9_().-]*[A-Za-z0-9_()-]",
    "role_definition": r".{1,512}",
    "secrets_key_vault": KEY_VAULT_RULE,
    "storage_account": r"[a-z0-9]{3,24}",
    "subnet": NETWORK_RULE,
    "virtual_network": r"(?=.{2,64}$)[A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9_]",
    # From the API references of CloudWatch Logs, ElastiCache, KMS, S3 and EC2.
    "cache_log_group": r"(?=.{1,512}$)[A-Za-z0-9_/.#-]+",
    "metric_alarm": r".{1,255}",
    "sns_topic": r"[A-Za-z0-9_-]{1,256}",
    "cost_budget": r"(?!.*/action/)[^:\\]{1,100}",
    "db_instance": r"(?=.{1,63}$)(?!.*--)[a-z][a-z0-9-]*[a-z0-9]",
    "db_parameter_group": r"(?=.{1,255}$)(?!.*--)[a-z][a-z0-9-]*[a-z0-9]",
    "db_subnet_group": r"(?=.{1,255}$)(?!default$)[a-z0-9 ._-]+",
    "ecr_repository": r"(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*",
    "eks_cluster": r"(?=.{1,100}$)[A-Za-z0-9][A-Za-z0-9_-]*",
    "eks_log_group": r"(?=.{1,512}$)/aws/eks/[A-Za-z0-9_-]+/cluster",
    "elasticache": r"(?=.{1,40}$)(?!.*--)[a-z][a-z0-9-]*[a-z0-9]",
    "flow_log_group": r"(?=.{1,512}$)[A-Za-z0-9_/.#-]+",
    "iam_role": r"[A-Za-z0-9_+=,.@-]{1,64}",
    "kms_alias": r"(?=.{1,256}$)alias/(?!aws/)[A-Za-z0-9/_-]+",
    "launch_template": r"[A-Za-z0-9()./_-]{3,128}",
    "mq_broker": r"[A-Za-z0-9_-]{1,50}",
    "push_role": r"[A-Za-z0-9_+=,.@-]{1,64}",
    "pipeline_role": r"[A-Za-z0-9_+=,.@-]{1,64}",
    "role_boundary": r"[A-Za-z0-9_+=,.@-]{1,128}",
    "reader_role": r"[A-Za-z0-9_+=,.@-]{1,64}",
    **dict.fromkeys(
        ("s3_bucket", "s3_log_bucket", "s3_state_bucket"),
        r"(?=.{3,63}$)(?!xn--|sthree-|amzn-s3-demo-)(?!.*-s3alias$)[a-z0-9][a-z0-9.-]*[a-z0-9]",
    ),
    "secret_folder": r"(?=.{1,440}$)[A-Za-z0-9/_+=.@-]+/",
    "security_group": r"(?=.{1,255}$)(?!sg-)[A-Za-z0-9 ._:/()#,@+=&;{}!$*-]+",
    "workload_role": r"[A-Za-z0-9_+=,.@-]{1,64}",
    # From the references of Cloud Storage, Cloud KMS, Memorystore for Valkey, Secret Manager and Network Connectivity.
    "apply_account": r"(?=.{6,30}$)[a-z][a-z0-9-]*[a-z0-9]",
    "artifact_registry_repository": r"(?=.{1,63}$)[a-z]([a-z0-9-]*[a-z0-9])?",
    "billing_budget": r".{1,60}",
    "cloud_sql_instance": r"(?=.{1,63}$)[a-z]([a-z0-9-]*[a-z0-9])?",
    "gcs_bucket": r"(?=.{3,63}$)(?!goog|.*google)[a-z0-9][a-z0-9_-]*[a-z0-9]",
    "gcs_state_bucket": r"(?=.{3,63}$)(?!goog|.*google)[a-z0-9][a-z0-9_-]*[a-z0-9]",
    "kms_key_ring": r"[A-Za-z0-9_-]{1,63}",
    "log_bucket": r"(?=.{1,85}$)[A-Za-z0-9][A-Za-z0-9_-]*",
    "log_sink": r"(?=.{1,100}$)[A-Za-z0-9][A-Za-z0-9_.-]*",
    "memorystore_instance": r"(?=.{4,63}$)[a-z0-9][a-z0-9-]*[a-z0-9]",
    "plan_account": r"(?=.{6,30}$)[a-z][a-z0-9-]*[a-z0-9]",
    "drift_account": r"(?=.{6,30}$)[a-z][a-z0-9-]*[a-z0-9]",
    "review_account": r"(?=.{6,30}$)[a-z][a-z0-9-]*[a-z0-9]",
    "project_role": r"[A-Za-z0-9_.]{3,50}",  # and 14 digits
    "secret_manager_secret": r"[A-Za-z0-9_-]{1,255}",
    "service_connection_policy": r"(?=.{1,63}$)[a-z]([a-z0-9-]*[a-z0-9])?",
    "state_key_ring": r"[A-Za-z0-9_-]{1,63}",
    # From the references of Compute Engine (RFC 1035), Cloud DNS, GKE, IAM and Cloud Logging.
    "cloud_nat": COMPUTE_RULE,
    "cloud_router": COMPUTE_RULE,
    "dns_policy": COMPUTE_RULE,
    "external_address": COMPUTE_RULE,
    "firewall_rule": COMPUTE_RULE,
    "gke_cluster": r"(?=.{1,40}$)[a-z]([a-z0-9-]*[a-z0-9])?",
    "gke_node_account": r"(?=.{6,30}$)[a-z][a-z0-9-]*[a-z0-9]",
    "private_services_range": COMPUTE_RULE,
    "subnetwork": COMPUTE_RULE,
    "vpc_network": COMPUTE_RULE,
    "workload_identity_pool": r"(?!gcp-)[a-z0-9-]{1,21}",  # a hyphen and 10 digits make it 4 at least
}


# From the same pages: unique in the world, or for a role of Azure's in its directory, for Managed Redis in its region.
UNIQUE = {
    *("container_registry", "key_vault", "managed_redis", "postgresql_server", "registry_key_vault"),
    *("role_definition", "secrets_key_vault", "storage_account"),
    *("s3_bucket", "s3_log_bucket", "s3_state_bucket", "gcs_bucket", "gcs_state_bucket"),
}
OWNERS = (ACCOUNTS["azure"].example, "11111111-1111-1111-1111-111111111111", "123456789012", "flowwise", "another")
_PREFIX = r"""\$\{(trimsuffix\()?(substr\()?(var\.name|replace\(var\.name, "-", ""\))(?:, 0, (\d+)\))?(?:, "-"\))?\}"""


def expanded(template: str, prefix: str, each_key: str = "", owner: str = "flowwise") -> str:
    """What Terraform makes of a template, in a module whose digest is of an owner."""

    def replaced(found: re.Match[str]) -> str:
        trimmed, cut, whole, length = found.groups()
        name = prefix if whole == "var.name" else prefix.replace("-", "")
        name = name[: int(length)] if cut else name
        return name.removesuffix("-") if trimmed else name

    digest = hashlib.sha256(f"{owner}/{prefix}".encode()).hexdigest()[:6]
    return re.sub(_PREFIX, replaced, template).replace("${each.key}", each_key).replace("${local.digest}", digest)


def random_names(count: int, max_length: int) -> set[str]:
    """Names as people choose them, many of the greatest length."""
    rng = random.Random(20260101)
    names: set[str] = set()
    while len(names) < count:
        length = rng.choice((max_length, rng.randint(1, max_length)))
        name = "".join(rng.choices("abcxyz0189-", k=length))
        if re.fullmatch(NAME_PATTERN, name):
            names.add(name)
    return names


PREFIXES = random_names(3000, MAX_PREFIX_LENGTH)


def test_every_kind_has_a_rule_to_be_checked_against() -> None:
    assert RULES.keys() == RESOURCE_KINDS.keys()


@pytest.mark.parametrize("kind", RESOURCE_KINDS)
def test_names_are_legal_and_distinct(kind: str) -> None:
    names = {prefix: expanded(resource_name(kind), prefix) for prefix in PREFIXES}
    illegal = [name for name in names.values() if not re.fullmatch(RULES[kind], name)]
    assert not illegal
    # Where a kind takes no hyphen, environments that differ in hyphens alone are refused when they are read.
    told_apart = RESOURCE_KINDS[kind].hyphens or kind in UNIQUE
    inputs = set(PREFIXES) if told_apart else {p.replace("-", "") for p in PREFIXES}
    assert len(set(names.values())) == len(inputs)


@pytest.mark.parametrize(
    "kind", sorted(kind for kind, row in RESOURCE_KINDS.items() if row.max_length > 24 and row.hyphens)
)
def test_suffixed_names_are_legal_and_distinct(kind: str) -> None:
    suffixes = random_names(200, MAX_SUFFIX_LENGTH) | {"x" * MAX_SUFFIX_LENGTH}
    room = RESOURCE_KINDS[kind].longest_prefix - MAX_PREFIX_LENGTH - len("-")  # little, where the ending is long
    suffixes = {suffix for suffix in suffixes if len(suffix) <= room}
    for prefix in ("f", "flowwise-homologacao", "x" * MAX_PREFIX_LENGTH):
        names = {expanded(resource_name(kind, suffix), prefix) for suffix in suffixes}
        assert len(names) == len(suffixes)
        assert not [name for name in names if not re.fullmatch(RULES[kind], name)]


@pytest.mark.parametrize(
    "kind", sorted(kind for kind, row in RESOURCE_KINDS.items() if row.max_length > 60 and row.hyphens)
)
def test_no_two_environments_share_a_name(kind: str) -> None:
    room = RESOURCE_KINDS[kind].longest_prefix - MAX_PREFIX_LENGTH - len("-")
    # Environments have no hyphen in their names; that is what this rests on.
    environments = {name.replace("-", "") for name in random_names(60, MAX_ENVIRONMENT_NAME_LENGTH)}
    suffixes = {suffix for suffix in random_names(100, MAX_SUFFIX_LENGTH) if len(suffix) <= room}
    inputs = set(itertools.product(environments, suffixes))
    names = {expanded(resource_name(kind, suffix), f"{PROJECT}-{name}") for name, suffix in inputs}
    assert len(names) == len(inputs)


@pytest.mark.terraform
@pytest.mark.parametrize("max_length", [30, 40, 64])
def test_shortened_names_are_legal_distinct_and_stable(max_length: int, tmp_path: Path) -> None:
    names = sorted(f"{PROJECT}-{name}" for name in random_names(3000, 60))
    (tmp_path / "names.json").write_text(json.dumps(names))
    every = f'{{ for name in jsondecode(file("names.json")) : name => {shortened("name", max_length)} }}'
    first, second = (terraform_console(f"jsonencode({every})", tmp_path) for _ in range(2))
    assert first == second
    assert len(set(first.values())) == len(names)
    assert all(re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])", name) and len(name) <= max_length for name in first.values())
    assert all(short == name for name, short in first.items() if len(name) <= max_length)


def test_names_that_others_must_not_have_are_marked() -> None:
    assert {kind for kind, row in RESOURCE_KINDS.items() if row.unique} == UNIQUE


@pytest.mark.parametrize("kind", sorted(UNIQUE))
def test_each_account_has_names_of_its_own(kind: str) -> None:
    names = {owner: expanded(resource_name(kind), "flowwise-homologacao", owner=owner) for owner in OWNERS}
    assert len(set(names.values())) == len(OWNERS)
    assert names == {owner: known_name(kind, "flowwise-homologacao", owner=owner) for owner in OWNERS}
    with pytest.raises(ValueError, match=kind):
        known_name(kind, "flowwise-homologacao")


@pytest.mark.parametrize("kind", sorted(UNIQUE))
def test_environments_that_begin_alike_have_names_of_their_own(kind: str) -> None:
    prefixes = [f"flowwise-abcdefgh{word}" for word in ("abc", "abd", "xyz", "ab")]
    assert max(map(len, prefixes)) == MAX_PREFIX_LENGTH
    names = {known_name(kind, prefix, owner="flowwise") for prefix in prefixes}
    assert len(names) == len(prefixes)
    assert all(re.fullmatch(RULES[kind], name) for name in names)


def test_the_longest_microservice_has_a_server_of_its_own() -> None:
    prefix, suffix = "x" * MAX_PREFIX_LENGTH, "y" * MAX_SUFFIX_LENGTH
    name = expanded(resource_name("postgresql_server", "${each.key}"), prefix, suffix)
    assert re.fullmatch(RULES["postgresql_server"], name)
    assert name == known_name("postgresql_server", prefix, suffix, owner="flowwise")


def test_the_templates_themselves() -> None:
    assert resource_name("kubernetes_cluster") == "aks-${var.name}"
    assert resource_name("postgresql_server", "ledger") == "psql-${var.name}-ledger-${local.digest}"
    assert resource_name("postgresql_server", "${each.key}") == "psql-${var.name}-${each.key}-${local.digest}"
    assert resource_name("storage_account") == 'st${substr(replace(var.name, "-", ""), 0, 16)}${local.digest}'
    assert resource_name("storage_account", "x") == 'st${substr(replace(var.name, "-", ""), 0, 15)}x${local.digest}'
    assert resource_name("key_vault") == 'kv-${trimsuffix(substr(var.name, 0, 14), "-")}-${local.digest}'
    assert resource_name("postgresql_private_dns_zone") == "${var.name}.postgres.database.azure.com"


def test_the_longest_prefix_is_what_the_tightest_kind_can_carry() -> None:
    assert len("flowwise-homologacao") <= MAX_PREFIX_LENGTH
    too_long = "x" * (MAX_PREFIX_LENGTH + 1)
    assert not all(re.fullmatch(RULES[kind], expanded(resource_name(kind), too_long)) for kind in RULES)


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("key_vault", "x"),
        ("storage_account", "xyz"),
        ("storage_account", "a-b"),
        ("storage_account", "${each.key}"),
        ("postgresql_private_dns_zone", "${each.key}"),
        ("postgresql_server", "x" * 38),
        ("subnet", "Nodes"),
        ("subnet", "-nodes"),
        ("subnet", "nodes-"),
        ("subnet", "a--b"),
        ("subnet", "a_b"),
    ],
)
def test_a_suffix_that_cannot_be_is_refused(kind: str, suffix: str) -> None:
    with pytest.raises(ValueError, match=kind):
        resource_name(kind, suffix)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError, match="kubernetes_clutser"):
        resource_name("kubernetes_clutser")


@pytest.mark.terraform
def test_terraform_reads_the_templates_as_we_do(tmp_path: Path) -> None:
    owner = 'variable "owner" {}\n'
    (tmp_path / "main.tf").write_text(
        f'variable "name" {{}}\n{owner}locals {{\n  digest = "{digest("var.owner")}"\n}}\n'
    )
    templates = {kind: resource_name(kind) for kind in RESOURCE_KINDS}
    pairs = ", ".join(f'{kind} = "{template}"' for kind, template in templates.items())
    prefix = "flowwise-homo-lacao"  # whose beginning in the name of a vault ends with a hyphen
    given = (f"-var=name={prefix}", "-var=owner=another")
    names = terraform_console(f"jsonencode({{{pairs}}})", tmp_path, *given)
    assert names == {kind: expanded(template, prefix, owner="another") for kind, template in templates.items()}
    assert names == {kind: known_name(kind, prefix, owner="another") for kind in RESOURCE_KINDS}


def terraform_console(expression: str, folder: Path, *options: str) -> dict[str, str]:
    """What Terraform makes of an expression that encodes a map of strings."""
    printed = terraform(folder, "console", *options, typed=f"{expression}\n")
    found: dict[str, str] = json.loads(json.loads(printed))
    return found


@pytest.mark.parametrize("table", [REGIONS, NODE_SIZES, DATABASE_SIZES, CACHE_SIZES])
def test_every_neutral_word_means_something_on_every_cloud(table: dict[str, dict[str, object]]) -> None:
    assert set(CLOUDS) <= {"azure", "aws", "google"}
    for word, by_cloud in table.items():
        assert set(by_cloud) == {"azure", "aws", "google"}, word


def test_nodes_databases_and_caches_come_in_the_same_sizes() -> None:
    assert list(NODE_SIZES) == list(DATABASE_SIZES) == list(CACHE_SIZES)


def test_only_a_burstable_server_has_no_standby() -> None:
    for by_cloud in DATABASE_SIZES.values():
        for size in by_cloud.values():
            assert size.high_availability != size.sku.startswith("B_")
