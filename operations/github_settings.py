"""Sets up the repository on GitHub as the pipelines need it, by `gh api`: it can be run as often as one likes.

Who may run in a GitHub environment is trusted by the clouds as its identity (flowwise/pipeline_identity). Requests:
"REST API endpoints for deployment environments", "for deployment branch policies", "for rules", "for self-hosted runner
groups" (docs.github.com).
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from environments import Environment
from flowwise.pipeline_identity import MAIN, PIPELINES
from flowwise.runner import LABEL_PREFIX
from operations.deployable import REPOSITORY, deployed_environments
from operations.failure import OperationError, exit_status

_SIGNING_IN = {
    "azure": ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID"),
    "aws": ("AWS_ROLE_ARN", "AWS_REGION", "AWS_ACCOUNT_ID"),
    "google": ("GOOGLE_WORKLOAD_IDENTITY_PROVIDER", "GOOGLE_SERVICE_ACCOUNT", "GOOGLE_PROJECT"),
}
OF_THE_REPOSITORY = {
    "RUNNERS": "Environments with runners of their own, labelled `runner-<environment>`, as a list in JSON",
    "RUNNER_REVIEW": "Label of the runner on which pull requests are planned; GitHub's own by default",
    "WATCHERS": "Whom the issue about a drift mentions, such as `@flowwise/infraestrutura`",
}
OF_ENVIRONMENTS = {
    **dict.fromkeys(_SIGNING_IN["azure"], "Whom Azure signs in, from the bootstrap's output `variables`"),
    **dict.fromkeys(_SIGNING_IN["aws"], "Whom AWS signs in, likewise"),
    **dict.fromkeys(_SIGNING_IN["google"], "Whom Google Cloud signs in, likewise"),
    "ADMINISTRATORS": "The root's variable `administrators`, in JSON",
    "DATABASE_READERS": "The root's variable `database_readers`, in JSON",
    "OPERATOR_CIDRS": "Azure: the root's variable `operator_cidrs`, in JSON: the runners' public addresses",
    "DATABASE_CA_CERTIFICATE": "AWS: the root's variable `database_ca_certificate`",
}
_MAIN = {
    "name": "main",
    "target": "branch",
    "enforcement": "active",
    "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
    "rules": [
        {"type": "deletion"},
        {"type": "non_fast_forward"},
        {
            "type": "pull_request",
            "parameters": {
                "required_approving_review_count": 1,
                "require_code_owner_review": True,
                "require_last_push_approval": True,
                "dismiss_stale_reviews_on_push": True,
                "required_review_thread_resolution": True,
            },
        },
        {
            "type": "required_status_checks",
            "parameters": {
                "strict_required_status_checks_policy": True,
                "required_status_checks": [{"context": "Check"}],
            },
        },
    ],
}

_RELEASES = {
    "name": "releases",
    "target": "tag",
    "enforcement": "active",
    "conditions": {"ref_name": {"include": ["refs/tags/v*"], "exclude": []}},
    "rules": [{"type": "creation"}, {"type": "update"}, {"type": "deletion"}],
}


@dataclass(frozen=True)
class Request:
    """One call of GitHub's API. Its path is relative to the repository, or a whole one if it begins with a slash."""

    method: str
    path: str
    body: Mapping[str, Any]


def requests(environments: Iterable[Environment], team: int, rulesets: Mapping[str, int]) -> list[Request]:
    """What sets everything up. `team` is the id of the reviewers; `rulesets` the ids of those there are, by name."""
    asked = [
        Request(
            "PUT", "actions/permissions", {"enabled": True, "allowed_actions": "all", "sha_pinning_required": True}
        ),
        Request(
            "PUT",
            "actions/permissions/workflow",
            {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False},
        ),
    ]
    # Who answers for everything may bypass the rules of tags: nobody else makes a release.
    team_may = {"bypass_actors": [{"actor_id": team, "actor_type": "Team", "bypass_mode": "always"}]}
    for ruleset in (_MAIN, _RELEASES | team_may):
        there = rulesets.get(str(ruleset["name"]))
        asked.append(Request("PUT", f"rulesets/{there}", ruleset) if there else Request("POST", "rulesets", ruleset))
    for environment in environments:
        for name, pipeline in PIPELINES.items():
            path = f"environments/{environment.name}{pipeline.suffix}"
            is_approved = name == "apply" and environment.deletion_protection
            approval = {"reviewers": [{"type": "Team", "id": team}], "prevent_self_review": True} if is_approved else {}
            on_main_alone = {"protected_branches": False, "custom_branch_policies": True} if pipeline.workflow else None
            asked.append(Request("PUT", path, {"deployment_branch_policy": on_main_alone, **approval}))
            if pipeline.workflow:
                asked.append(Request("POST", f"{path}/deployment-branch-policies", {"name": "main", "type": "branch"}))
    return asked


def runner_groups(
    environments: Iterable[Environment], repository: str, repository_id: int, groups: Mapping[str, int]
) -> list[Request]:
    """What lets the workflows of main, and nothing else, use the runners of each environment that has some of its own.

    `groups` are the ids of those there are in the organization, by name.
    """
    deploying = sorted({pipeline.workflow for pipeline in PIPELINES.values() if pipeline.workflow})
    asked = []
    for environment in environments:
        if environment.runner is None:
            continue
        name = f"{LABEL_PREFIX}{environment.name}"
        path = f"/orgs/{environment.runner.organization}/actions/runner-groups"
        body = {
            "name": name,
            "visibility": "selected",
            "allows_public_repositories": False,
            "restricted_to_workflows": True,
            "selected_workflows": [f"{repository}/.github/workflows/{workflow}@{MAIN}" for workflow in deploying],
        }
        repositories = {"selected_repository_ids": [repository_id]}
        if name in groups:
            asked.append(Request("PATCH", f"{path}/{groups[name]}", body))
            asked.append(Request("PUT", f"{path}/{groups[name]}/repositories", repositories))
        else:
            asked.append(Request("POST", path, body | repositories))
    return asked


def missing(environment: Environment, names: Iterable[str]) -> list[str]:
    """The variables by which one signs in to an environment's cloud that are not among those that are set."""
    return [name for name in _SIGNING_IN[environment.cloud] if name not in set(names)]


def main() -> int:
    """Set everything up, and say which variables are still missing."""
    repository = json.loads(_gh("repo", "view", "--json", "nameWithOwner"))["nameWithOwner"]
    owner, team = _reviewers()
    team_id = json.loads(_gh("api", f"orgs/{owner}/teams/{team}"))["id"]
    rulesets = {each["name"]: each["id"] for each in json.loads(_gh("api", f"repos/{repository}/rulesets"))}
    environments = deployed_environments()
    asked = requests(environments, team_id, rulesets)
    if organizations := {environment.runner.organization for environment in environments if environment.runner}:
        groups = {
            each["name"]: each["id"]
            for organization in organizations
            for each in json.loads(_gh("api", f"orgs/{organization}/actions/runner-groups?per_page=100"))[
                "runner_groups"
            ]
        }
        repository_id = json.loads(_gh("api", f"repos/{repository}"))["id"]
        asked += runner_groups(environments, repository, repository_id, groups)
    for request in asked:
        path = request.path.removeprefix("/") if request.path[0] == "/" else f"repos/{repository}/{request.path}"
        if request.path.endswith("/deployment-branch-policies"):
            there = json.loads(_gh("api", path))["branch_policies"]
            if request.body["name"] in [each["name"] for each in there]:
                continue
        _gh("api", "--silent", "--method", request.method, path, "--input", "-", body=json.dumps(request.body))
        print(f"{request.method} {request.path}")
    for environment in environments:
        for pipeline in PIPELINES.values():
            where = environment.name + pipeline.suffix
            names = [each["name"] for each in json.loads(_gh("variable", "list", "--env", where, "--json", "name"))]
            if absent := missing(environment, names):
                print(f"{where} lacks {', '.join(absent)}: see infra/bootstrap/{environment.cloud}/README.md")
    return 0


def _reviewers() -> tuple[str, str]:
    """Organisation and team that own everything, by CODEOWNERS. Raises OperationError if it names none."""
    found = re.search(r"^\*\s+@([\w.-]+)/([\w.-]+)", (REPOSITORY / ".github/CODEOWNERS").read_text(), re.MULTILINE)
    if not found:
        raise OperationError(".github/CODEOWNERS: the line of * names no team, such as @flowwise/infraestrutura.")
    return found[1], found[2]


def _gh(*arguments: str, body: str | None = None) -> str:
    """What gh prints. Raises OperationError with what it complains of."""
    try:
        result = subprocess.run(["gh", *arguments], input=body or "", capture_output=True, text=True)
    except FileNotFoundError:
        raise OperationError("There is no program `gh` on the PATH: see https://cli.github.com.") from None
    if result.returncode:
        raise OperationError(f"gh {' '.join(arguments[:2])} failed: {result.stderr.strip()}")
    return result.stdout


if __name__ == "__main__":
    sys.exit(exit_status(main))
