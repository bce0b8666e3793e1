"""The state on Google Cloud: a bucket, and who entered it. Terraform locks a state with an object beside it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.google import (
    DataGoogleStorageProjectServiceAccount,
    KmsCryptoKey,
    KmsCryptoKeyIamMember,
    StorageBucket,
    StorageBucketEncryption,
    StorageBucketIamMember,
    StorageBucketLifecycleRule,
    StorageBucketLifecycleRuleAction,
    StorageBucketLifecycleRuleCondition,
    StorageBucketSoftDeletePolicy,
    StorageBucketVersioning,
)
from flowwise.authoring.expressions import boolean, for_each, number, text
from flowwise.authoring.module import Module
from flowwise.google.encryption import add_key, add_key_ring
from flowwise.google.logs import keep_logs, record_access
from flowwise.google.project import add_project
from flowwise.remote_state import DIGEST, REMOTE_STATE, RemoteStateInputs, RemoteStateOutputs
from flowwise.tables.naming import resource_name

_LONGEST_SOFT_DELETE_DAYS = 90
_BUCKET = "gcs_state_bucket"
_DELETE = StorageBucketLifecycleRuleAction(type="Delete")


class GoogleRemoteState(Module[RemoteStateInputs, RemoteStateOutputs]):
    """One bucket for state, in a region; who reads or writes it is in the audit log."""

    contract = REMOTE_STATE
    path = "modules/remote-state/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "writers": {"pipeline": "serviceAccount:pipeline@flowwise-dev.iam.gserviceaccount.com"},
        "readers": {"plans": "serviceAccount:plans@flowwise-dev.iam.gserviceaccount.com"},
    }

    def build(self, inputs: RemoteStateInputs) -> RemoteStateOutputs:
        """Add the module's resources.

        A bucket's firewall would also keep out Google Cloud's console, so operator_cidrs open nothing: IAM alone
        decides who enters.
        """
        self.local("digest", DIGEST)
        key, role = self._key(inputs)
        self._access_log(inputs)
        bucket = self._state(key, role, inputs)
        for who, role_in_bucket in (
            ("writers", "roles/storage.objectUser"),
            ("readers", "roles/storage.objectViewer"),
        ):
            self.resource(
                StorageBucketIamMember,
                who,
                for_each=for_each(f"var.{who}"),
                bucket=bucket.name,
                role=role_in_bucket,
                member=text("each.value"),
            )
        return RemoteStateOutputs(
            storage_name=bucket.name,
            container=text("null"),
            resource_group=text("null"),
            region=inputs.region,
            key_id=key.id,
        )

    def _key(self, inputs: RemoteStateInputs) -> tuple[KmsCryptoKey, KmsCryptoKeyIamMember]:
        storage = self.resource(DataGoogleStorageProjectServiceAccount, "this")
        key = add_key(self, add_key_ring(self, "state_key_ring", inputs.region), "state", inputs.tags)
        self.comment("Cloud Storage encrypts for writers and readers, who need no right to the key.")
        role = self.resource(
            KmsCryptoKeyIamMember,
            "this",
            crypto_key_id=key.id,
            role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member=storage.member,
        )
        return key, role

    def _state(self, key: KmsCryptoKey, role: KmsCryptoKeyIamMember, inputs: RemoteStateInputs) -> StorageBucket:
        self.comment(
            "Google Cloud deletes no bucket that holds anything, unless it is told to empty it first. What is deleted "
            f"can be restored, {_LONGEST_SOFT_DELETE_DAYS} days at most."
        )
        self.skip_check(
            "CKV_GCP_62", "Audit logs have it, above, and a bucket's own log is written by a foreign group."
        )
        return self.resource(
            StorageBucket,
            "this",
            name=resource_name(_BUCKET),
            location=inputs.region,
            force_destroy=boolean("!var.protected"),
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning=StorageBucketVersioning(enabled=True),
            soft_delete_policy=StorageBucketSoftDeletePolicy(
                retention_duration_seconds=number(
                    f"min(var.retention_days, {_LONGEST_SOFT_DELETE_DAYS}) * 24 * 60 * 60"
                )
            ),
            lifecycle_rule=[
                StorageBucketLifecycleRule(
                    action=_DELETE,
                    condition=StorageBucketLifecycleRuleCondition(
                        days_since_noncurrent_time=inputs.retention_days, with_state="ARCHIVED"
                    ),
                )
            ],
            encryption=StorageBucketEncryption(default_kms_key_name=key.id),
            labels=inputs.tags,
            depends_on=[role],
        )

    def _access_log(self, inputs: RemoteStateInputs) -> None:
        add_project(self)
        self.comment(
            "State holds what the environments look like inside: who reads it is on record. In the audit log, for "
            "which nobody needs a right: a bucket's own log would be written by a group of google.com, and "
            "organizations made since May 2024 give rights to nobody outside of theirs. This holds for all buckets of "
            "the project."
        )
        record_access(self, "storage.googleapis.com", "DATA_READ", "DATA_WRITE")
        keep_logs(
            self,
            "state",
            of="of Terraform's state",
            region=inputs.region,
            retention_days=inputs.log_retention_days,
            filter=(
                f'resource.type="gcs_bucket" AND resource.labels.bucket_name="{resource_name(_BUCKET)}" AND '
                'protoPayload.serviceName="storage.googleapis.com"'
            ),
        )
