"""The generated `tests/*.tftest.hcl`: what `terraform test` checks of every folder, with all providers mocked."""

import json
import posixpath
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from flowwise.authoring.declarations import Member, examples, members, terraform_value
from flowwise.aws import mocks as aws_mocks
from flowwise.azure import mocks as azure_mocks
from flowwise.google import mocks as google_mocks
from stacks.folder_stack import FolderStack
from stacks.module_stack import ModuleStack
from stacks.workloads_stack import WorkloadsStack
from synthesis.hcl.blocks import render_block
from synthesis.schemas.lookup import provider_of
from synthesis.schemas.unbound_schemas import BUILT_IN
from synthesis.tree import MARK

_MOCKED = {
    "mock_resource": {**aws_mocks.RESOURCES, **azure_mocks.RESOURCES, **google_mocks.RESOURCES},
    "mock_data": {**aws_mocks.DATA_SOURCES, **azure_mocks.DATA_SOURCES, **google_mocks.DATA_SOURCES},
}

_REGIONS = {"aws": aws_mocks.REGION, "google": google_mocks.REGION}  # of those that say where they are


def module_tests(stack: ModuleStack, types: frozenset[str]) -> dict[str, str]:
    """A module's tests: its defaults apply, and each validation refuses what it should."""
    inputs = members(stack.module.contract.inputs)
    blocks = [
        *_mocks(types),
        render_block("variables", [], examples(stack.module.contract.inputs, stack.module.examples), None),
        render_block("run", ["applies_with_defaults"], {"command": "apply"}, None),
        *_refusals(inputs),
    ]
    return {"tests/module.tftest.hcl": _file(stack, blocks)}


def root_tests(stack: FolderStack, types: frozenset[str]) -> dict[str, str]:
    """A root's tests: it applies as it is; what runs in a cluster is planned, whose module's own test applies it."""
    command = "plan" if isinstance(stack, WorkloadsStack) else "apply"
    body: dict[str, Any] = {"command": command}
    if stack.tested_module:
        body["module"] = {"source": posixpath.relpath(stack.tested_module, stack.content.folder)}
    blocks = [
        *_mocks(types, stack.test_region),
        *(
            render_block("override_data", [], {"target": target, "values": values}, None)
            for target, values in stack.test_data.items()
        ),
        *([render_block("variables", [], stack.test_variables, None)] if stack.test_variables else []),
        render_block("run", ["plans" if command == "plan" else "applies"], body, None),
    ]
    return {"tests/root.tftest.hcl": _file(stack, blocks)}


def _file(stack: FolderStack, blocks: Iterable[str]) -> str:
    return "\n".join([f"# {MARK} from {stack.source}. Edit that file, not this one.\n", *blocks])


def _refusals(inputs: Iterable[Member]) -> Iterable[str]:
    """Runs in which every variable named must fail: one validation of each variable to a run, which saves minutes."""
    rounds = list(zip_longest(*([(member.name, rule) for rule in member.validations] for member in inputs)))
    for number, refused in enumerate(rounds, start=1):
        rules = dict(filter(None, refused))
        body = {
            "command": "plan",
            "variables": {name: terraform_value(rule.rejects) for name, rule in rules.items()},
            "expect_failures": [f"var.{name}" for name in rules],
        }
        yield render_block("run", ["refuses_wrong_values" + (f"_{number}" if len(rounds) > 1 else "")], body, None)


def _mocks(types: frozenset[str], region: str | None = None) -> Iterable[str]:
    """A mock of each provider, whose computed ids look as the real provider's validators expect: those of a region."""
    # Terraform mocks no ephemeral resources, and random, which has them, needs no account.
    for provider in sorted(set(map(provider_of, types)) - {"random", BUILT_IN}):
        body = {
            kind: {
                type_: {"defaults": _answered_in(region, provider, defaults[type_])}
                for type_ in sorted(types & defaults.keys())
                if provider_of(type_) == provider
            }
            for kind, defaults in _MOCKED.items()
        }
        yield render_block("mock_provider", [provider], body, None)


def _answered_in(region: str | None, provider: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the cloud fills in, where it is in another region than the mocks are."""
    if region is None or provider not in _REGIONS:
        return values
    moved: Mapping[str, Any] = json.loads(json.dumps(values).replace(_REGIONS[provider], region))
    return moved
