"""What all tests share."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdk import fast_loading

fast_loading.prepare()  # before any test module imports CDKTF
gc.enable()  # which it turns off: tests run for longer than a synthesis

from tests.offline import provider_origins  # noqa: E402


def pytest_report_header() -> list[str]:
    """Say which providers are real and which are stand-ins."""
    return [f"provider {name}: {origin}" for name, origin in provider_origins().items()]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """End with the names of what failed: the summary has whole messages in it, of hundreds of lines some of them."""
    yield
    for outcome in ("failed", "error"):
        for report in terminalreporter.getreports(outcome):
            terminalreporter.write_line(f"{outcome}: {report.nodeid}")


@pytest.fixture
def as_ordinary_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Root may write anywhere, so a root that runs these tests becomes nobody for a while, inside its own folder."""
    monkeypatch.chdir(tmp_path)
    if os.geteuid() != 0:
        yield
        return
    os.chown(tmp_path, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
