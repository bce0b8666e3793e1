"""How Terraform signs in to a cloud's cluster: with the command line tool of the cloud, and no stored credential."""

from collections.abc import Callable
from dataclasses import dataclass

from cdk.helm import HelmProviderKubernetesExec
from cdk.kubernetes import KubernetesProviderExec


@dataclass(frozen=True)
class ClusterLogin:
    """The command that gives a token for the cluster's API server.

    `version` is that of the API that it answers by: a client takes no answer of another version than it asked for.
    """

    command: str
    arguments: tuple[str, ...]
    version: str = "v1"

    @property
    def api_version(self) -> str:
        """Of the command's answer."""
        return f"client.authentication.k8s.io/{self.version}"

    def for_kubernetes(self) -> KubernetesProviderExec:
        """As the kubernetes provider takes it."""
        return KubernetesProviderExec(api_version=self.api_version, command=self.command, args=list(self.arguments))

    def for_helm(self) -> HelmProviderKubernetesExec:
        """As the helm provider takes it."""
        return HelmProviderKubernetesExec(api_version=self.api_version, command=self.command, args=list(self.arguments))


# The application id is that of AKS itself, in every tenant ("Use kubelogin", Azure Kubernetes Service).
_AKS = "6dae42f8-4368-4678-94ff-3960e28e3630"

CLUSTER_LOGINS: dict[str, Callable[[str, str], ClusterLogin]] = {
    "azure": lambda cluster, region: ClusterLogin(
        "kubelogin", ("get-token", "--login", "azurecli", "--server-id", _AKS)
    ),
    "aws": lambda cluster, region: ClusterLogin(
        "aws", ("eks", "get-token", "--cluster-name", cluster, "--region", region)
    ),
    # It answers by this version whatever it is asked (cmd/gke-gcloud-auth-plugin in kubernetes/cloud-provider-gcp).
    "google": lambda cluster, region: ClusterLogin("gke-gcloud-auth-plugin", (), version="v1beta1"),
}
"""By cloud: the login to a cluster of a name in a region, by the cloud's own code of it."""
