"""What moto's CloudWatch Logs takes and AWS does not: a key that cannot be used."""

from typing import Any

from emulated_aws.kms import require_usable
from moto.logs.exceptions import LogsClientError
from moto.logs.models import LogGroup, LogsBackend


def complete() -> None:
    create = LogsBackend.create_log_group

    def create_with_usable_key(self: LogsBackend, name: str, tags: dict[str, str], **settings: Any) -> LogGroup:
        require_usable(settings.get("kmsKeyId"), self, lambda why: LogsClientError("InvalidParameterException", why))
        return create(self, name, tags, **settings)

    LogsBackend.create_log_group = create_with_usable_key
