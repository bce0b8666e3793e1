"""What all tests share."""

import gc
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from cdk import fast_loading
from tests.memory import keep_temporary_files

keep_temporary_files()  # before any test module asks for a temporary file
fast_loading.prepare()  # before any test module imports CDKTF, and without collection of garbage, as a synthesis

from operations.tool import TERRAFORM, program, tool  # noqa: E402
from tests.offline import provider_origins  # noqa: E402

# Terraform, and a provider that it starts, live for seconds; with less collection of garbage, for a third less.
os.environ.setdefault("GOGC", "800")
if "PYTEST_XDIST_WORKER" in os.environ:  # the other processors have tests of their own
    os.environ.setdefault("GOMAXPROCS", "1")
# What takes memory from the C library takes it in large pages, where the kernel has them: a twentieth less of Python.
os.environ.setdefault("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")
# So do the Python programs, which compile what they import, but for those that find it compiled.
os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(__file__).parents[1] / ".cache" / "bytecode"))
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A test that shares two cores with others now and then takes longer than on its own.
hypothesis.settings.register_profile("shared machine", deadline=None)
hypothesis.settings.load_profile("shared machine")

# The files that take longest, longest first: what begins last keeps the other processes waiting for its end. A process
# is given the next file when two tests or fewer are left of the one before, so those of few tests are followed by files
# that take seconds. Those that wait for an emulated cloud do not all begin together.
LONGEST = (
    "tests/e2e/test_life.py",
    "tests/e2e/test_end.py",
    "tests/operations/test_runbook.py",
    "tests/infra/test_infra.py",
    "tests/e2e/test_interruption.py",
    "tests/environments/test_environments.py",
    "tests/flowwise/tables/test_naming.py",
    "tests/operations/test_preflight.py",
    "tests/e2e/test_protection.py",
    "tests/sizing/test_sizing.py",
    "tests/operations/test_operations_plans.py",
    "tests/stacks/test_cdktf_cli.py",
    "tests/infra/test_administrator_password.py",
    "tests/infra/test_clouds.py",
    "tests/examples/test_reference_service.py",
    "tests/flowwise/test_existing.py",
    "tests/stacks/test_synthesis.py",
    "tests/operations/test_interruption.py",
    "tests/operations/test_later_changes.py",
    "tests/costs/test_bills.py",
    "tests/report/test_report.py",
    "tests/infra/test_own_secrets.py",
    "tests/kubernetes/flows/test_flows.py",
    "tests/kubernetes/test_kubernetes_objects.py",
    "tests/flowwise/test_database_bootstrap.py",
    "tests/costs/test_costs.py",
    "tests/infra/test_checkov.py",
)

REFUSED = Path(__file__).parent / "offline" / "refused"
WRITTEN = Path(__file__).parent / "offline" / "written"


def pytest_report_header() -> list[str]:
    """Say which Terraform runs, or OpenTofu, and which providers are real and which are stand-ins."""
    return [version_at_hand(), *(f"provider {name}: {origin}" for name, origin in provider_origins().items())]


def pytest_collection_finish() -> None:
    """Collect garbage from here on, and what has been loaded until here never: it stays until the end."""
    gc.freeze()
    gc.enable()


def version_at_hand() -> str:
    """What the program that the tests run says of itself, in one line."""
    try:
        said = subprocess.run([program(), "version"], capture_output=True, text=True).stdout
    except FileNotFoundError:
        return f"no {program()} on the PATH"
    return said.partition("\n")[0]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, unless somebody wants them in random order."""
    if not config.pluginmanager.hasplugin("randomly"):
        order = {file: number for number, file in enumerate(LONGEST)}
        items.sort(key=lambda item: order.get(item.nodeid.partition("::")[0], len(LONGEST)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let only those tests find Terraform that are marked as starting it: `make check` leaves them out.

    Those run what TERRAFORM names, also where they run commands as documents write them.
    """
    with pytest.MonkeyPatch.context() as patch:
        if not item.get_closest_marker("terraform"):
            patch.setenv("PATH", str(REFUSED), prepend=os.pathsep)
        elif tool() is not TERRAFORM:
            patch.setenv("PATH", str(WRITTEN), prepend=os.pathsep)
        return (yield)


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
