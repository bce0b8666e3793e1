"""Files of the microservices: a bucket for each, which its own identity alone reads and writes, without a key."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, output, variable
from flowwise.authoring.rules import PREFIX
from flowwise.encryption import EncryptionKey, encryption_key
from flowwise.tables.naming import MAX_SUFFIX_LENGTH, NAME_PATTERN

LEAST_RETENTION_DAYS, MOST_RETENTION_DAYS = 7, 365
"""What Google Cloud's soft delete begins at ("Soft delete"), and what Azure's ends at ("Soft delete for blobs")."""

DEFAULT_RETENTION_DAYS = 30

_NETWORK = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
    "/providers/Microsoft.Network/virtualNetworks/vnet-flowwise-dev"
)


class ObjectStorageInputs(Inputs):
    """What the storage is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    endpoint_subnet_ids: list[str] = variable(
        "Subnets for the private endpoint of the storage. Empty where the cloud gives it none.",
        default=[],
        example=[f"{_NETWORK}/subnets/snet-flowwise-dev-endpoints"],
    )
    private_dns_zone_id: str | None = common_variables.private_dns_zone_id("privatelink.blob.core.windows.net")
    users: dict[str, str] = variable(
        "Microservices that have a bucket, and the identifiers by which the cloud gives them rights. The names must be "
        "known when Terraform plans, the identifiers need not be.",
        example={
            "lancamentos": "11111111-1111-1111-1111-111111111111",
            "consolidacao": "22222222-2222-2222-2222-222222222222",
        },
        validations=[
            Validation("length(self) > 0", "users must name at least one microservice.", rejects={}),
            Validation(
                "alltrue([for name in keys(self) : "
                f'can(regex("^{NAME_PATTERN}$", name)) && length(name) <= {MAX_SUFFIX_LENGTH}])',
                f"Each of users must have at most {MAX_SUFFIX_LENGTH} lower-case letters, digits and single hyphens, "
                "must start with a letter and must not end with a hyphen.",
                rejects={"Lançamentos": "11111111-1111-1111-1111-111111111111"},
            ),
        ],
    )
    retention_days: int = variable(
        "Days to keep what was overwritten or deleted.",
        default=DEFAULT_RETENTION_DAYS,
        validations=[
            Validation(
                f"self >= {LEAST_RETENTION_DAYS} && self <= {MOST_RETENTION_DAYS} && floor(self) == self",
                f"retention_days must be a whole number from {LEAST_RETENTION_DAYS} to {MOST_RETENTION_DAYS}.",
                rejects=LEAST_RETENTION_DAYS - 1,
            )
        ],
    )
    encryption_key: EncryptionKey = encryption_key("what is stored", use="storage")
    protected: bool = variable("Refuse to delete the storage while it holds anything.", default=True)
    log_retention_days: int = common_variables.log_retention_days()
    log_workspace_id: str | None = common_variables.log_workspace_id()
    tags: dict[str, str] = common_variables.tags()


class ObjectStorageOutputs(Outputs):
    """What the microservices need to know."""

    endpoint: str = output("Address of the storage, which the cloud's SDK is given.")
    buckets: dict[str, str] = output("Name of each microservice's bucket, or container.")


OBJECT_STORAGE = Contract(
    "object-storage",
    "Storage for files of the microservices: a bucket for each, private, versioned and encrypted, which its own "
    "identity alone reads and writes.",
    ObjectStorageInputs,
    ObjectStorageOutputs,
)
