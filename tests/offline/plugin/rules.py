"""What a real provider refuses to be told, and what it replaces rather than change, by what is known of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgpack

if TYPE_CHECKING:
    from synthesis.schemas.provider_facts import Fact, Facts


@dataclass(frozen=True)
class Fault:
    """What is wrong with a configuration, and with which attribute."""

    path: str
    detail: str


def faults(facts: "Facts", configuration: Any) -> Iterator[Fault]:
    """All that breaks a rule; what is not known yet breaks none."""
    for path, fact in facts.items():
        block = path.split(".")[:-1]
        for parent in _blocks(configuration, block):
            yield from (Fault(path, detail) for detail in _broken(fact, path, parent, configuration))


def kept(facts: "Facts", before: Any, proposed: Any) -> Any:
    """What is proposed, with the outermost blocks as they were that the provider has filled in."""
    if before is None or proposed is None:
        return proposed
    blocks = [path for path, fact in facts.items() if fact.get("kept_if_absent") and not proposed[path]]
    return proposed | {block: before[block] for block in blocks}


def replacing(facts: "Facts", before: Any, after: Any) -> Iterator[str]:
    """The paths whose change has the resource replaced, given the values before and after it.

    Of a block, that is how many there are: inside it, each attribute says for itself whether it has that effect
    (terraform-plugin-sdk, `schemaMap.diffList`, which gives the count alone what is said of the list).
    """
    if before is not None and after is not None:
        for path, fact in facts.items():
            if fact.get("force_new") and _given(before, path) != _given(after, path):
                yield path


def _given(values: Any, path: str) -> list[Any]:
    return [_number_of_blocks(value) for value in _values(values, path.split(".")) if _is_set(value)]


def _number_of_blocks(value: Any) -> Any:
    """How many blocks there are; of anything else, the value."""
    are_blocks = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    return len(value) if are_blocks else value


def _broken(fact: "Fact", path: str, parent: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    others = _Others(path, parent, whole)
    value = parent.get(path.rpartition(".")[2])
    known = value is not None and not _is_unknown(value)
    if known:
        if value is False and fact.get("false_is_null"):
            yield "It is false, for which the provider plans null: leave it out."
        yield from _of_value(fact, value, "")
        if isinstance(value, list):
            yield from _of_number(fact, len(value))
            for each in value:
                if not _is_unknown(each):
                    yield from _of_value(fact, each, "elements_")
    if _is_set(value):
        for other in fact.get("conflicts_with", ()):
            if others.is_set(other) and not others.is_unknown(other):
                yield f"It conflicts with {other}."
        for other in fact.get("required_with", ()):
            if not others.is_set(other):
                yield f"It requires {other}."
        for block in value if isinstance(value, list) else []:
            members = fact.get("members_at_least_one_of", []) if isinstance(block, dict) else []
            if members and not any(_is_set(block.get(member)) for member in members):
                yield f"One of {', '.join(members)} is required in it."
    for rule in ("exactly_one_of", "at_least_one_of"):
        if rule not in fact:
            continue
        listed = [path, *fact[rule]]  # type: ignore[literal-required]
        given = [name for name in listed if others.is_set(name)]
        if not given:
            yield f"One of {', '.join(sorted(listed))} is required."
        if rule == "exactly_one_of" and sum(not others.is_unknown(name) for name in given) > 1:
            yield f"Only one of {', '.join(sorted(listed))} may be there."


def _of_value(fact: "Fact", value: Any, prefix: str) -> Iterator[str]:
    allowed, limits, lengths = (fact.get(f"{prefix}{rule}") for rule in ("one_of", "range", "length"))
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        in_limits = limits is not None and isinstance(value, int | float) and _is_within(value, limits)
        if allowed is not None and not fact.get("one_of_or_other") and not _is_one_of(value, allowed, fact):
            yield f"It is {value}, and must be one of {', '.join(map(str, allowed))}."
        if limits is not None and isinstance(value, int | float) and not in_limits and value not in (allowed or ()):
            yield f"It is {value}, and must be {_words(limits)}."
    if lengths is not None and isinstance(value, str) and not _is_within(len(value), lengths):
        yield f"It has {len(value)} characters, and must have {_words(lengths)}."


def _of_number(fact: "Fact", items: int) -> Iterator[str]:
    limits = [fact.get("min_items") if items else None, fact.get("max_items")]
    if not _is_within(items, limits):
        yield f"There are {items} of it, and must be {_words(limits)}."


def _is_one_of(value: Any, allowed: list[Any], fact: "Fact") -> bool:
    said, listed = str(value), [str(each) for each in allowed]
    if fact.get("ignore_case"):
        said, listed = said.lower(), [each.lower() for each in listed]
    return said in listed


def _is_within(value: float, limits: list[Any]) -> bool:
    low, high = limits
    return (low is None or value >= low) and (high is None or value <= high)


def _words(limits: list[Any]) -> str:
    low, high = limits
    if low is None:
        return f"{high} at most"
    return f"{low} at least" if high is None else f"from {low} to {high}"


@dataclass(frozen=True)
class _Others:
    """Attributes beside one, by their whole paths: in the same block where they share it, anywhere otherwise."""

    path: str
    parent: dict[str, Any]
    whole: dict[str, Any]

    def is_set(self, other: str) -> bool:
        return any(map(_is_set, self._found(other)))

    def is_unknown(self, other: str) -> bool:
        return any(map(_is_unknown, self._found(other)))

    def _found(self, other: str) -> list[Any]:
        (block, _, _), (others_block, _, name) = self.path.rpartition("."), other.rpartition(".")
        if block == others_block:
            return [self.parent.get(name)]
        return list(_values(self.whole, other.split(".")))


def _values(values: Any, names: list[str]) -> Iterator[Any]:
    for block in _blocks(values, names[:-1]):
        yield block.get(names[-1])


def _blocks(values: Any, names: list[str]) -> Iterator[dict[str, Any]]:
    """The blocks at a path; none where one on the way is not there, or not known."""
    if isinstance(values, list):
        for item in values:
            yield from _blocks(item, names)
    elif isinstance(values, dict):
        if not names:
            yield values
        elif names[0] in values:
            yield from _blocks(values[names[0]], names[1:])


def _is_set(value: Any) -> bool:
    return value is not None and value != []


def _is_unknown(value: Any) -> bool:
    return isinstance(value, msgpack.ExtType)
