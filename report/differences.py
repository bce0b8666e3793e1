"""What environments differ in: the values that hold, defaults included, of every key that they do not have alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from typing import Any

from environments import Environment
from environments.promotion import promotion_order
from environments.wording import dotted

_OWN = (
    "account",
    "after",
    "kubernetes.context",
    "network.cidr",
    "cluster.pod_cidr",
    "cluster.service_cidr",
    "gateway.host",
    "gateway.token_issuer.issuer",
    "gateway.token_issuer.jwks_uri",
)
"""What each environment must have for itself: names and addresses."""


@dataclass(frozen=True)
class Difference:
    """A key by its dotted name, and its value in each environment, in their order; None where it is not there."""

    key: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Step:
    """A promotion, and what the later environment has otherwise: each key with the value before and after."""

    before: str
    after: str
    changes: tuple[Difference, ...]


def differences(environments: Sequence[Environment]) -> dict[str, list[Difference]]:
    """Keys that two of them have otherwise, by the table of the file; keys outside of any table are under ""."""
    return {table: list(rows) for table, rows in groupby(_differing(environments), key=lambda row: table_of(row.key))}


def steps(environments: Sequence[Environment]) -> list[Step]:
    """For each environment in a cloud but the first: what it has otherwise than the one before it."""
    pairs = pairwise(promotion_order(environments))
    return [Step(before.name, after.name, tuple(_differing([before, after]))) for before, after in pairs]


def table_of(key: str) -> str:
    """The table of the file that a dotted key is in; "" for those above all tables."""
    table, dot, _ = key.partition(".")
    return table if dot else ""


def flattened(environment: Environment) -> dict[str, Any]:
    """Every value by its dotted key: whole numbers, booleans and None as they are, lists and all else as text."""
    return dict(_flattened(environment.model_dump(), ()))


def _flattened(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        here = (*path, key)
        if isinstance(value, Mapping):
            yield from _flattened(value, here)
        elif isinstance(value, (list, tuple)):
            yield dotted(here), ", ".join(map(str, value)) or None
        else:
            yield dotted(here), value if value is None or isinstance(value, int) else str(value)


def _differing(environments: Sequence[Environment]) -> list[Difference]:
    flat = [flattened(environment) for environment in environments]
    tables = list(Environment.model_fields)
    keys = sorted(dict.fromkeys(chain.from_iterable(flat)), key=lambda key: ("." in key, tables.index(_first(key))))
    rows = [Difference(key, tuple(values.get(key) for values in flat)) for key in keys if key not in _OWN]
    return [row for row in rows if len(set(_comparable(row, environments))) > 1]


def _comparable(row: Difference, environments: Sequence[Environment]) -> Iterator[Any]:
    """The values, but for those that an environment lacks because it is in no cloud."""
    for value, environment in zip(row.values, environments, strict=True):
        if value is not None or environment.in_cloud:
            yield value


def _first(key: str) -> str:
    return key.partition(".")[0]
