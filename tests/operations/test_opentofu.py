"""`TERRAFORM=tofu`: OpenTofu in Terraform's place, by a stand-in that keeps what it is asked, and answers as it does.

How it answers was read in its code (internal/command/jsonplan, of v1.12): its plans lack two words of Terraform's.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from operations import apply, cdktf, drift, plan, terraform
from operations.failure import exit_status
from operations.guard.side import asides
from operations.opentofu_plan import with_what_terraform_says
from operations.planned import read_plan
from tests.workspace import REPOSITORY

OURS, TERRAFORMS = "registry.opentofu.org/hashicorp/azurerm", "registry.terraform.io/hashicorp/azurerm"
Changes = list[dict[str, Any]]


def group(*actions: str, provider: str = OURS, importing: Mapping[str, str] | None = None, **more: str) -> Changes:
    before = None if actions[0] == "create" else {"tags": {}}
    after = {"tags": {"a": "b"} if actions[0] == "update" else {}}
    change = {"actions": list(actions), "before": before, "after": after}
    return [
        {
            "address": "azurerm_resource_group.this",
            "type": "azurerm_resource_group",
            "mode": "managed",
            "provider_name": provider,
            "change": change | ({"importing": importing} if importing else {}),
            **more,
        }
    ]


def document(changes: Changes, output: str = "no-op", **more: Any) -> dict[str, Any]:
    """A plan as `tofu show -json` prints it."""
    providers = {each["provider_name"] for each in changes}
    return {
        "format_version": "1.2",
        "terraform_version": "1.12.6",
        "resource_changes": changes,
        "output_changes": {"name": {"actions": [output], "before": None, "after": "a"}},
        "configuration": {"provider_config": {name: {"full_name": name} for name in providers}, "root_module": {}},
        "errored": False,
        **more,
    }


class Stand:
    """A folder in which `tofu` is a program that answers with a plan, and a stack that it works in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "infra" / "environments" / "dev"
        self.root.mkdir(parents=True)
        (self.root / "versions.tf").touch()
        self.program = folder / "bin" / "tofu"
        self.program.parent.mkdir()
        self.program.write_text(
            f'#!/bin/sh\necho "$*" >>{folder}/asked\n'
            'for word; do case $word in -out=*) echo plan >"${word#-out=}" ;; esac; done\n'
            f'case "$*" in *" show "*) cat {folder}/plan.json ;; *" output "*) echo "{{}}" ;; esac\n'
        )
        self.program.chmod(0o755)

    def answers(self, plan: Mapping[str, Any]) -> None:
        (self.folder / "plan.json").write_text(json.dumps(plan))

    def asked(self) -> list[str]:
        """The arguments of each command, without the folder that it was to work in."""
        return [line.partition(f"-chdir={self.root} ")[2] for line in (self.folder / "asked").read_text().splitlines()]


@pytest.fixture
def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """Whoever asked for `terraform` here would meet the one that refuses: see tests/conftest.py."""
    stand = Stand(tmp_path)
    for name in [name for name in os.environ if name.startswith("TF_")]:
        monkeypatch.delenv(name)
    for module in (terraform, drift):
        monkeypatch.setattr(module, "REPOSITORY", tmp_path)
    monkeypatch.setenv("PATH", str(stand.program.parent), prepend=os.pathsep)
    monkeypatch.setenv("TERRAFORM", "tofu")
    monkeypatch.setenv("STACK", "dev")
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    return stand


def test_a_stack_is_planned_and_applied_with_opentofu(stand: Stand) -> None:
    stand.answers(document(group("create")))
    assert exit_status(plan.main) == 0
    assert "`azurerm_resource_group.this`" in (stand.root / "plan.md").read_text()
    assert (stand.folder / "outputs").read_text() == "changes=true\n"
    assert exit_status(apply.main) == 0
    unread, file = stand.root / "unread-plan.tfplan", stand.root / "plan.tfplan"
    init = "init -input=false"
    assert stand.asked() == [
        *(init, f"plan -input=false -lock=false -out={unread}", f"show -json {unread}"),
        *(init, f"show -json {file}", f"apply -input=false -lock-timeout=5m {file}", "output -json"),
    ]


@pytest.mark.parametrize(
    ("shown", "applies"),
    [
        (document(group("no-op")), False),
        (document([]), False),
        (document(group("update")), True),
        (document(group("forget", "create")), True),
        (document(group("no-op", previous_address="azurerm_resource_group.old")), True),
        (document(group("no-op", importing={"id": "group"})), True),
        (document([], output="create"), True),
        (document(group("update"), errored=True), False),
        (document(group("update"), applyable=False), False),  # its own word, should it have one some day
    ],
)
def test_whether_there_is_anything_to_apply_is_known(shown: dict[str, Any], applies: bool, stand: Stand) -> None:
    assert read_plan(with_what_terraform_says(shown)).applies == applies
    stand.answers(shown)
    assert exit_status(drift.main) == (2 if applies else 0)


def test_a_plan_of_terraform_s_that_lacks_the_word_is_still_none(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    stand.program.rename(stand.program.with_name("terraform"))
    monkeypatch.delenv("TERRAFORM")
    stand.answers(document(group("create", provider=TERRAFORMS)))
    assert exit_status(plan.main) == 1
    assert "`applyable` is missing" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("tool", "provider", "known"),
    [("tofu", OURS, True), ("tofu", TERRAFORMS, False), ("terraform", TERRAFORMS, True), ("terraform", OURS, False)],
)
def test_providers_are_those_of_the_tool_s_own_registry(
    tool: str, provider: str, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM", f"/opt/{tool}")
    found = asides(document(group("create", provider=provider)))
    assert [each.address for each in found] == ([] if known else [provider])


@pytest.mark.parametrize("command", [plan.main, drift.main, apply.main])
@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("tofu", "There is no program `tofu` on the PATH. Install it: https://opentofu.org/docs/intro/install says"),
        ("/x/tofu", "There is no program `/x/tofu` on the PATH. Install it: https://opentofu.org/docs/intro/install"),
        ("terragrunt", 'TERRAFORM is "terragrunt". It may be "terraform" or "tofu", or a path that ends in one of'),
    ],
)
def test_a_tool_that_is_not_there_or_not_known_is_said_in_one_line(
    named: str,
    said: str,
    command: Callable[[], int],
    stand: Stand,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(stand.folder))
    monkeypatch.setenv("TERRAFORM", named)
    assert exit_status(command) == 1
    written = capsys.readouterr().err
    assert written.startswith(said)
    assert written.count("\n") == 1
    assert not (stand.folder / "asked").exists()


@pytest.mark.parametrize("own", ["", "tofu"])
def test_the_cdktf_cli_runs_opentofu(own: str, stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """TERRAFORM says it to the CLI, too; TERRAFORM_BINARY_NAME, the CLI's own word, goes before it."""
    cli = stand.folder / "cli"
    cli.write_text(f'#!/bin/sh\n"$TERRAFORM_BINARY_NAME" -chdir={stand.root} version\n')
    cli.chmod(0o755)
    monkeypatch.setattr(cdktf, "_CLIS", (str(cli),))
    monkeypatch.setattr(cdktf, "_NODE", "/bin/sh")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", own)
    if own:
        monkeypatch.setenv("TERRAFORM", "terraform")
    assert cdktf.main([]) == 0
    assert stand.asked() == ["version"]


def test_the_tests_take_providers_from_the_tool_s_own_registry() -> None:
    code = "from tests.offline import attached, stand_ins; print(attached._address('aws'), stand_ins.REGISTRY)"
    printed = {
        named: subprocess.run(
            [sys.executable, "-c", code],
            cwd=REPOSITORY,
            env=os.environ | {"TERRAFORM": named, "PYTHONPATH": "constructs"},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for named in ("", "/opt/tofu")
    }
    assert printed == {
        "": "registry.terraform.io/hashicorp/aws registry.terraform.io\n",
        "/opt/tofu": "registry.opentofu.org/hashicorp/aws registry.opentofu.org\n",
    }
