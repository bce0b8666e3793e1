"""Terraform without a network and without an account: providers that have the real ones' schemas, and no cloud.

    eval "$(make --silent offline)"

makes stock `terraform init`, `validate`, `test`, and even `plan` and `apply`, work on any folder of `infra/`.
"""

from tests.offline.cli_config import (
    attached_environment,
    offline_cli_config,
    offline_environment,
    provider_origins,
)
from tests.offline.terraform import terraform, try_terraform

__all__ = [
    "attached_environment",
    "offline_cli_config",
    "offline_environment",
    "provider_origins",
    "terraform",
    "try_terraform",
]
