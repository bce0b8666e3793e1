"""Tables of policies: which of production's rules each environment does not meet, and Checkov's exceptions."""

from collections.abc import Sequence
from pathlib import Path

from environments import Environment
from environments.table import BECAUSE_PRODUCTION
from flowwise.tables.project import IN_CLUSTER
from report.differences import flattened
from report.policies import accepted_exceptions, unmet_production_rules
from report.review import Review
from report.tables import Cell, Table
from report.words import Code, Said, Texts, number


def production_rules(
    environments: Sequence[Environment], repository: Path, texts: Texts
) -> list[tuple[str, Table | None]]:
    """By environment: what its file would have to say to be production; None if nothing else."""
    found = []
    for environment in environments:
        faults = unmet_production_rules(repository / "environments" / f"{environment.name}.toml")
        values = flattened(environment)
        rows: list[list[Cell]] = [
            [
                texts.setting(fault.key),
                texts.value(values.get(fault.key)),
                texts.translated(fault.allowed.removesuffix(f", {BECAUSE_PRODUCTION}")),
                Code(fault.key),
            ]
            for fault in faults
        ]
        header = [texts("rule"), texts("it_says"), texts("production_wants"), texts("key")]
        caption = texts("rules_caption", name=environment.name, n=len(rows))
        found.append((environment.name, Table(f"rules-{environment.name}", caption, header, rows) if rows else None))
    return found


def reviewed(review: Review | None, texts: Texts) -> tuple[Said, Table | None]:
    """Whether Checkov has reviewed the tree as it is, in words, and what it counted, by cloud."""
    if review is None:
        return texts("not_reviewed"), None
    rows: list[list[Cell]] = [
        [_title(name, texts), number(counts.passed), number(counts.failed), number(counts.skipped)]
        for name, counts in review.counts.items()
    ]
    header = [texts("modules_of"), texts("passed"), texts("failed"), texts("accepted")]
    table = Table("table-review", texts("review_caption"), header, rows, (1, 2, 3))
    return texts("reviewed", version=review.checkov, day=texts.date(review.day)), table


def exceptions(repository: Path, texts: Texts) -> list[tuple[Said, Table]]:
    """The exceptions that stand in the generated tree, by cloud."""
    tables = []
    for cloud, accepted in accepted_exceptions(repository / "infra").items():
        rows: list[list[Cell]] = [
            [Code(one.check), texts.translated(one.reason), Code(", ".join(one.files))] for one in accepted
        ]
        title = _title(cloud, texts)
        header = [texts("check"), texts("reason"), texts("files")]
        tables.append((title, Table(f"exceptions-{cloud}", texts("exceptions_caption", cloud=title), header, rows)))
    return tables


def _title(folder: str, texts: Texts) -> Said:
    """Of a folder's modules, or of the roots that call them."""
    titles = {IN_CLUSTER: texts("in_the_cluster_itself"), "roots": texts("roots")}
    return titles.get(folder) or texts.value(folder)
