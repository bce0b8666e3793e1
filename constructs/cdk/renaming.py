"""Gives the packages of an installed set by the names of the default one, which all imports in this folder have.

So there is one list of the names in use, and one set that a type checker knows.
"""

import importlib
import importlib.abc
import importlib.machinery
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from cdk.binding_sets import DEFAULT, BindingSet


def names_of(binding_set: BindingSet) -> dict[str, str]:
    """By the default set's name of a package, the one that it has in this set, where that is another."""
    packages = {DEFAULT.core: binding_set.core}
    packages |= {DEFAULT.bindings[name].package: binding.package for name, binding in binding_set.bindings.items()}
    return {default: package for default, package in packages.items() if default != package}


class RenamingFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds, for each module of a package, that of the package which it is called in truth: the very same module."""

    def __init__(self, packages: Mapping[str, str]) -> None:
        self._packages = packages

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """For what has the name of the default set."""
        package, dot, rest = name.partition(".")
        if package not in self._packages:
            return None
        return importlib.machinery.ModuleSpec(name, self, origin=self._packages[package] + dot + rest)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """The module of the other name, which runs unless it has."""
        assert spec.origin
        module = importlib.import_module(spec.origin)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Put back what the import of another name has replaced; the module itself has run."""
        assert module.__spec__
        module.__spec__ = module.__spec__.loader_state
