"""The generated `tests/*.tftest.hcl`: what `terraform test` checks of every folder, with all providers mocked."""

from collections.abc import Iterable

from flowwise import azure_mocks
from flowwise.declarations import Member, examples, members, terraform_value
from stacks.folder_stack import FolderStack
from stacks.module_stack import ModuleStack
from stacks.synthesis.hcl import render_block
from stacks.synthesis.schemas import provider_of
from stacks.synthesis.tree import MARK

_RESOURCES = azure_mocks.RESOURCES


def module_tests(stack: ModuleStack, types: frozenset[str]) -> dict[str, str]:
    """A module's tests: its defaults apply, and each validation refuses what it should."""
    inputs = members(stack.module.contract.inputs)
    blocks = [
        *_mocks(types),
        render_block("variables", [], examples(stack.module.contract.inputs, stack.module.examples), None),
        render_block("run", ["applies_with_defaults"], {"command": "apply"}, None),
        *(run for member in inputs for run in _refusals(member)),
    ]
    return {"tests/module.tftest.hcl": _file(stack, blocks)}


def root_tests(stack: FolderStack, types: frozenset[str]) -> dict[str, str]:
    """A root's tests: it applies as it is."""
    blocks = [*_mocks(types), render_block("run", ["applies"], {"command": "apply"}, None)]
    return {"tests/root.tftest.hcl": _file(stack, blocks)}


def _file(stack: FolderStack, blocks: Iterable[str]) -> str:
    return "\n".join([f"# {MARK} from {stack.source}. Edit that file, not this one.\n", *blocks])


def _refusals(member: Member) -> Iterable[str]:
    for number, rule in enumerate(member.validations, start=1):
        name = f"refuses_{member.name}" + (f"_{number}" if len(member.validations) > 1 else "")
        body = {
            "command": "plan",
            "variables": {member.name: terraform_value(rule.rejects)},
            "expect_failures": [f"var.{member.name}"],
        }
        yield render_block("run", [name], body, None)


def _mocks(types: frozenset[str]) -> Iterable[str]:
    """A mock of each provider, whose computed ids look as the real provider's validators expect."""
    for provider in sorted(set(map(provider_of, types))):
        defaults = {
            type_: {"defaults": _RESOURCES[type_]}
            for type_ in sorted(types & _RESOURCES.keys())
            if provider_of(type_) == provider
        }
        yield render_block("mock_provider", [provider], {"mock_resource": defaults}, None)
