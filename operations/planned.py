"""What a plan would do, read from Terraform's JSON of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from operations.failure import OperationError

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
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Change:
    """What happens to one resource or output.

    `action` is keep, create, change, replace, destroy, forget, or forget and create. `attributes` are the names of
    what differs, and `forced_by` of what makes a change into a replacement; values are left behind.
    """

    address: str
    type: str
    action: str
    attributes: tuple[str, ...] = ()
    forced_by: tuple[str, ...] = ()
    reason: str = ""
    moved_from: str = ""
    imported: bool = False
    deposed: bool = False  # the old one of a replacement, which Terraform could not destroy then
    namespace: str = ""  # that it is in, of what Kubernetes has

    @property
    def destroys(self) -> bool:
        """Whether what is there goes."""
        return self.action in ("destroy", "replace")


@dataclass(frozen=True)
class Plan:
    """A whole plan. `applies` is Terraform's own word on whether there is something to apply."""

    resources: tuple[Change, ...]
    outputs: tuple[Change, ...]
    drift: tuple[Change, ...]  # what has changed since Terraform last saw it, other than by Terraform
    applies: bool


def read_plan(document: Mapping[str, Any]) -> Plan:
    """A plan from what `terraform show -json` says. Raises OperationError if that is of an unknown form."""
    version = str(document.get("format_version", "none"))
    if version.partition(".")[0] != "1":
        raise OperationError(f"The plan's format_version is {version}; this reads 1.x, of Terraform 1.11 and newer.")
    return Plan(
        resources=tuple(map(_resource, _managed(document.get("resource_changes", [])))),
        outputs=tuple(_output(name, each) for name, each in document.get("output_changes", {}).items()),
        drift=tuple(map(_resource, _managed(document.get("resource_drift", [])))),
        applies=bool(document["applyable"]),
    )


def _managed(resources: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (resource for resource in resources if resource["mode"] == "managed")


def _resource(resource: Mapping[str, Any]) -> Change:
    change = resource["change"]
    address = resource["address"]
    before, after = change.get("before"), change.get("after")
    return Change(
        address=address,
        type=resource["type"],
        action=_action(address, change["actions"]),
        attributes=tuple(_differences(before, after, change)) if before is not None and after is not None else (),
        forced_by=tuple(map(_dotted, change.get("replace_paths", []))),
        reason=_REASONS.get(resource.get("action_reason", ""), ""),
        moved_from=resource.get("previous_address", ""),
        imported="importing" in change,
        deposed="deposed" in resource,
        namespace=before["namespace"] if isinstance(before, dict) and before.get("namespace") else "",
    )


def _output(name: str, change: Mapping[str, Any]) -> Change:
    return Change(address=name, type="output", action=_action(f"output.{name}", change["actions"]))


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
            yield from _paths(before.get(key), after.get(key), [_part(mark, key) for mark in marks], (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _paths(old, new, [_part(mark, index) for mark in marks], (*path, index))
    elif before != after or _holds_true(is_unknown):
        yield path


def _part(mark: Any, key: str | int) -> Any:
    """The mark of a part: marks have the form of the value, and leave out what has none."""
    if isinstance(mark, dict):
        return mark.get(key, False)
    if isinstance(mark, list) and isinstance(key, int) and key < len(mark):
        return mark[key]
    return False


def _holds_true(mark: Any) -> bool:
    if isinstance(mark, dict | list):
        return any(map(_holds_true, mark.values() if isinstance(mark, dict) else mark))
    return mark is True


def _dotted(path: Sequence[Any]) -> str:
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _WORD.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text
