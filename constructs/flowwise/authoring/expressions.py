"""Terraform expressions as arguments of typed resources.

`text("each.value.size")` is `${each.value.size}`. Where an argument is not a string, CDKTF wants a token that looks
like the type: `number`, `boolean`, `strings`, `string_map` and `anything` make one. Their Python types are what the
argument's signature says, as everywhere in CDKTF; no value is computed here. A token costs a call of another process,
and stands for the same expression wherever it is used: so each is made once.
"""

from functools import cache
from typing import Any, cast

from cdk.core import TerraformIterator, Token
from flowwise.authoring.declarations import Member
from flowwise.authoring.texts import Expression


def text(expression: str) -> str:
    """A string."""
    return Expression(f"${{{expression}}}")


def call(function: str, argument: Any) -> str:
    """The call of a function whose argument is written as a value: `call("yamlencode", {"replicas": 2})`.

    The value may be nested, and hold expressions and tokens.
    """
    return Expression(Token.as_string({f"${{{function}(...)}}": argument}))


@cache
def number(expression: str) -> int:
    """A number."""
    return cast(int, Token.as_number(text(expression)))


@cache
def boolean(expression: str) -> bool:
    """A boolean."""
    return cast(bool, Token.as_any(text(expression)))


@cache
def strings(expression: str) -> list[str]:
    """A list or set of strings."""
    return [Expression(token) for token in Token.as_list(text(expression))]


@cache
def string_map(expression: str) -> dict[str, str]:
    """A map of strings."""
    tokens = Token.as_string_map(text(expression))
    return {Expression(key): Expression(value) for key, value in tokens.items()}


@cache
def anything(expression: str) -> Any:
    """A list, map or object of anything else."""
    return Token.as_any(text(expression))


def bare(reference: object) -> str:
    """What is between the braces of a reference, to be part of a larger expression."""
    return str(reference)[2:-1]


@cache
def for_each(expression: str) -> TerraformIterator:
    """What the `for_each` argument of a resource takes: one resource per element of a map."""
    return TerraformIterator.from_map(Token.as_any_map(text(expression)))


def typed(member: Member, expression: str) -> Any:
    """A token of a contract member's type."""
    if member.type is str:
        return text(expression)
    if member.type is int:
        return number(expression)
    if member.type is bool:
        return boolean(expression)
    if member.type == list[str]:
        return strings(expression)
    if member.type == dict[str, str]:
        return string_map(expression)
    return anything(expression)
