"""The storage on AWS: a bucket of S3 for each microservice, and one for the log of who entered them.

The network reaches S3 by its gateway endpoint. S3 asks KMS in the name of who reads or writes ("Using server-side
encryption with AWS KMS keys"), so the role needs a right to the key besides, for what is in its own bucket alone: with
a bucket's key, the encryption context is the bucket's ARN ("Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys").
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import DataAwsRegion, IamRolePolicy, S3Bucket, S3BucketLoggingA, S3BucketPolicy
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import boolean, for_each, string_map, text
from flowwise.authoring.module import Module
from flowwise.aws import buckets
from flowwise.aws.policies import ACCOUNT, add_account, policy, statement
from flowwise.object_storage import OBJECT_STORAGE, ObjectStorageInputs, ObjectStorageOutputs
from flowwise.tables.naming import digest, resource_name
from flowwise.workload_identity.aws import is_role, role_name

_EACH = "aws_s3_bucket.this"
_BUCKET = text("each.value.id")
_ARN = "${each.value.arn}"
_WHAT = "an object, or a log,"


class AwsObjectStorage(Module[ObjectStorageInputs, ObjectStorageOutputs]):
    """Buckets, each of which says who enters."""

    contract = OBJECT_STORAGE
    path = "modules/object-storage/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "endpoint_subnet_ids": ["subnet-0123456789abcdef0"],
        "private_dns_zone_id": None,
        "users": {
            "lancamentos": "arn:aws:iam::123456789012:role/flowwise-dev-lancamentos-workload",
            "consolidacao": "arn:aws:iam::123456789012:role/flowwise-dev-consolidacao-workload",
        },
        "encryption_key": {
            "id": "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111",
            "resource_id": "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111",
        },
    }

    def build(self, inputs: ObjectStorageInputs) -> ObjectStorageOutputs:
        """Add the module's resources. The endpoint of S3 is the network's, so endpoint_subnet_ids have none to hold."""
        add_account(self)
        self.comment("Makes names that are unique in the world this account's own.")
        self.local("digest", digest(ACCOUNT[2:-1]))
        self.resource(DataAwsRegion, "current")
        self._buckets(inputs)
        self._users()
        self._access_log(inputs)
        return ObjectStorageOutputs(
            endpoint="https://s3.${var.region}.amazonaws.com",
            buckets=string_map(f"{{ for microservice, bucket in {_EACH} : microservice => bucket.bucket }}"),
        )

    def _buckets(self, inputs: ObjectStorageInputs) -> None:
        self.comment("S3 deletes no bucket that holds anything, unless it is told to empty it first.")
        buckets.skip_copies(self)
        self.resource(
            S3Bucket,
            "this",
            for_each=for_each("var.users"),
            bucket=resource_name("s3_bucket", "${each.key}"),
            force_destroy=boolean("!var.protected"),
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("data.aws_region.current.id == var.region"),
                        error_message="region must be the region that the provider is configured for.",
                    ),
                    Precondition(
                        condition=text("var.private_dns_zone_id == null"),
                        error_message="private_dns_zone_id must be null: S3 has names of its own.",
                    ),
                ]
            ),
        )
        each = for_each(_EACH)
        buckets.close(self, "this", _BUCKET, each)
        buckets.announce(self, "this", _BUCKET, _WHAT, each)
        buckets.encrypt(self, "this", _BUCKET, text("var.encryption_key.id"), each)
        versioning = buckets.keep_versions(self, "this", _BUCKET, each)
        buckets.forget_versions(self, "this", _BUCKET, inputs.retention_days, versioning, each)

    def _users(self) -> None:
        role = {"AWS": text("var.users[each.key]")}
        self.comment("It reads, writes and deletes objects, and no earlier version of one: those go by age alone.")
        self.resource(
            S3BucketPolicy,
            "this",
            for_each=for_each(_EACH),
            bucket=_BUCKET,
            policy=policy(
                buckets.tls_only(_ARN),
                statement("List", ["s3:ListBucket", "s3:ListBucketMultipartUploads"], resources=[_ARN], principal=role),
                statement(
                    "Use",
                    [
                        "s3:AbortMultipartUpload",
                        "s3:DeleteObject",
                        "s3:GetObject",
                        "s3:ListMultipartUploadParts",
                        "s3:PutObject",
                    ],
                    resources=[f"{_ARN}/*"],
                    principal=role,
                ),
            ),
        )
        self.resource(
            IamRolePolicy,
            "encryption",
            for_each=for_each("var.users"),
            name="use-storage-key",
            role=role_name("each.value"),
            policy=policy(
                statement(
                    "UseKey",
                    ["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=text("var.encryption_key.resource_id"),
                    conditions={
                        "StringEquals": {
                            "kms:EncryptionContext:aws:s3:arn": text(f"{_EACH}[each.key].arn"),
                            "kms:ViaService": "s3.${var.region}.amazonaws.com",
                        }
                    },
                )
            ),
            lifecycle=TerraformResourceLifecycle(precondition=[is_role("each.value", "users")]),
        )

    def _access_log(self, inputs: ObjectStorageInputs) -> None:
        self.comment("Who read or wrote which object, and when.")
        logs, delivery = buckets.add_log_bucket(
            self,
            name=resource_name("s3_log_bucket"),
            sources=text(f"[for bucket in {_EACH} : bucket.arn]"),
            account=ACCOUNT,
            retention_days=inputs.log_retention_days,
            what=_WHAT,
            tags=inputs.tags,
        )
        self.resource(
            S3BucketLoggingA,
            "this",
            for_each=for_each(_EACH),
            bucket=_BUCKET,
            target_bucket=logs.id,
            target_prefix=f"{buckets.LOGS_PREFIX}${{each.key}}/",
            depends_on=[delivery],
        )
