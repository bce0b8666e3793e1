"""Secrets of an environment, each readable by the workloads that need it and by nobody else."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Object, Outputs, Validation, attribute, output, variable
from flowwise.authoring.rules import PREFIX
from flowwise.encryption import EncryptionKey, encryption_key

MAX_SECRET_NAME_LENGTH = 63
GENERATED_LENGTH = 32
"""Letters and digits of a generated value: 190 bits, and nothing that a URL or a shell would mind."""


class Secret(Object):
    """One secret."""

    readers: list[str] = attribute("Workloads that may read it, by their names in reader_ids.")
    generated: bool = attribute("Whether its value is made at random. If not, secret_values gives it.", default=True)
    version: int = attribute("Raise it to have a new value made, or taken from secret_values.", default=1)


class SecretStoreInputs(Inputs):
    """What a store of secrets is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    endpoint_subnet_ids: list[str] = variable(
        "Subnets for the store's private endpoint. Empty where the cloud gives it none.",
        default=[],
        example=[
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
            "/providers/Microsoft.Network/virtualNetworks/vnet-flowwise-dev/subnets/snet-flowwise-dev-endpoints"
        ],
    )
    private_dns_zone_id: str | None = common_variables.private_dns_zone_id("privatelink.vaultcore.azure.net")
    secrets: dict[str, Secret] = variable(
        "The secrets, by name.",
        example={
            "lancamentos-postgres": Secret(readers=["lancamentos"]),
            "monitoring": Secret(readers=["consolidacao"], generated=False),
        },
        validations=[
            Validation(
                'alltrue([for name in keys(self) : can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", name)) '
                f"&& length(name) <= {MAX_SECRET_NAME_LENGTH}])",
                f"secrets must have names of at most {MAX_SECRET_NAME_LENGTH} lower-case letters, digits and single "
                "hyphens, which start with a letter and do not end with a hyphen.",
                rejects={"Senha_1": Secret(readers=[])},
            ),
            Validation(
                "alltrue([for secret in values(self) : secret.version >= 1 && secret.version % 1 == 0])",
                "The version of each of secrets must be a whole number from 1.",
                rejects={"lancamentos-postgres": Secret(readers=[], version=0)},
            ),
        ],
    )
    secret_values: dict[str, str] = variable(
        "Values of the secrets that are not generated, by name: of all of them, whenever Terraform plans. One is taken "
        "when its secret is made or its version raised, and is in no state or plan.",
        default={},
        example={"monitoring": "an-example-of-a-key"},
        sensitive=True,
        ephemeral=True,
    )
    reader_ids: dict[str, str] = variable(
        "Identifiers of the workloads that read secrets, by name. The names must be known when Terraform plans, the "
        "identifiers need not be.",
        default={},
        example={
            "lancamentos": "11111111-1111-1111-1111-111111111111",
            "consolidacao": "22222222-2222-2222-2222-222222222222",
        },
    )
    operator_cidrs: list[str] = common_variables.operator_cidrs()
    encryption_key: EncryptionKey = encryption_key(
        "every secret, where the store is no vault of keys itself,", use="secrets"
    )
    protected: bool = variable(
        "Keep what is deleted for as long as the cloud can, and refuse where it can.", default=True
    )
    log_retention_days: int = common_variables.log_retention_days()
    log_workspace_id: str | None = common_variables.log_workspace_id()
    tags: dict[str, str] = common_variables.tags()


class SecretStoreOutputs(Outputs):
    """What those who read the secrets need to know."""

    store_address: str = output("Where the secrets are kept, as an operator in the cluster is told.")
    secret_names: dict[str, str] = output("Name of each secret in the store.")
    secret_ids: dict[str, str] = output("Identifier of each secret, known once it has its value.")


SECRET_STORE = Contract(
    "secret-store",
    "Secrets that each workload reads with its own identity. No value is in Terraform's state or plan.",
    SecretStoreInputs,
    SecretStoreOutputs,
)
