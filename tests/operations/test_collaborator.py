"""What a collaborator reaches who may push a branch, and edits what they like on it: Makefile, actions, workflows.

All that runs on a branch is the branch's own. So nothing in the repository protects anything from it, but what GitHub
knows of a job (its environment, its branch, its workflow) and what the clouds make of that.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from environments import Environment, load_environments
from environments.promotion import promotion_order
from flowwise.pipeline_identity import PIPELINES
from flowwise.runner import LABEL_PREFIX
from flowwise.tables.project import CLOUDS
from operations.github_settings import OF_ENVIRONMENTS, OF_THE_REPOSITORY, Request, missing, requests, runner_groups
from tests.environments.texts import apart, environment_text
from tests.flowwise.test_pipeline_identity import google_admits
from tests.offline.mocked_apply import Made, copy_of, mocked_apply
from tests.operations.test_pipelines import FILES, WORKFLOWS
from tests.workspace import REPOSITORY

pytestmark = pytest.mark.terraform

ENVIRONMENTS = promotion_order(load_environments(REPOSITORY / "environments"))
MAIN, BRANCH = "refs/heads/main", "refs/pull/7/merge"
ISSUER = "token.actions.githubusercontent.com"


@dataclass(frozen=True)
class Job:
    """What GitHub says of a job in its token."""

    environment: str
    ref: str
    workflow: str

    @property
    def subject(self) -> str:
        return f"repo:flowwise/platform:environment:{self.environment}"

    @property
    def workflow_ref(self) -> str:
        return f"flowwise/platform/.github/workflows/{self.workflow}@{self.ref}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    tree = copy_of(tmp_path_factory.mktemp("tree"), "modules/pipeline-identity")
    return {cloud: mocked_apply(tree, f"modules/pipeline-identity/{cloud}") for cloud in CLOUDS}


def asked() -> list[Request]:
    return requests(ENVIRONMENTS, 1, {})


def github_admits(job: Job) -> bool:
    """Whether GitHub starts a job in its environment, by what `make github` has set up."""
    branches: dict[str, set[str]] = {}
    limited: dict[str, bool] = {}
    for request in asked():
        name, _, rest = request.path.removeprefix("environments/").partition("/")
        if not request.path.startswith("environments/"):
            continue
        if not rest:
            limited[name] = request.body["deployment_branch_policy"] is not None
        else:
            branches.setdefault(name, set()).add(f"refs/heads/{request.body['name']}")
    assert job.environment in limited
    return not limited[job.environment] or job.ref in branches[job.environment]


def cloud_admits(cloud: str, made: Made, name: str, job: Job) -> bool:
    """Whether a cloud takes the token of a job for one of its identities."""
    if cloud == "azure":
        return bool(made["azurerm_federated_identity_credential", name]["subject"] == job.subject)
    if cloud == "google":
        member = made["google_service_account_iam_member", name]["member"]
        return bool(member.endswith(f"/subject/{job.subject}")) and google_admits(made, job.subject, job.workflow_ref)
    (trust,) = json.loads(made["aws_iam_role", name]["assume_role_policy"])["Statement"]
    claims = {"aud": "sts.amazonaws.com", "sub": job.subject, "job_workflow_ref": job.workflow_ref}
    token = {f"{ISSUER}:{claim}": value for claim, value in claims.items()}
    assert trust["Condition"].keys() == {"StringEquals"}
    return all(token[claim] == value for claim, value in trust["Condition"]["StringEquals"].items())


def jobs_of_a_branch() -> Iterator[Job]:
    """Whatever a branch may write: a job of any environment, in any file, the known ones and one of its own."""
    for pipeline in PIPELINES.values():
        for workflow in (*WORKFLOWS, "mine.yml"):
            yield Job(f"dev{pipeline.suffix}", BRANCH, workflow)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_a_pull_request_reaches(cloud: str, made: dict[str, Made]) -> None:
    """On AWS and Google Cloud the trust holds by itself; on Azure GitHub's branches hold it."""
    reached = {
        name
        for job in jobs_of_a_branch()
        for name in PIPELINES
        if github_admits(job) and cloud_admits(cloud, made[cloud], name, job)
    }
    assert reached == {"review"}
    without_github = {
        name for job in jobs_of_a_branch() for name in PIPELINES if cloud_admits(cloud, made[cloud], name, job)
    }
    assert without_github == (set(PIPELINES) if cloud == "azure" else {"review"})


@pytest.mark.parametrize("cloud", CLOUDS)
def test_each_pipeline_reaches_its_own_identity(cloud: str, made: dict[str, Made]) -> None:
    for name, pipeline in PIPELINES.items():
        job = Job(f"dev{pipeline.suffix}", MAIN, pipeline.workflow or "review-stacks.yml")
        assert github_admits(job)
        assert {each for each in PIPELINES if cloud_admits(cloud, made[cloud], each, job)} == {name}


@pytest.mark.parametrize("cloud", [cloud for cloud in CLOUDS if cloud != "azure"])
def test_another_workflow_of_main_reaches_nothing(cloud: str, made: dict[str, Made]) -> None:
    for name, pipeline in PIPELINES.items():
        job = Job(f"dev{pipeline.suffix}", MAIN, "mine.yml")
        assert cloud_admits(cloud, made[cloud], name, job) == (name == "review")


def test_workflows_use_the_environments_that_are_trusted() -> None:
    used = {
        (file, job["environment"].partition("}}")[2])
        for file, workflow in WORKFLOWS.items()
        for job in workflow["jobs"].values()
        if "environment" in job
    }
    assert used == {(pipeline.workflow or "review-stacks.yml", pipeline.suffix) for pipeline in PIPELINES.values()}


def test_no_branch_runs_on_a_machine_that_deploys() -> None:
    """A label of an environment is asked for by workflows of main alone; a branch may write another, as long as GitHub
    lets its runs use the runners: that is the runner group's to say.
    """
    for file in ("pull-request.yml", "review-stacks.yml"):
        runners = [job["runs-on"] for job in WORKFLOWS[file]["jobs"].values() if "uses" not in job]
        assert runners and all("vars.RUNNERS" not in each and "runner-" not in each for each in runners), file
    deploying = [WORKFLOWS["drift-stacks.yml"]["jobs"]["drift"], *WORKFLOWS["deploy-stack.yml"]["jobs"].values()]
    for job in deploying:
        assert "vars.RUNNERS" in job["runs-on"] and "environment)" in job["runs-on"]
    runbook = " ".join((REPOSITORY / "docs/runbook.md").read_text().split())
    trusted = {pipeline.workflow for pipeline in PIPELINES.values() if pipeline.workflow}
    named = re.search(r"only \*selected workflows\* may use, (.*?):", runbook)
    assert named and set(re.findall(r"`([\w-]+\.yml)@refs/heads/main`", named[1])) == trusted


def ruleset(name: str) -> Mapping[str, Any]:
    (found,) = [request.body for request in asked() if request.path == "rulesets" and request.body["name"] == name]
    return found


def test_nobody_but_those_who_answer_for_it_tags_a_release() -> None:
    """A tag runs the workflow of its own commit, whatever that says: so not everybody who may push may push one."""
    (pattern,) = WORKFLOWS["release.yml"][True]["push"]["tags"]
    releases = ruleset("releases")
    assert (releases["target"], releases["enforcement"]) == ("tag", "active")
    assert releases["conditions"]["ref_name"] == {"include": [f"refs/tags/{pattern}"], "exclude": []}
    assert {rule["type"] for rule in releases["rules"]} == {"creation", "update", "deletion"}
    assert releases["bypass_actors"] == [{"actor_id": 1, "actor_type": "Team", "bypass_mode": "always"}]


@pytest.fixture(scope="module")
def with_runners(tmp_path_factory: pytest.TempPathFactory) -> list[Environment]:
    """Two environments whose file asks for runners in their network."""
    folder = tmp_path_factory.mktemp("environments")
    texts = {name: environment_text(cloud, "dedicated", "prod") for name, cloud in (("um", "azure"), ("dois", "aws"))}
    for name, text in apart(texts).items():
        (folder / f"{name}.toml").write_text(text)
    return load_environments(folder)


def runner_admits(group: Request, job: Job) -> bool:
    """Whether GitHub hands a job to the machines of a group ("Managing access to self-hosted runners")."""
    assert group.body["visibility"] == "selected" and not group.body["allows_public_repositories"]
    return not group.body["restricted_to_workflows"] or job.workflow_ref in group.body["selected_workflows"]


def test_a_runner_in_a_network_takes_jobs_of_mains_workflows_alone(with_runners: list[Environment]) -> None:
    groups = runner_groups(with_runners, "flowwise/platform", 7, {})
    assert [group.body["name"] for group in groups] == [f"runner-{each.name}" for each in with_runners]
    for group in groups:
        assert group.method == "POST" and group.body["selected_repository_ids"] == [7]
        assert not [job for job in jobs_of_a_branch() if runner_admits(group, job)]
        of_main = [Job("um", MAIN, workflow) for workflow in (*WORKFLOWS, "mine.yml")]
        deploying = {pipeline.workflow for pipeline in PIPELINES.values() if pipeline.workflow}
        assert {job.workflow for job in of_main if runner_admits(group, job)} == deploying


def test_a_group_that_is_there_is_narrowed_again(with_runners: list[Environment]) -> None:
    again = runner_groups(with_runners, "flowwise/platform", 7, {f"runner-{each.name}": 3 for each in with_runners})
    path = "/orgs/flowwise/actions/runner-groups/3"
    assert {(request.method, request.path) for request in again} == {("PATCH", path), ("PUT", f"{path}/repositories")}
    assert all(each.body["restricted_to_workflows"] for each in again if each.method == "PATCH")


def test_machines_have_the_label_that_jobs_of_their_environment_ask_for(with_runners: list[Environment]) -> None:
    """So what a job of dev asks for, none of prod's machines has; tests/flowwise/test_runner.py registers one."""
    asked_for = re.findall(r"format\('([\w-]+)\{0\}'", WORKFLOWS["deploy-stack.yml"]["jobs"]["apply"]["runs-on"])
    assert asked_for == [LABEL_PREFIX]
    for cloud in CLOUDS:
        call = (REPOSITORY / "infra" / cloud / "main.tf").read_text().partition('module "runner" {')[2]
        assert re.search(rf'^  label += format\("{LABEL_PREFIX}%s", var\.tags\["environment"\]\)$', call, re.MULTILINE)


def test_main_is_protected_and_what_applies_to_protected_data_is_approved() -> None:
    main = ruleset("main")
    rules: dict[str, Any] = {rule["type"]: rule.get("parameters") for rule in main["rules"]}
    assert rules["pull_request"]["required_approving_review_count"] >= 1
    assert rules["pull_request"]["require_code_owner_review"] and rules["pull_request"]["require_last_push_approval"]
    assert {"deletion", "non_fast_forward"} <= rules.keys()
    checks = {each["context"] for each in rules["required_status_checks"]["required_status_checks"]}
    assert checks == {WORKFLOWS["pull-request.yml"]["jobs"]["check"]["name"]}
    approved = {request.path.removeprefix("environments/") for request in asked() if "reviewers" in request.body}
    assert approved == {each.name for each in ENVIRONMENTS if each.deletion_protection}
    assert approved


def test_what_is_set_up_is_changed_and_not_made_twice() -> None:
    again = requests(ENVIRONMENTS, 1, {"main": 42, "releases": 43})
    found = [(request.method, request.path) for request in again if "rulesets" in request.path]
    assert found == [("PUT", "rulesets/42"), ("PUT", "rulesets/43")]


def test_every_variable_is_in_the_table_and_in_the_runbook() -> None:
    texts = "".join(path.read_text() for path in FILES)
    used = {*re.findall(r"vars\.(\w+)", texts), *re.findall(r"fromJSON\(inputs\.variables\)\.(\w+)", texts)}
    assert used == {*OF_THE_REPOSITORY, *OF_ENVIRONMENTS}
    runbook = (REPOSITORY / "docs/runbook.md").read_text()
    for name, words in (OF_THE_REPOSITORY | OF_ENVIRONMENTS).items():
        assert re.search(rf"^\| `{name}` \| .*{re.escape(words)} \|$", runbook, re.MULTILINE), name


def test_what_is_missing_is_named() -> None:
    (dev, *_) = ENVIRONMENTS
    assert missing(dev, ["AZURE_CLIENT_ID", "OTHER"]) == ["AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID"]
