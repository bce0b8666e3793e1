"""Flow Wise's infrastructure: environment files in, the Terraform tree under `infra/` out.

    environments/*.toml --> stacks --> infra/

`make synth` and `cdktf synth` run this file.
"""

import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from cdk import fast_loading

fast_loading.prepare()  # before anything imports CDKTF or a provider

from cdk.core import App
from environments import Environment, EnvironmentFileErrors, load_environments
from flowwise.modules import MODULES
from flowwise.tables.project import CLOUDS
from operations.moving import clouds_of_tree, moves
from stacks.bootstrap_stack import BootstrapStack
from stacks.environment_stack import EnvironmentStack
from stacks.failure import describe
from stacks.files.synthesize import synthesize
from stacks.folder_stack import FolderStack
from stacks.module_stack import ModuleStack
from stacks.workloads_stack import WorkloadsStack
from synthesis.tree import write_tree

REPOSITORY = Path(__file__).resolve().parent
SCHEMA_CACHE = REPOSITORY / ".cache" / "schemas"


def roots(environment: Environment) -> Sequence[type[EnvironmentStack | WorkloadsStack]]:
    """What is deployed of an environment, in this order: a cluster has to exist before anything can run in it."""
    return (EnvironmentStack, WorkloadsStack) if environment.in_cloud else (WorkloadsStack,)


def make_tree(environments: Path) -> dict[str, str]:
    """Every file of the tree, by its path relative to `infra/`, for the environment files of a folder."""
    with new_app() as app:
        return synthesize(app, [*module_stacks(app), *root_stacks(app, environments)], SCHEMA_CACHE)


@contextlib.contextmanager
def new_app() -> Iterator[App]:
    """An app, with a folder to itself while it lasts: CDKTF insists on writing a manifest of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        yield App(outdir=scratch, skip_validation=True)  # modules have no provider configuration, on purpose


def module_stacks(app: App) -> list[FolderStack]:
    """What is the same for any environments."""
    return [ModuleStack(app, module) for module in MODULES]


def root_stacks(app: App, environments: Path) -> list[FolderStack]:
    """Where Terraform is run: the beginning in each cloud, and what the environment files of a folder ask for."""
    return [
        *(BootstrapStack(app, cloud) for cloud in CLOUDS),
        *(root(app, environment) for environment in load_environments(environments) for root in roots(environment)),
    ]


def main() -> int:
    """Synthesise `infra/`; gives the exit status."""
    environments, infra = REPOSITORY / "environments", REPOSITORY / "infra"
    moved = list(moves(environments, clouds_of_tree(infra)))
    try:
        changes = write_tree(infra, make_tree(environments))
    except EnvironmentFileErrors as faults:
        print(faults, *moved, sep="\n\n", file=sys.stderr)
    except Exception as error:  # whatever a library throws, the reader wants one message and an unchanged tree
        print(describe(error), file=sys.stderr)
    else:
        print(*moved, f"infra/: {len(changes.written)} files written, {len(changes.removed)} removed", sep="\n")
        for path in changes.removed:
            print(f"  removed infra/{path}")
        for path in changes.foreign:
            print(f"  infra/{path} is nothing that synthesis made: it stays, and `make check-infra` refuses it")
        return 0
    print("infra/ is as it was.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
