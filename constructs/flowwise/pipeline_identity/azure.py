"""The pipelines on Azure: user-assigned identities with roles at the subscription.

What planning needs beyond Reader is what azurerm reads while it refreshes: the values of secrets and the public halves
of keys (internal/services/keyvault), the users' credentials of a cluster (containers), and the exported template of a
deployment (resource). Conditions: "Delegate Azure access management to others" (learn.microsoft.com).

An identity trusts a subject and no other claim: azurerm_federated_identity_credential has no claims matching expression
yet, which are in preview. So which workflow it is, the branches decide that GitHub lets into the environment.
"""

from collections.abc import Sequence

from cdk.azurerm import (
    DataAzurermRoleDefinition,
    DataAzurermSubscription,
    FederatedIdentityCredential,
    ResourceGroup,
    RoleAssignment,
    RoleDefinition,
    RoleDefinitionPermissions,
    UserAssignedIdentity,
)
from cdk.core import TerraformCount
from flowwise.authoring.expressions import anything, for_each, number, text
from flowwise.authoring.module import Module
from flowwise.azure.guardrails import DENY, Condition, add_guardrail, all_of, field, none_of
from flowwise.pipeline_identity import (
    IMAGES_SUBJECT,
    ISSUER,
    PIPELINE_IDENTITY,
    PIPELINES,
    READERS,
    Pipeline,
    PipelineIdentityInputs,
    PipelineIdentityOutputs,
)
from flowwise.tables.naming import digest, resource_name

_REVIEW_ROLES = ("Reader", "Key Vault Reader")  # of vaults, all but values
_READ_ROLES = (*_REVIEW_ROLES, "Key Vault Secrets User")
_APPLY_ROLES = (
    "Contributor",
    "Locks Contributor",
    "Key Vault Crypto Officer",
    "Key Vault Secrets Officer",
    "Azure Kubernetes Service RBAC Cluster Admin",
)
# What the other modules assign. A test compares.
_DELEGATED_ROLES = (
    "AcrPull",
    "Azure Kubernetes Service Cluster User Role",
    "Azure Kubernetes Service RBAC Cluster Admin",
    "DNS Zone Contributor",
    "Key Vault Crypto Service Encryption User",
    "Key Vault Secrets User",
    "Managed Identity Operator",
    "Network Contributor",
    "Reader",
    "Storage Blob Data Contributor",
)
_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
_TRUST = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
_CREDENTIAL = "github"
_HERE = "data.azurerm_subscription.current"
_SUBSCRIPTION = "data.azurerm_subscription.environment"


class AzurePipelineIdentity(Module[PipelineIdentityInputs, PipelineIdentityOutputs]):
    """Identities, each of which one GitHub environment of one repository can become."""

    contract = PIPELINE_IDENTITY
    path = "modules/pipeline-identity/azure"

    def build(self, inputs: PipelineIdentityInputs) -> PipelineIdentityOutputs:
        """Add the module's resources. An identity brings its trust in GitHub along, so github_known is no matter."""
        self.local("review_roles", list(_REVIEW_ROLES))
        self.local("read_roles", list(_READ_ROLES))
        self.local("apply_roles", list(_APPLY_ROLES))
        self.comment("The roles that the modules of an environment give to identities and groups.")
        self.local("delegated_roles", list(_DELEGATED_ROLES))
        self.resource(DataAzurermSubscription, "current")
        self.resource(DataAzurermSubscription, "environment", subscription_id=inputs.account)
        self.comment("A role's name is unique in the directory, which may have many subscriptions.")
        self.local("digest", digest(f"{_SUBSCRIPTION}.subscription_id"))
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "pipelines"),
            location=inputs.region,
            tags=inputs.tags,
        )
        identities = {name: self._identity(name, pipeline, group, inputs) for name, pipeline in PIPELINES.items()}
        self._keep_trust()
        self._assign("review", "review", identities["review"])
        for name in READERS:
            self._assign(name, "read", identities[name])
        self._refresh([identities[name] for name in READERS])
        self._assign("apply", "apply", identities["apply"])
        self._delegate(identities["apply"])
        self._image_importers(group, inputs)
        return PipelineIdentityOutputs(
            identities={name: identity.principal_id for name, identity in identities.items()},
            variables={name: _variables(identity) for name, identity in identities.items()},
            image_variables=anything(
                "{\n"
                "  for microservice, identity in azurerm_user_assigned_identity.images : microservice => {\n"
                "    AZURE_CLIENT_ID       = identity.client_id\n"
                "    AZURE_TENANT_ID       = identity.tenant_id\n"
                f"    AZURE_SUBSCRIPTION_ID = {_SUBSCRIPTION}.subscription_id\n"
                "  }\n"
                "}"
            ),
        )

    def _identity(
        self, name: str, pipeline: Pipeline, group: ResourceGroup, inputs: PipelineIdentityInputs
    ) -> UserAssignedIdentity:
        identity = self.resource(
            UserAssignedIdentity,
            name,
            name=_identity_name(name),
            location=group.location,
            resource_group_name=group.name,
            tags=inputs.tags,
        )
        self.resource(
            FederatedIdentityCredential,
            name,
            name=_CREDENTIAL,
            resource_group_name=group.name,
            parent_id=identity.id,
            issuer=f"https://{ISSUER}",
            subject=pipeline.subject,
            audience=["api://AzureADTokenExchange"],
        )
        return identity

    def _image_importers(self, group: ResourceGroup, inputs: PipelineIdentityInputs) -> None:
        self.comment(
            "A registry in a private network takes no push from outside of it. Azure itself fetches an image from "
            "where it was pushed to, when somebody with this right says so. One identity for each repository: Azure "
            "refuses to write two credentials of the same at once."
        )
        self.resource(
            UserAssignedIdentity,
            "images",
            for_each=for_each("var.image_repositories"),
            name=resource_name("managed_identity", "${each.key}") + "-images",
            location=group.location,
            resource_group_name=group.name,
            tags=inputs.tags,
        )
        self.resource(
            FederatedIdentityCredential,
            "images",
            for_each=for_each("var.image_repositories"),
            name=_CREDENTIAL,
            resource_group_name=group.name,
            parent_id=text("azurerm_user_assigned_identity.images[each.key].id"),
            issuer=f"https://{ISSUER}",
            subject=IMAGES_SUBJECT,
            audience=["api://AzureADTokenExchange"],
        )
        self.comment(
            "In the registries of the subscription, as there is none yet on the first day; Azure has no right to "
            "import into one repository."
        )
        self.resource(
            RoleDefinition,
            "images",
            count=TerraformCount.of(number("length(var.image_repositories) > 0 ? 1 : 0")),
            name=resource_name("role_definition", "images"),
            description="Lets a repository's pipeline have images imported into a registry.",
            scope=text(f"{_SUBSCRIPTION}.id"),
            assignable_scopes=[text(f"{_SUBSCRIPTION}.id")],
            permissions=[
                RoleDefinitionPermissions(
                    actions=[
                        "Microsoft.ContainerRegistry/registries/importImage/action",
                        "Microsoft.ContainerRegistry/registries/read",
                    ]
                )
            ],
        )
        self.resource(
            RoleAssignment,
            "images",
            for_each=for_each("azurerm_user_assigned_identity.images"),
            scope=text(f"{_SUBSCRIPTION}.id"),
            role_definition_id=text("azurerm_role_definition.images[0].role_definition_resource_id"),
            principal_id=text("each.value.principal_id"),
            principal_type="ServicePrincipal",
        )

    def _keep_trust(self) -> None:
        self.comment(
            "A Contributor may write whom an identity trusts, and so could let anybody in as any of these. It cannot "
            "change what the subscription refuses. Where repository is changed, this has to hold before."
        )
        add_guardrail(
            self,
            "trust",
            words="Identities of pipelines trust their own GitHub environment, and nothing else.",
            refused=all_of(
                field("type", equals=_TRUST),
                field("fullName", like=f"{resource_name('managed_identity', 'pipeline')}-*"),
                none_of(*(_trusts(name, pipeline) for name, pipeline in PIPELINES.items())),
            ),
            effect=DENY,
            subscription=text(f"{_HERE}.id"),
            nested=True,
        )

    def _assign(self, name: str, roles: str, identity: UserAssignedIdentity) -> None:
        self.resource(
            RoleAssignment,
            name,
            for_each=for_each(f"toset(local.{roles}_roles)"),
            scope=text(f"{_SUBSCRIPTION}.id"),
            role_definition_name=text("each.value"),
            principal_id=identity.principal_id,
            principal_type="ServicePrincipal",
        )

    def _refresh(self, identities: Sequence[UserAssignedIdentity]) -> None:
        self.comment(
            "What a refresh reads by actions that no role for readers has. In the cluster it reads everything, secrets "
            "too: Helm keeps its releases in secrets, and Azure's only roles that read those write them as well."
        )
        role = self.resource(
            RoleDefinition,
            "refresh",
            name=resource_name("role_definition", "refresh"),
            description="Lets a pipeline that plans read what the role Reader does not show.",
            scope=text(f"{_SUBSCRIPTION}.id"),
            assignable_scopes=[text(f"{_SUBSCRIPTION}.id")],
            permissions=[
                RoleDefinitionPermissions(
                    actions=[
                        "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
                        "Microsoft.Resources/deployments/exportTemplate/action",
                    ],
                    data_actions=["Microsoft.ContainerService/managedClusters/*/read"],
                )
            ],
        )
        for name, identity in zip(READERS, identities, strict=True):
            self.resource(
                RoleAssignment,
                f"{name}_refresh",
                scope=text(f"{_SUBSCRIPTION}.id"),
                role_definition_id=role.role_definition_resource_id,
                principal_id=identity.principal_id,
                principal_type="ServicePrincipal",
            )

    def _delegate(self, identity: UserAssignedIdentity) -> None:
        self.resource(
            DataAzurermRoleDefinition,
            "delegated",
            for_each=for_each("toset(local.delegated_roles)"),
            name=text("each.value"),
            scope=text(f"{_SUBSCRIPTION}.id"),
        )
        self.comment("Azure knows roles by number in a condition: the last part of a definition's identifier.")
        self.local(
            "delegated_role_ids",
            text('join(", ", [for role in data.azurerm_role_definition.delegated : basename(role.id)])'),
        )
        self.comment(
            "It gives and takes away the roles that the modules do, and no other: neither itself nor anyone else can "
            "be made an owner. Unlike User Access Administrator, this role defines no roles either."
        )
        self.resource(
            RoleAssignment,
            "delegate",
            scope=text(f"{_SUBSCRIPTION}.id"),
            role_definition_name="Role Based Access Control Administrator",
            principal_id=identity.principal_id,
            principal_type="ServicePrincipal",
            condition_version="2.0",
            condition=f"{_only_delegated('write', '@Request')} AND {_only_delegated('delete', '@Resource')}",
        )


def _identity_name(name: str) -> str:
    return resource_name("managed_identity", f"pipeline-{name}")


def _trusts(name: str, pipeline: Pipeline) -> Condition:
    """The condition that the credential of an identity fulfils, and no other."""
    return all_of(
        field("fullName", equals=f"{_identity_name(name)}/{_CREDENTIAL}"),
        field(f"{_TRUST}/issuer", equals=f"https://{ISSUER}"),
        field(f"{_TRUST}/subject", equals=pipeline.subject),
    )


def _variables(identity: UserAssignedIdentity) -> dict[str, str]:
    return {
        "AZURE_CLIENT_ID": identity.client_id,
        "AZURE_TENANT_ID": identity.tenant_id,
        "AZURE_SUBSCRIPTION_ID": text(f"{_SUBSCRIPTION}.subscription_id"),
    }


def _only_delegated(action: str, source: str) -> str:
    """The part of a condition that lets an action on role assignments pass for delegated roles only."""
    role = f"{source}[{_ASSIGNMENTS}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{${{local.delegated_role_ids}}}}"
    return f"(!(ActionMatches{{'{_ASSIGNMENTS}/{action}'}}) OR {role})"
