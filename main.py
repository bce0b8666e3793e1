"""Flow Wise's infrastructure: environment files in, the Terraform tree under `infra/` out.

    environments/*.toml --> stacks --> infra/

`make synth` and `cdktf synth` run this file, which makes only what differs from the last synthesis. With `--whole`, as
`make check-infra` runs it, everything is made.
"""

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from cdk import fast_loading
from synthesis.folder_cache import FolderCache, code_digest

REPOSITORY = Path(__file__).resolve().parent
SCHEMA_CACHE = REPOSITORY / ".cache" / "schemas"
# All that a folder of infra/ can depend on, but for the environment files.
CODE = (
    *("main.py", "requirements.lock", "environments/**/*.py"),
    *(f"{room}/**/*" for room in ("constructs", "costs", "quotas", "report", "sizing", "stacks", "synthesis")),
)
code = partial(code_digest, REPOSITORY, CODE)
FOLDER_CACHE = FolderCache(REPOSITORY / ".cache" / "folders", code)

fast_loading.prepare()  # before anything imports CDKTF or a provider

from cdk.core import App
from environments import Environment, EnvironmentFileErrors, load_environments
from flowwise.modules import MODULES
from flowwise.tables.project import CLOUDS
from operations.following import followings
from operations.moving import clouds_of_tree, moves
from stacks.bootstrap_stack import BootstrapStack
from stacks.environment_stack import EnvironmentStack
from stacks.failure import describe
from stacks.files.synthesize import synthesize, tree
from stacks.folder_stack import FolderStack
from stacks.module_stack import ModuleStack
from stacks.workloads_stack import WorkloadsStack
from synthesis.tree import write_tree

Recipes = dict[str, Callable[[App], FolderStack]]
"""What makes each folder of the tree, by all that it is made of besides the code."""


def roots(environment: Environment) -> Sequence[type[EnvironmentStack | WorkloadsStack]]:
    """What is deployed of an environment, in this order: a cluster has to exist before anything can run in it."""
    return (EnvironmentStack, WorkloadsStack) if environment.in_cloud else (WorkloadsStack,)


def make_tree(environments: Path, cache: FolderCache | None = None, *, whole: bool = False) -> dict[str, str]:
    """Every file of the tree, by its path relative to `infra/`, for the environment files of a folder.

    With a cache, only folders that it does not have are made, unless the `whole` is asked for, and are kept there.
    """
    loaded = load_environments(environments)
    recipes = module_recipes() | root_recipes(loaded)
    found = {} if cache is None or whole else {each: folder for each in recipes if (folder := cache.find(each))}
    missing = {made_of: stack for made_of, stack in recipes.items() if made_of not in found}
    if missing:
        with new_app() as app:
            stacks = [stack(app) for stack in missing.values()]
            made = dict(zip(missing, synthesize(stacks, SCHEMA_CACHE, found.values()), strict=True))
        if cache is not None:
            cache.keep(made)
        found |= made
    if cache is not None:
        cache.forget_others(found)
    return tree([found[made_of] for made_of in recipes], loaded)


@contextlib.contextmanager
def new_app() -> Iterator[App]:
    """An app, with a folder to itself while it lasts: CDKTF insists on writing a manifest of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        yield App(outdir=scratch, skip_validation=True)  # modules have no provider configuration, on purpose


def module_recipes() -> Recipes:
    """What is the same for any environments."""
    return {f"module {module.path}": partial(ModuleStack, module=module) for module in MODULES}


def root_recipes(environments: Sequence[Environment]) -> Recipes:
    """Where Terraform is run: the beginning in each cloud, and what the environments ask for."""
    return {
        **{f"bootstrap {cloud}": partial(BootstrapStack, name=cloud) for cloud in CLOUDS},
        **{
            f"{root.__name__} {each.name} {each.model_dump_json()}": partial(root, environment=each)
            for each in environments
            for root in roots(each)
        },
    }


def main() -> int:
    """Synthesise `infra/`; gives the exit status."""
    parser = argparse.ArgumentParser(description="Write infra/ from environments/.")
    parser.add_argument("--whole", action="store_true", help="make all of it, also what the last synthesis made")
    whole = parser.parse_args().whole or fast_loading.is_off()
    environments, infra = REPOSITORY / "environments", REPOSITORY / "infra"
    told = [*moves(environments, clouds_of_tree(infra)), *filter(None, map(str, followings(REPOSITORY)))]
    try:
        changes = write_tree(infra, make_tree(environments, FOLDER_CACHE, whole=whole))
    except EnvironmentFileErrors as faults:
        print(faults, *told, sep="\n\n", file=sys.stderr)
    except Exception as error:  # whatever a library throws, the reader wants one message and an unchanged tree
        print(describe(error), file=sys.stderr)
    else:
        print(*told, f"infra/: {len(changes.written)} files written, {len(changes.removed)} removed", sep="\n")
        for path in changes.removed:
            print(f"  removed infra/{path}")
        for path in changes.foreign:
            print(f"  infra/{path} is nothing that synthesis made: it stays, and `make check-infra` refuses it")
        return 0
    print("infra/ is as it was.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
