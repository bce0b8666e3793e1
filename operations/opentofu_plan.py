"""What Terraform says of a plan in JSON, and OpenTofu leaves to the reader: whether there is anything to apply.

Nor does OpenTofu say whether a plan is complete. What would make it another, such as -target, is refused before it is
made (operations/terraform_environment.py).
"""

from collections.abc import Mapping
from typing import Any


def with_what_terraform_says(document: Mapping[str, Any]) -> dict[str, Any]:
    """A plan's JSON with `applyable`, by OpenTofu's rule for plans that do more than refresh (plans.Plan.CanApply)."""
    outputs = document.get("output_changes", {}).values()
    changes = any(map(_does_something, document.get("resource_changes", [])))
    applyable = changes or any(output["actions"] != ["no-op"] for output in outputs)
    return {"applyable": applyable and not document.get("errored", False), **document}


def _does_something(resource: Mapping[str, Any]) -> bool:
    change = resource["change"]
    return change["actions"] != ["no-op"] or "importing" in change or "previous_address" in resource
