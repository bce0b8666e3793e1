"""What moto's S3 lacks of the delivery of logs: a policy may name objects in a list, and more than a prefix."""

import json
from fnmatch import fnmatchcase
from typing import Any

from moto.s3.models import FakeBucket

_DELIVERY = "logging.s3.amazonaws.com"


def complete() -> None:
    FakeBucket._log_permissions_enabled_policy = staticmethod(_delivers)


def _delivers(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
    log = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}log"
    statements = json.loads(target_bucket.policy.decode())["Statement"] if target_bucket.policy else []
    return any(
        statement["Effect"] == "Allow"
        and "s3:PutObject" in _listed(statement["Action"])
        and any(fnmatchcase(log, pattern) for pattern in _listed(statement["Resource"]))
        for statement in statements
        if statement["Principal"] != "*" and statement["Principal"].get("Service") == _DELIVERY
    )


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value
