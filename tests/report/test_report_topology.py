"""The drawing of an environment: all of it is there, in its frame, and nothing lies on anything else."""

import shutil
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from environments import Environment, load_environment, load_environments
from flowwise.tables.project import CLOUDS
from report.layout import Box, Layout, Line, Rectangle, lay_out
from report.topology import Topology, in_words, queues_of, topology
from report.words import Texts
from tests.environments.texts import WHOLE, environment_text, with_all_there, with_own_server, with_storage
from tests.workspace import REPOSITORY

TEXTS = Texts()
# A chain of services through queues, of which each even one has a path, and each third one uses nothing else.
MANY = 14
CROWD = "".join(
    f"""
[services.service-{index}-with-a-name]
uses      = {'["rabbitmq"]' if index % 3 == 0 else '["postgres", "rabbitmq", "redis"]'}
paths     = {[f"/{index}/a-path-as-long-as-paths-are"] if index % 2 == 0 else []}
publishes = {[f"queue-{index}-{'x' * 60}", "common"] if index + 1 < MANY else ["common"]}
consumes  = {([f"queue-{index - 1}-{'x' * 60}"] if index else []) + (["common"] if index in (0, 5) else [])}
own_queues = {["common"] if index == 5 else []}
"""
    for index in range(MANY)
)


def crowded(folder: Path, name: str, *changes: tuple[str, str]) -> Environment:
    """An environment of many services, its text changed."""
    text = WHOLE[: WHOLE.index("# The microservices")] + CROWD + WHOLE[WHOLE.index("[gateway]") :]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / f"{name}.toml").write_text(text)
    return load_environment(folder / f"{name}.toml")


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Environment]:
    folder = tmp_path_factory.mktemp("environments")
    managed = ('mode              = "in-cluster"', 'mode = "managed"\naccept_password_in_state = true')
    vendor = ('backend = "none"', 'backend = "datadog"\nendpoint = "us5.datadoghq.com"')
    private = ('host         = "api.dev', 'public = false\nhost = "api.dev')
    bare = WHOLE[: WHOLE.index("[postgres]")] + "[services.alone]\nuses = []\n\n[observability]\nbackend = 'none'\n"
    (folder / "bare.toml").write_text(bare)
    batch = "[cluster.node_pools.batch]\nsize = 'large'\nmin_nodes = 0\nmax_nodes = 2\nspot = true\n\n[postgres]"
    found = {
        "crowd": crowded(folder, "crowd", ("[postgres]", batch), vendor),
        "managed": crowded(folder, "managed", ('cloud               = "azure"', 'cloud = "aws"'), managed, private),
        "files": crowded(
            folder,
            "files",
            (
                'uses      = ["postgres", "rabbitmq", "redis"]',
                'uses      = ["storage", "postgres", "rabbitmq", "redis"]',
            ),
            ("[rabbitmq]\n", "[storage]\nretention_days = 7\n\n[rabbitmq]\n"),
        ),
        "bare": load_environment(folder / "bare.toml"),
    }
    for cloud in CLOUDS:
        (folder / f"on{cloud}.toml").write_text(with_all_there(environment_text(cloud, "shared", "dev"), cloud))
        found[f"on{cloud}"] = load_environment(folder / f"on{cloud}.toml")
        (folder / f"kept{cloud}.toml").write_text(with_storage(environment_text(cloud, "shared", "dev")))
        found[f"kept{cloud}"] = load_environment(folder / f"kept{cloud}.toml")
    return found | {environment.name: environment for environment in load_environments(REPOSITORY / "environments")}


NAMES = sorted(
    [
        *("bare", "crowd", "files", "managed", "dev", "qa", "homologacao", "prod", "local"),
        *(f"{kind}{cloud}" for kind in ("on", "kept") for cloud in CLOUDS),
    ]
)


def test_these_are_all_environments(environments: dict[str, Environment]) -> None:
    assert sorted(environments) == NAMES


@pytest.fixture(params=NAMES)
def environment(request: pytest.FixtureRequest, environments: dict[str, Environment]) -> Environment:
    return environments[request.param]


@pytest.fixture
def drawn(environment: Environment) -> Topology:
    return topology(environment, TEXTS)


@pytest.fixture
def layout(drawn: Topology) -> Layout:
    return lay_out(drawn)


def test_every_service_store_and_queue_is_drawn(environment: Environment, layout: Layout) -> None:
    by_kind: dict[str, list[Box]] = {}
    for box in layout.boxes:
        by_kind.setdefault(box.node.kind, []).append(box)
    assert [box.node.title.en for box in by_kind["service"]] == list(environment.services)
    for name in ("postgres", "redis", "rabbitmq", "gateway"):
        assert (name in by_kind) is (getattr(environment, name) is not None)
    assert len(by_kind.get("pool", [])) == (1 + len(environment.cluster.node_pools) if environment.cluster else 0)
    if environment.rabbitmq:
        (broker,) = by_kind["rabbitmq"]
        assert tuple(broker.queues) == queues_of(environment)
        assert (broker.node.zone == "network") is (environment.rabbitmq.mode == "managed")


def test_every_use_and_message_is_an_arrow(environment: Environment, drawn: Topology, layout: Layout) -> None:
    assert [line.link for line in layout.lines] == list(drawn.links)
    arrows = {(link.kind, link.source, link.target, link.queue) for link in drawn.links}
    for name, service in environment.services.items():
        here = f"service {name}"
        assert {("publish", here, "rabbitmq", queue) for queue in service.publishes} <= arrows
        assert {("consume", "rabbitmq", here, queue) for queue in service.consumes} <= arrows
        assert {("use", here, need, "") for need in service.uses if need != "rabbitmq"} <= arrows
        assert (("request", "gateway", here, "") in arrows) is bool(service.paths)
    assert len(in_words(drawn, TEXTS)) == len(arrows)


def test_a_server_of_a_size_of_its_own_is_drawn_by_the_name_of_today(tmp_path: Path) -> None:
    text = with_own_server(environment_text("azure", "dedicated", "dev"))
    renamed = text.replace("[services.consolidacao]\n", '[services.saldos]\nwas = "consolidacao"\n')
    (tmp_path / "dev.toml").write_text(renamed)
    details = topology(load_environment(tmp_path / "dev.toml"), TEXTS).node("postgres").details
    said = [(each.en, each.pt) for each in details]
    own = "GP_Standard_D8ds_v5 · 512 GB"
    assert (f"saldos: extra large · {own}", f"saldos: extragrande · {own}") in said
    assert not any(en.startswith("lancamentos:") for en, _ in said)


def test_what_is_there_already_is_drawn_so_and_nothing_else(environment: Environment, drawn: Topology) -> None:
    """In either language: the network and the cluster around what is made, and what is beside them."""
    already, network = environment.already, environment.network
    frames = {"network": drawn.network, "cluster": drawn.cluster}
    there = {name for name, title in frames.items() if title and title.en.endswith(" · there already")}
    assert there == {name for name, title in frames.items() if title and title.pt.endswith(" · já existe")}
    assert ("network" in there) is (network is not None and network.existing is not None)
    assert ("cluster" in there) is (already.cluster is not None)
    boxes = {node.id: node for node in drawn.nodes if node.kind == "support"}
    words = TEXTS("there_already")
    said = {id_ for id_, node in boxes.items() if words in node.details}
    assert said == {key for key, identifier in already.model_dump().items() if identifier and key != "cluster"}
    assert set(boxes) - said == ({"registry", "secrets"} - said if environment.in_cloud else set())


def test_no_box_lies_on_another(layout: Layout) -> None:
    for one, other in combinations(layout.boxes, 2):
        assert not overlap(one.place, other.place), (one.node.id, other.node.id)


def test_boxes_are_inside_the_frames_of_where_they_are(layout: Layout) -> None:
    frames = {frame.kind: frame.place for frame in layout.frames}
    around = {"cluster": {"cluster", "network", "region"}, "network": {"network", "region"}, "region": {"region"}}
    for box in layout.boxes:
        own = around.get(box.node.zone, set())
        for kind, frame in frames.items():
            assert inside(box.place, frame) if kind in own else not overlap(box.place, frame), (box.node.id, kind)
    drawing = Rectangle(0, 0, layout.width, layout.height)
    assert all(inside(place, drawing) for place in (*frames.values(), *(box.place for box in layout.boxes)))


def test_lines_lead_from_box_to_box_and_through_none(layout: Layout) -> None:
    boxes = {box.node.id: box.place for box in layout.boxes}
    for line in layout.lines:
        assert on_edge(line.points[0], boxes[line.link.source])
        assert on_edge(line.points[-1], boxes[line.link.target])
        for segment in segments(line):
            assert segment.width == 0 or segment.height == 0, "right angles only"
            crossed = [id_ for id_, place in boxes.items() if overlap(segment, place)]
            assert crossed == [], line.link


def test_arrows_of_different_ends_never_run_on_each_other(layout: Layout) -> None:
    """Those to the same store may: they are one line that branches."""
    for one, other in combinations(layout.lines, 2):
        if end(one) != end(other) and "request" not in (one.link.kind, other.link.kind):
            for first in segments(one):
                assert not any(run_together(first, second) for second in segments(other)), (one.link, other.link)


def test_lines_of_text_are_as_many_in_either_language_and_in_their_box(layout: Layout) -> None:
    for box in layout.boxes:
        assert all(line.text.en or line.text.pt for line in box.lines)
        assert box.place.y < box.lines[0].y
        assert box.lines[-1].y < box.place.bottom
        assert all(below.y - above.y > 0 for above, below in pairwise(box.lines))


def test_no_line_is_empty_but_at_the_end_of_the_shorter_language(layout: Layout) -> None:
    for box in layout.boxes:
        for language in ("en", "pt"):
            texts = [getattr(line.text, language) for line in box.lines if line.style == "detail"]
            assert sorted(texts, key=lambda text: text == "") == texts


def test_a_host_that_is_too_long_for_a_line_is_broken_after_a_dot(environments: dict[str, Environment]) -> None:
    boxes = lay_out(topology(environments["homologacao"], TEXTS)).boxes
    (gateway,) = [box for box in boxes if box.node.id == "gateway"]
    assert [line.text.en for line in gateway.lines][1:3] == ["api.homologacao.", "flowwise.example"]


def test_titles_of_frames_end_inside_of_them(tmp_path: Path) -> None:
    text = (REPOSITORY / "environments" / "local.toml").read_text().replace("kind-flowwise", "context-" * 30)
    shutil.copy(REPOSITORY / "environments" / "shared.toml", tmp_path)
    (tmp_path / "local.toml").write_text(text)
    (frame,) = lay_out(topology(load_environment(tmp_path / "local.toml"), TEXTS)).frames
    assert frame.title.text.en.startswith("Cluster context-")
    assert frame.title.text.en.endswith("…")
    assert len(frame.title.text.pt) * 8 < frame.place.width


def overlap(one: Rectangle, other: Rectangle) -> bool:
    """Whether they have more in common than an edge."""
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def inside(inner: Rectangle, outer: Rectangle) -> bool:
    return outer.x <= inner.x and outer.y <= inner.y and inner.right <= outer.right and inner.bottom <= outer.bottom


def on_edge(point: tuple[float, float], place: Rectangle) -> bool:
    x, y = point
    on_side = x in (place.x, place.right) and place.y < y < place.bottom
    return on_side or (y in (place.y, place.bottom) and place.x < x < place.right)


def segments(line: Line) -> Iterator[Rectangle]:
    for (from_x, from_y), (to_x, to_y) in pairwise(line.points):
        yield Rectangle(min(from_x, to_x), min(from_y, to_y), abs(to_x - from_x), abs(to_y - from_y))


def end(line: Line) -> tuple[str, str, str]:
    """What lines may share: the store they lead to, or one end of a queue."""
    return (line.link.kind, line.link.queue, "" if line.link.queue else line.link.target)


def run_together(one: Rectangle, other: Rectangle) -> bool:
    """Whether two parallel segments have more in common than a point."""
    if one.width and other.width:
        return one.y == other.y and one.x < other.right and other.x < one.right
    if one.height and other.height:
        return one.x == other.x and one.y < other.bottom and other.y < one.bottom
    return False
