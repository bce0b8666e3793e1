"""From an app with its stacks to the files of `infra/`."""

from collections.abc import Sequence
from pathlib import Path

from cdktf import App

from costs.infracost import CONFIG_FILE, USAGE_FILE
from flowwise.custom_resources import CHART
from stacks.bootstrap_stack import BootstrapStack
from stacks.environment_stack import EnvironmentStack
from stacks.folder_stack import FolderStack
from stacks.module_stack import ModuleStack
from stacks.synthesis.bootstrap_readme import bootstrap_readme
from stacks.synthesis.chart import chart_files
from stacks.synthesis.infracost import config_file, usage_file
from stacks.synthesis.layout import terraform_files, types_of
from stacks.synthesis.manifest import MANIFEST, METADATA, manifest, metadata
from stacks.synthesis.readme import index, module_readme
from stacks.synthesis.schemas import Schemas, provider_of
from stacks.synthesis.terraform_tests import module_tests, root_tests
from stacks.synthesis.unbound_schemas import BUILT_IN
from stacks.synthesis.workloads_readme import workloads_readme
from stacks.workloads_stack import WorkloadsStack


def synthesize(app: App, stacks: Sequence[FolderStack], schema_cache: Path) -> dict[str, str]:
    """The text of every file of the tree, by its path relative to `infra/`. Writes nothing but the schema cache."""
    app.synth()
    by_folder = {stack.content.folder: stack for stack in stacks}
    schemas = Schemas(schema_cache)
    files: dict[str, str] = {}
    for folder, stack in by_folder.items():
        types = types_of(stack, by_folder)
        providers = frozenset(map(provider_of, types)) - {BUILT_IN}
        texts = terraform_files(stack, schemas, providers)
        if isinstance(stack, ModuleStack):
            texts |= {"README.md": module_readme(stack, providers)} | module_tests(stack, types)
        elif isinstance(stack, BootstrapStack):
            texts |= {"README.md": bootstrap_readme(stack)} | root_tests(stack, types)
        else:
            texts |= {METADATA: metadata(stack, providers)} | root_tests(stack, types)
        if isinstance(stack, EnvironmentStack):
            texts[USAGE_FILE] = usage_file(stack)
        if isinstance(stack, WorkloadsStack):
            texts["README.md"] = workloads_readme(stack.environment, stack.source)
        files |= {f"{folder}/{name}": text for name, text in texts.items()}
    environments = {
        folder.removeprefix("environments/").replace("/", "-"): folder
        for folder, stack in by_folder.items()
        if stack.is_root and not isinstance(stack, BootstrapStack)
    }
    platforms = [stack for stack in stacks if isinstance(stack, EnvironmentStack)]
    if platforms:
        files[CONFIG_FILE] = config_file(platforms)
    files |= {f"{CHART}/{name}": text for name, text in chart_files().items()}
    return files | {MANIFEST: manifest(environments), "README.md": index(stacks)}
