"""What modules on Google Cloud that name their project have in common."""

from typing import Any

from cdk.core import Precondition
from cdk.google import DataGoogleProject
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module

PROJECT = text("local.project")
"""The project's name, in a module that has it added."""


def add_project(module: Module[Any, Any], project_id: str | None = None) -> DataGoogleProject:
    """Add the project that Terraform works in, or another one, and its name as a local value."""
    project = module.resource(DataGoogleProject, "this", project_id=project_id)
    module.comment("The provider's project: asked for without a name, it tells its name in the id alone.")
    module.local("project", text('trimprefix(data.google_project.this.id, "projects/")'))
    return project


def is_in_project(message: str, *, and_region: bool = True) -> Precondition:
    """That what `local.path` leads to is in the project of `add_project`, and in the region."""
    in_region = " && try(local.path[3], null) == var.region" if and_region else ""
    return Precondition(condition=text(f"try(local.path[1], null) == local.project{in_region}"), error_message=message)
