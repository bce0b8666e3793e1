"""What a change of a policy document of AWS's takes, and what it opens."""

import json
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

Right = tuple[str, str, str, str, str]
"""Effect, principal, action, resource, conditions: one of what a document says all combinations of."""


def takes_or_opens(old: Iterable[str], new: Iterable[str]) -> bool:
    """Whether rights of before are gone, more is refused, less is refused, or more than a named few get something.

    Who only gets a right more by a policy of its own, such as to read one more secret, is none of that. Raises nothing:
    a document that cannot be read is one that says something else.
    """
    try:
        before, after = (set(_all_rights(documents)) for documents in (old, new))
    except (ValueError, LookupError, AttributeError, TypeError):
        return list(old) != list(new)
    return bool(before - after) or any(_is_far_reaching(right) for right in after - before)


def _is_far_reaching(right: Right) -> bool:
    effect, principal, action, _, _ = right
    return effect != "Allow" or bool(principal) or action.startswith("Not") or action.endswith("*")


def _all_rights(documents: Iterable[str]) -> Iterator[Right]:
    for document in documents:
        for statement in _listed(json.loads(document)["Statement"]):
            parts = [_values(statement, name) for name in ("Principal", "Action", "Resource")]
            for principal, action, resource in product(*parts):
                conditions = json.dumps(statement.get("Condition", {}), sort_keys=True)
                yield statement["Effect"], principal, action, resource, conditions


def _values(statement: dict[str, Any], name: str) -> list[str]:
    """The texts of a part of a statement, as "NotAction: x" where it is turned round."""
    turned = f"Not{name}"
    found = statement.get(name, statement.get(turned))
    prefix = f"{turned}: " if turned in statement else ""
    if isinstance(found, dict):
        return [f"{prefix}{kind} {value}" for kind, values in found.items() for value in _listed(values)]
    return [f"{prefix}{value}" for value in _listed(found)] if found is not None else [""]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
