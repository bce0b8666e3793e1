"""Flow Wise's infrastructure: environment files in, the Terraform tree under `infra/` out.

    environments/*.toml --> stacks --> infra/

`make synth` and `cdktf synth` run this file.
"""

import sys
import tempfile
from pathlib import Path

from stacks.synthesis import bindings

bindings.prepare()  # before anything imports CDKTF or a provider

from cdktf import App

from environments import EnvironmentFileErrors, load_environments
from flowwise.modules import MODULES
from stacks.environment_stack import EnvironmentStack
from stacks.module_stack import ModuleStack
from stacks.synthesis.failure import describe
from stacks.synthesis.synthesize import synthesize
from stacks.synthesis.tree import write_tree

REPOSITORY = Path(__file__).resolve().parent


def make_tree(environments: Path) -> dict[str, str]:
    """Every file of the tree, by its path relative to `infra/`, for the environment files of a folder."""
    with tempfile.TemporaryDirectory() as scratch:  # CDKTF insists on writing a manifest of its own
        app = App(outdir=scratch, skip_validation=True)  # modules have no provider configuration, on purpose
        stacks = [
            *(ModuleStack(app, module) for module in MODULES),
            *(EnvironmentStack(app, environment) for environment in load_environments(environments)),
        ]
        return synthesize(app, stacks, schema_cache=REPOSITORY / ".cache" / "schemas")


def main() -> int:
    """Synthesise `infra/`; gives the exit status."""
    try:
        changes = write_tree(REPOSITORY / "infra", make_tree(REPOSITORY / "environments"))
    except EnvironmentFileErrors as faults:
        print(faults, file=sys.stderr)
    except Exception as error:  # whatever a library throws, the reader wants one message and an unchanged tree
        print(describe(error), file=sys.stderr)
    else:
        print(f"infra/: {len(changes.written)} files written, {len(changes.removed)} removed")
        return 0
    print("infra/ is as it was.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
