"""A log workspace that is there already, for the logs of whatever the environment has."""

from flowwise.authoring.contract import Contract, Inputs, Outputs, output, variable
from flowwise.tables.existing_ids import LOG_WORKSPACES


class ExistingLogWorkspaceInputs(Inputs):
    """What a workspace that is there is found by."""

    workspace_id: str = variable("Identifier of the workspace.", example=LOG_WORKSPACES["azure"].example)


class ExistingLogWorkspaceOutputs(Outputs):
    """What those need to know who send logs there."""

    log_workspace_id: str = output("Identifier of the workspace, which is there.")


EXISTING_LOG_WORKSPACE = Contract(
    "existing-log-workspace",
    "A log workspace that is there already, looked up: nothing of it is made or changed.",
    ExistingLogWorkspaceInputs,
    ExistingLogWorkspaceOutputs,
)
