"""A table of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from report.words import Code, English, Said

Cell = Said | English | Code


@dataclass(frozen=True)
class Table:
    """Rows whose first cell is their heading; `numeric` columns are aligned right; `total` is a last row."""

    id: str
    caption: Said
    header: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    numeric: Sequence[int] = ()
    total: Sequence[Cell] = ()
