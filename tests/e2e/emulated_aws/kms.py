"""What moto's KMS lacks: a policy that takes a while to be everywhere, for which the provider waits."""

import json
from collections.abc import Callable

from emulated_aws.held import HELD, KEYS
from moto.kms.responses import KmsResponse


def complete() -> None:
    KmsResponse.get_key_policy = _when_it_has_arrived(KmsResponse.get_key_policy)


def _when_it_has_arrived(get_policy: Callable[[KmsResponse], str]) -> Callable[[KmsResponse], str]:
    def get(self: KmsResponse) -> str:
        return json.dumps({"Policy": "{}"}) if KEYS in HELD else get_policy(self)

    return get
