"""The runners on Azure: a scale set whose machines Azure makes anew when they say that they are done.

They say so by being unhealthy, for which no right is needed ("Automatic instance repairs for Azure Virtual Machine
Scale Sets"): ten minutes after a machine has begun, at the earliest. Their disk is in the machine itself, encrypted by
its host.
"""

from cdk.azurerm import (
    DataAzurermClientConfig,
    LinuxVirtualMachineScaleSet,
    LinuxVirtualMachineScaleSetAdminSshKey,
    LinuxVirtualMachineScaleSetAutomaticInstanceRepair,
    LinuxVirtualMachineScaleSetExtension,
    LinuxVirtualMachineScaleSetIdentity,
    LinuxVirtualMachineScaleSetNetworkInterface,
    LinuxVirtualMachineScaleSetNetworkInterfaceIpConfiguration,
    LinuxVirtualMachineScaleSetOsDisk,
    LinuxVirtualMachineScaleSetOsDiskDiffDiskSettings,
    LinuxVirtualMachineScaleSetSourceImageReference,
    NetworkSecurityGroup,
    NetworkSecurityRule,
    PrivateEndpoint,
    PrivateEndpointPrivateDnsZoneGroup,
    PrivateEndpointPrivateServiceConnection,
    ResourceGroup,
    UserAssignedIdentity,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import boolean, call, text
from flowwise.authoring.module import Module
from flowwise.runner import RUNNER, RunnerInputs, RunnerOutputs
from flowwise.runner.script import add_script
from flowwise.tables.naming import resource_name
from flowwise.tables.runner import AZURE_CLI, MICROSOFT_KEY, SIZE, UBUNTU
from flowwise.tables.sizes import NODE_SIZES

_HEALTH_PORT = 8484
# Azure wants a key of whoever signs in. Nobody has the other half of this one, and no machine lets anyone in.
_NOBODYS_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINmSCrlgWTq++wfsrnY+xhoN16Q9yGO8CzWW4hC4Tovk nobody"


class AzureRunner(Module[RunnerInputs, RunnerOutputs]):
    """One scale set, with a network security group of its own."""

    contract = RUNNER
    path = "modules/runner/azure"

    def build(self, inputs: RunnerInputs) -> RunnerOutputs:
        """Add the module's resources. The machines' disks are Azure's to encrypt, so encryption_key is of no use."""
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "runner"),
            location=inputs.region,
            tags=inputs.tags,
        )
        identity = self.resource(
            UserAssignedIdentity,
            "this",
            name=resource_name("managed_identity", "runner"),
            location=group.location,
            resource_group_name=group.name,
            tags=inputs.tags,
        )
        guard = self._firewall(group, inputs)
        self._state(group, inputs)
        script = add_script(
            self,
            {
                "IDENTITY": identity.client_id,
                "HEALTH_PORT": str(_HEALTH_PORT),
                "AZURE_CLI": AZURE_CLI,
                "MICROSOFT_KEY": MICROSOFT_KEY,
            },
            "azure.sh",
        )
        self._machines(group, identity, guard, script, inputs)
        return RunnerOutputs(principal_id=identity.principal_id)

    def _firewall(self, group: ResourceGroup, inputs: RunnerInputs) -> NetworkSecurityGroup:
        self.comment(
            "Of the machines and not of the subnet, which is the nodes'. Nothing comes in. What goes out is HTTPS: to "
            "GitHub, and inside the network to the API server, vaults, the registry and the state."
        )
        guard = self.resource(
            NetworkSecurityGroup,
            "this",
            name=resource_name("network_security_group", "runner"),
            location=group.location,
            resource_group_name=group.name,
            tags=inputs.tags,
        )
        for name, direction, access, priority, port in (
            ("deny_ingress", "Inbound", "Deny", 100, "*"),
            ("allow_https", "Outbound", "Allow", 100, "443"),
            ("deny_egress", "Outbound", "Deny", 200, "*"),
        ):
            self.resource(
                NetworkSecurityRule,
                name,
                name=name.replace("_", "-"),
                resource_group_name=group.name,
                network_security_group_name=guard.name,
                priority=priority,
                direction=direction,
                access=access,
                protocol="Tcp" if access == "Allow" else "*",
                source_address_prefix="*",
                source_port_range="*",
                destination_address_prefix="*",
                destination_port_range=port,
            )
        return guard

    def _state(self, group: ResourceGroup, inputs: RunnerInputs) -> None:
        self.comment(
            "Storage does not look at public addresses of its own region, so that its firewall could admit none of "
            "these machines: they come by an endpoint in the network."
        )
        self.resource(DataAzurermClientConfig, "current")
        subscription = "coalesce(var.state_subscription, data.azurerm_client_config.current.subscription_id)"
        self.local(
            "state_id",
            f"/subscriptions/${{{subscription}}}/resourceGroups/{resource_name('resource_group', 'tfstate')}"
            "/providers/Microsoft.Storage/storageAccounts/${var.state_storage}",
        )
        self.resource(
            PrivateEndpoint,
            "state",
            name=resource_name("private_endpoint", "state"),
            location=group.location,
            resource_group_name=group.name,
            subnet_id=text("var.endpoint_subnet_ids[0]"),
            private_service_connection=PrivateEndpointPrivateServiceConnection(
                name="state",
                private_connection_resource_id=text("local.state_id"),
                subresource_names=["blob"],
                is_manual_connection=boolean("var.state_subscription != null"),
                request_message=text('var.state_subscription == null ? null : "Runners of ${var.name}"'),
            ),
            private_dns_zone_group=PrivateEndpointPrivateDnsZoneGroup(
                name="state", private_dns_zone_ids=[text("var.private_dns_zone_id")]
            ),
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text(
                            "var.state_storage != null && length(var.endpoint_subnet_ids) > 0 && "
                            "var.private_dns_zone_id != null"
                        ),
                        error_message=(
                            "state_storage, endpoint_subnet_ids and private_dns_zone_id are needed: the state has a "
                            "firewall."
                        ),
                    )
                ]
            ),
        )

    def _machines(
        self,
        group: ResourceGroup,
        identity: UserAssignedIdentity,
        guard: NetworkSecurityGroup,
        script: str,
        inputs: RunnerInputs,
    ) -> None:
        self.comment(
            "A change reaches the machines that are made after it, and stops none at work: the one that applies it may "
            "be among them."
        )
        self.resource(
            LinuxVirtualMachineScaleSet,
            "this",
            name=resource_name("scale_set", "runner"),
            computer_name_prefix="runner-",
            location=group.location,
            resource_group_name=group.name,
            sku=NODE_SIZES[SIZE]["azure"],
            instances=inputs.machines,
            overprovision=False,
            upgrade_mode="Manual",
            admin_username="nobodys",
            disable_password_authentication=True,
            admin_ssh_key=[LinuxVirtualMachineScaleSetAdminSshKey(username="nobodys", public_key=_NOBODYS_KEY)],
            encryption_at_host_enabled=True,
            secure_boot_enabled=True,
            vtpm_enabled=True,
            custom_data=text(f"base64encode({script[2:-1]})"),
            source_image_reference=LinuxVirtualMachineScaleSetSourceImageReference(
                publisher="Canonical", offer="ubuntu-24_04-lts", sku="server", version=f"24.04.{UBUNTU}0"
            ),
            os_disk=LinuxVirtualMachineScaleSetOsDisk(
                caching="ReadOnly",
                storage_account_type="Standard_LRS",
                diff_disk_settings=LinuxVirtualMachineScaleSetOsDiskDiffDiskSettings(
                    option="Local", placement="ResourceDisk"
                ),
            ),
            network_interface=[
                LinuxVirtualMachineScaleSetNetworkInterface(
                    name="primary",
                    primary=True,
                    network_security_group_id=guard.id,
                    ip_configuration=[
                        LinuxVirtualMachineScaleSetNetworkInterfaceIpConfiguration(
                            name="private", primary=True, subnet_id=text("var.subnet_ids[0]")
                        )
                    ],
                )
            ],
            identity=LinuxVirtualMachineScaleSetIdentity(type="UserAssigned", identity_ids=[identity.id]),
            extension=[
                LinuxVirtualMachineScaleSetExtension(
                    name="health",
                    publisher="Microsoft.ManagedServices",
                    type="ApplicationHealthLinux",
                    type_handler_version="1.0",
                    settings=call("jsonencode", {"protocol": "http", "port": _HEALTH_PORT, "requestPath": "/"}),
                )
            ],
            automatic_instance_repair=LinuxVirtualMachineScaleSetAutomaticInstanceRepair(
                enabled=True, action="Reimage", grace_period="PT10M"
            ),
            tags=inputs.tags,
        )
