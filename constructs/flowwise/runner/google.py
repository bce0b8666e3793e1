"""The runners on Google Cloud: a managed instance group, which makes machines anew that have turned themselves off.

"About repairing VMs in a MIG": one that stops without the group's doing is made again, from the template, disk
included.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import TerraformResourceLifecycle
from cdk.google import (
    ComputeInstanceTemplate,
    ComputeInstanceTemplateDisk,
    ComputeInstanceTemplateDiskDiskEncryptionKey,
    ComputeInstanceTemplateNetworkInterface,
    ComputeInstanceTemplateServiceAccount,
    ComputeInstanceTemplateShieldedInstanceConfig,
    ComputeRegionInstanceGroupManager,
    ComputeRegionInstanceGroupManagerInstanceLifecyclePolicy,
    ComputeRegionInstanceGroupManagerUpdatePolicy,
    ComputeRegionInstanceGroupManagerVersion,
    ServiceAccount,
)
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module
from flowwise.encryption import EncryptionKey
from flowwise.runner import RUNNER, RunnerInputs, RunnerOutputs
from flowwise.runner.script import add_script
from flowwise.tables.naming import resource_name
from flowwise.tables.runner import DISK_GB, SIZE, UBUNTU
from flowwise.tables.sizes import NODE_SIZES

_MOST_ZONES = 4  # of a region
_IMAGE = f"projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v{UBUNTU}"
_NETWORKS = "projects/flowwise-project/regions/southamerica-east1/subnetworks"
_KEY = "projects/flowwise-project/locations/southamerica-east1/keyRings/flowwise-dev/cryptoKeys/cluster"


class GoogleRunner(Module[RunnerInputs, RunnerOutputs]):
    """One managed instance group over the region's zones."""

    contract = RUNNER
    path = "modules/runner/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "network_id": "projects/flowwise-project/global/networks/flowwise-dev",
        "subnet_ids": [f"{_NETWORKS}/flowwise-dev-nodes"],
        "endpoint_subnet_ids": [f"{_NETWORKS}/flowwise-dev-endpoints"],
        "secret_store_address": "flowwise-project",
        "secret_name": "flowwise-dev-runner",
        "state_storage": None,
        "encryption_key": EncryptionKey(id=_KEY, resource_id=_KEY),
    }

    def build(self, inputs: RunnerInputs) -> RunnerOutputs:
        """Add the module's resources.

        The network's own rules let nothing in, and out HTTPS and what is private, so there are none here; the state's
        bucket has no firewall.
        """
        self.comment("Its one right, to read a secret, is given on the secret.")
        account = self.resource(
            ServiceAccount, "this", account_id=resource_name("runner_account"), display_name="Runners of ${var.name}"
        )
        template = self._template(account, inputs)
        self.comment(
            "A change reaches the machines that are made after it, and stops none at work: the one that applies it may "
            "be among them."
        )
        self.resource(
            ComputeRegionInstanceGroupManager,
            "this",
            name=resource_name("instance_group", "runner"),
            region=inputs.region,
            base_instance_name=resource_name("instance_group", "runner"),
            target_size=inputs.machines,
            version=[ComputeRegionInstanceGroupManagerVersion(instance_template=template.self_link_unique)],
            update_policy=ComputeRegionInstanceGroupManagerUpdatePolicy(
                type="OPPORTUNISTIC",
                minimal_action="REPLACE",
                # No fewer than a region has zones ("Regional MIGs").
                max_surge_fixed=_MOST_ZONES,
                max_unavailable_fixed=0,
            ),
            instance_lifecycle_policy=ComputeRegionInstanceGroupManagerInstanceLifecyclePolicy(
                force_update_on_repair="YES"
            ),
        )
        return RunnerOutputs(principal_id=account.member)

    def _template(self, account: ServiceAccount, inputs: RunnerInputs) -> ComputeInstanceTemplate:
        script = add_script(self, {}, "power.sh", "google.sh")
        self.local("user_data", script)
        self.local("image", _IMAGE)
        parts = "local.user_data, local.image, var.subnet_ids, var.encryption_key.id, var.tags"
        self.local("identity", text(f"jsonencode([{parts}])"))
        self.comment(
            "A template is never changed: another one comes first, whose name tells what is in it. Nobody signs in: "
            "neither a port nor a key of the project leads there."
        )
        return self.resource(
            ComputeInstanceTemplate,
            "this",
            name=f"{resource_name('instance_template', 'runner')}-${{substr(sha256(local.identity), 0, 8)}}",
            region=inputs.region,
            machine_type=NODE_SIZES[SIZE]["google"],
            disk=[
                ComputeInstanceTemplateDisk(
                    source_image=text("local.image"),
                    boot=True,
                    auto_delete=True,
                    disk_type="pd-balanced",
                    disk_size_gb=DISK_GB,
                    disk_encryption_key=ComputeInstanceTemplateDiskDiskEncryptionKey(
                        kms_key_self_link=text("var.encryption_key.id")
                    ),
                    labels=inputs.tags,
                )
            ],
            network_interface=[ComputeInstanceTemplateNetworkInterface(subnetwork=text("var.subnet_ids[0]"))],
            service_account=ComputeInstanceTemplateServiceAccount(email=account.email, scopes=["cloud-platform"]),
            shielded_instance_config=ComputeInstanceTemplateShieldedInstanceConfig(
                enable_secure_boot=True, enable_vtpm=True, enable_integrity_monitoring=True
            ),
            metadata={
                "user-data": text("local.user_data"),
                "block-project-ssh-keys": "true",
                "enable-oslogin": "true",
                "serial-port-enable": "false",
            },
            labels=inputs.tags,
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
