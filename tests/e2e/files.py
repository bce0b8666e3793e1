"""The environments that are deployed."""

import re

from tests.environments.texts import environment_text, with_managed_broker


def with_everything() -> str:
    """An environment that uses all that the platform has on AWS."""
    return with_managed_broker(environment_text("aws", "dedicated", "dev"))


def without_databases() -> str:
    """One without what takes minutes, which the provider waits for at its own pace: RDS and ElastiCache."""
    text = with_everything()
    for table in ("postgres", "redis"):
        text = re.sub(rf"^\[{table}\]\n(?:\S.*\n)+\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^(uses +=) .*$", r'\1 ["rabbitmq"]', text, flags=re.MULTILINE)
    assert "[postgres]" not in text and "[redis]" not in text
    return text


def grown(text: str) -> str:
    """More nodes than there are, and disks beyond where RDS stripes them: what AWS takes in one way only."""
    text = _changed(text, "min_nodes = 1 # relaxed, as above\nmax_nodes = 3", "min_nodes = 2\nmax_nodes = 4")
    return _changed(text, "storage_gb        = 32", "storage_gb        = 512")


def _changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)
