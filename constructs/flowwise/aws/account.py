"""The account that a module on AWS works in, for what has to be in it."""

from cdk.core import Precondition
from flowwise.authoring.expressions import text


def is_in_account(what: str) -> Precondition:
    """That what `local.arn` has the parts of the ARN of is in the account `current`, and in the region."""
    return Precondition(
        condition=text(
            "try(local.arn[3], null) == var.region && "
            "try(local.arn[4], null) == data.aws_caller_identity.current.account_id"
        ),
        error_message=f"{what} must be in the environment's own account, and in ${{var.region}}.",
    )
