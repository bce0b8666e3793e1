"""What is asked of every cluster that is there already, whatever the cloud tells it by.

What compares it with the network is asked of outputs: by a condition of its own that names another module's output, a
data source waits for all that this module makes, and is read when Terraform applies.
"""

from cdk.core import Postcondition
from flowwise.authoring.expressions import text


def is_not_older(version: str) -> Postcondition:
    """That its Kubernetes is at least the one that is told. The owner may be ahead, and a deploy does not stop then."""
    minor = 'tonumber(split(".", {})[1])'.format
    return Postcondition(
        condition=text(f"{minor(version)} >= {minor('var.kubernetes_version')}"),
        error_message=f"The cluster must have Kubernetes ${{var.kubernetes_version}} at least, and has ${{{version}}}.",
    )


def has_pools(names: str) -> Postcondition:
    """That pools are there by the names that pods ask for. `names` is the expression of a list."""
    missing = f"setsubtract(var.node_pools, {names})"
    return Postcondition(
        condition=text(f"length({missing}) == 0"),
        error_message="The cluster must have the node pools that the environment names: it lacks "
        f'${{join(", ", {missing})}}.',
    )


def has_ranges(pods: str, services: str) -> Postcondition:
    """That pods and services have the addresses that network policies and checks of ranges reckon with."""
    return Postcondition(
        condition=text(f"try({pods} == var.pod_cidr && {services} == var.service_cidr, false)"),
        error_message="The cluster's pods must have addresses of ${var.pod_cidr}, and its services of "
        "${var.service_cidr}: the environment has to say what is there.",
    )
