"""Terraform offline: stock Terraform gets the stand-ins, refuses with them what is wrong, and applies what is right."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cdk.binding_sets import DEFAULT, installed_set
from tests.offline import attached_environment, cli_config, offline_cli_config, provider_origins
from tests.offline.plugin import protobuf
from tests.offline.real_providers import REGISTRY, satisfies, this_platform
from tests.offline.stand_ins import FOLDER, MIRROR, stand_in_version
from tests.workspace import REPOSITORY

pytestmark = pytest.mark.terraform

GROUP = """
terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.61, < 5.0"
    }
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.1, < 4.0"
    }
  }
}

variable "location" {
  type    = string
  default = "brazilsouth"
}

variable "purpose" {
  type    = string
  default = "first"
}

variable "secret" {
  type      = string
  default   = "not-for-the-state"
  ephemeral = true
}

resource "azurerm_resource_group" "this" {
  name     = "flowwise"
  location = var.location
  tags     = { purpose = var.purpose }
}
"""

CLUSTER = """
data "azurerm_client_config" "current" {}

resource "azurerm_kubernetes_cluster" "this" {
  name                = "cluster"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  dns_prefix          = "cluster"
  tags                = { purpose = var.purpose }

  default_node_pool {
    name    = "system"
    vm_size = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "this" {
  scope                = azurerm_resource_group.this.id
  role_definition_name = "Reader"
  principal_id         = azurerm_kubernetes_cluster.this.identity[0].principal_id
}

resource "azurerm_key_vault_secret" "this" {
  name             = "database"
  key_vault_id     = "vault"
  value_wo         = var.secret
  value_wo_version = 1
}

resource "helm_release" "this" {
  name  = "web"
  chart = "web"

  set = [{ name = "tenant", value = data.azurerm_client_config.current.tenant_id }]

  set_wo          = [{ name = "secret", value = var.secret }]
  set_wo_revision = 1
}

output "cluster_id" {
  value = azurerm_kubernetes_cluster.this.id
}

output "certificate" {
  value     = base64decode(azurerm_kubernetes_cluster.this.kube_config[0].cluster_ca_certificate)
  sensitive = true
}
"""


@dataclass(frozen=True)
class Terraform:
    """Stock Terraform in a folder, with a given CLI configuration and no way to a network.

    It starts the stand-ins, or attaches to those that run already, where what they say is all that matters.
    """

    folder: Path
    config: Path
    attached: bool = False

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        nowhere = "http://127.0.0.1:9"
        return subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=os.environ
            | (attached_environment() if self.attached else {})
            | {"TF_CLI_CONFIG_FILE": str(self.config), "TF_CLI_ARGS": "-no-color", "TF_IN_AUTOMATION": "1"}
            | {"HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere, "NO_PROXY": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )

    def succeed(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.returncode == 0, result.stdout
        return result.stdout

    def state(self) -> dict[str, dict[str, Any]]:
        """The values of each resource, by address."""
        resources = json.loads(self.succeed("show", "-json"))["values"]["root_module"]["resources"]
        return {resource["address"]: resource["values"] for resource in resources}


@pytest.fixture
def stand_ins_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the real providers, should they be at hand: those would go to a cloud."""
    monkeypatch.delenv("TERRAFORM_REGISTRY", raising=False)
    monkeypatch.setenv("TF_PLUGIN_MIRROR", "")


@pytest.fixture
def module(tmp_path: Path, stand_ins_only: None) -> Callable[..., Terraform]:
    def write(main: str, *, attached: bool = False, **files: str) -> Terraform:
        (tmp_path / "main.tf").write_text(main)
        for name, text in files.items():
            (tmp_path / name.replace("__", ".")).write_text(text)
        terraform = Terraform(tmp_path, offline_cli_config(), attached)
        terraform.succeed("init", "-backend=false")
        return terraform

    return write


def test_a_right_configuration_is_valid(module: Callable[..., Terraform]) -> None:
    assert "Success! The configuration is valid." in module(GROUP + CLUSTER).succeed("validate")


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("location = var.location", "location = var.location\n  colour = 1", "Unsupported argument"),
        ('  name     = "flowwise"\n', "", 'The argument "name" is required'),
        ('dns_prefix          = "cluster"', "dns_prefix = []", "string required"),
        ("default_node_pool {", "default_node_pool = {", "Unsupported argument"),
        ("default_node_pool {", "default_node_pool {}\n  default_node_pool {", "Too many default_node_pool blocks"),
        ("  set = [{", "  set {\n    name = 1\n  }\n  values = [{", "Unsupported block type"),
        ('"azurerm_resource_group" "this" {', '"azurerm_resource_grope" "this" {', "Invalid resource type"),
        ("azurerm_kubernetes_cluster.this.id\n", "azurerm_kubernetes_cluster.this.ids\n", "Unsupported attribute"),
        ("value_wo         = var.secret", "value = var.secret", "Invalid use of ephemeral value"),
        ('type = "SystemAssigned"', 'type = "SystemAssinged"', "It is SystemAssinged, and must be one of"),
        ('role_definition_name = "Reader"', "", "One of role_definition_id, role_definition_name is required"),
    ],
    ids=[
        "unknown argument",
        "missing argument",
        "wrong type",
        "block written as attribute",
        "block too often",
        "attribute written as block",
        "unknown resource type",
        "unknown attribute",
        "ephemeral value that is stored",
        "value that the provider does not know",
        "neither of two arguments",
    ],
)
def test_what_is_wrong_is_refused(module: Callable[..., Terraform], right: str, wrong: str, complaint: str) -> None:
    configuration = GROUP + CLUSTER
    assert right in configuration
    result = module(configuration.replace(right, wrong), attached=True).run("validate")
    assert result.returncode == 1
    assert complaint in result.stdout


def test_a_sensitive_output_has_to_say_so(module: Callable[..., Terraform]) -> None:
    result = module(GROUP + CLUSTER.replace("  sensitive = true\n", ""), attached=True).run("plan")
    assert "Output refers to sensitive values" in result.stdout


def test_apply_again_change_replace_destroy(module: Callable[..., Terraform]) -> None:
    terraform = module(GROUP + CLUSTER, attached=True)
    terraform.succeed("apply", "-auto-approve")
    created = terraform.state()
    subscription = "/subscriptions/00000000-0000-0000-0000-000000000000"
    group, cluster = created["azurerm_resource_group.this"], created["azurerm_kubernetes_cluster.this"]
    assert group["id"] == f"{subscription}/resourceGroups/flowwise"
    assert cluster["id"].startswith(f"{subscription}/resourceGroups/flowwise/providers/Offline/")
    principal = cluster["identity"][0]["principal_id"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", principal)
    assert created["azurerm_role_assignment.this"]["principal_id"] == principal

    assert created["azurerm_key_vault_secret.this"]["value_wo"] is None
    assert created["helm_release.this"]["set_wo"] is None
    assert "not-for-the-state" not in (terraform.folder / "terraform.tfstate").read_text()

    assert "No changes." in terraform.succeed("plan", "-detailed-exitcode")

    replaced = "azurerm_key_vault_secret.this"
    change = terraform.succeed("apply", "-auto-approve", "-var=purpose=second", f"-replace={replaced}")
    assert "1 added, 2 changed, 1 destroyed" in change
    changed = terraform.state()
    assert changed["azurerm_resource_group.this"] == group | {"tags": {"purpose": "second"}}
    assert changed["azurerm_kubernetes_cluster.this"] == cluster | {"tags": {"purpose": "second"}}

    assert "Destroy complete! Resources: 5 destroyed." in terraform.succeed("destroy", "-auto-approve")


def test_what_cannot_be_changed_is_replaced(module: Callable[..., Terraform]) -> None:
    """By the facts that the real provider told, and no other than those that it named."""
    terraform = module(GROUP + CLUSTER, attached=True)
    terraform.succeed("apply", "-auto-approve")
    moved = terraform.succeed("plan", "-var=location=westeurope", "-var=purpose=second")
    for type_ in ("azurerm_resource_group", "azurerm_kubernetes_cluster"):
        assert f"{type_}.this must be replaced" in moved
    assert moved.count("# forces replacement") >= 2
    assert "tags" in moved
    assert not re.search(r"purpose.*forces replacement", moved)


def test_the_same_configuration_gets_the_same_values(module: Callable[..., Terraform]) -> None:
    terraform = module('resource "helm_release" "this" {\n  name  = "web"\n  chart = "web"\n}\n')
    states = []
    for _ in range(2):
        terraform.succeed("apply", "-auto-approve")
        states.append(terraform.state())
        (terraform.folder / "terraform.tfstate").unlink()
    assert states[0] == states[1]


def test_terraform_test_with_mocked_providers(module: Callable[..., Terraform]) -> None:
    tests = """
mock_provider "azurerm" {
  mock_resource "azurerm_kubernetes_cluster" {
    defaults = { id = "mocked" }
  }
}

mock_provider "helm" {}

variables {
  secret = "given" # Terraform's tests do not apply the default of an ephemeral variable
}

run "plan" {
  command = plan

  assert {
    condition     = azurerm_resource_group.this.name == "flowwise"
    error_message = "The group has another name."
  }
}

run "apply" {
  assert {
    condition     = output.cluster_id == "mocked"
    error_message = "The cluster is not the mocked one."
  }
}

run "wrong" {
  command = plan

  assert {
    condition     = azurerm_resource_group.this.name == "other"
    error_message = "This is to fail."
  }
}
"""
    without_certificate = CLUSTER[: CLUSTER.index('output "certificate"')]
    result = module(GROUP + without_certificate, attached=True, mocked__tftest__hcl=tests).run("test")
    assert "2 passed, 1 failed" in result.stdout
    assert "This is to fail." in result.stdout


def test_a_block_that_contains_itself(module: Callable[..., Terraform]) -> None:
    terraform = module(
        """
resource "aws_wafv2_rule_group" "this" {
  name     = "rules"
  capacity = 1
  scope    = "REGIONAL"

  rule {
    name      = "all"
    priority  = 1
    statement = { not = "known" }

    action {
      allow {}
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "all"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "rules"
    sampled_requests_enabled   = true
  }
}
"""
    )
    terraform.succeed("apply", "-auto-approve")
    assert "No changes." in terraform.succeed("plan", "-detailed-exitcode")


def test_a_provider_that_is_not_at_hand_is_not_sought_elsewhere(tmp_path: Path, stand_ins_only: None) -> None:
    (tmp_path / "main.tf").write_text('resource "null_resource" "this" {}\n')
    result = Terraform(tmp_path, offline_cli_config()).run("init")
    assert result.returncode == 1
    assert "was not found in any of the search locations" in " ".join(result.stdout.split())


def test_a_build_that_is_up_to_date_is_left_alone(stand_ins_only: None) -> None:
    config = offline_cli_config()
    before = {path: path.stat().st_mtime_ns for path in FOLDER.rglob("*") if "bytecode" not in path.parts}
    again = subprocess.run([sys.executable, "-m", "tests.offline"], cwd=REPOSITORY, check=True, capture_output=True)
    assert f"export TF_CLI_CONFIG_FILE={config}\n" in again.stdout.decode()
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A filesystem mirror with several versions of the AWS provider."""
    for version in ("4.67.0", "5.99.9", "5.100.0", "6.3.0", "6.12.0", "6.30.0-beta1", "7.0.0"):
        (tmp_path / REGISTRY / "hashicorp/aws" / version / this_platform()).mkdir(parents=True)
    (tmp_path / REGISTRY / "hashicorp/azurerm/4.60.0/plan9_mips").mkdir(parents=True)
    monkeypatch.delenv("TERRAFORM_REGISTRY", raising=False)
    monkeypatch.setenv("TF_PLUGIN_MIRROR", os.pathsep.join(["/nonexistent", str(tmp_path)]))
    monkeypatch.setattr(cli_config, "FOLDER", tmp_path)  # where configurations that name this mirror go
    return tmp_path


def test_a_real_provider_at_hand_is_used(mirror: Path) -> None:
    origins = provider_origins()
    assert origins["aws"] == f"real 6.12.0 from {mirror}"
    version = "4.61.0" if installed_set() == DEFAULT else stand_in_version("azurerm")
    assert origins["azurerm"] == f"offline stand-in {version}"
    methods = offline_cli_config().read_text().split("filesystem_mirror")[1:]
    (real,) = [method for method in methods if f'"{mirror}"' in method]
    (stand_in,) = [method for method in methods if f'"{MIRROR}"' in method]
    assert f"{REGISTRY}/hashicorp/aws" in real
    assert f"{REGISTRY}/hashicorp/aws" not in stand_in
    assert f"{REGISTRY}/hashicorp/azurerm" in stand_in


def test_the_registry_is_used_only_if_asked_for(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "direct" not in offline_cli_config().read_text()
    monkeypatch.setenv("TERRAFORM_REGISTRY", "1")
    assert "direct {}" in offline_cli_config().read_text()
    assert "filesystem_mirror" not in offline_cli_config().read_text()
    assert set(provider_origins().values()) == {"real, from the registry"}


@pytest.mark.parametrize(
    ("version", "constraint", "expected"),
    [
        ("5.100.0", ">= 5.100, < 7.0", True),
        ("5.99.0", ">= 5.100, < 7.0", False),
        ("7.0.0", ">= 5.100, < 7.0", False),
        ("6.99.99", ">= 5.100, < 7.0", True),
        ("3.1.0", "3.1", True),
        ("3.1.1", "= 3.1", False),
        ("3.1.1", "> 3.1, != 3.1.1", False),
    ],
)
def test_version_constraints(version: str, constraint: str, expected: bool) -> None:
    assert satisfies(version, constraint) is expected


def test_a_version_constraint_that_is_not_understood() -> None:
    with pytest.raises(ValueError, match=re.escape("~> 3.1")):
        satisfies("3.1.0", "~> 3.1")


def test_the_wire_format() -> None:
    encoded = protobuf.field(1, 300) + protobuf.field(2, "text") + protobuf.message(16, b"") + protobuf.field(3, False)
    assert encoded == b"\x08\xac\x02" + b"\x12\x04text" + b"\x82\x01\x00"
    assert protobuf.contents(encoded) == {2: b"text", 16: b""}
