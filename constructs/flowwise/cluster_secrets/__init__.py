"""Secrets inside the cluster: copies of those in the cloud's store, or, where there is no cloud, made on the spot."""

import json

from flowwise.authoring.contract import Contract, Inputs, Object, Outputs, Validation, attribute, output, variable
from flowwise.secret_store import MAX_SECRET_NAME_LENGTH

STORE_KINDS = ("azure", "aws", "google", "none")
_KEY = "password"


def versioned_key(version: str) -> str:
    """The key of a secret's one value: whoever asks for the key of a version waits until that version is there.

    `version` is the number, or an expression that gives it.
    """
    return f"{_KEY}-v{version}"


class SecretsStore(Object):
    """Where the secrets come from."""

    kind: str = attribute(f"Whose store it is: {', '.join(STORE_KINDS)}. With none, values are made at random.")
    address: str | None = attribute(
        "The vault's address on Azure, the region on AWS, the project on Google Cloud.", default=None
    )


class ClusterSecret(Object):
    """One secret."""

    remote_name: str | None = attribute("Name in the store. Null with a store of kind none.", default=None)
    namespaces: list[str] = attribute("Namespaces to have it, each read with the identity of its own service account.")
    version: int = attribute(
        "Version of the value in the store: raised, the copies follow at once. Where values are made here, raise it to "
        "have a new one made.",
        default=1,
    )
    follows_store: bool = attribute(
        "Have the copies follow within the hour when the value in the store changes and the version does not, as a key "
        "does that people put there. Not for a password that has to be changed elsewhere at the same time.",
        default=False,
    )
    generated: bool = attribute(
        "With a store of kind none, whether the value is made at random. If not, secret_values gives it.", default=True
    )


class ClusterSecretsInputs(Inputs):
    """What the secrets are made from."""

    namespace: str = variable("Namespace of the operator that copies.", default="external-secrets")
    high_availability: bool = variable("Run two copies of each part of the operator.", default=True)
    store: SecretsStore = variable(
        "Where the secrets come from.",
        example=SecretsStore(kind="azure", address="https://kv-flowwise-dev.vault.azure.net/"),
        validations=[
            Validation(
                f"contains({json.dumps(STORE_KINDS)}, self.kind)",
                f"store.kind must be one of {', '.join(STORE_KINDS)}.",
                rejects=SecretsStore(kind="oci"),
            ),
            Validation(
                'self.kind == "none" || self.address != null',
                "store.address is needed, unless store.kind is none.",
                rejects=SecretsStore(kind="azure"),
            ),
        ],
    )
    secrets: dict[str, ClusterSecret] = variable(
        "The secrets, by their name in the cluster.",
        example={
            "lancamentos-postgres": ClusterSecret(
                remote_name="lancamentos-postgres", namespaces=["lancamentos", "database-bootstrap"]
            )
        },
        validations=[
            Validation(
                'alltrue([for name in keys(self) : can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", name)) '
                f"&& length(name) <= {MAX_SECRET_NAME_LENGTH}])",
                f"secrets must have names of at most {MAX_SECRET_NAME_LENGTH} lower-case letters, digits and single "
                "hyphens, which start with a letter and do not end with a hyphen.",
                rejects={"Senha_1": ClusterSecret(namespaces=["lancamentos"])},
            ),
            Validation(
                "alltrue([for secret in values(self) : secret.version >= 1 && secret.version % 1 == 0])",
                "The version of each of secrets must be a whole number from 1.",
                rejects={"lancamentos-postgres": ClusterSecret(namespaces=["lancamentos"], version=0)},
            ),
        ],
    )
    secret_values: dict[str, str] = variable(
        "With a store of kind none, values of the secrets that are not generated, by name: of all of them, whenever "
        "Terraform plans. One is taken when its secret is made or its version raised, and is in no state or plan.",
        default={},
        example={},
        sensitive=True,
        ephemeral=True,
    )
    service_account_names: dict[str, str] = variable(
        "Service account of each namespace, by the name of the namespace. It carries the annotations by which the "
        "cloud knows its identity; on Azure, those of the client and of the tenant.",
        example={"lancamentos": "lancamentos", "database-bootstrap": "database-bootstrap"},
    )
    labels: dict[str, str] = variable("Labels of every object.", default={})


class ClusterSecretsOutputs(Outputs):
    """What those who read the secrets need to know."""

    secret_keys: dict[str, str] = output(
        "Key of the value in each secret. It has the version in it: there is none before that version is there, and "
        "pods that name it wait."
    )
    secret_revisions: dict[str, int] = output(
        "A number for each secret that changes whenever its value does, for those who have to follow."
    )


CLUSTER_SECRETS = Contract(
    "cluster-secrets",
    "Secrets in the cluster, each only in the namespaces that need it. No value is in Terraform's state or plan.",
    ClusterSecretsInputs,
    ClusterSecretsOutputs,
)
