"""Who the pipelines of an environment are in the cloud. GitHub signs tokens that say which job asks; no key is made.

What GitHub puts into a token's subject: "OpenID Connect reference" (docs.github.com) and, for repositories made or
renamed since July 2026, "Immutable subject claims for GitHub Actions OIDC tokens" (github.blog, 2026-04-23).
"""

from dataclasses import dataclass
from typing import Any

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Object, Outputs, Validation, attribute, output, variable
from flowwise.authoring.rules import PREFIX
from flowwise.tables.existing_ids import REGISTRIES
from flowwise.tables.naming import MAX_SUFFIX_LENGTH, NAME_PATTERN

ISSUER = "token.actions.githubusercontent.com"
"""Who signs the tokens, without the scheme."""

MAIN = "refs/heads/main"
"""The branch whose workflows deploy."""

_SUBJECT = "repo:${var.repository.owner}/${var.repository.name}:environment:${var.environment}"


@dataclass(frozen=True)
class Pipeline:
    """What of GitHub's may become one of the identities."""

    suffix: str
    """What the name of its GitHub environment has after that of the environment."""
    workflow: str | None
    """The only file of `.github/workflows/` whose jobs may, as it is on main; None for whatever a branch makes it."""

    @property
    def subject(self) -> str:
        """Template of the only subject of tokens that the identity trusts."""
        return _SUBJECT + self.suffix


PIPELINES = {
    "review": Pipeline("-review", None),
    "drift": Pipeline("-drift", "drift-stacks.yml"),
    "plan": Pipeline("-plan", "deploy-stack.yml"),
    "apply": Pipeline("", "deploy-stack.yml"),
}
"""By the names of the identities. Whoever may push a branch is `review`, which reads no secret."""

IMAGES_SUBJECT = "repo:${each.value.owner}/${each.value.name}:ref:refs/heads/main"
"""The subject of tokens of a repository's jobs on its main, in no environment of GitHub's: who pushes images."""

READERS = ("drift", "plan")
"""Those who compare with what is there, for which providers read secrets."""

REPOSITORY = 'replace("${var.repository.owner}/${var.repository.name}", "/@[0-9]+/", "")'
"""The repository as claims of tokens other than the subject name it, without numbers."""

_NAME = "[A-Za-z0-9._-]+"
_NUMBER = "@[0-9]+"


class Repository(Object):
    """A repository on GitHub."""

    owner: str = attribute("Who owns the repository.")
    name: str = attribute("Name of the repository.")


def environment() -> Any:
    """`str`: the environment whose pipelines these are."""
    return variable(
        "Environment. GitHub's environments are called the same: so where it is applied, with -plan where that is "
        "planned, -drift where it is compared and -review where a pull request is planned.",
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


def image_repositories() -> Any:
    """`dict[str, Repository]`: whose main may push a microservice's images."""
    return variable(
        "By microservice, the repository on GitHub whose jobs on main may push its images, as its tokens name it: with "
        "numbers likewise.",
        default={},
        example={"lancamentos": Repository(owner="flowwise", name="lancamentos")},
        validations=[
            Validation(
                "alltrue([for repository in values(self) : "
                f'can(regex("^({_NAME}/{_NAME}|{_NAME}{_NUMBER}/{_NAME}{_NUMBER})$", '
                '"${repository.owner}/${repository.name}"))])',
                "Each of image_repositories must have an owner and a name, both with their number after an @ or "
                "neither.",
                rejects={"lancamentos": Repository(owner="flowwise", name="*")},
            ),
            Validation(
                "alltrue([for name in keys(self) : "
                f'can(regex("^{NAME_PATTERN}$", name)) && length(name) <= {MAX_SUFFIX_LENGTH}])',
                "image_repositories must go by the names of microservices.",
                rejects={"Lançamentos": Repository(owner="flowwise", name="lancamentos")},
            ),
        ],
    )


def image_registry() -> Any:
    """`str | None`: where the images go, if it is nothing that the environment makes."""
    patterns = "|".join(registry.pattern for registry in REGISTRIES.values())
    return variable(
        "Registry that is there already, as the environment's file says in existing.registry. Null where the "
        "environment makes one. Azure needs no word: the right is the subscription's.",
        default=None,
        example=None,
        validations=[
            Validation(
                f'self == null || can(regex("^({patterns})$", self))',
                "image_registry must be as the environment's file says in existing.registry.",
                rejects="flowwise",
            )
        ],
    )


def github_known() -> Any:
    """`bool`: whether another environment of the account came first."""
    return variable(
        "Whether the account has GitHub as an identity provider already, as an AWS account can have it once only.",
        default=False,
    )


def account() -> Any:
    """`str`: the account that the environment is in, if it is another than that of its pipelines and its state."""
    return variable(
        "Subscription or project of the environment, on which the identities get their rights. Null where it is the "
        "one that has the identities, too. AWS keeps them apart by a boundary.",
        default=None,
    )


class PipelineIdentityInputs(Inputs):
    """What the identities are made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    environment: str = environment()
    repository: Repository = repository()
    image_repositories: dict[str, Repository] = image_repositories()
    image_registry: str | None = image_registry()
    github_known: bool = github_known()
    account: str | None = account()
    tags: dict[str, str] = common_variables.tags()


class PipelineIdentityOutputs(Outputs):
    """What gives the identities further rights, and what the pipelines sign in with."""

    identities: dict[str, str] = output(
        "Each identity as the cloud identifies it where rights are given: review, drift, plan and apply."
    )
    variables: dict[str, dict[str, str]] = output("By the same names, the variables of their GitHub environments.")
    image_variables: dict[str, dict[str, str]] = output(
        "By microservice, the variables of the repository that pushes its images."
    )


PIPELINE_IDENTITY = Contract(
    "pipeline-identity",
    "Who the pipelines are in the cloud: identities that plan a pull request, compare, plan and apply; GitHub's own "
    "tokens stand for them, and no key.",
    PipelineIdentityInputs,
    PipelineIdentityOutputs,
)
