"""Tables of what it costs: what has no price, what is assumed, where prices are from, and every line there is."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from report.charts import unknown_count
from report.tables import Cell, Table
from report.words import Code, English, Said, Texts, number, unit_price, usd

_LINE_KEYS = (
    *("resource", "service", "meter", "price", "unit", "quantity"),
    *("at_low", "at_high", "basis", "date", "note"),
)


@dataclass(frozen=True)
class CostTables:
    """Tables of the page, and for each environment one of lines for each cloud, or why there is none."""

    unknown: Table | None
    not_counted: Sequence[Said | English]
    usage: Table
    sources: Table
    lines: Sequence[tuple[str, Sequence[tuple[Said, Table | Said | English]]]]


def tables(report: Mapping[str, Any], costs: Sequence[Mapping[str, Any]], texts: Texts) -> CostTables:
    """All of them, environments in the order of `costs`."""
    return CostTables(
        _unknown(costs, texts),
        [texts.translated(text) for text in report["prices"]["not_counted"]],
        _usage(report["usage"], texts),
        _sources(costs, texts),
        [(one["environment"], list(_lines(one, texts))) for one in costs if one["estimates"]],
    )


def _unknown(costs: Sequence[Mapping[str, Any]], texts: Texts) -> Table | None:
    places: dict[tuple[str, str, str, str, str], list[str]] = {}
    for one in costs:
        for cloud, estimate in one["estimates"].items():
            for line in estimate.get("lines", ()):
                if line["usd"] is None:
                    what = (cloud, line["service"], line["meter"], line["unit"], line["note"])
                    places.setdefault(what, [])
                    if one["environment"] not in places[what]:
                        places[what].append(one["environment"])
    rows: list[list[Cell]] = [
        [
            texts.value(cloud),
            texts.service(service),
            texts.translated(meter),
            texts.unit(unit),
            Said.alike(", ".join(environments)),
            texts.translated(note),
        ]
        for (cloud, service, meter, unit, note), environments in places.items()
    ]
    header = [texts(key) for key in ("cloud", "service", "meter", "unit", "environments", "note")]
    return Table("table-unknown", texts("unknown_caption"), header, rows) if rows else None


def _usage(usage: Sequence[Mapping[str, Any]], texts: Texts) -> Table:
    rows: list[list[Cell]] = [
        [
            texts.translated(one["text"]),
            texts.translated(one["unit"]),
            *map(_quantity, (*one["dev"], *one["prod"])),
        ]
        for one in usage
    ]
    loads = [_joined(texts.value(tier), texts(load)) for tier in ("dev", "prod") for load in ("low", "high")]
    header = [texts("meaning"), texts("unit"), *loads]
    return Table("table-usage", texts("usage_caption"), header, rows, range(2, 6))


def _sources(costs: Sequence[Mapping[str, Any]], texts: Texts) -> Table:
    counts = Counter(
        (cloud, line["source"], line["where"], line["date"])
        for one in costs
        for cloud, estimate in one["estimates"].items()
        for line in estimate.get("lines", ())
        if line["date"]
    )
    rows: list[list[Cell]] = [
        [
            texts.translated(source),
            texts.value(cloud),
            texts.date(date),
            number(count),
            texts.translated(where) if " " in where else Code(where),
        ]
        for (cloud, source, where, date), count in sorted(counts.items())
    ]
    header = [texts("source"), texts("cloud"), texts("date"), texts("lines"), texts("where")]
    return Table("table-sources", texts("sources_caption"), header, rows, (3,))


def _lines(costs: Mapping[str, Any], texts: Texts) -> Iterator[tuple[Said, Table | Said | English]]:
    for cloud, estimate in costs["estimates"].items():
        name = texts.value(cloud)
        if not estimate["possible"]:
            yield name, texts.translated(estimate["reason"])
            continue
        rows = [_line(line, texts) for line in estimate["lines"]]
        unknown = unknown_count(estimate)
        blank = Said.alike("")
        total: list[Cell] = [texts("total"), *[blank] * 5, usd(estimate["low"]), usd(estimate["high"]), *[blank] * 2]
        total.append(texts("leaves_out", n=unknown) if unknown else blank)
        caption = texts("lines_caption", name=costs["environment"], cloud=name)
        id_ = f"lines-{costs['environment']}-{cloud}"
        yield name, Table(id_, caption, [texts(key) for key in _LINE_KEYS], rows, (3, 5, 6, 7), total)


def _line(line: Mapping[str, Any], texts: Texts) -> list[Cell]:
    def amount(key: str) -> Said:
        return texts("unknown") if line[key] is None else usd(line[key])

    low, high = _quantity(line["quantity_low"]), _quantity(line["quantity_high"])
    return [
        Code(line["resource"]),
        texts.service(line["service"]),
        texts.translated(line["meter"]),
        texts("unknown") if line["usd"] is None else unit_price(line["usd"]),
        texts.unit(line["unit"]),
        low if low == high else texts("range", low=low, high=high),
        amount("low"),
        amount("high"),
        texts(f"basis_{line['basis'].replace(' ', '_')}"),
        texts.date(line["date"]) if line["date"] else Said.alike(""),
        texts.translated(line["note"]),
    ]


def _quantity(text: str) -> Said:
    return number(Decimal(text), len(text.partition(".")[2]))


def _joined(tier: Said, load: Said) -> Said:
    return Said(f"{tier.en}, {load.en}", f"{tier.pt}, {load.pt}")
