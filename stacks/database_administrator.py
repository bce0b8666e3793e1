"""How an environment's root has the password of the databases' administrator: read back from the store of secrets.

A generated password is known to the run that makes it alone. Were servers told that one, a server of a later run, after
a failure half-way or for a new microservice, would have another password than the store, and than its neighbours.
It is read in the root, and not in the platform's module, because Terraform before 1.16 mocks no ephemeral resources
(hashicorp/terraform#38608), and refuses to test any folder that has one of a mocked provider.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flowwise.authoring.expressions import text
from flowwise.authoring.module import TerraformFolder

_NAME = "database_administrator"
_SECRET = "module.platform.database_administrator_secret"
_LATER = 'timestamp() == "" ? "" :'
"""Begins an expression whose value Terraform knows when it applies, and never when it plans."""


@dataclass(frozen=True)
class _Reading:
    """An ephemeral resource: its type, what tells it the secret, by argument, and the attribute with the value."""

    type_: str
    arguments: Mapping[str, str]
    value: str


# "Ephemeral Resources" in each provider's documentation.
_READINGS = {
    "azure": _Reading(
        "azurerm_key_vault_secret",
        {"name": f"basename({_SECRET})", "key_vault_id": f'{_LATER} split("/secrets/", {_SECRET})[0]'},
        "value",
    ),
    "aws": _Reading("aws_secretsmanager_secret_version", {"secret_id": f"{_LATER} {_SECRET}"}, "secret_string"),
    "google": _Reading("google_secret_manager_secret_version", {"secret": f"{_LATER} {_SECRET}"}, "secret_data"),
}


def read_database_administrator(root: TerraformFolder, cloud: str) -> str:
    """Add the ephemeral resource that reads the password, once the store has it; gives the reference to its value."""
    reading = _READINGS[cloud]
    root.comment(
        "One password for the store and for every server, whichever run makes them. The time is known when Terraform "
        "applies, and not before: so no plan reads the secret, and nobody who only plans needs the right to."
    )
    root.ephemeral(reading.type_, _NAME, **{name: text(value) for name, value in reading.arguments.items()})
    return text(f"ephemeral.{reading.type_}.{_NAME}.{reading.value}")
