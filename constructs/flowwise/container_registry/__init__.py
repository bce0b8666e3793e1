"""A container registry: a repository of images for each microservice."""

from typing import Any

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, output, variable
from flowwise.authoring.rules import PREFIX
from flowwise.encryption import EncryptionKey, encryption_key
from flowwise.tables.naming import MAX_SUFFIX_LENGTH, NAME_PATTERN

DEFAULT_RETENTION_DAYS = 30


def repositories(description: str) -> Any:
    """`list[str]`: microservices, by name."""
    return variable(
        description,
        example=["lancamentos", "consolidacao"],
        validations=[
            Validation(
                "length(self) > 0 && length(distinct(self)) == length(self)",
                "repositories must name at least one microservice, and none twice.",
                rejects=["lancamentos", "lancamentos"],
            ),
            Validation(
                "alltrue([for name in self : "
                f'can(regex("^{NAME_PATTERN}$", name)) && length(name) <= {MAX_SUFFIX_LENGTH}])',
                f"Each of repositories must have at most {MAX_SUFFIX_LENGTH} lower-case letters, digits and single "
                "hyphens, must start with a letter and must not end with a hyphen.",
                rejects=["Lançamentos"],
            ),
        ],
    )


def endpoint_subnet_ids(description: str) -> Any:
    """`list[str]`: where a private endpoint gets its address."""
    return variable(
        description,
        default=[],
        example=[
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
            "/providers/Microsoft.Network/virtualNetworks/vnet-flowwise-dev/subnets/snet-flowwise-dev-endpoints"
        ],
    )


def puller_ids() -> Any:
    """`dict[str, str]`: who may pull."""
    return variable(
        "Identities that may pull images, such as that of the cluster's nodes: a name that people know, and the "
        "identifier that the cloud gives rights by. The names must be known when Terraform plans, the identifiers "
        "need not be.",
        default={},
        example={"nodes": "11111111-1111-1111-1111-111111111111"},
        validations=[
            Validation(
                'alltrue([for name, identifier in self : trimspace(name) != "" && trimspace(identifier) != ""])',
                "puller_ids must give each identity a name and an identifier.",
                rejects={"nodes": ""},
            )
        ],
    )


class ContainerRegistryInputs(Inputs):
    """What a registry is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    repositories: list[str] = repositories("Microservices to make a repository for.")
    endpoint_subnet_ids: list[str] = endpoint_subnet_ids(
        "Subnets for the registry's private endpoint. Empty where the cloud gives it none."
    )
    private_dns_zone_id: str | None = common_variables.private_dns_zone_id("privatelink.azurecr.io")
    puller_ids: dict[str, str] = puller_ids()
    encryption_key: EncryptionKey = encryption_key("what the registry stores", use="images")
    retention_days: int = variable(
        "Days to keep images that have no tag.",
        default=DEFAULT_RETENTION_DAYS,
        validations=[
            Validation(
                "self >= 1 && self <= 365 && floor(self) == self",
                "retention_days must be a whole number from 1 to 365.",
                rejects=366,
            )
        ],
    )
    protected: bool = variable("Refuse to delete what holds images, where the cloud can refuse.", default=True)
    log_workspace_id: str | None = common_variables.log_workspace_id()
    tags: dict[str, str] = common_variables.tags()


class ContainerRegistryOutputs(Outputs):
    """What those who push, pull and deploy need to know."""

    repository_urls: dict[str, str] = output("Where to push and pull each microservice's image, without its tag.")
    registry_id: str = output("Identifier of the registry.")
    registry_host: str = output("Host name of the registry, to sign in to.")


CONTAINER_REGISTRY = Contract(
    "container-registry",
    "A private container registry, with a repository for each microservice: encryption, scanning, clean-up, and "
    "pulls by named identities only.",
    ContainerRegistryInputs,
    ContainerRegistryOutputs,
)
