"""The plan that was read is the one that is applied; a refused or interrupted one is not there to be applied."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from operations import apply, plan, planning
from operations.failure import OperationError
from operations.guard import findings
from operations.guard.history import History
from operations.guard.rules import rules
from operations.plan_summary import digest_in
from operations.planning import digest
from tests.operations.guard.test_attacks import LIFTS, SERVER, change, document
from tests.operations.guard.test_history import without_rules

SMALLER = change(SERVER, {"backup_retention_days": 35}, {"backup_retention_days": 7})
LARGER = change(SERVER, {"backup_retention_days": 7}, {"backup_retention_days": 35})
WHAT = f"module.platform.{SERVER}.this:backup_retention_days"


@dataclass
class Recorded:
    """Terraform as plan and apply see it: `says` is what it shows of any plan, `interrupted_at` what stops it."""

    folder: Path
    says: dict[str, Any]
    interrupted_at: str = ""
    ran: list[str] = field(default_factory=list)

    def run(self, *arguments: str) -> None:
        self.ran.append(arguments[0])
        for out in (argument.removeprefix("-out=") for argument in arguments if argument.startswith("-out=")):
            Path(out).write_bytes(b"a plan, with much of the state")
        self._interrupt(arguments[0])

    def init(self) -> None:
        self.run("init")

    def show(self, _: Path) -> dict[str, Any]:
        self._interrupt("show")
        return self.says

    def outputs(self) -> dict[str, Any]:
        return {}

    def _interrupt(self, at: str) -> None:
        if self.interrupted_at == at:
            raise KeyboardInterrupt

    @property
    def left(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded(tmp_path, document(LARGER))
    for operation in (plan, apply):
        monkeypatch.setattr(operation, "Terraform", SimpleNamespace(of=lambda _: recorded))
    file_says(monkeypatch, protected=True)
    monkeypatch.setattr(planning, "history", lambda *_: History())
    monkeypatch.delenv("ACCEPT_DESTROY", raising=False)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    return recorded


def file_says(monkeypatch: pytest.MonkeyPatch, protected: bool) -> None:
    nobody = SimpleNamespace(backend="none")
    environment = SimpleNamespace(
        deletion_protection=protected, deployed_services={}, in_cloud=True, observability=nobody
    )
    stack = SimpleNamespace(name="prod", folder="infra/environments/prod", environment=environment)
    for operation in (plan, apply):
        monkeypatch.setattr(operation, "find_stack", lambda _: stack)


def test_what_is_applied_is_what_the_summary_shows(terraform: Recorded) -> None:
    assert plan.main() == 0
    assert terraform.left == {"plan.tfplan", "plan.md"}
    file, markdown = terraform.folder / "plan.tfplan", terraform.folder / "plan.md"
    assert digest_in(markdown.read_text()) == digest(file)
    read, shown = file.read_bytes(), markdown.read_text()
    terraform.ran.clear()

    file.write_bytes(b"another plan")
    with pytest.raises(OperationError, match=r"prod/plan\.tfplan is not the plan that plan\.md beside it shows"):
        apply.main()
    file.write_bytes(read)
    markdown.unlink()
    with pytest.raises(OperationError, match="nobody has read it"):
        apply.main()
    assert terraform.ran == []

    markdown.write_text(shown)
    assert apply.main() == 0
    assert terraform.ran == ["init", "apply"]
    assert not file.exists()


def test_a_refused_plan_does_not_stay(terraform: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    terraform.says = document(SMALLER)
    (terraform.folder / "plan.tfplan").write_bytes(b"of yesterday")
    with pytest.raises(OperationError, match="The plan of prod is refused"):
        plan.main()
    assert terraform.left == {"plan.md"}
    assert digest_in((terraform.folder / "plan.md").read_text()) is None
    monkeypatch.setenv("ACCEPT_DESTROY", WHAT)
    file_says(monkeypatch, protected=False)
    with pytest.raises(OperationError, match=r"plan\.tfplan is missing"):
        apply.main()


def test_neither_the_file_nor_what_lifts_protection_lets_it_pass(
    terraform: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_says(monkeypatch, protected=False)
    terraform.says = document(SMALLER, outputs=LIFTS)
    with pytest.raises(OperationError, match="what is deployed says so, whatever its file says now"):
        plan.main()
    monkeypatch.setenv("ACCEPT_DESTROY", f"{WHAT} output.protected:value")
    assert plan.main() == 0
    assert "passes, because ACCEPT_DESTROY says that it is wanted" in (terraform.folder / "plan.md").read_text()
    assert apply.main() == 0


def test_what_holds_of_earlier_revisions_holds_for_plan_and_apply(
    terraform: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule was there yesterday. A plan that was saved before its change became known is refused as well."""
    yesterday = History(rule_sets=(rules(),))
    monkeypatch.setattr(findings, "rules", without_rules)
    terraform.says = document(SMALLER)
    assert plan.main() == 0
    monkeypatch.setattr(planning, "history", lambda *_: yesterday)
    with pytest.raises(OperationError, match=re.escape(f"`{WHAT}`: lowers how far back")):
        apply.main()
    with pytest.raises(OperationError, match=re.escape(f"`{WHAT}`: lowers how far back")):
        plan.main()


def test_what_was_accepted_is_accepted_again_or_the_plan_goes(
    terraform: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    terraform.says = document(SMALLER)
    monkeypatch.setenv("ACCEPT_DESTROY", WHAT)
    assert plan.main() == 0
    monkeypatch.delenv("ACCEPT_DESTROY")
    with pytest.raises(OperationError, match=re.escape(f"`{WHAT}`: lowers how far back")):
        apply.main()
    assert terraform.left == {"plan.md"}
    assert "apply" not in terraform.ran


@pytest.mark.parametrize("at", ["init", "plan", "show", "summary", "output"])
def test_an_interrupt_leaves_no_plan(at: str, terraform: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    (terraform.folder / "plan.tfplan").write_bytes(b"of yesterday")
    terraform.interrupted_at = at
    if at == "summary":
        monkeypatch.setattr(plan, "summary", interrupt)
    if at == "output":
        monkeypatch.setattr(plan, "set_output", interrupt)
    with pytest.raises(KeyboardInterrupt):
        plan.main()
    assert terraform.left <= {"plan.md"}


def test_a_plan_that_is_not_whole_is_none_and_says_so(terraform: Recorded) -> None:
    terraform.says = document(LARGER, complete=False)
    with pytest.raises(OperationError, match="The plan is not complete"):
        plan.main()
    assert terraform.left == {"plan.md"}
    assert "**There is no plan.** The plan is not complete" in (terraform.folder / "plan.md").read_text()
    terraform.says = document(LARGER, complete=True)
    assert plan.main() == 0
    assert "not complete" not in (terraform.folder / "plan.md").read_text()
    terraform.says = document(LARGER, complete=False)
    with pytest.raises(OperationError, match="The plan is not complete"):
        apply.main()
    assert "apply" not in terraform.ran


def test_json_that_cannot_be_read_leaves_no_plan(terraform: Recorded) -> None:
    terraform.says = {"format_version": "1.2"}
    with pytest.raises(OperationError, match="`applyable` is missing"):
        plan.main()
    assert terraform.left == {"plan.md"}
    assert "**There is no plan.** The plan's JSON does not say" in (terraform.folder / "plan.md").read_text()
