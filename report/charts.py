"""The four charts: what the page's script draws, and the same as a table and in a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flowwise.tables.project import CLOUDS
from report.tables import Table
from report.words import Said, Texts, number, usd

_MOST_SERVICES = 7  # that the eye can tell apart by colour; the others are one
Estimates = Sequence[Mapping[str, Any]]
Sizes = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Chart:
    """A chart. `data` is for the script: numbers to draw, and every word and amount as it is written, ready-made."""

    id: str
    title: Said
    note: Said
    data: Mapping[str, Any]
    table: Table

    @property
    def words(self) -> Said:
        """What it is, for those who do not see it; its data follow it in a table."""
        return Said(f"{self.title.en}. {self.note.en}", f"{self.title.pt}. {self.note.pt}")


def budget_chart(costs: Estimates, texts: Texts) -> Chart:
    """What each environment costs a month on its own cloud, from the lower to the higher load, and its budget."""
    rows, cells = [], []
    for one in costs:
        own = _own(one)
        if own is None:
            continue
        low, high, budget = usd(own["low"]), usd(own["high"]), one["budget_usd"]
        limit = texts("nothing") if budget is None else usd(budget)
        rows.append(_range(Said.alike(one["environment"]), own, "own", texts) | _mark(budget, limit))
        cells.append([Said.alike(one["environment"]), low, high, limit])
    header = [texts("environment"), texts("at_low"), texts("at_high"), texts.table("budget")]
    table = Table("table-budget", texts("chart_budget"), header, cells, (1, 2, 3))
    series = {"own": texts("cost_range").both()}
    data = {"kind": "ranges", "series": series, "marks": texts("budget").both(), "rows": rows}
    return Chart("budget", texts("chart_budget"), texts("chart_budget_note"), data, table)


def services_chart(costs: Estimates, texts: Texts) -> Chart:
    """What each service of an environment costs, stacked, for either load."""
    bills = {one["environment"]: own["services"] for one in costs if (own := _own(one))}
    highest: dict[str, Decimal] = {}
    for services in bills.values():
        for bill in services:
            highest[bill["service"]] = max(highest.get(bill["service"], Decimal(0)), Decimal(bill["high"]))
    by_cost = sorted(highest, key=lambda service: -highest[service])
    shown, others = by_cost[:_MOST_SERVICES], by_cost[_MOST_SERVICES:]
    amounts = {
        (name, load): {bill["service"]: Decimal(bill[load]) for bill in services}
        for name, services in bills.items()
        for load in ("low", "high")
    }
    series = [(texts.service(service), [service]) for service in shown]
    series += [(texts("other_services"), others)] if others else []
    data = {
        "kind": "stacked",
        "rows": [
            {
                "label": _joined(Said.alike(name), texts(load)).both(),
                "text": usd(sum(services.values(), Decimal(0))).both(),
            }
            for (name, load), services in amounts.items()
        ],
        "series": [_stack(name, services, amounts.values()) for name, services in series],
    }
    header = [texts("service"), *(_joined(Said.alike(name), texts(load)) for name, load in amounts)]
    rows = [
        [texts.service(service), *(usd(one.get(service, Decimal(0))) for one in amounts.values())]
        for service in by_cost
    ]
    total = [texts("total"), *(usd(sum(one.values(), Decimal(0))) for one in amounts.values())]
    table = Table("table-services", texts("chart_services"), header, rows, range(1, len(header)), total)
    return Chart("services", texts("chart_services"), texts("chart_services_note"), data, table)


def clouds_chart(costs: Estimates, texts: Texts) -> Chart:
    """What each environment would cost on each cloud; which of them has prices that nobody lists, and so leaves out."""
    rows, cells = [], []
    for one in costs:
        for cloud, estimate in one["estimates"].items():
            name = _joined(Said.alike(one["environment"]), texts.value(cloud))
            name = _joined(name, texts("as_it_is")) if cloud == one["cloud"] else name
            if not estimate["possible"]:
                rows.append({"label": name.both(), "text": texts("not_possible").both(), "series": cloud})
                cells.append([name, texts("not_possible"), texts("not_possible"), Said.alike("")])
                continue
            unknown = unknown_count(estimate)
            mark = _mark(estimate["high"], texts("left_out", n=unknown)) if unknown else {}
            rows.append(_range(name, estimate, cloud, texts) | mark)
            cells.append([name, usd(estimate["low"]), usd(estimate["high"]), number(unknown)])
    header = [texts("environment_on_cloud"), texts("at_low"), texts("at_high"), texts("unknown_prices")]
    table = Table("table-clouds", texts("chart_clouds"), header, cells, (1, 2, 3))
    series = {cloud: texts.value(cloud).both() for cloud in CLOUDS}
    data = {"kind": "ranges", "series": series, "marks": texts("some_left_out").both(), "rows": rows}
    return Chart("clouds", texts("chart_clouds"), texts("chart_clouds_note"), data, table)


def sizing_chart(sizes: Sizes, texts: Texts) -> Chart:
    """What all pods ask for, against what the nodes have for them: processors and memory, for either load."""
    loads = [(size["environment"], load, size[load]) for size in sizes for load in ("low", "high")]
    names = [_joined(Said.alike(name), texts(load)) for name, load, _ in loads]
    panels, columns = [], []
    for key, title, per_unit, decimals in (("cpu_m", "processors", 1000, 1), ("memory_mib", "memory_gib", 1024, 1)):
        series = []
        for what in ("requested", "allocatable"):
            amounts = [_scaled(load[what], key, per_unit) for _, _, load in loads]
            written = [texts("not_known") if one is None else number(one, decimals) for one in amounts]
            values = [None if one is None else float(one) for one in amounts]
            series.append({"name": texts(what).both(), "values": values, "texts": [one.both() for one in written]})
            columns.append((_joined(texts(title), texts(what)), written))
        panels.append({"title": texts(title).both(), "series": series})
    rows = [[name, *(written[index] for _, written in columns)] for index, name in enumerate(names)]
    header = [texts("environment_and_load"), *(title for title, _ in columns)]
    table = Table("table-sizing", texts("chart_sizing"), header, rows, range(1, 5))
    data = {"kind": "panels", "rows": [name.both() for name in names], "panels": panels}
    return Chart("sizing", texts("chart_sizing"), texts("chart_sizing_note"), data, table)


def unknown_count(estimate: Mapping[str, Any]) -> int:
    """Lines of an estimate that nobody lists a price for."""
    return sum(service["unknown"] for service in estimate["services"])


def _own(costs: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The estimate on the environment's own cloud; None in a cluster that is there already."""
    estimate: Mapping[str, Any] | None = costs["estimates"][costs["cloud"]] if costs["cloud"] else None
    return estimate


def _range(name: Said, estimate: Mapping[str, Any], series: str, texts: Texts) -> dict[str, Any]:
    text = texts("range", low=usd(estimate["low"]), high=usd(estimate["high"]))
    low, high = float(estimate["low"]), float(estimate["high"])
    return {"label": name.both(), "text": text.both(), "series": series, "low": low, "high": high}


def _mark(at: str | int | None, text: Said) -> dict[str, Any]:
    return {} if at is None else {"mark": float(at), "mark_text": text.both()}


def _stack(name: Said, services: Iterable[str], amounts: Iterable[Mapping[str, Decimal]]) -> dict[str, Any]:
    sums = [sum((one.get(service, Decimal(0)) for service in services), Decimal(0)) for one in amounts]
    return {"name": name.both(), "values": [float(one) for one in sums], "texts": [usd(one).both() for one in sums]}


def _scaled(amounts: Mapping[str, int] | None, key: str, per_unit: int) -> Decimal | None:
    return None if amounts is None else Decimal(amounts[key]) / per_unit


def _joined(*parts: Said) -> Said:
    return Said(" · ".join(part.en for part in parts), " · ".join(part.pt for part in parts))
