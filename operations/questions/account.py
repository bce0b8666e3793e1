"""Which account is asked about: the one that a file or a variable of Terraform's names, or else who has signed in."""

import os

from environments import Environment
from flowwise.tables.accounts import ACCOUNTS


def named_account(environment: Environment) -> str | None:
    """The account that an environment's file names, or else Terraform's variable; None if neither does."""
    return environment.account or os.environ.get(f"TF_VAR_{ACCOUNTS[environment.cloud].variable}") or None
