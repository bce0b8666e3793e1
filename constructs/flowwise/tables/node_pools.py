"""How each cloud marks the nodes of a pool: what a pod names that is to run on them, and what it has to tolerate."""

POOL_LABELS = {
    "azure": "kubernetes.azure.com/agentpool",
    "aws": "eks.amazonaws.com/nodegroup",
    "google": "cloud.google.com/gke-nodepool",
}
"""The label that has a node's pool for its value.

Reserved labels of AKS; "Managed node groups", EKS, whose autoscaler knows it of a group without nodes too; labels that
GKE gives nodes.
"""

SPOT_TAINTS = {
    "azure": ("kubernetes.azure.com/scalesetpriority", "spot"),
    "google": ("cloud.google.com/gke-spot", "true"),
}
"""Key and value of the taint of spot nodes, with the effect NoSchedule: AKS' own, and ours on GKE. EKS' have none."""
