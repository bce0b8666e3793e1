"""Answers of a cloud, and words of a caller, that a module which looks things up has to refuse when it plans."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowwise.aws import mocks as aws
from flowwise.azure import mocks as azure
from flowwise.google import mocks as google
from tests.offline import terraform
from tests.offline.mocked_apply import copy_of

_ANSWERED = {"azure": azure.DATA_SOURCES, "aws": aws.DATA_SOURCES, "google": google.DATA_SOURCES}


@dataclass(frozen=True)
class Wrong:
    """What a cloud answers or a caller says, and what of the module is to refuse it."""

    about: str
    refused_by: str
    data: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    says: str = ""


def assert_refused(cloud: str, path: str, wrong: Sequence[Wrong], tmp_path: Path) -> None:
    """Have Terraform plan a module once for each."""
    folder = copy_of(tmp_path, path) / path
    file = folder / "tests" / "module.tftest.hcl"
    mocks, _, _ = file.read_text().partition('run "')
    file.write_text(mocks + "".join(_run(each, _ANSWERED[cloud]) for each in wrong))
    terraform(folder, "init", "-backend=false")
    assert f"Success! {len(wrong)} passed, 0 failed." in terraform(folder, "test")


def _run(wrong: Wrong, answered: Mapping[str, Mapping[str, Any]]) -> str:
    """A run that is refused. What overrides an answer does so as a whole."""
    answers = json.dumps({**answered[wrong.data.partition(".")[0]], **wrong.answers}) if wrong.data else ""
    override = f"override_data {{\n target = data.{wrong.data}\n values = {answers}\n}}" if wrong.data else ""
    says = f"variables {{\n {wrong.says}\n}}" if wrong.says else ""
    return f'run "{wrong.about}" {{\n command = plan\n expect_failures = [{wrong.refused_by}]\n{override}\n{says}\n}}\n'
