"""The versions of Kubernetes that a cluster may have."""

KUBERNETES_VERSIONS = ("1.35",)
"""Minor versions that every cloud supports, and so do the charts that run in the cluster."""

DEFAULT_KUBERNETES_VERSION = KUBERNETES_VERSIONS[-1]
