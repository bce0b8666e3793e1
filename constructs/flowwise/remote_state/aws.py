"""The state on AWS: an S3 bucket. Terraform locks a state with an object beside it (`use_lockfile`): no table."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import DataAwsRegion, KmsAlias, KmsKey, S3Bucket, S3BucketLoggingA, S3BucketPolicy
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import boolean, text
from flowwise.authoring.module import Module
from flowwise.aws.buckets import (
    LOGS_PREFIX,
    add_log_bucket,
    announce,
    close,
    encrypt,
    forget_versions,
    keep_versions,
    skip_copies,
    tls_only,
)
from flowwise.aws.policies import ACCOUNT, account_decides, add_account, policy, statement, statements
from flowwise.remote_state import AWS_KEY_SUFFIX, DIGEST, REMOTE_STATE, RemoteStateInputs, RemoteStateOutputs
from flowwise.tables.naming import resource_name

_WHAT = "a state, or a log,"
_READING = {"AWS": text("local.reading")}
_WRITING = {"AWS": text("local.writing")}
_DOING = (("read", "reading"), ("write", "writing"))


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
        skip_copies(self)
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
        close(self, "this", bucket.id)
        announce(self, "this", bucket.id, _WHAT)
        encrypt(self, "this", bucket.id, key.arn)
        versioning = keep_versions(self, "this", bucket.id)
        forget_versions(self, "this", bucket.id, inputs.retention_days, versioning)
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
            policy=policy(tls_only(arn), *_granted("state")),
        )

    def _access_log(self, state: S3Bucket, inputs: RemoteStateInputs) -> None:
        self.comment("State holds what the environments look like inside: who reads it is on record.")
        bucket, delivery = add_log_bucket(
            self,
            name=resource_name("s3_state_bucket", "logs"),
            sources=text("aws_s3_bucket.this.arn"),
            account=ACCOUNT,
            retention_days=inputs.log_retention_days,
            what=_WHAT,
            tags=inputs.tags,
        )
        self.resource(
            S3BucketLoggingA,
            "this",
            bucket=state.id,
            target_bucket=bucket.id,
            target_prefix=LOGS_PREFIX,
            depends_on=[delivery],
        )
