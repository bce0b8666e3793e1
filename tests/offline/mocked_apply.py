"""Applies or plans a generated folder with its cloud mocked, and tells what it makes."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.offline import terraform
from tests.workspace import INFRA

Made = dict[tuple[str, str], Any]


def mocked_apply(infra: Path, folder: str, overrides: str = "") -> Made:
    """The values of each resource by type and name, a list of them where there are several: of its generated example.

    `infra` is a copy of the tree. `overrides` are blocks of a test file, for what the mocks should answer instead.
    """
    found: Made = {}
    for resource in made_resources(infra / folder, overrides):
        key = (resource["type"], resource["name"])
        if "index" in resource:
            found.setdefault(key, []).append(resource["values"])
        else:
            found[key] = resource["values"]
    return found


def made_resources(folder: Path, overrides: str = "") -> list[dict[str, Any]]:
    """Every resource of its generated example, as Terraform's JSON has it: address, type, name, index, values.

    The test of an environment's root runs its platform alone, whose resources get the addresses they have in the root.
    """
    generated = generated_test(folder)
    text = generated.read_text().partition('run "refuses_wrong_values')[0].replace("command = plan", "command = apply")
    generated.write_text(f"{overrides}\n{text}")
    terraform(folder, "init", "-backend=false")
    events = map(json.loads, terraform(folder, "test", "-json", "-verbose").splitlines())
    (state,) = (event["test_state"] for event in events if "test_state" in event)
    return [_in_the_root(resource, text) for resource in _resources(state["root_module"])]


def planned_resources(folder: Path) -> list[dict[str, Any]]:
    """The same without data sources, and planned only, which takes a third of that: values may be missing."""
    only_plan(folder)
    text = generated_test(folder).read_text()
    made = (change for change in generated_plan(folder)["resource_changes"] if change["mode"] == "managed")
    return [_in_the_root(change | {"values": change["change"]["after"]}, text) for change in made]


def generated_test(folder: Path) -> Path:
    """The one file of tests that a generated folder has."""
    (file,) = (folder / "tests").glob("*.tftest.hcl")
    return file


def only_plan(folder: Path) -> None:
    """Have the generated test of a folder plan what it would apply, which takes a third of that."""
    generated = generated_test(folder)
    generated.write_text(generated.read_text().replace("command = apply", "command = plan"))


def generated_plan(folder: Path) -> dict[str, Any]:
    """What the generated test of a folder plans, where it only plans, as `terraform show -json` has it."""
    terraform(folder, "init", "-backend=false")
    events = map(json.loads, terraform(folder, "test", "-json", "-verbose").splitlines())
    (plan,) = (event["test_plan"] for event in events if "test_plan" in event)
    return dict(plan)


def copy_of(folder: Path, *parts: str) -> Path:
    """These parts of the generated tree, as a tree of their own."""
    for part in parts:
        shutil.copytree(INFRA / part, folder / part, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    return folder


def _in_the_root(resource: dict[str, Any], test: str) -> dict[str, Any]:
    call = "module.platform." if "\n  module {\n" in test else ""
    return resource | {"address": call + resource["address"]}


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)
