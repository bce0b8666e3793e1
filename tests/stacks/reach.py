"""What whoever applies an environment could try on its pipelines' identities and its state, and what says no to it.

A policy of Azure is evaluated as "Azure Policy definition structure" has it, as far as those here go: text is compared
without regard to case, and a field that is not there equals nothing. Roles: "Azure built-in roles", and "IAM roles and
permissions index" (cloud.google.com).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from flowwise.remote_state import AZURE_ACCOUNT_SUFFIX
from flowwise.tables.naming import known_name
from tests.offline.mocked_apply import Made

ORGANIZATION = "other-people"
"""Whose the environments are, in the roots that are looked at."""

WRITE_POLICIES = {
    "Owner",
    "Resource Policy Contributor",
    "Role Based Access Control Administrator (Preview)",
    "Security Admin",
    "User Access Administrator",
}
"""Roles that write policy assignments or exemptions, or give others that do without a condition."""

PIPELINE_ASSIGNMENTS = ("review", "drift", "plan", "apply", "drift_refresh", "plan_refresh")

ALMIGHTY_ON_GOOGLE = {
    "roles/editor",
    "roles/iam.roleAdmin",
    "roles/iam.securityAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountKeyAdmin",
    "roles/iam.serviceAccountTokenCreator",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/owner",
    "roles/resourcemanager.projectIamAdmin",
    "roles/storage.admin",
}
"""Roles by which one becomes an owner, somebody else, or master of a bucket."""

OUT_OF_REACH_ON_GOOGLE = re.compile(
    r"^(storage|resourcemanager|orgpolicy|cloudkms)\."
    r"|^iam\.(roles|workloadIdentity\w+|serviceAccountKeys|denypolicies)\."
    r"|^iam\.serviceAccounts\.(enable|undelete|getAccessToken|getOpenIdToken|implicitDelegation|signBlob|signJwt)$"
)
"""Permissions likewise."""


@dataclass(frozen=True)
class Attack:
    """A write or delete of a resource on Azure, by its fields, and whether the subscription refuses it."""

    words: str
    action: str
    resource: Mapping[str, str]
    refused: bool = True


_TRUST = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
_ACCOUNTS = "Microsoft.Storage/storageAccounts"
_BLOBS = f"{_ACCOUNTS}/blobServices"
_GITHUB = "https://token.actions.githubusercontent.com"
_OURS = "repo:flowwise/platform:environment:dev"
_STATE = known_name("storage_account", "flowwise-dev", AZURE_ACCOUNT_SUFFIX, owner=ORGANIZATION)
_CLOSED = {
    "type": _ACCOUNTS,
    "name": _STATE,
    f"{_ACCOUNTS}/allowSharedKeyAccess": "false",
    f"{_ACCOUNTS}/allowBlobPublicAccess": "false",
    f"{_ACCOUNTS}/networkAcls.defaultAction": "Deny",
}
_KEPT = {
    "type": _BLOBS,
    "fullName": f"{_STATE}/default",
    f"{_BLOBS}/default.isVersioningEnabled": "true",
    f"{_BLOBS}/default.deleteRetentionPolicy.enabled": "true",
}


def _trust(credential: str, subject: str, issuer: str = _GITHUB) -> Mapping[str, str]:
    return {"type": _TRUST, "fullName": credential, f"{_TRUST}/issuer": issuer, f"{_TRUST}/subject": subject}


def _without(fields: Mapping[str, str], field: str) -> Mapping[str, str]:
    return {name: value for name, value in fields.items() if name != field}


ATTACKS_ON_AZURE = (
    Attack("its own trust", "write", _trust("id-flowwise-dev-pipeline-apply/github", _OURS), refused=False),
    Attack("a branch becomes who applies", "write", _trust("id-flowwise-dev-pipeline-apply/github", f"{_OURS}-review")),
    Attack("another trust beside", "write", _trust("id-flowwise-dev-pipeline-apply/mine", _OURS)),
    Attack(
        "another repository", "write", _trust("id-flowwise-dev-pipeline-plan/github", "repo:me/mine:environment:dev")
    ),
    Attack(
        "a cluster", "write", _trust("id-flowwise-dev-pipeline-plan/github", f"{_OURS}-plan", "https://oidc.example")
    ),
    Attack("in capitals", "write", _trust("ID-Flowwise-dev-Pipeline-apply/mine", _OURS)),
    Attack(
        "a workload's trust",
        "write",
        _trust("id-flowwise-dev-lancamentos/pods", "system:x", "https://o"),
        refused=False,
    ),
    Attack("the account as it is", "write", _CLOSED, refused=False),
    Attack("shared keys", "write", _CLOSED | {f"{_ACCOUNTS}/allowSharedKeyAccess": "true"}),
    Attack("shared keys by default", "write", _without(_CLOSED, f"{_ACCOUNTS}/allowSharedKeyAccess")),
    Attack("public blobs", "write", _CLOSED | {f"{_ACCOUNTS}/allowBlobPublicAccess": "true"}),
    Attack("the firewall off", "write", _CLOSED | {f"{_ACCOUNTS}/networkAcls.defaultAction": "Allow"}),
    Attack("the state's storage goes", "delete", _CLOSED),
    Attack("another storage goes", "delete", _CLOSED | {"name": "stother"}, refused=False),
    Attack("versions as they are", "write", _KEPT, refused=False),
    Attack("no versions", "write", _KEPT | {f"{_BLOBS}/default.isVersioningEnabled": "false"}),
    Attack("no way back", "write", _KEPT | {f"{_BLOBS}/default.deleteRetentionPolicy.enabled": "false"}),
)


def several(values: Any) -> list[Any]:
    """The values of each, where there may be one or several."""
    return values if isinstance(values, list) else [values]


def is_refused(made: Made, action: str, resource: Mapping[str, str]) -> bool:
    """Whether an assigned policy refuses to write or delete a resource."""
    effect = {"write": "deny", "delete": "denyAction"}[action]
    for (type_, name), assignment in made.items():
        if type_ == "azurerm_subscription_policy_assignment" and assignment["enforce"]:
            definition = made["azurerm_policy_definition", name]
            rule = json.loads(definition["policy_rule"])
            # A type without a location is seen in mode All alone.
            seen = definition["mode"] == "All" or resource["type"].count("/") == 1
            if seen and rule["then"]["effect"] == effect and _holds(rule["if"], resource):
                return True
    return False


def _holds(condition: Mapping[str, Any], resource: Mapping[str, str]) -> bool:
    if "allOf" in condition:
        return all(_holds(each, resource) for each in condition["allOf"])
    if "anyOf" in condition:
        return any(_holds(each, resource) for each in condition["anyOf"])
    if "not" in condition:
        return not _holds(condition["not"], resource)
    value = resource.get(condition["field"], "").lower()
    ((operator, wanted),) = ((each, text.lower()) for each, text in condition.items() if each != "field")
    return {
        "equals": value == wanted,
        "notEquals": value != wanted,
        "like": fnmatchcase(value, wanted),
    }[operator]


def conditions_hold(expression: str, name: str) -> bool:
    """What a condition of Google's on a resource's name says, by one function and its negation."""
    found = re.fullmatch(r"(!?)resource\.name\.startsWith\('([^']+)'\)", expression)
    assert found, expression
    return name.startswith(found[2]) != bool(found[1])
