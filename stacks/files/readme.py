"""The generated Markdown: a README per module, from its contract, and the index of `infra/`."""

import textwrap
from collections.abc import Sequence

from flowwise.authoring.contract import Inputs
from flowwise.authoring.declarations import Member, examples, members, terraform_value
from flowwise.tables.providers import PROVIDERS, TERRAFORM
from stacks.files.tables import table
from stacks.folder_stack import BOOTSTRAP, ENVIRONMENTS
from stacks.module_stack import ModuleStack
from stacks.type_expressions import type_expression
from synthesis.folder_cache import SynthesisedFolder
from synthesis.hcl.blocks import render_block
from synthesis.hcl.expression import render_value
from synthesis.layout import elements
from synthesis.tree import MARK


def module_readme(stack: ModuleStack, providers: frozenset[str]) -> str:
    """The README of a module: what it is, how to call it, what it takes, gives and makes."""
    contract = stack.module.contract
    outputs = members(contract.outputs)
    sections = [
        f"<!-- {MARK} from {stack.source}. Edit that file, not this one. -->",
        f"# {stack.content.folder}",
        contract.description,
        "## Usage",
        "```hcl\n" + _usage(stack) + "```",
        "## Requirements",
        table(
            ["Name", "Version"],
            [("terraform", f"`{TERRAFORM}`")]
            + [(PROVIDERS[name].source, f"`{PROVIDERS[name].constraint}`") for name in sorted(providers)],
        ),
        "## Inputs",
        inputs_table(contract.inputs),
        "## Outputs",
        table(
            ["Name", "Description"],
            [
                (f"`{member.name}`", member.description + (" Sensitive." if member.sensitive else ""))
                for member in outputs
            ],
        ),
        *_contents(stack),
    ]
    return "\n\n".join(sections) + "\n"


def inputs_table(*inputs: type[Inputs]) -> str:
    """What there is to give, and what each input takes."""
    return table(
        ["Name", "Description", "Type", "Default"],
        [
            (f"`{member.name}`", _sentences(member), _type(member), _default(member))
            for declared in inputs
            for member in members(declared)
        ],
    )


def index(folders: Sequence[SynthesisedFolder]) -> str:
    """The README of `infra/`: every folder, and a diagram of what calls what."""
    environments = [folder for folder in folders if folder.path.startswith(ENVIRONMENTS)]
    bootstraps = [folder for folder in folders if folder.path.startswith(BOOTSTRAP)]
    modules = [folder for folder in folders if not folder.path.startswith((ENVIRONMENTS, BOOTSTRAP))]
    sections = [
        f"<!-- {MARK}. Do not edit. -->",
        "# Flow Wise's infrastructure",
        "Everything here is generated from `environments/*.toml`, committed and reviewed. `terraform` or "
        "`cdktf deploy <environment>` applies an environment's folder.",
        "## Environments",
        table(["Environment", "Platform"], [(_link(root), _called(root)) for root in environments]),
        "## Bootstrap",
        "Where an environment begins: a person applies one of these, once, and pipelines do the rest. Each says how.",
        table(["Folder", "Calls"], [(_link(root), _called(root)) for root in bootstraps]),
        "## Platforms and modules",
        table(
            ["Folder", "What it is", "Calls"],
            [(_link(module), module.description, _called(module)) for module in modules],
        ),
        "## What calls what",
        "```mermaid\n" + _diagram(folders) + "```",
    ]
    return "\n\n".join(sections) + "\n"


def _usage(stack: ModuleStack) -> str:
    values = examples(stack.module.contract.inputs, stack.module.examples)
    name = stack.module.contract.service.replace("-", "_")
    return render_block("module", [name], {"source": f"./{stack.content.folder}", **values}, None)


def _contents(stack: ModuleStack) -> list[str]:
    made = [(kind, labels) for kind, labels, _ in elements(stack.document)]
    calls = [f"- `module.{labels[0]}`" for kind, labels in made if kind == "module"]
    types = sorted(
        {labels[0] if kind == "resource" else f"{kind}.{labels[0]}" for kind, labels in made if kind != "module"}
    )
    resources = [f"- `{type_}`" for type_ in types]
    sections = (("## Modules", calls), ("## Resources", resources))
    return [f"{title}\n\n" + "\n".join(lines) for title, lines in sections if lines]


def _sentences(member: Member) -> str:
    return " ".join([member.description, *(rule.message for rule in member.validations)])


def _type(member: Member) -> str:
    lines = type_expression(member.type).splitlines()
    if len(lines) == 1:
        return f"`{lines[0]}`"
    return "<pre>" + "<br/>".join(line.replace(" ", "&nbsp;") for line in lines) + "</pre>"


def _default(member: Member) -> str:
    if member.required:
        return "required"
    return f"`{' '.join(render_value(terraform_value(member.default)).split())}`"


def _link(folder: SynthesisedFolder) -> str:
    return f"[{folder.path}]({folder.path}/)"


def _called(folder: SynthesisedFolder) -> str:
    return ", ".join(f"[{path}]({path}/)" for path in folder.called)


def _diagram(folders: Sequence[SynthesisedFolder]) -> str:
    nodes = [f'{_node(folder.path)}["{folder.path.removeprefix("modules/")}"]' for folder in folders]
    edges = [f"{_node(folder.path)} --> {_node(path)}" for folder in folders for path in folder.called]
    return "flowchart LR\n" + textwrap.indent("\n".join([*nodes, *edges]) + "\n", "  ")


def _node(path: str) -> str:
    return path.replace("/", "_").replace("-", "_")
