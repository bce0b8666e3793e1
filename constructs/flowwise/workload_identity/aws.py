"""Identities on AWS: an IAM role for each service account, which the cluster's own tokens turn it into."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import IamRole
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import anything, for_each, string_map, text
from flowwise.authoring.module import Module
from flowwise.aws.policies import BOUNDARY, add_account, iam_arn, policy, statement
from flowwise.aws.tokens import STS
from flowwise.tables.naming import resource_name
from flowwise.workload_identity import WORKLOAD_IDENTITY, WorkloadIdentityInputs, WorkloadIdentityOutputs

_ROLES = "{ for name, role in aws_iam_role.this : name => role.arn }"


def role_name(arn: str) -> str:
    """Template of the name of the role whose ARN an expression gives."""
    return text(f'element(split("/", {arn}), -1)')


def is_role(arn: str, what: str) -> Precondition:
    """The condition that an expression, of an element of the variable `what`, is the ARN of a role."""
    return Precondition(
        condition=text(f'can(regex("^arn:[a-z-]+:iam::[0-9]{{12}}:role/", {arn}))'),
        error_message=f"{what} must be ARNs of IAM roles.",
    )


class AwsWorkloadIdentity(Module[WorkloadIdentityInputs, WorkloadIdentityOutputs]):
    """IAM roles for service accounts, of a cluster whose issuer the account has an identity provider for."""

    contract = WORKLOAD_IDENTITY
    path = "modules/workload-identity/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "oidc_issuer_url": "https://oidc.eks.sa-east-1.amazonaws.com/id/00000000000000000000000000000000",
    }

    def build(self, inputs: WorkloadIdentityInputs) -> WorkloadIdentityOutputs:
        """Add the module's resources."""
        self.local("issuer", text('trimprefix(var.oidc_issuer_url, "https://")'))
        add_account(self)
        self.comment(
            "By the token of the service account itself, and not by EKS Pod Identity, which gives credentials to pods "
            "alone: External Secrets reads what is a namespace's in the name of that namespace's service account. The "
            "identity provider is the cluster's."
        )
        self.resource(
            IamRole,
            "this",
            for_each=for_each("var.workloads"),
            name=resource_name("workload_role", "${each.key}"),
            description="${each.value.name} in the namespace ${each.value.namespace}.",
            assume_role_policy=policy(
                statement(
                    "ServiceAccount",
                    ["sts:AssumeRoleWithWebIdentity"],
                    principal={"Federated": iam_arn("oidc-provider/${local.issuer}")},
                    conditions={
                        "StringEquals": {
                            "${local.issuer}:aud": STS,
                            "${local.issuer}:sub": ("system:serviceaccount:${each.value.namespace}:${each.value.name}"),
                        }
                    },
                )
            ),
            permissions_boundary=BOUNDARY,
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text('strcontains(var.oidc_issuer_url, ".${var.region}.")'),
                        error_message="oidc_issuer_url must be that of an EKS cluster in region.",
                    )
                ]
            ),
        )
        return WorkloadIdentityOutputs(
            principal_ids=string_map(_ROLES),
            client_ids=string_map(_ROLES),
            service_account_annotations=anything(
                '{ for name, role in aws_iam_role.this : name => { "eks.amazonaws.com/role-arn" = role.arn } }'
            ),
            pod_labels={},
        )
