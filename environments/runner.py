"""The table [runner]."""

from pydantic import Field, ValidationInfo, field_validator

from environments.field_types import GithubApplication, GithubOrganization, SubscriptionId, refusal
from environments.table import Surroundings, Table
from flowwise.runner import MOST_MACHINES


class Runner(Table):
    """Machines in the environment's network that run the pipelines' jobs of it, which so reach what is private."""

    organization: GithubOrganization = Field(description="Organization on GitHub whose runners they are.")
    application: GithubApplication = Field(
        description="Client id of the GitHub App that registers them. Its private key is given as secret_values.runner."
    )
    machines: int = Field(
        default=1,
        ge=1,
        le=MOST_MACHINES,
        description="How many there are at any time. Each takes one job, and another comes in its place.",
    )
    key_version: int = Field(
        default=1, ge=1, le=1000, description="Raise it to have the App's private key taken anew from secret_values."
    )
    state_subscription: SubscriptionId | None = Field(
        default=None,
        description="Azure: the subscription of the storage of Terraform's state, if it is not the environment's.",
    )

    @field_validator("state_subscription")
    @classmethod
    def _has_a_firewall(cls, state_subscription: str | None, info: ValidationInfo) -> str | None:
        cloud = Surroundings.of(info).cloud
        if state_subscription and cloud is not None and cloud != "azure":
            raise refusal(f'nothing, because on cloud "{cloud}" the state is reached from anywhere, by identity')
        return state_subscription
