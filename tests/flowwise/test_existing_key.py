"""A key that is there already is looked at before it encrypts anything: what is wrong stops the plan."""

from pathlib import Path

import pytest

from flowwise.existing_key.aws import AwsExistingKey
from flowwise.existing_key.azure import AzureExistingKey
from flowwise.existing_key.google import GoogleExistingKey
from tests.flowwise.refused_plans import Wrong, assert_refused

pytestmark = pytest.mark.terraform

MODULES = {"azure": AzureExistingKey, "aws": AwsExistingKey, "google": GoogleExistingKey}
VAULT, AZURE_KEY = "azurerm_key_vault.this", "azurerm_key_vault_key.this"
AWS_KEY, GOOGLE_KEY = "aws_kms_key.this", "google_kms_crypto_key.this"
FIREWALL = {"default_action": "Deny", "bypass": "AzureServices", "ip_rules": [], "virtual_network_subnet_ids": []}
WRONG = {
    "azure": [
        Wrong("name_alone", f"data.{VAULT}", says='key_id = "flowwise"'),
        Wrong(
            "other_subscription",
            f"data.{VAULT}",
            "azurerm_client_config.current",
            {"subscription_id": "99999999-9999-9999-9999-999999999999"},
        ),
        Wrong("other_region", f"data.{VAULT}", VAULT, {"location": "eastus"}),
        Wrong("access_policies", f"data.{VAULT}", VAULT, {"rbac_authorization_enabled": False}),
        Wrong("purged", f"data.{VAULT}", VAULT, {"purge_protection_enabled": False}),
        Wrong("a_firewall_before_a_registry", f"data.{VAULT}", VAULT, {"network_acls": [FIREWALL]}),
        Wrong("no_address_for_a_registry", f"data.{VAULT}", VAULT, {"public_network_access_enabled": False}),
        Wrong(
            "a_firewall_for_all",
            f"data.{VAULT}",
            VAULT,
            {"network_acls": [FIREWALL | {"bypass": "None"}]},
            says="images = false",
        ),
        Wrong("elliptic_curve", f"data.{AZURE_KEY}", AZURE_KEY, {"key_type": "EC"}, says="cache = false"),
        Wrong("too_short", f"data.{AZURE_KEY}", AZURE_KEY, {"key_size": 1024}),
        Wrong("in_an_hsm_before_a_cache", f"data.{AZURE_KEY}", AZURE_KEY, {"key_type": "RSA-HSM"}),
        Wrong("for_signing", f"data.{AZURE_KEY}", AZURE_KEY, {"key_opts": ["sign", "verify"]}),
    ],
    "aws": [
        Wrong("name_alone", f"data.{AWS_KEY}", says='key_id = "alias/flowwise"'),
        Wrong("other_region", f"data.{AWS_KEY}", says='region = "us-east-1"'),
        Wrong("other_account", f"data.{AWS_KEY}", "aws_caller_identity.current", {"account_id": "999999999999"}),
        Wrong("disabled", f"data.{AWS_KEY}", AWS_KEY, {"enabled": False}),
        Wrong("of_aws", f"data.{AWS_KEY}", AWS_KEY, {"key_manager": "AWS"}),
        Wrong("for_signing", f"data.{AWS_KEY}", AWS_KEY, {"key_usage": "SIGN_VERIFY"}),
        Wrong("a_pair", f"data.{AWS_KEY}", AWS_KEY, {"customer_master_key_spec": "RSA_2048"}),
    ],
    "google": [
        Wrong("name_alone", f"data.{GOOGLE_KEY}", says='key_id = "flowwise"'),
        Wrong("other_region", f"data.{GOOGLE_KEY}", says='region = "us-east1"'),
        Wrong("other_project", f"data.{GOOGLE_KEY}", "google_project.this", {"id": "projects/flowwise-keys"}),
        Wrong("for_signing", f"data.{GOOGLE_KEY}", GOOGLE_KEY, {"purpose": "ASYMMETRIC_SIGN"}),
        Wrong("disabled", f"data.{GOOGLE_KEY}", GOOGLE_KEY, {"primary": [{"name": "1", "state": "DISABLED"}]}),
    ],
}


@pytest.mark.parametrize("cloud", MODULES)
def test_what_is_wrong_stops_the_plan(cloud: str, tmp_path: Path) -> None:
    assert_refused(cloud, MODULES[cloud].path, WRONG[cloud], tmp_path)
