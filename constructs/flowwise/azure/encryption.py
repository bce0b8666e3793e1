"""What modules on Azure that encrypt with a key of ours have in common: the right to use the key."""

from typing import Any

from cdk.azurerm import RoleAssignment
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module


def allow_encryption(module: Module[Any, Any], principal_id: str) -> RoleAssignment:
    """Let an identity encrypt with the key of the input `encryption_key`. Whatever encrypts has to wait for this."""
    return module.resource(
        RoleAssignment,
        "encryption",
        scope=text("var.encryption_key.resource_id"),
        role_definition_name="Key Vault Crypto Service Encryption User",
        principal_id=principal_id,
        principal_type="ServicePrincipal",
    )
