"""The subscription that a module on Azure works in: for what has to be in it, and for names that no other may have."""

from typing import Any

from cdk.azurerm import DataAzurermClientConfig
from cdk.core import Precondition
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module
from flowwise.tables.naming import digest

_SUBSCRIPTION = "data.azurerm_client_config.current.subscription_id"


def add_account(module: Module[Any, Any]) -> DataAzurermClientConfig:
    """Add who Terraform is and where it works, and the digest that is in names that are unique in the world."""
    account = module.resource(DataAzurermClientConfig, "current")
    module.comment(
        "Makes names that are unique in the world this subscription's own: a deleted vault holds its name for 90 days."
    )
    module.local("digest", digest(_SUBSCRIPTION))
    return account


def is_in_subscription(message: str) -> Precondition:
    """That what `local.path` leads to, an identifier without its first slash, is in the subscription `current`."""
    return Precondition(condition=text(f"try(local.path[1], null) == {_SUBSCRIPTION}"), error_message=message)
