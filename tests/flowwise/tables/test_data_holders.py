"""The types that no plan destroys unasked are those that the modules make."""

import re
from pathlib import Path

import pytest

from flowwise.tables import workloads
from flowwise.tables.data_holders import DATA_HOLDERS, RELEASES_THAT_HOLD_DATA
from tests.workspace import INFRA

_RESOURCE = re.compile(r'^resource "(\w+)"', re.MULTILINE)
TYPES = {type_: provider for provider, types in DATA_HOLDERS.items() for type_ in types}
# What many modules put around their own.
AROUND = {
    "aws_cloudwatch_log_group",
    "azurerm_log_analytics_workspace",
    "azurerm_resource_group",
    "google_logging_project_bucket_config",
}
PROTECTED = sorted(
    path.parent.relative_to(INFRA).as_posix()
    for path in (INFRA / "modules").rglob("variables.tf")
    if 'variable "protected"' in path.read_text()
)


def types_in(folder: Path) -> set[str]:
    return {type_ for path in folder.rglob("*.tf") for type_ in _RESOURCE.findall(path.read_text())}


def test_every_type_is_made_by_a_module() -> None:
    assert TYPES.keys() - types_in(INFRA) == set()


def test_every_type_is_of_its_provider() -> None:
    assert {type_: provider for type_, provider in TYPES.items() if type_.split("_")[0] != provider} == {}


@pytest.mark.parametrize("folder", PROTECTED)
def test_what_can_be_protected_holds_data(folder: str) -> None:
    assert types_in(INFRA / folder) & TYPES.keys() - AROUND


def test_releases_are_in_namespaces_of_the_workloads() -> None:
    assert {*workloads.RESERVED} >= RELEASES_THAT_HOLD_DATA
