"""What an environment has, and what talks to what, as a graph in Mermaid: the topology that the report draws."""

import textwrap
from collections.abc import Sequence
from functools import cache

from environments import Environment
from report.topology import Link, Node, Topology, topology
from report.words import Texts

_SHAPES = {
    "outside": '(["{}"])',
    "postgres": '[("{}")]',
    "redis": '[("{}")]',
    "rabbitmq": '[("{}")]',
    "storage": '[("{}")]',
}
_BOX = '["{}"]'
_ARROWS = {"telemetry": "-.->"}


def environment_graph(environment: Environment) -> str:
    """A block of Markdown. It has what the environment's file asks for, and nothing that others have."""
    drawn = topology(environment, _texts())
    lines = [*_frame(drawn, 0), *(_edge(link) for link in drawn.links)]
    return "```mermaid\nflowchart LR\n" + textwrap.indent("\n".join(lines), "  ") + "\n```"


@cache
def _texts() -> Texts:
    """Read once, for reading them takes as long as all else that an environment's folder takes."""
    return Texts()


def _frame(drawn: Topology, depth: int) -> list[str]:
    """What is outside, and the frames, each in the one before it: region, network, cluster; those that there are."""
    zones = [
        (zone, title)
        for zone, title in (
            ("outside", None),
            ("region", drawn.region),
            ("network", drawn.network),
            ("cluster", drawn.cluster),
        )
        if zone == "outside" or title
    ]
    zone, title = zones[depth]
    inside = [_box(node) for node in drawn.nodes if node.zone == zone]
    if depth + 1 < len(zones):
        inside += _frame(drawn, depth + 1)
    if title is None:
        return inside
    return [f'subgraph {zone}["{_escaped(title.en)}"]', *(f"  {line}" for line in inside), "end"]


def _box(node: Node) -> str:
    text = _label([node.title.en, *(detail.en for detail in node.details)])
    return _id(node.id) + _SHAPES.get(node.kind, _BOX).format(text)


def _edge(link: Link) -> str:
    queue = f'|"{_escaped(link.queue)}"|' if link.queue else ""
    return f"{_id(link.source)} {_ARROWS.get(link.kind, '-->')}{queue} {_id(link.target)}"


def _label(lines: Sequence[str]) -> str:
    return "<br/>".join(map(_escaped, lines))


def _escaped(text: str) -> str:
    """Text in double quotes, in which Mermaid knows entities."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


def _id(node: str) -> str:
    # An id of Mermaid's own words, such as `end`, would end the frame.
    return "n_" + node.replace(" ", "_").replace("-", "_")
