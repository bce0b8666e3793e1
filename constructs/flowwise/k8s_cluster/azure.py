"""The cluster on Azure: AKS, its node pools, disk encryption, audit logs and the access of people."""

from typing import Any

from cdk.azurerm import (
    DiskEncryptionSet,
    DiskEncryptionSetIdentity,
    KubernetesCluster,
    KubernetesClusterApiServerAccessProfile,
    KubernetesClusterAzureActiveDirectoryRoleBasedAccessControl,
    KubernetesClusterDefaultNodePool,
    KubernetesClusterDefaultNodePoolUpgradeSettings,
    KubernetesClusterIdentity,
    KubernetesClusterKeyVaultSecretsProvider,
    KubernetesClusterKubeletIdentity,
    KubernetesClusterMaintenanceWindowAutoUpgrade,
    KubernetesClusterMaintenanceWindowNodeOs,
    KubernetesClusterNetworkProfile,
    KubernetesClusterNodePool,
    MonitorDiagnosticSetting,
    MonitorDiagnosticSettingEnabledLog,
    ResourceGroup,
    RoleAssignment,
    UserAssignedIdentity,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import boolean, for_each, number, string_map, strings, text
from flowwise.authoring.module import Module, dynamic
from flowwise.azure.encryption import allow_encryption
from flowwise.azure.operations import add_lock, log_workspace
from flowwise.k8s_cluster import K8S_CLUSTER, NO_IDENTITY_ENDPOINT, K8sClusterInputs, K8sClusterOutputs
from flowwise.k8s_cluster.access.azure import add_administrators
from flowwise.tables.naming import resource_name
from flowwise.tables.node_pools import SPOT_TAINTS
from flowwise.tables.pod_ranges import BITS_OF_A_NODE
from flowwise.tables.sizes import MAX_PODS, NAMED_NODE_DISK_GB, NODE_SIZES
from flowwise.tables.upgrades import SURGE_PERCENT

# The disk inside the smallest to the largest of these machines holds 75, 150 and 300 GiB ("Ddsv5 sizes series").
_OS_DISK_GB = {"small": 64, "medium": 128, "large": 256, "xlarge": 256}
# 06:00 UTC is 03:00 in Brasília.
_WINDOW: dict[str, Any] = {
    "frequency": "Weekly",
    "interval": 1,
    "start_time": "06:00",
    "utc_offset": "+00:00",
    "duration": 6,
}
_UPGRADE: dict[str, Any] = {"max_surge": f"{SURGE_PERCENT}%", "drain_timeout_in_minutes": 30}
# Reads are left out of kube-audit-admin: kube-audit costs many times as much and tells who read what.
_LOGS = ("kube-audit-admin", "guard", "kube-apiserver", "kube-controller-manager", "cluster-autoscaler")
_SPOT, _SPOT_VALUE = SPOT_TAINTS["azure"]


class AzureK8sCluster(Module[K8sClusterInputs, K8sClusterOutputs]):
    """An AKS cluster whose API server is inside the network, with a public address only where one was asked for."""

    contract = K8S_CLUSTER
    path = "modules/k8s-cluster/azure"

    def build(self, inputs: K8sClusterInputs) -> K8sClusterOutputs:
        """Add the module's resources."""
        self.require("endpoint", "!var.identity_endpoint", NO_IDENTITY_ENDPOINT)
        self.local("vm_sizes", {size: machines["azure"] for size, machines in NODE_SIZES.items()})
        self.local("os_disk_gb", _OS_DISK_GB)
        self.local("os_disk_types", dict.fromkeys(_OS_DISK_GB, "Ephemeral"))
        self.local("zones", text('slice(["1", "2", "3"], 0, var.zone_count)'))
        self.local("private", text("length(var.public_access_cidrs) == 0"))
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "cluster"),
            location=inputs.region,
            tags=inputs.tags,
        )
        identity, nodes, roles = self._identities(group, inputs)
        workspace_id = log_workspace(
            self, "cluster", group=group, retention_days=inputs.log_retention_days, tags=inputs.tags
        )
        encryption, disk_roles = self._disk_encryption(group, identity, inputs)
        cluster = self._cluster(group, identity, nodes, encryption, [*roles, *disk_roles], inputs)
        self._node_pools(cluster, inputs)
        self._logs(cluster, workspace_id)
        add_administrators(self, cluster.id)
        self.comment(
            "Not on the cluster: Azure deletes a pool that gets another size, and pools inherit the lock of what they "
            "are in. On this, it keeps the group, and what disks are read with. The cluster itself is kept by the plan "
            "alone: make plan and make apply refuse one that destroys or replaces it."
        )
        add_lock(self, encryption.id, "disk encryption set")
        return K8sClusterOutputs(
            cluster_id=cluster.id,
            cluster_name=cluster.name,
            endpoint="https://${"
            "local.private ? azurerm_kubernetes_cluster.this.private_fqdn : azurerm_kubernetes_cluster.this.fqdn"
            "}:443",
            ca_certificate=cluster.kube_config.get(0).cluster_ca_certificate,
            oidc_issuer_url=cluster.oidc_issuer_url,
            node_identity_id=nodes.principal_id,
            balancer_identity_id=identity.principal_id,
        )

    def _identities(
        self, group: ResourceGroup, inputs: K8sClusterInputs
    ) -> tuple[UserAssignedIdentity, UserAssignedIdentity, list[RoleAssignment]]:
        self.comment("Our own, and not one that AKS makes, so that its roles are there before the cluster is.")
        control_plane = self._identity("control_plane", group, inputs)
        self.comment("So that the right to pull images can be given before there are nodes.")
        nodes = self._identity("nodes", group, inputs)
        roles = [
            self._role(f"{subnet}_subnet", "Network Contributor", text(f"var.{subnet}_subnet_ids[0]"), control_plane)
            for subnet in ("control_plane", "node")
        ]
        self.comment("AKS gives the nodes their identity under this one.")
        roles.append(self._role("nodes", "Managed Identity Operator", nodes.id, control_plane))
        return control_plane, nodes, roles

    def _identity(self, name: str, group: ResourceGroup, inputs: K8sClusterInputs) -> UserAssignedIdentity:
        return self.resource(
            UserAssignedIdentity,
            name,
            name=resource_name("managed_identity", name.replace("_", "-")),
            location=group.location,
            resource_group_name=group.name,
            tags=inputs.tags,
        )

    def _role(self, name: str, role: str, scope: str, identity: UserAssignedIdentity) -> RoleAssignment:
        return self.resource(
            RoleAssignment,
            name,
            scope=scope,
            role_definition_name=role,
            principal_id=identity.principal_id,
            principal_type="ServicePrincipal",
        )

    def _disk_encryption(
        self, group: ResourceGroup, identity: UserAssignedIdentity, inputs: K8sClusterInputs
    ) -> tuple[DiskEncryptionSet, list[RoleAssignment]]:
        self.comment("Encrypts the disks of nodes and of persistent volumes.")
        encryption = self.resource(
            DiskEncryptionSet,
            "this",
            name=resource_name("disk_encryption_set"),
            location=group.location,
            resource_group_name=group.name,
            key_vault_key_id=text("var.encryption_key.id"),
            auto_key_rotation_enabled=True,
            identity=DiskEncryptionSetIdentity(type="SystemAssigned"),
            tags=inputs.tags,
        )
        self.comment("AKS looks the disk encryption set up under this identity.")
        reader = self._role("disk_encryption_set", "Reader", encryption.id, identity)
        return encryption, [allow_encryption(self, encryption.identity.principal_id), reader]

    def _cluster(
        self,
        group: ResourceGroup,
        identity: UserAssignedIdentity,
        nodes: UserAssignedIdentity,
        encryption: DiskEncryptionSet,
        roles: list[RoleAssignment],
        inputs: K8sClusterInputs,
    ) -> KubernetesCluster:
        self.comment(
            "Secrets in etcd have Azure's encryption, not ours: the only kind that azurerm 4.55 knows is AKS's legacy "
            "one, which takes no vault with a firewall and has secrets rewritten by hand when its key rotates. "
            "Nodes and cluster are upgraded on different days, so that trouble has one cause. Nodes reach the API "
            "server inside the network, whether or not it has a public address too; Azure could add or remove that, "
            "but azurerm makes another cluster, so it is a choice for good."
        )
        self.skip_check("CKV_AZURE_170", "sku_tier is Standard wherever the input protected is true.")
        self.skip_check("CKV_AZURE_4", "Audit logs go to Log Analytics by the setting below, not by an agent.")
        return self.resource(
            KubernetesCluster,
            "this",
            name=resource_name("kubernetes_cluster"),
            location=group.location,
            resource_group_name=group.name,
            node_resource_group=resource_name("resource_group", "nodes"),
            dns_prefix=text("var.name"),
            kubernetes_version=inputs.kubernetes_version,
            sku_tier=text('var.protected ? "Standard" : "Free"'),
            cost_analysis_enabled=inputs.protected,
            automatic_upgrade_channel="patch",
            node_os_upgrade_channel="NodeImage",
            private_cluster_enabled=boolean("local.private"),
            local_account_disabled=True,
            run_command_enabled=False,
            oidc_issuer_enabled=True,
            workload_identity_enabled=True,
            azure_policy_enabled=True,
            image_cleaner_enabled=True,
            image_cleaner_interval_hours=168,
            disk_encryption_set_id=encryption.id,
            identity=KubernetesClusterIdentity(type="UserAssigned", identity_ids=[identity.id]),
            kubelet_identity=KubernetesClusterKubeletIdentity(
                user_assigned_identity_id=nodes.id, client_id=nodes.client_id, object_id=nodes.principal_id
            ),
            azure_active_directory_role_based_access_control=(
                KubernetesClusterAzureActiveDirectoryRoleBasedAccessControl(
                    azure_rbac_enabled=True, tenant_id=identity.tenant_id
                )
            ),
            api_server_access_profile=KubernetesClusterApiServerAccessProfile(
                virtual_network_integration_enabled=True,
                subnet_id=text("var.control_plane_subnet_ids[0]"),
                authorized_ip_ranges=inputs.public_access_cidrs,
            ),
            network_profile=KubernetesClusterNetworkProfile(
                network_plugin="azure",
                network_plugin_mode="overlay",
                network_data_plane="cilium",
                network_policy="cilium",
                outbound_type=text('var.routed ? "userDefinedRouting" : "userAssignedNATGateway"'),
                pod_cidr=inputs.pod_cidr,
                service_cidr=inputs.service_cidr,
                dns_service_ip=text("cidrhost(var.service_cidr, 10)"),
            ),
            default_node_pool=self._system_pool(inputs),
            key_vault_secrets_provider=KubernetesClusterKeyVaultSecretsProvider(secret_rotation_enabled=True),
            maintenance_window_node_os=KubernetesClusterMaintenanceWindowNodeOs(day_of_week="Saturday", **_WINDOW),
            maintenance_window_auto_upgrade=KubernetesClusterMaintenanceWindowAutoUpgrade(
                day_of_week="Sunday", **_WINDOW
            ),
            tags=inputs.tags,
            depends_on=roles,
            lifecycle=TerraformResourceLifecycle(precondition=self._preconditions()),
        )

    def _system_pool(self, inputs: K8sClusterInputs) -> KubernetesClusterDefaultNodePool:
        return KubernetesClusterDefaultNodePool(
            name="system",
            temporary_name_for_rotation="systemtmp",
            only_critical_addons_enabled=True,
            vm_size=text("lookup(local.vm_sizes, var.system_pool.size, var.system_pool.size)"),
            os_disk_type=text('lookup(local.os_disk_types, var.system_pool.size, "Managed")'),
            os_disk_size_gb=number(f"lookup(local.os_disk_gb, var.system_pool.size, {NAMED_NODE_DISK_GB})"),
            host_encryption_enabled=True,
            auto_scaling_enabled=True,
            min_count=number("var.system_pool.min_nodes"),
            max_count=number("var.system_pool.max_nodes"),
            max_pods=MAX_PODS,
            zones=strings("local.zones"),
            vnet_subnet_id=text("var.node_subnet_ids[0]"),
            orchestrator_version=inputs.kubernetes_version,
            upgrade_settings=KubernetesClusterDefaultNodePoolUpgradeSettings(**_UPGRADE),
            tags=inputs.tags,
        )

    def _preconditions(self) -> list[Precondition]:
        return [
            Precondition(
                condition=text(
                    "alltrue([\n"
                    "  for id in concat(var.control_plane_subnet_ids, var.node_subnet_ids) :\n"
                    '  startswith(lower(id), lower("${var.network_id}/subnets/"))\n'
                    "])"
                ),
                error_message="control_plane_subnet_ids and node_subnet_ids must be subnets of network_id.",
            ),
            Precondition(
                condition=text(
                    "sum(concat([var.system_pool.max_nodes], values(var.node_pools)[*].max_nodes)) <= "
                    f'pow(2, {BITS_OF_A_NODE} - tonumber(split("/", var.pod_cidr)[1]))'
                ),
                error_message=(
                    "pod_cidr is too small for the nodes that the pools may have at most: each node takes a "
                    f"/{BITS_OF_A_NODE} of it."
                ),
            ),
        ]

    def _node_pools(self, cluster: KubernetesCluster, inputs: K8sClusterInputs) -> None:
        self.comment(
            "AKS gives spot nodes a label and a taint of its own; unless they are here too, every plan removes them. "
            "It upgrades spot nodes in place, and refuses a surge of them."
        )
        pool = self.resource(
            KubernetesClusterNodePool,
            "this",
            for_each=for_each("var.node_pools"),
            name=text("each.key"),
            temporary_name_for_rotation="tmp${substr(sha1(each.key), 0, 8)}",
            kubernetes_cluster_id=cluster.id,
            orchestrator_version=inputs.kubernetes_version,
            vm_size=text("lookup(local.vm_sizes, each.value.size, each.value.size)"),
            os_disk_type=text('lookup(local.os_disk_types, each.value.size, "Managed")'),
            os_disk_size_gb=number(f"lookup(local.os_disk_gb, each.value.size, {NAMED_NODE_DISK_GB})"),
            host_encryption_enabled=True,
            auto_scaling_enabled=True,
            min_count=number("each.value.min_nodes"),
            max_count=number("each.value.max_nodes"),
            max_pods=MAX_PODS,
            zones=strings("local.zones"),
            vnet_subnet_id=text("var.node_subnet_ids[0]"),
            priority=text('each.value.spot ? "Spot" : "Regular"'),
            eviction_policy=text('each.value.spot ? "Delete" : null'),
            spot_max_price=number("each.value.spot ? -1 : null"),
            node_labels=string_map(
                f'merge(\n  each.value.labels,\n  each.value.spot ? {{ "{_SPOT}" = "{_SPOT_VALUE}" }} : {{}}\n)'
            ),
            node_taints=strings(
                "concat(\n"
                '  [for taint in each.value.taints : format("%s=%s:%s", taint.key, taint.value, taint.effect)],\n'
                f'  each.value.spot ? ["{_SPOT}={_SPOT_VALUE}:NoSchedule"] : []\n'
                ")"
            ),
            tags=inputs.tags,
        )
        dynamic(pool, "upgrade_settings", for_each="each.value.spot ? [] : [1]", content=_UPGRADE)

    def _logs(self, cluster: KubernetesCluster, workspace_id: str) -> None:
        self.resource(
            MonitorDiagnosticSetting,
            "this",
            name="audit",
            target_resource_id=cluster.id,
            log_analytics_workspace_id=workspace_id,
            log_analytics_destination_type="Dedicated",
            enabled_log=[MonitorDiagnosticSettingEnabledLog(category=category) for category in _LOGS],
        )
