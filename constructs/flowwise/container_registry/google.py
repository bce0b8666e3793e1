"""The registry on Google Cloud: a repository of Artifact Registry for each microservice."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import Precondition, TerraformResourceLifecycle
from cdk.google import (
    ArtifactRegistryRepository,
    ArtifactRegistryRepositoryCleanupPolicies,
    ArtifactRegistryRepositoryCleanupPoliciesCondition,
    ArtifactRegistryRepositoryDockerConfig,
    ArtifactRegistryRepositoryIamMember,
    ArtifactRegistryRepositoryVulnerabilityScanningConfig,
    DataGoogleProject,
    KmsCryptoKeyIamMember,
    ProjectService,
)
from flowwise.authoring.expressions import for_each, string_map, text
from flowwise.authoring.module import Module
from flowwise.container_registry import CONTAINER_REGISTRY, ContainerRegistryInputs, ContainerRegistryOutputs
from flowwise.encryption.google import example_key
from flowwise.google.encryption import allow_encryption
from flowwise.tables.naming import resource_name


class GoogleContainerRegistry(Module[ContainerRegistryInputs, ContainerRegistryOutputs]):
    """One repository for each microservice, in one region of the project."""

    contract = CONTAINER_REGISTRY
    path = "modules/container-registry/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "endpoint_subnet_ids": ["projects/flowwise-dev/regions/southamerica-east1/subnetworks/flowwise-dev-endpoints"],
        "private_dns_zone_id": None,
        "puller_ids": {"nodes": "serviceAccount:gke-flowwise-dev-nodes@flowwise-dev.iam.gserviceaccount.com"},
        "encryption_key": example_key("images"),
    }

    def build(self, inputs: ContainerRegistryInputs) -> ContainerRegistryOutputs:
        """Add the module's resources."""
        project = self.resource(DataGoogleProject, "current")
        registry = f"{inputs.region}-docker.pkg.dev"
        self._repositories(self._allow_encryption(project), inputs)
        self._pullers()
        return ContainerRegistryOutputs(
            repository_urls=string_map(
                "{\n"
                "  for microservice, repository in google_artifact_registry_repository.this : microservice =>\n"
                '  "${var.region}-docker.pkg.dev/${repository.project}/${repository.repository_id}/${microservice}"\n'
                "}"
            ),
            registry_id=f"{project.id}/locations/{inputs.region}",
            registry_host=registry,
        )

    def _allow_encryption(self, project: DataGoogleProject) -> KmsCryptoKeyIamMember:
        self.comment(
            "Artifact Registry's own service account. A project without any repository has none yet, and the provider "
            "cannot make it: gcloud beta services identity create --service=artifactregistry.googleapis.com does."
        )
        return allow_encryption(
            self,
            "registry",
            f"serviceAccount:service-{project.number}@gcp-sa-artifactregistry.iam.gserviceaccount.com",
        )

    def _repositories(self, role: KmsCryptoKeyIamMember, inputs: ContainerRegistryInputs) -> None:
        self.comment(
            "This service is the switch of scanning: while it is on, what is pushed is scanned. It stays on, for other "
            "environments of the project."
        )
        scanning = self.resource(
            ProjectService, "scanning", service="containerscanning.googleapis.com", disable_on_destroy=False
        )
        self.comment(
            "Tagged images stay: an immutable tag cannot be deleted, not by a clean-up either. No use of "
            "endpoint_subnet_ids: the network reaches Google's services by Private Google Access. No use of "
            "protected: a repository has no lock, and prevent_destroy takes no variable."
        )
        self.resource(
            ArtifactRegistryRepository,
            "this",
            for_each=for_each("toset(var.repositories)"),
            repository_id=resource_name("artifact_registry_repository", "${each.key}"),
            location=inputs.region,
            format="DOCKER",
            description=text('format("Images of %s", each.key)'),
            kms_key_name=text("var.encryption_key.id"),
            docker_config=ArtifactRegistryRepositoryDockerConfig(immutable_tags=True),
            vulnerability_scanning_config=ArtifactRegistryRepositoryVulnerabilityScanningConfig(
                enablement_config="INHERITED"
            ),
            cleanup_policy_dry_run=False,
            cleanup_policies=[
                ArtifactRegistryRepositoryCleanupPolicies(
                    id="delete-untagged",
                    action="DELETE",
                    condition=ArtifactRegistryRepositoryCleanupPoliciesCondition(
                        tag_state="UNTAGGED", older_than=text('format("%ds", var.retention_days * 86400)')
                    ),
                )
            ],
            labels=inputs.tags,
            depends_on=[role, scanning],
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("var.private_dns_zone_id == null"),
                        error_message="private_dns_zone_id must be null: Artifact Registry has one name everywhere.",
                    )
                ]
            ),
        )

    def _pullers(self) -> None:
        self.resource(
            ArtifactRegistryRepositoryIamMember,
            "pullers",
            for_each=for_each(
                "{\n"
                "  for pair in setproduct(var.repositories, keys(var.puller_ids)) :\n"
                '  "${pair[0]}/${pair[1]}" => { repository = pair[0], puller = pair[1] }\n'
                "}"
            ),
            location=text("google_artifact_registry_repository.this[each.value.repository].location"),
            repository=text("google_artifact_registry_repository.this[each.value.repository].name"),
            role="roles/artifactregistry.reader",
            member=text("var.puller_ids[each.value.puller]"),
        )
