"""What a file may leave out only where there is no cloud."""

from typing import TypeVar

Value = TypeVar("Value")


def given(value: Value | None) -> Value:
    """The value. Raises ValueError without one: an environment in a cloud was let through without what it needs."""
    if value is None:
        raise ValueError("an environment in a cloud was let through without what it needs")
    return value
