"""The cluster on Google Cloud: a regional GKE cluster, its node pools, keys, logs and the access of people."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import Precondition, TerraformResourceLifecycle
from cdk.google import (
    ContainerCluster,
    ContainerClusterAnonymousAuthenticationConfig,
    ContainerClusterBinaryAuthorization,
    ContainerClusterControlPlaneEndpointsConfig,
    ContainerClusterControlPlaneEndpointsConfigDnsEndpointConfig,
    ContainerClusterCostManagementConfig,
    ContainerClusterDatabaseEncryption,
    ContainerClusterDnsConfig,
    ContainerClusterGatewayApiConfig,
    ContainerClusterIpAllocationPolicy,
    ContainerClusterLoggingConfig,
    ContainerClusterMaintenancePolicy,
    ContainerClusterMaintenancePolicyRecurringWindow,
    ContainerClusterMasterAuth,
    ContainerClusterMasterAuthClientCertificateConfig,
    ContainerClusterMasterAuthorizedNetworksConfig,
    ContainerClusterMasterAuthorizedNetworksConfigCidrBlocks,
    ContainerClusterMonitoringConfig,
    ContainerClusterMonitoringConfigManagedPrometheus,
    ContainerClusterNetworkPolicy,
    ContainerClusterNodeConfig,
    ContainerClusterNodeConfigShieldedInstanceConfig,
    ContainerClusterNodeConfigWorkloadMetadataConfig,
    ContainerClusterPrivateClusterConfig,
    ContainerClusterRbacBindingConfig,
    ContainerClusterReleaseChannel,
    ContainerClusterSecurityPostureConfig,
    ContainerClusterWorkloadIdentityConfig,
    ContainerNodePool,
    ContainerNodePoolAutoscaling,
    ContainerNodePoolManagement,
    ContainerNodePoolNetworkConfig,
    ContainerNodePoolNodeConfig,
    ContainerNodePoolNodeConfigKubeletConfig,
    ContainerNodePoolNodeConfigShieldedInstanceConfig,
    ContainerNodePoolNodeConfigTaint,
    ContainerNodePoolNodeConfigWorkloadMetadataConfig,
    ContainerNodePoolUpgradeSettings,
    DataGoogleComputeZones,
    DataGoogleProject,
    KmsCryptoKeyIamMember,
    ProjectIamMember,
    ServiceAccount,
)
from flowwise.authoring.expressions import boolean, for_each, number, string_map, strings, text
from flowwise.authoring.module import Module
from flowwise.encryption.google import example_key
from flowwise.google.encryption import allow_encryption
from flowwise.google.logs import keep_logs
from flowwise.google.project import PROJECT, add_project
from flowwise.k8s_cluster import K8S_CLUSTER, NO_ROUTED, K8sClusterInputs, K8sClusterOutputs
from flowwise.k8s_cluster.access.google import add_administrators, are_groups
from flowwise.tables.naming import resource_name
from flowwise.tables.node_pools import SPOT_TAINTS
from flowwise.tables.pod_ranges import BITS_OF_A_NODE, SPARE_NODES
from flowwise.tables.sizes import MAX_PODS, NODE_DISK_GB, NODE_SIZES
from flowwise.tables.traffic import GKE_DNS, PRIVATE_RANGES
from flowwise.tables.upgrades import GOOGLE_SURGE_NODES

# 06:00 UTC is 03:00 in Brasília. GKE asks for 48 hours in any 32 days.
_WINDOW = ContainerClusterMaintenancePolicyRecurringWindow(
    start_time="2026-01-03T06:00:00Z", end_time="2026-01-03T12:00:00Z", recurrence="FREQ=WEEKLY;BYDAY=SA,SU"
)
# GKE wants to be told since when its upgrades are held back, and takes a day of the past.
_HELD_BACK_SINCE = "2026-01-01T00:00:00Z"
_CONTROL_PLANE_COMPONENTS = ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"]
# GKE's own pods, such as DNS, tolerate this taint.
_SYSTEM_TAINT = ContainerNodePoolNodeConfigTaint(
    key="components.gke.io/gke-managed-components", value="true", effect="NO_SCHEDULE"
)
_SPOT, _SPOT_VALUE = SPOT_TAINTS["google"]
_SPARE = SPARE_NODES["google"]
_KEY = text("var.encryption_key.id")
_PRIVATE = "length(var.public_access_cidrs) == 0"


class GoogleK8sCluster(Module[K8sClusterInputs, K8sClusterOutputs]):
    """A regional GKE cluster, whose API server has no public address unless somebody may use it."""

    contract = K8S_CLUSTER
    path = "modules/k8s-cluster/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "network_id": "projects/flowwise-project/global/networks/flowwise-dev",
        "control_plane_subnet_ids": [
            "projects/flowwise-project/regions/southamerica-east1/subnetworks/flowwise-dev-control-plane"
        ],
        "node_subnet_ids": ["projects/flowwise-project/regions/southamerica-east1/subnetworks/flowwise-dev-nodes"],
        "administrators": {"platform-team": "platform-team@example.com"},
        "encryption_key": example_key("cluster"),
    }

    def build(self, inputs: K8sClusterInputs) -> K8sClusterOutputs:
        """Add the module's resources."""
        self.require("cluster_name", "!var.routed", NO_ROUTED)
        self._locals()
        project = add_project(self)
        self.resource(DataGoogleComputeZones, "this", region=inputs.region)
        encryption = self._allow_encryption(project)
        nodes, role = self._node_account()
        cluster = self._cluster(nodes, [*encryption, role], inputs)
        self._system_pool(cluster, nodes, inputs)
        self._node_pools(cluster, nodes, inputs)
        self._logs(cluster, inputs)
        add_administrators(self, cluster.id)
        return K8sClusterOutputs(
            cluster_id=cluster.id,
            cluster_name=cluster.name,
            endpoint=f"https://{self._address()}",
            # The front end's certificate is a public authority's.
            ca_certificate=text(
                'var.identity_endpoint ? "" : google_container_cluster.this.master_auth[0].cluster_ca_certificate'
            ),
            oidc_issuer_url=f"https://container.googleapis.com/v1/{cluster.id}",
            node_identity_id=nodes.member,
            balancer_identity_id=text("null"),
        )

    def _locals(self) -> None:
        self.local("machine_types", {size: machines["google"] for size, machines in NODE_SIZES.items()})
        self.local("zones", text("slice(sort(data.google_compute_zones.this.names), 0, var.zone_count)"))
        self.local(
            "taint_effects",
            {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"},
        )

    def _allow_encryption(self, project: DataGoogleProject) -> list[KmsCryptoKeyIamMember]:
        self.comment(
            "GKE's own account, which a project has from the day that its API is enabled. It encrypts Kubernetes "
            "secrets in etcd."
        )
        secrets = self._allow("secrets", f"service-{project.number}@container-engine-robot")
        self.comment("Compute Engine's own account: it makes the nodes' disks.")
        disks = self._allow("disks", f"service-{project.number}@compute-system")
        return [secrets, disks]

    def _allow(self, name: str, account: str) -> KmsCryptoKeyIamMember:
        return allow_encryption(self, name, f"serviceAccount:{account}.iam.gserviceaccount.com")

    def _node_account(self) -> tuple[ServiceAccount, ProjectIamMember]:
        self.comment("The nodes' own, because Compute Engine's default account may edit the whole project.")
        nodes = self.resource(
            ServiceAccount,
            "nodes",
            account_id=resource_name("gke_node_account"),
            display_name="Nodes of the cluster of ${var.name}.",
        )
        self.comment("The least that GKE wants of nodes: to write logs and metrics.")
        role = self.resource(
            ProjectIamMember,
            "nodes",
            project=PROJECT,
            role="roles/container.defaultNodeServiceAccount",
            member=nodes.member,
        )
        return nodes, role

    def _cluster(
        self,
        nodes: ServiceAccount,
        grants: list[KmsCryptoKeyIamMember | ProjectIamMember],
        inputs: K8sClusterInputs,
    ) -> ContainerCluster:
        self.comment(
            "The API server answers on its private address, and has a public one only if public_access_cidrs admit "
            "somebody to it. Its DNS endpoint is shut to users unless identity_endpoint opens it: it faces the "
            "Internet, guarded by IAM (container.clusters.connect) and by VPC Service Controls, if any. Dataplane "
            "V2 enforces network policies, and excludes the older way to it, network_policy. Names are asked of pods, "
            "which policies know; GKE's other DNS answers at the address of the metadata service. Envoy Gateway brings "
            "the Gateway API's resource definitions, and GKE's own would stand in their way. Binary authorization "
            "applies the project's policy, which admits every image until somebody says otherwise. Logs of workloads "
            "go where their metrics go, to the tool that watches them. The label tells clusters of a project apart in "
            "bills and lists, whatever tags there are. Until the support of a minor version ends, GKE applies nothing "
            "but its patches."
        )
        self.skip_check("CKV_GCP_65", "Administrators are groups with a role in IAM; no other group needs rights here.")
        cluster = self.resource(
            ContainerCluster,
            "this",
            name=resource_name("gke_cluster"),
            location=inputs.region,
            node_locations=strings("local.zones"),
            min_master_version=inputs.kubernetes_version,
            release_channel=ContainerClusterReleaseChannel(channel="REGULAR"),
            deletion_protection=inputs.protected,
            network=inputs.network_id,
            subnetwork=text("var.node_subnet_ids[0]"),
            networking_mode="VPC_NATIVE",
            datapath_provider="ADVANCED_DATAPATH",
            network_policy=ContainerClusterNetworkPolicy(enabled=False),
            enable_intranode_visibility=True,
            dns_config=ContainerClusterDnsConfig(cluster_dns=GKE_DNS),
            default_max_pods_per_node=MAX_PODS,
            enable_shielded_nodes=True,
            # The pools below are all there is; the first one is made with the cluster and goes at once.
            remove_default_node_pool=True,
            initial_node_count=1,
            resource_labels=inputs.tags,
            ip_allocation_policy=ContainerClusterIpAllocationPolicy(
                cluster_ipv4_cidr_block=inputs.pod_cidr, services_ipv4_cidr_block=inputs.service_cidr
            ),
            private_cluster_config=ContainerClusterPrivateClusterConfig(
                enable_private_nodes=True,
                enable_private_endpoint=boolean(f"{_PRIVATE} ? true : null"),  # the provider plans false as null
                private_endpoint_subnetwork=text("var.control_plane_subnet_ids[0]"),
            ),
            master_authorized_networks_config=ContainerClusterMasterAuthorizedNetworksConfig(
                gcp_public_cidrs_access_enabled=False,
                private_endpoint_enforcement_enabled=True,
                cidr_blocks=[
                    ContainerClusterMasterAuthorizedNetworksConfigCidrBlocks(
                        cidr_block=cidr, display_name="this and connected networks"
                    )
                    for cidr in PRIVATE_RANGES
                ],
            ),
            control_plane_endpoints_config=ContainerClusterControlPlaneEndpointsConfig(
                dns_endpoint_config=ContainerClusterControlPlaneEndpointsConfigDnsEndpointConfig(
                    allow_external_traffic=boolean("var.identity_endpoint")
                )
            ),
            master_auth=ContainerClusterMasterAuth(
                client_certificate_config=ContainerClusterMasterAuthClientCertificateConfig(
                    issue_client_certificate=False
                )
            ),
            database_encryption=ContainerClusterDatabaseEncryption(state="ENCRYPTED", key_name=_KEY),
            workload_identity_config=ContainerClusterWorkloadIdentityConfig(workload_pool=f"{PROJECT}.svc.id.goog"),
            # Whoever has a Google account is "authenticated" to Kubernetes: no role may be bound to them all.
            rbac_binding_config=ContainerClusterRbacBindingConfig(
                enable_insecure_binding_system_authenticated=False,
                enable_insecure_binding_system_unauthenticated=False,
            ),
            anonymous_authentication_config=ContainerClusterAnonymousAuthenticationConfig(mode="LIMITED"),
            binary_authorization=ContainerClusterBinaryAuthorization(
                evaluation_mode="PROJECT_SINGLETON_POLICY_ENFORCE"
            ),
            security_posture_config=ContainerClusterSecurityPostureConfig(mode="BASIC"),
            gateway_api_config=ContainerClusterGatewayApiConfig(channel="CHANNEL_DISABLED"),
            cost_management_config=ContainerClusterCostManagementConfig(enabled=True),
            logging_config=ContainerClusterLoggingConfig(enable_components=_CONTROL_PLANE_COMPONENTS),
            monitoring_config=ContainerClusterMonitoringConfig(
                enable_components=_CONTROL_PLANE_COMPONENTS,
                managed_prometheus=ContainerClusterMonitoringConfigManagedPrometheus(enabled=False),
            ),
            maintenance_policy=ContainerClusterMaintenancePolicy(recurring_window=_WINDOW),
            node_config=ContainerClusterNodeConfig(
                service_account=nodes.email,
                boot_disk_kms_key=_KEY,
                shielded_instance_config=ContainerClusterNodeConfigShieldedInstanceConfig(
                    enable_secure_boot=True, enable_integrity_monitoring=True
                ),
                workload_metadata_config=ContainerClusterNodeConfigWorkloadMetadataConfig(mode="GKE_METADATA"),
            ),
            depends_on=grants,
            lifecycle=TerraformResourceLifecycle(
                # It describes the pool that is gone.
                ignore_changes=["node_config"],
                precondition=self._preconditions(),
            ),
        )
        cluster.add_override(
            "master_authorized_networks_config.dynamic.cidr_blocks",
            {
                "for_each": text("toset(var.public_access_cidrs)"),
                "content": {"cidr_block": text("cidr_blocks.value"), "display_name": "public_access_cidrs"},
            },
        )
        # The binding wants a day on which it ends.
        cluster.add_override(
            "maintenance_policy.maintenance_exclusion",
            [
                {
                    "exclusion_name": "next-minor-version",
                    "start_time": _HELD_BACK_SINCE,
                    "exclusion_options": [{"scope": "NO_MINOR_UPGRADES", "end_time_behavior": "UNTIL_END_OF_SUPPORT"}],
                }
            ],
        )
        self.comment(
            "Versions of the pools that are not behind kubernetes_version: GKE gives them patches, and the next minor "
            "version once the support of this one has ended. A pool that is behind goes to kubernetes_version, after "
            "the control plane."
        )
        minor = 'tonumber(split(".", {})[1])'.format
        self.local(
            "kept_versions",
            text(
                "{\n"
                "  for pool in google_container_cluster.this.node_pool :\n"
                f"  pool.name => pool.version if {minor('pool.version')} >= {minor('var.kubernetes_version')}\n"
                "}"
            ),
        )
        return cluster

    def _address(self) -> str:
        cluster = "google_container_cluster.this"
        addresses = f"{cluster}.private_cluster_config[0]"
        front_end = f"{cluster}.control_plane_endpoints_config[0].dns_endpoint_config[0].endpoint"
        return self.local(
            "address",
            text(
                f"var.identity_endpoint ? {front_end} : (\n"
                f"  {_PRIVATE} ? {addresses}.private_endpoint : {addresses}.public_endpoint\n"
                ")"
            ),
        )

    def _preconditions(self) -> list[Precondition]:
        return [
            Precondition(
                condition=text(
                    "alltrue([\n"
                    "  for id in concat(var.control_plane_subnet_ids, var.node_subnet_ids) :\n"
                    '  strcontains(id, "/regions/${var.region}/subnetworks/")\n'
                    "])"
                ),
                error_message="control_plane_subnet_ids and node_subnet_ids must be subnetworks in region.",
            ),
            Precondition(
                condition=text(
                    f"sum(concat([var.system_pool.max_nodes + {_SPARE}], [for pool in values(var.node_pools) : "
                    f'pool.max_nodes + {_SPARE}])) <= pow(2, {BITS_OF_A_NODE} - tonumber(split("/", var.pod_cidr)[1]))'
                ),
                error_message=(
                    "pod_cidr is too small for the nodes that the pools may have at most, and one more of each while "
                    f"it is upgraded: each node takes a /{BITS_OF_A_NODE} of it."
                ),
            ),
            Precondition(
                condition=text('tonumber(split("/", var.service_cidr)[1]) >= 16'),
                error_message="service_cidr must be a /16 or smaller: GKE takes no larger range for services.",
            ),
            are_groups(),
        ]

    def _system_pool(self, cluster: ContainerCluster, nodes: ServiceAccount, inputs: K8sClusterInputs) -> None:
        self.comment(
            "Only GKE's own pods, such as DNS, tolerate its taint. A pool begins with as many nodes in each zone as in "
            "any other, and GKE adds none for the sake of min_nodes alone. So one that may have fewer nodes than there "
            "are zones is in so many of them: what lowers max_nodes below that takes a zone away, and pods whose disks "
            "are there wait."
        )
        self.resource(
            ContainerNodePool,
            "system",
            name="system",
            cluster=cluster.id,
            version=_version('"system"'),
            **_pool("var.system_pool"),
            node_config=ContainerNodePoolNodeConfig(**_node("var.system_pool", nodes, inputs), taint=[_SYSTEM_TAINT]),
        )

    def _node_pools(self, cluster: ContainerCluster, nodes: ServiceAccount, inputs: K8sClusterInputs) -> None:
        self.comment(
            "GKE labels spot nodes by itself, but only this taint keeps off them what cannot bear to lose its node."
        )
        pool = self.resource(
            ContainerNodePool,
            "this",
            for_each=for_each("var.node_pools"),
            name=text("each.key"),
            cluster=cluster.id,
            version=_version("each.key"),
            **_pool("each.value", location_policy=text('each.value.spot ? "ANY" : "BALANCED"')),
            node_config=ContainerNodePoolNodeConfig(
                **_node("each.value", nodes, inputs),
                spot=boolean("each.value.spot"),
                labels=string_map("each.value.labels"),
            ),
        )
        pool.add_override(
            "node_config.dynamic.taint",
            {
                "for_each": text(
                    "concat(\n"
                    "  each.value.taints,\n"
                    "  each.value.spot ? "
                    f'[{{ key = "{_SPOT}", value = "{_SPOT_VALUE}", effect = "NoSchedule" }}] : []\n'
                    ")"
                ),
                "content": {
                    "key": text("taint.value.key"),
                    "value": text("taint.value.value"),
                    "effect": text("local.taint_effects[taint.value.effect]"),
                },
            },
        )

    def _logs(self, cluster: ContainerCluster, inputs: K8sClusterInputs) -> None:
        keep_logs(
            self,
            "cluster",
            of="of the cluster",
            region=inputs.region,
            retention_days=inputs.log_retention_days,
            filter=(f'resource.labels.cluster_name="{cluster.name}" AND resource.labels.location="{cluster.location}"'),
            why="Audit logs have who changed what. Who read what would cost many times as much, and is in it only "
            "where the project asks for it. ",
        )


def _version(pool: str) -> str:
    """Of a pool's nodes; `pool` is the expression of its name."""
    return text(f"lookup(local.kept_versions, {pool}, var.kubernetes_version)")


def _pool(settings: str, location_policy: str = "BALANCED") -> dict[str, Any]:
    """Arguments that all node pools have; `settings` is the expression of a pool's object."""
    zones = f"min(var.zone_count, {settings}.max_nodes)"
    return {
        "node_locations": strings(f"slice(local.zones, 0, {zones})"),
        # By zone, unlike the other numbers, and only to begin with.
        "initial_node_count": number(
            f"min(ceil({settings}.min_nodes / {zones}), floor({settings}.max_nodes / {zones}))"
        ),
        "max_pods_per_node": MAX_PODS,
        "autoscaling": ContainerNodePoolAutoscaling(
            total_min_node_count=number(f"{settings}.min_nodes"),
            total_max_node_count=number(f"{settings}.max_nodes"),
            location_policy=location_policy,
        ),
        "management": ContainerNodePoolManagement(auto_repair=True, auto_upgrade=True),
        "upgrade_settings": ContainerNodePoolUpgradeSettings(
            strategy="SURGE", max_surge=GOOGLE_SURGE_NODES, max_unavailable=0
        ),
        "network_config": ContainerNodePoolNetworkConfig(enable_private_nodes=True),
        "lifecycle": TerraformResourceLifecycle(ignore_changes=["initial_node_count"]),
    }


def _node(settings: str, nodes: ServiceAccount, inputs: K8sClusterInputs) -> dict[str, Any]:
    """Arguments that all nodes have; `settings` is the expression of their pool's object."""
    return {
        "machine_type": text(f"lookup(local.machine_types, {settings}.size, {settings}.size)"),
        "image_type": "COS_CONTAINERD",
        "disk_type": "pd-balanced",
        "disk_size_gb": NODE_DISK_GB,
        "boot_disk_kms_key": _KEY,
        "service_account": nodes.email,
        # Scopes are the older way to limit an account; its roles do that.
        "oauth_scopes": ["https://www.googleapis.com/auth/cloud-platform"],
        "resource_labels": inputs.tags,
        "shielded_instance_config": ContainerNodePoolNodeConfigShieldedInstanceConfig(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        # Pods get their own identity from the metadata server, and never the node's.
        "workload_metadata_config": ContainerNodePoolNodeConfigWorkloadMetadataConfig(mode="GKE_METADATA"),
        "kubelet_config": ContainerNodePoolNodeConfigKubeletConfig(insecure_kubelet_readonly_port_enabled="FALSE"),
    }
