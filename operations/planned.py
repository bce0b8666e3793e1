"""What a plan would do, read from Terraform's JSON of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from operations.failure import OperationError
from operations.guard.leaves import NOTHING, Marked, holds_true, part_of_mark
from operations.guard.side import Aside, asides
from operations.printable import printable

# "Change representation", Terraform's JSON output format.
_ACTIONS = {
    ("no-op",): "keep",
    ("read",): "keep",
    ("create",): "create",
    ("update",): "change",
    ("delete",): "destroy",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("forget",): "forget",
    ("create", "forget"): "forget and create",
    ("forget", "create"): "forget and create",  # OpenTofu's
}
_REASONS = {
    "replace_because_tainted": "it is marked as damaged",
    "replace_because_cannot_update": "cannot be changed in place",
    "replace_by_request": "asked for",
    "replace_by_triggers": "another resource asks for it",
    "delete_because_no_resource_config": "the code has it no more",
    "delete_because_no_module": "the code has its module no more",
    "delete_because_wrong_repetition": "the code has it with other keys",
    "delete_because_count_index": "the code has fewer of it",
    "delete_because_each_key": "the code has its key no more",
    "delete_because_no_move_target": "the code moves it to where nothing is",
}
_VERBS = {
    "create": "makes",
    "change": "changes",
    "replace": "replaces",
    "destroy": "destroys",
    "perhaps destroy": "may destroy",
    "forget": "forgets",
    "forget and create": "forgets",
}
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Change:
    """What happens to one resource or output.

    `action` is keep, create, change, replace, destroy, forget, or forget and create; of a custom resource in values
    that nobody knows yet, perhaps destroy. `attributes` are the names of what differs, and `forced_by` of what makes a
    change into a replacement. `old` and `new` are its values, for rules; what people are shown of them is what rules
    name, and no secret. All names are printable.
    """

    address: str
    type: str
    action: str
    attributes: tuple[str, ...] = ()
    forced_by: tuple[str, ...] = ()
    reason: str = ""
    moved_from: str = ""
    imported: bool = False
    deposed: str = ""  # the key of what a replacement has left, which Terraform could not destroy then
    old: Marked = NOTHING
    new: Marked = NOTHING

    @property
    def before(self) -> Any:
        """The values that it has; None of what is not there yet."""
        return self.old.value

    @property
    def after(self) -> Any:
        """The values that it gets, as far as they are known; None of what goes."""
        return self.new.value

    @property
    def key(self) -> str:
        """What tells it from every other change of a plan."""
        return f"{self.address}#{self.deposed}" if self.deposed else self.address

    @property
    def verb(self) -> str:
        """What is done to it, such as destroys."""
        return _VERBS.get(self.action, "keeps")

    @property
    def destroys(self) -> bool:
        """Whether what is there goes."""
        return self.action in ("destroy", "perhaps destroy", "replace")

    @property
    def creates(self) -> bool:
        """Whether something is made."""
        return self.action in ("create", "replace", "forget and create")

    @property
    def forgets(self) -> bool:
        """Whether what is there goes on, and Terraform knows it no more."""
        return self.action in ("forget", "forget and create")


@dataclass(frozen=True)
class Plan:
    """A whole plan. `applies` is Terraform's own word on whether there is something to apply."""

    resources: tuple[Change, ...]
    outputs: tuple[Change, ...]
    drift: tuple[Change, ...]  # what has changed since Terraform last saw it, other than by Terraform
    applies: bool
    asides: tuple[Aside, ...] = ()
    failing_checks: tuple[str, ...] = ()
    outputs_before: Mapping[str, Any] = field(default_factory=dict)
    outputs_after: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_deployed(self) -> bool:
        """Whether there is something already."""
        has_resources = any(change.before is not None and not change.imported for change in self.resources)
        return has_resources or bool(self.outputs_before)


def read_plan(document: Mapping[str, Any]) -> Plan:
    """A plan from what `terraform show -json` says. Raises OperationError if that is of an unknown form."""
    version = printable(str(document.get("format_version", "none")))
    if version.partition(".")[0] != "1":
        raise OperationError(f"The plan's format_version is {version}; this reads 1.x, of Terraform 1.11 and newer.")
    if not isinstance(document.get("applyable"), bool):
        raise OperationError(
            "The plan's JSON does not say whether it can be applied: `applyable` is missing. Terraform 1.11 and newer "
            "say it; this may be of an older one, or no plan at all."
        )
    outputs = document.get("output_changes", {})
    return Plan(
        resources=tuple(map(_resource, _managed(document.get("resource_changes", [])))),
        outputs=tuple(_output(name, each) for name, each in outputs.items()),
        drift=tuple(map(_resource, _managed(document.get("resource_drift", [])))),
        applies=document["applyable"],
        asides=asides(document),
        failing_checks=tuple(_failing(document.get("checks", []))),
        outputs_before=_values(outputs, "before"),
        outputs_after=_values(outputs, "after"),
    )


def _values(outputs: Mapping[str, Any], side: str) -> dict[str, Any]:
    return {name: each[side] for name, each in outputs.items() if each.get(side) is not None}


def _failing(checks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What checks say that fail or cannot be made: with those of kind check, Terraform goes on all the same."""
    for check in checks:
        if check["status"] in ("fail", "error"):
            said = [
                problem.get("message", "")
                for instance in check.get("instances", [])
                for problem in instance.get("problems", [])
            ]
            name = check["address"]["to_display"]
            yield printable(f"{name}: {' '.join(filter(None, said)) or 'it could not be made'}")


def _managed(resources: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (resource for resource in resources if resource["mode"] == "managed")


def _resource(resource: Mapping[str, Any]) -> Change:
    change = resource["change"]
    address = printable(resource["address"])
    before, after = change.get("before"), change.get("after")
    return Change(
        address=address,
        type=resource["type"],
        action=_action(address, change["actions"]),
        attributes=tuple(_differences(before, after, change)) if before is not None and after is not None else (),
        forced_by=tuple(map(_dotted, change.get("replace_paths", []))),
        reason=_REASONS.get(resource.get("action_reason", ""), ""),
        moved_from=printable(resource.get("previous_address", "")),
        imported="importing" in change,
        deposed=printable(resource.get("deposed", "")),
        old=Marked(before, sensitive=change.get("before_sensitive", False)),
        new=Marked(after, change.get("after_unknown", False), change.get("after_sensitive", False)),
    )


def _output(name: str, change: Mapping[str, Any]) -> Change:
    shown = printable(name)
    return Change(address=shown, type="output", action=_action(f"output.{shown}", change["actions"]))


def _action(address: str, actions: Sequence[str]) -> str:
    try:
        return _ACTIONS[tuple(actions)]
    except KeyError:
        raise OperationError(f"The plan has actions for {address} that this does not know: {list(actions)}") from None


def _differences(before: Any, after: Any, change: Mapping[str, Any]) -> Iterator[str]:
    """Names of what differs, down to the smallest part, but not into what is sensitive: its keys may be, too."""
    marks = [change.get(name, False) for name in ("after_unknown", "before_sensitive", "after_sensitive")]
    return (_dotted(path) for path in _paths(before, after, marks, ()))


def _paths(before: Any, after: Any, marks: list[Any], path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    is_unknown = marks[0]
    if any(mark is True for mark in marks):
        if before != after or is_unknown is True:
            yield path
    elif isinstance(before, dict) and isinstance(after, dict):
        unknown = is_unknown.keys() if isinstance(is_unknown, dict) else set()
        for key in sorted(before.keys() | after.keys() | unknown):
            yield from _paths(
                before.get(key), after.get(key), [part_of_mark(mark, key) for mark in marks], (*path, key)
            )
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _paths(old, new, [part_of_mark(mark, index) for mark in marks], (*path, index))
    elif before != after or holds_true(is_unknown):
        yield path


def _dotted(path: Sequence[Any]) -> str:
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _WORD.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return printable(text)
