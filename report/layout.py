"""Where everything in the drawing of an environment stands: boxes in frames, and right-angled lines between them.

What runs in the cluster stands in one column, however many microservices there are; what the cloud runs for them in
another. Lines from one to the other run in the channel between, each store and each end of a queue on a lane of its
own, so that a line crosses lines only and never a box. What the cloud runs outside the network stands below it.
"""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from report.topology import Link, Node, Topology
from report.words import Said

_PADDING = 10
_GAP = 14
_COLUMN = 212
_INDENT = 9
_LINE = 18  # height of a line of text
_BASELINE = 13  # in a line
_TITLE = 26  # height of the title of a frame
_CHARACTER = 7.4  # width of a letter on average, at 13 px, in the widest of the fonts that systems write their words in
_BOLD_CHARACTER = 8.2
_BUS = 18  # room on the left, for the line from the gateway to the services
_LANE = 8
_BESIDE_LANES = 11
_HEAD = 7  # length of an arrow's head
_END_OF_QUEUE = 4  # up from the middle of its line for what publishes, down for what consumes
_LEAST_APART = 3  # of lines side by side

Point = tuple[float, float]


@dataclass(frozen=True)
class Rectangle:
    """A place in the drawing, in pixels from its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height


@dataclass(frozen=True)
class TextLine:
    """A line of text: where it begins, on its baseline, and how it is styled (a class of the style sheet)."""

    x: float
    y: float
    text: Said
    style: str


@dataclass(frozen=True)
class Box:
    """A node in its place, with its lines of text."""

    node: Node
    place: Rectangle
    lines: tuple[TextLine, ...]
    queues: Mapping[str, float]  # by name: the height of its line's middle


@dataclass(frozen=True)
class Frame:
    """A border around boxes: the region, the network, or the cluster."""

    kind: str
    title: TextLine
    place: Rectangle


@dataclass(frozen=True)
class Line:
    """A link as it is drawn: corners of a line of right angles, with an arrow's head at the last one."""

    link: Link
    points: tuple[Point, ...]

    @property
    def colour(self) -> str:
        """A class of the style sheet: a use has its store's colour, all else that of its kind."""
        return self.link.target if self.link.kind == "use" else self.link.kind

    @property
    def head(self) -> str:
        """The arrow's head, as a path of SVG."""
        (from_x, from_y), (x, y) = self.points[-2:]
        if from_x == x:
            back = y - _HEAD if y > from_y else y + _HEAD
            return f"M{x},{y} L{x - _HEAD / 2},{back} L{x + _HEAD / 2},{back} Z"
        back = x - _HEAD if x > from_x else x + _HEAD
        return f"M{x},{y} L{back},{y - _HEAD / 2} L{back},{y + _HEAD / 2} Z"


@dataclass(frozen=True)
class Layout:
    """The whole drawing."""

    width: float
    height: float
    frames: tuple[Frame, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def lay_out(drawn: Topology) -> Layout:
    """Everything in its place."""
    frames_around = sum(title is not None for title in (drawn.region, drawn.network))
    edge = _PADDING * (frames_around + 1)  # of what is in the cluster
    lanes = _lanes(drawn)
    x = edge + _BUS
    top = [_box(node, x, 0) for node in drawn.nodes if node.zone == "outside" and node.id != "vendor"]
    below_top = max((box.place.bottom for box in top), default=0) + _GAP + _GAP
    first_row = below_top + _TITLE * (frames_around + 1)
    inside = _stacked((node for node in drawn.nodes if node.zone == "cluster"), x, first_row)
    cluster_right = x + _COLUMN + _BESIDE_LANES * 2 + _LANE * max(0, len(lanes) - 1)
    beside = cluster_right + _GAP
    managed = _stacked((node for node in drawn.nodes if node.zone == "network"), beside, first_row)
    vendor = [_box(node, beside, 0) for node in drawn.nodes if node.id == "vendor"]

    right = max([cluster_right, *(box.place.right for box in managed)])
    bottom = max(box.place.bottom for box in (*inside, *managed)) + _PADDING
    cluster_top = first_row - _TITLE
    cluster = Rectangle(edge - _PADDING, cluster_top, cluster_right - edge + _PADDING, bottom - cluster_top)
    frames = [_frame("cluster", drawn.cluster, cluster)]
    regional = list[Box]()
    if drawn.network and drawn.region:
        network_top = cluster_top - _TITLE
        network = Rectangle(_PADDING, network_top, right, bottom + _PADDING - network_top)
        regional = _in_pairs([node for node in drawn.nodes if node.zone == "region"], network)
        bottom = max([network.bottom, *(box.place.bottom for box in regional)]) + _PADDING
        region = Rectangle(0, below_top, network.right + _PADDING, bottom - below_top)
        frames = [_frame("region", drawn.region, region), _frame("network", drawn.network, network), *frames]
    boxes = (*top, *vendor, *inside, *managed, *regional)
    width = max([frame.place.right for frame in frames] + [box.place.right for box in boxes])
    return Layout(width, frames[0].place.bottom, tuple(frames), boxes, tuple(_lines(drawn, boxes, lanes)))


# --- boxes ------------------------------------------------------------------------------------------------------------


def _stacked(nodes: Iterable[Node], x: float, y: float) -> list[Box]:
    boxes = []
    for node in nodes:
        boxes.append(_box(node, x, y))
        y = boxes[-1].place.bottom + _GAP
    return boxes


def _in_pairs(nodes: Sequence[Node], above: Rectangle) -> list[Box]:
    """In rows of two, below a frame and as wide as it."""
    boxes = list[Box]()
    width, y = (above.width - _GAP) / 2, above.bottom + _GAP
    for first in range(0, len(nodes), 2):
        pair = enumerate(nodes[first : first + 2])
        row = [_box(node, above.x + column * (width + _GAP), y, width) for column, node in pair]
        y = max(box.place.bottom for box in row) + _GAP
        boxes += row
    return boxes


def _box(node: Node, x: float, y: float, width: float = _COLUMN) -> Box:
    lines = list[TextLine]()
    queues = dict[str, float]()

    def write(texts: Iterable[Said], style: str) -> None:
        for text in _wrapped(texts, width):
            lines.append(TextLine(x + _INDENT, y + _INDENT + _LINE * len(lines) + _BASELINE, text, style))

    write([node.title], "name")
    write(node.details, "detail")
    for queue in node.queues:
        queues[queue] = y + _INDENT + _LINE * (len(lines) + 0.5)
        write([Said.alike(queue)], "queue")
    return Box(node, Rectangle(x, y, width, _LINE * len(lines) + 2 * _INDENT), tuple(lines), queues)


def _wrapped(texts: Iterable[Said], width: float) -> list[Said]:
    """The texts in lines that fit, as many in either language: the shorter one ends with empty lines."""
    fits = int((width - 2 * _INDENT) / _CHARACTER)
    by_language = zip(*((text.en, text.pt) for text in texts), strict=True)
    lines = [[line for text in each for line in _lines_of(text, fits)] for each in by_language]
    return [Said(*line) for line in zip_longest(*lines, fillvalue="")]


def _lines_of(text: str, fits: int) -> list[str]:
    """The lines of a text. A name that is too long for one is broken after a dot, if it has any."""
    words = text.split()
    for index, word in enumerate(words):
        if len(word) > fits:
            parts = textwrap.wrap(word.replace(".", ". "), fits)
            words[index] = " ".join(part.replace(". ", ".") for part in parts)
    return textwrap.wrap(" ".join(words), fits)


def _frame(kind: str, title: Said, place: Rectangle) -> Frame:
    fits = int((place.width - 2 * _INDENT) / _BOLD_CHARACTER)
    cut = Said(*(text if len(text) <= fits else f"{text[: fits - 1]}…" for text in (title.en, title.pt)))
    return Frame(kind, TextLine(place.x + _INDENT, place.y + 17, cut, "title"), place)


# --- lines ------------------------------------------------------------------------------------------------------------


def _lane_of(link: Link) -> str:
    return f"{link.kind} {link.queue}" if link.queue else link.target


def _lanes(drawn: Topology) -> list[str]:
    """Those in the channel, from the left: what stays in the cluster first."""
    links = [link for link in drawn.links if link.kind != "request"]
    inner_first = sorted(links, key=lambda link: _store_of(drawn, link).zone != "cluster")
    return list(dict.fromkeys(map(_lane_of, inner_first)))


def _store_of(drawn: Topology, link: Link) -> Node:
    return drawn.node(link.source if link.kind == "consume" else link.target)


def _lines(drawn: Topology, boxes: Sequence[Box], lanes: Sequence[str]) -> Iterable[Line]:
    by_id = {box.node.id: box for box in boxes}
    ports = _Ports(drawn, by_id)
    for link in drawn.links:
        source, target = by_id[link.source], by_id[link.target]
        if link.source == "outside":
            x = target.place.right - 2 * _INDENT  # where no title of a frame is
            yield Line(link, ((x, source.place.bottom), (x, target.place.y)))
        elif link.kind == "request":
            x = source.place.x - _BUS / 2
            from_y, to_y = (box.place.y + box.place.height / 2 for box in (source, target))
            yield Line(link, ((source.place.x, from_y), (x, from_y), (x, to_y), (target.place.x, to_y)))
        else:
            inner = target if link.kind == "consume" else source
            lane = inner.place.right + _BESIDE_LANES + _LANE * lanes.index(_lane_of(link))
            start = ports.of(link, source)
            if target.node.zone == "region":  # below the network, so it is reached from above
                x, y = target.place.x + target.place.width / 2, target.place.y
                turn = y - _GAP / 2
                yield Line(link, (start, (lane, start[1]), (lane, turn), (x, turn), (x, y)))
            else:
                end = ports.of(link, target)
                yield Line(link, (start, (lane, start[1]), (lane, end[1]), end))


class _Ports:
    """Where lines of the channel meet boxes: on the edge that faces it, each lane at a height of its own."""

    def __init__(self, drawn: Topology, boxes: Mapping[str, Box]) -> None:
        lanes: dict[str, list[Link]] = {id_: [] for id_ in boxes}
        for link in drawn.links:
            for id_ in (link.source, link.target):
                faces_channel = link.kind != "request" and boxes[id_].node.zone != "region"
                if faces_channel and all(_lane_of(other) != _lane_of(link) for other in lanes[id_]):
                    lanes[id_].append(link)
        self._heights = dict[tuple[str, str], float]()
        for id_, links in lanes.items():
            box = boxes[id_]
            for index, link in enumerate(links):
                height = box.place.y + box.place.height * (index + 1) / (len(links) + 1)
                if link.queue in box.queues:
                    height = box.queues[link.queue] + (_END_OF_QUEUE if link.kind == "consume" else -_END_OF_QUEUE)
                self._heights[id_, _lane_of(link)] = self._free(height)

    def _free(self, height: float) -> float:
        """A height at which no line runs yet: this one, or the next below."""
        while any(abs(height - taken) < _LEAST_APART for taken in self._heights.values()):
            height += _LEAST_APART
        return height

    def of(self, link: Link, box: Box) -> Point:
        """Where a line meets one of its boxes."""
        edge = box.place.right if box.node.zone == "cluster" else box.place.x
        return edge, self._heights[box.node.id, _lane_of(link)]
