"""What moto's KMS lacks: a policy that takes a while to be everywhere, and keys that nobody else can use either."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from emulated_aws.held import HELD, KEYS
from moto.core.base_backend import BaseBackend
from moto.kms.models import KmsBackend, kms_backends
from moto.kms.responses import KmsResponse


def complete() -> None:
    KmsResponse.get_key_policy = _when_it_has_arrived(KmsResponse.get_key_policy)
    KmsBackend.cancel_key_deletion = _of_an_arn_too(KmsBackend.cancel_key_deletion)
    KmsBackend.enable_key = _of_an_arn_too(KmsBackend.enable_key)


def _when_it_has_arrived(get_policy: Callable[[KmsResponse], str]) -> Callable[[KmsResponse], str]:
    def get(self: KmsResponse) -> str:
        return json.dumps({"Policy": "{}"}) if KEYS in HELD else get_policy(self)

    return get


def _of_an_arn_too(call: Callable[[KmsBackend, str], None]) -> Callable[[KmsBackend, str], None]:
    return lambda self, key: call(self, key.rpartition("/")[2])


def require_usable(key: str | None, backend: BaseBackend, refuse: Callable[[str], Exception]) -> None:
    """Raise what a service answers that was given a key (its id or ARN) which is not there to be used."""
    keys: Mapping[str, Any] = kms_backends[backend.account_id][backend.region_name].keys
    found = keys.get((key or "").rpartition("/")[2])
    if key and (found is None or found.key_state != "Enabled"):
        raise refuse(f"The key {key} is {found.key_state if found else 'not there'}, and cannot be used.")
