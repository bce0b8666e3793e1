"""What a plan runs or changes beside its resources: programs, actions, providers that nobody here knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flowwise.tables.providers import PROVIDERS
from operations.printable import printable
from operations.tool import tool

_BUILT_IN = "terraform.io/builtin/terraform"
_PROGRAMS = {"external": "runs a program whenever it is planned"}
"""Types of data sources that run something."""


@dataclass(frozen=True)
class Aside:
    """Something that is run or trusted: where it stands, what it is, in one word, and what it does."""

    address: str
    what: str
    does: str


def asides(document: Mapping[str, Any]) -> tuple[Aside, ...]:
    """All of them, from what `terraform show -json` says of a plan."""
    configuration = document.get("configuration") or {}
    actions = [
        *document.get("action_invocations", []),
        *(each.get("action_invocation") or {} for each in document.get("deferred_action_invocations", [])),
    ]
    providers = {each.get("full_name", "") for each in configuration.get("provider_config", {}).values()}
    providers |= {each.get("provider_name", "") for each in (*document.get("resource_changes", []), *actions)}
    known = {_BUILT_IN, *(f"{tool().registry}/{provider.source}" for provider in PROVIDERS.values())}
    found = [
        *_of_module(configuration.get("root_module") or {}, ""),
        *map(_action, actions),
        *(Aside(name, "provider", "is a provider that is not ours") for name in sorted(providers - known - {""})),
    ]
    return tuple(Aside(printable(each.address), printable(each.what), printable(each.does)) for each in found)


def _of_module(module: Mapping[str, Any], path: str) -> Iterator[Aside]:
    for resource in module.get("resources", []):
        address = path + resource["address"]
        for provisioner in resource.get("provisioners", []):
            yield Aside(address, provisioner["type"], "runs a program beside Terraform")
        if resource.get("mode") == "data" and resource["type"] in _PROGRAMS:
            yield Aside(address, resource["type"], _PROGRAMS[resource["type"]])
    for name, call in module.get("module_calls", {}).items():
        yield from _of_module(call.get("module") or {}, f"{path}module.{name}.")


def _action(invocation: Mapping[str, Any]) -> Aside:
    trigger = (invocation.get("lifecycle_action_trigger") or {}).get("triggering_resource_address")
    why = f"is an action, run by {trigger}" if trigger else "is an action that is run"
    return Aside(invocation.get("address", "an action"), "action", why)
