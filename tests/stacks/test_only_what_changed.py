"""A synthesis that makes only what changed gives the bytes of one that makes everything, whatever came before it."""

import re
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import main
from flowwise.modules import MODULES
from stacks.module_stack import ModuleStack
from synthesis.folder_cache import FolderCache, SynthesisedFolder
from synthesis.tree import write_tree
from tests.trees import CACHE, CODE, make_tree
from tests.workspace import INFRA, REPOSITORY, files_below

ENVIRONMENTS = ("dev.toml", "local.toml", "shared.toml")


class Worked(NamedTuple):
    """Where somebody works: environment files, the tree, and the cache that the last synthesis left."""

    environments: Path
    infra: Path
    cache: FolderCache


def _edit(name: str, old: str, new: str) -> Callable[[Worked], object]:
    """Replace one for the other, or the other for the one if it has been done."""

    def edit(worked: Worked) -> None:
        file = worked.environments / name
        text = file.read_text()
        old_now, new_now = (old, new) if old in text else (new, old)
        assert old_now in text
        file.write_text(text.replace(old_now, new_now))

    return edit


def _add_or_remove_an_environment(worked: Worked) -> None:
    file = worked.environments / "demo.toml"
    if file.exists():
        file.unlink()
    else:
        text = (worked.environments / "dev.toml").read_text()
        file.write_text(text.replace("10.10.0.0/16", "10.99.0.0/16").replace("api.dev.", "api.demo."))


def _damage(worked: Worked) -> None:
    for number, file in enumerate(sorted(worked.cache._folder.iterdir())):
        if number % 9 == 0:
            file.write_bytes(file.read_bytes()[:-1])


def _mix_up(worked: Worked) -> None:
    first, *others = sorted(worked.cache._folder.iterdir())
    shutil.copy(first, others[-1])


STEPS: dict[str, Callable[[Worked], object]] = {
    "a number in one file": _edit("dev.toml", "max_nodes = 3", "max_nodes = 4"),
    "another cloud": _edit("dev.toml", '= "azure"', '= "aws"'),
    "a comment": _edit("dev.toml", "# for the microservices", "# for all"),
    "what all share": _edit("shared.toml", '"flow-wise"', '"other"'),
    "what only clouds share": _edit("shared.toml", '"brazil"', '"usa"'),
    "a laptop's cluster": _edit("local.toml", "kind-flowwise", "k3d-flowwise"),
    "an environment comes or goes": _add_or_remove_an_environment,
    "the cache is damaged": _damage,
    "a file of the cache is another's": _mix_up,
    "a folder of the tree is gone": lambda worked: shutil.rmtree(worked.infra / "modules" / "redis"),
    "a file of the tree is spoilt": lambda worked: (worked.infra / "environments/dev/main.tf").write_text("spoilt\n"),
    "nothing": lambda worked: None,
}


@pytest.fixture(scope="module")
def modules() -> FolderCache:
    """Has what no environment file is asked about, made by this process."""
    make_tree(REPOSITORY / "environments")
    return CACHE


@settings(max_examples=1, phases=[Phase.generate])  # to look for the shortest way to a fault takes minutes
@given(steps=st.permutations(list(STEPS)))
def test_the_same_bytes(steps: list[str], modules: FolderCache, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("worked")
    cache = FolderCache(shutil.copytree(modules._folder, folder / "cache"), lambda: CODE)
    worked = Worked(folder / "environments", folder / "infra", cache)
    worked.environments.mkdir()
    for name in ENVIRONMENTS:
        shutil.copy(REPOSITORY / "environments" / name, worked.environments)
    write_tree(worked.infra, main.make_tree(worked.environments, worked.cache))
    for number, step in enumerate(steps, start=1):
        STEPS[step](worked)
        write_tree(worked.infra, main.make_tree(worked.environments, worked.cache))
        if number % 4 == 0 or number == len(STEPS):  # what is wrong stays wrong until it is made again
            modules.forget_others(main.module_recipes())  # so that all roots are
            expected = main.make_tree(worked.environments, modules)
            assert files_below(worked.infra) == {path: text.encode() for path, text in expected.items()}, steps[:number]


@pytest.mark.parametrize("whole", [False, True])
def test_what_is_asked_for_as_a_whole_is_made(whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a cache that is wrong, as none can be."""
    (module,) = (module for module in MODULES if module.path == "modules/namespace/kubernetes")
    recipes: main.Recipes = {"module namespace": partial(ModuleStack, module=module)}
    monkeypatch.setattr(main, "module_recipes", lambda: recipes)
    monkeypatch.setattr(main, "root_recipes", lambda environments: {})
    cache = FolderCache(tmp_path, lambda: CODE)
    wrong = SynthesisedFolder(module.path, {"main.tf": "wrong\n"}, "", [], [])
    cache.keep(dict.fromkeys(recipes, wrong))
    tree = main.make_tree(REPOSITORY / "environments", cache, whole=whole)
    right = (INFRA / module.path / "main.tf").read_text()
    assert tree[f"{module.path}/main.tf"] == (right if whole else "wrong\n")
    found = cache.find("module namespace")
    assert found is not None
    assert found.files["main.tf"] == tree[f"{module.path}/main.tf"], "what was made was not kept"


def test_what_judges_makes_the_whole() -> None:
    """`make check-infra`, which is all that a pipeline synthesises besides the tests; and it finds no cache.

    But for the one of other bindings: each set has a copy of the repository to itself, which has made nothing before.
    """
    commands = subprocess.run(["make", "-n", "check-infra"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert re.findall("main.py.*", commands.stdout) == ["main.py --whole"]
    pipelines = [file.read_text() for file in (REPOSITORY / ".github").rglob("*.yml") if file.name != "bindings.yml"]
    assert pipelines
    assert not [text for text in pipelines if re.search(r"make synth|cdktf |main\.py|(?<!~/)\.cache", text)]
