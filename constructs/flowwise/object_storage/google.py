"""The storage on Google Cloud: a bucket for each microservice, and the log of who entered them.

The network reaches Cloud Storage by Private Google Access.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import Precondition, TerraformResourceLifecycle
from cdk.google import (
    DataGoogleStorageProjectServiceAccount,
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
from flowwise.authoring.expressions import boolean, for_each, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.encryption.google import example_key
from flowwise.google.encryption import allow_encryption
from flowwise.google.logs import keep_logs, record_access
from flowwise.google.project import add_project
from flowwise.object_storage import OBJECT_STORAGE, ObjectStorageInputs, ObjectStorageOutputs
from flowwise.tables.naming import digest, resource_name

_LONGEST_SOFT_DELETE_DAYS = 90


class GoogleObjectStorage(Module[ObjectStorageInputs, ObjectStorageOutputs]):
    """Buckets in one region, in which IAM alone decides who enters."""

    contract = OBJECT_STORAGE
    path = "modules/object-storage/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "endpoint_subnet_ids": ["projects/flowwise-dev/regions/southamerica-east1/subnetworks/flowwise-dev-endpoints"],
        "private_dns_zone_id": None,
        "users": {
            "lancamentos": "serviceAccount:lancamentos@flowwise-project.iam.gserviceaccount.com",
            "consolidacao": "serviceAccount:consolidacao@flowwise-project.iam.gserviceaccount.com",
        },
        "encryption_key": example_key("storage"),
    }

    def build(self, inputs: ObjectStorageInputs) -> ObjectStorageOutputs:
        """Add the module's resources. Nothing is put into endpoint_subnet_ids."""
        add_project(self)
        self.comment("Makes names that are unique in the world this project's own.")
        self.local("digest", digest("local.project"))
        storage = self.resource(DataGoogleStorageProjectServiceAccount, "this")
        self.comment("Cloud Storage encrypts for the microservices, which need no right to the key.")
        self._buckets(allow_encryption(self, "storage", storage.member), inputs)
        self.comment(
            "It reads, writes and deletes objects, earlier versions too: no role of Google's tells these apart. What "
            "is deleted so can be restored for as long as soft_delete_policy says, by whoever has the bucket."
        )
        self.resource(
            StorageBucketIamMember,
            "users",
            for_each=for_each("var.users"),
            bucket=text("google_storage_bucket.this[each.key].name"),
            role="roles/storage.objectUser",
            member=text("each.value"),
        )
        self._access_log(inputs)
        return ObjectStorageOutputs(
            endpoint="https://storage.googleapis.com",
            buckets=string_map(
                "{ for microservice, bucket in google_storage_bucket.this : microservice => bucket.name }"
            ),
        )

    def _buckets(self, role: KmsCryptoKeyIamMember, inputs: ObjectStorageInputs) -> None:
        self.comment("Google Cloud deletes no bucket that holds anything, unless it is told to empty it first.")
        self.skip_check("CKV_GCP_62", "Audit logs have it; a bucket's own log is written by a foreign group.")
        self.resource(
            StorageBucket,
            "this",
            for_each=for_each("var.users"),
            name=resource_name("gcs_bucket", "${each.key}"),
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
                    action=StorageBucketLifecycleRuleAction(type="Delete"),
                    condition=StorageBucketLifecycleRuleCondition(
                        days_since_noncurrent_time=inputs.retention_days, with_state="ARCHIVED"
                    ),
                ),
                StorageBucketLifecycleRule(
                    action=StorageBucketLifecycleRuleAction(type="AbortIncompleteMultipartUpload"),
                    condition=StorageBucketLifecycleRuleCondition(age=7),
                ),
            ],
            encryption=StorageBucketEncryption(default_kms_key_name=text("var.encryption_key.id")),
            labels=inputs.tags,
            depends_on=[role],
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("var.private_dns_zone_id == null"),
                        error_message="private_dns_zone_id must be null: Cloud Storage has one name everywhere.",
                    )
                ]
            ),
        )

    def _access_log(self, inputs: ObjectStorageInputs) -> None:
        self.comment("Who read or wrote which object. This holds for all buckets of the project.")
        record_access(self, "storage.googleapis.com", "DATA_READ", "DATA_WRITE")
        names = self.local(
            "bucket_names",
            text(
                'join(" OR ", [for microservice in keys(var.users) : '
                f'format("%q", "{resource_name("gcs_bucket", "${microservice}")}")])'
            ),
        )
        keep_logs(
            self,
            "objects",
            of="of the microservices' files",
            region=inputs.region,
            retention_days=inputs.log_retention_days,
            filter=(
                'resource.type="gcs_bucket" AND protoPayload.serviceName="storage.googleapis.com" AND '
                f"resource.labels.bucket_name=({names})"
            ),
        )
