"""Plans a stack for a pull request, against its state alone: to compare with what is there, one has to read secrets.

What was changed by hand, drift and the plan of a deploy show. The platform's state tells the workloads where things
are: where the same pull request changes what it tells, they may have to wait for the platform.
"""

import os
import sys
import tempfile
from pathlib import Path

from operations.deployable import Stack, find_stack
from operations.failure import OperationError, exit_status
from operations.markdown import document
from operations.plan import plan_stack
from operations.plan_summary import marker
from operations.planning import PLAN_FILE, RefusedError, make_plan
from operations.removed import find_removed, plan_removed
from operations.terraform import Terraform

_AGAINST_STATE = "-refresh=false"


def main() -> int:
    """Plan the stack that STACK names; 0 too if it has to wait for its platform.

    One that BASE has and the work tree has not is refused until nothing is left in its state.
    """
    name = os.environ.get("STACK", "")
    if removed := find_removed(name, os.environ.get("BASE", "")):
        return plan_removed(removed)
    stack = find_stack(name)
    try:
        return plan_stack(stack, _AGAINST_STATE)
    except RefusedError:
        raise
    except OperationError:
        awaited = _awaited_outputs(stack)
        if not awaited:
            raise
    names = ", ".join(f"`{name}`" for name in awaited)
    text = document(
        f"Plan of `{stack.name}`",
        f"**After the platform.** It cannot be planned yet: what `{stack.environment.name}` tells it changes with this "
        f"pull request ({names}). The deploy plans it once the platform is there, and waits for an approval then.",
    )
    text = f"{marker('plan', stack.name)}\n{text}"
    (Terraform.of(stack).folder / "plan.md").write_text(text)
    print(text)
    return 0


def _awaited_outputs(stack: Stack) -> list[str]:
    """The outputs that the platform of some workloads would tell otherwise than today; none of a platform itself."""
    if not stack.is_workloads:
        return []
    platform = Terraform.of(find_stack(stack.environment.name))
    with tempfile.TemporaryDirectory() as scratch:
        plan = make_plan(platform, Path(scratch) / PLAN_FILE, _AGAINST_STATE)
    return [change.address for change in plan.outputs if change.action != "keep"]


if __name__ == "__main__":
    sys.exit(exit_status(main))
