"""What an environment is deployed to: how each cloud calls it, and what its identifier looks like."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class AccountKind:
    """The unit of a cloud that is billed and has administrators of its own.

    `variable` is the name of Terraform's variable for it; Python, Terraform and JSON Schema understand `pattern` alike.
    """

    words: str
    variable: str
    pattern: str
    example: str


ACCOUNTS: Mapping[str, AccountKind] = {
    "azure": AccountKind(
        "Azure subscription",
        "subscription_id",
        "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "00000000-0000-0000-0000-000000000000",
    ),
    "aws": AccountKind("AWS account", "account_id", "[0-9]{12}", "123456789012"),
    # "Creating and managing projects", Google Cloud: 6 to 30 characters.
    "google": AccountKind("Google Cloud project", "project_id", "[a-z][a-z0-9-]{4,28}[a-z0-9]", "flowwise-project"),
}
"""By cloud."""
