"""What a whole synthesis promises: the same bytes anywhere, and an unchanged tree when it fails."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

import main
from cdk.binding_sets import installed_set
from synthesis.tree import MARK
from tests.workspace import INFRA, REPOSITORY, copy_of_repository, files_below, start_synthesis, synthesise

pytestmark = pytest.mark.slow


# What a Python runs before anything else, to tell in the end which files it has opened, and which modules it has read.
_TELL_FILES = """
import atexit, sys
from pathlib import Path
files = set()
sys.addaudithook(lambda event, values: files.add(values[0]) if event == "open" and isinstance(values[0], str) else None)
modules = lambda: {module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)}
atexit.register(lambda: Path(__file__).with_name("files").write_text("\\n".join(files | modules())))
"""


class Synthesised(NamedTuple):
    """A copy of the repository after a synthesis from nothing, and what of the copy that has read."""

    folder: Path
    read: set[str]


@pytest.fixture(scope="module")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> Synthesised:
    folder, told = _copy_without_a_tree(tmp_path_factory.mktemp("first")), tmp_path_factory.mktemp("told")
    (told / "sitecustomize.py").write_text(_TELL_FILES)
    path = os.pathsep.join([str(told), str(folder / "constructs")])
    _succeed(folder, {"PYTHONPATH": path, "PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC", "LANG": "C"})
    read = {Path(file) for file in (told / "files").read_text().splitlines()}
    return Synthesised(folder, {file.relative_to(folder).as_posix() for file in read if file.is_relative_to(folder)})


def _copy_without_a_tree(folder: Path) -> Path:
    copy_of_repository(folder)
    for made in ("infra", ".cache/folders"):
        shutil.rmtree(folder / made, ignore_errors=True)
    return folder


@pytest.fixture
def repository(synthesised: Synthesised, tmp_path: Path) -> Path:
    """A copy in which only what changes is made."""
    folder = copy_of_repository(tmp_path)
    shutil.copytree(synthesised.folder / ".cache" / "folders", folder / ".cache" / "folders", dirs_exist_ok=True)
    return folder


def _succeed(folder: Path, variables: dict[str, str]) -> None:
    result = synthesise(folder, variables)
    assert result.returncode == 0, result.stderr


def test_two_syntheses_are_byte_identical(synthesised: Synthesised, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = _copy_without_a_tree(tmp_path_factory.mktemp("another folder, with ção"))
    _succeed(elsewhere, {"PYTHONHASHSEED": "77", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu", "PYTHONUTF8": "1"})
    trees = [files_below(folder / "infra") for folder in (synthesised.folder, elsewhere)]
    assert trees[0] == trees[1]
    assert trees[0].keys() == {path for path, text in files_below(INFRA).items() if MARK.encode() in text[:200]}


def test_a_folder_is_made_of_nothing_that_its_digest_leaves_out(synthesised: Synthesised) -> None:
    """All that a synthesis reads is code in the digest, or an environment file; main.py alone uses operations/."""
    ours = {path for path in synthesised.read if path.partition("/")[0] not in (".venv", ".cache", "infra")}
    folder = synthesised.folder
    digested = {file.relative_to(folder).as_posix() for pattern in main.CODE for file in folder.glob(pattern)}
    inputs = {file.relative_to(folder).as_posix() for file in (folder / "environments").glob("*.toml")}
    assert {path for path in ours - digested - inputs if not path.startswith("operations/")} <= {"environments"}
    assert len(ours & digested) > 150
    assert inputs <= ours


# One module of one small binding, which is imported the slow way: the others are no different, only longer.
_SYNTHESISE_A_NAMESPACE = """
import json, psutil, sys
from pathlib import Path
from cdk import fast_loading
fast_loading.prepare()
from cdk.core import App
from flowwise.namespace.kubernetes import KubernetesNamespace
from flowwise.tables.providers import versions
from stacks.module_stack import ModuleStack
from synthesis.layout import terraform_files
from synthesis.schemas.lookup import Schemas
app = App(outdir=sys.argv[1], skip_validation=True)
stack = ModuleStack(app, KubernetesNamespace)
stack.resolve()
print(json.dumps(terraform_files(stack.folder, Schemas(Path(".cache/schemas")), versions(["kubernetes"]))))
bindings = [name for name in sys.modules if "_provider_" in name.partition(".")[0]]
print(len(bindings), len(psutil.Process().children(recursive=True)), file=sys.stderr)
"""


def test_stock_bindings_make_the_same_module(tmp_path: Path) -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", _SYNTHESISE_A_NAMESPACE, tmp_path],
            cwd=REPOSITORY,
            env=os.environ | {"FLOWWISE_STOCK_BINDINGS": switch, "NODE_OPTIONS": ""},  # tests load fast themselves
            capture_output=True,
            text=True,
            check=True,
        )
        for switch in ("0", "1")
    ]
    fast, stock = (json.loads(run.stdout) for run in runs)
    assert fast == stock
    assert fast["main.tf"] == (INFRA / "modules/namespace/kubernetes/main.tf").read_text()
    (imported, nodes), (stock_imported, stock_nodes) = (map(int, run.stderr.splitlines()[-1].split()) for run in runs)
    if installed_set().core == "cdktf":  # what CDK Terrain's bindings import is, by themselves, what is asked for
        assert stock_imported > imported + 50, "the switch did not turn the fast loading off"
    assert (nodes, stock_nodes) == (1, 2), "jsii's kernel has a process of its own again"


def test_what_node_prints_is_seen(tmp_path: Path) -> None:
    """CDKTF's own words, and a package's, come out of one process as they do of jsii's two."""
    packages = tmp_path / "says.cjs"
    packages.write_text('process.on("exit", () => { console.log("to the one"); console.error("to the other"); });')
    prints = "from cdk import fast_loading; fast_loading.prepare(); from cdk.core import App; App(outdir='.')"
    result = subprocess.run(
        [sys.executable, "-c", prints],
        cwd=tmp_path,
        env=os.environ | {"NODE_OPTIONS": f'--require "{packages}"'},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "to the one\n"
    assert result.stderr == "to the other\n"


_BUILD = "def build(self, inputs: NetworkInputs) -> NetworkOutputs:"
# What is wrong: the file to spoil, what to replace in it, and what the message has to say.
FAILURES = {
    "an environment file with faults": (
        "environments/shared.toml",
        ('"brazil"', '"brasil"'),
        ["shared.toml", "region", "brasil", "brazil"],
    ),
    "an exception in a construct": (
        "constructs/flowwise/network/azure.py",
        (_BUILD, f"{_BUILD}\n        raise RuntimeError('no way')"),
        ["error: RuntimeError at constructs/flowwise/network/azure.py:", "no way"],
    ),
    "an argument that the binding refuses": (
        "constructs/flowwise/network/azure.py",
        ('sku="Standard"', "sku=123"),
        ["error: RuntimeError at constructs/flowwise/network/azure.py:", "Key 'sku'", "Value is not a string"],
    ),
    "an argument that the provider does not have": (
        "constructs/flowwise/network/azure.py",
        ("return gateway", "gateway.add_override('colour', 'blue'); return gateway"),
        ["error: UnknownArgument at synthesis/hcl/blocks.py:", "azurerm_nat_gateway", "colour"],
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_synthesis_changes_nothing(failure: str, repository: Path) -> None:
    path, (right, wrong), words = FAILURES[failure]
    text = (repository / path).read_text()
    assert right in text
    (repository / path).write_text(text.replace(right, wrong))
    (repository / "infra" / "manifest.json").unlink()  # so that a synthesis would have something to write
    before = files_below(repository / "infra")
    result = synthesise(repository)
    assert result.returncode == 1
    assert result.stdout == ""
    assert all(word in result.stderr for word in words), result.stderr
    assert "infra/ is as it was." in result.stderr
    assert len(result.stderr.splitlines()) < 15
    assert files_below(repository / "infra") == before


def test_a_tree_that_cannot_be_written(repository: Path) -> None:
    shutil.rmtree(repository / "infra")
    (repository / "infra").write_text("a file where the folder should be")
    result = synthesise(repository)
    assert result.returncode == 1
    assert "FileExistsError" in result.stderr
    assert (repository / "infra").read_text() == "a file where the folder should be"


def test_killed_while_it_writes_and_run_again(repository: Path) -> None:
    """Whole processes, killed once there is something to see; tests/synthesis/test_tree.py aims at single moments."""
    infra = repository / "infra"
    good = files_below(infra)
    for sign in (".staging/new/0", "aws/main.tf"):
        shutil.rmtree(infra)
        process = start_synthesis(repository)
        while process.poll() is None and not (infra / sign).exists():
            time.sleep(0.0002)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL, "it was over before there was anything to see"
        found = files_below(infra)
        assert {path: text for path, text in found.items() if not path.startswith(".staging/")}.items() <= good.items()
        assert len(found) > 0
    assert synthesise(repository).returncode == 0
    assert files_below(infra) == good
