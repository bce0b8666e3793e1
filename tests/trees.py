"""Trees of other environment files than the repository's, for tests that want many of them."""

import functools
from collections.abc import Sequence
from pathlib import Path

import main
from stacks.files.synthesize import synthesize
from stacks.folder_stack import FolderStack
from synthesis.tree import write_tree


def make_tree(environments: Path) -> dict[str, str]:
    """What `main.make_tree` gives: the modules do not depend on the environments, so they are made once per process."""
    modules = _modules()
    with main.new_app() as app:
        return synthesize(app, [*modules, *main.root_stacks(app, environments)], main.SCHEMA_CACHE)


def write_tree_of(environments: Path, folder: Path) -> None:
    """Write the tree of a folder's environment files."""
    write_tree(folder, make_tree(environments))


@functools.cache
def _modules() -> Sequence[FolderStack]:
    with main.new_app() as app:
        stacks = main.module_stacks(app)
        app.synth()
    return stacks
