"""The workloads' identities on Azure: user-assigned ones that trust the cluster's service accounts."""

from cdk.azurerm import FederatedIdentityCredential, ResourceGroup, UserAssignedIdentity
from flowwise.authoring.expressions import anything, for_each, string_map, text
from flowwise.authoring.module import Module
from flowwise.tables.naming import resource_name
from flowwise.workload_identity import WORKLOAD_IDENTITY, WorkloadIdentityInputs, WorkloadIdentityOutputs


def _of_each(attribute: str) -> str:
    """A map from each workload to what the expression `attribute` makes of its `identity`."""
    return f"{{ for workload, identity in azurerm_user_assigned_identity.this : workload => {attribute} }}"


class AzureWorkloadIdentity(Module[WorkloadIdentityInputs, WorkloadIdentityOutputs]):
    """One identity and one federated credential for each workload, as Microsoft Entra Workload ID wants them."""

    contract = WORKLOAD_IDENTITY
    path = "modules/workload-identity/azure"

    def build(self, inputs: WorkloadIdentityInputs) -> WorkloadIdentityOutputs:
        """Add the module's resources."""
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "identities"),
            location=inputs.region,
            tags=inputs.tags,
        )
        self.resource(
            UserAssignedIdentity,
            "this",
            for_each=for_each("var.workloads"),
            name=resource_name("managed_identity", "${each.key}"),
            location=group.location,
            resource_group_name=group.name,
            tags=inputs.tags,
        )
        self.comment(
            "Microsoft Entra takes the cluster's tokens of this one service account for the identity, so that nothing "
            "secret is handed out. One to an identity: Azure refuses to write two of the same identity at once."
        )
        self.resource(
            FederatedIdentityCredential,
            "this",
            for_each=for_each("var.workloads"),
            name="kubernetes",
            resource_group_name=group.name,
            parent_id=text("azurerm_user_assigned_identity.this[each.key].id"),
            issuer=inputs.oidc_issuer_url,
            subject="system:serviceaccount:${each.value.namespace}:${each.value.name}",
            audience=["api://AzureADTokenExchange"],
        )
        return WorkloadIdentityOutputs(
            principal_ids=string_map(_of_each("identity.principal_id")),
            client_ids=string_map(_of_each("identity.client_id")),
            service_account_annotations=anything(
                _of_each(
                    "{\n"
                    '    "azure.workload.identity/client-id" = identity.client_id\n'
                    '    "azure.workload.identity/tenant-id" = identity.tenant_id\n'
                    "  }"
                )
            ),
            # Without it, the webhook of Azure Workload Identity leaves a pod alone.
            pod_labels={"azure.workload.identity/use": "true"},
        )
