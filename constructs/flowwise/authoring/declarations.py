"""Reads contracts: the members of a declared class, as plain records for the callers and the generators."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from typing import Any

from flowwise.authoring.contract import Declared, Object, Validation
from flowwise.authoring.texts import literal


@dataclass(frozen=True)
class Member:
    """One variable, output or object attribute. `default` is MISSING where it is required."""

    name: str
    type: Any
    nullable: bool
    description: str
    default: Any
    example: Any
    sensitive: bool
    ephemeral: bool
    validations: tuple[Validation, ...]

    @property
    def required(self) -> bool:
        """Whether a caller must give a value."""
        return self.default is MISSING


def members(declared: type[Declared]) -> tuple[Member, ...]:
    """The members of a declared class, in the order they were written."""
    if declared not in _MEMBERS:
        hints = typing.get_type_hints(declared)
        fields = dataclasses.fields(declared)  # type: ignore[arg-type]
        _MEMBERS[declared] = tuple(_member(member, hints[member.name]) for member in fields)
    return _MEMBERS[declared]


_MEMBERS: dict[type, tuple[Member, ...]] = {}  # each class is asked about many times, and always says the same


def _member(declared: "dataclasses.Field[Any]", hint: Any) -> Member:
    facts = declared.metadata
    default = declared.default if declared.default_factory is MISSING else declared.default_factory()
    hint, nullable = _without_none(hint)
    return Member(
        name=declared.name,
        type=hint,
        nullable=nullable,
        description=facts["description"],
        default=default,
        example=facts.get("example", MISSING),
        sensitive=facts.get("sensitive", False),
        ephemeral=facts.get("ephemeral", False),
        validations=facts.get("validations", ()),
    )


def _without_none(hint: Any) -> tuple[Any, bool]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        rest = [option for option in typing.get_args(hint) if option is not type(None)]
        if len(rest) != 1:
            raise TypeError(f"{hint} has no Terraform type: only `T | None` unions do")
        return rest[0], True
    return hint, False


def given_values(declared: Declared) -> dict[str, Any]:
    """The values that differ from the defaults, as Terraform's JSON values: what a module call has to say.

    In these a string is a template, so each that is no `Expression` is escaped.
    """
    given: dict[str, Any] = literal(_differing(declared))
    return given


def _differing(declared: Declared) -> dict[str, Any]:
    values = {member.name: (getattr(declared, member.name), member) for member in members(type(declared))}
    return {
        name: terraform_value(value)
        for name, (value, member) in values.items()
        if member.required or value != member.default
    }


def examples(declared: type[Declared], replaced: Mapping[str, Any]) -> dict[str, Any]:
    """The example of each member that has one, as Terraform's JSON values. `replaced` holds those to give instead."""
    given = {member.name: member.example for member in members(declared) if member.example is not MISSING}
    return {name: terraform_value(value) for name, value in (given | dict(replaced)).items()}


def terraform_value(value: Any) -> Any:
    """Turn objects into maps, all the way down."""
    if isinstance(value, Object):
        return _differing(value)
    if isinstance(value, list | tuple):
        return [terraform_value(item) for item in value]
    if isinstance(value, dict):
        return {key: terraform_value(item) for key, item in value.items()}
    return value
