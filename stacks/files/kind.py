"""The configuration with which kind makes a cluster on a laptop that answers as a cloud's load balancer does."""

from environments import Environment
from flowwise.tables.traffic import NODE_PORTS
from synthesis.tree import MARK

KIND_FILE = "kind.yaml"
_CONTEXT = "kind-"
"""What kind's contexts begin with; the rest is the cluster's name."""


def kind_file(environment: Environment, source: str) -> str | None:
    """Its text; none for an environment whose cluster is not one of kind's."""
    kubernetes = environment.kubernetes
    if kubernetes is None or not kubernetes.context.startswith(_CONTEXT):
        return None
    mappings = "".join(
        f"      - containerPort: {node_port}\n        hostPort: {port}\n        protocol: TCP\n"
        for port, node_port in NODE_PORTS.items()
    )
    return (
        f"# {MARK} from {source}. Edit that file, not this one.\n"
        "# One node, at whose ports the gateway answers; the laptop's own lead there.\n"
        "kind: Cluster\n"
        "apiVersion: kind.x-k8s.io/v1alpha4\n"
        f"name: {kubernetes.context.removeprefix(_CONTEXT)}\n"
        "nodes:\n"
        "  - role: control-plane\n"
        f"    extraPortMappings:\n{mappings}"
    )
