"""Names of resources: how each kind begins, how long it may be, which characters it takes.

Every name holds the prefix `<project>-<environment>`, which modules know as `var.name`. Affixes are those
of Microsoft's "Abbreviation recommendations for Azure resources" (Cloud Adoption Framework); lengths and
characters are those of "Naming rules and restrictions for Azure resources", in lower case, which every
kind accepts.

Names that others' names must differ from too, which Azure may hold for 90 days after their owner is gone, end with a
digest of whose they are and of the prefix: modules have it as `local.digest`. It leaves a key vault or a storage
account too little room for the whole prefix, of which they take the beginning.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

NAME_PATTERN = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
"""Names that people choose. No double hyphen and none at the end, because a key vault takes neither."""

MAX_SUFFIX_LENGTH = 30
"""Longest word after the prefix, and so the longest name of a microservice."""

DIGEST_LENGTH = 6

NODE_POOL_NAME_PATTERN = r"[a-z][a-z0-9]{0,11}"
"""Node pools are named without the prefix: AKS allows 12 characters on Linux."""


@dataclass(frozen=True)
class ResourceKind:
    """How a name is made, `<affix><prefix>[-<suffix>][-<digest>]<ending>`, in lower case, with or without hyphens.

    `unique` says that others' names must differ too: in the world, a region of the cloud, or a directory.
    """

    affix: str
    max_length: int
    hyphens: bool = True
    ending: str = ""
    unique: bool = False

    @property
    def separator(self) -> str:
        """What stands between its parts."""
        return "-" if self.hyphens else ""

    @property
    def longest_prefix(self) -> int:
        """Characters left for the prefix, or for its beginning and the digest."""
        return self.max_length - len(self.affix) - len(self.ending)


RESOURCE_KINDS: Mapping[str, ResourceKind] = {
    # Azure
    "consumption_budget": ResourceKind("budget-", 63),  # no abbreviation recommended
    "container_registry": ResourceKind("cr", 50, hyphens=False, ending="images", unique=True),  # at least 5
    "disk_encryption_set": ResourceKind("des-", 80),
    "key_vault": ResourceKind("kv-", 24, unique=True),
    "kubernetes_cluster": ResourceKind("aks-", 63),
    "log_analytics_workspace": ResourceKind("log-", 63),
    "managed_identity": ResourceKind("id-", 128),
    "managed_redis": ResourceKind("amr-", 60, unique=True),  # in its region
    "nat_gateway": ResourceKind("ng-", 80),
    "network_security_group": ResourceKind("nsg-", 80),
    "policy_definition": ResourceKind("keep-", 64),  # and its assignment; no abbreviation recommended
    # A zone for servers inside a virtual network must end like this, and may not begin with a server's name.
    "postgresql_private_dns_zone": ResourceKind("", 63, ending=".postgres.database.azure.com"),
    "postgresql_server": ResourceKind("psql-", 63, unique=True),
    "private_dns_zone_link": ResourceKind("link-", 80),  # no abbreviation recommended
    "private_endpoint": ResourceKind("pep-", 64),
    "public_ip": ResourceKind("pip-", 80),
    "registry_key_vault": ResourceKind("kvi-", 24, unique=True),
    "resource_group": ResourceKind("rg-", 90),
    "role_definition": ResourceKind("", 512, unique=True),  # in its directory
    "scale_set": ResourceKind("vmss-", 64),
    "secrets_key_vault": ResourceKind("kvs-", 24, unique=True),
    "storage_account": ResourceKind("st", 24, hyphens=False, unique=True),
    "subnet": ResourceKind("snet-", 80),
    "virtual_network": ResourceKind("vnet-", 64),
    # AWS
    "auto_scaling_group": ResourceKind("", 255),
    "cache_log_group": ResourceKind("/aws/vendedlogs/elasticache/", 512),
    "cost_budget": ResourceKind("", 100),
    "db_instance": ResourceKind("postgres-", 63),
    "db_parameter_group": ResourceKind("postgres-", 255),
    "db_subnet_group": ResourceKind("", 255),
    "ecr_repository": ResourceKind("images/", 256),
    "eks_cluster": ResourceKind("eks-", 100),
    "eks_log_group": ResourceKind("/aws/eks/eks-", 512, ending="/cluster"),  # where EKS writes, whatever one wants
    "elasticache": ResourceKind("", 40, ending="-redis"),
    "flow_log_group": ResourceKind("/aws/vpc/", 512, ending="/flow-logs"),
    "iam_instance_profile": ResourceKind("", 128),
    "iam_role": ResourceKind("", 64),
    "kms_alias": ResourceKind("alias/", 256),
    "launch_template": ResourceKind("eks-", 128),
    "machine_template": ResourceKind("runner-", 128),  # a launch template, too
    "metric_alarm": ResourceKind("", 255),
    "mq_broker": ResourceKind("", 50, ending="-rabbitmq"),
    "push_role": ResourceKind("push-", 64),  # nor among these
    "pipeline_role": ResourceKind("pipeline-", 64),  # not among the names of "iam_role"
    "reader_role": ResourceKind("", 64, ending="-reader"),
    "role_boundary": ResourceKind("pipeline-", 128, ending="-boundary"),  # a policy of IAM
    "s3_bucket": ResourceKind("", 63, unique=True),
    "s3_log_bucket": ResourceKind("logs-", 63, unique=True),
    "s3_state_bucket": ResourceKind("tfstate-", 63, unique=True),
    "secret_folder": ResourceKind("", 440, ending="/"),  # leaves 72 for the name of a secret, 26 of which AWS adds
    "sns_topic": ResourceKind("", 256),
    "security_group": ResourceKind("", 255),
    "workload_role": ResourceKind("", 64, ending="-workload"),
    # Google
    "apply_account": ResourceKind("", 30, ending="-apply"),  # a service account, of at least 6 characters
    "artifact_registry_repository": ResourceKind("", 63),
    "billing_budget": ResourceKind("", 60),
    "cloud_nat": ResourceKind("", 63),
    "cloud_router": ResourceKind("", 63),
    "cloud_sql_instance": ResourceKind("postgres-", 63),
    "dns_policy": ResourceKind("", 63),
    "external_address": ResourceKind("", 63),
    "firewall_rule": ResourceKind("", 63),
    "gcs_bucket": ResourceKind("", 63, unique=True),
    "gcs_state_bucket": ResourceKind("tfstate-", 63, unique=True),
    "gke_cluster": ResourceKind("gke-", 40),
    "gke_node_account": ResourceKind("gke-", 30, ending="-nodes"),  # a service account
    "instance_group": ResourceKind("", 63),
    "instance_template": ResourceKind("", 54),  # of 63, of which 9 are for a digest
    "kms_key_ring": ResourceKind("", 63),
    "log_bucket": ResourceKind("", 85),  # of 100, of which 15 are for the time of its making
    "log_sink": ResourceKind("", 100),
    "memorystore_instance": ResourceKind("", 63, ending="-redis"),
    "drift_account": ResourceKind("", 30, ending="-drift"),
    "plan_account": ResourceKind("", 30, ending="-plan"),
    "review_account": ResourceKind("", 30, ending="-review"),
    "private_services_range": ResourceKind("", 63),
    "project_role": ResourceKind("pipeline", 50, hyphens=False),  # of 64, likewise
    "runner_account": ResourceKind("", 30, ending="-runner"),
    "secret_manager_secret": ResourceKind("", 255),
    "service_connection_policy": ResourceKind("", 63),
    "state_key_ring": ResourceKind("tfstate-", 63),
    "subnetwork": ResourceKind("", 63),
    "vpc_network": ResourceKind("", 63),
    "workload_identity_pool": ResourceKind("", 21),  # of 32, likewise, and at least 4
}
"""A kind belongs to one cloud: "kubernetes_cluster" is an AKS cluster. Other clouds add their own."""

MAX_PREFIX_LENGTH = min(kind.longest_prefix for kind in RESOURCE_KINDS.values())
"""Longest `<project>-<environment>` that every kind of every cloud can carry."""


def resource_name(kind: str, suffix: str = "") -> str:
    """Terraform template of a name, such as `psql-${var.name}-ledger-${local.digest}`.

    `suffix` tells apart resources of one kind. It may be a template itself (`${each.key}`), which then
    has to stand for a name of at most MAX_SUFFIX_LENGTH characters. Raises KeyError for an unknown kind,
    and ValueError for a suffix that is not lower-case words joined by hyphens, or does not fit beside the
    longest prefix.
    """
    row = RESOURCE_KINDS[kind]
    is_template = suffix.startswith("${")
    word = r"[a-z0-9]+(-[a-z0-9]+)*" if row.hyphens else "[a-z0-9]+"
    if suffix and not re.fullmatch(word, suffix) and not (is_template and row.hyphens):
        raise ValueError(f"{suffix!r} cannot be part of the name of a {kind}")
    if MAX_PREFIX_LENGTH + _length(row, suffix) > row.longest_prefix:
        raise ValueError(f"{suffix!r} does not fit the {row.max_length} characters of the name of a {kind}")
    prefix = "var.name" if row.hyphens else 'replace(var.name, "-", "")'
    room = _room(row, suffix)
    if room < MAX_PREFIX_LENGTH:
        prefix = f"substr({prefix}, 0, {room})"
        prefix = f'trimsuffix({prefix}, "-")' if row.hyphens else prefix
    return _joined(row, f"${{{prefix}}}", suffix, "${local.digest}")


def known_name(kind: str, prefix: str, suffix: str = "", *, owner: str = "") -> str:
    """The name itself, for a prefix that is known: what `resource_name` stands for.

    `owner` is whose it is, where others' names must differ: what the digest is made of. Raises KeyError likewise, and
    ValueError without one that is needed.
    """
    row = RESOURCE_KINDS[kind]
    if row.unique and not owner:
        raise ValueError(f"the name of a {kind} says whose it is")
    beginning = prefix if row.hyphens else prefix.replace("-", "")
    if len(beginning) > _room(row, suffix):
        beginning = beginning[: _room(row, suffix)].removesuffix("-")
    return _joined(row, beginning, suffix, hashlib.sha256(f"{owner}/{prefix}".encode()).hexdigest()[:DIGEST_LENGTH])


def digest(owner: str, prefix: str = "var.name") -> str:
    """Terraform template of what a module has as `local.digest`, of two expressions."""
    return f'${{substr(sha256("${{{owner}}}/${{{prefix}}}"), 0, {DIGEST_LENGTH})}}'


def _length(row: ResourceKind, suffix: str) -> int:
    """Characters that a suffix takes at most."""
    if not suffix:
        return 0
    return len(row.separator) + (MAX_SUFFIX_LENGTH if suffix.startswith("${") else len(suffix))


def _room(row: ResourceKind, suffix: str) -> int:
    """Characters that are left for the prefix."""
    return row.longest_prefix - _length(row, suffix) - (len(row.separator) + DIGEST_LENGTH if row.unique else 0)


def _joined(row: ResourceKind, prefix: str, suffix: str, digest: str) -> str:
    parts = (prefix, suffix, digest if row.unique else "")
    return row.affix + row.separator.join(filter(None, parts)) + row.ending


def shortened(name: str, max_length: int) -> str:
    """Terraform expression of a name that fits: what the expression `name` gives, or its beginning and a digest.

    `name` is repeated in it, so it should be short: a variable of a `for`.
    """
    beginning = f'trimsuffix(substr({name}, 0, {max_length - 9}), "-")'
    return f'length({name}) <= {max_length} ? {name} : "${{{beginning}}}-${{substr(sha256({name}), 0, 8)}}"'
