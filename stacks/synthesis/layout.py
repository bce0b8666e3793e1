"""Lays a stack's resolved JSON out in files, as a Terraform author would: main, variables, outputs, versions, ..."""

from collections.abc import Iterator, Mapping
from typing import Any

from flowwise.tables.providers import TERRAFORM, required_providers
from stacks.folder_stack import FolderStack
from stacks.synthesis.hcl import render_block
from stacks.synthesis.schemas import Schemas
from stacks.synthesis.tree import MARK

# In the order of a document's parts; each is {type: {name: body}}.
_TYPED = ("data", "ephemeral", "resource")


def terraform_files(stack: FolderStack, schemas: Schemas, providers: frozenset[str]) -> dict[str, str]:
    """The `.tf` files of a stack that requires these providers, name -> text, without those that would be empty."""
    document = stack.document
    blocks = {
        "main.tf": [*_locals(stack), *_ordered(stack, schemas)],
        "variables.tf": [
            render_block("variable", [name], body, None) for name, body in document.get("variable", {}).items()
        ],
        "outputs.tf": [render_block("output", [name], body, None) for name, body in document.get("output", {}).items()],
        "versions.tf": [_versions(providers)],
        "providers.tf": [
            render_block("provider", [name], body, schemas.block("provider", name))
            for name, bodies in document.get("provider", {}).items()
            for body in bodies
        ],
        # CDKTF gives a module a backend too, in which it has no say.
        "backend.tf": [render_block("terraform", [], {"backend": document["terraform"]["backend"]}, None)]
        if stack.is_root
        else [],
    }
    header = f"# {MARK} from {stack.source}. Edit that file, not this one.\n"
    return {name: "\n".join([header, *texts]) for name, texts in blocks.items() if texts}


def types_of(stack: FolderStack, stacks: Mapping[str, FolderStack]) -> frozenset[str]:
    """The types of resources and data sources of a stack and of what it calls. `stacks` maps folders to stacks."""
    own = {type_ for part in _TYPED for type_ in stack.document.get(part, {})}
    return frozenset(own).union(*(types_of(stacks[module.path], stacks) for module in stack.content.called))


def elements(document: Mapping[str, Any]) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Each data source, ephemeral resource, resource and module call: kind, labels, body."""
    for kind in _TYPED:
        for type_, named in document.get(kind, {}).items():
            for name, body in named.items():
                yield kind, [type_, name], body
    for name, body in document.get("module", {}).items():
        yield "module", [name], body


def _locals(stack: FolderStack) -> list[str]:
    """One block with all local values, below what was said of any of them."""
    values = stack.document.get("locals", {})
    comments = [stack.content.comments[id_] for name in values if (id_ := f"local.{name}") in stack.content.comments]
    return [render_block("locals", [], values, None, "\n".join(comments) or None)] if values else []


def _ordered(stack: FolderStack, schemas: Schemas) -> list[str]:
    """The elements in the order in which they were written, each below its comment, its arguments likewise."""
    written = stack.content.arguments
    position = {id_: number for number, id_ in enumerate(written)}
    found = [(_construct_id(body), kind, labels, body) for kind, labels, body in elements(stack.document)]
    return [
        render_block(
            kind,
            labels,
            {name: body[name] for name in dict.fromkeys([*written.get(id_, ()), *body]) if name in body},
            None if kind == "module" else schemas.block(kind, labels[0]),
            stack.content.comments.get(id_),
            [f"checkov:skip={check}:{reason}" for check, reason in stack.content.skipped_checks.get(id_, {}).items()],
        )
        for id_, kind, labels, body in sorted(found, key=lambda element: position.get(element[0], -1))
    ]


def _construct_id(body: Mapping[str, Any]) -> str:
    """The construct's own id; what was added as a raw override has none."""
    path: str = body.get("//", {}).get("metadata", {}).get("path", "")
    return path.rsplit("/", 1)[-1]


def _versions(providers: frozenset[str]) -> str:
    return render_block(
        "terraform", [], {"required_version": TERRAFORM, "required_providers": required_providers(providers)}, None
    )
