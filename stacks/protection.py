"""What the state of a root says of its environment's protection, whatever a later change makes of the file."""

from environments import Environment
from flowwise.tables.project import PROTECTED
from stacks.folder_stack import FolderStack


def tell_protection(stack: FolderStack, environment: Environment) -> None:
    """Have a root's state say whether the environment was protected when it was last applied.

    `make plan` judges by it: the change that lifts protection is asked about, and cannot use it.
    """
    stack.add_output(
        PROTECTED,
        "Whether plans that destroy or weaken what is there are refused: judged by what was applied last.",
        environment.deletion_protection,
    )
