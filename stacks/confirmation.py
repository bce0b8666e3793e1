"""What keeps production from being changed by accident, as by `cdktf deploy '*'`: somebody has to name it."""

from environments import Environment
from flowwise.authoring.contract import Inputs, Validation, variable
from stacks.folder_stack import FolderStack


def ask_for_confirmation(stack: FolderStack, environment: Environment) -> None:
    """Have a root of a production environment refuse every plan that does not name the environment."""
    if environment.tier != "prod":
        return
    name = environment.name

    class Confirmation(Inputs):
        confirm_environment: str = variable(
            f'"{name}", to say that production is meant. Nothing is planned without it.',
            default="",
            validations=[
                Validation(
                    f'self == "{name}"',
                    f'This is production: nothing is planned unless confirm_environment is "{name}".',
                    rejects="none",
                )
            ],
        )

    stack.add_variables(Confirmation)
    stack.test_variables["confirm_environment"] = name
