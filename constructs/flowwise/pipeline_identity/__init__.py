"""Who the pipelines of an environment are in the cloud. GitHub signs tokens that say which job asks; no key is made.

What GitHub puts into a token's subject: "OpenID Connect reference" (docs.github.com) and, for repositories made or
renamed since July 2026, "Immutable subject claims for GitHub Actions OIDC tokens" (github.blog, 2026-04-23).
"""

from typing import Any

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Object, Outputs, Validation, attribute, output, variable
from flowwise.authoring.rules import PREFIX

ISSUER = "token.actions.githubusercontent.com"
"""Who signs the tokens, without the scheme."""

APPLY_SUBJECT = "repo:${var.repository.owner}/${var.repository.name}:environment:${var.environment}"
PLAN_SUBJECT = f"{APPLY_SUBJECT}-plan"
"""Template of the only subject that each identity trusts. Whoever may run in a GitHub environment decides the rest."""

_NAME = "[A-Za-z0-9._-]+"
_NUMBER = "@[0-9]+"


class Repository(Object):
    """A repository on GitHub."""

    owner: str = attribute("Who owns the repository.")
    name: str = attribute("Name of the repository.")


def environment() -> Any:
    """`str`: the environment whose pipelines these are."""
    return variable(
        "Environment. GitHub's environments are called the same: so where it is applied, with -plan where it is "
        "planned.",
        example="dev",
        validations=[
            Validation(
                'can(regex("^[a-z][a-z0-9]*$", self))',
                "environment must be lower-case letters and digits: with a hyphen, it could be another's -plan.",
                rejects="dev-plan",
            )
        ],
    )


def repository() -> Any:
    """`Repository`: the repository whose jobs are trusted."""
    return variable(
        "Repository on GitHub whose jobs are trusted, as its tokens name it: with numbers, such as "
        '{ owner = "flowwise@1", name = "platform@2" }, if it was made or renamed since July 2026 or has opted into '
        "immutable subjects.",
        example=Repository(owner="flowwise", name="platform"),
        validations=[
            Validation(
                f'can(regex("^{_NAME}/{_NAME}$", "${{self.owner}}/${{self.name}}")) || '
                f'can(regex("^{_NAME}{_NUMBER}/{_NAME}{_NUMBER}$", "${{self.owner}}/${{self.name}}"))',
                "repository must have an owner and a name, both with their number after an @ or neither.",
                rejects=Repository(owner="flowwise", name="*"),
            )
        ],
    )


def github_known() -> Any:
    """`bool`: whether another environment of the account came first."""
    return variable(
        "Whether the account has GitHub as an identity provider already, as an AWS account can have it once only.",
        default=False,
    )


class PipelineIdentityInputs(Inputs):
    """What the identities are made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    environment: str = environment()
    repository: Repository = repository()
    github_known: bool = github_known()
    tags: dict[str, str] = common_variables.tags()


class PipelineIdentityOutputs(Outputs):
    """What gives the identities further rights, and what the pipelines sign in with."""

    plan_identity: str = output("Who plans, as the cloud identifies it where rights are given.")
    apply_identity: str = output("Who applies, as the cloud identifies it where rights are given.")
    plan_variables: dict[str, str] = output("Variables of the GitHub environment in which a pipeline plans.")
    apply_variables: dict[str, str] = output("Variables of the GitHub environment in which a pipeline applies.")


PIPELINE_IDENTITY = Contract(
    "pipeline-identity",
    "Who the pipelines are in the cloud: one identity that plans, one that applies; GitHub's own tokens stand for "
    "them, and no key.",
    PipelineIdentityInputs,
    PipelineIdentityOutputs,
)
