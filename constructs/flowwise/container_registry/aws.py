"""The registry on AWS: the account's own, with a repository of Amazon ECR for each microservice."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import (
    EcrLifecyclePolicy,
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
    EcrRepositoryPolicy,
)
from flowwise.authoring.expressions import boolean, for_each, string_map, text
from flowwise.authoring.module import Module
from flowwise.aws.policies import policy, statement
from flowwise.container_registry import CONTAINER_REGISTRY, ContainerRegistryInputs, ContainerRegistryOutputs
from flowwise.encryption import EncryptionKey
from flowwise.tables.naming import resource_name

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
# Far more than anyone rolls back over.
_TAGGED_IMAGES = 100
_EXAMPLE_KEY = "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"


class AwsContainerRegistry(Module[ContainerRegistryInputs, ContainerRegistryOutputs]):
    """One repository for each microservice. The registry itself is there in every account and region."""

    contract = CONTAINER_REGISTRY
    path = "modules/container-registry/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "endpoint_subnet_ids": ["subnet-0123456789abcdef0"],
        "private_dns_zone_id": None,
        "encryption_key": EncryptionKey(id=_EXAMPLE_KEY, resource_id=_EXAMPLE_KEY),
        "puller_ids": {"nodes": "arn:aws:iam::123456789012:role/flowwise-dev-nodes"},
    }

    def build(self, inputs: ContainerRegistryInputs) -> ContainerRegistryOutputs:
        """Add the module's resources."""
        self._repositories(inputs)
        self._lifecycle()
        self._pullers()
        return ContainerRegistryOutputs(
            repository_urls=string_map(
                "{ for microservice, repository in aws_ecr_repository.this : "
                "microservice => repository.repository_url }"
            ),
            registry_id=text("aws_ecr_repository.this[var.repositories[0]].registry_id"),
            registry_host=text('split("/", aws_ecr_repository.this[var.repositories[0]].repository_url)[0]'),
        )

    def _repositories(self, inputs: ContainerRegistryInputs) -> None:
        self.comment(
            "Scanned by Amazon ECR itself when pushed. Inspector's continuous scanning is one setting for all of an "
            "account and region, over which two environments would fight: it is switched on once, for the account. "
            "Whoever makes a repository gives Amazon ECR a grant of the key, so those who push and pull need no right "
            "to it. No use of endpoint_subnet_ids and private_dns_zone_id: the endpoints of Amazon ECR serve a whole "
            "network, so they are the network's, and AWS names them itself; layers come from Amazon S3."
        )
        self.resource(
            EcrRepository,
            "this",
            for_each=for_each("toset(var.repositories)"),
            name=resource_name("ecr_repository", "${each.key}"),
            image_tag_mutability="IMMUTABLE",
            force_delete=boolean("!var.protected"),
            image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
            encryption_configuration=[
                EcrRepositoryEncryptionConfiguration(encryption_type="KMS", kms_key=text("var.encryption_key.id"))
            ],
            tags=inputs.tags,
        )

    def _lifecycle(self) -> None:
        self.resource(
            EcrLifecyclePolicy,
            "this",
            for_each=for_each("aws_ecr_repository.this"),
            repository=text("each.value.name"),
            policy=text(
                "jsonencode({\n"
                "  rules = [\n"
                "    {\n"
                "      rulePriority = 1\n"
                '      description  = "Untagged images"\n'
                "      selection = {\n"
                '        tagStatus   = "untagged"\n'
                '        countType   = "sinceImagePushed"\n'
                '        countUnit   = "days"\n'
                "        countNumber = var.retention_days\n"
                "      }\n"
                '      action = { type = "expire" }\n'
                "    },\n"
                "    {\n"
                "      rulePriority = 2\n"
                '      description  = "All but the newest tagged images"\n'
                "      selection = {\n"
                '        tagStatus      = "tagged"\n'
                '        tagPatternList = ["*"]\n'
                '        countType      = "imageCountMoreThan"\n'
                f"        countNumber    = {_TAGGED_IMAGES}\n"
                "      }\n"
                '      action = { type = "expire" }\n'
                "    }\n"
                "  ]\n"
                "})"
            ),
        )

    def _pullers(self) -> None:
        self.comment(
            "Pullers need ecr:GetAuthorizationToken in policies of their own besides: it is a right to the account's "
            "registry, and not to a repository."
        )
        self.resource(
            EcrRepositoryPolicy,
            "this",
            for_each=for_each("length(var.puller_ids) > 0 ? aws_ecr_repository.this : {}"),
            repository=text("each.value.name"),
            policy=policy(statement("Pull", _PULL, principal={"AWS": text("values(var.puller_ids)")})),
        )
