"""The gateway's record: of a zone that has the host, in each cloud's words, and none where nobody names a zone."""

from pathlib import Path

import pytest

from flowwise.gateway_address.aws import AwsGatewayAddress
from flowwise.gateway_address.azure import AzureGatewayAddress
from flowwise.gateway_address.google import GoogleGatewayAddress
from tests.offline import terraform
from tests.offline.mocked_apply import copy_of, mocked_apply

pytestmark = pytest.mark.terraform

MODULES = {"azure": AzureGatewayAddress, "aws": AwsGatewayAddress, "google": GoogleGatewayAddress}
RECORDS = {"azure": "azurerm_dns_a_record", "aws": "aws_route53_record", "google": "google_dns_record_set"}
# What each cloud calls the record of api.dev.flowwise.example in the zone flowwise.example.
NAMES = {"azure": "api.dev", "aws": "api.dev.flowwise.example", "google": "api.dev.flowwise.example."}
WRONG = """
run "of_another_zone" {
  command         = plan
  expect_failures = [output.addresses]
  variables {
    dns_zone = "other.example"
  }
}
run "of_the_end_of_a_word" {
  command         = plan
  expect_failures = [output.addresses]
  variables {
    dns_zone = "wise.example"
  }
}
"""
NOT_FOUND = """
run "without_the_zone" {
  command         = plan
  expect_failures = [google_dns_record_set.this]
  override_data {
    target = data.google_dns_managed_zones.this
    values = {
      managed_zones = [{ dns_name = "flowwise.example.", name = "inside", visibility = "private" }]
    }
  }
}
"""


@pytest.mark.parametrize("cloud", MODULES)
def test_the_record_points_to_the_address(cloud: str, tmp_path: Path) -> None:
    path = MODULES[cloud].path
    made = mocked_apply(copy_of(tmp_path, path), path)
    (record,) = made[RECORDS[cloud], "this"]
    assert (record["name"], record["ttl"]) == (NAMES[cloud], 300)
    if cloud == "azure":
        assert record["target_resource_id"] == made["azurerm_public_ip", "this"]["id"]
    if cloud == "aws":
        assert set(record["records"]) == {each["public_ip"] for each in made["aws_eip", "this"]}
    if cloud == "google":
        assert (record["managed_zone"], record["type"]) == ("flowwise", "A")
        assert record["rrdatas"] == [made["google_compute_address", "this"]["address"]]


@pytest.mark.parametrize("cloud", MODULES)
def test_a_zone_without_the_host_is_refused(cloud: str, tmp_path: Path) -> None:
    folder = copy_of(tmp_path, MODULES[cloud].path) / MODULES[cloud].path
    file = folder / "tests" / "module.tftest.hcl"
    mocks, _, _ = file.read_text().partition('run "')
    # On Google Cloud, a zone is looked for among those that there are, and that comes first.
    wrong = NOT_FOUND if cloud == "google" else WRONG
    file.write_text(mocks + wrong)
    terraform(folder, "init", "-backend=false")
    assert "passed, 0 failed." in terraform(folder, "test")


@pytest.mark.parametrize("cloud", MODULES)
def test_without_a_zone_there_is_an_address_and_no_record(cloud: str, tmp_path: Path) -> None:
    path = MODULES[cloud].path
    infra = copy_of(tmp_path, path)
    file = infra / path / "tests" / "module.tftest.hcl"
    lines = [line for line in file.read_text().splitlines(keepends=True) if not line.startswith("  dns_zone ")]
    file.write_text("".join(lines))
    types = {type_ for type_, _ in mocked_apply(infra, path)}
    assert types
    assert not types & set(RECORDS.values())
