"""Machines by the clouds' own names, for whom the words of `sizes.py` are not enough: which names, and what they have.

Sources: Azure's "Virtual machine sizes naming conventions" and the pages of the series, Amazon's "Instance type naming
conventions" and "EC2 instance types", Google's "General-purpose machine family" and "Custom machine types". Only
families whose names say what a machine has: of others, nobody here could tell whether pods fit. Only x86: images are
built for it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """What a machine has."""

    vcpus: int
    memory_mib: int


@dataclass(frozen=True)
class Shape:
    """Names that a cloud has for a kind of thing: a regular expression for RE2 and JavaScript, and one of them."""

    pattern: str
    example: str

    def has(self, name: str) -> bool:
        """Whether it is such a name."""
        return re.fullmatch(self.pattern, name) is not None


NODE_SHAPES: Mapping[str, Shape] = {
    # With Premium SSD ("s"), which the disks of nodes are.
    "azure": Shape(
        "Standard_(D(2|4|8|16|32|48|64|96)a?l?d?s_v[3-6]"
        "|E(2|4|8|16|20|32|48|64)a?d?s_v[3-6]"
        "|F(2|4|8|16|32|48|64|72)s_v2)",
        "Standard_D16s_v5",
    ),
    "aws": Shape(
        "[cmr][5-8](a|ad|d|i|id|in|idn|i-flex)?[.](large|xlarge|(2|3|4|6|8|9|12|16|18|24|32|48)xlarge)", "r7i.2xlarge"
    ),
    # With balanced disks, which those of nodes are: C4 and N4 have none.
    "google": Shape(
        "((e2|n2|n2d|c3)-(standard|highmem|highcpu)-[1-9][0-9]{0,2}"
        "|(e2|n2|n2d)-custom-[1-9][0-9]{0,2}-[1-9][0-9]{3,6})",
        "n2-highmem-8",
    ),
}
"""By cloud: machines that nodes may be."""

_AWS_GIB = {"c": 2, "m": 4, "r": 8}
_GOOGLE_GIB = {"standard": 4, "highmem": 8, "highcpu": 1}


def _azure(name: str) -> Machine:
    series, vcpus, features = re.fullmatch("Standard_([DEF])([0-9]+)([a-z]*)_v[0-9]", name).groups()  # type: ignore[union-attr]
    gib = 2 if series == "F" or "l" in features else {"D": 4, "E": 8}[series]
    return Machine(int(vcpus), int(vcpus) * gib * 1024)


def _aws(name: str) -> Machine:
    family, size = name.split(".")
    vcpus = 2 if size == "large" else 4 * int(size.removesuffix("xlarge") or 1)
    return Machine(vcpus, vcpus * _AWS_GIB[family[0]] * 1024)


def _google(name: str) -> Machine:
    series, kind, vcpus, *custom = name.split("-")
    if custom:
        return Machine(int(vcpus), int(custom[0]))
    gib = 2 if (series, kind) == ("c3", "highcpu") else _GOOGLE_GIB[kind]
    return Machine(int(vcpus), int(vcpus) * gib * 1024)


_MACHINES: Mapping[str, Callable[[str], Machine]] = {"azure": _azure, "aws": _aws, "google": _google}


def machine_named(name: str) -> Machine:
    """What a machine has, whichever cloud's it is. Raises ValueError where no cloud has one of that name."""
    for cloud, shape in NODE_SHAPES.items():
        if shape.has(name):
            return _MACHINES[cloud](name)
    raise ValueError(f"{name!r} names no machine")


DATABASE_SHAPES: Mapping[str, Shape] = {
    "azure": Shape(
        "(B_Standard_B(2|4|8|12|16|20)ms|GP_Standard_D(2|4|8|16|32|48|64|96)a?ds_v[45]"
        "|MO_Standard_E(2|4|8|16|20|32|48|64)a?ds_v[45])",
        "MO_Standard_E8ds_v5",
    ),
    "aws": Shape(
        "db[.](t4g[.](medium|large|xlarge|2xlarge)|[mr](6g|6i|7g|7i|8g)[.](large|xlarge|(2|4|8|12|16|24|32|48)xlarge))",
        "db.r7g.2xlarge",
    ),
    # "Cloud SQL instance settings": one processor, or an even number; of the edition Enterprise.
    "google": Shape("db-custom-(1|[2468]|[1-9][02468])-[1-9][0-9]{3,5}", "db-custom-8-32768"),
}
"""By cloud: servers of PostgreSQL."""


def cloud_sql_takes(name: str) -> bool:
    """Whether Cloud SQL sells this much memory for so many processors; true of what is no name of its own.

    "Cloud SQL instance settings", Machine type.
    """
    found = re.fullmatch("db-custom-([0-9]+)-([0-9]+)", name)
    if found is None:
        return True
    processors, memory_mb = map(int, found.groups())
    fits = 0.9 * 1024 * processors <= memory_mb <= 6.5 * 1024 * processors
    return fits and memory_mb >= 3840 and memory_mb % 256 == 0


CACHE_SHAPES: Mapping[str, Shape] = {
    "azure": Shape(
        "(Balanced_B(1|3|5|10|20|50|100|150|250|350|500|700|1000)|MemoryOptimized_M(10|20|50|100|150|250|350|500|700)"
        "|ComputeOptimized_X(3|5|10|20|50|100|150|250|350))",
        "MemoryOptimized_M20",
    ),
    "aws": Shape("cache[.](t4g[.](small|medium)|[mr](6g|7g)[.](large|xlarge|(2|4|8|12|16)xlarge))", "cache.r7g.xlarge"),
    "google": Shape("(SHARED_CORE_NANO|STANDARD_SMALL|HIGHMEM_MEDIUM|HIGHMEM_XLARGE)", "HIGHMEM_XLARGE"),
}
"""By cloud: nodes of a cache."""

BROKER_SHAPES: Mapping[str, Shape] = {
    "aws": Shape("mq[.]m7g[.](medium|large|xlarge|(2|4|8|12|16)xlarge)", "mq.m7g.4xlarge"),
}
"""By cloud: nodes of a managed RabbitMQ ("Amazon MQ for RabbitMQ": version 4 runs on m7g)."""


def any_shape(shapes: Mapping[str, Shape]) -> str:
    """A regular expression of the names of all clouds."""
    return "|".join(shape.pattern for shape in shapes.values())
