"""The proof of a host in DNS: the right to write it on each cloud, and what cert-manager is told of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from flowwise.authoring.declarations import examples
from flowwise.certificates.kubernetes import KubernetesCertificates
from flowwise.dns_challenge import ChallengeZone
from flowwise.dns_challenge.aws import AwsDnsChallenge
from flowwise.dns_challenge.azure import AzureDnsChallenge
from flowwise.dns_challenge.google import GoogleDnsChallenge
from tests.kubernetes.plans import apply
from tests.offline import terraform
from tests.offline.mocked_apply import copy_of, mocked_apply
from tests.workspace import copy_of_infra

pytestmark = pytest.mark.terraform

MODULES = {"azure": AzureDnsChallenge, "aws": AwsDnsChallenge, "google": GoogleDnsChallenge}
RIGHTS = {
    "azure": (
        "azurerm_role_assignment",
        {"role_definition_name": "DNS Zone Contributor", "scope": "/dnsZones/flowwise.example"},
    ),
    "aws": ("aws_iam_role_policy", {"name": "prove-host", "role": "flowwise-dev-cert-manager-workload"}),
    "google": ("google_dns_managed_zone_iam_member", {"role": "roles/dns.admin", "managed_zone": "flowwise"}),
}
WRONG = """
run "of_another_zone" {
  command         = plan
  expect_failures = [output.zone]
  variables {
    host = "api.other.example"
  }
}
"""
NOT_FOUND = """
run "without_the_zone" {
  command         = plan
  expect_failures = [google_dns_managed_zone_iam_member.this]
  override_data {
    target = data.google_dns_managed_zones.this
    values = {
      managed_zones = [{ dns_name = "flowwise.example.", name = "inside", visibility = "private" }]
    }
  }
}
"""
ZONES = {
    "azure": ChallengeZone(cloud="azure", name="flowwise.example", account="subscription", resource_group="rg-dns"),
    "aws": ChallengeZone(cloud="aws", name="Z0123456789"),
    "google": ChallengeZone(cloud="google", name="flowwise", account="flowwise-project"),
}
SOLVERS: Mapping[str | None, dict[str, Any]] = {
    None: {
        "http01": {
            "gatewayHTTPRoute": {
                "serviceType": "ClusterIP",
                "parentRefs": [
                    {
                        "group": "gateway.networking.k8s.io",
                        "kind": "Gateway",
                        "name": "gateway",
                        "namespace": "gateway",
                        "sectionName": "http",
                    }
                ],
            }
        }
    },
    "azure": {
        "dns01": {
            "azureDNS": {
                "subscriptionID": "subscription",
                "resourceGroupName": "rg-dns",
                "hostedZoneName": "flowwise.example",
            }
        }
    },
    "aws": {"dns01": {"route53": {"hostedZoneID": "Z0123456789"}}},
    "google": {"dns01": {"cloudDNS": {"project": "flowwise-project", "hostedZoneName": "flowwise"}}},
}


@pytest.mark.parametrize("cloud", MODULES)
def test_it_is_a_right_on_one_zone(cloud: str, tmp_path: Path) -> None:
    path = MODULES[cloud].path
    made = mocked_apply(copy_of(tmp_path, path), path)
    type_, expected = RIGHTS[cloud]
    right = made[type_, "this"]
    assert {key: right[key] for key in expected if key != "scope"}.items() <= expected.items()
    assert right.get("scope", "").endswith(expected.get("scope", ""))


def test_on_aws_it_is_one_record(tmp_path: Path) -> None:
    path = AwsDnsChallenge.path
    policy = json.loads(mocked_apply(copy_of(tmp_path, path), path)["aws_iam_role_policy", "this"]["policy"])
    write, look = policy["Statement"]
    assert write["Resource"] == "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"
    assert write["Condition"] == {
        "ForAllValues:StringLike": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": "_acme-challenge.api.dev.flowwise.example"
        },
        "ForAllValues:StringEquals": {
            "route53:ChangeResourceRecordSetsActions": ["DELETE", "UPSERT"],
            "route53:ChangeResourceRecordSetsRecordTypes": "TXT",
        },
    }
    assert (write["Action"], look["Action"]) == (["route53:ChangeResourceRecordSets"], ["route53:GetChange"])


@pytest.mark.parametrize("cloud", MODULES)
def test_a_zone_without_the_host_is_refused(cloud: str, tmp_path: Path) -> None:
    folder = copy_of(tmp_path, MODULES[cloud].path) / MODULES[cloud].path
    file = folder / "tests" / "module.tftest.hcl"
    mocks, _, _ = file.read_text().partition('run "')
    file.write_text(mocks + WRONG + (NOT_FOUND if cloud == "google" else ""))
    terraform(folder, "init", "-backend=false")
    assert "passed, 0 failed." in terraform(folder, "test")


@pytest.mark.parametrize("cloud", SOLVERS)
def test_cert_manager_is_told_the_zone_and_who_it_is(cloud: str | None, tmp_path: Path) -> None:
    module = KubernetesCertificates
    given: dict[str, Any] = {}
    if cloud:
        labels, annotations = {"azure.workload.identity/use": "true"}, {"example.com/identity": "cert-manager"}
        given = {"challenge_zone": ZONES[cloud], "pod_labels": labels, "service_account_annotations": annotations}
    root = apply(copy_of_infra(tmp_path) / module.path, examples(module.contract.inputs, given))["values"]
    made = {each["address"]: each["values"] for each in root["root_module"]["resources"]}
    (issuer,) = yaml.safe_load(made["helm_release.public_issuer[0]"]["values"][0])["resources"]
    assert issuer["spec"]["acme"]["solvers"] == [SOLVERS[cloud]]
    chart = yaml.safe_load(made["helm_release.cert_manager"]["values"][0])
    assert chart["dns01RecursiveNameserversOnly"] is bool(cloud)
    assert chart["dns01RecursiveNameservers"] == ("https://dns.google/dns-query" if cloud else "")
    assert chart["podLabels"] == given.get("pod_labels", {})
    assert chart["serviceAccount"]["annotations"] == given.get("service_account_annotations", {})
    assert ("kubernetes_network_policy_v1.proof[0]" in made) is not bool(cloud)
    assert ("kubernetes_network_policy_v1.tokens[0]" in made) is (cloud == "google")
