"""The committed tree: it is what the code makes, and stock Terraform accepts every folder of it."""

import difflib
import re
from pathlib import Path

import pytest

import main
from operations.check_infra import foreign_files
from synthesis.tree import MARK, generated_files
from tests.offline import attached_environment, terraform
from tests.offline.mocked_apply import only_plan
from tests.trees import make_tree
from tests.workspace import INFRA, copy_of_infra

# tests/kubernetes/flows/test_flows.py runs the generated tests of environments' workloads, whose plans it reads.
FOLDERS = sorted(
    path.parent.relative_to(INFRA).as_posix()
    for path in INFRA.rglob("versions.tf")
    if path.parent not in {*INFRA.glob("environments/*/workloads"), INFRA / "environments" / "local"}
)


@pytest.fixture(scope="session")
def synthesised() -> dict[str, str]:
    return main.make_tree(main.REPOSITORY / "environments")


@pytest.fixture(scope="session")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_infra(tmp_path_factory.mktemp("tree"))


def test_the_committed_tree_is_what_the_code_makes(synthesised: dict[str, str]) -> None:
    committed = generated_files(INFRA)
    difference = [
        line
        for path in sorted(committed.keys() | synthesised.keys())
        for line in difflib.unified_diff(
            committed.get(path, "").splitlines(),
            synthesised.get(path, "").splitlines(),
            f"committed/{path}",
            f"synthesised/{path}",
            lineterm="",
        )
    ]
    assert not difference, "infra/ is out of date, run `make synth`:\n" + "\n".join(difference[:200])


def test_the_committed_tree_has_nothing_that_no_synthesis_made() -> None:
    assert list(foreign_files(main.REPOSITORY)) == []


def test_modules_that_are_made_once_are_as_good(synthesised: dict[str, str]) -> None:
    """What most tests run on is what users get."""
    assert make_tree(main.REPOSITORY / "environments") == synthesised


@pytest.mark.terraform
def test_every_file_is_formatted() -> None:
    terraform(INFRA, "fmt", "-check", "-diff", "-recursive")


@pytest.mark.terraform
@pytest.mark.parametrize("folder", FOLDERS)
def test_terraform_accepts(folder: str, infra: Path) -> None:
    """Its tests begin with what `terraform validate` does, the provider's own checks of arguments included.

    Environments are planned, which is less than half of applying and destroying them: their platform is applied by
    itself, and tests/costs/test_bills.py applies those of each tier and each topology on each cloud.
    """
    environment = attached_environment(real=True)
    if folder.startswith("environments/"):
        only_plan(infra / folder)
    terraform(infra / folder, "init", "-backend=false", environment=environment)
    if has_ephemeral_resources_of_a_cloud(infra / folder):  # whose tests run what it calls, and not itself
        terraform(infra / folder, "validate", environment=environment)
    assert "Success! 0 passed" not in terraform(infra / folder, "test", environment=environment)


def has_ephemeral_resources_of_a_cloud(folder: Path) -> bool:
    text = (folder / "main.tf").read_text()
    return re.search(r'^ephemeral "(?!random_)', text, re.MULTILINE) is not None


def test_no_expression_is_wrapped_in_a_string(synthesised: dict[str, str]) -> None:
    wrapped = re.compile(r'"\$\{[^{}"]*\}"')
    hcl = {path: text for path, text in synthesised.items() if not path.endswith(".md")}  # a shell has such too
    assert {path: wrapped.findall(text) for path, text in hcl.items() if wrapped.search(text)} == {}


def test_no_name_holds_a_hash(synthesised: dict[str, str]) -> None:
    name = re.compile(r'^(?:resource|data|module|variable|output)\b.*_[0-9A-F]{8}"', re.MULTILINE)
    assert [path for path, text in synthesised.items() if name.search(text)] == []


def test_nothing_names_this_machine(synthesised: dict[str, str]) -> None:
    here = [str(main.REPOSITORY), str(Path.home()), "/tmp/"]
    assert [path for path, text in synthesised.items() if any(name in text for name in here)] == []


def test_every_provider_source_names_its_namespace(synthesised: dict[str, str]) -> None:
    sources = [
        source
        for path, text in synthesised.items()
        if path.endswith("versions.tf")
        for source in re.findall(r'source\s+= "(.*)"', text)
    ]
    assert sources
    assert all(re.fullmatch(r"hashicorp/[a-z]+", source) for source in sources)


def test_every_generated_file_says_so(synthesised: dict[str, str]) -> None:
    assert {path for path, text in synthesised.items() if MARK not in text[:200]} == set()
