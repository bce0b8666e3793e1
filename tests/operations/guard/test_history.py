"""A change that loosens the guard, or leaves the state by which it judges, cannot make use of that."""

import os
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from operations.failure import OperationError
from operations.guard import findings, rules
from operations.guard import history as module
from operations.guard.history import DAYS, RULES, History, history
from operations.guard.rules import FOLDER, RuleSet
from operations.plan_check import refusals, warnings
from operations.planned import read_plan
from tests.operations.guard.attacks import OF_ONE_RESOURCE
from tests.operations.guard.test_attacks import SERVER, WAS_NOT, WAS_PROTECTED, acceptances, change, document
from tests.workspace import REPOSITORY

ROOT = "infra/environments/prod"
OUTPUTS = 'output "protected" {{\n  description = "Whether."\n  value       = {}\n}}\n'
BACKEND = 'terraform {{\n  backend "s3" {{\n    bucket = "{}"\n  }}\n}}\n'
EMPTY: dict[str, Any] = {"actions": ["create"], "before": None, "after": False}


class Main:
    """A repository whose first commit has the guard's rules and a protected environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self) -> None:
        self.git("init", "--quiet", "--initial-branch=main")
        for file in FOLDER.glob("*.toml"):
            self.write(f"{RULES}/{file.name}", file.read_text())
        self.write(f"{ROOT}/backend.tf", BACKEND.format("one"))
        self.write(f"{ROOT}/outputs.tf", OUTPUTS.format("true"))
        self.commit(days_ago=300)

    def git(self, *arguments: str, **variables: str) -> None:
        who = {f"GIT_{role}_{what}": "a@b" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        subprocess.run(["git", *arguments], cwd=self.folder, env=os.environ | who | alone | variables, check=True)

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)

    def commit(self, days_ago: int = 0) -> None:
        self.git("add", "--all")
        when = f"{time.time() - days_ago * 24 * 60 * 60:.0f} +0000"
        self.git("commit", "--quiet", "--message=a", GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)

    def history(self, base: str = "") -> History:
        return history(self.folder, ROOT, base)


@pytest.fixture(scope="module")
def first_commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("main")
    Main(folder).begin()
    return folder


@pytest.fixture
def main(first_commit: Path, tmp_path: Path) -> Main:
    return Main(shutil.copytree(first_commit, tmp_path / "main"))


def without_rules() -> RuleSet:
    return RuleSet({"cluster": {"every": {}}})


@pytest.fixture
def lifted(main: Main, monkeypatch: pytest.MonkeyPatch) -> Main:
    """Its rules are gone, and nobody has committed that yet."""
    for file in (main.folder / RULES).iterdir():
        file.unlink()
    main.write(f"{RULES}/cluster.toml", "[every]\n")
    monkeypatch.setattr(findings, "rules", without_rules)
    monkeypatch.setattr(module, "rules", without_rules)
    return main


def asked(plan: Any, held: History, protected: bool = True) -> set[str]:
    """What each of the refusals names, in the order of what ACCEPT_DESTROY has to hold."""
    found = refusals(read_plan(plan), protected, [], held)
    return {line.split("`")[1] for refusal in found for line in refusal.splitlines() if line.startswith("- `")}


WEAKER = document(change(SERVER, {"backup_retention_days": 35}, {"backup_retention_days": 7}))
BACKUPS = f"module.platform.{SERVER}.this:backup_retention_days"


def test_what_lifts_rules_cannot_use_it_and_nor_can_the_next(lifted: Main) -> None:
    assert asked(WEAKER, History()) == set(), "the rules are gone"
    assert asked(WEAKER, lifted.history()) == {BACKUPS}
    lifted.commit(days_ago=DAYS - 1)
    assert asked(WEAKER, lifted.history()) == {BACKUPS}
    lifted.write("README.md", "another change")
    lifted.commit(days_ago=DAYS - 2)
    assert asked(WEAKER, lifted.history()) == {BACKUPS}
    assert refusals(read_plan(WEAKER), True, [BACKUPS], lifted.history()) == []


def test_after_a_month_it_holds(lifted: Main) -> None:
    lifted.commit(days_ago=DAYS + 1)
    assert lifted.history().rule_sets == ()


def test_every_attack_is_refused_by_the_rules_that_the_same_change_lifts(lifted: Main) -> None:
    held = lifted.history()
    for name, (type_, before, after, what) in OF_ONE_RESOURCE.items():
        attack = document(change(type_, before, after))
        addresses = {each.replace("\\", "") for each in acceptances(type_, what)}
        assert {each.replace("\\", "") for each in asked(attack, held)} == addresses, name


def test_a_rule_of_a_type_does_not_hide_one_for_all_types_that_was_there(
    main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By rules, what stands with a type goes before what stands for every type: an old rule is not outdone by that."""
    tables = {file.stem: tomllib.loads(file.read_text()) for file in FOLDER.glob("*.toml")}
    tables["aws"]["aws_db_instance"] |= {"storage_encrypted": {"on": "nothing"}}
    monkeypatch.setattr(findings, "rules", lambda: RuleSet(tables))
    monkeypatch.setattr(module, "rules", lambda: RuleSet(tables))
    attack = document(change("aws_db_instance", {"storage_encrypted": True}, {"storage_encrypted": False}))
    assert asked(attack, History()) == set()
    assert asked(attack, main.history()) == {"module.platform.aws_db_instance.this:storage_encrypted"}


def test_rules_that_nobody_can_read_any_more_are_asked_about(main: Main) -> None:
    """Who renames a word of the rules makes the old ones unreadable, whatever they said."""
    main.write(f"{RULES}/aws.toml", '[every]\nencrypted = { switched_off = "encryption" }\n')
    main.commit(days_ago=2)
    main.write(f"{RULES}/aws.toml", (FOLDER / "aws.toml").read_text())
    main.commit(days_ago=1)
    (finding,) = main.history().findings
    assert finding.address == RULES
    harmless = document(change("azurerm_subnet", {"name": "a"}, {"name": "b"}))
    assert asked(harmless, main.history()) == {finding.acceptance}
    assert asked(harmless | {"applyable": False}, main.history()) == set()


def test_a_state_that_is_left_is_asked_about(main: Main) -> None:
    """Its prior state is empty, and so says of nothing that it is protected, or even there."""
    main.write(f"{ROOT}/backend.tf", BACKEND.format("two"))
    main.write(f"{ROOT}/outputs.tf", OUTPUTS.format("false"))
    first = document(change(SERVER, None, {"name": "a"}), outputs={"protected": EMPTY})
    assert asked(first, History(), protected=False) == set()
    for days_ago in (None, 3):
        if days_ago:
            main.commit(days_ago)
        assert asked(first, main.history(), protected=False) == {"terraform.backend:changed"}
    (refusal,) = refusals(read_plan(first), False, [], main.history())
    assert 'from `terraform { backend "s3" { bucket = "one" } }` to' in refusal
    moved_along = document(change(SERVER, {"name": "a"}, {"name": "b"}), outputs=WAS_NOT)
    assert asked(moved_along, main.history(), protected=False) == set(), "the state was taken along"


def test_protection_that_was_lifted_before_the_state_was_left_counts(main: Main) -> None:
    """The deploy that lifts it may have been refused: so what is deployed is protected all the same."""
    main.write(f"{ROOT}/outputs.tf", OUTPUTS.format("false"))
    main.commit(days_ago=3)
    main.write(f"{ROOT}/backend.tf", BACKEND.format("two"))
    main.commit(days_ago=2)
    assert main.history().left_state


def test_neither_comments_nor_what_was_not_protected_leave_a_state(main: Main) -> None:
    main.write(f"{ROOT}/backend.tf", f"# It says more.\n\n{BACKEND.format('one')}")
    main.commit(days_ago=60)
    main.write(f"{ROOT}/outputs.tf", OUTPUTS.format("false"))
    main.commit(days_ago=DAYS + 10)
    assert main.history().left_state is None
    main.write(f"{ROOT}/backend.tf", BACKEND.format("two"))
    main.commit(days_ago=2)
    assert main.history().left_state is None


def test_who_reads_a_plan_is_told_that_its_judge_changes(main: Main) -> None:
    plan = read_plan(document(change("azurerm_subnet", {"name": "a"}, {"name": "b"}), outputs=WAS_PROTECTED))
    assert warnings(plan, True, [], main.history()) == []
    paths = ("operations/guard/findings.py", ".github/workflows/deploy-stack.yml", "Makefile")
    for path in paths:
        main.write(path, "of the change")
    main.commit()
    (warning,) = warnings(plan, True, [], main.history())
    assert warning.startswith("This change also changes what judges it")
    assert all(f"`{path}`" in warning for path in paths)
    main.write("README.md", "the next change")
    main.commit()
    assert warnings(plan, True, [], main.history()) == []
    assert warnings(plan, True, [], main.history("HEAD~2")) == [warning]


def test_what_judges_is_told_whole() -> None:
    """Whatever of this repository plan and apply import, but for tables and models, whose effect a plan shows."""
    code = (
        "import sys, operations.plan, operations.apply\n"
        "for module in list(sys.modules.values()): print(getattr(module, '__file__', None))"
    )
    python = [sys.executable, "-c", code]
    listed = subprocess.run(python, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.splitlines()
    ours = {Path(file).relative_to(REPOSITORY).as_posix() for file in listed if file.startswith(f"{REPOSITORY}/")}
    loose = {file for file in ours if not file.startswith((".venv/", *module.JUDGES))}
    assert {file.partition("/")[0] for file in loose} <= {"constructs", "environments"}
    for judge in module.JUDGES:
        assert (REPOSITORY / judge).exists(), judge


def test_half_a_history_is_none(main: Main, tmp_path_factory: pytest.TempPathFactory) -> None:
    main.write("README.md", "a")
    main.commit()
    copy = tmp_path_factory.mktemp("copy")
    main.git("clone", "--quiet", "--depth=1", f"file://{main.folder}", str(copy))
    with pytest.raises(OperationError, match="git fetch --unshallow"):
        history(copy, ROOT)


def test_without_commits_there_is_none(tmp_path: Path) -> None:
    assert history(tmp_path, ROOT) == History()
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    assert history(tmp_path, ROOT) == History()


def test_the_folder_of_the_rules_is_where_the_history_looks() -> None:
    assert rules.FOLDER == REPOSITORY / RULES
