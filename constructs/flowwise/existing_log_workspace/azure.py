"""A workspace of Log Analytics that is there already."""

from cdk.azurerm import DataAzurermClientConfig, DataAzurermResources
from cdk.core import Postcondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import text
from flowwise.authoring.identifiers import is_identifier
from flowwise.authoring.module import Module
from flowwise.azure.account import is_in_subscription
from flowwise.existing_log_workspace import (
    EXISTING_LOG_WORKSPACE,
    ExistingLogWorkspaceInputs,
    ExistingLogWorkspaceOutputs,
)
from flowwise.tables.existing_ids import LOG_WORKSPACES

_WORKSPACE = LOG_WORKSPACES["azure"]


class AzureExistingLogWorkspace(Module[ExistingLogWorkspaceInputs, ExistingLogWorkspaceOutputs]):
    """A workspace of the same subscription, of whatever region."""

    contract = EXISTING_LOG_WORKSPACE
    path = "modules/existing-log-workspace/azure"

    def build(self, inputs: ExistingLogWorkspaceInputs) -> ExistingLogWorkspaceOutputs:
        """Add the module's resources."""
        self.comment("/subscriptions/<1>/resourceGroups/<3>/providers/Microsoft.OperationalInsights/workspaces/<7>")
        self.local("path", text('split("/", trimprefix(var.workspace_id, "/"))'))
        self.resource(DataAzurermClientConfig, "current")
        self.comment("As any resource: the data source of workspaces would bring their keys into the state.")
        self.resource(
            DataAzurermResources,
            "this",
            type="Microsoft.OperationalInsights/workspaces",
            name=text("local.path[7]"),
            resource_group_name=text("local.path[3]"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    is_identifier("workspace_id", _WORKSPACE),
                    is_in_subscription(
                        "The workspace must be in the environment's own subscription, in which whoever "
                        "applies may send logs to it."
                    ),
                ],
                postcondition=[
                    Postcondition(
                        condition=text("length(self.resources) == 1"),
                        error_message="There is no workspace ${var.workspace_id}.",
                    )
                ],
            ),
        )
        # Azure may tell the identifier in other capitals, of which each service would be told anew.
        return ExistingLogWorkspaceOutputs(
            log_workspace_id=text("one([for workspace in data.azurerm_resources.this.resources : var.workspace_id])")
        )
