"""No text of an environment file is ever evaluated: not by CDKTF, which has marks of its own, nor by Terraform."""

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

import main
from environments import Environment, load_environment
from flowwise.authoring.texts import Expression, literal
from stacks.environment_stack import EnvironmentStack
from stacks.workloads_stack import WorkloadsStack
from synthesis.hcl.expression import render_value
from synthesis.hcl.tokens import Kind, scan_template
from tests.environments.texts import TO_PROD, environment_text
from tests.offline import terraform
from tests.workspace import REPOSITORY

MARK = "nasty"
NASTY = [
    f"{MARK}${{path.root}}",
    f"{MARK}%{{ if true }}x%{{ endif }}",
    f"{MARK}$${{path.root}}",
    f"${{{MARK}",
    f"%%{{{MARK}",
    f'{MARK}"\\',
    f"{MARK}\n<<EOT\n${{path.root}}\nEOT\n",
    f"{MARK}${{TfToken[TOKEN.0]}}",
    f"#{{TfToken[TOKEN.0]}}{MARK}",
    f"{MARK}&{{TfToken[TOKEN.0]}}",
    f"{MARK}$$",
]
# Words that tables of ours have, and what is no text by its form.
OF_TABLES = {
    "cloud",
    "region",
    "tier",
    "size",
    "topology",
    "version",
    "kubernetes_version",
    "mode",
    "backend",
    "effect",
}
OF_TABLES |= {"eviction_policy", "uses", "client_limit", "account"}
TEXTS = st.text(st.sampled_from('ab${}%"\\~#&\n '), max_size=12) | st.sampled_from(NASTY)


def with_nasty_texts(value: Any, texts: Iterator[str]) -> Any:
    """A part of an environment, whose every text, and key that people choose, is a nasty one, past all patterns."""
    if isinstance(value, BaseModel):
        found = {
            name: with_nasty_texts(part, texts)
            for name, part in ((name, getattr(value, name)) for name in type(value).model_fields)
            if name not in OF_TABLES and part is not None
        }
        return value.model_copy(update=found)
    if isinstance(value, dict):
        named = all(isinstance(part, BaseModel) for part in value.values())
        return {key if named else next(texts): with_nasty_texts(part, texts) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(with_nasty_texts(part, texts) for part in value)
    return next(texts) if isinstance(value, str) else value


def strings(value: Any) -> Iterator[str]:
    """Every text of a JSON document, keys included."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


@settings(max_examples=200)
@given(text=TEXTS)
def test_a_text_is_a_template_of_nothing_but_text(text: str) -> None:
    written = literal(text)
    parts = [part for part in scan_template(written) if part[0].kind is not Kind.LITERAL]
    assert ["".join(token.text for token in part) for part in parts] == ['${""}'] * text.count("TfToken[")
    assert literal({text: [text]}) == {written: [written]}
    assert literal(Expression(text)) == text


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Terraform's JSON of both roots of an environment, and of one in a cluster, with nasty texts for theirs."""
    folder = tmp_path_factory.mktemp("environments")
    whole = environment_text("aws", "shared", "dev")
    files = 'uses      = ["postgres", "rabbitmq", "redis"]'
    rich = (
        whole.replace("[observability]", TO_PROD["[observability]"])
        .replace(files, TO_PROD[files])
        .replace(
            "min_nodes = 1 # relaxed, as above",
            'min_nodes = 1\nlabels = { team = "a" }\ntaints = [{ key = "team", value = "a", effect = "NoSchedule" }]',
        )
        .replace("[services.consolidacao]", '[services.consolidacao]\nconfiguration = { A = "a", B = "b", C = "c" }')
    )
    rich = rich.replace('backend = "none"', 'backend = "elastic"\nendpoint = "https://a.example"')
    rich = rich.replace("client_limit", 'cors_origins = ["https://a.example"]\nclient_limit')
    (folder / "rich.toml").write_text(rich)
    texts = cycle(NASTY)
    cloudy: Environment = with_nasty_texts(load_environment(folder / "rich.toml"), texts)
    local_one: Environment = load_environment(REPOSITORY / "environments" / "local.toml")
    local_one = with_nasty_texts(local_one, texts)
    with main.new_app() as app:
        stacks = [EnvironmentStack(app, cloudy), WorkloadsStack(app, cloudy), WorkloadsStack(app, local_one)]
        for stack in stacks:
            stack.resolve()
        return {stack.content.folder: stack.document for stack in stacks}


def test_no_root_has_a_text_as_code(documents: dict[str, Any]) -> None:
    found = [text for document in documents.values() for text in strings(document) if MARK in text]
    assert len(found) > 40
    for text in found:
        code = [part for part in scan_template(text) if part[0].kind is not Kind.LITERAL]
        assert all("".join(token.text for token in part) == '${""}' for part in code), text


@pytest.mark.terraform
def test_terraform_gives_back_each_text_as_the_file_says_it(documents: dict[str, Any], tmp_path: Path) -> None:
    """What the roots hand to modules, as it stands in their files, evaluated where there is nothing but that."""
    handed = {
        f"root{number}_{call}_{name}": value
        for number, document in enumerate(documents.values())
        for call, body in document["module"].items()
        for name, value in body.items()
        if any(MARK in text for text in strings(value)) and not refers(value)
    }
    assert len(handed) > 5
    outputs = [
        f"output {json.dumps(name)} {{\n  value = {render_value(each, 2)}\n}}\n" for name, each in handed.items()
    ]
    (tmp_path / "main.tf").write_text("".join(outputs))
    terraform(tmp_path, "apply", "-auto-approve", environment={})
    told = json.loads(terraform(tmp_path, "output", "-json", environment={}))
    found = [text for text in strings(told) if MARK in text]
    assert set(found) == set(NASTY)


def refers(value: Any) -> bool:
    """Whether a value has an expression of ours in it, of something that is not there."""
    return any(
        part[0].kind is not Kind.LITERAL and "".join(token.text for token in part) != '${""}'
        for text in strings(value)
        for part in scan_template(text)
    )
