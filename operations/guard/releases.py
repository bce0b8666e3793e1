"""The custom resources that a Helm release is given as values, as resources of a plan of their own.

Terraform knows of a release only that its values change; which of the resources in them go, and with them queues or
databases, stands in the values: in the lists `resources` of `infra/charts/custom-resources/`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from operations.guard.leaves import Marked, holds_true
from operations.planned import Change
from operations.printable import printable

RELEASE = "helm_release"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # values have thousands of lines
_Resources = Mapping[tuple[str, str], Any]


def with_custom_resources(change: Change) -> Iterator[Change]:
    """A change, and those of the custom resources in it if it is one of a release."""
    yield change
    if change.type != RELEASE or change.before is None or change.deposed:
        return
    if change.after is not None and not change.new.part("values").is_known:
        yield from (
            _one(change, key, "perhaps destroy", before, None) for key, before in _resources(change.old).items()
        )
        return
    if change.after is not None and change.before.get("values") == change.after.get("values"):
        return
    old = _resources(change.old)
    new = _resources(change.new) if change.after is not None else {}
    goes = "forget" if change.action == "forget" else "destroy"
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if before != after:
            action = "create" if before is None else goes if after is None else "change"
            yield _one(change, key, action, before, after)


def _one(release: Change, key: tuple[str, str], action: str, before: Any, after: Any) -> Change:
    is_secret = any(holds_true(side.part("values").sensitive) for side in (release.old, release.new))
    return replace(
        release,
        address=f'{release.address}["{printable("/".join(key))}"]',
        type=key[0],
        action=action,
        old=Marked(before, sensitive=is_secret),
        new=Marked(after, sensitive=is_secret),
        imported=False,
        deposed="",
    )


def _resources(release: Marked) -> _Resources:
    """The custom resources of a release's values by kind and name. Helm merges the texts; a list replaces a list."""
    found: list[Any] = []
    for text in release.value.get("values") or []:
        try:
            values = yaml.load(text or "", _LOADER)
        except yaml.YAMLError:
            continue
        if isinstance(values, dict) and isinstance(values.get("resources"), list):
            found = values["resources"]
    return {
        (str(each.get("kind")), str((each.get("metadata") or {}).get("name"))): each
        for each in found
        if isinstance(each, dict)
    }
