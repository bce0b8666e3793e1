"""The versions of Kubernetes that a cluster may have.

A version that is added here changes no folder of infra/: an environment gets it when its own file says so.
"""

KUBERNETES_VERSIONS = ("1.35",)
"""Minor versions that every cloud supports, and so do the charts that run in the cluster, from the oldest."""

DEFAULT_KUBERNETES_VERSION = KUBERNETES_VERSIONS[0]
"""What modules take by themselves, and show in examples."""

POD_SECURITY_VERSION = "1.35"
"""Whose pod security standards namespaces enforce. Raised by itself, once no cluster is older."""
