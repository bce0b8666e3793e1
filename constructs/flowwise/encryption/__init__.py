"""The keys that an environment encrypts with: one for each purpose, so that each can be withdrawn by itself."""

import json

from flowwise.authoring import common_variables
from flowwise.authoring.contract import (
    Contract,
    Inputs,
    Object,
    Outputs,
    Validation,
    attribute,
    output,
    variable,
)
from flowwise.authoring.rules import PREFIX

PURPOSES = ("cache", "cluster", "databases", "images", "secrets")

OF_NODES, OF_IMAGES = "cluster", "images"
"""Of purposes, those that may be nobody's: of nodes, runners' disks among them, and of a registry that is made."""

STORAGE = "storage"
"""A purpose besides, of environments whose microservices keep files."""

IN_SOFTWARE = "cache"
"""On Azure, in no HSM: "Only RSA keys are supported" ("Configure disk encryption", Azure Managed Redis)."""


class EncryptionKey(Object):
    """A key, as those who use it have to name it."""

    id: str = attribute("What a service is told to encrypt with.")
    resource_id: str = attribute("What the right to use the key is given on.")


class EncryptionInputs(Inputs):
    """What the keys are made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    operator_cidrs: list[str] = common_variables.operator_cidrs()
    storage: bool = variable(
        "Make a key for files of microservices, too, which not every environment has.", default=False
    )
    without: list[str] = variable(
        "Purposes that nothing is encrypted for, because it is there already: no key is made for them.",
        default=[],
        validations=[
            Validation(
                f"length(setsubtract(self, {json.dumps(PURPOSES)})) == 0",
                f"without may have purposes of keys, which are {', '.join(PURPOSES)}.",
                rejects=["disks"],
            )
        ],
    )
    protected: bool = variable("Refuse to delete the keys, where the cloud can refuse.", default=True)
    log_retention_days: int = common_variables.log_retention_days()
    log_workspace_id: str | None = common_variables.log_workspace_id()
    tags: dict[str, str] = common_variables.tags()


class EncryptionOutputs(Outputs):
    """What those who encrypt need to know."""

    keys: dict[str, EncryptionKey] = output(
        f"The keys by purpose: {', '.join(PURPOSES)}, and {STORAGE} where there is one."
    )


ENCRYPTION = Contract(
    "encryption",
    "Keys of our own to encrypt an environment with, one for each purpose, which rotate by themselves.",
    EncryptionInputs,
    EncryptionOutputs,
)


def purposes() -> str:
    """The expression of the purposes that a module makes keys for."""
    return f'setsubtract(concat({json.dumps(PURPOSES)}, var.storage ? ["{STORAGE}"] : []), var.without)'


def encryption_key(of: str, use: str = "cluster") -> EncryptionKey:
    """Declare the input of a module that encrypts what `of` says with the key of a purpose."""
    declared: EncryptionKey = variable(
        f"Key that {of} is encrypted with: what the service is told, and what the right to use the key is given on.",
        example=EncryptionKey(
            id=f"https://kv-flowwise-dev.vault.azure.net/keys/{use}",
            resource_id=(
                "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-encryption"
                f"/providers/Microsoft.KeyVault/vaults/kv-flowwise-dev/keys/{use}"
            ),
        ),
    )
    return declared
