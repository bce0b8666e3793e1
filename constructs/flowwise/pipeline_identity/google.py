"""The pipelines on Google Cloud: service accounts that tokens of GitHub's can act as.

Which role has which permission: "IAM roles and permissions index" (cloud.google.com). What limits the granting of
roles: "Set limits on granting roles", of ten roles to a condition. What conditions can tell apart: "Resource attributes
for IAM Conditions", among which are keys and no service accounts. A subject has at most 127 bytes: "Workload Identity
Federation".
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from cdk.core import Precondition, TerraformResourceLifecycle
from cdk.google import (
    IamWorkloadIdentityPool,
    IamWorkloadIdentityPoolProvider,
    IamWorkloadIdentityPoolProviderOidc,
    ProjectIamCustomRole,
    ProjectIamMember,
    ProjectIamMemberCondition,
    ServiceAccount,
    ServiceAccountIamMember,
)
from flowwise.authoring.expressions import anything, for_each, text
from flowwise.authoring.module import Module
from flowwise.google.lasting_names import MADE_AT, MADE_AT_SHORT, keep_name
from flowwise.google.project import PROJECT, add_project
from flowwise.pipeline_identity import (
    IMAGES_SUBJECT,
    ISSUER,
    MAIN,
    PIPELINE_IDENTITY,
    PIPELINES,
    READERS,
    REPOSITORY,
    Pipeline,
    PipelineIdentityInputs,
    PipelineIdentityOutputs,
)
from flowwise.tables.naming import RESOURCE_KINDS, resource_name

# For each service that the modules use, the role that sees what they make. roles/viewer would see the whole project.
_READ_ROLES = (
    "roles/artifactregistry.reader",
    "roles/cloudkms.viewer",
    "roles/cloudsql.viewer",
    "roles/compute.networkViewer",
    "roles/container.viewer",
    "roles/dns.reader",
    "roles/iam.securityReviewer",
    "roles/logging.viewer",
    "roles/memorystore.viewer",
    "roles/monitoring.alertPolicyViewer",
    "roles/monitoring.notificationChannelViewer",
    "roles/secretmanager.secretAccessor",
    "roles/secretmanager.viewer",
    "roles/serviceusage.serviceUsageConsumer",
)
# What the modules look up: a pull request is planned against the state alone, and reads nothing else.
_REVIEW_ROLES = ("roles/browser", "roles/compute.networkViewer")
_REVIEW_PERMISSIONS = (
    "artifactregistry.repositories.get",
    "cloudkms.cryptoKeys.get",
    "container.clusters.get",
    "dns.managedZones.list",
)
# Likewise, the role that makes it.
_APPLY_ROLES = (
    "roles/artifactregistry.admin",
    "roles/cloudsql.admin",
    "roles/compute.instanceAdmin.v1",
    "roles/compute.networkAdmin",
    "roles/compute.securityAdmin",
    "roles/container.admin",
    "roles/dns.admin",
    "roles/logging.configWriter",
    "roles/memorystore.admin",
    "roles/monitoring.alertPolicyEditor",
    "roles/monitoring.notificationChannelEditor",
    "roles/secretmanager.admin",
    "roles/serviceusage.serviceUsageAdmin",
)
# For keys and buckets, of which states have some, too: why it is not of all, the role, and how names of states' begin.
_BUT_OF_STATES = {
    "apply_keys": (
        "All keys but those of Terraform's states, of whatever environment: without its key, a state is lost.",
        "roles/cloudkms.admin",
        f"projects/{PROJECT}/locations/${{var.region}}/keyRings/{RESOURCE_KINDS['state_key_ring'].affix}",
    ),
    "apply_buckets": (
        "All buckets but those of Terraform's states, likewise.",
        "roles/storage.admin",
        f"projects/_/buckets/{RESOURCE_KINDS['gcs_state_bucket'].affix}",
    ),
}
# What the other modules grant on the project. A test compares.
_DELEGATED_ROLES = (
    "roles/cloudsql.instanceUser",
    "roles/container.admin",
    "roles/container.defaultNodeServiceAccount",
    "roles/memorystore.dbConnectionUser",
)
_READ_PERMISSIONS = (
    "compute.instanceGroupManagers.get",
    "compute.instanceTemplates.get",
    "container.clusters.connect",
    "container.secrets.get",
    "container.secrets.list",
    "networkconnectivity.serviceConnectionPolicies.get",
    "networkconnectivity.serviceConnectionPolicies.list",
    "storage.buckets.get",
)
_APPLY_PERMISSIONS = (
    "dns.managedZones.setIamPolicy",
    "iam.serviceAccounts.actAs",
    "iam.serviceAccounts.create",
    "iam.serviceAccounts.delete",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "iam.serviceAccounts.list",
    "iam.serviceAccounts.setIamPolicy",
    "iam.serviceAccounts.update",
)
_LONGEST_SUBJECT = 127


class GooglePipelineIdentity(Module[PipelineIdentityInputs, PipelineIdentityOutputs]):
    """A pool that admits GitHub environments of one repository, and a service account for each of them."""

    contract = PIPELINE_IDENTITY
    path = "modules/pipeline-identity/google"
    examples: ClassVar[Mapping[str, Any]] = {"region": "southamerica-east1"}

    def build(self, inputs: PipelineIdentityInputs) -> PipelineIdentityOutputs:
        """Add the module's resources.

        They belong to no region and carry no labels, and a pool is the environment's own: region, tags and
        github_known make no difference. Budgets belong to the billing account, on which somebody else gives roles.
        """
        self.local("review_roles", list(_REVIEW_ROLES))
        self.local("read_roles", list(_READ_ROLES))
        self.local("apply_roles", list(_APPLY_ROLES))
        self.comment("The roles that the modules of an environment give on the project.")
        self.local("delegated_roles", list(_DELEGATED_ROLES))
        add_project(self, inputs.account)
        pool, provider = self._federation()
        accounts = {name: self._account(name, pipeline.subject, pool) for name, pipeline in PIPELINES.items()}
        apply = accounts["apply"]
        self._grant("review", "review", accounts["review"])
        self.comment("What else the modules look up: a role that shows a repository shows its images, too.")
        self._grant_permissions("review", "Look up", _REVIEW_PERMISSIONS, {"review": accounts["review"]})
        for name in READERS:
            self._grant(name, "read", accounts[name])
        self.comment(
            "What a refresh reads and no role for viewers shows: runners, service connections, and the secrets in a "
            "cluster, where Helm keeps its releases. It may come to the API server by the cluster's identity_endpoint."
        )
        self._grant_permissions("plan", "Refresh", _READ_PERMISSIONS, {name: accounts[name] for name in READERS})
        self._grant("apply", "apply", apply)
        self._grant_all_but_states(apply)
        self.comment(
            "Who may write in a zone, which roles/dns.admin does not say. And service accounts, to make them, to run "
            "nodes as one and to say whose they are. The last lets it become "
            "any of the project's, and no condition can tell them apart: IAM knows none on a service account's name, "
            "and its deny policies are the organization's. So an environment that is to be kept from these identities "
            "and from its state has a project of its own, and they another one: account."
        )
        self._grant_permissions("apply", "Apply", _APPLY_PERMISSIONS, {"apply": apply})
        self._delegate(apply)
        self._image_pushers(pool)
        return PipelineIdentityOutputs(
            identities={name: account.member for name, account in accounts.items()},
            variables={name: _variables(provider, account) for name, account in accounts.items()},
            image_variables=anything(
                "{\n"
                "  for microservice in keys(var.image_repositories) : microservice => {\n"
                "    GOOGLE_WORKLOAD_IDENTITY_PROVIDER = google_iam_workload_identity_pool_provider.github.name\n"
                "    GOOGLE_PROJECT                    = local.project\n"
                "  }\n"
                "}"
            ),
        )

    def _federation(self) -> tuple[IamWorkloadIdentityPool, IamWorkloadIdentityPoolProvider]:
        self.comment("Deleted, it keeps its name for 30 days: hence the time of its making.")
        pool = self.resource(
            IamWorkloadIdentityPool,
            "github",
            workload_identity_pool_id=f"{resource_name('workload_identity_pool')}-{MADE_AT_SHORT}",
            display_name="GitHub",
            lifecycle=keep_name("google_iam_workload_identity_pool"),
        )
        self.local(
            "image_subjects",
            text(
                'length(var.image_repositories) == 0 ? "" : format(" || assertion.sub in [%s]", join(", ", [\n'
                "  for repository in values(var.image_repositories) : "
                f"\"'{IMAGES_SUBJECT.replace('each.value', 'repository')}'\"\n"
                "]))"
            ),
        )
        self.comment("The claims that name it, but for the subject, have no numbers.")
        self.local("repository", text(REPOSITORY))
        self.comment(
            "Everyone on GitHub has tokens of this issuer, so the condition names the subjects, and for all but pull "
            "requests the workflow on main. No other audience than the provider itself is admitted, as is Google's "
            "default."
        )
        provider = self.resource(
            IamWorkloadIdentityPoolProvider,
            "github",
            workload_identity_pool_id=pool.workload_identity_pool_id,
            workload_identity_pool_provider_id="github",
            display_name="GitHub",
            attribute_mapping={"google.subject": "assertion.sub"},
            attribute_condition=f"({' || '.join(map(_admitted, PIPELINES.values()))})"
            " && assertion.repository == '${local.repository}'${local.image_subjects}",
            oidc=IamWorkloadIdentityPoolProviderOidc(issuer_uri=f"https://{ISSUER}"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text(f'length("{PIPELINES["review"].subject}") <= {_LONGEST_SUBJECT}'),
                        error_message=f"Google takes subjects of at most {_LONGEST_SUBJECT} characters.",
                    )
                ]
            ),
        )
        return pool, provider

    def _image_pushers(self, pool: IamWorkloadIdentityPool) -> None:
        self.comment(
            "A repository's jobs on main push into one repository of Artifact Registry, as themselves: without a "
            "service account, whose name would be too long for those of an environment and a microservice. One that "
            "is there already has the images of all, and who pushes some may push the others."
        )
        own = (
            f"projects/{PROJECT}/locations/${{var.region}}/repositories/"
            f"{resource_name('artifact_registry_repository', '${each.key}')}"
        )
        repository = text(f'coalesce(var.image_registry, "{own}")')
        self.resource(
            ProjectIamMember,
            "images",
            for_each=for_each("var.image_repositories"),
            project=PROJECT,
            role="roles/artifactregistry.writer",
            member=f"principal://iam.googleapis.com/{pool.name}/subject/{IMAGES_SUBJECT}",
            condition=ProjectIamMemberCondition(
                title="only-images-of-one",
                expression=(f"resource.name == '{repository}' || resource.name.startsWith('{repository}/')"),
            ),
        )

    def _account(self, name: str, subject: str, pool: IamWorkloadIdentityPool) -> ServiceAccount:
        account = self.resource(
            ServiceAccount,
            name,
            account_id=resource_name(f"{name}_account"),
            display_name=f"Pipeline of ${{var.name}}: {name}",
        )
        self.resource(
            ServiceAccountIamMember,
            name,
            service_account_id=account.name,
            role="roles/iam.workloadIdentityUser",
            member=f"principal://iam.googleapis.com/{pool.name}/subject/{subject}",
        )
        return account

    def _grant(self, name: str, roles: str, account: ServiceAccount) -> None:
        self.resource(
            ProjectIamMember,
            name,
            for_each=for_each(f"toset(local.{roles}_roles)"),
            project=PROJECT,
            role=text("each.value"),
            member=account.member,
        )

    def _grant_all_but_states(self, account: ServiceAccount) -> None:
        for name, (why, role, states) in _BUT_OF_STATES.items():
            self.comment(why)
            self.resource(
                ProjectIamMember,
                name,
                project=PROJECT,
                role=role,
                member=account.member,
                condition=ProjectIamMemberCondition(
                    title="not-of-states", expression=f"!resource.name.startsWith('{states}')"
                ),
            )

    def _grant_permissions(
        self, name: str, title: str, permissions: Sequence[str], accounts: Mapping[str, ServiceAccount]
    ) -> None:
        role = self.resource(
            ProjectIamCustomRole,
            name,
            project=PROJECT,
            # Deleted, it keeps its name for 37 days.
            role_id=f"{resource_name('project_role', name)}{MADE_AT}",
            title=f"{title} ${{var.name}}",
            permissions=list(permissions),
            lifecycle=keep_name("google_project_iam_custom_role"),
        )
        for who, account in accounts.items():
            self.resource(
                ProjectIamMember,
                f"{who}_permissions",
                project=PROJECT,
                role=role.name,
                member=account.member,
            )

    def _delegate(self, account: ServiceAccount) -> None:
        self.comment("It gives and takes away the roles that the modules do, and no other.")
        self.resource(
            ProjectIamMember,
            "delegate",
            project=PROJECT,
            role="roles/resourcemanager.projectIamAdmin",
            member=account.member,
            condition=ProjectIamMemberCondition(
                title="delegated-roles",
                expression=(
                    "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', [])"
                    '.hasOnly([${join(", ", [for role in local.delegated_roles : "\'${role}\'"])}])'
                ),
            ),
        )


def _admitted(pipeline: Pipeline) -> str:
    """The part of a condition that a pipeline's tokens fulfil."""
    subject = f"assertion.sub == '{pipeline.subject}'"
    if pipeline.workflow is None:
        return subject
    workflow = f"${{local.repository}}/.github/workflows/{pipeline.workflow}@{MAIN}"
    return f"({subject} && assertion.job_workflow_ref == '{workflow}')"


def _variables(provider: IamWorkloadIdentityPoolProvider, account: ServiceAccount) -> dict[str, str]:
    return {
        "GOOGLE_WORKLOAD_IDENTITY_PROVIDER": provider.name,
        "GOOGLE_SERVICE_ACCOUNT": account.email,
        "GOOGLE_PROJECT": PROJECT,
    }
