"""The base of all stacks: a CDKTF stack that becomes one folder of Terraform files."""

import inspect
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from cdk.core import App, TerraformStack
from flowwise.authoring.contract import Inputs, InputsT, Outputs
from flowwise.authoring.declarations import Member, members, terraform_value
from flowwise.authoring.expressions import text, typed
from flowwise.authoring.module import TerraformFolder
from stacks.type_expressions import type_expression
from synthesis.layout import Folder

ENVIRONMENTS, BOOTSTRAP = "environments/", "bootstrap/"
"""Where roots lie, relative to `infra/`; all else is modules."""
_REPOSITORY = Path(__file__).parents[1]


class FolderStack(TerraformStack):
    """A stack whose resolved JSON becomes the files of `content.folder`, relative to `infra/`.

    `content` holds the order and the comments of what was written. `document` is Terraform's JSON, there once it is
    resolved. A root's tests give it `test_variables`, and `test_data` in place of what data sources, by
    their addresses, would read; the cloud answers from `test_region`. They run `tested_module`, a folder as the root's
    own, where they cannot run the root. `source` is the file that a reader of the generated one should edit, relative
    to the repository.
    """

    content: TerraformFolder
    source: str
    is_root: ClassVar[bool] = False  # whether Terraform is run in it, rather than it being called

    def __init__(self, app: App, folder: str) -> None:
        self.id = folder.replace("/", "-")
        super().__init__(app, self.id)
        self.document: dict[str, Any] = {}
        self.test_variables: dict[str, Any] = {}
        self.test_data: dict[str, dict[str, Any]] = {}
        self.test_region: str | None = None
        self.tested_module: str | None = None
        self._variables: dict[str, dict[str, Any]] = {}
        self._outputs: dict[str, dict[str, Any]] = {}
        self._imports: list[dict[str, Any]] = []

    @property
    def folder(self) -> Folder:
        """What the files are made of, there once the document is."""
        content = self.content
        return Folder(
            content.folder,
            self.source,
            self.is_root,
            self.document,
            content.arguments,
            content.comments,
            content.skipped_checks,
            [module.path for module in content.called],
        )

    def add_variables(self, declared: type[InputsT]) -> InputsT:
        """Declare each member as a variable, besides those that are there; gives references to them."""
        self._variables.update(_variables(declared))  # type: ignore[arg-type]  # a class is hashable
        return declared(**{member.name: typed(member, f"var.{member.name}") for member in members(declared)})

    def add_outputs(self, outputs: Outputs, leave_out: tuple[str, ...] = ()) -> None:
        """Declare each member as an output with the value it holds, but those that begin like one to leave out."""
        self._outputs.update(
            {
                member.name: _output(member, getattr(outputs, member.name), self.content)
                for member in members(type(outputs))
                if not member.name.startswith(leave_out)
            }
        )

    def add_output(self, name: str, description: str, value: Any) -> None:
        """Declare an output that no contract has."""
        self._outputs[name] = {"description": description, "value": value}

    def add_import(self, to: str, ids: str, why: str) -> None:
        """Have the resource at the address `to` be what is there already: one of the set `ids`, or none."""
        self.content.comments[f"import.{len(self._imports)}"] = why
        self._imports.append({"for_each": text(ids), "to": to, "id": text("each.key")})

    def resolve(self) -> None:
        """Have CDKTF make the document, with the blocks for which a construct each would take most of the time.

        `app.synth()` would resolve all elements twice: first for references between stacks, of which there are none.
        What holds no token of CDKTF's is finished, and spared the way to Node and back.
        """
        content = self.content
        finished: dict[str, Any] = {
            "import": self._imports,
            "moved": [{"from": address, "to": f"{address}[0]"} for address in content.counted],
            "variable": self._variables,
        }
        others = {"output": self._outputs, "locals": content.locals, "ephemeral": content.ephemerals}
        if self.is_root:  # it says variables, modules and data by their addresses
            finished |= others
            others = {}
        for kind, bodies in others.items():
            if bodies:
                self.add_override(kind, bodies)
        finished = {kind: bodies for kind, bodies in finished.items() if bodies}
        self.document = self.to_terraform() | finished
        # CDKTF's metadata names what is there besides its own elements.
        self.document["//"]["metadata"].setdefault("overrides", {}).setdefault("stack", []).extend(finished)


@cache
def _variables(declared: type[Inputs]) -> Mapping[str, dict[str, Any]]:
    return {member.name: _variable(member) for member in members(declared)}


def _variable(member: Member) -> dict[str, Any]:
    body = {
        "description": member.description,
        "type": type_expression(member.type),
        "nullable": None if member.nullable else False,
        "sensitive": member.sensitive or None,
        "ephemeral": member.ephemeral or None,
        "validation": [
            {
                "condition": text(re.sub(r"\bself\b", f"var.{member.name}", rule.condition)),
                "error_message": rule.message,
            }
            for rule in member.validations
        ]
        or None,
    }
    if not member.required:
        # JSON's null would be dropped on its way.
        body["default"] = text("null") if member.default is None else terraform_value(member.default)
    return _without_none(body)


def _output(member: Member, value: Any, content: TerraformFolder) -> dict[str, Any]:
    return _without_none(
        {
            "description": member.description,
            "value": value,
            "sensitive": member.sensitive or None,
            "depends_on": content.awaited.get(member.name),
            "precondition": content.requirements.get(member.name),
        }
    )


def _without_none(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def source_of(construct: type) -> str:
    """The file that defines a class, relative to the repository."""
    return Path(inspect.getfile(construct)).resolve().relative_to(_REPOSITORY).as_posix()
