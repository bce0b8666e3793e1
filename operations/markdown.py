"""Markdown that reads well in a terminal, too."""

from collections.abc import Iterable, Sequence

from environments.findings import Finding


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose columns are aligned."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    lines.insert(1, ["-" * max(width, 3) for width in widths])
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |".rstrip()
        for line in lines
    )


def remarks(findings: Iterable[Finding]) -> list[str]:
    """What was found, as one block; no block without findings."""
    lines = [f"- **{finding.severity.capitalize()}** ({finding.kind}): {finding}" for finding in findings]
    return ["\n".join(lines)] if lines else []


def document(title: str, *blocks: str) -> str:
    """Blocks under a heading."""
    return "\n\n".join([f"### {title}", *blocks]) + "\n"
