"""Trees of other environment files than the repository's, for tests that want many of them.

Run, this makes the folders that each process of a test run begins with, where there are none of this code.
"""

import shutil
import tempfile
from pathlib import Path

import main
from synthesis.folder_cache import FolderCache
from synthesis.tree import write_tree
from tests.workspace import MADE_ONCE

_FOLDER = tempfile.TemporaryDirectory()
# A process has one version of the code, so it makes modules once, and the roots of an environment when it differs.
CODE = main.code()
CACHE = FolderCache(Path(_FOLDER.name), lambda: CODE)
if MADE_ONCE.is_dir():
    shutil.copytree(MADE_ONCE, _FOLDER.name, dirs_exist_ok=True)


def make_tree(environments: Path) -> dict[str, str]:
    """What `main.make_tree` gives."""
    return main.make_tree(environments, CACHE)


def write_tree_of(environments: Path, folder: Path) -> None:
    """Write the tree of a folder's environment files."""
    write_tree(folder, make_tree(environments))


if __name__ == "__main__":
    main.make_tree(main.REPOSITORY / "environments", FolderCache(MADE_ONCE, main.code))
