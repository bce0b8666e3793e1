"""Writes the blocks of a Terraform file from Terraform's JSON configuration syntax, as CDKTF gives it.

What is a block and what an argument is read from the provider's schema, or from the language for what belongs
to it. Where Terraform takes a JSON string as it stands and not as a template (defaults, descriptions, module
sources, versions, back ends), so does this writer.
"""

import difflib
import pickle
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import Any

from synthesis.hcl.expression import (
    LINE_LENGTH,
    code,
    literal,
    literal_value,
    render_assignments,
    render_value,
)
from synthesis.hcl.formatting import INDENT

# As in `terraform providers schema -json`: {"attributes": {name: ...}, "block_types": {name: {"nesting_mode":
# "single" | "list" | "set" | "map" | "group", "block": {...}}}}; both parts may be missing.
BlockSchema = Mapping[str, Any]

# Turns the JSON value of an argument into a value for `render_value`.
_Reading = Callable[[Any], Any]


class UnknownArgument(ValueError):
    """A member of a block's body that is neither an argument nor a block of its schema."""


def render_block(
    kind: str,
    labels: Sequence[str],
    body: Mapping[str, Any],
    schema: BlockSchema | None,
    comment: str | None = None,
    notes: Sequence[str] = (),
) -> str:
    """A top-level block as `terraform fmt` formats it, ending in one newline.

    The comment stands above it, the notes in its first lines.

    `kind` is resource, data, ephemeral, module, provider, variable, output, locals, terraform, moved, import,
    removed or check. `schema` is that of the resource, data source, ephemeral resource or provider; for a
    check, that of its data source; the other kinds have none. Raises UnknownArgument for a member that the
    schema does not have, ValueError for a block that is no object, and whatever `render_value` raises.
    """
    if schema is not None:
        return _top_level(kind, labels, body, schema, comment, notes)
    return _top_level_once(kind, tuple(labels), pickle.dumps(body), comment, tuple(notes))


@lru_cache(maxsize=2**12)
def _top_level_once(
    kind: str, labels: tuple[str, ...], body: bytes, comment: str | None, notes: tuple[str, ...]
) -> str:
    """A block of the language, which environments have most of in common: each is laid out once."""
    return _top_level(kind, labels, pickle.loads(body), None, comment, notes)


def _top_level(
    kind: str,
    labels: Sequence[str],
    body: Mapping[str, Any],
    schema: BlockSchema | None,
    comment: str | None,
    notes: Sequence[str],
) -> str:
    where = " ".join([kind, *(f'"{label}"' for label in labels)])
    head, separator, rest = _block([where], kind, labels, body, _shape(kind, schema), 0).partition("\n")
    # A scanner's directive has to be one line, and inside the block that it is about.
    directives = "".join(f"\n  # {note}" for note in notes) + ("\n" if notes else "")
    return _comment(comment or "") + head + directives + separator + rest + "\n"


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """What the body of a block may hold, and in which order it is written."""

    # The language's arguments, and its blocks with the number of their labels.
    arguments: Mapping[str, _Reading] = field(default_factory=dict)
    blocks: Mapping[str, tuple[int, "_Shape"]] = field(default_factory=dict)
    # How any further argument is read; None where there can be none.
    others: _Reading | None = None
    # The provider's arguments and blocks.
    schema: BlockSchema | None = None
    # Arguments that blank lines set off from those after them; then which of the others come first and last.
    groups: Sequence[Sequence[str]] = ()
    first: Sequence[str] = ()
    last: Sequence[str] = ()
    # Whether blank lines surround a value of several lines.
    loose: bool = False

    def argument(self, name: str) -> _Reading | None:
        """How the argument is read; None if there is none of that name."""
        return self.arguments.get(name) or (_template if name in self._schema("attributes") else self.others)

    def block(self, name: str) -> tuple[int, "_Shape"] | None:
        """The number of labels and the shape of such blocks; None if there are none of that name."""
        nested = self._schema("block_types").get(name)
        if nested is None:
            return self.blocks.get(name)
        return int(nested["nesting_mode"] == "map"), _provided(nested["block"])

    def dynamic(self, path: Sequence[str]) -> "_Shape":
        """The shape of a `dynamic` block, `path` ending in the name of the blocks that it makes."""
        made = self._schema("block_types").get(path[-1])
        if made is None:
            raise _unknown(path, list(self._schema("block_types")))
        return _Shape(
            arguments={"for_each": _template, "iterator": code, "labels": _template},
            blocks={"content": (0, _provided(made["block"]))},
            groups=[("for_each", "iterator", "labels")],
        )

    def rank(self, argument: str) -> int:
        """Where an argument stands among the others that are in no group."""
        order = [*self.first, "", *self.last]
        return order.index(argument if argument in order else "")

    def names(self) -> list[str]:
        """All names that are known."""
        return [*self.arguments, *self.blocks, *self._schema("attributes"), *self._schema("block_types")]

    def _schema(self, part: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (self.schema or {}).get(part, {})
        return found


def _template(value: Any) -> Any:
    return value


def _default(value: Any) -> Any:
    # CDKTF drops a null on its way to JSON: this stands for it.
    return None if value == "${null}" else literal_value(value)


def _type(value: str) -> Any:
    # `fmt` writes the element type that these leave out.
    return code(f"{value}(any)" if value in ("list", "map", "set") else value)


def _required_provider(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        name: code(item) if name == "configuration_aliases" else literal_value(item) for name, item in value.items()
    }


_FIRST = (
    "name",
    "name_prefix",
    "display_name",
    "description",
    "namespace",
    "resource_group_name",
    "location",
    "project",
    "region",
    "repository",
    "chart",
    "version",
    # of statements and conditions in policies
    "sid",
    "effect",
    "test",
    "variable",
)
_LAST = ("tags", "tags_all", "labels", "annotations")

_META = {"count": _template, "for_each": _template, "depends_on": code}

_TEXTS = _Shape(others=literal_value)
_CONNECTION = _Shape(others=_template)
_PROVISIONER = _Shape(
    arguments={"when": code, "on_failure": code}, others=_template, blocks={"connection": (0, _CONNECTION)}
)
_CONDITION = _Shape(arguments={"condition": code, "error_message": _template}, first=["condition"])
_LIFECYCLE = _Shape(
    arguments={
        "create_before_destroy": _template,
        "prevent_destroy": _template,
        "ignore_changes": code,
        "replace_triggered_by": code,
        "destroy": _template,
    },
    blocks={"precondition": (0, _CONDITION), "postcondition": (0, _CONDITION)},
)
_IN_RESOURCE = {"provisioner": (1, _PROVISIONER), "connection": (0, _CONNECTION)}

_VALUES = _Shape(others=_template, loose=True)

_LANGUAGE = {
    "module": _Shape(
        arguments={**_META, "source": literal_value, "version": literal_value, "providers": code},
        others=_template,
        groups=[("source", "version"), ("count", "for_each", "providers")],
        first=_FIRST,
        last=_LAST,
        loose=True,
    ),
    "variable": _Shape(
        arguments={
            "description": literal_value,
            "type": _type,
            "default": _default,
            "nullable": _template,
            "sensitive": _template,
            "ephemeral": _template,
        },
        blocks={"validation": (0, _CONDITION)},
        first=["description", "type", "default", "nullable", "sensitive", "ephemeral"],
    ),
    "output": _Shape(
        arguments={
            "description": literal_value,
            "value": _template,
            "sensitive": _template,
            "ephemeral": _template,
            "depends_on": code,
        },
        blocks={"precondition": (0, _CONDITION)},
        first=["description", "value", "sensitive", "ephemeral"],
    ),
    "locals": _VALUES,
    "terraform": _Shape(
        arguments={"required_version": literal_value, "experiments": code},
        blocks={
            "required_providers": (0, _Shape(others=_required_provider)),
            "backend": (1, _Shape(others=literal_value, blocks={"workspaces": (0, _TEXTS)})),
            "cloud": (0, _Shape(others=literal_value, blocks={"workspaces": (0, _TEXTS)})),
            "provider_meta": (1, _CONNECTION),
        },
    ),
    "moved": _Shape(arguments={"from": code, "to": code}, first=["from", "to"]),
    "import": _Shape(
        arguments={
            "for_each": _template,
            "provider": code,
            "to": code,
            "id": _template,
            "identity": _template,
        },
        groups=[("for_each", "provider")],
        first=["to", "id"],
    ),
    "removed": _Shape(arguments={"from": code}, blocks={"lifecycle": (0, _LIFECYCLE), **_IN_RESOURCE}),
    # The language of test files.
    "mock_provider": _Shape(blocks={"mock_resource": (1, _TEXTS), "mock_data": (1, _TEXTS)}),
    "override_data": _Shape(arguments={"target": code, "values": literal_value}, first=["target"]),
    "variables": _VALUES,
    "run": _Shape(
        arguments={"command": code, "expect_failures": code},
        blocks={"module": (0, _TEXTS), "variables": (0, _VALUES)},
        groups=[["command"]],
    ),
}


def _provided(schema: BlockSchema | None) -> _Shape:
    return _Shape(schema=schema, first=_FIRST, last=_LAST, loose=True)


def _shape(kind: str, schema: BlockSchema | None) -> _Shape:
    if kind in ("resource", "data", "ephemeral"):
        return replace(
            _provided(schema),
            arguments={**_META, "provider": code},
            blocks={"lifecycle": (0, _LIFECYCLE), **(_IN_RESOURCE if kind == "resource" else {})},
            groups=[("count", "for_each", "provider")],
        )
    if kind == "provider":
        return replace(
            _provided(schema),
            arguments={"alias": literal_value, "version": literal_value},
            first=["alias", *_FIRST],
        )
    if kind == "check":
        return _Shape(blocks={"data": (2, _shape("data", schema)), "assert": (0, _CONDITION)})
    return _LANGUAGE[kind]


def _comment(text: str) -> str:
    lines: list[str] = []
    for paragraph in text.splitlines():
        width = LINE_LENGTH - len("# ")
        lines += textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False) or [""]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def _block(
    path: Sequence[str],
    kind: str,
    labels: Sequence[str],
    body: Mapping[str, Any],
    shape: _Shape,
    indent: int,
) -> str:
    """A block indented by `indent` columns. `path` leads to it from the top-level block, for errors."""
    margin = " " * indent
    header = " ".join([margin + kind, *(render_value(literal(label)) for label in labels)])
    sections = _sections(path, body, shape, indent + INDENT)
    return "\n".join([f"{header} {{", "\n\n".join(sections), f"{margin}}}"]) if sections else f"{header} {{}}"


def _sections(path: Sequence[str], body: Mapping[str, Any], shape: _Shape, indent: int) -> list[str]:
    """What blank lines separate in a body: paragraphs of arguments, and blocks, in their final order."""
    arguments: dict[str, Any] = {}
    blocks: dict[str, list[str]] = {}
    for name, value in body.items():
        inside = [*path, name]
        nested = shape.block(name)
        reading = shape.argument(name)
        if name == "//":  # CDKTF's metadata
            continue
        if nested is not None:
            count, inner = nested
            blocks[name] = [
                _block(inside, name, labels, content, inner, indent)
                for labels, content in _instances(inside, value, count)
            ]
        elif reading is not None:
            arguments[name] = reading(value)
        elif name == "dynamic":
            blocks[name] = [
                _block(inside, name, labels, content, shape.dynamic([*inside, *labels]), indent)
                for labels, content in _instances(inside, value, 1)
            ]
        else:
            raise _unknown(inside, shape.names())
    grouped = {name for group in shape.groups for name in group} | {"depends_on"}
    others = sorted((name for name in arguments if name not in grouped), key=shape.rank)
    groups = [
        {name: arguments[name] for name in group if name in arguments}
        for group in [*shape.groups, others, ["depends_on"]]
    ]
    *opening, depends_on = [_paragraphs(group, indent, loose=shape.loose) for group in groups]
    lifecycle = blocks.pop("lifecycle", [])
    return [*chain(*opening, *blocks.values()), *lifecycle, *depends_on]


def _paragraphs(arguments: Mapping[str, Any], indent: int, *, loose: bool) -> list[str]:
    width = max(map(len, arguments), default=0)
    paragraphs: list[list[tuple[str, str]]] = []
    apart = True
    for name, value in arguments.items():
        text = render_value(value, indent, name, width)
        long = loose and "\n" in text
        if apart or long:
            paragraphs.append([])
        paragraphs[-1].append((name, text))
        apart = long
    margin = " " * indent
    return ["\n".join(margin + line for line in render_assignments(items)) for items in paragraphs]


def _instances(path: Sequence[str], value: Any, labels: int) -> Iterator[tuple[list[str], Mapping[str, Any]]]:
    """The labels and the body of each block that a JSON value stands for: an object, or a list of them."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _instances(path, item, labels)
    elif isinstance(value, Mapping) and labels:
        for label, item in value.items():
            yield from (([label, *more], body) for more, body in _instances([*path, label], item, labels - 1))
    elif isinstance(value, Mapping):
        yield [], value
    elif value is not None:
        raise ValueError(f"{path[0]}: {'.'.join(path[1:])} is a block, which {value!r} cannot be the body of")


def _unknown(path: Sequence[str], names: Sequence[str]) -> UnknownArgument:
    nearest = difflib.get_close_matches(path[-1], names, cutoff=0)
    hint = f"the nearest names are {', '.join(nearest)}" if nearest else "nothing goes there"
    return UnknownArgument(f"{path[0]} has no argument or block {'.'.join(path[1:])}; {hint}")
