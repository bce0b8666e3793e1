"""What Azure refuses whoever asks, the roles of Contributors and of those who lift locks notwithstanding: Azure Policy.

Definitions and assignments belong to Microsoft.Authorization, on which Contributor, Locks Contributor and Role Based
Access Control Administrator write neither ("Azure built-in roles"): so who applies cannot lift them, as an owner can.
They hold in the whole subscription, and name what they are for: it cannot be moved out of their reach. How a rule is
written: "Azure Policy definition structure"; until it holds, half an hour may pass ("Evaluation outcomes").
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cdk.azurerm import PolicyDefinition, SubscriptionPolicyAssignment
from flowwise.authoring.expressions import call
from flowwise.authoring.module import Module
from flowwise.tables.naming import resource_name

Condition = Mapping[str, Any]


def field(name: str, **operator: Any) -> Condition:
    """A condition on a field of a resource, such as `field("type", equals="Microsoft.Storage/storageAccounts")`."""
    return {"field": name, **operator}


def all_of(*conditions: Condition) -> Condition:
    """All of them hold."""
    return {"allOf": list(conditions)}


def any_of(*conditions: Condition) -> Condition:
    """One of them holds."""
    return {"anyOf": list(conditions)}


def none_of(*conditions: Condition) -> Condition:
    """None of them holds."""
    return {"not": any_of(*conditions)}


DENY: Mapping[str, Any] = {"effect": "deny"}
"""Refuses to make a resource that the rule is for, or to make one such."""

KEEP: Mapping[str, Any] = {
    "effect": "denyAction",
    "details": {"actionNames": ["delete"], "cascadeBehaviors": {"resourceGroup": "deny"}},
}
"""Refuses to delete it, by itself or with its resource group."""


def add_guardrail(
    module: Module[Any, Any],
    name: str,
    *,
    words: str,
    refused: Condition,
    effect: Mapping[str, Any],
    subscription: str,
    nested: bool = False,
    enforced: bool = True,
    depends_on: Sequence[Any] | None = None,
) -> SubscriptionPolicyAssignment:
    """Have the subscription, an identifier, refuse what fulfils a condition. `nested` types have no location."""
    definition = module.resource(
        PolicyDefinition,
        name,
        name=resource_name("policy_definition", name.replace("_", "-")),
        display_name=words,
        policy_type="Custom",
        mode="All" if nested else "Indexed",
        policy_rule=call("jsonencode", {"if": refused, "then": effect}),
    )
    return module.resource(
        SubscriptionPolicyAssignment,
        name,
        name=resource_name("policy_definition", name.replace("_", "-")),
        display_name=words,
        subscription_id=subscription,
        policy_definition_id=definition.id,
        enforce=enforced,
        depends_on=depends_on,
    )
