"""Names that Google Cloud keeps for a while, or for ever, after what had them is gone, and gives to nobody meanwhile.

They have the time of their making in them, which never changes: an environment that is made again gets others.
"""

from cdk.core import TerraformResourceLifecycle

MADE_AT = '${formatdate("YYYYMMDDhhmmss", plantimestamp())}'
MADE_AT_SHORT = '${formatdate("YYMMDDhhmm", plantimestamp())}'

LASTING_NAMES = {
    "google_iam_workload_identity_pool": "workload_identity_pool_id",  # 30 days ("Manage workload identity pools")
    "google_kms_key_ring": "name",  # for ever ("Key rings")
    "google_logging_project_bucket_config": "bucket_id",  # 7 days ("Configure log buckets")
    "google_project_iam_custom_role": "role_id",  # 37 days, and only in the first 7 it can be had back ("Custom roles")
}
"""By type: the argument that is the name. A deleted Cloud SQL server's can be used again at once."""


def keep_name(type_: str) -> TerraformResourceLifecycle:
    """Have a resource of such a type keep the name that it was made with."""
    return TerraformResourceLifecycle(ignore_changes=[LASTING_NAMES[type_]])
