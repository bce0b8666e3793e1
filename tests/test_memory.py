"""Temporary files of tests lie where they take least time, or where somebody said."""

import os
import tempfile
from pathlib import Path

import pytest

from tests.memory import keep_temporary_files


def test_tests_and_the_programs_that_they_start_have_one_folder() -> None:
    """Pytest asks where temporary files go before any code of ours runs, and Python remembers the answer."""
    folder = os.environ.get("TMPDIR")
    assert folder is None or tempfile.gettempdir() == str(Path(folder).absolute())


def test_whoever_names_a_folder_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    keep_temporary_files()
    assert os.environ["TMPDIR"] == str(tmp_path)
