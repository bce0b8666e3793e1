"""Who administers a cluster of AKS, by the roles of Azure itself."""

from cdk.azurerm import RoleAssignment
from flowwise.authoring.expressions import for_each, text
from flowwise.authoring.module import TerraformFolder

_ROLES = {
    "administrators": "Azure Kubernetes Service RBAC Cluster Admin",
    "administrators_sign_in": "Azure Kubernetes Service Cluster User Role",
}


def add_administrators(module: TerraformFolder, cluster_id: str) -> None:
    """Add the rights of `var.administrators`."""
    for name, role in _ROLES.items():
        if name == "administrators_sign_in":
            module.comment("The role above holds inside the cluster; this one lets its members download a kubeconfig.")
        module.resource(
            RoleAssignment,
            name,
            for_each=for_each("var.administrators"),
            scope=cluster_id,
            role_definition_name=role,
            principal_id=text("each.value"),
            principal_type="Group",
            description=text("each.key"),
        )
