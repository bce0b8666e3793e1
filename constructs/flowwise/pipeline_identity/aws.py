"""The pipelines on AWS: IAM roles that trust GitHub.

What the managed policies allow: "AWS managed policy reference". ReadOnlyAccess reads IAM but no secret; PowerUserAccess
does everything but IAM, of which it has service-linked roles alone. Refreshing the version of a secret, the provider
reads its value, even one written through a write-only argument (internal/service/secretsmanager/secret_version.go).
Which claims a role may ask for: "Available keys for AWS OIDC federation" (IAM User Guide), more than sub since 2026.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import IamOpenidConnectProvider, IamPolicy, IamRole, IamRolePolicy, IamRolePolicyAttachment
from cdk.core import TerraformCount
from flowwise.authoring.expressions import anything, for_each, number, text
from flowwise.authoring.module import Module
from flowwise.aws.policies import (
    ACCOUNT,
    BOUNDARY,
    PARTITION,
    Statement,
    add_account,
    arn,
    iam_arn,
    policy,
    statement,
)
from flowwise.aws.tokens import STS
from flowwise.dns_challenge.aws import proves
from flowwise.pipeline_identity import (
    IMAGES_SUBJECT,
    ISSUER,
    MAIN,
    PIPELINE_IDENTITY,
    PIPELINES,
    READERS,
    REPOSITORY,
    Pipeline,
    PipelineIdentityInputs,
    PipelineIdentityOutputs,
)
from flowwise.tables.naming import RESOURCE_KINDS, resource_name

_LONGEST_JOB_SECONDS = 3 * 60 * 60  # Terraform keeps the credentials that it began with; AWS's default is one hour
_SECRETS = arn("secretsmanager", f"secret:{resource_name('secret_folder')}*")
_ROLES = iam_arn(f"role/{resource_name('iam_role')}-*")
# What the other modules attach to their roles, and which services they make roles for. A test compares.
_ATTACHED_POLICIES = (
    "AmazonEBSCSIDriverEKSClusterScopedPolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "service-role/AmazonRDSEnhancedMonitoringRole",
)
_SERVICES = (
    "ec2.amazonaws.com",
    "eks.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "pods.eks.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
# By which one is somebody else, who may do more.
_ELSEWHERE = ("identitystore:*", "sso-directory:*", "sso:*", "sts:AssumeRole")
_STATE = f"arn:{PARTITION}:s3:::{RESOURCE_KINDS['s3_state_bucket'].affix}*"


class AwsPipelineIdentity(Module[PipelineIdentityInputs, PipelineIdentityOutputs]):
    """Roles, each of which one GitHub environment of one repository can become."""

    contract = PIPELINE_IDENTITY
    path = "modules/pipeline-identity/aws"
    examples: ClassVar[Mapping[str, Any]] = {"region": "sa-east-1"}

    def build(self, inputs: PipelineIdentityInputs) -> PipelineIdentityOutputs:
        """Add the module's resources."""
        add_account(self)
        self.comment(
            "An account has each identity provider once. The first environment of an account makes it, the others say "
            "github_known; so that one is the last to go."
        )
        provider = self.resource(
            IamOpenidConnectProvider,
            "github",
            count=TerraformCount.of(number("var.github_known ? 0 : 1")),
            url=f"https://{ISSUER}",
            client_id_list=[STS],
            tags=inputs.tags,
        )
        self.comment("The claim that names a workflow has no numbers.")
        self.local("repository", text(REPOSITORY))
        roles = {name: self._role(name, pipeline, provider, inputs) for name, pipeline in PIPELINES.items()}
        apply = roles["apply"]
        self.comment("What the modules look up. A pull request is planned against the state, and reads nothing else.")
        self._allow("review", "look-up", roles["review"], *_looks_up())
        for name in READERS:
            self._attach(name, roles[name], "ReadOnlyAccess")
            self.comment("What a refresh reads, and ReadOnlyAccess does not: the environment's secrets.")
            self._allow(name, "read-secrets", roles[name], *_reads_secrets())
        self._attach("apply", apply, "PowerUserAccess")
        self.comment("PowerUserAccess, which has no more of IAM than service-linked roles, does not read it.")
        self._attach("apply_reads", apply, "ReadOnlyAccess")
        self.comment(
            "Roles of the environment's own names, in which these two are not. A role that it makes can be given any "
            "right by a policy inside the role, and uses none beyond the boundary: which it has to have, from the "
            "beginning on, and keeps."
        )
        self._allow("apply", "write-roles", apply, *_writes_roles())
        self.comment(
            "It reads, writes and locks state, as remote-state lets it: what it overwrites stays as a version. "
            "PowerUserAccess would let it do away with versions, and with the key and the bucket too, become another "
            "role that trusts the account, and let people in by IAM Identity Center."
        )
        self._allow("apply_state", "keep-state", apply, *_keeps_state())
        self._boundary(inputs)
        self._image_pushers(provider, inputs)
        return PipelineIdentityOutputs(
            identities={name: role.arn for name, role in roles.items()},
            variables={name: _variables(role, inputs.region) for name, role in roles.items()},
            image_variables=anything(
                "{\n"
                "  for microservice, role in aws_iam_role.images : microservice =>\n"
                "  { AWS_ROLE_ARN = role.arn, AWS_REGION = var.region }\n"
                "}"
            ),
        )

    def _image_pushers(self, provider: IamOpenidConnectProvider, inputs: PipelineIdentityInputs) -> None:
        self.comment("Each pushes the images of one microservice, and neither deletes nor reads those of another.")
        self.resource(
            IamRole,
            "images",
            for_each=for_each("var.image_repositories"),
            name=resource_name("push_role", "${each.key}"),
            description="Pushes images of ${each.key}.",
            assume_role_policy=policy(
                statement(
                    "GitHub",
                    ["sts:AssumeRoleWithWebIdentity"],
                    principal={"Federated": iam_arn(f"oidc-provider/{ISSUER}")},
                    conditions={
                        "StringEquals": {
                            f"{ISSUER}:aud": STS,
                            f"{ISSUER}:sub": IMAGES_SUBJECT,
                        }
                    },
                )
            ),
            tags=inputs.tags,
            depends_on=[provider],
        )
        repository = arn("ecr", f"repository/{resource_name('ecr_repository', '${each.key}')}")
        self.resource(
            IamRolePolicy,
            "images",
            for_each=for_each("aws_iam_role.images"),
            name="push-images",
            role=text("each.value.id"),
            policy=policy(
                statement("SignIn", ["ecr:GetAuthorizationToken"], resources="*"),
                statement(
                    "Push",
                    [
                        "ecr:BatchCheckLayerAvailability",
                        "ecr:BatchGetImage",
                        "ecr:CompleteLayerUpload",
                        "ecr:DescribeImages",
                        "ecr:InitiateLayerUpload",
                        "ecr:PutImage",
                        "ecr:UploadLayerPart",
                    ],
                    resources=text(
                        f'var.image_registry == null ? "{repository}" : "${{var.image_registry}}/${{each.key}}"'
                    ),
                ),
            ),
        )

    def _boundary(self, inputs: PipelineIdentityInputs) -> None:
        self.comment(
            "The most that any role of the environment may do, whatever its policies say: in its region, what "
            "PowerUserAccess allows, less what is kept from who applies; and in Route 53, which is in no region, the "
            "proof that a host is ours."
        )
        here = {"StringEquals": {"aws:RequestedRegion": text("var.region")}}
        most = ["account:*", "iam:*", "organizations:*", *_ELSEWHERE]
        self.resource(
            IamPolicy,
            "boundary",
            name=resource_name("role_boundary"),
            description="The most that roles of the environment may do.",
            policy=policy(
                {"Sid": "Most", "Effect": "Allow", "NotAction": most, "Resource": "*", "Condition": here},
                statement("Services", ["iam:CreateServiceLinkedRole"], resources=[iam_arn("role/aws-service-role/*")]),
                *proves(hosts="*", zones=f"arn:{PARTITION}:route53:::hostedzone/*"),
                *_keeps_state(),
            ),
            tags=inputs.tags,
        )

    def _role(
        self, name: str, pipeline: Pipeline, provider: IamOpenidConnectProvider, inputs: PipelineIdentityInputs
    ) -> IamRole:
        claims = {f"{ISSUER}:aud": STS, f"{ISSUER}:sub": pipeline.subject}
        if pipeline.workflow:
            workflow = f"${{local.repository}}/.github/workflows/{pipeline.workflow}@{MAIN}"
            claims[f"{ISSUER}:job_workflow_ref"] = workflow
        return self.resource(
            IamRole,
            name,
            name=resource_name("pipeline_role", name),
            assume_role_policy=policy(
                statement(
                    "GitHub",
                    ["sts:AssumeRoleWithWebIdentity"],
                    principal={"Federated": iam_arn(f"oidc-provider/{ISSUER}")},
                    conditions={"StringEquals": claims},
                )
            ),
            max_session_duration=_LONGEST_JOB_SECONDS,
            tags=inputs.tags,
            depends_on=[provider],
        )

    def _attach(self, name: str, role: IamRole, managed_policy: str) -> None:
        self.resource(
            IamRolePolicyAttachment,
            name,
            role=role.name,
            policy_arn=f"arn:{PARTITION}:iam::aws:policy/{managed_policy}",
        )

    def _allow(self, name: str, what: str, role: IamRole, *statements: Statement) -> None:
        self.resource(IamRolePolicy, name, name=what, role=role.id, policy=policy(*statements))


def _variables(role: IamRole, region: str) -> dict[str, str]:
    return {"AWS_ROLE_ARN": role.arn, "AWS_REGION": region, "AWS_ACCOUNT_ID": ACCOUNT}


def _looks_up() -> list[Statement]:
    parameters = f"arn:{PARTITION}:ssm:${{var.region}}::parameter/aws/service/*"  # AWS's own, public ones
    return [
        statement(
            "LookUp",
            [
                *("ec2:Describe*", "ecr:Describe*", "eks:Describe*", "eks:List*", "kms:DescribeKey"),
                *("iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviders"),
                *("route53:GetHostedZone", "route53:ListHostedZones", "route53:ListTagsForResource"),
            ],
            resources="*",
        ),
        statement("Parameters", ["ssm:GetParameter"], resources=parameters),
    ]


def _reads_secrets() -> list[Statement]:
    return [
        statement("Read", ["secretsmanager:GetSecretValue"], resources=_SECRETS),
        statement(
            "Decrypt",
            ["kms:Decrypt"],
            resources=arn("kms", "key/*"),
            conditions={
                "StringEquals": {"kms:ViaService": "secretsmanager.${var.region}.amazonaws.com"},
                "StringLike": {"kms:EncryptionContext:SecretARN": _SECRETS},
            },
        ),
    ]


def _writes_roles() -> list[Statement]:
    attached = [f"arn:{PARTITION}:iam::aws:policy/{name}" for name in _ATTACHED_POLICIES]
    bounded = {"iam:PermissionsBoundary": BOUNDARY}
    return [
        statement(
            "Give",
            ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
            resources=_ROLES,
            conditions={"StringEquals": bounded},
        ),
        statement(
            "Write",
            [
                "iam:DeleteRole",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
                "iam:UpdateRoleDescription",
            ],
            resources=_ROLES,
        ),
        statement(
            "Attach",
            ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
            resources=_ROLES,
            conditions={"ArnEquals": {"iam:PolicyARN": attached}, "StringEquals": bounded},
        ),
        statement(
            "Pass",
            ["iam:PassRole"],
            resources=_ROLES,
            conditions={"StringEquals": {"iam:PassedToService": _SERVICES}},
        ),
        # A profile hands a role to a machine: which ones, "Pass" says.
        statement(
            "Profiles",
            [
                "iam:AddRoleToInstanceProfile",
                "iam:CreateInstanceProfile",
                "iam:DeleteInstanceProfile",
                "iam:RemoveRoleFromInstanceProfile",
                "iam:TagInstanceProfile",
                "iam:UntagInstanceProfile",
            ],
            resources=iam_arn(f"instance-profile/{resource_name('iam_instance_profile')}-*"),
        ),
        statement(
            "TrustClusters",
            [
                "iam:AddClientIDToOpenIDConnectProvider",
                "iam:CreateOpenIDConnectProvider",
                "iam:DeleteOpenIDConnectProvider",
                "iam:RemoveClientIDFromOpenIDConnectProvider",
                "iam:TagOpenIDConnectProvider",
                "iam:UntagOpenIDConnectProvider",
                "iam:UpdateOpenIDConnectProviderThumbprint",
            ],
            resources=iam_arn("oidc-provider/oidc.eks.${var.region}.amazonaws.com/*"),
        ),
    ]


def _keeps_state() -> list[Statement]:
    return [
        statement(
            "KeepBuckets",
            [
                "s3:DeleteBucket*",
                "s3:DeleteObjectVersion*",
                "s3:PutBucket*",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
            ],
            resources=[_STATE, f"{_STATE}/*"],
            effect="Deny",
        ),
        statement(
            "KeepKey",
            ["kms:DeleteAlias", "kms:DisableKey*", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:UpdateAlias"],
            resources=arn("kms", "*"),
            conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": resource_name("kms_alias", "tfstate")}},
            effect="Deny",
        ),
        statement("StayOneself", _ELSEWHERE, resources="*", effect="Deny"),
    ]
