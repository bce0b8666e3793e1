"""The keys on AWS: one of KMS for each purpose. KMS needs no vault, and no firewall guards it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import KmsAlias, KmsKey
from flowwise.authoring.expressions import anything, for_each, text
from flowwise.authoring.module import Module
from flowwise.aws import policies as aws_policies
from flowwise.encryption import ENCRYPTION, EncryptionInputs, EncryptionOutputs, purposes
from flowwise.tables.naming import resource_name

_AUTO_SCALING = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


class AwsEncryption(Module[EncryptionInputs, EncryptionOutputs]):
    """Customer managed keys, which KMS rotates every year."""

    contract = ENCRYPTION
    path = "modules/encryption/aws"
    examples: ClassVar[Mapping[str, Any]] = {"region": "sa-east-1"}

    def build(self, inputs: EncryptionInputs) -> EncryptionOutputs:
        """Add the module's resources."""
        aws_policies.add_account(self)
        self.comment(
            "EC2 Auto Scaling starts the cluster's nodes, whose disks are encrypted. Its role is named in conditions, "
            "because KMS refuses a principal that does not exist, and AWS makes this one with an account's first group "
            '("Required AWS KMS key policy for use with encrypted volumes", Amazon EC2 Auto Scaling user guide).'
        )
        self.local("auto_scaling", _auto_scaling())
        self.comment(
            "IAM decides who uses a key, and most services get a grant of it from whoever makes what they encrypt. "
            "Only CloudWatch Logs and EC2 Auto Scaling have to be let in here, the latter to the cluster's key alone. "
            "Deleted keys can be had back for as long as KMS allows, whether protected or not: what a destroyed "
            "environment leaves, such as the databases' last snapshots, nobody reads without them (see the runbook). "
            "No use of "
            "operator_cidrs, because KMS has no firewall, nor of log_retention_days, because CloudTrail records every "
            "use of a key."
        )
        self.resource(
            KmsKey,
            "this",
            for_each=for_each(purposes()),
            description=text('format("Encrypts %s of %s.", each.key, var.name)'),
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=aws_policies.policy(
                aws_policies.account_decides(),
                aws_policies.logs_are_encrypted("*"),
                '[for statement in local.auto_scaling : statement if each.key == "cluster"]',
            ),
            tags=inputs.tags,
        )
        self.resource(
            KmsAlias,
            "this",
            for_each=for_each("aws_kms_key.this"),
            name=resource_name("kms_alias", "${each.key}"),
            target_key_id=text("each.value.key_id"),
        )
        return EncryptionOutputs(
            keys=anything(
                "{ for purpose, key in aws_kms_key.this : purpose => { id = key.arn, resource_id = key.arn } }"
            )
        )


def _auto_scaling() -> str:
    """Statements that let the service start machines with encrypted disks, in this account."""
    conditions = {
        "StringEquals": {"kms:CallerAccount": aws_policies.ACCOUNT},
        "ArnEquals": {"aws:PrincipalArn": aws_policies.iam_arn(_AUTO_SCALING)},
    }
    anyone = {"AWS": "*"}
    return aws_policies.statements(
        aws_policies.statement(
            "AutoScaling", aws_policies.USE_KEY, resources="*", principal=anyone, conditions=conditions
        ),
        aws_policies.statement(
            "AutoScalingVolumes",
            ["kms:CreateGrant"],
            resources="*",
            principal=anyone,
            conditions=conditions | {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    )
