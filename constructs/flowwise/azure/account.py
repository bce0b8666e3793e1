"""The subscription that a module on Azure works in, for names that no other subscription may have."""

from typing import Any

from cdk.azurerm import DataAzurermClientConfig
from flowwise.authoring.module import Module
from flowwise.tables.naming import digest


def add_account(module: Module[Any, Any]) -> DataAzurermClientConfig:
    """Add who Terraform is and where it works, and the digest that is in names that are unique in the world."""
    account = module.resource(DataAzurermClientConfig, "current")
    module.comment(
        "Makes names that are unique in the world this subscription's own: a deleted vault holds its name for 90 days."
    )
    module.local("digest", digest("data.azurerm_client_config.current.subscription_id"))
    return account
