"""A registry that is there already is looked at before anybody is to pull from it: what is wrong stops the plan."""

from pathlib import Path

import pytest

from flowwise.existing_registry.aws import AwsExistingRegistry
from flowwise.existing_registry.azure import AzureExistingRegistry
from flowwise.existing_registry.google import GoogleExistingRegistry
from tests.flowwise.refused_plans import Wrong, assert_refused
from tests.offline.mocked_apply import copy_of, mocked_apply

pytestmark = pytest.mark.terraform

MODULES = {"azure": AzureExistingRegistry, "aws": AwsExistingRegistry, "google": GoogleExistingRegistry}
NAME_ALONE = 'registry_id = "crflowwise"'
DATA = {
    "azure": "data.azurerm_container_registry.this",
    "aws": "data.aws_ecr_repository.this",
    "google": "data.google_artifact_registry_repository.this",
}
WRONG = {
    "azure": [
        Wrong(
            "other_subscription",
            DATA["azure"],
            "azurerm_client_config.current",
            {"subscription_id": "99999999-9999-9999-9999-999999999999"},
        ),
        Wrong("an_administrator", DATA["azure"], DATA["azure"].removeprefix("data."), {"admin_enabled": True}),
    ],
    "aws": [Wrong("other_region", DATA["aws"], says='region = "us-east-1"')],
    "google": [
        Wrong("no_images", DATA["google"], DATA["google"].removeprefix("data."), {"format": "MAVEN"}),
        Wrong(
            "other_project",
            DATA["google"],
            says='registry_id = "projects/flowwise-images/locations/southamerica-east1/repositories/flowwise"',
        ),
    ],
}


@pytest.mark.parametrize("cloud", MODULES)
def test_what_is_wrong_stops_the_plan(cloud: str, tmp_path: Path) -> None:
    wrong = [Wrong("name_alone", DATA[cloud], says=NAME_ALONE), *WRONG[cloud]]
    assert_refused(cloud, MODULES[cloud].path, wrong, tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", 1),
        ('"Premium"', '"Basic"', 0),
        ("endpoint_subnet_ids = [\n", "endpoint_subnet_ids = [\n#", 0),
    ],
    ids=["a network that has none", "a registry that takes none", "a network that has one"],
)
def test_a_private_endpoint_is_made_where_there_can_be_one_and_is_none(
    old: str, new: str, expected: int, tmp_path: Path
) -> None:
    infra = copy_of(tmp_path, MODULES["azure"].path)
    file = infra / MODULES["azure"].path / "tests" / "module.tftest.hcl"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new) if old else file.read_text())
    made = mocked_apply(infra, MODULES["azure"].path)
    assert len(made.get(("azurerm_private_endpoint", "this"), [])) == expected
