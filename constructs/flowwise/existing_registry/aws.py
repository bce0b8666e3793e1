"""Repositories that are there already on AWS: one for each microservice, which are looked up."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import DataAwsEcrRepository
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import for_each, string_map, text
from flowwise.authoring.identifiers import is_identifier
from flowwise.authoring.module import Module
from flowwise.container_registry import ContainerRegistryOutputs
from flowwise.existing_registry import EXISTING_REGISTRY, ExistingRegistryInputs
from flowwise.tables.existing_ids import REGISTRIES

_REPOSITORIES = REGISTRIES["aws"]


class AwsExistingRegistry(Module[ExistingRegistryInputs, ContainerRegistryOutputs]):
    """Repositories of the same region, in whatever account: their own policies admit another one."""

    contract = EXISTING_REGISTRY
    path = "modules/existing-registry/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "registry_id": _REPOSITORIES.example,
        "endpoint_subnet_ids": [],
        "private_dns_zone_id": None,
        "puller_ids": {"nodes": "arn:aws:iam::123456789012:role/flowwise-dev-nodes"},
    }

    def build(self, inputs: ExistingRegistryInputs) -> ContainerRegistryOutputs:
        """Add the module's resources. Nothing is made, and so nothing is named or tagged."""
        self.comment("arn:<1>:ecr:<3>:<4>:repository/<5>")
        self.local("arn", text('split(":", var.registry_id)'))
        self.comment(
            "No use of puller_ids: the nodes' role pulls what their account has by its own policy, and what another "
            "account has where that lets it. A repository has one policy, which is its owner's. None of "
            "endpoint_subnet_ids and private_dns_zone_id either, which are the network's here."
        )
        self.resource(
            DataAwsEcrRepository,
            "this",
            for_each=for_each("toset(var.repositories)"),
            name=text('format("%s/%s", trimprefix(local.arn[5], "repository/"), each.key)'),
            registry_id=text("local.arn[4]"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    is_identifier("registry_id", _REPOSITORIES, called="ARN"),
                    Precondition(
                        condition=text("try(local.arn[3], null) == var.region"),
                        error_message="The repositories must be in ${var.region}: whatever a node pulls from another "
                        "region is slow, and costs.",
                    ),
                ]
            ),
        )
        return ContainerRegistryOutputs(
            repository_urls=string_map(
                "{\n"
                "  for microservice, repository in data.aws_ecr_repository.this :\n"
                "  microservice => repository.repository_url\n"
                "}"
            ),
            registry_id=text("data.aws_ecr_repository.this[var.repositories[0]].registry_id"),
            registry_host=text('split("/", data.aws_ecr_repository.this[var.repositories[0]].repository_url)[0]'),
        )
