"""What modules on Azure have in common for those who run them: a log workspace and a deletion lock."""

from typing import Any

from cdk.azurerm import LogAnalyticsWorkspace, ManagementLock, ResourceGroup
from cdk.core import TerraformCount
from flowwise.authoring.expressions import number, text
from flowwise.authoring.module import Module
from flowwise.tables.naming import resource_name


def log_workspace(
    module: Module[Any, Any], purpose: str, *, group: ResourceGroup, retention_days: int, tags: dict[str, str]
) -> str:
    """Add the workspace that the module's logs go to, unless the input log_workspace_id names one; gives its id."""
    count = number("var.log_workspace_id == null ? 1 : 0")
    workspace = add_log_workspace(module, purpose, group=group, retention_days=retention_days, tags=tags, count=count)
    return module.local("log_workspace_id", text(f"one(concat({workspace.fqn}[*].id, var.log_workspace_id[*]))"))


def add_log_workspace(
    module: Module[Any, Any],
    purpose: str,
    *,
    group: ResourceGroup,
    retention_days: int,
    tags: dict[str, str],
    count: int | None = None,
) -> LogAnalyticsWorkspace:
    """Add a workspace of the module's own."""
    module.comment("Logs arrive inside Azure: nothing has to come in from the Internet, or with a shared key.")
    return module.resource(
        LogAnalyticsWorkspace,
        "this",
        count=count,
        name=resource_name("log_analytics_workspace", purpose),
        location=group.location,
        resource_group_name=group.name,
        sku="PerGB2018",
        retention_in_days=retention_days,
        internet_ingestion_enabled=False,
        local_authentication_enabled=False,
        tags=tags,
    )


def add_group_lock(module: Module[Any, Any], group: ResourceGroup, *, also_blocks: str) -> None:
    """Lock the resource group when `var.protected`. `also_blocks` says what else cannot be removed meanwhile."""
    module.comment(
        "On the group, so that it also stops a plan that replaces what is in it. It has to be lifted, with "
        f"protected = false, to {also_blocks}."
    )
    add_lock(module, group.id, "resource group")


def add_lock(module: Module[Any, Any], scope: str, what: str) -> None:
    """Lock a resource, and all that is below it, against being deleted, when `var.protected`; and so its group."""
    module.resource(
        ManagementLock,
        "this",
        count=TerraformCount.of(number("var.protected ? 1 : 0")),
        name="protected",
        scope=scope,
        lock_level="CanNotDelete",
        notes=f"Set by the input protected of the module that made this {what}.",
    )
