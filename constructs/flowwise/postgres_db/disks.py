"""Disks that grow by themselves, on clouds whose provider would replace a server to shrink one."""

from cdk.core import Postcondition
from flowwise.authoring.expressions import text


def no_smaller_than_asked(has_gb: str, command: str) -> Postcondition:
    """Refuse a plan that would leave a disk smaller than its `storage_gb`, as a raised one would go unheard.

    `has_gb` is the expression of what there is, and `command` makes it larger.
    """
    return Postcondition(
        condition=text(f"{has_gb} >= local.asked[each.key].storage_gb"),
        error_message="The disk is smaller than storage_gb, and Terraform leaves disks alone, as they grow by "
        f"themselves. Make it larger by hand, and plan again: {command}",
    )
