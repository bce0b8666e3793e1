"""Credentials of another account than the environment's are refused before anything is planned."""

from pathlib import Path

import pytest

from tests.e2e.deployment import NAME, Deployment, new_small_deployment
from tests.e2e.emulator import ACCOUNT, Emulator

pytestmark = [pytest.mark.e2e, pytest.mark.terraform]
ANOTHER = "210987654321"


@pytest.fixture
def environment(tmp_path: Path, emulator: Emulator) -> Deployment:
    return new_small_deployment(tmp_path, emulator, attached=True)


def test_credentials_of_another_account_are_refused(environment: Deployment) -> None:
    refused = environment.try_terraform("apply", "-auto-approve", f"-var=account_id={ANOTHER}")
    assert refused.returncode == 1
    assert f"AWS account ID not allowed: {ACCOUNT}" in refused.stdout
    assert "Terraform will perform the following actions" not in refused.stdout
    assert environment.emulator.tagged(NAME) == []
    assert environment.states() == {}
