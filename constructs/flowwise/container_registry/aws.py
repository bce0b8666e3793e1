"""The registry on AWS: the account's own, with a repository of Amazon ECR for each microservice."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.data_aws_partition import DataAwsPartition
from cdktf_cdktf_provider_aws.ecr_lifecycle_policy import EcrLifecyclePolicy
from cdktf_cdktf_provider_aws.ecr_repository import (
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
)
from cdktf_cdktf_provider_aws.ecr_repository_policy import EcrRepositoryPolicy
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey

from flowwise.container_registry import CONTAINER_REGISTRY, ContainerRegistryInputs, ContainerRegistryOutputs
from flowwise.expressions import boolean, for_each, string_map, strings, text
from flowwise.module import Module
from flowwise.naming import resource_name

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
# Far more than anyone rolls back over.
_TAGGED_IMAGES = 100


class AwsContainerRegistry(Module[ContainerRegistryInputs, ContainerRegistryOutputs]):
    """One repository for each microservice. The registry itself is there in every account and region."""

    contract = CONTAINER_REGISTRY
    path = "modules/container-registry/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "network_id": "vpc-0123456789abcdef0",
        "endpoint_subnet_ids": ["subnet-0123456789abcdef0"],
        "puller_ids": {"nodes": "arn:aws:iam::123456789012:role/flowwise-dev-nodes"},
    }

    def build(self, inputs: ContainerRegistryInputs) -> ContainerRegistryOutputs:
        """Add the module's resources."""
        key = self._key(inputs)
        self._repositories(key, inputs)
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

    def _key(self, inputs: ContainerRegistryInputs) -> KmsKey:
        account = self.resource(DataAwsCallerIdentity, "current")
        partition = self.resource(DataAwsPartition, "current")
        self.comment(
            "Leaves it to the account's own policies who may use the key. Whoever makes a repository gives Amazon ECR "
            "a grant of it, so those who push and pull need no right to the key."
        )
        for check in ("CKV_AWS_109", "CKV_AWS_111", "CKV_AWS_356"):
            self.skip_check(check, "In the policy of a key, * is that key.")
        policy = self.resource(
            DataAwsIamPolicyDocument,
            "encryption",
            statement=[
                DataAwsIamPolicyDocumentStatement(
                    sid="AccountPolicies",
                    actions=["kms:*"],
                    resources=["*"],
                    principals=[
                        DataAwsIamPolicyDocumentStatementPrincipals(
                            type="AWS",
                            identifiers=[f"arn:{partition.partition}:iam::{account.account_id}:root"],
                        )
                    ],
                )
            ],
        )
        key = self.resource(
            KmsKey,
            "encryption",
            description=text('format("Images of %s", var.name)'),
            policy=policy.json,
            enable_key_rotation=True,
            deletion_window_in_days=30,
            tags=inputs.tags,
        )
        self.resource(KmsAlias, "encryption", name=resource_name("kms_alias", "registry"), target_key_id=key.key_id)
        return key

    def _repositories(self, key: KmsKey, inputs: ContainerRegistryInputs) -> None:
        self.comment(
            "Scanned by Amazon ECR itself when pushed. Inspector's continuous scanning is one setting for all of an "
            "account and region, over which two environments would fight: it is switched on once, for the account. No "
            "use of network_id and endpoint_subnet_ids: the endpoints of Amazon ECR serve a whole network, so they are "
            "the network's, and an image's layers come from Amazon S3."
        )
        self.resource(
            EcrRepository,
            "this",
            for_each=for_each("toset(var.repositories)"),
            name=resource_name("ecr_repository", "${each.key}"),
            image_tag_mutability="IMMUTABLE",
            force_delete=boolean("!var.protected"),
            image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
            encryption_configuration=[EcrRepositoryEncryptionConfiguration(encryption_type="KMS", kms_key=key.arn)],
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
        policy = self.resource(
            DataAwsIamPolicyDocument,
            "pull",
            statement=[
                DataAwsIamPolicyDocumentStatement(
                    sid="Pull",
                    actions=list(_PULL),
                    principals=[
                        DataAwsIamPolicyDocumentStatementPrincipals(
                            type="AWS", identifiers=strings("values(var.puller_ids)")
                        )
                    ],
                )
            ],
        )
        self.comment(
            "Pullers need ecr:GetAuthorizationToken in policies of their own besides: it is a right to the account's "
            "registry, and not to a repository."
        )
        self.resource(
            EcrRepositoryPolicy,
            "this",
            for_each=for_each("length(var.puller_ids) > 0 ? aws_ecr_repository.this : {}"),
            repository=text("each.value.name"),
            policy=policy.json,
        )
