"""Who administers a cluster of GKE, by a role of IAM."""

from cdk.core import Precondition
from cdk.google import ProjectIamMember, ProjectIamMemberCondition
from flowwise.authoring.expressions import for_each, text
from flowwise.authoring.module import TerraformFolder
from flowwise.google.project import PROJECT


def are_groups() -> Precondition:
    """That `var.administrators` are groups of Google's."""
    return Precondition(
        condition=text('alltrue([\n  for email in values(var.administrators) : can(regex("^[^@]+@[^@]+$", email))\n])'),
        error_message="administrators must be identified by the e-mail addresses of Google groups.",
    )


def add_administrators(module: TerraformFolder, cluster_id: str) -> None:
    """Add the rights of `var.administrators`."""
    module.comment("Of this cluster and what runs in it, and not of every cluster of the project.")
    module.resource(
        ProjectIamMember,
        "administrators",
        for_each=for_each("var.administrators"),
        project=PROJECT,
        role="roles/container.admin",
        member="group:${each.value}",
        condition=ProjectIamMemberCondition(
            title="Only the cluster of ${var.name}",
            expression=(f'resource.name == "{cluster_id}" || resource.name.startsWith("{cluster_id}/")'),
        ),
    )
