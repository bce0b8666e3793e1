"""The base of all stacks: a CDKTF stack that becomes one folder of Terraform files."""

import inspect
import re
from pathlib import Path
from typing import Any, ClassVar

import jsii
from cdktf import (
    App,
    IStackSynthesizer,
    ISynthesisSession,
    TerraformOutput,
    TerraformStack,
    TerraformVariable,
    TerraformVariableValidationConfig,
)

from constructs import Construct
from flowwise.contract import InputsT, Outputs
from flowwise.declarations import Member, members, terraform_value
from flowwise.expressions import text, typed
from flowwise.module import TerraformFolder
from stacks.synthesis.types import type_expression

_REPOSITORY = Path(__file__).parents[1]


@jsii.implements(IStackSynthesizer)
class _KeepDocument:
    """Called by `app.synth()` in place of CDKTF's writer: keeps the resolved JSON for ours."""

    def __init__(self, stack: "FolderStack") -> None:
        self._stack = stack

    def synthesize(self, session: ISynthesisSession) -> None:
        self._stack.document = self._stack.to_terraform()


class FolderStack(TerraformStack):
    """A stack whose resolved JSON becomes the files of `content.folder`, relative to `infra/`.

    `content` holds the order and the comments of what was written. `document` is Terraform's JSON, there once the app
    has been synthesised. `source` is the file that a reader of the generated one should edit, relative to the
    repository.
    """

    content: TerraformFolder
    source: str
    is_root: ClassVar[bool] = False  # whether Terraform is run in it, rather than it being called

    def __init__(self, app: App, folder: str) -> None:
        super().__init__(app, folder.replace("/", "-"))
        self.synthesizer = _KeepDocument(self)
        self.document: dict[str, Any] = {}
        # CDKTF leaves a scope of this name out of Terraform names, so a variable and an output may share theirs.
        self._outputs = Construct(self, "Default")

    def add_variables(self, declared: type[InputsT]) -> InputsT:
        """Declare each member as a variable; gives references to them."""
        return declared(**{member.name: self._variable(member) for member in members(declared)})

    def add_outputs(self, outputs: Outputs, leave_out: tuple[str, ...] = ()) -> None:
        """Declare each member as an output with the value it holds, but those that begin like one to leave out."""
        for member in members(type(outputs)):
            if member.name.startswith(leave_out):
                continue
            declared = TerraformOutput(
                self._outputs,
                member.name,
                description=member.description,
                value=getattr(outputs, member.name),
                sensitive=member.sensitive or None,
            )
            if member.name in self.content.requirements:  # CDKTF takes preconditions of outputs, and drops them
                declared.add_override("precondition", self.content.requirements[member.name])

    def _variable(self, member: Member) -> Any:
        default = None if member.required else terraform_value(member.default)
        declared = TerraformVariable(
            self,
            member.name,
            description=member.description,
            type=type_expression(member.type),
            # JSON's null would be dropped on its way.
            default=text("null") if member.default is None else default,
            nullable=None if member.nullable else False,
            sensitive=member.sensitive or None,
            validation=[
                TerraformVariableValidationConfig(
                    condition=text(re.sub(r"\bself\b", f"var.{member.name}", rule.condition)),
                    error_message=rule.message,
                )
                for rule in member.validations
            ]
            or None,
        )
        if member.ephemeral:
            declared.add_override("ephemeral", True)
        return typed(member, f"var.{member.name}")


def source_of(construct: type) -> str:
    """The file that defines a class, relative to the repository."""
    return Path(inspect.getfile(construct)).resolve().relative_to(_REPOSITORY).as_posix()
