"""What is asked of every subnet that is there already, whatever the cloud."""

from cdk.core import Postcondition
from flowwise.authoring.expressions import text


def is_inside(range_: str, around: str = "var.cidr") -> str:
    """Condition that a range is a part of another. Both are expressions."""
    length = f'split("/", {around})[1]'
    return (
        f'tonumber(split("/", {range_})[1]) >= tonumber({length}) && '
        f'cidrhost("${{split("/", {range_})[0]}}/${{{length}}}", 0) == cidrhost({around}, 0)'
    )


def of_subnet(purposes: str, range_: str, subnet: str) -> list[Postcondition]:
    """That a subnet is large enough for a list of purposes and inside of the range. All are expressions.

    `local.longest` is the longest prefix by purpose.
    """
    longest = f"min([for purpose in {purposes} : local.longest[purpose]]...)"
    return [
        Postcondition(
            condition=text(f'tonumber(split("/", {range_})[1]) <= {longest}'),
            error_message=f'${{{subnet}}} is too small: a subnet for ${{join(", ", {purposes})}} has to be a /'
            f"${{{longest}}} at least.",
        ),
        Postcondition(
            condition=text(is_inside(range_)),
            error_message=f"${{{subnet}}} has to be inside of ${{var.cidr}}, which network policies in the cluster let "
            "through.",
        ),
    ]
