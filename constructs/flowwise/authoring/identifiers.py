"""What modules ask of the identifier of something that is there already, before they look it up."""

from cdk.core import Precondition
from flowwise.authoring.expressions import text
from flowwise.tables.existing_ids import Identifier


def is_identifier(variable: str, identifier: Identifier, called: str = "identifier") -> Precondition:
    """That a variable has the form that the cloud gives to what it calls its identifier."""
    return Precondition(
        condition=text(f'can(regex("^{identifier.pattern}$", var.{variable}))'),
        error_message=f"{variable} must be the {called} of {identifier.words}, such as {identifier.example}.",
    )
