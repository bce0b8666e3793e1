"""make synth BINDINGS=<set>: a copy of the work tree with what the set brings, and each line that differs explained."""

import subprocess
from pathlib import Path

import pytest

from operations.bindings import Difference, apply, main, refresh
from tests.workspace import REPOSITORY

_ROOT = "environments/dev/metadata.json"
_DIFFERENCE = '[[difference]]\nfiles = "environments/*/metadata.json"\ndefault = "old"\nhere = "new"\nwhy = "So."\n'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small one, whose target `synth` says which set it sees and copies what stands for a synthesis."""
    files = {
        "Makefile": "synth:\n\t@cp made infra/environments/dev/metadata.json; echo set: [$(BINDINGS)]\n",
        "made": "a\nnew\nb\n",
        "requirements.lock": "the default's\n",
        "code.py": "",
        ".gitignore": ".cache/\n*.tfvars\n",
        f"infra/{_ROOT}": "a\nold\nb\n",
        "infra/environments/dev/account.auto.tfvars": "mine\n",
        "bindings/cdktn/requirements.lock": "the set's\n",
        "bindings/cdktn/infra.toml": _DIFFERENCE,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def test_the_copy_has_the_sets_files_and_tree_and_keeps_its_set_up(repository: Path) -> None:
    copy = repository / ".cache/bindings/cdktn"
    refresh(repository, "cdktn", copy)
    assert (copy / "requirements.lock").read_text() == "the set's\n"
    assert (copy / "infra" / _ROOT).read_text() == "a\nnew\nb\n"
    assert not (copy / "infra/environments/dev/account.auto.tfvars").exists()
    (copy / ".venv").mkdir()
    (copy / ".venv/.done").touch()
    set_up = (copy / "requirements.lock").stat().st_mtime_ns
    (repository / "code.py").unlink()
    refresh(repository, "cdktn", copy)
    assert (copy / ".venv/.done").exists() and not (copy / "code.py").exists()
    assert (copy / "requirements.lock").stat().st_mtime_ns == set_up, "make would set it up again"


def test_what_differs_is_told_with_its_reason(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(repository, "cdktn", "synth") == 0
    told = capfd.readouterr()
    assert "set: []" in told.out
    assert f"--- infra/{_ROOT}\n-old\n+new\n" in told.out
    assert "So." in told.out and told.err == ""
    assert (repository / "infra" / _ROOT).read_text() == "a\nold\nb\n"


def test_what_differs_and_is_not_explained_fails(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (repository / "made").write_text("a\nnew\nc\n")
    assert main(repository, "cdktn", "synth") == 1
    assert f"bindings/cdktn/infra.toml does not explain:\n\n--- infra/{_ROOT}\n-b\n+c\n" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("difference", "message"),
    [
        (Difference("nowhere/*", "old", "new", ""), "no file of infra/ is nowhere/\\*"),
        (Difference("environments/*", "other", "new", ""), f"infra/{_ROOT} has 0 times the line 'other'"),
    ],
)
def test_a_difference_that_is_no_longer_there_is_an_error(difference: Difference, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        apply([difference], {_ROOT: "a\nold\n"})


def test_a_set_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(REPOSITORY, "nosuch", "synth") == 2
    assert capsys.readouterr().err == "BINDINGS: found nosuch; allowed is one of cdktf, bridge, cdktn\n"
