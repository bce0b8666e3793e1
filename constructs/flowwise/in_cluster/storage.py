"""Where disks of pods come from, in a cluster that has no default for it."""

from typing import Any

from cdk.core import TerraformCount
from cdk.kubernetes import StorageClassV1, StorageClassV1Metadata
from flowwise.authoring.expressions import number, string_map
from flowwise.authoring.module import Module


def add_default_storage_class(module: Module[Any, Any]) -> None:
    """Add `kubernetes_storage_class_v1.default`, on AWS alone."""
    module.comment(
        "EKS marks no class as the default since 1.30, and a claim that names none would wait for ever. Encrypted with "
        "the account's key for disks, in the zone of the pod that asks first."
    )
    module.resource(
        StorageClassV1,
        "default",
        count=TerraformCount.of(number('var.cloud == "aws" ? 1 : 0')),
        metadata=StorageClassV1Metadata(
            name="gp3",
            annotations={"storageclass.kubernetes.io/is-default-class": "true"},
            labels=string_map("var.labels"),
        ),
        storage_provisioner="ebs.csi.aws.com",
        parameters={"type": "gp3", "encrypted": "true"},
        reclaim_policy="Delete",
        volume_binding_mode="WaitForFirstConsumer",
        allow_volume_expansion=True,
    )
