"""What is deployed stays when a module gets a count: Terraform is told that it has moved, as it does not guess."""

import re
from pathlib import Path

import pytest

from flowwise.tables.project import CLOUDS
from tests.offline import terraform
from tests.workspace import INFRA

pytestmark = pytest.mark.terraform

COUNTED = ("cluster", "container_registry", "encryption", "network")
"""Modules of a platform that had no count once."""


@pytest.mark.parametrize("cloud", CLOUDS)
def test_nothing_is_made_anew(cloud: str, tmp_path: Path) -> None:
    """By the blocks of a platform, in a root whose modules of the same names have but one resource each."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "main.tf").write_text('resource "terraform_data" "this" {}\n')
    main, calls = tmp_path / "main.tf", [f'module "{name}" {{\n source = "./one"\n' for name in COUNTED]
    main.write_text("".join(f"{call}}}\n" for call in calls))
    terraform(tmp_path, "init")
    terraform(tmp_path, "apply", "-auto-approve")
    main.write_text("".join(f"{call} count = 1\n}}\n" for call in calls))
    moved = (INFRA / cloud / "moved.tf").read_text()
    (tmp_path / "moved.tf").write_text(moved)
    terraform(tmp_path, "init")
    assert "0 to add, 0 to change, 0 to destroy" in terraform(tmp_path, "plan", "-no-color")
    platform = (INFRA / cloud / "main.tf").read_text()
    assert all(re.search(rf'^module "{name}" {{\n  source = .*\n\n  count ', platform, re.M) for name in COUNTED)
