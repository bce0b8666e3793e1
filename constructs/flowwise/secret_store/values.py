"""The values of secrets, which are made the same way for every cloud's store."""

from typing import Any

from cdk.core import Precondition
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module
from flowwise.secret_store import GENERATED_LENGTH

KNOWS_READER = Precondition(
    condition=text("contains(keys(var.reader_ids), each.value.reader)"),
    error_message="reader_ids must have every reader of secrets.",
)
"""Of the right to read a secret, and not of the secret: it would wait for its readers, and databases for it."""


HAS_VALUE = Precondition(
    condition=text('each.value.generated || trimspace(lookup(var.secret_values, each.key, "")) != ""'),
    error_message="secret_values must have ${each.key}, which is not generated: others hand it out.",
)
"""Of the value of a secret. A word of ours in its place would be stored, and taken for a key, without notice.

It holds for every plan: nothing tells Terraform, before it plans, which of them the store has already. A destroy asks
for none.
"""


def add_generated(module: Module[Any, Any], name: str, **arguments: Any) -> None:
    """Add `ephemeral.random_password.<name>`, a value that servers of all kinds take as a password."""
    module.ephemeral(
        "random_password",
        name,
        **arguments,
        length=GENERATED_LENGTH,
        # Some servers want one of each: Azure's PostgreSQL, for one.
        min_lower=1,
        min_upper=1,
        min_numeric=1,
        special=False,
    )


def add_values(module: Module[Any, Any]) -> str:
    """Add what generates values; gives the value of the secret `each.key`, for a write-only argument."""
    add_generated(
        module, "this", for_each=text("{ for name, secret in var.secrets : name => secret if secret.generated }")
    )
    return text("each.value.generated ? ephemeral.random_password.this[each.key].result : var.secret_values[each.key]")
