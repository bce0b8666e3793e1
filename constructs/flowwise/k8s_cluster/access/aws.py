"""Who administers a cluster of EKS, and which pipelines deploy to it, by access entries."""

from dataclasses import dataclass

from cdk.aws import EksAccessEntry, EksAccessPolicyAssociation, EksAccessPolicyAssociationAccessScope
from cdk.core import Precondition
from flowwise.authoring.expressions import for_each, text
from flowwise.authoring.module import TerraformFolder
from flowwise.aws.policies import PARTITION, iam_arn
from flowwise.pipeline_identity import READERS
from flowwise.tables.naming import resource_name


@dataclass(frozen=True)
class _Access:
    """Whose: the expression of a map, and by each of it the principal and the access policy."""

    of: str
    principal: str
    policy: str


def are_principals() -> Precondition:
    """That `var.administrators` are roles or users of IAM."""
    return Precondition(
        condition=text(
            "alltrue([\n"
            "  for identifier in values(var.administrators) :\n"
            '  can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/", identifier))\n'
            "])"
        ),
        error_message="administrators must be ARNs of IAM roles or users: EKS admits no IAM group.",
    )


def add_administrators(module: TerraformFolder, cluster_name: str, tags: dict[str, str]) -> None:
    """Add the access of `var.administrators`."""
    _add(
        module,
        "administrators",
        _Access("var.administrators", text("each.value"), "AmazonEKSClusterAdminPolicy"),
        cluster_name,
        tags,
    )


def add_pipelines(module: TerraformFolder, cluster_name: str, tags: dict[str, str]) -> None:
    """Add the access of the environment's pipelines."""
    module.local(
        "pipelines",
        dict.fromkeys(READERS, "AmazonEKSAdminViewPolicy") | {"apply": "AmazonEKSClusterAdminPolicy"},
    )
    module.comment(
        "The roles that the environment's first day has made for its pipelines (pipeline-identity): two read "
        "everything, secrets too, because Helm keeps its releases in them, and one changes it. No administrator "
        "may be one of them."
    )
    principal = iam_arn(f"role/{resource_name('pipeline_role', '${each.key}')}")
    _add(module, "pipelines", _Access("local.pipelines", principal, text("each.value")), cluster_name, tags)


def _add(module: TerraformFolder, who: str, access: _Access, cluster_name: str, tags: dict[str, str]) -> None:
    entry = module.resource(
        EksAccessEntry,
        who,
        for_each=for_each(access.of),
        cluster_name=cluster_name,
        principal_arn=access.principal,
        type="STANDARD",
        tags=tags,
    )
    module.resource(
        EksAccessPolicyAssociation,
        who,
        for_each=for_each(access.of),
        cluster_name=cluster_name,
        principal_arn=access.principal,
        policy_arn=f"arn:{PARTITION}:eks::aws:cluster-access-policy/{access.policy}",
        access_scope=EksAccessPolicyAssociationAccessScope(type="cluster"),
        depends_on=[entry],
    )
