"""What moto's Secrets Manager does not mind: a deleted secret's name, and a key that cannot be used."""

from collections.abc import Callable
from typing import Any

from emulated_aws.kms import require_usable
from moto.secretsmanager.exceptions import InvalidRequestException, SecretsManagerClientError
from moto.secretsmanager.models import SecretsManagerBackend

_SCHEDULED = "You can't create this secret because a secret with this name is already scheduled for deletion."


def complete() -> None:
    backend = SecretsManagerBackend
    backend.create_secret = _with_free_name(backend.create_secret)
    backend.get_secret_value = _with_usable_key(backend.get_secret_value, "DecryptionFailure")
    backend.put_secret_value = _with_usable_key(backend.put_secret_value, "EncryptionFailure")


def _with_free_name(create: Callable[..., str]) -> Callable[..., str]:
    def create_with(self: SecretsManagerBackend, name: str, *arguments: Any, **settings: Any) -> str:
        if name in self.secrets and self.secrets[name].is_deleted():
            raise InvalidRequestException(_SCHEDULED)
        require_usable(settings.get("kms_key_id"), self, _refusal("EncryptionFailure"))
        return create(self, name, *arguments, **settings)

    return create_with


def _with_usable_key(call: Callable[..., Any], fault: str) -> Callable[..., Any]:
    def call_with(self: SecretsManagerBackend, secret_id: str, *arguments: Any, **settings: Any) -> Any:
        if self._is_valid_identifier(secret_id):
            require_usable(self.secrets[secret_id].kms_key_id, self, _refusal(fault))
        return call(self, secret_id, *arguments, **settings)

    return call_with


def _refusal(fault: str) -> Callable[[str], Exception]:
    return lambda why: SecretsManagerClientError(fault, why)
