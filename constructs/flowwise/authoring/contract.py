"""Contracts: what a Terraform module takes and gives, declared once.

A contract is a pair of classes. Each attribute is one Terraform variable or output:

    class NetworkInputs(Inputs):
        name: str = variable("Prefix of every name.", example="flowwise-dev")
        tags: dict[str, str] = variable("Tags of every resource.", default={})

    class NetworkOutputs(Outputs):
        network_id: str = output("Identifier of the network.")

    NETWORK = Contract("network", "A private network.", NetworkInputs, NetworkOutputs)

From it come variables.tf, outputs.tf, the module's README and tests, and the typed caller: a type checker refuses
`NetworkInputs(nmae="x")`. The same classes serve both sides: a caller fills `NetworkInputs` with values and reads
`NetworkOutputs` as references; an implementation reads `NetworkInputs` as references and fills `NetworkOutputs`.

Attribute types, and the Terraform types they become: `str` string, `int` number, `bool` bool, `list[T]` list(T),
`dict[str, T]` map(T), a subclass of `Object` object({...}), `T | None` a nullable T.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field
from typing import Any, Generic, TypeVar, dataclass_transform


@dataclass(frozen=True)
class Validation:
    """A rule that Terraform checks before it plans.

    `condition` is a Terraform expression in which `self` stands for the variable; `message` says what is allowed, as a
    sentence; `rejects` is a value that must be refused, which the module's generated tests try.
    """

    condition: str
    message: str
    rejects: Any


def one_of(words: Sequence[str], what: str) -> Validation:
    """Only these words."""
    listed = ", ".join(f'"{word}"' for word in words)
    return Validation(
        f"contains([{listed}], self)", f"{what} must be one of {', '.join(words)}.", rejects="none-of-these"
    )


def _member(kind: str, default: Any, **facts: Any) -> Any:
    metadata = {"kind": kind, **facts}
    if isinstance(default, list | dict):  # a shared mutable default is refused by dataclasses
        return field(default_factory=lambda: type(default)(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def variable(
    description: str,
    *,
    default: Any = MISSING,
    example: Any = MISSING,
    sensitive: bool = False,
    ephemeral: bool = False,
    validations: Sequence[Validation] = (),
) -> Any:
    """Declare an input. One without `default` is required, and needs an `example` for the module's generated tests."""
    return _member(
        "variable",
        default,
        description=description,
        example=example,
        sensitive=sensitive,
        ephemeral=ephemeral,
        validations=tuple(validations),
    )


def attribute(description: str, *, default: Any = MISSING) -> Any:
    """Declare a member of an `Object`. One with a default becomes `optional(type, default)`."""
    return _member("attribute", default, description=description)


def output(description: str, *, sensitive: bool = False) -> Any:
    """Declare an output. None is ephemeral: Terraform then refuses to run in the module's own folder."""
    return _member("output", MISSING, description=description, sensitive=sensitive)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(variable, attribute, output))
class Declared:
    """Makes each subclass a frozen, keyword-only dataclass whose every attribute was declared with its `kind`."""

    kind = ""

    def __init_subclass__(cls, kind: str | None = None) -> None:
        cls.kind = kind or cls.kind
        dataclass(frozen=True, kw_only=True)(cls)
        for member in dataclasses.fields(cls):  # type: ignore[arg-type]  # the line above made it one
            if member.metadata.get("kind") != cls.kind:
                raise TypeError(f"{cls.__name__}.{member.name} is not declared with {cls.kind}(...)")
            if cls.kind == "variable" and not _has_default(member) and member.metadata["example"] is MISSING:
                raise TypeError(f"{cls.__name__}.{member.name} is required, so its tests need an example")


def _has_default(member: "dataclasses.Field[Any]") -> bool:
    return member.default is not MISSING or member.default_factory is not MISSING


class Object(Declared, kind="attribute"):
    """An object type: the value of an input, or of the elements of a list or map."""


class Inputs(Declared, kind="variable"):
    """The variables of a module."""


class Outputs(Declared, kind="output"):
    """The outputs of a module."""


InputsT = TypeVar("InputsT", bound=Inputs)
OutputsT = TypeVar("OutputsT", bound=Outputs)


@dataclass(frozen=True)
class Contract(Generic[InputsT, OutputsT]):
    """A service that every cloud provides in its own way, under `infra/modules/<service>/`."""

    service: str
    description: str
    inputs: type[InputsT]
    outputs: type[OutputsT]
