"""The one password that Terraform keeps is a managed broker's, where a file accepts that, searched for by its value.

That it keeps no other of any cloud is in test_administrator_password.py.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.environments.texts import environment_text, with_managed_broker
from tests.offline import attached_environment, terraform
from tests.trees import write_tree_of

pytestmark = pytest.mark.terraform

NAME = "secrets"


def applied(text: str, folder: Path) -> tuple[set[str], Any]:
    """Apply an environment with a mocked cloud: the values made meanwhile, and the state that Terraform would keep.

    Only the cloud is mocked. What makes passwords is not: it notes each that it makes, for the search.
    """
    files = folder / "environments"
    files.mkdir()
    (files / f"{NAME}.toml").write_text(text)
    write_tree_of(files, folder / "infra")
    root = folder / "infra" / "environments" / NAME
    made = folder / "made.jsonl"
    environment = attached_environment(OFFLINE_EPHEMERAL_VALUES=str(made))
    terraform(root, "init", "-backend=false", environment=environment)
    printed = terraform(root, "test", "-json", "-verbose", environment=environment)
    (state,) = (event["test_state"] for event in map(json.loads, printed.splitlines()) if "test_state" in event)
    return {opened["result"] for opened in map(json.loads, made.read_text().splitlines())}, state


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


def test_only_a_managed_broker_keeps_its_password(tmp_path: Path) -> None:
    text = with_managed_broker(environment_text("aws", "shared", "prod"))
    values, state = applied(text, tmp_path)
    assert not [value for value in values if value in json.dumps(state)]
    (password,) = {made["values"]["result"] for made in resources(state) if made["type"] == "random_password"}
    holders = {holder["type"] for holder in resources(state) if password in json.dumps(holder["values"])}
    assert holders == {"random_password", "aws_mq_broker", "aws_secretsmanager_secret_version"}
