"""Who answers for names in a cluster: what the cluster is told, and what policies and sizes take for granted."""

import re
from collections.abc import Mapping

from flowwise.tables.project import CLOUDS
from sizing.system_pods import ASSUMED_SYSTEM_REQUESTS
from stacks import flows
from tests.kubernetes.flows.ends import LABELS
from tests.workspace import INFRA

PODS: Mapping[str, Mapping[str, str]] = {"KUBE_DNS": {"k8s-app": "kube-dns"}}
"""By GKE's word, the pods that answer. Cloud DNS has none, and what GKE's default is may be another tomorrow."""


def test_gke_s_dns_is_what_pods_may_ask() -> None:
    cluster = (INFRA / "modules" / "k8s-cluster" / "google" / "main.tf").read_text()
    (said,) = re.findall(r'^ +cluster_dns += "(\w+)"$', cluster, re.MULTILINE) or ["GKE's default"]
    assert PODS.get(said) == LABELS[flows.DNS], said


def test_dns_is_counted_in_every_cloud() -> None:
    counted = {cloud: {"coredns", "kube-dns"} & {*ASSUMED_SYSTEM_REQUESTS[cloud].in_the_cluster} for cloud in CLOUDS}
    assert counted == {"azure": {"coredns"}, "aws": {"coredns"}, "google": {"kube-dns"}}
