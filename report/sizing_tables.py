"""Tables of sizes: whether the pods fit on the nodes, the pools of nodes, and the pods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from report.tables import Cell, Table
from report.words import Code, English, Said, Texts, number, percent


@dataclass(frozen=True)
class SizingTables:
    """One table for all environments, two for each, and what is assumed."""

    loads: Table
    pools: Table
    pods: Sequence[tuple[str, Table]]
    assumptions: Sequence[Said | English]


def tables(sizes: Sequence[Mapping[str, Any]], texts: Texts) -> SizingTables:
    """All of them, environments in the order of `sizes`."""
    assumptions = dict.fromkeys(text for size in sizes for text in size["assumptions"])
    pods = [(size["environment"], _pods(size, texts)) for size in sizes]
    return SizingTables(
        _loads(sizes, texts), _pools(sizes, texts), pods, [texts.translated(text) for text in assumptions]
    )


def _loads(sizes: Sequence[Mapping[str, Any]], texts: Texts) -> Table:
    rows: list[list[Cell]] = []
    for size in sizes:
        for name in ("low", "high"):
            load = size[name]
            rows.append(
                [
                    _joined(size["environment"], texts(name)),
                    _counted(load["nodes"], texts),
                    _named_counts(load["needed_nodes"] or {}, texts),
                    texts("not_known") if load["fits"] is None else texts.value(load["fits"]),
                    percent(load["idle"]["cpu"]) if load["idle"] else texts("not_known"),
                    percent(load["idle"]["memory"]) if load["idle"] else texts("not_known"),
                    number(len(load["unplaced"])),
                ]
            )
    keys = ("environment_and_load", "nodes", "needed_nodes", "all_fit", "idle_cpu", "idle_memory", "unplaced")
    return Table("table-loads", texts("loads_caption"), [texts(key) for key in keys], rows, (1, 4, 5, 6))


def _pools(sizes: Sequence[Mapping[str, Any]], texts: Texts) -> Table:
    rows: list[list[Cell]] = [
        [
            Said.alike(f"{size['environment']} · {pool['name']}"),
            texts.value(pool["size"]),
            Code(pool["sku"]),
            number(Decimal(pool["cpu_m"]) / 1000, 1),
            number(Decimal(pool["memory_mib"]) / 1024, 1),
            number(pool["min_nodes"]),
            number(pool["max_nodes"]),
        ]
        for size in sizes
        for pool in size["pools"]
    ]
    keys = ("pool", "size", "machine", "processors", "memory_gib", "fewest", "most")
    return Table("table-pools", texts("pools_caption"), [texts(key) for key in keys], rows, (3, 4, 5, 6))


def _pods(size: Mapping[str, Any], texts: Texts) -> Table:
    rows: list[list[Cell]] = [
        [
            Code(pod["name"]),
            Code(pod["service"]),
            number(pod["cpu_m"]),
            number(pod["memory_mib"]),
            texts("one_per_node") if pod["per_node"] else number(pod["low"]),
            texts("one_per_node") if pod["per_node"] else number(pod["high"]),
        ]
        for pod in size["pods"]
    ]
    keys = ("pod", "kubernetes_namespace", "cpu_millis", "memory_mib", "copies_low", "copies_high")
    caption = texts("pods_caption", name=size["environment"])
    return Table(f"pods-{size['environment']}", caption, [texts(key) for key in keys], rows, (2, 3, 4, 5))


def _counted(count: int | None, texts: Texts) -> Said:
    return texts("not_known") if count is None else number(count)


def _named_counts(counts: Mapping[str, int], texts: Texts) -> Cell:
    return Code(", ".join(f"{name}: {count}" for name, count in counts.items())) if counts else texts("nothing")


def _joined(name: str, load: Said) -> Said:
    return Said(f"{name} · {load.en}", f"{name} · {load.pt}")
