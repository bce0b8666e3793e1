"""In which order Terraform makes things and takes them away: by the edges of its own graph."""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.kubernetes.objects import KubernetesObject
from tests.offline import terraform

_EDGE = re.compile(r'^\s*"(\S+)" -> "(\S+)";$', re.MULTILINE)
_INDEX = re.compile(r'\["[^"]*"\]|\[\d+\]')

FINISHED_BY = {
    "cert-manager.io": "module.certificates.helm_release.cert_manager",
    "datadoghq.com": "module.observability.kubernetes_deployment_v1.datadog_operator",
    "external-secrets.io": "module.secrets.helm_release.operator",
    "gateway.envoyproxy.io": "module.gateway.helm_release.controller",
    "gateway.networking.k8s.io": "module.gateway.helm_release.controller",
    "keda.sh": "module.autoscaling.helm_release.keda",
    "postgresql.cnpg.io": "module.postgres.helm_release.operator",
    "rabbitmq.com": "module.rabbitmq.helm_release.operator",
}
"""What alone can finish a custom resource, by its API group: remove its finalizers, and what it stands for."""

_ISSUER = "cert-manager.io/cluster-issuer"


class Order:
    """What depends on what in a folder of Terraform, by addresses without the indexes of instances."""

    def __init__(self, folder: Path) -> None:
        self._edges: dict[str, set[str]] = {}
        for source, target in _EDGE.findall(terraform(folder, "graph")):
            self._edges.setdefault(source, set()).add(target)

    @property
    def addresses(self) -> set[str]:
        """All that depends on something, or that something depends on."""
        return self._edges.keys() | set().union(*self._edges.values())

    def before(self, address: str) -> set[str]:
        """All that is made before a resource, and taken away after it."""
        found: set[str] = set()
        left = [address]
        while left:
            new = self._edges.get(left.pop(), set()) - found
            found |= new
            left += new
        return found


def controllers_of(found: KubernetesObject) -> set[str]:
    """What an object cannot come, work or go without: its controller, and those of what that makes.

    Raises KeyError for a custom resource of which nobody has said who finishes it.
    """
    if found.is_native:
        return set()
    controllers = {FINISHED_BY[found.api_version.partition("/")[0]]}
    annotations: Mapping[str, str] = found.metadata.get("annotations") or {}
    if _ISSUER in annotations:  # cert-manager makes a Certificate for it, which may be under way
        controllers.add(FINISHED_BY["cert-manager.io"])
    return controllers


def without_index(address: str) -> str:
    """The address of a resource of which there may be many."""
    return _INDEX.sub("", address)
