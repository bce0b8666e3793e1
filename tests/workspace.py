"""Copies of the repository and of its generated tree, for tests that run commands in them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.kept_states import state_address

REPOSITORY = Path(__file__).parents[1]
INFRA = REPOSITORY / "infra"
# Folders of infra/ as tests/trees.py has made them, for the next synthesis of the same code to find.
MADE_ONCE = REPOSITORY / ".cache" / "folders-of-tests"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_SET_UP = (".venv", "node_modules")
_BYTECODE = Path(".cache", "bytecode-unevaluated")
_BEING_WRITTEN = shutil.ignore_patterns("*.pyc.*")  # by another process, which gives it its name in the end
_OURS = (
    *("cdktf.json", "main.py", "requirements.lock"),
    *("stacks", "synthesis", "constructs", "environments", "operations", "scripts"),
    *("costs", "sizing", "quotas", "report"),
)


def copy_of_infra(folder: Path) -> Path:
    """The generated tree, without what Terraform left in it."""
    return shutil.copytree(
        INFRA, folder / "infra", ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfvars*")
    )


def copy_of_repository(folder: Path) -> Path:
    """The files that synthesis reads or writes, as a repository of their own that shares the set-up of this one."""
    for name in _OURS:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    copy_of_infra(folder)
    for name in _SET_UP:
        (folder / name).symlink_to(REPOSITORY / name)
    (folder / ".cache").mkdir()
    _link(folder / ".cache" / "schemas", REPOSITORY / ".cache" / "schemas")
    if MADE_ONCE.is_dir():
        shutil.copytree(MADE_ONCE, folder / ".cache" / "folders")
    _share_bytecode(folder)
    return folder


def _share_bytecode(folder: Path) -> None:
    """Give a copy what is compiled here: of its own modules a copy, of Python and what is installed all there will be.

    Below the cache each file stands at its own path, and the copy's `.venv` is at two of them.
    """
    here, there = REPOSITORY / _BYTECODE, folder / _BYTECODE
    for name in _OURS:
        compiled = here / _below(REPOSITORY) / name
        if compiled.is_dir():
            shutil.copytree(compiled, there / _below(folder) / name, ignore=_BEING_WRITTEN)
    installed = here / _below(REPOSITORY) / ".venv"
    for environment in (REPOSITORY, folder):
        _link(there / _below(environment) / ".venv", installed)
    _link(there / _below(Path(sys.base_prefix)), here / _below(Path(sys.base_prefix)))
    (folder / ".cache" / "bytecode").symlink_to(there)  # where the make targets look, which load no bindings


def _below(path: Path) -> Path:
    return path.relative_to(path.anchor)


def _link(link: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(folder)


def path_to_unfit_node(folder: Path) -> str:
    """A PATH on which Node and its tools come first that fail, as a Node does that the CDKTF CLI does not start on."""
    for name in ("node", "npm", "npx"):
        (folder / name).write_text("#!/bin/sh\necho 'the Node of the machine' >&2\nexit 1\n")
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def use_local_state(infra: Path) -> None:
    """Have every root keep its state beside its files, by Terraform's own way: override files.

    Synthesis leaves them alone, so it is enough to call this once, but for roots that are new.
    """
    for backend in infra.glob("environments/**/backend.tf"):
        root = backend.parent
        (root / "backend_override.tf").write_text(
            f'terraform {{\n  backend "http" {{\n    address = "{state_address(root)}"\n  }}\n}}\n'
        )
        if 'data "terraform_remote_state" "platform"' in (root / "main.tf").read_text():
            (root / "platform_override.tf").write_text(
                'data "terraform_remote_state" "platform" {\n  backend = "http"\n\n'
                f'  config = {{\n    address = "{state_address(root.parent)}"\n  }}\n}}\n'
            )


def start_synthesis(repository: Path, variables: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Run `main.py` of a copy, with its own `constructs/` before the one that the shared set-up names."""
    environment = os.environ | {"PYTHONPATH": str(repository / "constructs")} | dict(variables or {})
    return subprocess.Popen(
        [sys.executable, "-O", "main.py"],
        cwd=repository,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def synthesise(repository: Path, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `main.py` of a copy to its end."""
    process = start_synthesis(repository, variables)
    stdout, stderr = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def without_colours(printed: str) -> str:
    """What a command printed, without what makes a terminal colourful."""
    return _COLOURS.sub("", printed)


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
