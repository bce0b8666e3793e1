"""The state on AWS: an S3 bucket. Terraform locks a state with an object beside it (`use_lockfile`): no table."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdktf import Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.data_aws_partition import DataAwsPartition
from cdktf_cdktf_provider_aws.data_aws_region import DataAwsRegion
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from cdktf_cdktf_provider_aws.s3_bucket_logging import S3BucketLoggingA
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)

from flowwise.expressions import boolean, text
from flowwise.module import Module
from flowwise.naming import resource_name
from flowwise.remote_state import REMOTE_STATE, RemoteStateInputs, RemoteStateOutputs

_LOGS_PREFIX = "access/"
_ANYONE = DataAwsIamPolicyDocumentStatementPrincipals(type="AWS", identifiers=["*"])


def _tls_only(bucket: S3Bucket) -> DataAwsIamPolicyDocumentStatement:
    return DataAwsIamPolicyDocumentStatement(
        sid="TlsOnly",
        effect="Deny",
        actions=["s3:*"],
        resources=[bucket.arn, f"{bucket.arn}/*"],
        principals=[_ANYONE],
        condition=[
            DataAwsIamPolicyDocumentStatementCondition(test="Bool", variable="aws:SecureTransport", values=["false"])
        ],
    )


def _abandoned_uploads() -> S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload:
    return S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=7)


def _add_writers(policy: DataAwsIamPolicyDocument, grants: str, condition: Mapping[str, Any] | None = None) -> None:
    """Add a statement for each of the local value `grants`, unless there is no writer: AWS wants a principal."""
    content = {
        "sid": text("statement.key"),
        "actions": text("statement.value.actions"),
        "resources": text("statement.value.resources"),
        "principals": {"type": "AWS", "identifiers": text("values(var.writers)")},
    }
    policy.add_override(
        "dynamic.statement",
        {
            "for_each": text(f"{{ for sid, grant in {grants} : sid => grant if length(var.writers) > 0 }}"),
            "content": content | ({"condition": condition} if condition else {}),
        },
    )


class AwsRemoteState(Module[RemoteStateInputs, RemoteStateOutputs]):
    """One bucket for state, and one for the log of who entered it."""

    contract = REMOTE_STATE
    path = "modules/remote-state/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "writers": {"pipeline": "arn:aws:iam::123456789012:role/pipeline"},
    }

    def build(self, inputs: RemoteStateInputs) -> RemoteStateOutputs:
        """Add the module's resources. S3 has no firewall of addresses, so operator_cidrs have nothing to open."""
        account = self.resource(DataAwsCallerIdentity, "current")
        partition = self.resource(DataAwsPartition, "current")
        key = self._key(account, partition, inputs)
        bucket = self._state(key, inputs)
        self._state_policy(bucket)
        self._access_log(bucket, account, inputs)
        return RemoteStateOutputs(
            storage_name=bucket.bucket,
            container=text("null"),
            resource_group=text("null"),
            region=inputs.region,
            key_id=key.arn,
        )

    def _key(self, account: DataAwsCallerIdentity, partition: DataAwsPartition, inputs: RemoteStateInputs) -> KmsKey:
        self.comment("IAM decides who else uses the key; writers may, for what they read and write in S3.")
        for check in ("CKV_AWS_109", "CKV_AWS_111", "CKV_AWS_356"):
            self.skip_check(check, "In the policy of a key, * is that key.")
        policy = self.resource(
            DataAwsIamPolicyDocument,
            "key",
            statement=[
                DataAwsIamPolicyDocumentStatement(
                    sid="Account",
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
        self.local("key_grants", {"Use": {"actions": ["kms:Decrypt", "kms:GenerateDataKey"], "resources": ["*"]}})
        _add_writers(
            policy,
            "local.key_grants",
            condition={
                "test": "StringEquals",
                "variable": "kms:ViaService",
                "values": [f"s3.{inputs.region}.amazonaws.com"],
            },
        )
        key = self.resource(
            KmsKey,
            "this",
            description="Encrypts Terraform's state.",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=policy.json,
            tags=inputs.tags,
        )
        self.resource(KmsAlias, "this", name=resource_name("kms_alias", "tfstate"), target_key_id=key.key_id)
        return key

    def _state(self, key: KmsKey, inputs: RemoteStateInputs) -> S3Bucket:
        self.resource(DataAwsRegion, "current")
        self.comment("S3 deletes no bucket that holds anything, unless it is told to empty it first.")
        self.skip_check("CKV_AWS_144", "Copies may not leave the country, and Brazil has one region.")
        self.skip_check("CKV2_AWS_62", "Nobody waits for news of the state.")
        bucket = self.resource(
            S3Bucket,
            "this",
            bucket=resource_name("s3_state_bucket"),
            force_destroy=boolean("!var.protected"),
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("data.aws_region.current.id == var.region"),
                        error_message="region must be the region that the provider is configured for.",
                    )
                ]
            ),
        )
        self._close("this", bucket)
        self.resource(
            S3BucketServerSideEncryptionConfigurationA,
            "this",
            bucket=bucket.id,
            rule=[
                S3BucketServerSideEncryptionConfigurationRuleA(
                    apply_server_side_encryption_by_default=(
                        S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                            sse_algorithm="aws:kms", kms_master_key_id=key.arn
                        )
                    ),
                    bucket_key_enabled=True,
                )
            ],
        )
        versioning = self._keep_versions("this", bucket)
        self.resource(
            S3BucketLifecycleConfiguration,
            "this",
            bucket=bucket.id,
            rule=[
                S3BucketLifecycleConfigurationRule(
                    id="old-versions",
                    status="Enabled",
                    filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                    noncurrent_version_expiration=[
                        S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(
                            noncurrent_days=inputs.retention_days
                        )
                    ],
                    # What is left of a state, or a lock, when its last version has gone.
                    expiration=[S3BucketLifecycleConfigurationRuleExpiration(expired_object_delete_marker=True)],
                    abort_incomplete_multipart_upload=[_abandoned_uploads()],
                )
            ],
            depends_on=[versioning],
        )
        return bucket

    def _state_policy(self, bucket: S3Bucket) -> None:
        self.comment(
            "A writer deletes locks and no state, and no version of one. This is all it needs: within the account, the "
            "bucket's word is enough."
        )
        policy = self.resource(DataAwsIamPolicyDocument, "state", statement=[_tls_only(bucket)])
        self.local(
            "state_grants",
            {
                "List": {"actions": ["s3:ListBucket"], "resources": [bucket.arn]},
                "ReadAndWrite": {"actions": ["s3:GetObject", "s3:PutObject"], "resources": [f"{bucket.arn}/*"]},
                "Unlock": {"actions": ["s3:DeleteObject"], "resources": [f"{bucket.arn}/*.tflock"]},
            },
        )
        _add_writers(policy, "local.state_grants")
        self.resource(S3BucketPolicy, "this", bucket=bucket.id, policy=policy.json)

    def _access_log(self, state: S3Bucket, account: DataAwsCallerIdentity, inputs: RemoteStateInputs) -> None:
        self.comment("State holds what the environments look like inside: who reads it is on record.")
        self.skip_check("CKV_AWS_144", "Copies may not leave the country, and Brazil has one region.")
        self.skip_check("CKV_AWS_145", "S3 delivers logs to no bucket that is encrypted with a key of ours.")
        self.skip_check("CKV2_AWS_62", "Nobody waits for news of the log.")
        bucket = self.resource(
            S3Bucket,
            "logs",
            bucket=resource_name("s3_state_bucket", "logs"),
            force_destroy=boolean("!var.protected"),
            tags=inputs.tags,
        )
        self._close("logs", bucket)
        versioning = self._keep_versions("logs", bucket)
        self.resource(
            S3BucketLifecycleConfiguration,
            "logs",
            bucket=bucket.id,
            rule=[
                S3BucketLifecycleConfigurationRule(
                    id="old-logs",
                    status="Enabled",
                    filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                    expiration=[S3BucketLifecycleConfigurationRuleExpiration(days=inputs.log_retention_days)],
                    noncurrent_version_expiration=[
                        S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=1)
                    ],
                    abort_incomplete_multipart_upload=[_abandoned_uploads()],
                )
            ],
            depends_on=[versioning],
        )
        policy = self.resource(
            DataAwsIamPolicyDocument,
            "logs",
            statement=[
                _tls_only(bucket),
                DataAwsIamPolicyDocumentStatement(
                    sid="Deliver",
                    actions=["s3:PutObject"],
                    resources=[f"{bucket.arn}/{_LOGS_PREFIX}*"],
                    principals=[
                        DataAwsIamPolicyDocumentStatementPrincipals(
                            type="Service", identifiers=["logging.s3.amazonaws.com"]
                        )
                    ],
                    condition=[
                        DataAwsIamPolicyDocumentStatementCondition(
                            test="ArnLike", variable="aws:SourceArn", values=[state.arn]
                        ),
                        DataAwsIamPolicyDocumentStatementCondition(
                            test="StringEquals", variable="aws:SourceAccount", values=[account.account_id]
                        ),
                    ],
                ),
            ],
        )
        delivery = self.resource(S3BucketPolicy, "logs", bucket=bucket.id, policy=policy.json)
        self.resource(
            S3BucketLoggingA,
            "this",
            bucket=state.id,
            target_bucket=bucket.id,
            target_prefix=_LOGS_PREFIX,
            depends_on=[delivery],
        )

    def _close(self, name: str, bucket: S3Bucket) -> None:
        """Keep the public out, and leave all objects to the bucket's owner."""
        self.resource(
            S3BucketPublicAccessBlock,
            name,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        self.resource(
            S3BucketOwnershipControls,
            name,
            bucket=bucket.id,
            rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
        )

    def _keep_versions(self, name: str, bucket: S3Bucket) -> S3BucketVersioningA:
        return self.resource(
            S3BucketVersioningA,
            name,
            bucket=bucket.id,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        )
