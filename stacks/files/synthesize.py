"""From an app with its stacks to the files of `infra/`."""

from collections.abc import Sequence
from pathlib import Path

from cdk.core import App
from costs.infracost import CONFIG_FILE, USAGE_FILE
from flowwise.custom_resources import CHART
from flowwise.tables.providers import versions
from stacks.bootstrap_stack import BootstrapStack
from stacks.environment_stack import EnvironmentStack
from stacks.files.bootstrap_readme import bootstrap_readme
from stacks.files.chart import chart_files
from stacks.files.environment_readme import environment_readme
from stacks.files.infracost import config_file, usage_file
from stacks.files.kind import KIND_FILE, kind_file
from stacks.files.manifest import MANIFEST, METADATA, manifest, metadata
from stacks.files.readme import index, module_readme
from stacks.files.terraform_tests import module_tests, root_tests
from stacks.files.workloads_readme import workloads_readme
from stacks.folder_stack import FolderStack
from stacks.module_stack import ModuleStack
from stacks.workloads_stack import WorkloadsStack
from synthesis.layout import terraform_files, types_of
from synthesis.schemas.lookup import Schemas, provider_of
from synthesis.schemas.unbound_schemas import BUILT_IN


def synthesize(app: App, stacks: Sequence[FolderStack], schema_cache: Path) -> dict[str, str]:
    """The text of every file of the tree, by its path relative to `infra/`. Writes nothing but the schema cache."""
    app.synth()
    folders = {stack.content.folder: stack.folder for stack in stacks}
    schemas = Schemas(schema_cache)
    platforms = [stack for stack in stacks if isinstance(stack, EnvironmentStack)]
    environments_in_clouds = [platform.environment for platform in platforms]
    files: dict[str, str] = {}
    for stack, (path, folder) in zip(stacks, folders.items(), strict=True):
        types = types_of(folder, folders)
        providers = frozenset(map(provider_of, types)) - {BUILT_IN}
        texts = terraform_files(folder, schemas, versions(providers))
        if isinstance(stack, ModuleStack):
            texts |= {"README.md": module_readme(stack, providers)} | module_tests(stack, types)
        elif isinstance(stack, BootstrapStack):
            texts |= {"README.md": bootstrap_readme(stack, environments_in_clouds)} | root_tests(stack, types)
        else:
            texts |= {METADATA: metadata(stack, providers)} | root_tests(stack, types)
        if isinstance(stack, EnvironmentStack):
            texts[USAGE_FILE] = usage_file(stack)
            texts["README.md"] = environment_readme(stack.environment, stack.source)
        if isinstance(stack, WorkloadsStack):
            texts["README.md"] = workloads_readme(stack.environment, stack.source)
            if kind := kind_file(stack.environment, stack.source):
                texts[KIND_FILE] = kind
        files |= {f"{path}/{name}": text for name, text in texts.items()}
    environments = {
        (path := stack.content.folder).removeprefix("environments/").replace("/", "-"): path
        for stack in stacks
        if stack.is_root and not isinstance(stack, BootstrapStack)
    }
    if platforms:
        files[CONFIG_FILE] = config_file(platforms)
    files |= {f"{CHART}/{name}": text for name, text in chart_files().items()}
    return files | {MANIFEST: manifest(environments), "README.md": index(stacks)}
