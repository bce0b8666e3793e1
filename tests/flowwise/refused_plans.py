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

    @property
    def expected(self) -> str:
        """In the words of a run of `terraform test`."""
        return f"expect_failures = [{self.refused_by}]"


@dataclass(frozen=True)
class Taken:
    """What a cloud answers or a caller says that is good as well, and the condition that outputs fulfil then."""

    about: str
    holds: str
    data: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    says: str = ""

    @property
    def expected(self) -> str:
        """In the words of a run of `terraform test`."""
        return f'assert {{\n condition = {self.holds}\n error_message = "it does not hold"\n}}'


def assert_refused(cloud: str, path: str, wrong: Sequence[Wrong], tmp_path: Path) -> None:
    """Have Terraform plan a module once for each."""
    _assert_expected(cloud, path, wrong, tmp_path)


def assert_taken(cloud: str, path: str, taken: Sequence[Taken], tmp_path: Path) -> None:
    """The same of what is good."""
    _assert_expected(cloud, path, taken, tmp_path)


def _assert_expected(cloud: str, path: str, plans: Sequence[Wrong | Taken], tmp_path: Path) -> None:
    folder = copy_of(tmp_path, path) / path
    file = folder / "tests" / "module.tftest.hcl"
    mocks, _, _ = file.read_text().partition('run "')
    file.write_text(mocks + "".join(_run(each, _ANSWERED[cloud]) for each in plans))
    terraform(folder, "init", "-backend=false")
    assert f"Success! {len(plans)} passed, 0 failed." in terraform(folder, "test")


def _run(plan: Wrong | Taken, answered: Mapping[str, Mapping[str, Any]]) -> str:
    """A run. What overrides an answer does so as a whole."""
    answers = json.dumps({**answered[plan.data.partition(".")[0]], **plan.answers}) if plan.data else ""
    override = f"override_data {{\n target = data.{plan.data}\n values = {answers}\n}}" if plan.data else ""
    says = f"variables {{\n {plan.says}\n}}" if plan.says else ""
    return f'run "{plan.about}" {{\n command = plan\n {plan.expected}\n{override}\n{says}\n}}\n'
