"""The list of mutants, and what one is."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.workspace import REPOSITORY

LIST = Path(__file__).with_name("mutants.toml")
# What infra/ is made from.
_SOURCES_OF_INFRA = ("constructs/", "stacks/", "synthesis/", "environments/", "costs/", "main.py")


@dataclass(frozen=True)
class Mutant:
    """One thing that is wrong: in `file`, the text `new` in the place of `old`. See mutants.toml."""

    name: str
    file: str
    old: str
    new: str
    caught_by: tuple[str, ...]
    needs: str = ""
    survives: bool = False
    missing: str = ""

    @property
    def can_change_infra(self) -> bool:
        """Whether infra/ has to be made anew with it, as whoever changed the code would."""
        return self.file.startswith(_SOURCES_OF_INFRA)

    @property
    def times(self) -> int:
        """How often the repository's own file has the text that it replaces: once, if the list is right."""
        path = REPOSITORY / self.file
        return path.read_text(encoding="utf-8").count(self.old) if path.exists() else 0

    @cached_property
    def test_files(self) -> frozenset[str]:
        """The files of the tests that are to catch it."""
        return frozenset(target.partition("::")[0] for target in self.caught_by)


def all_mutants() -> tuple[Mutant, ...]:
    """The list, as it is written. Raises TypeError for a key that it does not know."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]
    return tuple(Mutant(**{**each, "caught_by": tuple(each["caught_by"])}) for each in listed)
