"""A key that is there already: what is looked up of it, and what has to be true of it."""

import json

from flowwise.authoring.contract import Contract, Inputs, variable
from flowwise.encryption import PURPOSES, STORAGE, EncryptionOutputs
from flowwise.tables.existing_ids import KEYS


class ExistingKeyInputs(Inputs):
    """What a key that is there is found by, and what it is for."""

    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    key_id: str = variable("Identifier of the key, without a version.", example=KEYS["azure"].example)
    cache: bool = variable("Whether a cache is encrypted with it.", default=True)
    images: bool = variable("Whether images are, in a registry that the environment makes.", default=True)


EXISTING_KEY = Contract(
    "existing-key",
    "A key that is there already, looked up and looked at: it encrypts whatever the environment has, and nothing of it "
    "is made or changed.",
    ExistingKeyInputs,
    EncryptionOutputs,
)


def for_each_purpose(id_: str, resource_id: str) -> str:
    """The expression of the output `keys`: the same key for whatever it is for. Both are expressions."""
    purposes = json.dumps([*PURPOSES, STORAGE])
    return f"{{ for purpose in {purposes} : purpose => {{ id = {id_}, resource_id = {resource_id} }} }}"
