"""Lays a stack's resolved JSON out in files, as a Terraform author would: main, variables, outputs, versions, ..."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthesis.hcl.blocks import render_block
from synthesis.schemas.lookup import Schemas
from synthesis.tree import MARK

# In the order of a document's parts; each is {type: {name: body}}.
_TYPED = ("data", "ephemeral", "resource")


@dataclass(frozen=True)
class Folder:
    """A folder of Terraform files: Terraform's JSON of it, and what JSON loses.

    `path` is relative to the tree; `source` is the file to edit in place of the generated ones. `arguments` has the
    arguments of each element as they were written, by the id of its construct, and so have `comments` and
    `skipped_checks` theirs. `calls` are the paths of the folders that it calls. Terraform is run in a root.
    """

    path: str
    source: str
    is_root: bool
    document: Mapping[str, Any]
    arguments: Mapping[str, Sequence[str]]
    comments: Mapping[str, str]
    skipped_checks: Mapping[str, Mapping[str, str]]
    calls: Sequence[str]


def terraform_files(folder: Folder, schemas: Schemas, versions: Mapping[str, Any]) -> dict[str, str]:
    """The `.tf` files of a folder, name -> text, without those that would be empty.

    `versions` is what its `terraform` block says of Terraform and the providers.
    """
    document = folder.document
    blocks = {
        "main.tf": [*_locals(folder), *_ordered(folder, schemas)],
        "imports.tf": [
            render_block("import", [], body, None, folder.comments.get(f"import.{number}"))
            for number, body in enumerate(document.get("import", []))
        ],
        "moved.tf": [render_block("moved", [], body, None) for body in document.get("moved", [])],
        "variables.tf": [
            render_block("variable", [name], body, None) for name, body in document.get("variable", {}).items()
        ],
        "outputs.tf": [render_block("output", [name], body, None) for name, body in document.get("output", {}).items()],
        "versions.tf": [render_block("terraform", [], versions, None)],
        "providers.tf": [
            render_block("provider", [name], body, schemas.block("provider", name))
            for name, bodies in document.get("provider", {}).items()
            for body in bodies
        ],
        "backend.tf": [render_block("terraform", [], {"backend": document["terraform"]["backend"]}, None)]
        if folder.is_root
        else [],
    }
    header = f"# {MARK} from {folder.source}. Edit that file, not this one.\n"
    return {name: "\n".join([header, *texts]) for name, texts in blocks.items() if texts}


def types_of(folder: Folder, folders: Mapping[str, Folder], known: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The types of resources and data sources of a folder and of what it calls.

    What it calls is in `folders` by path, or its types are in `known`.
    """
    own = {type_ for part in _TYPED for type_ in folder.document.get(part, {})}
    called = (known[path] if path in known else types_of(folders[path], folders, known) for path in folder.calls)
    return frozenset(own).union(*called)


def elements(document: Mapping[str, Any]) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Each data source, ephemeral resource, resource and module call: kind, labels, body."""
    for kind in _TYPED:
        for type_, named in document.get(kind, {}).items():
            for name, body in named.items():
                yield kind, [type_, name], body
    for name, body in document.get("module", {}).items():
        yield "module", [name], body


def _locals(folder: Folder) -> list[str]:
    """One block with all local values, below what was said of any of them."""
    values = folder.document.get("locals", {})
    comments = [folder.comments[id_] for name in values if (id_ := f"local.{name}") in folder.comments]
    return [render_block("locals", [], values, None, "\n".join(comments) or None)] if values else []


def _ordered(folder: Folder, schemas: Schemas) -> list[str]:
    """The elements in the order in which they were written, each below its comment, its arguments likewise."""
    written = folder.arguments
    position = {id_: number for number, id_ in enumerate(written)}
    found = [(_construct_id(body), kind, labels, body) for kind, labels, body in elements(folder.document)]
    return [
        render_block(
            kind,
            labels,
            {name: body[name] for name in dict.fromkeys([*written.get(id_, ()), *body]) if name in body},
            None if kind == "module" else schemas.block(kind, labels[0]),
            folder.comments.get(id_),
            [f"checkov:skip={check}:{reason}" for check, reason in folder.skipped_checks.get(id_, {}).items()],
        )
        for id_, kind, labels, body in sorted(found, key=lambda element: position.get(element[0], -1))
    ]


def _construct_id(body: Mapping[str, Any]) -> str:
    """The construct's own id; what was added as a raw override has none."""
    path: str = body.get("//", {}).get("metadata", {}).get("path", "")
    return path.rsplit("/", 1)[-1]
