"""The state on AWS: an S3 bucket. Terraform locks a state with an object beside it (`use_lockfile`): no table."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import (
    DataAwsRegion,
    KmsAlias,
    KmsKey,
    S3Bucket,
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
    S3BucketLoggingA,
    S3BucketNotification,
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
    S3BucketPolicy,
    S3BucketPublicAccessBlock,
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import boolean, text
from flowwise.authoring.module import Module
from flowwise.aws.policies import ACCOUNT, Statement, account_decides, add_account, policy, statement, statements
from flowwise.remote_state import AWS_KEY_SUFFIX, DIGEST, REMOTE_STATE, RemoteStateInputs, RemoteStateOutputs
from flowwise.tables.naming import resource_name

_LOGS_PREFIX = "access/"
_READING = {"AWS": text("local.reading")}
_WRITING = {"AWS": text("local.writing")}
_DOING = (("read", "reading"), ("write", "writing"))


def _tls_only(bucket: str) -> Statement:
    return statement(
        "TlsOnly",
        ["s3:*"],
        resources=[text(f"{bucket}.arn"), f"${{{bucket}.arn}}/*"],
        principal={"AWS": "*"},
        conditions={"Bool": {"aws:SecureTransport": "false"}},
        effect="Deny",
    )


def _abandoned_uploads() -> S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload:
    return S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=7)


def _granted(what: str) -> list[str]:
    """The statements of the local values `read_<what>` and `write_<what>`, where there is anyone: AWS wants that."""
    return [f"[for grant in local.{do}_{what} : grant if length(local.{doing}) > 0]" for do, doing in _DOING]


class AwsRemoteState(Module[RemoteStateInputs, RemoteStateOutputs]):
    """One bucket for state, and one for the log of who entered it."""

    contract = REMOTE_STATE
    path = "modules/remote-state/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "writers": {"pipeline": "arn:aws:iam::123456789012:role/pipeline"},
        "readers": {"plans": "arn:aws:iam::123456789012:role/plans"},
    }

    def build(self, inputs: RemoteStateInputs) -> RemoteStateOutputs:
        """Add the module's resources. S3 has no firewall of addresses, so operator_cidrs have nothing to open."""
        self.local("digest", DIGEST)
        self.local("writing", text("values(var.writers)"))
        self.local("reading", text("distinct(concat(values(var.writers), values(var.readers)))"))
        add_account(self)
        key = self._key(inputs)
        bucket = self._state(key, inputs)
        self._state_policy(bucket)
        self._access_log(bucket, inputs)
        return RemoteStateOutputs(
            storage_name=bucket.bucket,
            container=text("null"),
            resource_group=text("null"),
            region=inputs.region,
            key_id=key.arn,
        )

    def _key(self, inputs: RemoteStateInputs) -> KmsKey:
        in_s3 = {"StringEquals": {"kms:ViaService": "s3.${var.region}.amazonaws.com"}}
        decrypt = statement("Decrypt", ["kms:Decrypt"], resources="*", principal=_READING, conditions=in_s3)
        encrypt = statement("Encrypt", ["kms:GenerateDataKey"], resources="*", principal=_WRITING, conditions=in_s3)
        self.local("read_key", statements(decrypt))
        self.local("write_key", statements(encrypt))
        self.comment("IAM decides who else uses the key; writers and readers may, for what is in S3.")
        key = self.resource(
            KmsKey,
            "this",
            description="Encrypts Terraform's state.",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=policy(account_decides(), *_granted("key")),
            tags=inputs.tags,
        )
        self.resource(KmsAlias, "this", name=resource_name("kms_alias", AWS_KEY_SUFFIX), target_key_id=key.key_id)
        return key

    def _state(self, key: KmsKey, inputs: RemoteStateInputs) -> S3Bucket:
        self.resource(DataAwsRegion, "current")
        self.comment("S3 deletes no bucket that holds anything, unless it is told to empty it first.")
        self.skip_check("CKV_AWS_144", "Copies may not leave the country, and Brazil has one region.")
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
        self._announce("this", bucket)
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
        arn = "${aws_s3_bucket.this.arn}"
        self.local(
            "read_state",
            statements(
                statement("List", ["s3:ListBucket"], resources=[arn], principal=_READING),
                statement("Read", ["s3:GetObject"], resources=[f"{arn}/*"], principal=_READING),
            ),
        )
        self.local(
            "write_state",
            statements(
                statement("Write", ["s3:PutObject"], resources=[f"{arn}/*"], principal=_WRITING),
                statement("Unlock", ["s3:DeleteObject"], resources=[f"{arn}/*.tflock"], principal=_WRITING),
            ),
        )
        self.comment(
            "A writer deletes locks and no state, and no version of one. This is all that anyone needs: within the "
            "account, the bucket's word is enough."
        )
        self.resource(
            S3BucketPolicy,
            "this",
            bucket=bucket.id,
            policy=policy(_tls_only("aws_s3_bucket.this"), *_granted("state")),
        )

    def _access_log(self, state: S3Bucket, inputs: RemoteStateInputs) -> None:
        self.comment("State holds what the environments look like inside: who reads it is on record.")
        self.skip_check("CKV_AWS_144", "Copies may not leave the country, and Brazil has one region.")
        self.skip_check("CKV_AWS_145", "S3 delivers logs to no bucket that is encrypted with a key of ours.")
        bucket = self.resource(
            S3Bucket,
            "logs",
            bucket=resource_name("s3_state_bucket", "logs"),
            force_destroy=boolean("!var.protected"),
            tags=inputs.tags,
        )
        self._close("logs", bucket)
        self._announce("logs", bucket)
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
        deliver = statement(
            "Deliver",
            ["s3:PutObject"],
            resources=[f"${{aws_s3_bucket.logs.arn}}/{_LOGS_PREFIX}*"],
            principal={"Service": "logging.s3.amazonaws.com"},
            conditions={
                "ArnLike": {"aws:SourceArn": text("aws_s3_bucket.this.arn")},
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
            },
        )
        delivery = self.resource(
            S3BucketPolicy, "logs", bucket=bucket.id, policy=policy(_tls_only("aws_s3_bucket.logs"), deliver)
        )
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

    def _announce(self, name: str, bucket: S3Bucket) -> None:
        self.comment("So that a rule can tell of a state, or a log, that goes. Without one, it costs nothing.")
        self.resource(S3BucketNotification, name, bucket=bucket.id, eventbridge=True)

    def _keep_versions(self, name: str, bucket: S3Bucket) -> S3BucketVersioningA:
        return self.resource(
            S3BucketVersioningA,
            name,
            bucket=bucket.id,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        )
