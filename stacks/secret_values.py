"""The variable of a root for secrets that others hand out, which may have those of its environment and no others."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from environments.wording import in_a_row
from flowwise.authoring.contract import Inputs, Validation, variable
from flowwise.tables.vendor_keys import API_KEY
from stacks.folder_stack import FolderStack


def add_secret_values(stack: FolderStack, known: Sequence[str]) -> dict[str, str]:
    """Add the variable, for secrets of these names; gives a reference to it."""
    inputs: Any = stack.add_variables(_inputs(tuple(known)))
    values: dict[str, str] = inputs.secret_values
    return values


@cache
def _inputs(known: tuple[str, ...]) -> type[Inputs]:
    """The class with the variable, which takes Python long to make: environments with the same secrets share it."""

    class SecretInputs(Inputs):
        secret_values: dict[str, str] = variable(
            f'Secrets that others hand out, such as {{ {known[0]} = "..." }}: all that the environment has, for every '
            "plan. No state or plan has them.",
            default={},
            sensitive=True,
            ephemeral=True,
            validations=[
                Validation(
                    f"length(setsubtract(keys(self), {json.dumps(list(known))})) == 0",
                    f"secret_values may have {in_a_row(known)}, and nothing else.",
                    rejects={f"{API_KEY}-key": "an-example-of-a-key"},
                )
            ],
        )

    return SecretInputs
