"""Refuses a plan that is not whole: Terraform has been told to leave something out, or has put it off."""

from collections.abc import Mapping
from typing import Any

from operations.failure import OperationError


def check_whole(document: Mapping[str, Any]) -> None:
    """Raise OperationError if `terraform show -json` says that what it shows is not all that there is to do."""
    if not document.get("complete", True):
        raise OperationError(
            "The plan is not complete: Terraform has left something out, as with -target or -exclude, or has put it "
            "off. Whatever it says of the rest, it says nothing of what is missing: plan without such arguments."
        )
