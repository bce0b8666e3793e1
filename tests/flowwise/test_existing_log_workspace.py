"""A log workspace that is there already is looked up before anything logs to it: what is wrong stops the plan."""

from pathlib import Path

import pytest

from flowwise.existing_log_workspace.azure import AzureExistingLogWorkspace
from tests.flowwise.refused_plans import Wrong, assert_refused

pytestmark = pytest.mark.terraform

FOUND = "azurerm_resources.this"
WRONG = [
    Wrong("name_alone", f"data.{FOUND}", says='workspace_id = "log-flowwise"'),
    Wrong(
        "other_subscription",
        f"data.{FOUND}",
        "azurerm_client_config.current",
        {"subscription_id": "99999999-9999-9999-9999-999999999999"},
    ),
    Wrong("not_there", f"data.{FOUND}", FOUND, {"resources": []}),
]


def test_what_is_wrong_stops_the_plan(tmp_path: Path) -> None:
    assert_refused("azure", AzureExistingLogWorkspace.path, WRONG, tmp_path)
