"""What the words for sizes are on each cloud, beside the clouds' costs: a cheaper cloud may have a smaller machine."""

from collections.abc import Iterator, Mapping, Sequence

from environments import Environment
from flowwise.tables.machines import CACHE_SHAPES, DATABASE_SHAPES, NODE_SHAPES, Shape
from flowwise.tables.project import CLOUDS
from flowwise.tables.sizes import CACHE_SIZES, DATABASE_SIZES, NODE_SIZES, node_has
from report.tables import Cell, Table
from report.words import Code, Said, Texts

_MACHINES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "node": NODE_SIZES,
    "database": {
        size: {cloud: found.sku for cloud, found in clouds.items()} for size, clouds in DATABASE_SIZES.items()
    },
    "cache": CACHE_SIZES,
}
_SHAPES: Mapping[str, Mapping[str, Shape]] = {"node": NODE_SHAPES, "database": DATABASE_SHAPES, "cache": CACHE_SHAPES}


def machines_table(environments: Sequence[Environment], texts: Texts) -> Table | None:
    """Every size that an environment in a cloud has, by what has it; None if there is no such environment."""
    users: dict[tuple[str, str], list[str]] = {}
    for environment in environments:
        if environment.in_cloud:
            for use in dict.fromkeys(_sizes(environment)):
                users.setdefault(use, []).append(environment.name)
    rows: list[list[Cell]] = [
        [
            _named(what, size, texts),
            *(Code(machine[cloud]) for cloud in CLOUDS),
            Said.alike(", ".join(users[what, size])),
        ]
        for what, sizes in _MACHINES.items()
        for size, machine in sizes.items()
        if (what, size) in users
    ]
    rows += [
        [
            _named(what, size, texts),
            *(Code(size) if _SHAPES[what][cloud].has(size) else texts("nothing") for cloud in CLOUDS),
            Said.alike(", ".join(names)),
        ]
        for (what, size), names in users.items()
        if size not in NODE_SIZES
    ]
    header = [texts("size"), *map(texts.value, CLOUDS), texts("environments")]
    return Table("table-machines", texts("machines_caption"), header, rows) if rows else None


def _sizes(environment: Environment) -> Iterator[tuple[str, str]]:
    if cluster := environment.cluster:
        yield from (("node", pool.size) for pool in cluster.pools.values())
    yield from (("database", server.size) for server in environment.database_servers.values())
    if environment.redis:
        yield "cache", environment.redis.size


def _named(what: str, size: str, texts: Texts) -> Said:
    word = texts.value(size)
    if what == "node":
        machine = node_has(size)
        return texts("machine_node", size=word, vcpus=machine.vcpus, gib=machine.memory_mib // 1024)
    return texts("machine_database" if what == "database" else "machine_cache", size=word)
