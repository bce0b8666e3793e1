"""What is there already besides the network is not made in an environment that names it, nor billed."""

from pathlib import Path

import pytest

from costs.bills import BILLS
from environments import load_environment
from flowwise.tables.project import CLOUDS
from tests.environments.texts import environment_text, with_existing
from tests.offline.mocked_apply import made_resources
from tests.trees import write_tree_of

pytestmark = pytest.mark.terraform

NOT_MADE = ("container_registry", "encryption")
"""Modules that others take the place of."""


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_environment_lives_with_it(cloud: str, tmp_path: Path) -> None:
    files = tmp_path / "environments"
    files.mkdir()
    file = files / "guest.toml"
    file.write_text(with_existing(environment_text(cloud, "shared", "dev"), cloud))
    write_tree_of(files, tmp_path / "infra")
    made = [each for each in made_resources(tmp_path / "infra/environments/guest") if each["mode"] == "managed"]
    modules = {each["address"].split(".")[3].partition("[")[0] for each in made}
    assert "cluster" in modules and not modules & set(NOT_MADE)
    assert "azurerm_log_analytics_workspace" not in {each["type"] for each in made}
    of_registry = {each["type"] for each in made if ".existing_registry[0]." in each["address"]}
    assert (
        of_registry
        == {
            "azure": {"azurerm_private_endpoint", "azurerm_resource_group", "azurerm_role_assignment"},
            "aws": set(),
            "google": {"google_artifact_registry_repository_iam_member"},
        }[cloud]
    )
    assert not [line for line in BILLS[cloud](load_environment(file)) if "log_analytics" in line.resource]
    billed = {line.resource.split(".")[3].partition("[")[0] for line in BILLS[cloud](load_environment(file))}
    assert not billed & set(NOT_MADE)
    assert ("existing_registry" in billed) == (cloud == "azure")
