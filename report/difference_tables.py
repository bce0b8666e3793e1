"""Tables of what environments differ in."""

from collections.abc import Sequence

from environments import Environment
from report.differences import differences, steps
from report.tables import Cell, Table
from report.words import Code, Said, Texts


def matrices(environments: Sequence[Environment], texts: Texts) -> list[tuple[Said, Table]]:
    """For each table of the file, every key that environments differ in, by environment."""
    header = [texts("setting"), *(Said.alike(environment.name) for environment in environments), texts("key")]
    tables = []
    for name, found in differences(environments).items():
        title = texts.table(name)
        rows: list[list[Cell]] = [[texts.key(one.key), *map(texts.value, one.values), Code(one.key)] for one in found]
        caption = texts("differences_caption", table=title)
        tables.append((title, Table(f"differences-{name or 'top'}", caption, header, rows)))
    return tables


def step_tables(environments: Sequence[Environment], texts: Texts) -> list[tuple[Said, Table]]:
    """For each promotion, what the later environment has otherwise, the last one first: that is production's."""
    tables = []
    for step in reversed(steps(environments)):
        title = texts("step_title", before=step.before, after=step.after)
        header = [texts("setting"), Said.alike(step.before), Said.alike(step.after), texts("key")]
        rows: list[list[Cell]] = [
            [texts.setting(one.key), *map(texts.value, one.values), Code(one.key)] for one in step.changes
        ]
        tables.append((title, Table(f"step-{step.after}", title, header, rows)))
    return tables
