"""What is kept of a synthesis is found again as it was, or not at all."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis import folder_cache
from synthesis.folder_cache import FolderCache, SynthesisedFolder, code_digest

ONE = SynthesisedFolder("modules/one", {"main.tf": "ação = 1\n"}, "One.", ["aws_vpc"], [])
OTHER = SynthesisedFolder("modules/other", {"main.tf": ""}, "", [], ["modules/one"])
FOLDERS = {"module one": ONE, "root dev {}": OTHER}


@pytest.fixture
def filled(tmp_path: Path) -> FolderCache:
    cache = FolderCache(tmp_path / "cache", lambda: "code")
    cache.keep(FOLDERS)
    return cache


def found(cache: FolderCache) -> dict[str, SynthesisedFolder]:
    return {made_of: folder for made_of in FOLDERS if (folder := cache.find(made_of))}


def files(cache: FolderCache) -> list[Path]:
    return sorted(cache._folder.iterdir())


def test_it_is_there_for_the_next_process(filled: FolderCache) -> None:
    assert found(FolderCache(filled._folder, lambda: "code")) == FOLDERS
    assert filled.find("module onE") is None


def test_other_code_finds_nothing(filled: FolderCache) -> None:
    assert found(FolderCache(filled._folder, lambda: "other code")) == {}


def test_code_that_was_edited_meanwhile_keeps_nothing(tmp_path: Path) -> None:
    """Neither what it was nor what it is has made the folders, for all that anybody knows."""
    codes = iter(["before", "after"])
    FolderCache(tmp_path, lambda: next(codes)).keep(FOLDERS)
    assert [found(FolderCache(tmp_path, lambda code=code: code)) for code in ("before", "after")] == [{}, {}]


def test_what_is_no_longer_made_goes(filled: FolderCache) -> None:
    filled.forget_others(["module one"])
    assert found(filled) == {"module one": ONE}
    assert len(files(filled)) == 1


@pytest.mark.parametrize("damage", [b"", b"\n", b"{}", None])
def test_what_is_damaged_is_not_there(damage: bytes | None, filled: FolderCache) -> None:
    first = files(filled)[0]
    if damage is None:
        first.unlink()
    else:
        first.write_bytes(damage)
    assert len(found(filled)) == 1
    filled.keep(FOLDERS)
    assert found(filled) == FOLDERS


@settings(max_examples=30)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans())
def test_every_bit_counts(place: float, bit: int, cut: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = FolderCache(tmp_path_factory.mktemp("cache"), lambda: "code")
    cache.keep({"module one": ONE})
    (file,) = files(cache)
    content = bytearray(file.read_bytes())
    at = int(place * len(content))
    content[at] ^= 1 << bit
    file.write_bytes(content[:at] if cut else content)
    assert cache.find("module one") is None


def test_what_another_was_made_of_is_not_taken_for_it(filled: FolderCache) -> None:
    first, second = files(filled)
    shutil.copy(first, second)
    assert len(found(filled)) == 1


def test_a_place_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = FolderCache(tmp_path / "cache", lambda: "code")
    cache.keep(FOLDERS)
    cache.forget_others([])
    assert found(cache) == {}


PATTERNS = ("main.py", "code/**/*", "inputs/**/*.py", "lock")
# What is done to a repository, and whether it is then another code that makes the folders.
EDITS: dict[str, tuple[Callable[[Path], object], bool]] = {
    "a file is edited": (lambda root: (root / "code/below/b.sql").write_text("x" * 3), True),
    "a file is added": (lambda root: (root / "code/new.py").write_text(""), True),
    "a file is removed": (lambda root: (root / "code/a.py").unlink(), True),
    "a file is moved": (lambda root: (root / "code/a.py").rename(root / "code/below/a.py"), True),
    "a line moves to the next file": (
        lambda root: ((root / "code/a.py").write_text("a"), (root / "code/below/b.sql").write_text("\nbbb")),
        True,
    ),
    "the lock changes": (lambda root: (root / "lock").write_text("cdktf==0.22"), True),
    "main.py changes": (lambda root: (root / "main.py").write_text("2"), True),
    "a reader of inputs changes": (lambda root: (root / "inputs/model.py").write_text("2"), True),
    "another version is installed": (
        lambda root: (root / "site/cdktf-0.21.0.dist-info").rename(root / "site/cdktf-0.21.1.dist-info"),
        True,
    ),
    "a package is installed": (lambda root: (root / "site/new-1.dist-info").mkdir(), True),
    "an input is edited": (lambda root: (root / "inputs/dev.toml").write_text("2"), False),
    "what makes no folder is edited": (lambda root: (root / "docs.md").write_text("2"), False),
    "it is compiled": (
        lambda root: ((root / "code/__pycache__").mkdir(), (root / "code/__pycache__/a.pyc").write_text("")),
        False,
    ),
    "it is saved as it was": (lambda root: (root / "main.py").write_text("1"), False),
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    texts = {"main.py": "1", "code/a.py": "a\n", "code/below/b.sql": "bbb", "inputs/model.py": "1"}
    for name, text in (texts | {"inputs/dev.toml": "1", "docs.md": "1", "lock": "cdktf==0.21"}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "site" / "cdktf-0.21.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr(folder_cache.sysconfig, "get_path", {"purelib": str(tmp_path / "site")}.__getitem__)
    return tmp_path


@pytest.mark.parametrize("edit", EDITS)
def test_what_is_other_code(edit: str, repository: Path) -> None:
    before = code_digest(repository, PATTERNS)
    change, differs = EDITS[edit]
    change(repository)
    assert (code_digest(repository, PATTERNS) != before) is differs


def test_the_same_code_elsewhere_is_the_same(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = shutil.copytree(repository, tmp_path_factory.mktemp("elsewhere") / "copy")
    assert code_digest(elsewhere, PATTERNS) == code_digest(repository, PATTERNS)
