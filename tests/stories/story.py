"""What a team does from day to day, by the environment files alone: how much it has to write, and what comes of it.

`make stories` writes docs/daily-work.md and its Portuguese from stories.toml. A story has what it is in both languages,
and edits: of a file of environments/ by its name, or of all that have it (`*`), where `old` becomes `new`, or at whose
end text is put (`append`). A line that becomes another counts once, and empty ones do not.
"""

import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from costs import estimate
from environments import Environment, load_environments
from sizing import size_of
from stacks.files.tables import table
from tests.trees import make_tree
from tests.workspace import REPOSITORY

PAGES = {"en": REPOSITORY / "docs" / "daily-work.md", "pt": REPOSITORY / "docs" / "daily-work.pt-BR.md"}
FIRST, MOST_LINES = 10, 6
"""So many stories, the first ones, are to take no more lines than that; others show what takes more."""

_ENVIRONMENTS = REPOSITORY / "environments"
_STORIES = Path(__file__).with_name("stories.toml")

Story = Mapping[str, Any]
"""As it is written."""


@dataclass(frozen=True)
class Outcome:
    """What comes of a story: lines written, files of infra/ that differ, US dollars a month at most, and what is said.

    `faults` are those of budgets and sizes. `usd` is None where something gets a price that nobody here knows.
    """

    story: Story
    lines: int
    files: int
    usd: int | None
    faults: Sequence[str]


def stories() -> Sequence[Story]:
    """All of them, in the page's order."""
    found: Sequence[Story] = tomllib.loads(_STORIES.read_text(encoding="utf-8"))["story"]
    return found


def outcomes(told: Sequence[Story]) -> Iterator[Outcome]:
    """Of each story, on a copy of the environment files as they are."""
    before, today = make_tree(_ENVIRONMENTS), load_environments(_ENVIRONMENTS)
    unknown, usd = _unknown(today), _usd(today)
    for story in told:
        with TemporaryDirectory() as scratch:
            files = shutil.copytree(_ENVIRONMENTS, Path(scratch) / "environments", ignore=_all_but_toml)
            lines = edit(files, story)
            after, environments = make_tree(files), load_environments(files)
        differing = sum(before.get(path) != after.get(path) for path in before.keys() | after.keys())
        more = None if _unknown(environments) > unknown else round(_usd(environments) - usd)
        yield Outcome(story, lines, differing, more, list(_faults(environments)))


def edit(files: Path, story: Story) -> int:
    """Do what a story writes in a folder of environment files; gives the lines that this takes."""
    before = {file: file.read_text(encoding="utf-8") for file in files.glob("*.toml")}
    for each in story["edit"]:
        named = files.glob("*.toml") if each["file"] == "*" else [files / f"{each['file']}.toml"]
        for file in sorted(named):
            file.write_text(_edited(file.read_text(encoding="utf-8"), each), encoding="utf-8")
    return sum(_lines(text, file.read_text(encoding="utf-8")) for file, text in before.items())


def _edited(text: str, change: Mapping[str, str]) -> str:
    if "append" in change:
        return f"{text}\n{change['append']}"
    if change["old"] not in text and change["file"] != "*":
        raise ValueError(f"{change['file']}.toml has no {change['old']!r}")
    return text.replace(change["old"], change["new"])


def _lines(before: str, after: str) -> int:
    old, new = ([line for line in text.splitlines() if line.strip()] for text in (before, after))
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(end - start, to - since) for kind, start, end, since, to in codes if kind != "equal")


def _all_but_toml(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".toml")}


def _usd(environments: Sequence[Environment]) -> float:
    return sum(float(estimate(each).usd.high) for each in environments if each.in_cloud)


def _unknown(environments: Sequence[Environment]) -> int:
    return sum(len(estimate(each).unknown) for each in environments if each.in_cloud)


def _faults(environments: Sequence[Environment]) -> Iterator[str]:
    for each in environments:
        yield from (f"{each.name}: {found.text}" for found in size_of(each).findings if found.severity == "fault")
        if each.budget and (high := estimate(each).usd.high) > each.budget.monthly_usd:
            yield f"{each.name}: {high:,.2f} US dollars, of {each.budget.monthly_usd:,}"


_WORDS = {
    "en": (
        "# Daily work",
        "What a team asks for from day to day, and how much it writes for it in `environments/`: of the first "
        f"{FIRST}, no more than {MOST_LINES} lines each. Budgets are enough and pods fit afterwards, as `make cost` "
        "and `make sizing` say. A test does each of these on the files as they are, and counts.",
        ("What is wanted", "Lines written", "Files of `infra/` that change", "US dollars a month more, at most"),
        "unknown",
    ),
    "pt": (
        "# Trabalho diário",
        "O que uma equipe pede no dia a dia, e quanto escreve para isso em `environments/`: das primeiras "
        f"{FIRST} coisas, no máximo {MOST_LINES} linhas para cada uma. Depois, os orçamentos bastam e os pods cabem, "
        "como dizem `make cost` e `make sizing`. Um teste faz cada uma nos arquivos como estão, e conta.",
        ("O que se quer", "Linhas escritas", "Arquivos de `infra/` que mudam", "Dólares por mês a mais, no máximo"),
        "desconhecido",
    ),
}


def page(language: str, found: Sequence[Outcome]) -> str:
    """The page in one language."""
    title, text, heads, unknown = _WORDS[language]
    note = "<!-- `make stories` writes this from tests/stories/stories.toml. Edit that file, not this one. -->"
    rows = [
        [each.story[language], str(each.lines), str(each.files), unknown if each.usd is None else f"{each.usd:,}"]
        for each in found
    ]
    return "\n\n".join([note, title, text, table(heads, rows)]) + "\n"
