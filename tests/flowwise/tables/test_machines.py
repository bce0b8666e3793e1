"""Machines by the clouds' own names: what each has, and which names there are."""

import pytest

from flowwise.tables.machines import (
    BROKER_SHAPES,
    CACHE_SHAPES,
    DATABASE_SHAPES,
    NODE_SHAPES,
    Machine,
    Shape,
    cloud_sql_takes,
    machine_named,
)
from flowwise.tables.project import CLOUDS
from flowwise.tables.sizes import (
    BROKER_SIZES,
    CACHE_SIZES,
    DATABASE_SIZES,
    NODE_SIZES,
    database_server,
    node_has,
    node_machine,
)


@pytest.mark.parametrize(
    ("name", "vcpus", "gib"),
    [
        ("Standard_D16s_v5", 16, 64),
        ("Standard_D2ads_v5", 2, 8),
        ("Standard_D4lds_v5", 4, 8),
        ("Standard_E20ds_v5", 20, 160),
        ("Standard_F8s_v2", 8, 16),
        ("m7i.large", 2, 8),
        ("r6i.xlarge", 4, 32),
        ("c6id.12xlarge", 48, 96),
        ("m7i-flex.2xlarge", 8, 32),
        ("n2-standard-8", 8, 32),
        ("e2-highmem-16", 16, 128),
        ("n2d-highcpu-32", 32, 32),
        ("c3-highcpu-4", 4, 8),
        ("n2-custom-6-20480", 6, 20),
    ],
)
def test_a_machine_s_name_says_what_it_has(name: str, vcpus: int, gib: int) -> None:
    assert machine_named(name) == node_has(name) == Machine(vcpus, gib * 1024)
    assert [cloud for cloud in CLOUDS if node_machine(name, cloud) == name and NODE_SHAPES[cloud].has(name)] != []


@pytest.mark.parametrize(
    "name",
    # Without Premium SSD, of ARM, with a graphics card, of a part of its vCPUs, of no disk of ours; no machine at all.
    ["Standard_D4d_v5", "Standard_D4ps_v5", "Standard_NC4as_T4_v3", "Standard_E8-4ds_v5", "m7g.large", "t3.large",
     "c4-standard-8", "t2a-standard-4", "m7i.metal-24xl", "gigantic", "", "m7i.large "],
)  # fmt: skip
def test_other_names_are_no_machine_s(name: str) -> None:
    with pytest.raises(ValueError, match="names no machine"):
        machine_named(name)


def test_what_the_words_stand_for_could_be_named() -> None:
    for words, shapes in (
        (NODE_SIZES, NODE_SHAPES),
        (CACHE_SIZES, CACHE_SHAPES),
        (BROKER_SIZES, BROKER_SHAPES),
        ({word: {c: s.sku for c, s in by.items()} for word, by in DATABASE_SIZES.items()}, DATABASE_SHAPES),
    ):
        for word, by_cloud in words.items():
            for cloud, name in by_cloud.items():
                # But for the smallest databases, which are older than the rules of those that are named.
                assert shapes[cloud].has(name) or name == "B_Standard_B2s", (word, name)


def test_a_name_belongs_to_one_cloud_and_an_example_is_one() -> None:
    for shapes in (NODE_SHAPES, DATABASE_SHAPES, CACHE_SHAPES, BROKER_SHAPES):
        for cloud, shape in shapes.items():
            assert [other for other, each in shapes.items() if each.has(shape.example)] == [cloud]
    assert Shape("a|b", "a").has("b") and not Shape("a|b", "a").has("ab")


def test_a_burstable_server_has_no_standby_by_its_name_either() -> None:
    assert not database_server("B_Standard_B4ms", "azure").high_availability
    assert database_server("MO_Standard_E8ds_v5", "azure").high_availability


@pytest.mark.parametrize(
    ("name", "is_sold"),
    [
        ("db-custom-8-32768", True),
        ("db-custom-1-3840", True),
        ("db-custom-2-3584", False),  # less than any server has
        ("db-custom-8-32100", False),  # no multiple of 256
        ("db-custom-8-7168", False),  # too little for eight
        ("db-custom-2-13568", False),  # too much for two
        ("db.m7g.large", True),  # none of its own
    ],
)
def test_cloud_sql_has_memory_by_its_processors(name: str, is_sold: bool) -> None:
    assert cloud_sql_takes(name) == is_sold
