"""Where Terraform keeps its state: one storage that every change is versioned in, and few may enter."""

from typing import Any

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, output, variable
from flowwise.authoring.rules import PREFIX
from flowwise.tables.naming import digest
from flowwise.tables.project import PROJECT

DEFAULT_RETENTION_DAYS = 90

# Parts of names that the backends of the roots have to know.
AZURE_ACCOUNT_SUFFIX = "tf"
AZURE_CONTAINER = "tfstate"
AWS_KEY_SUFFIX = "tfstate"


def _identities(plural: str, one: str, description: str, example_name: str) -> Any:
    return variable(
        f"{description} A name that people know, and the identity as the cloud identifies it.",
        default={},
        example={example_name: "22222222-2222-2222-2222-222222222222"},
        validations=[
            Validation(
                f'alltrue([for {one}, identity in self : trimspace({one}) != "" && trimspace(identity) != ""])',
                f"{plural} must give each {one} a name and an identity.",
                rejects={example_name: ""},
            )
        ],
    )


def writers() -> Any:
    """`dict[str, str]`: who may change state."""
    return _identities("writers", "writer", "Who reads, writes and locks state.", example_name="pipeline")


def organization() -> Any:
    """`str`: whose state it is. What the environment's file says too, because a backend takes no variable."""
    return variable(
        "Whose the environments are: the storage's name, which is unique in the world, differs by it. A word that "
        "nobody else takes, such as the organization's name on GitHub, and the same that the environment's file has.",
        default=PROJECT,
        example=PROJECT,
        validations=[
            Validation(
                'can(regex("^[a-z0-9_-]{1,63}$", self))',
                'organization must be lower-case letters without accents, digits, "_" and "-", at most 63.',
                rejects="Flow Wise",
            )
        ],
    )


class RemoteStateInputs(Inputs):
    """What the storage is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    organization: str = organization()
    writers: dict[str, str] = writers()
    readers: dict[str, str] = _identities(
        "readers", "reader", "Who reads state, and nothing else: to plan, without a lock.", example_name="plans"
    )
    retention_days: int = variable(
        "Days to keep states that were overwritten or deleted.",
        default=DEFAULT_RETENTION_DAYS,
        validations=[Validation("self >= 7 && self <= 365", "retention_days must be from 7 to 365.", rejects=6)],
    )
    operator_cidrs: list[str] = common_variables.operator_cidrs()
    protected: bool = variable("Refuse to delete the storage while it holds state.", default=True)
    log_retention_days: int = common_variables.log_retention_days()
    tags: dict[str, str] = common_variables.tags()


class RemoteStateOutputs(Outputs):
    """What the backend block of a root has to say, besides the key that tells its state from others'."""

    storage_name: str = output("Name of the storage account or bucket.")
    container: str | None = output("Container in the storage account. Null where a bucket has none.")
    resource_group: str | None = output("Resource group of the storage account. Null where a bucket has none.")
    region: str = output("Region of the storage.")
    key_id: str | None = output("Key that state is encrypted with. Null where the cloud manages it.")


DIGEST = digest("var.organization")
"""What modules have as `local.digest`. Not of the account, as elsewhere: the backends of the roots take no variable."""

REMOTE_STATE = Contract(
    "remote-state",
    "Storage for Terraform's state: versioned, encrypted, locked while in use, and closed to all but its writers and "
    "readers.",
    RemoteStateInputs,
    RemoteStateOutputs,
)
