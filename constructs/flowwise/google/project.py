"""What modules on Google Cloud that name their project have in common."""

from typing import Any

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
