"""Addresses of pods and of services, and how many nodes a range of pods is enough for."""

from flowwise.tables.traffic import PRIVATE_RANGES
from flowwise.tables.upgrades import GOOGLE_SURGE_NODES

POD_CIDR, SERVICE_CIDR = "10.244.0.0/16", "10.245.0.0/16"
"""Those of a cluster whose pods and services have no addresses of the network, where a file does not say."""

THERE = (*PRIVATE_RANGES, "100.64.0.0/10")
"""Where pods and services of a cluster that is there may be: what may call the Internet must not reach them by that."""

THERE_PREFIX_LENGTHS = range(8, 29)

GKE_SERVICES = "34.118.224.0/20"
"""What GKE gives the services of a cluster that names no range: Google's own, and in each cluster the same.

"VPC-native clusters": it is no secondary range, and nothing outside of a cluster knows of it.
"""

BITS_OF_A_NODE = 24
"""AKS with an overlay and GKE with 110 pods on a node give each node a /24 of the range."""

SPARE_NODES = {"azure": 0, "google": GOOGLE_SURGE_NODES}
"""By cloud that takes them from the range: nodes of each pool that there are besides, while it is upgraded."""


def nodes_in(prefix_length: int) -> int:
    """Nodes that a range of this length, of at most `BITS_OF_A_NODE`, has addresses for."""
    return 1 << (BITS_OF_A_NODE - prefix_length)
