"""Trees of other environment files than the repository's, for tests that want many of them."""

import tempfile
from pathlib import Path

import main
from synthesis.folder_cache import FolderCache
from synthesis.tree import write_tree

_FOLDER = tempfile.TemporaryDirectory()
# A process has one version of the code, so it makes modules once, and the roots of an environment when it differs.
CODE = "the code of this process"
CACHE = FolderCache(Path(_FOLDER.name), lambda: CODE)


def make_tree(environments: Path) -> dict[str, str]:
    """What `main.make_tree` gives."""
    return main.make_tree(environments, CACHE)


def write_tree_of(environments: Path, folder: Path) -> None:
    """Write the tree of a folder's environment files."""
    write_tree(folder, make_tree(environments))
