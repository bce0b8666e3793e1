"""What the caller's shell may have: settings of Terraform for other work, no program, a reader that leaves."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from operations import apply, check_infra, drift, plan, terraform
from operations.failure import OperationError, exit_status
from operations.git import commit_of, git
from operations.terraform_environment import check_workspace, terraform_environment
from operations.whole_plan import check_whole
from tests.workspace import INFRA, REPOSITORY

COMMANDS = [plan.main, drift.main, apply.main]


@pytest.fixture(autouse=True)
def nothing_of_terraform_s(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TF_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("STACK", "dev")


@pytest.fixture(autouse=True)
def drift_is_told_elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.mktemp("drift")
    (folder / "infra/environments/dev").mkdir(parents=True)
    monkeypatch.setattr(drift, "REPOSITORY", folder)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("TF_WORKSPACE", "other", "it has Terraform plan another state than the stack's"),
        ("TF_DATA_DIR", "/elsewhere", "it has Terraform take modules, providers and the backend from elsewhere"),
        ("TF_CLI_ARGS", "-no-color -target=module.platform", "it adds arguments to Terraform's commands"),
        ("TF_CLI_ARGS_plan", "-exclude=module.platform", "it adds arguments to Terraform's commands"),
        ("TF_CLI_ARGS_apply", "-target=module.platform.module.budget", "it adds arguments to Terraform's commands"),
        ("TF_CLI_ARGS_init", "-backend-config=bucket=mine", "it adds arguments to Terraform's commands"),
        ("TF_CLI_ARGS_apply", "-parallelism=2 -refresh=false", "it adds arguments to Terraform's commands"),
        ("TF_UNHEARD_OF", "1", "nobody here knows what it does"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_setting_that_would_bend_a_plan_is_refused_by_name(
    name: str,
    value: str,
    why: str,
    command: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)
    assert exit_status(command) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{name} is set, and {why}")
    assert said.endswith(f"`unset {name}`.\n")
    assert said.count("\n") == 1


def test_settings_that_make_no_other_plan_are_passed_on_and_empty_ones_are_none() -> None:
    caller = {
        "HOME": "/home/somebody",
        "ARM_TENANT_ID": "",
        "TF_CLI_CONFIG_FILE": "/home/somebody/.terraformrc",
        "TF_LOG": "debug",
        "TF_LOG_PATH": "log",
        "TF_PLUGIN_CACHE_DIR": "/cache",
        "TF_TOKEN_app_terraform_io": "token",
        "TF_CLI_ARGS_init": "-backend-config=use_path_style=true",
        "TF_CLI_ARGS_apply": "-no-color -parallelism=2",
        "TF_VAR_images": "{}",
        "TF_VAR_project_id": "flowwise-dev",
    }
    empty = {"TF_WORKSPACE": "", "TF_VAR_account_id": "", "TF_CLI_ARGS_plan": ""}
    assert terraform_environment(caller | empty, INFRA) == caller


def test_a_variable_that_no_root_has_is_refused() -> None:
    with pytest.raises(OperationError) as refused:
        terraform_environment({"TF_VAR_imagse": "{}", "TF_VAR_zzz": "1"}, INFRA)
    assert str(refused.value).splitlines() == [
        "TF_VAR_imagse is set, and no root has such a variable: `unset TF_VAR_imagse`. Did you mean TF_VAR_images?",
        "TF_VAR_zzz is set, and no root has such a variable: `unset TF_VAR_zzz`.",
    ]


def test_another_workspace_that_somebody_selected_is_refused(tmp_path: Path) -> None:
    check_workspace(tmp_path)
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform" / "environment").write_text("default")
    check_workspace(tmp_path)
    (tmp_path / ".terraform" / "environment").write_text("staging\n")
    with pytest.raises(OperationError, match=r'the workspace "staging" is selected'):
        check_workspace(tmp_path)


def test_a_plan_that_leaves_something_out_is_none() -> None:
    check_whole({"format_version": "1.2", "complete": True})
    check_whole({"format_version": "1.1"})  # of before Terraform said so
    with pytest.raises(OperationError, match="The plan is not complete"):
        check_whole({"format_version": "1.2", "complete": False, "applyable": True})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_stack_that_is_not_synthesised_says_what_to_run(
    command: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(terraform, "REPOSITORY", tmp_path)
    assert exit_status(command) == 1
    said = "infra/environments/dev is not there: run `make synth`, which makes it.\n"
    assert capsys.readouterr().err == said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("command", "program"), [*((command, "terraform") for command in COMMANDS), (check_infra.main, "git")]
)
def test_a_missing_program_is_said_in_one_line(
    command: Callable[[], int],
    program: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert exit_status(command) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"There is no program `{program}` on the PATH. Install it: ")
    assert said.count("\n") == 1


def test_git_s_own_words_are_said_where_it_cannot_even_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(OperationError, match=r"^git rev-parse: fatal: not a git repository"):
        commit_of(tmp_path, "HEAD")
    git(tmp_path, "init", "--quiet")
    with pytest.raises(OperationError, match=r'^BASE: Git knows no revision "origin/mian" here'):
        commit_of(tmp_path, "origin/mian")
    (tmp_path / ".git" / "HEAD").write_text("")
    with pytest.raises(OperationError, match=r"^git rev-parse: fatal: "):
        commit_of(tmp_path, "HEAD")


@pytest.mark.parametrize("command", ["stacks", "environments", "sizing"])
def test_a_reader_that_leaves_is_told_nothing(command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody:
        result = subprocess.run(
            [sys.executable, "-m", f"operations.{command}"], cwd=REPOSITORY, stdout=nobody, stderr=subprocess.PIPE
        )
    assert (result.returncode, result.stderr) == (141, b"")
