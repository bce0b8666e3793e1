"""What a person sets up, once for each environment, so that pipelines can do the rest: their identities, and state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cdk.azurerm import RoleAssignment, RoleDefinition, RoleDefinitionPermissions
from cdk.core import App
from cdk.google import ProjectDefaultServiceAccounts, ProjectService
from flowwise import pipeline_identity, remote_state
from flowwise.authoring import common_variables
from flowwise.authoring.contract import Inputs, Outputs, Validation, one_of, output, variable
from flowwise.authoring.declarations import examples
from flowwise.authoring.expressions import bare, for_each, string_map, text
from flowwise.authoring.module import Module, TerraformFolder
from flowwise.google.services import ALSO, FIRST, SERVICES
from flowwise.pipeline_identity import PIPELINES, PipelineIdentityInputs, PipelineIdentityOutputs, Repository
from flowwise.pipeline_identity.aws import AwsPipelineIdentity
from flowwise.pipeline_identity.azure import AzurePipelineIdentity
from flowwise.pipeline_identity.google import GooglePipelineIdentity
from flowwise.remote_state import RemoteStateInputs, RemoteStateOutputs
from flowwise.remote_state.aws import AwsRemoteState
from flowwise.remote_state.azure import AzureRemoteState
from flowwise.remote_state.google import GoogleRemoteState
from flowwise.tables.accounts import ACCOUNTS
from flowwise.tables.naming import digest
from flowwise.tables.project import PROJECT
from flowwise.tables.regions import REGIONS
from stacks.cloud_account import ask_for_account, configure_provider
from stacks.folder_stack import BOOTSTRAP, FolderStack, source_of
from stacks.tags import tags


def _tag(description: str, name: str, example: str) -> Any:
    # Google's labels are the narrowest of the clouds' tags ("Requirements for labels").
    return variable(
        description,
        example=example,
        validations=[
            Validation(
                'can(regex("^[a-z0-9_-]{1,63}$", self))',
                f'{name} must be lower-case letters without accents, digits, "_" and "-", at most 63.',
                rejects="Not a tag",
            )
        ],
    )


class BootstrapInputs(Inputs):
    """What differs between environments, besides the account, which is the provider's."""

    environment: str = pipeline_identity.environment()
    region: str = variable(
        "Region, by a word that every cloud knows.", example="brazil", validations=[one_of(list(REGIONS), "region")]
    )
    repository: Repository = pipeline_identity.repository()
    image_repositories: dict[str, Repository] = pipeline_identity.image_repositories()
    image_registry: str | None = pipeline_identity.image_registry()
    owner: str = _tag("The team that answers for it, a tag on every resource.", "owner", "plataforma")
    cost_center: str = _tag("Who pays, a tag on every resource.", "cost_center", "flow-wise")
    organization: str = remote_state.organization()
    writers: dict[str, str] = remote_state.writers()
    protected: bool = variable("Refuse to delete the storage while it holds state.", default=True)


def _management(cloud: str) -> Any:
    kind = ACCOUNTS[cloud]
    return variable(
        f"{kind.words} that has the pipelines' identities and the state, on which whoever applies the environment has "
        "no rights. Null where the environment's own has them: then the runbook says what is left within their reach.",
        default=None,
        example=None,
        validations=[
            Validation(
                f'self == null || can(regex("^{kind.pattern}$", self))',
                f"{_MANAGEMENT[cloud]} must be the identifier of an {kind.words}, or null."
                if kind.words[0] in "AEIOU"
                else f"{_MANAGEMENT[cloud]} must be the identifier of a {kind.words}, or null.",
                rejects="none",
            )
        ],
    )


_MANAGEMENT = {"azure": "management_subscription_id", "google": "management_project_id"}
"""By cloud, the variable that names the account beside the environment's."""


class _AzureInputs(BootstrapInputs):
    operator_cidrs: list[str] = common_variables.needed_operator_cidrs()
    management_subscription_id: str | None = _management("azure")


class _AwsInputs(BootstrapInputs):
    github_known: bool = pipeline_identity.github_known()


class _GoogleInputs(BootstrapInputs):
    management_project_id: str | None = _management("google")


class BootstrapOutputs(Outputs):
    """What the roots and the pipelines of the environment have to be told."""

    backend: dict[str, str] = output("Settings of the backend of every root of the environment, besides its key.")
    identities: dict[str, str] = output(
        "Each identity as the cloud identifies it where rights are given: review, drift, plan and apply."
    )
    variables: dict[str, dict[str, str]] = output("By the same names, the variables of their GitHub environments.")
    image_variables: dict[str, dict[str, str]] = output(
        "By microservice, the variables of the repository that pushes its images."
    )


@dataclass(frozen=True)
class _Cloud:
    """What of the root is not the same in every cloud: the backend's own settings, and those the storage tells."""

    inputs: type[BootstrapInputs]
    identities: type[Module[PipelineIdentityInputs, PipelineIdentityOutputs]]
    state: type[Module[RemoteStateInputs, RemoteStateOutputs]]
    backend: Mapping[str, Mapping[str, Any]]
    settings: Callable[[RemoteStateOutputs], dict[str, Any]]


_CLOUDS = {
    "azure": _Cloud(
        _AzureInputs,
        AzurePipelineIdentity,
        AzureRemoteState,
        {"azurerm": {"key": "bootstrap", "use_azuread_auth": True}},
        lambda state: {
            "resource_group_name": state.resource_group,
            "storage_account_name": state.storage_name,
            "container_name": state.container,
        },
    ),
    "aws": _Cloud(
        _AwsInputs,
        AwsPipelineIdentity,
        AwsRemoteState,
        # The bucket encrypts with its key: `encrypt` without a name of that key would have S3 use one of its own.
        {"s3": {"key": "bootstrap", "use_lockfile": True}},
        lambda state: {"bucket": state.storage_name, "region": state.region},
    ),
    "google": _Cloud(
        _GoogleInputs,
        GooglePipelineIdentity,
        GoogleRemoteState,
        {"gcs": {"prefix": "bootstrap"}},
        lambda state: {"bucket": state.storage_name},
    ),
}


INPUTS = {name: cloud.inputs for name, cloud in _CLOUDS.items()}
"""By cloud, what the root takes besides its account."""

_SUBSCRIPTION = "/subscriptions/${var.subscription_id}"
_IN_VAULTS = tuple(f"Microsoft.KeyVault/vaults/{what}/*" for what in ("keys", "keyrotationpolicies", "secrets"))


def _turn_on_services(content: TerraformFolder) -> None:
    content.comment(
        "What the environment's modules use. They stay on when this goes: other environments of the project use them."
    )
    services = sorted({*SERVICES.values(), *ALSO} - set(FIRST))
    turned_on = content.resource(
        ProjectService,
        "this",
        project=text("var.project_id"),
        for_each=for_each("toset([\n" + "".join(f'  "{service}",\n' for service in services) + "])"),
        service="${each.key}.googleapis.com",
        disable_on_destroy=False,
    )
    content.comment(
        "Google makes a service account for machines, and where the organization does not forbid it, gives it the role "
        "Editor. Nothing here uses it, whoever applies may act as every service account of the project, and none of "
        "the pipelines may enable one again. Nor does the end of this environment: another may be in the project."
    )
    content.resource(
        ProjectDefaultServiceAccounts,
        "this",
        project=text("var.project_id"),
        action="DISABLE",
        restore_policy="NONE",
        depends_on=[turned_on],
    )


def _let_people_into_vaults(content: TerraformFolder) -> None:
    content.comment("A role's name is unique in the directory, which may have many subscriptions.")
    content.local("digest", digest("var.subscription_id", "local.name"))
    content.comment(
        "Whoever makes the first environment by hand: an owner may make a vault, but neither a key nor a secret in it. "
        "Given here, the right has arrived by the time that there is a vault. The role is the environment's own, for "
        "Azure refuses to give the same role twice, and another environment of the subscription has the same people."
    )
    role = content.resource(
        RoleDefinition,
        "vaults",
        name="${local.name}-vaults-${local.digest}",
        description="Lets people make keys and secrets in vaults, as Key Vault Crypto Officer and Secrets Officer do.",
        scope=_SUBSCRIPTION,
        assignable_scopes=[_SUBSCRIPTION],
        permissions=[RoleDefinitionPermissions(data_actions=list(_IN_VAULTS))],
    )
    content.resource(
        RoleAssignment,
        "people",
        for_each=for_each("var.writers"),
        scope=_SUBSCRIPTION,
        role_definition_id=role.role_definition_resource_id,
        principal_id=text("each.value"),
    )


class BootstrapStack(FolderStack):
    """`infra/bootstrap/<cloud>/`, whose own state moves into the storage that it has made."""

    is_root = True

    def __init__(self, app: App, name: str) -> None:
        cloud, folder = _CLOUDS[name], f"{BOOTSTRAP}{name}"
        super().__init__(app, folder)
        self.source = source_of(BootstrapStack)
        self.content = content = TerraformFolder(self, folder)
        self.test_variables = examples(cloud.inputs, {})
        given = self.add_variables(cloud.inputs)
        content.local("regions", {word: by_cloud[name].code for word, by_cloud in REGIONS.items()})
        common: dict[str, Any] = {
            "name": content.local("name", f"{PROJECT}-${{var.environment}}"),
            "region": content.local("region", text("local.regions[var.region]")),
            "tags": content.local("tags", tags(given.environment, given.owner, given.cost_center)),
        }
        account = ask_for_account(self, name)
        if name in _MANAGEMENT:
            account = text(f"coalesce(var.{_MANAGEMENT[name]}, {bare(account)})")
        configure_provider(self, name, common["region"], account)
        # Partial, as nothing committed names an account's storage.
        self.add_override("terraform.backend", cloud.backend)
        if name == "google":
            _turn_on_services(content)
        if name == "azure":
            _let_people_into_vaults(content)
        identities = content.call(
            "pipeline_identity",
            cloud.identities,
            PipelineIdentityInputs(
                **common,
                environment=given.environment,
                repository=given.repository,
                image_repositories=given.image_repositories,
                image_registry=given.image_registry,
                github_known=given.github_known if isinstance(given, _AwsInputs) else False,
                account=text(f"var.{ACCOUNTS[name].variable}") if name in _MANAGEMENT else None,
            ),
        )
        state = content.call(
            "remote_state",
            cloud.state,
            RemoteStateInputs(
                **common,
                organization=given.organization,
                writers=string_map(f"merge(var.writers, {{ pipeline = {bare(identities.identities)}.apply }})"),
                readers={name: text(f"{bare(identities.identities)}.{name}") for name in PIPELINES if name != "apply"},
                operator_cidrs=given.operator_cidrs if isinstance(given, _AzureInputs) else [],
                protected=given.protected,
            ),
        )
        self.add_outputs(
            BootstrapOutputs(
                backend=cloud.settings(state),
                identities=identities.identities,
                variables=identities.variables,
                image_variables=identities.image_variables,
            )
        )
