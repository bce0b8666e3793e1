"""A container registry that is there already: what is looked up of it, and the right to pull from it."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, variable
from flowwise.authoring.rules import PREFIX
from flowwise.container_registry import ContainerRegistryOutputs, endpoint_subnet_ids, puller_ids, repositories
from flowwise.tables.existing_ids import REGISTRIES


class ExistingRegistryInputs(Inputs):
    """What a registry that is there is found by, and who pulls from it."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    registry_id: str = variable(
        "Identifier of the registry; on AWS, the ARN of its repositories, up to the slash before a microservice's "
        "name; on Google Cloud, of the repository.",
        example=REGISTRIES["azure"].example,
    )
    repositories: list[str] = repositories("Microservices whose images it has, by their names.")
    endpoint_subnet_ids: list[str] = endpoint_subnet_ids(
        "Azure: subnets for a private endpoint of a Premium registry. Empty where the network has one already."
    )
    private_dns_zone_id: str | None = common_variables.private_dns_zone_id("privatelink.azurecr.io")
    puller_ids: dict[str, str] = puller_ids()
    tags: dict[str, str] = common_variables.tags()


EXISTING_REGISTRY = Contract(
    "existing-registry",
    "A container registry that is there already, looked up and looked at: nothing of it is made or changed, but for "
    "the right to pull, where the cloud has it given there.",
    ExistingRegistryInputs,
    ContainerRegistryOutputs,
)
