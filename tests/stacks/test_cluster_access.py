"""Who signs in to a cluster is understood: a client takes no answer of another version than the one that it asked for.

What the commands answer is of their own sources: kubelogin (pkg/internal/token in Azure/kubelogin) and `aws eks
get-token` (awscli/customizations/eks/get_token.py in aws/aws-cli) by the version they are asked for, if they know it,
and gke-gcloud-auth-plugin (cmd/gke-gcloud-auth-plugin in kubernetes/cloud-provider-gcp) always by the same.
"""

import pytest

from flowwise.tables.project import CLOUDS
from stacks.cluster_access import CLUSTER_LOGINS

ANSWERS = {
    "kubelogin": {"v1beta1", "v1"},
    "aws": {"v1alpha1", "v1beta1", "v1"},
    "gke-gcloud-auth-plugin": {"v1beta1"},
}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_command_answers_by_the_version_that_is_asked_for(cloud: str) -> None:
    login = CLUSTER_LOGINS[cloud]("cluster", "region")
    assert login.api_version in {f"client.authentication.k8s.io/{version}" for version in ANSWERS[login.command]}
    assert login.for_kubernetes().api_version == login.for_helm().api_version == login.api_version
