"""The environments that are deployed."""

import re
from pathlib import Path

from tests.environments.texts import environment_text, with_alerts, with_managed_broker, with_own_secrets, with_storage

DNS_ZONE = "flowwise.example"
"""That the environment's host is in."""


def with_everything() -> str:
    """An environment that uses all that the platform has on AWS."""
    text = with_alerts(with_storage(with_managed_broker(environment_text("aws", "dedicated", "dev"))))
    certified = f'dns_zone = "{DNS_ZONE}"\ncertificate_challenge = "dns"\ncertificate_email = "ops@{DNS_ZONE}"\n'
    text = _changed(text, "\n[observability]", f"{certified}\n[observability]")
    return with_own_secrets(text) + _SPOT_POOL + _RUNNERS


_SPOT_POOL = """
[cluster.node_pools.spare]
size      = "medium"
min_nodes = 0
max_nodes = 2
spot      = true
"""


_RUNNERS = """
[runner]
organization = "flowwise"
application  = "Iv23liEXAMPLE0000000"
"""


def without_databases() -> str:
    """One without what takes minutes, which the provider waits for at its own pace: RDS and ElastiCache."""
    return without("postgres", without("redis", with_everything()))


def without(table: str, text: str) -> str:
    """Without what a table is about, and nobody uses it any more."""
    text, tables = re.subn(rf"^\[{table}\]\n(?:\S.*\n)+\n", "", text, flags=re.MULTILINE)
    text, uses = re.subn(rf'^(uses +=.*?)(?:"{table}", |, "{table}")', r"\1", text, flags=re.MULTILINE)
    assert (tables, uses) == (1, 2)
    return text


def grown(text: str) -> str:
    """More nodes than there are, disks beyond where RDS stripes them, other sizes; passwords and images made anew."""
    text = _changed(text, "min_nodes = 1 # relaxed, as above\nmax_nodes = 3", "min_nodes = 2\nmax_nodes = 4")
    text = _changed(text, "storage_gb        = 32", "storage_gb        = 512")
    for table in ("postgres", "redis"):
        text = re.sub(rf'^(\[{table}\]\n(?:\S.*\n)*size +=) "small"', r'\1 "medium"', text, flags=re.MULTILINE)
    assert text.count('"medium"') == 3
    text = _changed(text, 'kubernetes_version = "1.35"', 'kubernetes_version = "1.35"\npatch_version = 2')
    return "secret_version = 2\n" + text


def shrunk(text: str) -> str:
    """Of what has grown, fewer nodes at most than there are then."""
    return _changed(text, "min_nodes = 2\nmax_nodes = 4", "min_nodes = 1\nmax_nodes = 1")


def with_the_next_kubernetes(infra: Path, name: str) -> None:
    """Have a generated tree want the next version of Kubernetes, which the project's own table does not know yet."""
    for file in (*infra.glob("**/variables.tf"), infra / "environments" / name / "main.tf"):
        text = file.read_text()
        file.write_text(text.replace('["1.35"]', '["1.35", "1.36"]').replace('= "1.35"', '= "1.36"'))


def protected(text: str) -> str:
    return _changed(text, "deletion_protection = false", "deletion_protection = true")


def _changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)
