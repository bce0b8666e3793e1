"""The page of keys: as the model is, each key with its texts in both languages and an example that the model takes."""

import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path as File
from typing import Any

import pytest
from pydantic import ValidationError

from environments import Environment
from environments.explain import explain
from environments.keys import Key, Path, key_tables
from environments.shared import Document, read_environment, read_shared
from flowwise.tables.project import IN_CLUSTER
from stacks.files.environment_keys.examples import Examples
from stacks.files.environment_keys.page import FILES, Page
from stacks.files.environment_keys.phrases import Language, Phrases
from tests.environments.texts import WHOLE
from tests.workspace import REPOSITORY

EXAMPLES = Examples()
KEYS = {key.path: key for table in key_tables() for key in table.keys}
REQUIRED = {
    table.path: [key.path for key in table.keys if key.required == "anywhere"] for table in key_tables() if table.path
}
REQUIRED["network", "existing"].append(("network", "existing", "control_plane"))  # but with existing.cluster
# The names that take the place of `<name>`: that of a service which says nothing yet, so that it may be of any kind.
NAMES = {"services": "relatorios", "node_pools": "general", "servers": "relatorios"}
A_SERVICE = {"uses": ["postgres", "rabbitmq", "redis"]}


@pytest.mark.parametrize("language", FILES)
def test_the_page_is_up_to_date_and_no_text_is_left_over(language: Language) -> None:
    phrases = Phrases(language)
    assert FILES[language].read_text(encoding="utf-8") == Page(phrases, EXAMPLES).text(), "run `make keys`"
    assert language == "en" or phrases.used == set(phrases.portuguese)


def test_every_key_of_the_schema_is_on_the_page() -> None:
    """Found again in another way: what the model's classes have for fields."""
    assert {tuple(step for step in path if step not in ("<name>", "[]")) for path in KEYS} == set(fields(Environment))
    assert not any(path for path in EXAMPLES.paths() if not any(path[: len(key)] == key for key in KEYS))


def fields(model: Any, path: Path = ()) -> Iterator[Path]:
    for name, field in model.model_fields.items():
        below = [part for part in parts(field.annotation) if isinstance(part, type) and hasattr(part, "model_fields")]
        yield from (found for part in below for found in fields(part, (*path, name))) if below else [(*path, name)]


def parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from parts(part)


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda key: ".".join(key.path))
def test_the_model_takes_the_example(key: Key) -> None:
    beside = EXAMPLES.beside(key.path)
    document = whole(beside.get("cloud"))
    service = document["services"][NAMES["services"]] = deepcopy(A_SERVICE)
    if key.path[0] == "storage":  # which is there for a user alone
        service["uses"].append("storage")
    for table in (key.path[:depth] for depth in range(1, len(key.path))):
        for path in REQUIRED.get(table, ()):
            put(document, path, EXAMPLES.of(path), unless_there=True)
    for other, value in beside.items():
        put(document, tuple(other.split(".")), value)
    put(document, key.path, EXAMPLES.of(key.path))
    Environment.from_document("example", document)


# Of each type that TOML has, the plain and the odd.
WRONG = ("", "\n", 0, -1, 10**9, 1.5, True, [], ["a"], [0], [[]], [{}], {}, {"a": 1}, {"a": {}}, date(2026, 1, 1))
KEYS_AND_TABLES = sorted({path[:depth] for path in KEYS for depth in range(1, len(path) + 1)})


@pytest.mark.parametrize("path", KEYS_AND_TABLES, ids=".".join)
def test_a_value_of_any_type_is_taken_or_explained(path: Path) -> None:
    """Nothing that a file says is answered with a traceback."""
    beside = EXAMPLES.beside(path)
    explained = 0
    for wrong in WRONG:
        document = whole(beside.get("cloud"))
        put(document, path, wrong)
        try:
            Environment.from_document("example", document)
        except ValidationError as error:
            faults = list(explain(Document(File("example.toml"), document, {}), error))
            assert all(fault.key and fault.found and fault.allowed for fault in faults)
            explained += bool(faults)
    assert explained > len(WRONG) / 2, "most of these are wrong"


def whole(cloud: str | None) -> dict[str, Any]:
    if cloud == IN_CLUSTER:
        folder = REPOSITORY / "environments"
        return deepcopy(read_environment(folder / "local.toml", read_shared(folder)).whole)
    return tomllib.loads(WHOLE)


def put(document: dict[str, Any], path: Path, value: Any, unless_there: bool = False) -> None:
    """Have the document say a value, in tables that are made where there are none."""
    node: Any = document
    for step, following in zip(path, (*path[1:], None), strict=True):
        if step == "<name>":
            step = NAMES[path[path.index(step) - 1]]
        if step == "[]":
            if not node:
                node.append({})
            node = node[0]
        elif following is None:
            node[step] = node[step] if unless_there and step in node else value
        else:
            node = node.setdefault(step, [] if following == "[]" else {})
