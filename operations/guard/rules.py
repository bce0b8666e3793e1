"""The tables of what protects what, one for each provider, in `rules/`.

A table has types of resources. Of a type stand

- `holds`: what goes with a resource that is destroyed, replaced or forgotten;
- `stays`: what goes with one that is destroyed or forgotten, but is there again where it is replaced;
- `new`: what one brings that is made where there is something already;
- `tells = true`, of a type or a value that is on: that it is there says that the environment is protected;
- `where`: for which resources that holds, by patterns (`*` is any text) of values at paths; a type with several cases
  is an array of tables;
- any other key is a path of values, with what may not become of them: `{ <kind> = "<what for>" }`. Lists on the way are
  gone through. `order` are the values from the weakest to the strongest, where they are not numbers, and any other
  value is weaker; `unknown = "passes"` where one that is known only once it is applied is nothing to ask about, and
  `new = "passes"` where that holds of one that a new resource has.

`every` has attributes by their names, in whatever type and however deep; a rule of the type for the path goes before.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

VERBS = {
    "off": "turns off",
    "on": "allows",
    "lower": "lowers",
    "higher": "raises",
    "sooner": "brings forward",
    "less": "takes from",
    "more": "adds to",
    "removed": "takes away",
    "changed": "changes",
    "opens": "opens",
    "rights": "changes",
    "set": "sets",
}
"""The kinds of rules of values, each with what a plan does that breaks one."""

FOLDER = Path(__file__).parent / "rules"
EVERY = "every"
_CLUSTER = "cluster"
_STEP = re.compile(r'\["([^"]*)"\]|([^.\["]+)')
_OF_RESOURCES = ("holds", "stays", "new", "tells", "where")


@dataclass(frozen=True)
class Rule:
    """What may not become of the values at a path, and what they are for."""

    path: str
    kind: str
    words: str
    order: tuple[str, ...] = ()
    unknown_passes: bool = False
    new_passes: bool = False
    tells: bool = False

    @property
    def steps(self) -> tuple[str, ...]:
        """The path, a key each."""
        return tuple(quoted or plain for quoted, plain in _STEP.findall(self.path))


@dataclass(frozen=True)
class Case:
    """The rules of a type, or of those of its resources whose values fit `where`."""

    holds: str
    stays: str
    new: str
    tells: bool
    where: Mapping[str, tuple[str, ...]]
    values: tuple[Rule, ...]


class RuleSet:
    """The rules of all providers, from what is written of each, by the name of its file.

    Raises ValueError or LookupError for what is written otherwise than this module says.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self.tables = tables
        self.cases: Mapping[str, tuple[Case, ...]] = {
            type_: tuple(map(_case, body if isinstance(body, list) else [body]))
            for table in tables.values()
            for type_, body in table.items()
            if type_ != EVERY
        }
        self._by_name = {file: {rule.path: rule for rule in _rules(table[EVERY])} for file, table in tables.items()}
        self._of_others = self._by_name[_CLUSTER]

    def by_name(self, type_: str) -> Mapping[str, Rule]:
        """The rules of attributes wherever they are in a resource of this type, by the attributes' names."""
        return self._by_name.get(type_.partition("_")[0]) or self._of_others


@cache
def rules() -> RuleSet:
    """Those that are written here."""
    return RuleSet({file.stem: tomllib.loads(file.read_text()) for file in sorted(FOLDER.glob("*.toml"))})


def _case(body: Mapping[str, Any]) -> Case:
    return Case(
        holds=body.get("holds", ""),
        stays=body.get("stays", ""),
        new=body.get("new", ""),
        tells="tells" in body,
        where={path: tuple(patterns) for path, patterns in body.get("where", {}).items()},
        values=tuple(_rules({path: rule for path, rule in body.items() if path not in _OF_RESOURCES})),
    )


def _rules(written: Mapping[str, Mapping[str, Any]]) -> Iterator[Rule]:
    for path, rule in written.items():
        (kind,) = rule.keys() & VERBS.keys()
        yield Rule(
            path,
            kind,
            rule[kind],
            tuple(rule.get("order", ())),
            *(option in rule for option in ("unknown", "new", "tells")),
        )
