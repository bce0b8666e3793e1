"""What modules with buckets of S3 have in common: who is kept out, and what is kept, of one bucket or of several.

`bucket` is the bucket's id, a reference; where it is that of `each.value`, `for_each` says of what.
"""

from typing import Any

from cdk.aws import (
    S3Bucket,
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
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
from cdk.core import ITerraformIterator, TerraformResource
from flowwise.authoring.expressions import boolean
from flowwise.authoring.module import Module
from flowwise.aws.policies import Statement, policy, statement

LOGS_PREFIX = "access/"
"""What the names of objects in the bucket of logs begin with."""

_NO_COPY = "Copies may not leave the country, and Brazil has one region."


def skip_copies(module: Module[Any, Any]) -> None:
    """Have Checkov accept that the bucket that is added next is in one region."""
    module.skip_check("CKV_AWS_144", _NO_COPY)


def tls_only(arn: str) -> Statement:
    """Of a bucket's policy: nobody comes without TLS. `arn` is a reference to the bucket's."""
    return statement(
        "TlsOnly",
        ["s3:*"],
        resources=[arn, f"{arn}/*"],
        principal={"AWS": "*"},
        conditions={"Bool": {"aws:SecureTransport": "false"}},
        effect="Deny",
    )


def close(module: Module[Any, Any], name: str, bucket: str, for_each: ITerraformIterator | None = None) -> None:
    """Keep the public out, and leave all objects to the bucket's owner."""
    module.resource(
        S3BucketPublicAccessBlock,
        name,
        for_each=for_each,
        bucket=bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    module.resource(
        S3BucketOwnershipControls,
        name,
        for_each=for_each,
        bucket=bucket,
        rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
    )


def announce(
    module: Module[Any, Any], name: str, bucket: str, what: str, for_each: ITerraformIterator | None = None
) -> None:
    """Have EventBridge told of objects; `what` is what they are."""
    module.comment(f"So that a rule can tell of {what} that goes. Without one, it costs nothing.")
    module.resource(S3BucketNotification, name, for_each=for_each, bucket=bucket, eventbridge=True)


def encrypt(
    module: Module[Any, Any], name: str, bucket: str, key_arn: str, for_each: ITerraformIterator | None = None
) -> None:
    """Encrypt with a key of ours whatever is stored."""
    module.resource(
        S3BucketServerSideEncryptionConfigurationA,
        name,
        for_each=for_each,
        bucket=bucket,
        rule=[
            S3BucketServerSideEncryptionConfigurationRuleA(
                apply_server_side_encryption_by_default=(
                    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                        sse_algorithm="aws:kms", kms_master_key_id=key_arn
                    )
                ),
                bucket_key_enabled=True,
            )
        ],
    )


def keep_versions(
    module: Module[Any, Any], name: str, bucket: str, for_each: ITerraformIterator | None = None
) -> S3BucketVersioningA:
    """Keep what was overwritten or deleted."""
    return module.resource(
        S3BucketVersioningA,
        name,
        for_each=for_each,
        bucket=bucket,
        versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
    )


def forget_versions(
    module: Module[Any, Any],
    name: str,
    bucket: str,
    days: int,
    versioning: TerraformResource,
    for_each: ITerraformIterator | None = None,
) -> None:
    """Let earlier versions go after so many days, and what is left of an object whose last version has gone."""
    module.resource(
        S3BucketLifecycleConfiguration,
        name,
        for_each=for_each,
        bucket=bucket,
        rule=[
            S3BucketLifecycleConfigurationRule(
                id="old-versions",
                status="Enabled",
                filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                noncurrent_version_expiration=[
                    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=days)
                ],
                expiration=[S3BucketLifecycleConfigurationRuleExpiration(expired_object_delete_marker=True)],
                abort_incomplete_multipart_upload=[_abandoned_uploads()],
            )
        ],
        depends_on=[versioning],
    )


def add_log_bucket(
    module: Module[Any, Any],
    *,
    name: str,
    sources: str | list[str],
    account: str,
    retention_days: int,
    what: str,
    tags: dict[str, str],
) -> tuple[S3Bucket, S3BucketPolicy]:
    """Add the bucket `logs`, to which S3 writes who entered the buckets with the ARNs `sources`, and its policy.

    What writes to it has to wait for the policy.
    """
    skip_copies(module)
    module.skip_check("CKV_AWS_145", "S3 delivers logs to no bucket that is encrypted with a key of ours.")
    bucket = module.resource(S3Bucket, "logs", bucket=name, force_destroy=boolean("!var.protected"), tags=tags)
    close(module, "logs", bucket.id)
    announce(module, "logs", bucket.id, what)
    versioning = keep_versions(module, "logs", bucket.id)
    module.resource(
        S3BucketLifecycleConfiguration,
        "logs",
        bucket=bucket.id,
        rule=[
            S3BucketLifecycleConfigurationRule(
                id="old-logs",
                status="Enabled",
                filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                expiration=[S3BucketLifecycleConfigurationRuleExpiration(days=retention_days)],
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
        resources=[f"${{aws_s3_bucket.logs.arn}}/{LOGS_PREFIX}*"],
        principal={"Service": "logging.s3.amazonaws.com"},
        conditions={"ArnLike": {"aws:SourceArn": sources}, "StringEquals": {"aws:SourceAccount": account}},
    )
    delivery = module.resource(
        S3BucketPolicy, "logs", bucket=bucket.id, policy=policy(tls_only("${aws_s3_bucket.logs.arn}"), deliver)
    )
    return bucket, delivery


def _abandoned_uploads() -> S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload:
    return S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=7)
