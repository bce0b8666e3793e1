"""What moto's S3 lacks: a policy for logs may name a list, or more than a prefix; and it tells of no EventBridge."""

import json
from fnmatch import fnmatchcase
from typing import Any

from moto.core.responses import ActionResult
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

_DELIVERY = "logging.s3.amazonaws.com"


def complete() -> None:
    FakeBucket._log_permissions_enabled_policy = staticmethod(_delivers)
    told = S3Response.get_bucket_notification

    def get_bucket_notification(self: S3Response) -> Any:
        configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if configuration is None or configuration.event_bridge is None:
            return told(self)
        self.data["Action"] = "GetBucketNotificationConfiguration"
        return self.serialized(ActionResult({"EventBridgeConfiguration": {}}))

    S3Response.get_bucket_notification = get_bucket_notification


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
