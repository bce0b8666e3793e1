"""Terraform's type expressions for the types of contract members."""

import typing
from typing import Any

from flowwise.authoring.contract import Object
from flowwise.authoring.declarations import Member, members, terraform_value
from synthesis.hcl.expression import literal_value, render_value

_PRIMITIVES = {str: "string", int: "number", bool: "bool", Any: "any"}
_COLLECTIONS = {list: "list", dict: "map"}


def type_expression(hint: Any) -> str:
    """The type expression of a Python type, one line per attribute; raises TypeError where there is none."""
    if hint in _PRIMITIVES:
        return _PRIMITIVES[hint]
    if isinstance(hint, type) and issubclass(hint, Object):
        return _object(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in _COLLECTIONS and (origin is list or arguments[0] is str):
        return f"{_COLLECTIONS[origin]}({type_expression(arguments[-1])})"
    raise TypeError(f"{hint} has no Terraform type")


def _object(declared: type[Object]) -> str:
    lines = [f"{member.name} = {_attribute(member)}".replace("\n", "\n  ") for member in members(declared)]
    return "\n".join(["object({", *(f"  {line}" for line in lines), "})"])


def _attribute(member: Member) -> str:
    expression = type_expression(member.type)
    if member.required:
        return expression
    if member.default is None:
        return f"optional({expression})"
    return f"optional({expression}, {render_value(literal_value(terraform_value(member.default)))})"
