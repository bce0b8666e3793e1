"""The values at a path of a resource, with what Terraform marks: what is not known yet, and what is secret."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

UNKNOWN = "(known after apply)"
SENSITIVE = "(sensitive)"


@dataclass(frozen=True)
class Marked:
    """A value, with Terraform's marks of the same form: True, or a dict or list that holds True where a part has it."""

    value: Any
    unknown: Any = False
    sensitive: Any = False

    def part(self, key: str | int) -> "Marked":
        """What is at a key, or at a place in a list."""
        value = None
        if isinstance(self.value, dict):
            value = self.value.get(key)
        elif isinstance(self.value, list) and isinstance(key, int) and key < len(self.value):
            value = self.value[key]
        return Marked(value, part_of_mark(self.unknown, key), part_of_mark(self.sensitive, key))

    @property
    def is_known(self) -> bool:
        """Whether all of it is."""
        return not holds_true(self.unknown)

    def __str__(self) -> str:
        if holds_true(self.sensitive):
            return SENSITIVE
        if not self.is_known:
            return UNKNOWN
        return self.value if isinstance(self.value, str) else json.dumps(self.value, sort_keys=True)


NOTHING = Marked(None)


def leaves(root: Marked, steps: Sequence[str]) -> Iterator[Marked]:
    """The values at a path, through every list on the way and at its end; none where there is nothing."""
    if root.unknown is True:
        yield root
    elif isinstance(root.value, list):
        for index in range(max(len(root.value), len(root.unknown) if isinstance(root.unknown, list) else 0)):
            yield from leaves(root.part(index), steps)
    elif steps:
        if isinstance(root.value, dict) or isinstance(root.unknown, dict):
            yield from leaves(root.part(steps[0]), steps[1:])
    elif root.value is not None or not root.is_known:
        yield root


def paths_to(value: Any, names: frozenset[str], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths in a value that end with one of these names."""
    if isinstance(value, list):
        for each in value:
            yield from paths_to(each, names, before)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in names:
                yield (*before, key)
            yield from paths_to(each, names, (*before, key))


def part_of_mark(mark: Any, key: str | int) -> Any:
    """The mark of a part: marks have the form of the value, and leave out what has none."""
    if mark is True:
        return True
    if isinstance(mark, dict):
        return mark.get(key, False)
    if isinstance(mark, list) and isinstance(key, int) and key < len(mark):
        return mark[key]
    return False


def holds_true(mark: Any) -> bool:
    """Whether a mark, or a part of it, is True."""
    if isinstance(mark, dict | list):
        return any(map(holds_true, mark.values() if isinstance(mark, dict) else mark))
    return mark is True
