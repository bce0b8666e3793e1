"""From stacks to the files of `infra/`."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from costs.infracost import CONFIG_FILE, USAGE_FILE
from environments import Environment
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
from stacks.folder_stack import BOOTSTRAP, ENVIRONMENTS, FolderStack
from stacks.module_stack import ModuleStack
from stacks.workloads_stack import WorkloadsStack
from synthesis.folder_cache import SynthesisedFolder
from synthesis.layout import terraform_files, types_of
from synthesis.schemas.lookup import Schemas, provider_of
from synthesis.schemas.unbound_schemas import BUILT_IN


def synthesize(
    stacks: Sequence[FolderStack], schema_cache: Path, known: Iterable[SynthesisedFolder] = ()
) -> list[SynthesisedFolder]:
    """The folder of each stack. Those that stacks call are other stacks' or `known`. Writes only the schema cache."""
    for stack in stacks:
        stack.resolve()
    folders = {stack.content.folder: stack.folder for stack in stacks}
    known_types = {folder.path: folder.types for folder in known}
    schemas = Schemas(schema_cache)
    synthesised = []
    for stack, (path, folder) in zip(stacks, folders.items(), strict=True):
        types = types_of(folder, folders, known_types)
        providers = frozenset(map(provider_of, types)) - {BUILT_IN}
        texts = terraform_files(folder, schemas, versions(providers))
        description = ""
        if isinstance(stack, ModuleStack):
            description = stack.module.contract.description
            texts |= {"README.md": module_readme(stack, providers)} | module_tests(stack, types)
        elif isinstance(stack, BootstrapStack):
            texts |= root_tests(stack, types)
        else:
            texts |= {METADATA: metadata(stack, providers)} | root_tests(stack, types)
        if isinstance(stack, EnvironmentStack):
            texts[USAGE_FILE] = usage_file(stack)
            texts["README.md"] = environment_readme(stack.environment, stack.source)
        if isinstance(stack, WorkloadsStack):
            texts["README.md"] = workloads_readme(stack.environment, stack.source)
            if kind := kind_file(stack.environment, stack.source):
                texts[KIND_FILE] = kind
        synthesised.append(SynthesisedFolder(path, texts, description, sorted(types), folder.calls))
    return synthesised


def tree(folders: Sequence[SynthesisedFolder], environments: Sequence[Environment]) -> dict[str, str]:
    """The text of every file of the tree, by its path relative to `infra/`: the folders, and what is about all."""
    files = {f"{folder.path}/{name}": text for folder in folders for name, text in folder.files.items()}
    in_clouds = [environment for environment in environments if environment.in_cloud]
    for path in (folder.path for folder in folders if folder.path.startswith(BOOTSTRAP)):
        files[f"{path}/README.md"] = bootstrap_readme(path.removeprefix(BOOTSTRAP), in_clouds)
    if in_clouds:
        files[CONFIG_FILE] = config_file(in_clouds)
    files |= {f"{CHART}/{name}": text for name, text in chart_files().items()}
    roots = [folder.path for folder in folders if folder.path.startswith(ENVIRONMENTS)]
    deployed = {path.removeprefix(ENVIRONMENTS).replace("/", "-"): path for path in roots}
    return files | {MANIFEST: manifest(deployed), "README.md": index(folders)}
