"""A repository that is there already on Google Cloud: looked up, with the right to read it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import Postcondition, TerraformResourceLifecycle
from cdk.google import ArtifactRegistryRepositoryIamMember, DataGoogleArtifactRegistryRepository
from flowwise.authoring.expressions import for_each, string_map, text
from flowwise.authoring.identifiers import is_identifier
from flowwise.authoring.module import Module
from flowwise.container_registry import ContainerRegistryOutputs
from flowwise.existing_registry import EXISTING_REGISTRY, ExistingRegistryInputs
from flowwise.google.project import PROJECT, add_project, is_in_project
from flowwise.tables.existing_ids import REGISTRIES

_REPOSITORY = REGISTRIES["google"]


class GoogleExistingRegistry(Module[ExistingRegistryInputs, ContainerRegistryOutputs]):
    """A repository of the same project, of whatever location. The images of all microservices are in it."""

    contract = EXISTING_REGISTRY
    path = "modules/existing-registry/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "registry_id": _REPOSITORY.example,
        "endpoint_subnet_ids": [],
        "private_dns_zone_id": None,
        "puller_ids": {"nodes": "serviceAccount:gke-flowwise-dev-nodes@flowwise-dev.iam.gserviceaccount.com"},
    }

    def build(self, inputs: ExistingRegistryInputs) -> ContainerRegistryOutputs:
        """Add the module's resources. Nothing is made, and so nothing is named or labelled."""
        add_project(self)
        self.comment("projects/<1>/locations/<3>/repositories/<5>")
        self.local("path", text('split("/", var.registry_id)'))
        self.comment(
            "No use of endpoint_subnet_ids and private_dns_zone_id: the network reaches Google's services by Private "
            "Google Access."
        )
        registry = self.resource(
            DataGoogleArtifactRegistryRepository,
            "this",
            project=PROJECT,
            location=text("local.path[3]"),
            repository_id=text("local.path[5]"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    is_identifier("registry_id", _REPOSITORY),
                    is_in_project(
                        "The repository must be in the environment's own project: nodes are given the "
                        "right to read it.",
                        and_region=False,
                    ),
                ],
                postcondition=[
                    Postcondition(
                        condition=text('self.format == "DOCKER"'),
                        error_message="${var.registry_id} must be a repository of images: its format is "
                        "${self.format}, and not DOCKER.",
                    )
                ],
            ),
        )
        self.resource(
            ArtifactRegistryRepositoryIamMember,
            "pullers",
            for_each=for_each("var.puller_ids"),
            project=PROJECT,
            location=registry.location,
            repository=registry.repository_id,
            role="roles/artifactregistry.reader",
            member=text("each.value"),
        )
        self.local("host", text('format("%s-docker.pkg.dev", data.google_artifact_registry_repository.this.location)'))
        return ContainerRegistryOutputs(
            repository_urls=string_map(
                "{\n"
                "  for microservice in var.repositories : microservice =>\n"
                '  join("/", [local.host, local.project, '
                "data.google_artifact_registry_repository.this.repository_id, microservice])\n"
                "}"
            ),
            registry_id=registry.id,
            registry_host=text("local.host"),
        )
