"""Which room may know which: imports lead one way, the engine knows no product, one folder names CDKTF's packages."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.workspace import REPOSITORY

PACKAGES = ("stacks", "synthesis", "environments", "costs", "sizing", "quotas", "report", "operations")
CONSTRUCTS = ("cdk", "flowwise")
# Of a room, all that it may import of this repository; a room that is not here may import whatever makes no circle.
MAY_IMPORT = {
    "cdk": set[str](),
    "synthesis": {"cdk"},
    "flowwise.tables": set[str](),
    "flowwise.authoring": {"cdk", "flowwise.tables"},
    "flowwise.aws": {"cdk", "flowwise.authoring", "flowwise.tables"},
    "flowwise.azure": {"cdk", "flowwise.authoring", "flowwise.tables"},
    "flowwise.google": {"cdk", "flowwise.authoring", "flowwise.tables"},
    "flowwise.pods": {"cdk", "flowwise.authoring", "flowwise.tables"},
}
# Of these, no room of a kind: what is read on the left is made without what is on the right.
NEVER = {
    "flowwise": {
        "environments",
        "stacks",
        "stacks.files",
        "synthesis",
        "costs",
        "sizing",
        "quotas",
        "report",
        "operations",
    },
    "environments": {"stacks", "stacks.files", "synthesis", "costs", "sizing", "quotas", "report", "operations", "cdk"},
    "costs": {"stacks", "stacks.files", "synthesis", "report", "operations", "cdk"},
    "sizing": {"stacks", "stacks.files", "synthesis", "costs", "quotas", "report", "operations", "cdk"},
    "quotas": {"stacks", "stacks.files", "synthesis", "report", "operations", "cdk"},
    "report": {"stacks", "stacks.files", "synthesis", "operations", "cdk"},
    "stacks": {"stacks.files", "costs", "sizing", "quotas", "report", "operations"},
}


def room_of(module: str) -> str:
    """A package of constructs/ or of the repository; in flowwise, a folder or a file; stacks/files stands alone."""
    first, *rest = module.split(".")
    if first == "flowwise" or (first == "stacks" and rest[:1] == ["files"]):
        return ".".join([first, *rest[:1]])
    return first


def modules() -> Iterator[tuple[str, Path]]:
    for root, packages in ((REPOSITORY, PACKAGES), (REPOSITORY / "constructs", CONSTRUCTS)):
        for package in packages:
            for file in (root / package).rglob("*.py"):
                yield ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"), file
    yield "main", REPOSITORY / "main.py"
    yield "preview", REPOSITORY / "preview.py"


def imported(file: Path) -> set[str]:
    """The modules that a file imports, wherever in it; `from a import b` may be the module a.b."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{file}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@cache
def arrows() -> dict[str, set[str]]:
    """By room, the rooms that it imports."""
    found: dict[str, set[str]] = {}
    for module, file in modules():
        ours = {room_of(name) for name in imported(file) if name.split(".")[0] in (*PACKAGES, *CONSTRUCTS)}
        found.setdefault(room_of(module), set()).update(ours - {room_of(module)})
    return found


def test_no_circle_of_rooms() -> None:
    try:
        TopologicalSorter(arrows()).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(reversed(circle.args[1])))
    assert len(arrows()) > 35, "rooms were not found"


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_what_others_stand_on_stands_on_little(room: str) -> None:
    assert arrows()[room] <= MAY_IMPORT[room]


@pytest.mark.parametrize("left", NEVER)
def test_imports_lead_one_way(left: str) -> None:
    of_that_kind = [room for room in arrows() if room == left or (left == "flowwise" and room.startswith("flowwise."))]
    assert of_that_kind
    assert {room: back for room in of_that_kind if (back := arrows()[room] & NEVER[left])} == {}


def test_one_folder_names_the_packages_of_cdktf() -> None:
    name = re.compile(r"^\s*(?:from|import) (?:cdktf|cdktn|constructs)\b|cdkt[fn]_(?:cdktf_)?provider", re.MULTILINE)
    assert [module for module, file in modules() if name.search(file.read_text()) and room_of(module) != "cdk"] == []


def test_what_is_no_service_has_a_room() -> None:
    """Besides the list of all modules, and the one whose name generated files bear."""
    loose = {file.name for file in (REPOSITORY / "constructs" / "flowwise").glob("*.py")}
    assert loose == {"__init__.py", "modules.py", "custom_resources.py"}


def test_the_engine_needs_nothing_but_its_dependencies(tmp_path: Path) -> None:
    """In a folder with nothing else of this repository, every module of it can be imported."""
    shutil.copytree(REPOSITORY / "synthesis", tmp_path / "synthesis", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(REPOSITORY / "constructs" / "cdk", tmp_path / "cdk", ignore=shutil.ignore_patterns("__pycache__"))
    names = [module for module, _ in modules() if room_of(module) == "synthesis"]
    # The set-up puts constructs/ on the path, from which cdk would be found, and all else with it.
    code = (
        "import sys; sys.path = [path for path in sys.path if not path.endswith('/constructs')]; "
        f"import importlib; [importlib.import_module(name) for name in {names}]; "
        "print(*(module.__file__ for name, module in sys.modules.items() if name.startswith('synthesis')), sep='\\n')"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert all(line.startswith(str(tmp_path.resolve())) for line in result.stdout.splitlines()), result.stdout


@pytest.mark.parametrize("modules", ["environments, costs, sizing, quotas", "tests.offline"])
def test_what_synthesises_nothing_starts_no_node(modules: str) -> None:
    """The schema, costs, sizes, the guard and the stand-ins wait for no CDKTF, which takes most of a minute to load."""
    code = f"import sys, {modules}; print(*{{'cdktf', 'jsii', 'constructs'}} & sys.modules.keys())"
    result = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True)
    assert result.stdout == "\n", result.stdout + result.stderr
