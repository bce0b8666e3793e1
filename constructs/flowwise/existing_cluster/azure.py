"""A cluster of AKS that is there already: looked up, with the rights of administrators.

What no data source tells, its owner sees to: the webhook of workload identity, a way for the control plane to the
subnets, and whether local accounts are disabled, where whoever plans may not ask for theirs.
"""

from cdk.azurerm import (
    DataAzurermClientConfig,
    DataAzurermKubernetesCluster,
    DataAzurermUserAssignedIdentity,
)
from cdk.core import Postcondition, Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import number, text
from flowwise.authoring.identifiers import is_identifier
from flowwise.authoring.module import Module
from flowwise.azure.account import is_in_subscription
from flowwise.existing_cluster import EXISTING_CLUSTER, ExistingClusterInputs
from flowwise.existing_cluster.conditions import has_pools, has_ranges, is_not_older
from flowwise.k8s_cluster import NO_IDENTITY_ENDPOINT, K8sClusterOutputs
from flowwise.k8s_cluster.access.azure import add_administrators
from flowwise.tables.existing_ids import CLUSTERS

_CLUSTER = CLUSTERS["azure"]
_THIS = "data.azurerm_kubernetes_cluster.this"


class AzureExistingCluster(Module[ExistingClusterInputs, K8sClusterOutputs]):
    """A cluster of the same subscription and region, that Azure's own roles let people and pipelines into."""

    contract = EXISTING_CLUSTER
    path = "modules/existing-cluster/azure"

    def build(self, inputs: ExistingClusterInputs) -> K8sClusterOutputs:
        """Add the module's resources. Nothing is made, and so nothing is named or tagged."""
        self.require("endpoint", "!var.identity_endpoint", NO_IDENTITY_ENDPOINT)
        self.comment("/subscriptions/<1>/resourceGroups/<3>/providers/Microsoft.ContainerService/managedClusters/<7>")
        self.local("path", text('split("/", trimprefix(var.cluster_id, "/"))'))
        self.resource(DataAzurermClientConfig, "current")
        self.comment(
            "The data source has what a kubeconfig has. Where Microsoft Entra signs everybody in, that is no secret; "
            "where local accounts do too, it would be a key to the whole cluster, so such a cluster is refused. A plan "
            "that is refused leaves no state. No use of tags."
        )
        cluster = self.resource(
            DataAzurermKubernetesCluster,
            "this",
            name=text("local.path[7]"),
            resource_group_name=text("local.path[3]"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    is_identifier("cluster_id", _CLUSTER),
                    is_in_subscription(
                        "The cluster must be in the environment's own subscription: administrators are "
                        "given rights on it."
                    ),
                ],
                postcondition=[*_access(), *_identity(), *_network(), *_nodes()],
            ),
        )
        self.comment("No use of network_id: it is in that of its nodes' subnets.")
        self.local("subnets", text("[for id in var.node_subnet_ids : lower(id)]"))
        self.require(
            "cluster_id",
            f"alltrue([\n  for pool in {_THIS}.agent_pool_profile :\n"
            "  try(contains(local.subnets, lower(pool.vnet_subnet_id)), false)\n])",
            'The cluster\'s nodes must be in ${join(", ", var.node_subnet_ids)}: databases and policies let these in.',
        )
        self._control_plane()
        add_administrators(self, cluster.id)
        return K8sClusterOutputs(
            cluster_id=cluster.id,
            cluster_name=cluster.name,
            endpoint=f"https://${{{_THIS}.private_cluster_enabled ? {_THIS}.private_fqdn : {_THIS}.fqdn}}:443",
            # Who plans a pull request may not ask for it, and changes nothing.
            ca_certificate=text(f'try({_THIS}.kube_config[0].cluster_ca_certificate, "")'),
            oidc_issuer_url=cluster.oidc_issuer_url,
            node_identity_id=cluster.kubelet_identity.get(0).object_id,
            balancer_identity_id=text(
                "one(concat(\n"
                "  data.azurerm_user_assigned_identity.control_plane[*].principal_id,\n"
                f"  [for identity in {_THIS}.identity : identity.principal_id if !local.own_identity]\n"
                "))"
            ),
        )

    def _control_plane(self) -> None:
        self.comment("An identity of its own has its principal told by Azure's directory alone.")
        self.local("own_identity", text(f'{_THIS}.identity[0].type == "UserAssigned"'))
        self.local(
            "identity",
            text(f'local.own_identity ? split("/", trimprefix({_THIS}.identity[0].identity_ids[0], "/")) : []'),
        )
        self.resource(
            DataAzurermUserAssignedIdentity,
            "control_plane",
            count=number("local.own_identity ? 1 : 0"),
            name=text("local.identity[7]"),
            resource_group_name=text("local.identity[3]"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("local.identity[1] == data.azurerm_client_config.current.subscription_id"),
                        error_message="The identity of the cluster's control plane must be in the environment's own "
                        "subscription, where it is looked up: it is given the right to use the gateway's address.",
                    )
                ]
            ),
        )


def _access() -> list[Postcondition]:
    return [
        Postcondition(
            condition=text("try(self.azure_active_directory_role_based_access_control[0].azure_rbac_enabled, false)"),
            error_message="The cluster must have Microsoft Entra sign everybody in, and Azure's roles say what they "
            "may: administrators and pipelines are given such roles.",
        ),
        Postcondition(
            condition=text("length(self.kube_admin_config) == 0"),
            error_message="The cluster must have its local accounts disabled: the data source reads their key along, "
            "and it would be in the state.",
        ),
        Postcondition(
            condition=text("!var.private || self.private_cluster_enabled"),
            error_message="The cluster's API server must have no public address.",
        ),
    ]


def _identity() -> list[Postcondition]:
    return [
        Postcondition(
            condition=text('self.oidc_issuer_enabled && self.oidc_issuer_url != ""'),
            error_message="The cluster must have its OIDC issuer enabled, and workload identity: microservices sign in "
            "to Azure by it.",
        ),
        Postcondition(
            condition=text("length(self.identity) == 1 && length(self.kubelet_identity) == 1"),
            error_message="The cluster must have managed identities, and no service principal: rights are given to "
            "them.",
        ),
    ]


def _network() -> list[Postcondition]:
    profile = "self.network_profile[0]"
    return [
        Postcondition(
            condition=text("self.location == var.region"),
            error_message="The cluster must be in ${var.region}, and is in ${self.location}.",
        ),
        has_ranges(f"{profile}.pod_cidr", f"{profile}.service_cidr"),
        Postcondition(
            condition=text(f'try(contains(["azure", "calico", "cilium"], {profile}.network_policy), false)'),
            error_message="The cluster must enforce network policies.",
        ),
    ]


def _nodes() -> list[Postcondition]:
    return [
        is_not_older("self.kubernetes_version"),
        has_pools("self.agent_pool_profile[*].name"),
        Postcondition(
            condition=text("try(self.storage_profile[0].disk_driver_enabled, true)"),
            error_message="The cluster must have its driver of disks enabled: the broker keeps messages on disks.",
        ),
    ]
