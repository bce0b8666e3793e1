"""No generated password is in a plan or a state, searched for by its value in what Terraform keeps."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flowwise.tables.project import CLOUDS
from tests.environments.texts import environment_text, with_managed_broker
from tests.offline import offline_environment, terraform
from tests.trees import write_tree_of

pytestmark = pytest.mark.terraform

NAME = "secrets"


def applied(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[set[str], list[Any]]:
    """Plan and apply an environment with a mocked cloud: the values made meanwhile, and all that Terraform would keep.

    Only the cloud is mocked. What makes passwords is not: it notes each that it makes, for the search.
    """
    monkeypatch.setenv("TF_PLUGIN_MIRROR", "")
    files = folder / "environments"
    files.mkdir()
    (files / f"{NAME}.toml").write_text(text)
    write_tree_of(files, folder / "infra")
    root = folder / "infra" / "environments" / NAME
    generated = root / "tests" / "root.tftest.hcl"
    before, run = generated.read_text().split('run "applies" {')
    plan = run.replace("command = apply", "command = plan")
    generated.write_text(f'{before}run "plans" {{{plan}\nrun "applies" {{{run}')
    made = folder / "made.jsonl"
    environment = offline_environment() | {"OFFLINE_EPHEMERAL_VALUES": str(made)}
    terraform(root, "init", "-backend=false", environment=environment)
    printed = terraform(root, "test", "-json", "-verbose", environment=environment)
    events = [json.loads(line) for line in printed.splitlines()]
    kept = [event[key] for event in events for key in ("test_plan", "test_state") if key in event]
    assert len(kept) == 2, "a plan and a state"
    return {opened["result"] for opened in map(json.loads, made.read_text().splitlines())}, kept


def resources(kept: Any) -> Iterator[dict[str, Any]]:
    """Every object in the JSON of a state that is a resource."""
    if isinstance(kept, dict):
        if "type" in kept and "values" in kept:
            yield kept
        for value in kept.values():
            yield from resources(value)
    elif isinstance(kept, list):
        for value in kept:
            yield from resources(value)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_no_generated_value_is_kept(cloud: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values, kept = applied(environment_text(cloud, "dedicated", "prod"), tmp_path, monkeypatch)
    # Two services' passwords for two servers and that of the administrator, anew in each run.
    assert len(values) >= 2 * 5
    assert all(len(value) == 32 for value in values)
    for document in map(json.dumps, kept):
        assert not [value for value in values if value in document]
        assert f"flowwise-{NAME}" in document, "the search would find nothing"


def test_only_a_managed_broker_keeps_its_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = with_managed_broker(environment_text("aws", "shared", "prod"))
    values, (_, state) = applied(text, tmp_path, monkeypatch)
    assert not [value for value in values if value in json.dumps(state)]
    (password,) = {made["values"]["result"] for made in resources(state) if made["type"] == "random_password"}
    holders = {holder["type"] for holder in resources(state) if password in json.dumps(holder["values"])}
    assert holders == {"random_password", "aws_mq_broker", "aws_secretsmanager_secret_version"}
