"""Whether pods fit on nodes: what nodes offer, what is placed where, and what is said of it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from environments import Environment, load_environment, load_environments
from environments.field_types import SYSTEM_POOL
from environments.findings import Finding
from flowwise.tables.copies import BROKER_NODES
from flowwise.tables.project import CLOUDS
from flowwise.tables.sizes import node_has
from operations import sizing as operation
from report.words import Said, Texts
from sizing import Pod, Pool, Sizing, size_of
from sizing.findings import MOST_IDLE
from sizing.levels import highest, lowest
from sizing.nodes import allocatable
from sizing.placement import Placement, place
from sizing.pods import Where
from sizing.room import Room, total
from sizing.system_pods import ASSUMED_SYSTEM_REQUESTS
from tests.environments.texts import (
    NAMED_SIZES,
    environment_text,
    with_existing_cluster,
    with_managed_broker,
    with_named_sizes,
    with_spot_pool,
    without_system_pool,
)
from tests.workspace import REPOSITORY

ENVIRONMENTS = REPOSITORY / "environments"
TEXTS = Texts()
Sized = Callable[..., Sizing]


# --- what nodes offer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cloud", "size", "room"),
    [
        # 2 cores: 100m. 8 GiB: a quarter, 2048, is less than 20 x 110 + 50; 615 unseen, 100 before eviction.
        ("azure", "small", Room(2000 - 100, 8192 - 2048 - 615 - 100)),
        # 16 GiB: 20 x 110 + 50 is less than a quarter.
        ("azure", "medium", Room(4000 - 140, 16384 - 2250 - 1229 - 100)),
        ("azure", "large", Room(8000 - 180, 32768 - 2250 - 2458 - 100)),
        # 6 % of the first core and 1 % of the second; 11 for each of 110 pods, and 255.
        ("aws", "small", Room(2000 - 60 - 10, 8192 - 1465 - 615 - 100)),
        # and 0.5 % of two more, and 0.25 % of four more.
        ("aws", "large", Room(8000 - 60 - 10 - 10 - 10, 32768 - 1465 - 2458 - 100)),
        # A quarter of 4 GiB is 1024, a fifth of the next four 819.2: 1844 with what is begun.
        ("google", "small", Room(2000 - 60 - 10, 8192 - 1844 - 615 - 100)),
        # and a tenth of eight more, 819.2: 2662.4 in all.
        ("google", "medium", Room(4000 - 60 - 10 - 10, 16384 - 2663 - 1229 - 100)),
        # and 6 % of 16 more, 983.04: 3645.44 in all.
        ("google", "large", Room(8000 - 60 - 10 - 10 - 10, 32768 - 3646 - 2458 - 100)),
    ],
)
def test_a_node_offers_what_the_cloud_s_rule_leaves(cloud: str, size: str, room: Room) -> None:
    assert allocatable(cloud, size) == room


def test_a_published_node_offers_no_less() -> None:
    """`kubectl describe node` of a Standard_D2ds_v5 with 110 pods: allocatable 1900m and 5930240Ki."""
    room = allocatable("azure", "small")
    assert room.cpu_m == 1900
    assert 0.9 < room.memory_mib / (5930240 / 1024) <= 1


# --- what pods ask for ----------------------------------------------------------------------------------------------


@pytest.fixture
def sized(tmp_path: Path) -> Sized:
    """From a cloud, a tier and changes of the text, the size of such an environment."""

    def size(cloud: str = "azure", tier: str = "dev", **changes: str) -> Sizing:
        return size_of_text(tmp_path, environment_text(cloud, "shared", tier), changes)

    return size


def size_of_text(folder: Path, text: str, changes: dict[str, str]) -> Sizing:
    """Each change is `table__key = value`: the key is set, or added to its table."""
    for name, value in changes.items():
        *tables, key = name.split("__")
        header = f"[{'.'.join(tables)}]"
        before, _, after = text.partition(header)
        assert after, f"there is no {header}"
        line, _, rest = after.partition("\n")
        table, bracket, others = rest.partition("\n[")
        lines = [each for each in table.splitlines() if each.split("=")[0].strip() != key]
        text = "\n".join([before + header + line, f"{key} = {value}", *lines, ""]) + bracket + others
    environments = folder / "environments"
    environments.mkdir(exist_ok=True)
    (environments / "env.toml").write_text(text)
    sizing = size_of(load_environment(environments / "env.toml"), environments)
    for finding in sizing.findings:  # whatever is found is said in both languages of the page
        said = TEXTS.translated(finding.text)
        assert isinstance(said, Said) and not re.search(r"\b(the|of|and|are|is|which|has|nodes?)\b", said.pt), said
    return sizing


def named(sizing: Sizing, name: str) -> Pod:
    (pod,) = [pod for pod in sizing.pods if pod.name == name]
    return pod


def test_development_asks_for_what_was_added_up_by_hand(sized: Sized) -> None:
    sizing = sized()
    # Two copies each of two services and of Envoy with its second container; the gateway's other parts.
    gateway = Room(2 * 260 + 2 * 100 + 2 * 50 + 50, 2 * 544 + 2 * 256 + 2 * 64 + 128)
    # cert-manager, KEDA, External Secrets, and RabbitMQ's operator.
    operators = Room(90 + 80 + 70 + 50, 320 + 256 + 256 + 128)
    # And the exporter of the one database server.
    collectors = Room(100 + 200 + 2 * 100 + 10, 384 + 768 + 2 * 384 + 64)
    azure = Room(2 * 370 + 1222, 2 * 810 + 1364)
    parts = [Room(4 * 250, 4 * 512), gateway, operators, Room(500, 1024), collectors, azure]
    assert sizing.low.requested == total(parts)
    # Four more copies of each service and of Envoy; what runs on each node, on three more.
    assert sizing.high.requested == total([*parts, Room(8 * 250 + 4 * 260, 8 * 512 + 4 * 544), Room(3 * 470, 3 * 1194)])


def test_production_has_operators_in_copies_and_three_nodes_of_the_broker(sized: Sized) -> None:
    sizing = sized(tier="prod")
    assert {named(sizing, name).low for name in ("keda-operator", "otel-gateway", "external-secrets")} == {2}
    assert (named(sizing, "rabbitmq").low, named(sizing, "rabbitmq").asks.memory_mib) == (3, 2048)


@pytest.mark.parametrize(
    ("cloud", "ours"),
    [("azure", set()), ("aws", {"metrics-server", "cluster-autoscaler"}), ("google", set())],
)
def test_each_cloud_leaves_something_else_to_us(cloud: str, ours: set[str], sized: Sized) -> None:
    added = set(ASSUMED_SYSTEM_REQUESTS[cloud].on_each_node) | set(ASSUMED_SYSTEM_REQUESTS[cloud].in_the_cluster)
    in_system = {pod.name for pod in sized(cloud).pods if pod.service == "kube-system"}
    assert in_system == ours | added


@pytest.mark.parametrize("cloud", CLOUDS)
def test_operators_tolerate_no_taint_of_google_s(cloud: str, sized: Sized) -> None:
    assert named(sized(cloud), "keda-operator").where is (Where.OPEN if cloud == "google" else Where.ANYWHERE)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_all_but_microservices_fit_the_smallest_node(cloud: str, sized: Sized) -> None:
    sizing = sized(cloud, rabbitmq__size='"large"')
    (left,) = {pool.left_to(sizing.pods) for pool in sizing.pools}
    assert left.cpu_m < allocatable(cloud, "small").cpu_m
    assert all(left.holds(pod.asks) for pod in sizing.pods if pod.name not in ("lancamentos", "consolidacao"))


def test_a_managed_broker_is_not_in_the_cluster(sized: Sized) -> None:
    sizing = sized("aws", rabbitmq__mode='"managed"', rabbitmq__accept_password_in_state="true")
    assert not {pod.name for pod in sizing.pods if "rabbitmq" in pod.name}


def test_of_a_cluster_that_is_there_only_totals_are_known() -> None:
    sizing = size_of(load_environment(ENVIRONMENTS / "local.toml"))
    document = sizing.as_json()
    assert document["pools"] == document["findings"] == []
    assert document["low"] == document["high"]
    assert document["low"] | {"requested": {}} == {
        "nodes": None,
        "requested": {},
        "allocatable": None,
        "idle": None,
        "fits": None,
        "needed_nodes": None,
        "unplaced": [],
    }
    assert sizing.low.requested == total(pod.asks * pod.low for pod in sizing.pods)


# --- where they go --------------------------------------------------------------------------------------------------


def pool(name: str, takes: set[Where]) -> Pool:
    return Pool(name, "small", "sku", Room(2000, 4000), min_nodes=1, max_nodes=3, takes=frozenset(takes))


SYSTEM = pool(SYSTEM_POOL, {Where.SYSTEM, Where.ANYWHERE})
GENERAL = pool("general", {Where.ANYWHERE, Where.OPEN})
TAINTED = pool("tainted", set())
POOLS = (SYSTEM, GENERAL, TAINTED)

IN_ANY_TIME = settings(deadline=None)

rooms = st.builds(Room, st.integers(0, 1500), st.integers(0, 3000))


@st.composite
def pod_lists(draw: st.DrawFn) -> list[Pod]:
    """A few kinds of pods, one of which runs on each node."""
    kinds = draw(st.lists(st.tuples(rooms, st.integers(0, 6), st.sampled_from(list(Where)), st.booleans()), max_size=6))
    pods = [
        Pod(f"pod{i}", "pods", asks, low, low + 2, where, apart) for i, (asks, low, where, apart) in enumerate(kinds)
    ]
    tenth = {pod: Room(pod.asks.cpu_m // 10, pod.asks.memory_mib // 10) for pod in pods}
    return [replace(pod, asks=tenth[pod]) if pod.is_per_node else pod for pod in pods]


node_counts = st.fixed_dictionaries({each.name: st.integers(0, 5) for each in POOLS})


def placed(pods: list[Pod], nodes: dict[str, int]) -> Placement:
    return place(pods, {pod: pod.low for pod in pods}, POOLS, nodes)


@IN_ANY_TIME
@given(pod_lists(), node_counts)
def test_each_copy_has_one_place_and_no_node_too_much(pods: list[Pod], nodes: dict[str, int]) -> None:
    placement = placed(pods, nodes)
    everywhere = [pod for node in (*placement.given, *placement.added) for pod in node.pods]
    for pod in pods:
        found = [*everywhere, *placement.too_large].count(pod)
        assert found == (0 if pod.is_per_node else pod.low)
    agents = total(pod.asks for pod in pods if pod.is_per_node)
    for node in (*placement.given, *placement.added):
        assert node.free == node.pool.room - agents - total(pod.asks for pod in node.pods)
        assert not node.pods or node.free.holds(Room())
        assert all(pod.where in node.pool.takes for pod in node.pods)
        assert all(node.pods.count(pod) == 1 for pod in node.pods if pod.apart)
    assert not [node for node in (*placement.given, *placement.added) if node.pool is TAINTED and node.pods]
    assert all(node.pods for node in placement.added)


@IN_ANY_TIME
@given(pod_lists(), node_counts)
def test_what_is_left_over_had_no_room(pods: list[Pod], nodes: dict[str, int]) -> None:
    placement = placed(pods, nodes)
    for pod in placement.left_over:
        takers = [node for node in placement.given if pod.where in node.pool.takes]
        assert not any(node.free.holds(pod.asks) and not (pod.apart and pod in node.pods) for node in takers)
    for pod in placement.too_large:
        assert not any(pod.where in each.takes and each.left_to(pods).holds(pod.asks) for each in POOLS)


@IN_ANY_TIME
@given(pod_lists(), st.integers(0, 5), st.integers(0, 5))
def test_levels_grow_with_copies_requests_and_nodes(pods: list[Pod], more: int, cpu_m: int) -> None:
    low, high = lowest(pods, POOLS), highest(pods, POOLS)
    assert high.requested.holds(low.requested)
    larger = [replace(pod, low=pod.low + more, asks=pod.asks + Room(cpu_m)) for pod in pods]
    assert lowest(larger, POOLS).requested.holds(low.requested)
    with_nodes = [replace(each, min_nodes=each.min_nodes + more) for each in POOLS]
    grown = lowest(pods, with_nodes)
    assert grown.allocatable is not None and low.allocatable is not None
    assert grown.allocatable.holds(low.allocatable)
    assert grown.nodes == (low.nodes or 0) + 3 * more
    for level in (low, high, grown):
        assert level.requested.holds(Room()) and level.idle is not None
        assert all(0 <= share <= 1 for share in level.idle.values())
        assert level.fits is (not level.unplaced)


def test_it_grows_where_it_still_may_and_then_beyond() -> None:
    pods = [Pod("api", "api", Room(2000, 100), 5, 5, Where.OPEN)]
    other = replace(GENERAL, name="other", room=Room(4000, 8000), max_nodes=2)
    placement = place(pods, {pods[0]: 5}, [SYSTEM, GENERAL, other], {SYSTEM_POOL: 1, "general": 1, "other": 0})
    assert placement.counts == {SYSTEM_POOL: 1, "general": 3, "other": 1}, "the smaller up to its most, then the larger"
    placement = place(pods, {pods[0]: 9}, [SYSTEM, GENERAL, other], {SYSTEM_POOL: 1, "general": 1, "other": 0})
    assert placement.counts == {SYSTEM_POOL: 1, "general": 5, "other": 2}, "all at their most: the smaller again"


# --- what is said ---------------------------------------------------------------------------------------------------

FITTING = {"cluster__node_pools__general__min_nodes": "2", "cluster__node_pools__general__max_nodes": "6"}


def test_what_fits_is_left_alone(sized: Sized) -> None:
    sizing = sized(**FITTING)
    assert sizing.findings == ()
    assert sizing.low.fits and sizing.high.fits and not sizing.has_faults


def test_more_than_max_nodes_is_a_fault(sized: Sized) -> None:
    sizing = sized(**FITTING | {"cluster__node_pools__general__max_nodes": "3"})
    assert sizing.has_faults and sizing.high.needed_nodes == {"general": 5}
    assert {pod.name for pod in sizing.high.unplaced} == {"lancamentos"}
    assert sizing.findings == (
        Finding(
            "over capacity",
            "fault",
            "environments/env.toml",
            "cluster.node_pools.general.max_nodes",
            "With the most copies, general needs 5 nodes, 2 more than max_nodes lets it have. No place is left for "
            "lancamentos (6). Raise it to 5, take a larger size, or lower max_replicas.",
        ),
    )


def test_even_the_fewest_copies_may_be_too_many(sized: Sized) -> None:
    (finding,) = sized(services__lancamentos__min_replicas="40", services__lancamentos__max_replicas="40").findings
    assert finding.kind == "over capacity"
    assert "Even the fewest copies need 10 nodes." in finding.text


def test_less_than_is_always_needed_is_a_notice(sized: Sized) -> None:
    sizing = sized(**FITTING | {"cluster__node_pools__general__min_nodes": "1"})
    (finding,) = sizing.findings
    assert (finding.kind, finding.severity, finding.key) == (
        "min nodes",
        "notice",
        "cluster.node_pools.general.min_nodes",
    )
    assert "The fewest copies need 2 nodes of general, and min_nodes says 1" in finding.text
    assert sizing.low.fits is False and not sizing.has_faults


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("memory", "8Gi", "A copy of lancamentos asks for 8192Mi of memory, and the largest node that may take it, of"),
        ("cpu", "1500m", "general, has room for 1430m: ask for less, or set cluster.node_pools.general.size to"),
    ],
)
def test_what_no_node_can_take_is_a_fault_of_its_own(key: str, value: str, text: str, sized: Sized) -> None:
    sizing = sized(**FITTING | {f"services__lancamentos__{key}": f'"{value}"'})
    (finding,) = sizing.findings
    assert (finding.kind, finding.severity, finding.key) == ("too large", "fault", f"services.lancamentos.{key}")
    assert text in finding.text
    assert [pod.name for pod in sizing.high.unplaced] == ["lancamentos"] * 6


def test_pods_go_to_no_pool_with_a_taint(sized: Sized) -> None:
    taint = '[{ key = "team", value = "ledger", effect = "NoSchedule" }]'
    (finding,) = sized(**FITTING | {"cluster__node_pools__general__taints": taint}).findings
    assert (finding.kind, finding.severity, finding.key) == ("no open pool", "fault", "cluster.node_pools")
    soft = taint.replace("NoSchedule", "PreferNoSchedule")
    assert not sized(**FITTING | {"cluster__node_pools__general__taints": soft}).has_faults


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_microservice_fills_the_pool_that_it_names_and_no_other(cloud: str, tmp_path: Path) -> None:
    sizing = size_of_text(tmp_path, with_spot_pool(environment_text(cloud, "shared", "dev")), FITTING)
    cheap, general = (pool for name in ("cheap", "general") for pool in sizing.pools if pool.name == name)
    mine = named(sizing, "lancamentos")
    assert [pool.name for pool in sizing.pools if pool.accepts(mine)] == ["cheap"]
    assert [pool.name for pool in sizing.pools if pool.accepts(named(sizing, "consolidacao"))] == ["general"]
    copies = {pod: pod.high for pod in sizing.pods}
    placement = place(sizing.pods, copies, sizing.pools, {pool.name: pool.max_nodes for pool in sizing.pools})
    found = {node.pool for node in placement.given if mine in node.pods}
    assert (found, sizing.high.fits) == ({cheap}, True)
    many = size_of_text(
        tmp_path,
        with_spot_pool(environment_text(cloud, "shared", "dev")),
        {**FITTING, "services__lancamentos__max_replicas": "40"},
    )
    assert [finding.key for finding in many.findings if finding.severity == "fault"] == [f"{cheap.key}.max_nodes"]
    assert general.max_nodes == 6


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_machine_that_is_named_offers_what_its_name_says(cloud: str, tmp_path: Path) -> None:
    sizing = size_of_text(tmp_path, with_named_sizes(environment_text(cloud, "shared", "dev"), cloud), FITTING)
    (pool,) = (pool for pool in sizing.pools if pool.name == "general")
    assert pool.sku == pool.size == NAMED_SIZES[cloud]["cluster.node_pools.general"]
    assert 7_700 < pool.room.cpu_m < 8_000 and 52 * 1024 < pool.room.memory_mib < 60 * 1024


@pytest.mark.parametrize(("cloud", "size", "cpu_m"), [("azure", "xlarge", 260), ("azure", "Standard_D64s_v5", 740)])
def test_aks_reserves_processors_by_its_table(cloud: str, size: str, cpu_m: int) -> None:
    """ "Node resource reservations", AKS: 260m of 16, 740m of 64."""
    assert node_has(size).vcpus * 1000 - allocatable(cloud, size).cpu_m == cpu_m


@pytest.mark.parametrize(("cloud", "is_open"), [("azure", False), ("aws", True), ("google", False)])
def test_spot_nodes_have_a_taint_where_the_cloud_says_so(cloud: str, is_open: bool, sized: Sized) -> None:
    sizing = sized(cloud, **FITTING | {"cluster__node_pools__general__spot": "true"})
    assert ("no open pool" not in {finding.kind for finding in sizing.findings}) is is_open


def test_idle_nodes_are_a_notice_with_what_would_do(sized: Sized) -> None:
    sizing = sized(
        cluster__node_pools__general__size='"large"',
        cluster__node_pools__general__min_nodes="3",
        cluster__node_pools__general__max_nodes="3",
    )
    (finding,) = sizing.findings
    assert (finding.kind, finding.severity, finding.key) == ("idle", "notice", "cluster.node_pools.general.min_nodes")
    assert "are idle: general would do with 1 node instead of 3." in finding.text


def test_nodes_that_nothing_would_use_are_a_notice(sized: Sized) -> None:
    sizing = sized(**FITTING | {"cluster__node_pools__general__max_nodes": "30"})
    found = {finding.key: finding for finding in sizing.findings}
    finding = found.pop("cluster.node_pools.general.max_nodes")
    assert (finding.kind, finding.severity) == ("idle", "notice")
    assert "general would do with 5 nodes, and max_nodes, by which" in finding.text
    assert finding.text.endswith("says 30.")
    assert found == {}


def test_nodes_of_a_cluster_that_is_there_are_their_owner_s_to_judge(tmp_path: Path) -> None:
    """Whether pods fit on them is not: nor does anything of ours scale them."""
    text = with_existing_cluster(environment_text("aws", "shared", "dev"), "aws")
    nodes = {f"cluster__node_pools__general__{key}": "3" for key in ("min_nodes", "max_nodes")}
    large = size_of_text(tmp_path, text, nodes | {"cluster__node_pools__general__size": '"large"'})
    assert large.low.fits and large.high.fits and not large.findings
    assert "cluster-autoscaler" not in {pod.name for pod in large.pods}
    (finding,) = size_of_text(tmp_path, text, nodes | {"cluster__node_pools__general__size": '"small"'}).findings
    assert (finding.kind, finding.key) == ("over capacity", "cluster.node_pools.general.max_nodes")


@pytest.mark.parametrize(
    ("changes", "kind", "says"),
    [
        (
            {"cluster__node_pools__general__max_nodes": "1"},
            "over capacity",
            "It is the cluster's owner who adds nodes, or takes larger ones: ask for ",
        ),
        (
            {"services__lancamentos__cpu": '"64"'},
            "too large",
            "or ask the cluster's owner for larger nodes, which cluster.node_pools.general.size then says.",
        ),
        (
            {
                "rabbitmq__high_availability": "true",
                "cluster__node_pools__general__max_nodes": "9",
                "cluster__node_pools__general__size": '"large"',
            },
            "zone without a node",
            "It is the cluster's owner who adds nodes: ask for 3, which min_nodes then says, or lower network.zones.",
        ),
        (
            {"cluster__node_pools__general__taints": '[{ key = "a", value = "b", effect = "NoSchedule" }]'},
            "no open pool",
            "Ask the cluster's owner for one without, or name it here.",
        ),
    ],
    ids=lambda part: part if isinstance(part, str) and " " in part and "." not in part else "",
)
@pytest.mark.parametrize("cloud", ["azure", "aws", "google"])
def test_of_a_cluster_that_is_there_its_owner_is_to_be_asked(
    cloud: str, changes: dict[str, str], kind: str, says: str, tmp_path: Path
) -> None:
    text = with_existing_cluster(environment_text(cloud, "shared", "dev"), cloud)
    (finding,) = [each for each in size_of_text(tmp_path, text, changes).findings if each.kind == kind]
    assert says in finding.text and "Raise it" not in finding.text and " set " not in finding.text


@pytest.mark.parametrize("cloud", ["azure", "aws", "google"])
def test_without_a_system_pool_its_pods_are_on_the_others_nodes(cloud: str, tmp_path: Path) -> None:
    text = without_system_pool(with_existing_cluster(environment_text(cloud, "shared", "dev"), cloud))
    nodes = {f"cluster__node_pools__general__{key}": "4" for key in ("min_nodes", "max_nodes")}
    sizing = size_of_text(tmp_path, text, nodes | {"cluster__node_pools__general__size": '"large"'})
    (pool,) = sizing.pools
    assert pool.name == "general" and all(pool.accepts(pod) for pod in sizing.pods if not pod.is_per_node)
    assert sizing.low.fits and sizing.high.fits and not sizing.findings


def test_one_resource_that_is_idle_is_no_waste(sized: Sized) -> None:
    sizing = sized(tier="prod", cluster__node_pools__general__size='"medium"', services__lancamentos__min_replicas="3")
    assert sizing.low.idle is not None
    assert min(sizing.low.idle.values()) < MOST_IDLE < max(sizing.low.idle.values())
    assert sizing.findings == ()


def test_a_node_in_each_zone_is_not_too_many(sized: Sized) -> None:
    sizing = sized(tier="prod", cluster__node_pools__general__size='"large"')
    (finding,) = sizing.findings
    assert (finding.kind, finding.severity, finding.key) == ("idle", "notice", "cluster.node_pools.general.size")
    assert finding.text.endswith(
        "are idle, but there are as few nodes as may be, one in each zone, and only their size could change."
    )


def test_the_smallest_nodes_can_be_no_smaller(sized: Sized) -> None:
    little = {"cpu": '"10m"', "memory": '"16Mi"'}
    services = {
        f"services__{name}__{key}": value for name in ("lancamentos", "consolidacao") for key, value in little.items()
    }
    sizing = sized("aws", "prod", cluster__node_pools__general__max_nodes="5", **services)
    (finding,) = sizing.findings
    assert finding.text.endswith("as few nodes as may be, one in each zone, and of the smallest size.")


def test_nodes_of_the_broker_are_kept_apart(sized: Sized) -> None:
    changes = {f"cluster__node_pools__general__{end}_nodes": "3" for end in ("min", "max")}
    sizing = sized(cluster__node_pools__general__size='"large"', rabbitmq__high_availability="true", **changes)
    (finding,) = sizing.findings
    assert "one for each node of the broker" in finding.text


@pytest.mark.parametrize("max_nodes", [1, 2])
def test_fewer_nodes_than_the_broker_has_are_a_fault(max_nodes: int, sized: Sized) -> None:
    """Whatever their size: no node takes two nodes of the broker."""
    changes = {f"cluster__node_pools__general__{end}_nodes": str(max_nodes) for end in ("min", "max")}
    sizing = sized(cluster__node_pools__general__size='"large"', rabbitmq__high_availability="true", **changes)
    (finding,) = [finding for finding in sizing.findings if finding.severity == "fault"]
    assert (finding.kind, finding.key) == ("over capacity", "cluster.node_pools.general.max_nodes")
    left = BROKER_NODES[True] - max_nodes
    assert f"No place is left for rabbitmq ({left}). Of rabbitmq, a node takes one, whatever its size." in finding.text
    assert f"Raise it to {BROKER_NODES[True]}," in finding.text


def test_nodes_of_two_pools_will_do_for_the_broker(tmp_path: Path) -> None:
    text = environment_text("azure", "shared", "dev")
    other = '[cluster.node_pools.other]\nsize = "small"\nmin_nodes = 1\nmax_nodes = 1\n\n[postgres]'
    changes = {"cluster__node_pools__general__size": '"large"', "rabbitmq__high_availability": "true"}
    changes |= {f"cluster__node_pools__general__{end}_nodes": "2" for end in ("min", "max")} | {"network__zones": "2"}
    assert not size_of_text(tmp_path, text.replace("[postgres]", other), changes).has_faults


@pytest.mark.parametrize("cloud", CLOUDS)
def test_each_zone_of_the_broker_s_disks_has_a_node(cloud: str, sized: Sized) -> None:
    """The autoscaler adds one in whichever zone it likes, and a disk is in one."""
    pool = {"cluster__node_pools__general__size": '"medium"', "cluster__node_pools__general__max_nodes": "6"}
    two, three = ({"cluster__node_pools__general__min_nodes": count} for count in "23")
    spread = {"rabbitmq__high_availability": "true"}
    (finding,) = [each for each in sized(cloud, **pool | two | spread).findings if each.severity == "fault"]
    assert (finding.kind, finding.key) == ("zone without a node", "cluster.node_pools.general.min_nodes")
    assert "one of 3," in finding.text and "general has 2 nodes at the least" in finding.text
    assert finding.text.endswith("Raise it to 3, or lower network.zones.")
    for fewer in (three | spread, two | spread | {"network__zones": "2"}, two):
        assert not sized(cloud, **pool | fewer).has_faults


def test_a_broker_that_the_cloud_runs_needs_no_node_in_a_zone(tmp_path: Path) -> None:
    changes = {"cluster__node_pools__general__max_nodes": "6", "rabbitmq__high_availability": "true"}
    text = environment_text("aws", "shared", "dev")
    assert size_of_text(tmp_path, text, changes).has_faults
    assert not size_of_text(tmp_path, with_managed_broker(text), changes).has_faults


def test_nobody_is_told_to_leave_a_zone_without_a_node(tmp_path: Path) -> None:
    """Two pools could share the broker's nodes, but neither would then have one in each zone."""
    other = '[cluster.node_pools.other]\nsize = "large"\nmin_nodes = 1\nmax_nodes = 1\n\n[postgres]'
    text = environment_text("azure", "shared", "dev").replace("[postgres]", other)
    changes = {f"cluster__node_pools__general__{end}_nodes": "3" for end in ("min", "max")}
    changes |= {"cluster__node_pools__general__size": '"large"', "rabbitmq__high_availability": "true"}
    sizing = size_of_text(tmp_path, text, changes)
    assert sizing.low.idle is not None and min(sizing.low.idle.values()) > MOST_IDLE
    assert "cluster.node_pools.general.min_nodes" not in {finding.key for finding in sizing.findings}


def test_a_key_that_is_shared_is_looked_for_where_it_is(tmp_path: Path) -> None:
    text = environment_text("azure", "shared", "dev")
    general = "[cluster.node_pools.general]" + text.partition("[cluster.node_pools.general]")[2].partition("\n[")[0]
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "shared.toml").write_text(general)
    sizing = size_of_text(tmp_path, text.replace(general, ""), {})
    assert {finding.file for finding in sizing.findings} == {"environments/shared.toml"}
    assert sizing.file == "environments/env.toml"


# --- what is committed, and how it is asked for ---------------------------------------------------------------------


@pytest.mark.parametrize("environment", load_environments(ENVIRONMENTS), ids=lambda environment: environment.name)
def test_committed_environments_fit(environment: Environment) -> None:
    assert [finding for finding in size_of(environment).findings if finding.severity == "fault"] == []


def test_it_is_the_json_that_it_says() -> None:
    for environment in load_environments(ENVIRONMENTS):
        document = size_of(environment).as_json()
        assert json.loads(json.dumps(document)) == document
        assert list(document) == ["environment", "file", "pods", "pools", "low", "high", "findings", "assumptions"]
        assert {tuple(each) for each in document["pods"]} == {
            ("name", "service", "cpu_m", "memory_mib", "low", "high", "per_node")
        }
        assert {tuple(each) for each in document["pools"]} <= {
            ("name", "size", "sku", "cpu_m", "memory_mib", "min_nodes", "max_nodes")
        }
        assert len({(each["service"], each["name"]) for each in document["pods"]}) == len(document["pods"])


def asked(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "operations.sizing"],
        cwd=REPOSITORY,
        env={name: value for name, value in os.environ.items() if name not in ("ENV", "FORMAT")} | variables,
        capture_output=True,
        text=True,
    )


def test_the_command_prints_tables_and_findings() -> None:
    result = asked(ENV="homologacao")
    assert (result.returncode, result.stderr) == (0, "")
    assert "| pool    | machine                  | nodes  | left to pods by one |" in result.stdout
    assert "| rabbitmq                            | rabbitmq            | 500m" in result.stdout
    assert "are assumed to ask for" in result.stdout


def test_the_command_prints_json() -> None:
    result = asked(ENV="local", FORMAT="json")
    assert [each["environment"] for each in json.loads(result.stdout)] == ["local"]


def test_the_command_fails_for_faults_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENV", "prod")
    monkeypatch.delenv("FORMAT", raising=False)
    notice = Finding("idle", "notice", "environments/prod.toml", "cluster.system_pool.min_nodes", "Idle.")

    def status_with(*findings: Finding) -> int:
        monkeypatch.setattr(operation, "size_of", lambda environment: replace(size_of(environment), findings=findings))
        return operation.main()

    assert status_with(notice) == 0
    said = "- **Notice** (idle): environments/prod.toml: cluster.system_pool.min_nodes: Idle.\n"
    assert said in capsys.readouterr().out
    assert status_with(notice, replace(notice, severity="fault")) == 1


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (
            {"ENV": "prd"},
            'ENV: there is no environment "prd"; there are "dev", "qa", "homologacao", "prod" and "local". Did you '
            'mean "prod"?',
        ),
        ({"FORMAT": "xml"}, 'FORMAT: "xml" is neither "markdown" nor "json".'),
    ],
)
def test_the_command_says_what_it_wants(variables: dict[str, str], message: str) -> None:
    result = asked(**variables)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", f"{message}\n")


def test_it_needs_nothing_that_is_slow_to_import() -> None:
    script = "import sys, operations.sizing; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert not {"cdktf", "constructs", "stacks", "jsii"} & set(result.stdout.split())
