"""What Python loads of CDKTF and its bindings under `python -O`: what makes resources, a quarter of the whole.

A module of a binding has a resource, the structs that its arguments are, and as much again that reads them back. Of
that, a synthesis reads next to nothing. So a module is compiled without

- what only the bindings' own check of arguments asks for: annotations, the stubs that bear them, and typeguard;
- the getters of structs, which one for all does for (`thin_struct`);
- the classes of what a resource tells of its blocks. Those are a module of their own, which jsii imports when Node
  first names one of them, as it does with any module that it knows of.

What has no such form stays, and works as it is stock.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jsii
from jsii._reference_map import _submodule_fqn_map

TOLD = "told"
"""The name, below that of a binding's module, of the module of the classes that are left out of it."""
_TOLD_BASES = ("ComplexObject", "ComplexList", "ComplexMap")
_OF_CHECKS = ("check_type", "typeguard", "_metadata_package_version", "TYPEGUARD_MAJOR_VERSION")
_stock_struct = jsii.data_type


def thin_struct(*, jsii_type: str, jsii_struct_bases: Sequence[type], name_mapping: Mapping[str, str]) -> Any:
    """What decorates structs in the place of `jsii.data_type`: of one, Node is sent what is given, and no nulls.

    jsii sends each member of a struct that its `__jsii_name_mapping__` names, and Node drops those that are null.
    """
    decorate: Callable[[Any], Any] = _stock_struct(
        jsii_type=jsii_type, jsii_struct_bases=list(jsii_struct_bases), name_mapping=name_mapping
    )

    def member(struct: Any, name: str) -> Any:
        if name not in name_mapping:
            raise AttributeError(f"{jsii_type} has no member {name}")
        return struct._values.get(name)

    def thin(struct: Any) -> Any:
        decorated = decorate(struct)
        decorated.__jsii_name_mapping__ = _Given(name_mapping)
        decorated.__getattr__ = member
        return decorated

    return thin


class _Given:
    """Of a struct, the names of what is given; of its class, all names, by which jsii reads one that Node has."""

    def __init__(self, name_mapping: Mapping[str, str]) -> None:
        self._all = name_mapping

    def __get__(self, struct: Any, owner: type) -> Mapping[str, str]:
        return self._all if struct is None else {name: self._all[name] for name in struct._values}


def left_out(module: str, types: str) -> None:
    """Have jsii find the classes that are left out of a module by the name of their types, up to the last dot."""
    _submodule_fqn_map[types] = f"{module}.{TOLD}"


def bare(source: bytes) -> ast.Module:
    """A module, without what is left out."""
    module = ast.parse(source)
    told = [each for each in module.body if isinstance(each, ast.ClassDef) and _is_told(each)]
    module.body = [each for each in module.body if each not in told]
    if told:
        (type_,) = (ast.literal_eval(each.value) for each in told[0].keywords if each.arg == "jsii_type")
        types = type_.rpartition(".")[0]
        module.body += ast.parse(f"from {__name__} import left_out\nleft_out(__name__, {types!r})").body
    return _compilable(module)


def told(source: bytes) -> ast.Module:
    """The module of what is left out of a module, in which there is all else."""
    module = ast.parse(source)
    classes = [each for each in module.body if isinstance(each, ast.ClassDef)]
    others = [each for each in classes if not _is_told(each) and not each.name.startswith("_")]
    kept = [each for each in module.body if each not in others and not _is_path(each)]
    first = min(kept.index(each) for each in classes if _is_told(each))
    imported = ast.parse(f"from . import {', '.join(each.name for each in others)}").body
    module.body = [*kept[:first], *imported, *kept[first:]]
    return _compilable(module)


def _compilable(module: ast.Module) -> ast.Module:
    _Bare().visit(module)
    return ast.fix_missing_locations(module)


class _Bare(ast.NodeTransformer):
    def visit_Import(self, node: ast.Import) -> ast.AST | None:
        return None if node.names[0].name in _OF_CHECKS else node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        return None if node.names[0].asname in _OF_CHECKS else node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        return None if getattr(node.targets[0], "id", None) in _OF_CHECKS else self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if any(_name(decorator) == "data_type" for decorator in node.decorator_list):
            node.body = [each for each in node.body if not _is_getter(each)]
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        if node.name.startswith("_typecheckingstub__") or node.name in _OF_CHECKS:
            return None
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        # `typing.cast(type, value)` is the value, and makes the type anew in each call.
        return self.visit(node.args[1]) if _name(node) == "cast" else self.generic_visit(node)


def _is_told(node: ast.ClassDef) -> bool:
    # In CDKTF itself, such a base is a bare name: what it has of its own stays.
    return any(isinstance(base, ast.Attribute) and base.attr in _TOLD_BASES for base in node.bases)


def _is_path(node: ast.AST) -> bool:
    """Of a package, which the module of what is left out is not."""
    return isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == "__path__"


def _is_getter(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(_name(each) == "property" for each in node.decorator_list)


def _name(node: ast.AST) -> str | None:
    """Of a function of a module, be it called or not."""
    function = node.func if isinstance(node, ast.Call) else node
    return function.attr if isinstance(function, ast.Attribute) else None
