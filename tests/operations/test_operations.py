"""The commands of `operations/` as far as they need no Terraform: what is deployed, what a plan says, what it costs."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowwise.tables.vendor_keys import GIVEN_SECRETS
from operations import deployable, review
from operations.apply_summary import summary as deployed
from operations.changed_stacks import called_folders, is_changed
from operations.deployable import deployable_stacks, find_stack
from operations.failure import OperationError
from operations.given_secrets import with_secrets_to_come
from operations.guard.rules import rules
from operations.plan_check import refusals
from operations.plan_summary import MOST_CHARACTERS, summary
from operations.planned import Change, Plan, read_plan
from operations.planning import RefusedError
from operations.rerun import beyond
from operations.terraform import Terraform
from tests.environments.texts import environment_text
from tests.flowwise.recorded_commands import RecordedCommands
from tests.operations.operated import Operated
from tests.workspace import REPOSITORY


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Operated:
    """A copy with three environments, committed; `main` and the work tree are the same."""
    texts = {
        "dev": environment_text("azure", "shared", "dev"),
        "prod": environment_text("aws", "shared", "prod"),
        "local": (REPOSITORY / "environments" / "local.toml").read_text(),
    }
    operated = Operated.with_environments(tmp_path_factory.mktemp("committed"), texts)
    shutil.copy(REPOSITORY / ".gitignore", operated.folder)
    git(operated.folder, "init", "--quiet", "--initial-branch=main")
    commit(operated.folder)
    return operated


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@flowwise.example"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=All")


@pytest.fixture
def restored(repository: Operated) -> Any:
    """The copy, for one test to change."""
    yield repository
    git(repository.folder, "checkout", "--quiet", "--force", "main")
    git(repository.folder, "reset", "--quiet", "--hard")
    git(repository.folder, "clean", "--quiet", "--force", "-d")


# --- which stacks there are -------------------------------------------------------------------------------------------


def test_stacks_are_those_in_a_cloud_platform_first(repository: Operated, tmp_path: Path) -> None:
    printed = repository.run("stacks", GITHUB_OUTPUT=str(tmp_path / "outputs")).stdout
    assert json.loads(printed) == [
        {"stack": f"{name}{suffix}", "environment": name, "cloud": cloud, "folder": f"infra/environments/{name}{sub}"}
        for name, cloud in (("dev", "azure"), ("prod", "aws"))
        for suffix, sub in (("", ""), ("-workloads", "/workloads"))
    ]
    name, _, value = (tmp_path / "outputs").read_text().partition("=")
    (matrix,) = json.loads(value)
    assert (name, json.loads(matrix), value.count("\n")) == ("stacks", json.loads(printed), 1)


def test_stacks_are_those_of_the_manifest() -> None:
    stacks = json.loads((REPOSITORY / "infra" / "manifest.json").read_text())["stacks"]
    known = {name: f"infra/{stack['workingDirectory']}" for name, stack in stacks.items()}
    assert {stack.name: stack.folder for stack in deployable_stacks()}.items() <= known.items()


def test_environments_name_the_one_before(repository: Operated, tmp_path: Path) -> None:
    printed = repository.run("environments", GITHUB_OUTPUT=str(tmp_path / "outputs")).stdout
    assert json.loads(printed) == [
        {"environment": "dev", "cloud": "azure", "before": ""},
        {"environment": "prod", "cloud": "aws", "before": "dev"},
    ]
    name, _, value = (tmp_path / "outputs").read_text().partition("=")
    (matrix,) = json.loads(value)
    assert (name, json.loads(matrix)) == ("environments", json.loads(printed))


@pytest.mark.parametrize("operation", ["plan", "apply", "drift"])
def test_an_unknown_stack_is_named_with_those_there_are(operation: str, repository: Operated) -> None:
    result = repository.run(operation, STACK="staging")
    assert result.returncode == 1
    assert result.stderr == ('There is no stack "staging". The stacks are: dev, dev-workloads, prod, prod-workloads\n')


def test_a_fault_in_an_environment_file_is_reported_as_ever(restored: Operated) -> None:
    restored.environment_file("dev").write_text("cloud = 'moon'\n")
    result = restored.run("stacks")
    assert result.returncode == 1
    assert 'found    "moon"' in result.stderr


# --- which of them have changed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("infra/environments/dev/main.tf", ["dev"]),
        ("infra/environments/dev/workloads/main.tf", ["dev-workloads"]),
        ("infra/environments/prod/new.tf", ["prod"]),
        ("infra/environments/local/main.tf", []),
        ("infra/environments/dev/infracost-usage.yml", []),
        ("infra/environments/dev/README.md", []),
        ("infra/modules/network/azure/README.md", []),
        ("infra/infracost.yml", []),
        ("infra/modules/network/aws/main.tf", ["prod"]),
        ("infra/modules/postgres-db/azure/main.tf", ["dev"]),
        ("infra/modules/remote-state/azure/main.tf", []),
        ("infra/kubernetes/main.tf", ["dev-workloads", "prod-workloads"]),
        ("infra/modules/namespace/kubernetes/main.tf", ["dev-workloads", "prod-workloads"]),
        ("infra/charts/custom-resources/values.yaml", ["dev-workloads", "prod-workloads"]),
        ("infra/manifest.json", []),
        ("environments/dev.toml", []),
    ],
)
def test_a_changed_file_changes_what_calls_it(
    file: str, changed: list[str], repository: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployable, "REPOSITORY", repository.folder)
    assert [each.name for each in deployable_stacks() if is_changed(repository.folder, each, [file])] == changed


def test_a_file_counts_as_changed_whether_or_not_it_is_committed(restored: Operated) -> None:
    (restored.folder / "infra/environments/prod/new.tf").write_text("# changed\n")
    assert changed_stacks(restored, "main") == ["prod"]
    commit_on_branch(restored.folder)
    assert changed_stacks(restored, "main") == ["prod"]
    assert changed_stacks(restored, "HEAD") == []


def test_what_the_base_has_got_meanwhile_is_not_ours(restored: Operated) -> None:
    (restored.folder / "infra/environments/dev/main.tf").write_text("# changed\n")
    commit_on_branch(restored.folder)
    git(restored.folder, "checkout", "--quiet", "main")
    assert changed_stacks(restored, "change") == []


def test_a_file_that_is_gone_counts(restored: Operated) -> None:
    (restored.folder / "infra/modules/redis/azure/outputs.tf").unlink()
    assert changed_stacks(restored, "main") == ["dev"]


def remove_prod(operated: Operated) -> None:
    """As somebody does who removes its file and synthesises."""
    operated.environment_file("prod").unlink()
    shutil.rmtree(operated.root("prod"))
    commit_on_branch(operated.folder)


def test_an_environment_that_is_gone_is_named(restored: Operated) -> None:
    remove_prod(restored)
    result = restored.run("changed_stacks", BASE="main")
    assert [(stack["stack"], stack["cloud"]) for stack in json.loads(result.stdout)] == [
        ("prod-workloads", "aws"),
        ("prod", "aws"),
    ]
    assert result.stderr.splitlines() == [
        f"{name} is no longer here, and whatever it made in aws goes on running, and costing, until it is destroyed: "
        "docs/runbook.md says how, under Remove an environment."
        for name in ("prod-workloads", "prod")
    ]


def test_an_environment_that_moves_into_a_cluster_of_one_s_own_is_gone_as_well(restored: Operated) -> None:
    remove_prod(restored)
    local = restored.environment_file("local").read_text().replace("api.flowwise", "api.prod")
    restored.environment_file("prod").write_text(local)
    assert changed_stacks(restored, "main") == ["prod-workloads", "prod"]


def test_what_the_base_has_got_meanwhile_is_not_gone(restored: Operated) -> None:
    git(restored.folder, "checkout", "--quiet", "-B", "change")
    remove_prod(restored)
    git(restored.folder, "checkout", "--quiet", "-B", "older")
    git(restored.folder, "checkout", "--quiet", "main")
    git(restored.folder, "commit", "--quiet", "--allow-empty", "--message=Later")
    git(restored.folder, "checkout", "--quiet", "older")
    assert changed_stacks(restored, "HEAD") == []


def test_an_environment_that_is_gone_is_refused_until_nothing_is_left_of_it(restored: Operated, tmp_path: Path) -> None:
    stack = "prod-workloads"
    remove_prod(restored)
    states, program = tmp_path / "state.json", tmp_path / "program"
    program.write_text(f'#!/bin/sh\ncase "$*" in *"state pull"*) cat {states} ;; esac\n')
    program.chmod(0o755)
    path = str(
        RecordedCommands(tmp_path / "bin", "git", "cat", "terraform", instead={"terraform": str(program)}).folder
    )
    left = [{"mode": "managed", "type": "aws_eks_cluster", "name": "this"}, {"mode": "data", "type": "a", "name": "b"}]
    states.write_text(json.dumps({"resources": left}))
    refused = restored.run("plan", STACK=stack, BASE="main", PATH=path)
    assert refused.returncode == 1
    summary = restored.root(stack.replace("-", "/")) / "plan.md"
    for said in (refused.stderr, summary.read_text()):
        assert f"{stack} is removed, and its state has 1 resources, which go on running, and costing" in said
    assert summary.read_text().startswith(f"<!-- plan of {stack} -->\n")
    states.write_text(json.dumps({"resources": left[1:]}))
    passed = restored.run("plan", STACK=stack, BASE="main", PATH=path)
    assert passed.returncode == 0, passed.stderr
    assert f"{stack} is removed, and its state is empty" in summary.read_text()


@pytest.mark.parametrize(
    ("revision", "complaint"),
    [
        ("nowhere", 'BASE: Git knows no revision "nowhere" here.'),
        ("--output=x", 'BASE: Git knows no revision "--output=x" here.'),
        ("", "Against which Git revision? Say BASE=<revision>, such as BASE=origin/main."),
    ],
)
def test_an_unknown_revision_is_an_error(revision: str, complaint: str, repository: Operated) -> None:
    result = repository.run("changed_stacks", BASE=revision)
    assert result.returncode == 1
    assert complaint in result.stderr
    assert "Traceback" not in result.stderr


def test_every_module_of_a_root_is_found() -> None:
    """Terraform's own list of them, from a folder where it is initialised, would be the same."""
    called = called_folders(REPOSITORY, "infra/environments/dev")
    sources = re.findall(r'source = "\.\./modules/(.*)"', (REPOSITORY / "infra/azure/main.tf").read_text())
    assert called == {"infra/azure", *(f"infra/modules/{source}" for source in sources)}


def changed_stacks(operated: Operated, base: str) -> list[str]:
    result = operated.run("changed_stacks", BASE=base)
    assert result.returncode == 0, result.stderr
    return [stack["stack"] for stack in json.loads(result.stdout)]


def commit_on_branch(folder: Path) -> None:
    git(folder, "checkout", "--quiet", "-B", "change")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=Change")


# --- whether infra/ is committed as it is made ------------------------------------------------------------------------


def test_infra_as_it_is_committed_passes(restored: Operated) -> None:
    assert restored.run("check_infra").returncode == 0


def test_what_differs_from_the_commit_is_listed(restored: Operated) -> None:
    (restored.folder / "infra/azure/main.tf").write_text("# changed\n")
    (restored.folder / "infra/azure/new.tf").write_text("# new\n")
    result = restored.run("check_infra")
    assert result.returncode == 1
    assert " M infra/azure/main.tf\n?? infra/azure/new.tf\n" in result.stderr
    assert "Run `make synth`" in result.stderr


@pytest.mark.parametrize(
    "path",
    [
        "infra/environments/prod/extra.tf",
        "infra/environments/dev/workloads/extra.tf.json",
        "infra/modules/postgres-db/azure/override.tf",
        "infra/modules/postgres-db/azure/main_override.tf",
    ],
)
def test_what_no_synthesis_made_is_refused_in_infra_even_if_it_is_committed(restored: Operated, path: str) -> None:
    (restored.folder / path).write_text("# by hand\n")
    git(restored.folder, "add", "--force", path)
    commit_on_branch(restored.folder)
    result = restored.run("check_infra")
    assert result.returncode == 1
    assert f"no synthesis made them:\n\n{path}\n\n" in result.stderr
    assert "is not as it is committed" not in result.stderr


def test_a_person_s_own_files_in_infra_are_no_business_of_ours(restored: Operated) -> None:
    root = restored.folder / "infra/environments/dev"
    (root / ".terraform.lock.hcl").write_text("# by Terraform\n")
    (root / "sizes.auto.tfvars").write_text("")
    git(restored.folder, "add", "--force", *(str(root / name) for name in (".terraform.lock.hcl", "sizes.auto.tfvars")))
    commit_on_branch(restored.folder)
    (root / "account.auto.tfvars").write_text("")
    result = restored.run("check_infra")
    assert result.returncode == 0, result.stderr


# --- what a change costs ----------------------------------------------------------------------------------------------


def test_infracost_compares_the_same_projects_at_both(restored: Operated, tmp_path: Path) -> None:
    infracost = tmp_path / "infracost"
    infracost.write_text("#!/bin/sh\npwd\n")
    infracost.chmod(0o755)
    commands = RecordedCommands(tmp_path / "bin", "git", "infracost", instead={"infracost": str(infracost)})
    result = restored.run("infracost", BASE="main", INFRACOST_API_KEY="key", PATH=str(commands.folder))
    assert result.returncode == 0, result.stderr
    first, second = (line for line in commands.arguments().splitlines() if line.startswith("infracost"))
    projects = "--config-file infra/infracost.yml --no-color"
    file = re.fullmatch(rf"infracost breakdown {re.escape(projects)} --format json --out-file (\S+/base\.json)", first)
    assert file
    assert second == f"infracost diff {projects} --compare-to {file[1]}"
    base, ours = result.stdout.splitlines()
    assert (Path(base), Path(ours)) == (Path(file[1]).with_name("base"), restored.folder)
    worktrees = subprocess.run(["git", "worktree", "list"], cwd=restored.folder, capture_output=True, text=True)
    assert len(worktrees.stdout.splitlines()) == 1, "the base's has been removed"


def test_infracost_that_fails_is_an_error(restored: Operated, tmp_path: Path) -> None:
    commands = RecordedCommands(tmp_path / "bin", "git", "infracost", instead={"infracost": "/bin/false"})
    result = restored.run("infracost", BASE="main", INFRACOST_API_KEY="key", PATH=str(commands.folder))
    assert (result.returncode, result.stderr) == (1, "infracost breakdown failed; its messages are above.\n")


def test_infracost_has_nothing_to_do_with_a_revision_from_before_it(restored: Operated, tmp_path: Path) -> None:
    git(restored.folder, "rm", "--quiet", "infra/infracost.yml")
    commit_on_branch(restored.folder)
    git(restored.folder, "checkout", "--quiet", "main")
    commands = RecordedCommands(tmp_path / "bin", "git", "infracost", instead={"infracost": "/bin/false"})
    result = restored.run("infracost", BASE="change", INFRACOST_API_KEY="key", PATH=str(commands.folder))
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("There is nothing to compare with: at change there is no infra/infracost.yml")
    assert "infracost" not in commands.arguments().replace("infra/infracost.yml", "")


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"INFRACOST_API_KEY": ""}, "INFRACOST_API_KEY is not set"),
        ({"INFRACOST_API_KEY": "key"}, "There is no program `infracost` on the PATH"),
    ],
)
def test_infracost_is_missed_in_one_line(
    variables: Mapping[str, str], complaint: str, repository: Operated, tmp_path: Path
) -> None:
    result = repository.run("infracost", BASE="main", PATH=str(tmp_path), **variables)
    assert result.returncode == 1
    assert complaint in result.stderr
    assert len(result.stderr.splitlines()) == 1


# --- what a plan says -------------------------------------------------------------------------------------------------


def resource_change(actions: list[str], type_: str = "aws_db_instance", **change: Any) -> dict[str, Any]:
    more = {key: change.pop(key) for key in ("action_reason", "previous_address", "deposed") if key in change}
    return {
        "address": f"module.platform.{type_}.this",
        "mode": "managed",
        "type": type_,
        "change": {"actions": actions, "before": None, "after": None, **change},
        **more,
    }


def plan_of(*resources: Mapping[str, Any], **more: Any) -> Plan:
    return read_plan({"format_version": "1.2", "applyable": True, "resource_changes": list(resources), **more})


def test_attributes_are_named_down_to_what_differs() -> None:
    (change,) = plan_of(
        resource_change(
            ["update"],
            before={
                "tags": {"a/b": "1", "owner": "x"},
                "disk": [{"gb": 1}],
                "same": 1,
                "list": [1],
                "secret": {"k": 1},
            },
            after={"tags": {"a/b": "2", "owner": "x"}, "disk": [{"gb": 2}], "same": 1, "list": [], "secret": {"q": 1}},
            after_unknown={"id": True, "disk": [{"path": True}], "tags": {}},
            before_sensitive={"secret": True},
            after_sensitive={"secret": True, "disk": [{}]},
        )
    ).resources
    assert change.attributes == ("disk[0].gb", "disk[0].path", "id", "list", "secret", 'tags["a/b"]')


def test_a_replacement_says_what_forces_it() -> None:
    plan = plan_of(
        resource_change(
            ["delete", "create"],
            replace_paths=[["storage", 0, "type"], ["name"]],
            action_reason="replace_because_cannot_update",
        )
    )
    reason = "because of `storage[0].type`, `name`, which cannot be changed in place"
    assert f"| `module.platform.aws_db_instance.this` | {reason} |" in summary("plan", "dev", plan, [])


@pytest.mark.parametrize(
    ("actions", "destroys"),
    [
        (["no-op"], False),
        (["read"], False),
        (["create"], False),
        (["update"], False),
        (["forget"], False),
        (["create", "forget"], False),
        (["delete"], True),
        (["delete", "create"], True),
        (["create", "delete"], True),
    ],
)
def test_only_what_deletes_destroys(actions: list[str], destroys: bool) -> None:
    plan = plan_of(resource_change(actions))
    assert [change.destroys for change in plan.resources] == [destroys]
    assert bool(refusals(plan, True, [])) == (destroys or "forget" in actions)
    assert refusals(plan, False, []) == []


def test_an_unknown_action_is_no_harmless_one() -> None:
    with pytest.raises(OperationError, match=r"actions for module\.platform\.aws_db_instance\.this that this does not"):
        plan_of(resource_change(["delete", "evaporate"]))


def test_an_unknown_format_is_not_guessed_at() -> None:
    with pytest.raises(OperationError, match=r"format_version is 2\.0; this reads 1\.x"):
        read_plan({"format_version": "2.0"})


@pytest.mark.parametrize("more", [{}, {"applyable": None}, {"applyable": "yes"}])
def test_a_plan_that_does_not_say_whether_it_applies_is_not_guessed_at(more: dict[str, Any]) -> None:
    with pytest.raises(OperationError, match=r"`applyable` is missing\. Terraform 1\.11 and newer say it"):
        read_plan({"format_version": "1.2", "resource_changes": [], **more})


def test_a_data_source_is_no_resource() -> None:
    assert plan_of(resource_change(["delete"]) | {"mode": "data"}).resources == ()


@pytest.mark.parametrize(
    ("namespace", "is_refused"), [("rabbitmq", True), ("cnpg-system", True), ("lancamentos", False), ("keda", False)]
)
def test_releases_count_by_their_namespace(namespace: str, is_refused: bool) -> None:
    plan = plan_of(resource_change(["delete"], "helm_release", before={"namespace": namespace}))
    assert bool(refusals(plan, True, [])) == is_refused


def test_what_a_replacement_left_counts() -> None:
    plan = plan_of(resource_change(["delete"], deposed="1234"))
    (refusal,) = refusals(plan, True, [])
    assert "`module.platform.aws_db_instance.this#1234`: destroys databases" in refusal
    assert "what a replacement has left" in summary("plan", "dev", plan, [])


ADDRESSES = st.sets(st.from_regex(r'[a-z]{1,4}\.[a-z]{1,4}(\["[a-z]{1,3}"\])?', fullmatch=True), max_size=6)
HOLDERS = st.sampled_from(
    sorted(t for t, of in rules().cases.items() if t[0].islower() and of[0].holds and not of[0].where)
)


@given(destroyed=ADDRESSES, kept=ADDRESSES, accepted=ADDRESSES, type_=HOLDERS)
def test_exactly_what_is_accepted_may_go(destroyed: set[str], kept: set[str], accepted: set[str], type_: str) -> None:
    kept = kept - destroyed
    plan = Plan(
        resources=(
            *(Change(address, type_, "destroy") for address in destroyed),
            *(Change(address, type_, "change") for address in kept),
        ),
        outputs=(),
        drift=(),
        applies=True,
    )
    assert (refusals(plan, True, accepted) == []) == (accepted == destroyed)
    assert (refusals(plan, False, accepted) == []) == (accepted <= destroyed)


def test_a_refusal_says_what_to_set() -> None:
    plan = Plan((Change('a.b["c"]', "aws_kms_key", "replace"),), (), (), True)
    (refusal,) = refusals(plan, True, [])
    assert "ACCEPT_DESTROY='a.b[\"c\"]'" in refusal


def test_moves_imports_outputs_and_drift_are_shown() -> None:
    plan = plan_of(
        resource_change(["no-op"], previous_address="module.old.aws_db_instance.this"),
        output_changes={"host": {"actions": ["update"]}, "same": {"actions": ["no-op"]}},
        resource_drift=[resource_change(["update"], before={"size": 1}, after={"size": 2})],
    )
    shown = summary("plan", "dev", plan, [])
    assert "| `module.platform.aws_db_instance.this` | was `module.old.aws_db_instance.this` |" in shown
    assert "#### Outputs (1)\n\n| Address | |\n| --- | --- |\n| `host` | change |" in shown
    assert "#### Changed other than by Terraform (1)" in shown
    assert "| `size` |" in shown


def test_where_nobody_calls_from_outside_there_is_no_address_to_tell() -> None:
    assert deployed("dev-workloads", {"namespaces": ["lancamentos"]}) == ""
    outputs = {"url": "https://api.example", "address_command": "kubectl"}
    assert "https://api.example" in deployed("dev-workloads", outputs)


def test_no_name_breaks_out_of_its_cell() -> None:
    plan = Plan((Change('a.b["x|`y"]', "a", "create"),), (), (), True)
    assert '| `a.b["x\\|\'y"]` |  |' in summary("plan", "dev", plan, [])


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_a_summary_fits_a_comment(created: int, changed: int) -> None:
    name = "module.platform.aws_iam_role.this"
    plan = Plan(
        (
            *(Change(f"{name}[{number}]", "aws_iam_role", "create") for number in range(created)),
            *(Change(f"{name}[-{number}]", "aws_iam_role", "change", ("tags",)) for number in range(changed)),
        ),
        (),
        (),
        True,
    )
    shown = summary("plan", "prod", plan, [])
    assert len(shown) <= MOST_CHARACTERS
    assert shown.startswith("<!-- plan of prod -->\n")
    assert shown.count("<details>") == shown.count("</details>")
    rows = shown.count(f"| `{name}")
    assert rows == created + changed or "**This is cut here" in shown.splitlines()[-1]


# --- a plan for a pull request ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stack", "error", "outputs", "is_green"),
    [
        ("dev-workloads", OperationError("there is no such output"), ["roles"], True),
        ("dev-workloads", OperationError("a fault of the workloads' own"), [], False),
        ("dev-workloads", RefusedError("it destroys the queues"), ["roles"], False),
        ("dev", OperationError("a fault of the platform"), ["roles"], False),
    ],
)
def test_only_workloads_that_cannot_be_planned_yet_wait_for_their_platform(
    stack: str,
    error: OperationError,
    outputs: list[str],
    is_green: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def fails(*_: object) -> int:
        raise error

    changed = plan_of(output_changes={name: {"actions": ["update"]} for name in outputs})
    monkeypatch.setattr(review, "plan_stack", fails)
    monkeypatch.setattr(review, "make_plan", lambda *_: changed)
    monkeypatch.setattr(review.Terraform, "of", lambda _: Terraform(tmp_path, {}, tmp_path / "lock"))
    monkeypatch.setenv("STACK", stack)
    if is_green:
        assert review.main() == 0
        assert "After the platform" in (tmp_path / "plan.md").read_text()
    else:
        with pytest.raises(type(error), match=str(error)):
            review.main()


# --- which providers are taken ----------------------------------------------------------------------------------------


def recorded_terraform(folder: Path) -> RecordedCommands:
    """One that locks whatever it is asked for, and says what it was."""
    terraform = folder / "terraform"
    terraform.write_text('#!/bin/sh\ncase "$*" in *lock*) echo "locked" > "${1#-chdir=}/.terraform.lock.hcl";; esac\n')
    terraform.chmod(0o755)
    return RecordedCommands(folder / "bin", "terraform", instead={"terraform": str(terraform)})


def test_providers_are_locked_for_all_platforms_and_taken_as_locked(restored: Operated, tmp_path: Path) -> None:
    commands = recorded_terraform(tmp_path)
    path = f"{commands.folder}{os.pathsep}{os.environ['PATH']}"
    beside = restored.root("dev") / ".terraform.lock.hcl"
    beside.write_text("of a stand-in\n")
    (restored.folder / "locks").mkdir()
    (restored.folder / "locks/gone.hcl").touch()
    result = restored.run("provider_locks", PATH=path)
    assert result.returncode == 0, result.stderr
    stacks = ["dev", "dev-workloads", "prod", "prod-workloads"]
    assert result.stdout.split() == [f"locks/{stack}.hcl" for stack in stacks]
    assert sorted(file.stem for file in (restored.folder / "locks").iterdir()) == stacks
    platforms = "-platform=linux_amd64 -platform=linux_arm64 -platform=darwin_arm64 -platform=windows_amd64"
    assert commands.arguments().count(f"providers lock {platforms}") == len(stacks)
    assert beside.read_text() == "of a stand-in\n"
    restored.run("plan", STACK="dev", PATH=path)
    assert beside.read_text() == "locked\n"
    assert "init -input=false -lockfile=readonly" in commands.arguments()


def test_without_a_lock_there_is_none_to_be_read_only(restored: Operated, tmp_path: Path) -> None:
    commands = recorded_terraform(tmp_path)
    restored.run("plan", STACK="dev", PATH=f"{commands.folder}{os.pathsep}{os.environ['PATH']}")
    assert "init -input=false" in commands.arguments() and "-lockfile" not in commands.arguments()


# --- a job that is run again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("approved", "remaining", "is_part"),
    [
        (["create"], ["create"], True),
        (["create"], ["no-op"], True),
        (["delete", "create"], ["create"], True),
        (["delete"], ["delete"], True),
        (["create"], ["delete"], False),
        (["create"], ["delete", "create"], False),
        (["update"], ["delete", "create"], False),
        (["no-op"], ["update"], False),
        (["no-op"], ["delete"], False),
    ],
)
def test_what_remains_of_a_plan_is_a_part_of_it(approved: list[str], remaining: list[str], is_part: bool) -> None:
    found = beyond(plan_of(resource_change(approved)), plan_of(resource_change(remaining)))
    assert (found == []) == is_part


def test_what_was_being_made_may_be_made_anew_and_nothing_else_changed() -> None:
    damaged = resource_change(["delete", "create"], action_reason="replace_because_tainted")
    assert beyond(plan_of(resource_change(["create"])), plan_of(damaged)) == []
    assert beyond(plan_of(resource_change(["update"])), plan_of(damaged)) != []
    assert beyond(plan_of(), plan_of(resource_change(["create"]))) != []
    small = resource_change(["update"], before={"a": 1, "b": 1}, after={"a": 2, "b": 1})
    large = resource_change(["update"], before={"a": 1, "b": 1}, after={"a": 2, "b": 2})
    assert beyond(plan_of(large), plan_of(small)) == []
    assert beyond(plan_of(small), plan_of(large)) != []


# --- how Terraform is run ---------------------------------------------------------------------------------------------

SECRETS_TO_COME = dict.fromkeys(GIVEN_SECRETS, "given when this is applied")


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ('{"monitoring": "key"}', json.dumps(SECRETS_TO_COME | {"monitoring": "key"})),
        ('{ monitoring = "key" }', '{ monitoring = "key" }'),
        ("[]", "[]"),
    ],
)
def test_what_is_planned_without_secrets_waits_for_them(given: str, seen: str) -> None:
    """Of JSON alone the rest is filled in: Terraform's own syntax is whole, or Terraform refuses it."""
    assert with_secrets_to_come({"TF_VAR_secret_values": given}, GIVEN_SECRETS) == {"TF_VAR_secret_values": seen}


def test_naming_the_stack_confirms_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"confirm_environment": "prod", "images": "", "administrators": '{"a": "b"}'}.items():
        monkeypatch.setenv(f"TF_VAR_{name}", value)
    variables = {
        name: value
        for name, value in Terraform.of(find_stack("dev-workloads")).environment.items()
        if name.startswith("TF_VAR_")
    }
    assert variables == {
        "TF_VAR_confirm_environment": "dev",
        "TF_VAR_administrators": '{"a": "b"}',
        "TF_VAR_secret_values": json.dumps(SECRETS_TO_COME),
    }
