"""How pods are spread, so that no node or zone takes them all with it."""

from collections.abc import Mapping, Sequence

from flowwise.authoring.expressions import text

ZONE, NODE = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
"""Labels of nodes, by which pods are spread."""


def spread(labels: Mapping[str, str] | None, *, over: Sequence[str] = (ZONE, NODE)) -> str:
    """`topologySpreadConstraints` for the pods with these labels, as an expression: as even as there is room for.

    Copies of one version are counted, where the pods are a Deployment's. Without labels, it is for a chart that adds
    those of each of its parts.
    """
    selector = ""
    if labels is not None:
        listed = ", ".join(f'"{name}" = "{value}"' for name, value in labels.items())
        selector = f"    labelSelector     = {{ matchLabels = {{ {listed} }} }}\n"
    keys = ", ".join(f'"{key}"' for key in over)
    return text(
        "[\n"
        f"  for key in [{keys}] : {{\n"
        "    maxSkew           = 1\n"
        "    topologyKey       = key\n"
        '    whenUnsatisfiable = "ScheduleAnyway"\n'
        f"{selector}"
        '    matchLabelKeys    = ["pod-template-hash"]\n'
        "  }\n"
        "]"
    )
