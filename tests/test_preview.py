"""What `make preview` shows, of files that are right and of others, once and while somebody edits."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import preview
from tests.trees import CACHE, write_tree_of
from tests.workspace import REPOSITORY, files_below


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Environment files, and the tree that they make."""
    (tmp_path / "environments").mkdir()
    for name in ("dev", "local", "shared"):
        shutil.copy(REPOSITORY / "environments" / f"{name}.toml", tmp_path / "environments")
    write_tree_of(tmp_path / "environments", tmp_path / "infra")
    return tmp_path


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / "environments" / "dev.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_an_edit_shows_its_difference_and_what_it_costs(folder: Path) -> None:
    before = files_below(folder / "infra")
    show = partial(preview.look, folder / "environments", folder / "infra", CACHE)
    assert show() == "infra/ is as the environment files say."
    edit(folder, "max_nodes = 3", "max_nodes = 9")
    shown = show()
    assert "--- infra/environments/dev/main.tf\n+++ infra/environments/dev/main.tf\n" in shown
    assert "-        max_nodes = 3\n+        max_nodes = 9\n" in shown
    (row,) = [line for line in shown.splitlines() if line.startswith("| dev ")]
    assert "1,200, less than that: `make cost` | fit" in row
    assert "| local" not in shown
    assert files_below(folder / "infra") == before, "it wrote something"


def test_it_goes_on_watching_after_a_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edits: list[Callable[[], None]] = [
        lambda: edit(folder, '"azure"', '"azur"'),
        lambda: edit(folder, "[postgres]", "[postgres"),
        lambda: edit(folder, "[postgres", "[postgres]"),
        lambda: edit(folder, '"azur"', '"aws"'),
    ]

    def saved() -> bool:
        if edits:
            edits.pop(0)()
            return True
        return False

    assert preview.watch(partial(preview.show, folder / "environments", folder / "infra", CACHE), saved) == 0
    shown = capsys.readouterr().out
    at = [shown.index(words) for words in ("is as the", 'did you mean "azure"', "line ", "would change")]
    assert at == sorted(at)
    assert '+provider "aws" {' in shown


def test_a_difference_without_end_is_cut(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "_MOST_LINES", 3)
    edit(folder, "max_nodes = 3", "max_nodes = 9")
    shown = preview.look(folder / "environments", folder / "infra", CACHE).splitlines()
    assert shown[3].startswith("... and ")
    assert shown[3].endswith(" lines more")
