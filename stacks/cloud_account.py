"""The provider configuration of an environment's root, and the variables that say which account it is for."""

from collections.abc import Callable

from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_azurerm.provider import (
    AzurermProvider,
    AzurermProviderFeatures,
    AzurermProviderFeaturesKeyVault,
    AzurermProviderFeaturesResourceGroup,
)
from cdktf_cdktf_provider_google.provider import GoogleProvider

from flowwise import common_variables
from flowwise.contract import Inputs, variable
from flowwise.expressions import strings
from stacks.folder_stack import FolderStack


class AccountInputs(Inputs):
    """What belongs to the account an environment is deployed to, and so is in no committed file."""

    administrators: dict[str, str] = common_variables.administrators("cluster and databases")
    operator_cidrs: list[str] = common_variables.operator_cidrs()
    secret_values: dict[str, str] = variable(
        'Secrets that others hand out, such as { monitoring = "..." }, when they are new. No state or plan has them.',
        default={},
        sensitive=True,
        ephemeral=True,
    )


class _AzureInputs(AccountInputs):
    subscription_id: str | None = variable(
        "Azure subscription to deploy to. Without it, the environment variable ARM_SUBSCRIPTION_ID says which.",
        default=None,
    )


class _AwsInputs(AccountInputs):
    account_id: str | None = variable(
        "AWS account to deploy to. With it, credentials of any other account are refused before anything is planned.",
        default=None,
    )


class _GoogleInputs(AccountInputs):
    project_id: str | None = variable(
        "Google Cloud project to deploy to. Without it, the environment variable GOOGLE_PROJECT says which.",
        default=None,
    )


def _azure(stack: FolderStack, region: str) -> AccountInputs:
    account = stack.add_variables(_AzureInputs)
    AzurermProvider(
        stack,
        "azurerm",
        subscription_id=account.subscription_id,
        storage_use_azuread=True,
        features=[
            AzurermProviderFeatures(
                # A vault that is destroyed stays recoverable for as long as its own soft delete says.
                key_vault=[AzurermProviderFeaturesKeyVault(purge_soft_delete_on_destroy=False)],
                resource_group=[AzurermProviderFeaturesResourceGroup(prevent_deletion_if_contains_resources=True)],
            )
        ],
    )
    return account


def _aws(stack: FolderStack, region: str) -> AccountInputs:
    account = stack.add_variables(_AwsInputs)
    allowed = strings("var.account_id == null ? null : [var.account_id]")
    AwsProvider(stack, "aws", region=region, allowed_account_ids=allowed)
    return account


def _google(stack: FolderStack, region: str) -> AccountInputs:
    account = stack.add_variables(_GoogleInputs)
    GoogleProvider(stack, "google", project=account.project_id, region=region)
    return account


CONFIGURE_ACCOUNT: dict[str, Callable[[FolderStack, str], AccountInputs]] = {
    "azure": _azure,
    "aws": _aws,
    "google": _google,
}
"""By cloud: adds the provider and the account's variables to a root for a region, by the cloud's own code of it."""
