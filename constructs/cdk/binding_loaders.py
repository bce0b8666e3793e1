"""Finds the modules of CDKTF and of the bindings for Python's imports, and compiles them as fast loading wants them."""

import __future__

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from cdk import bare_bindings

_COMPILER = sum(zlib.crc32(Path(file).read_bytes()) for file in (__file__, bare_bindings.__file__))


class _UnevaluatedLoader(importlib.machinery.SourceFileLoader):
    """Compiles a module as if it began with `from __future__ import annotations`, and bare with `-O`.

    A big resource has thousands of annotations, such as `typing.Optional[typing.Union[...]]`. Evaluating them all takes
    longer than everything else in the import, and only the few that are checked are ever looked at.
    """

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> Any:  # type: ignore[override]
        if sys.flags.optimize:
            return compile(bare_bindings.bare(data), path, "exec", dont_inherit=True, optimize=2)
        flags = __future__.annotations.compiler_flag
        return compile(data, path, "exec", flags=flags, dont_inherit=True, optimize=_optimize)

    def path_stats(self, path: Any) -> Mapping[str, Any]:
        """As of the source, but that what other code than this compiled counts as outdated."""
        stats = super().path_stats(path)
        return {**stats, "mtime": stats["mtime"] + _COMPILER}


class _ToldLoader(_UnevaluatedLoader):
    """Makes a module of what is left out of a bare one, of the source of that."""

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> Any:  # type: ignore[override]
        return compile(bare_bindings.told(data), path, "exec", dont_inherit=True, optimize=2)

    def path_stats(self, path: Any) -> Mapping[str, Any]:
        return super().path_stats(self._source(path))

    def get_data(self, path: Any) -> bytes:
        return super().get_data(self._source(path))

    def _source(self, path: Any) -> str:
        return str(Path(path).with_name("__init__.py")) if path == self.path else str(path)


class BindingFinder(importlib.abc.MetaPathFinder):
    """Finds the modules of CDKTF and of the bindings where they are, for these loaders."""

    def __init__(self, libraries: Collection[str]) -> None:
        self._libraries = libraries

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """For a module of one of the libraries, and for what is left out of one."""
        library, last = name.partition(".")[0], name.rpartition(".")[2]
        if library not in self._libraries:
            return None
        if last == bare_bindings.TOLD:
            return importlib.util.spec_from_loader(name, _ToldLoader(name, str(Path(path[0], f"{last}.py"))))
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _UnevaluatedLoader(spec.loader.name, spec.loader.path)
        return spec
