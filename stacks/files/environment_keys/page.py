"""The text of the page, in one language: a section for each table, a row for each of its keys."""

import json
from collections.abc import Mapping
from pathlib import Path as File
from typing import Any

from environments.keys import Key, KeyTable, Node, Path, key_tables
from environments.wording import shown
from stacks.files.environment_keys.examples import Examples
from stacks.files.environment_keys.phrases import Language, Phrases
from stacks.files.tables import table

_DOCS = File(__file__).resolve().parents[3] / "docs"
FILES: Mapping[Language, File] = {"en": _DOCS / "environment-keys.md", "pt": _DOCS / "environment-keys.pt-BR.md"}


class Page:
    """Raises KeyError for a key without an example, and for a text that the language lacks."""

    def __init__(self, phrases: Phrases, examples: Examples) -> None:
        self._say = phrases
        self._examples = examples

    def text(self) -> str:
        """The file's text, in Markdown."""
        say = self._say
        intro = (say(phrase) for phrase in ("mark", "title", "other_language", "what", "where", "production"))
        return "\n\n".join([*intro, *map(self._section, key_tables())]) + "\n"

    def _section(self, each: KeyTable) -> str:
        say = self._say
        parts = [f"## `{_heading(each.path)}`" if each.path else f"## {say('top')}"]
        if each.path:
            parts.append(f"{say.translated(each.description)} {self._about(each)}")
        heads = [say(head) for head in ("key", "meaning", "type", "allowed", "default", "example")]
        return "\n\n".join([*parts, table(heads, map(self._row, each.keys))])

    def _about(self, each: KeyTable) -> str:
        """Where the table has to be or may be, and what people may call it."""
        where = f"{each.required}_{each.only}"
        if not each.names:
            return self._say(f"table_{where}")
        return self._say(f"named_{where}", rule=self._say.translated(each.names["errorMessage"]))

    def _row(self, key: Key) -> list[str]:
        say = self._say
        return [
            f"`{key.name}`",
            say.translated(key.description),
            say(f"type_{_type(key.schema)}"),
            self._allowed(key.schema),
            self._default(key),
            self._example(key),
        ]

    def _allowed(self, node: Node) -> str:
        say = self._say
        kind = _type(node)
        if kind == "texts_by_name":
            (value,) = node["patternProperties"].values()
            names = say.translated(node["propertyNames"]["errorMessage"])
            return say("names_and_values", names=names, values=self._allowed(value))
        if kind.startswith("list"):
            if not node.get("uniqueItems"):
                return say("any_number", allowed=self._allowed(node["items"]))
            least, most = node.get("minItems"), node.get("maxItems")
            often = "each" if least is None else "each_from" if most is None else "each_range"
            return say(often, allowed=self._allowed(node["items"]), least=least, most=most)
        if words := node.get("enum"):
            return ", ".join(f"`{shown(word)}`" for word in words)
        if "errorMessage" in node:
            return say.translated(node["errorMessage"])
        if kind == "boolean":
            return "`true`, `false`"
        least, most = node["minimum"], node.get("maximum")
        return say("from", least=least) if most is None else say("range", least=least, most=most)

    def _default(self, key: Key) -> str:
        say = self._say
        if "default" in key.schema:
            return f"`{shown(key.schema['default'])}`"
        return say(f"default_{key.required}_{key.only}")

    def _example(self, key: Key) -> str:
        beside = self._examples.beside(key.path)
        example = f"`{key.name} = {toml_value(self._examples.of(key.path))}`"
        others = ", ".join(f"`{_seen_from(key.path, other)} = {toml_value(value)}`" for other, value in beside.items())
        return self._say("with", example=example, others=others) if others else example


def _type(node: Node) -> str:
    kind = str(node["type"])
    if kind == "array":
        return f"list_of_{node['items']['type']}"
    return "texts_by_name" if kind == "object" else kind


def _heading(path: Path) -> str:
    """As a file begins the table."""
    if path[-1] == "[]":
        return f"[[{'.'.join(path[:-1])}]]"
    return f"[{'.'.join(path)}]"


def _seen_from(path: Path, other: str) -> str:
    """The other key, without the table if it is in the same one."""
    return other.removeprefix(".".join((*path[:-1], "")))


def toml_value(value: Any) -> str:
    """A value as a file writes it, on one line."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{ " + ", ".join(f"{key} = {toml_value(part)}" for key, part in value.items()) + " }"
        case list():
            return f"[{', '.join(map(toml_value, value))}]"
    return json.dumps(value, ensure_ascii=False)
