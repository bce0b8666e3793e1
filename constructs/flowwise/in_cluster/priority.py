"""Who makes room for whom on a full node: what can run elsewhere, for what cannot."""

from typing import Any

from cdk.kubernetes import PriorityClassV1, PriorityClassV1Metadata
from flowwise.authoring.expressions import string_map, text
from flowwise.authoring.module import Module
from flowwise.tables.project import PROJECT

PRIORITY_CLASS = text("kubernetes_priority_class_v1.bound.metadata[0].name")
"""The name, for whoever makes pods that have one place to be: they come after the class, and go before it."""

_VALUE = 1_000_000
"""Above 0, which is that of pods without a class, and below 2 000 000 000, from which on they are Kubernetes' own.

"Pod Priority and Preemption", kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption.
"""


def add_priority_class(module: Module[Any, Any]) -> None:
    """Add `kubernetes_priority_class_v1.bound`."""
    module.comment(
        "Of pods with one place to be: the zone of their disk, or a node. A pool of nodes spans all zones, and the "
        "autoscaler adds a node in whichever it likes: so on the node that is there, pods make room that can go "
        "elsewhere."
    )
    module.resource(
        PriorityClassV1,
        "bound",
        metadata=PriorityClassV1Metadata(name=f"{PROJECT}-bound", labels=string_map("var.labels")),
        value=_VALUE,
        description="What runs in one zone alone, where its disk is, or on one node.",
    )
