"""A module: one implementation of a contract, as a reusable folder of Terraform files."""

from typing import Any

from cdk.core import App
from flowwise.authoring.contract import Inputs
from flowwise.authoring.module import Module
from stacks.folder_stack import FolderStack, source_of


class ModuleStack(FolderStack):
    """Declares the contract's variables, lets the module build on them, and declares its outputs."""

    def __init__(self, app: App, module: type[Module[Any, Any]]) -> None:
        super().__init__(app, module.path)
        self.module = module
        self.source = source_of(module)
        inputs: Inputs = self.add_variables(module.contract.inputs)
        self.content = content = module(self)
        self.add_outputs(content.build(inputs))
