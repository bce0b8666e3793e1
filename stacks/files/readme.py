"""The generated Markdown: a README per module, from its contract, and the index of `infra/`."""

import json
import posixpath
import re
import textwrap
from collections.abc import Mapping, Sequence, Set

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

_REPOSITORY_ADDRESS = "git::https://github.com/<owner>/<repository>.git"
# In a text of Terraform's: a path that leaves the module's folder.
_OUTSIDE = re.compile(r"\$\{path\.module\}/(\.\./[^\s\"$]*)")


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
        _usage_from_elsewhere(stack),
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
        *_reaches(stack),
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
        "From the roots in use to what they call. Clouds that no environment is in are above, and not drawn. What an "
        "environment consists of is drawn in its own folder.",
        "```mermaid\n" + _diagram(folders) + "```",
    ]
    return "\n\n".join(sections) + "\n"


def _usage(stack: ModuleStack) -> str:
    values = examples(stack.module.contract.inputs, stack.module.examples)
    name = stack.module.contract.service.replace("-", "_")
    return render_block("module", [name], {"source": f"./{stack.content.folder}", **values}, None)


def _usage_from_elsewhere(stack: ModuleStack) -> str:
    # The tree is made without a network and alike in every fork, so it does not know what it will be hosted as.
    address = f"{_REPOSITORY_ADDRESS}//infra/{stack.content.folder}?ref=<tag>"
    return "\n\n".join(
        [
            "That is a path within `infra/`. From another repository, pinned, it is",
            f'```hcl\n  source = "{address}"\n```',
            "where `<owner>/<repository>` is this one's, and `<tag>` is a tag of it, or the full SHA of a commit, "
            "which nobody can move.",
        ]
    )


def _reaches(stack: ModuleStack) -> list[str]:
    """What the folder does not hold itself: modules that it calls, and files that it reads."""
    path = stack.content.folder
    read = set(_OUTSIDE.findall(json.dumps(stack.document)))
    outside = {f"`{posixpath.relpath(module.path, path)}`" for module in stack.content.called}
    outside |= {f"`{found}`" for found in read}
    if not outside:
        return []
    return [
        "## Outside of this folder",
        f"It needs {', '.join(sorted(outside))}, by their paths from here. The address above brings the whole "
        "repository, these among it; a copy of this folder alone does not.",
    ]


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
    """The roots in use, what they call, and what that calls: nothing of a cloud that no environment is in."""
    called = {folder.path: folder.called for folder in folders}
    used = _reached({path for path in called if path.startswith(ENVIRONMENTS)}, called)
    beginnings = {path for path in called if path.startswith(BOOTSTRAP) and path.removeprefix(BOOTSTRAP) in used}
    used |= _reached(beginnings, called)
    drawn = [folder for folder in folders if folder.path in used]
    nodes = [f'{_node(folder.path)}["{folder.path.removeprefix("modules/")}"]' for folder in drawn]
    edges = [f"{_node(folder.path)} --> {_node(path)}" for folder in drawn for path in folder.called]
    return "flowchart LR\n" + textwrap.indent("\n".join([*nodes, *edges]) + "\n", "  ")


def _reached(paths: Set[str], called: Mapping[str, Sequence[str]]) -> Set[str]:
    """These folders, what they call, and what that calls."""
    reached, left = set(paths), list(paths)
    while left:
        new = set(called[left.pop()]) - reached
        reached |= new
        left += new
    return reached


def _node(path: str) -> str:
    return path.replace("/", "_").replace("-", "_")
