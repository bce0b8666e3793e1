"""Where disks of pods come from, in a cluster whose own default is none, or encrypts with a key that is not ours."""

from typing import Any

from cdk.kubernetes import StorageClassV1, StorageClassV1Metadata
from flowwise.authoring.expressions import for_each, string_map, text
from flowwise.authoring.module import Module

# By cloud: name, driver and parameters ("Parameters" of the EBS CSI driver; GKE's "Use customer-managed encryption
# keys"). AKS encrypts with the cluster's own disk encryption set.
_CLASSES = {
    "aws": {
        "name": "gp3",
        "driver": "ebs.csi.aws.com",
        "parameters": {"type": "gp3", "encrypted": "true", "kmsKeyId": text("var.disk_key")},
    },
    "google": {
        "name": "balanced",
        "driver": "pd.csi.storage.gke.io",
        "parameters": {"type": "pd-balanced", "disk-encryption-kms-key": text("var.disk_key")},
    },
}


def add_default_storage_class(module: Module[Any, Any]) -> None:
    """Add `kubernetes_storage_class_v1.default`, on AWS and Google Cloud."""
    module.local("disk_classes", _CLASSES)
    module.comment(
        "EKS marks no class as the default since 1.30, and a claim that names none would wait for ever; of two that "
        "are marked, as on GKE, the newer one counts, which is this. Encrypted with the environment's key, or as the "
        "account's disks are where disk_key is empty, in the zone of the pod that asks first."
    )
    module.resource(
        StorageClassV1,
        "default",
        for_each=for_each("{ for cloud, class in local.disk_classes : class.name => class if cloud == var.cloud }"),
        metadata=StorageClassV1Metadata(
            name=text("each.key"),
            annotations={"storageclass.kubernetes.io/is-default-class": "true"},
            labels=string_map("var.labels"),
        ),
        storage_provisioner=text("each.value.driver"),
        parameters=string_map('{ for name, value in each.value.parameters : name => value if value != "" }'),
        reclaim_policy="Delete",
        volume_binding_mode="WaitForFirstConsumer",
        allow_volume_expansion=True,
    )
