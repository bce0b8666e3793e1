"""The provider configuration of a root, and the variables that say which account it is for and who enters."""

from collections.abc import Callable
from typing import Any

from cdk.aws import AwsProvider
from cdk.azurerm import (
    AzurermProvider,
    AzurermProviderFeatures,
    AzurermProviderFeaturesKeyVault,
    AzurermProviderFeaturesResourceGroup,
    AzurermProviderFeaturesStorage,
)
from cdk.google import GoogleProvider
from flowwise.authoring import common_variables
from flowwise.authoring.contract import Inputs, Validation, variable
from flowwise.authoring.expressions import text
from flowwise.postgres_db.readers import DatabaseReader, database_readers
from flowwise.tables.accounts import ACCOUNTS
from stacks.folder_stack import FolderStack


class AccountInputs(Inputs):
    """What belongs to the account an environment is deployed to, and so is in no committed file."""

    administrators: dict[str, str] = common_variables.administrators("cluster and databases")
    database_readers: dict[str, DatabaseReader] = database_readers()
    operator_cidrs: list[str] = common_variables.operator_cidrs()


class AzureAccountInputs(AccountInputs):
    """The same on Azure, where firewalls guard the vaults that Terraform writes keys and secrets to."""

    operator_cidrs: list[str] = common_variables.needed_operator_cidrs()


def _identifier(cloud: str) -> Any:
    kind = ACCOUNTS[cloud]
    return variable(
        f"{kind.words} to deploy to, and no other.",
        example=kind.example,
        validations=[
            Validation(
                f'can(regex("^{kind.pattern}$", self))',
                f"{kind.variable} must be the identifier of the {kind.words}, such as {kind.example}.",
                rejects="none",
            )
        ],
    )


class _AzureAccount(Inputs):
    subscription_id: str = _identifier("azure")


class _AwsAccount(Inputs):
    account_id: str = _identifier("aws")


class _GoogleAccount(Inputs):
    project_id: str = _identifier("google")


ACCOUNT_VARIABLES: dict[str, type[Inputs]] = {
    "azure": _AzureAccount,
    "aws": _AwsAccount,
    "google": _GoogleAccount,
}
"""By cloud: the one variable that names the account."""


def _azure(stack: FolderStack, region: str, account: str) -> None:
    AzurermProvider(
        stack,
        "azurerm",
        subscription_id=account,
        storage_use_azuread=True,
        features=[
            AzurermProviderFeatures(
                # A vault that is destroyed stays recoverable for as long as its own soft delete says.
                key_vault=[AzurermProviderFeaturesKeyVault(purge_soft_delete_on_destroy=False)],
                resource_group=[AzurermProviderFeaturesResourceGroup(prevent_deletion_if_contains_resources=True)],
                # Storage would be asked, once made, about queues and websites, and fail where its firewall answers.
                storage=[AzurermProviderFeaturesStorage(data_plane_available=False)],
            )
        ],
    )


def _aws(stack: FolderStack, region: str, account: str) -> None:
    AwsProvider(stack, "aws", region=region, allowed_account_ids=[account])


def _google(stack: FolderStack, region: str, account: str) -> None:
    # A person's own credentials belong to no project, without which budgets are refused: this one answers for them.
    GoogleProvider(stack, "google", project=account, region=region, billing_project=account, user_project_override=True)


_PROVIDERS: dict[str, Callable[[FolderStack, str, str], None]] = {"azure": _azure, "aws": _aws, "google": _google}


def ask_for_account(stack: FolderStack, cloud: str) -> str:
    """Add the variable to a root that names its account; gives what stands for it."""
    kind = ACCOUNTS[cloud]
    stack.add_variables(ACCOUNT_VARIABLES[cloud])
    stack.test_variables[kind.variable] = kind.example
    return text(f"var.{kind.variable}")


def configure_provider(stack: FolderStack, cloud: str, region: str, account: str | None = None) -> None:
    """Add a cloud's provider to a root, for a region by the cloud's own code and for one account only.

    Without an account, the root gets a variable that has to name it.
    """
    _PROVIDERS[cloud](stack, region, account or ask_for_account(stack, cloud))
