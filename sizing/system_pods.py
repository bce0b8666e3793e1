"""What the clouds' own pods ask for. No cloud documents it all: these are assumptions, and the reader is told so.

Where each number is from:

- Azure: `kubectl describe node` of an AKS 1.32 cluster of October 2025, as published, for all that is not named here.
  cilium asks for memory alone (github.com/Azure/AKS, issue 5244). The driver of Key Vault's secrets is as in the charts
  of secrets-store-csi-driver and of its provider for Azure; Azure Policy's parts are not verified. The agent of cost
  analysis is left out, as nothing says what it asks for.
- AWS: the charts aws-vpc-cni (both containers of aws-node) and aws-ebs-csi-driver (three containers on a node, six in
  the controller, 10m and 40Mi each); kube-proxy and coredns as published `kubectl describe node`s of EKS show them. The
  agent of pod identity asks for nothing (chart eks-pod-identity-agent).
- Google: published `kubectl describe node`s of GKE 1.29 to 1.36. anetd, of Dataplane V2, is as on Google Distributed
  Cloud, and not verified on GKE.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sizing.pods import KUBERNETES, Pod, Where
from sizing.room import Room, total


@dataclass(frozen=True)
class SystemRequests:
    """Of one cloud: what runs on each node, and how many copies of what runs in the cluster, by pod."""

    on_each_node: Mapping[str, Room]
    in_the_cluster: Mapping[str, tuple[int, Room]]
    where: Where


ASSUMED_SYSTEM_REQUESTS: Mapping[str, SystemRequests] = {
    "azure": SystemRequests(
        on_each_node={
            "aks-secrets-store-csi-driver": Room(70, 140),
            "aks-secrets-store-provider-azure": Room(50, 100),
            "azure-cns": Room(40, 250),
            "azure-ip-masq-agent": Room(100, 50),
            "cilium": Room(0, 100),
            "cloud-node-manager": Room(50, 50),
            "csi-azuredisk-node": Room(30, 60),
            "csi-azurefile-node": Room(30, 60),
        },
        in_the_cluster={
            "azure-policy": (1, Room(30, 50)),
            "azure-wi-webhook-controller-manager": (2, Room(100, 20)),
            "coredns": (2, Room(100, 70)),
            "coredns-autoscaler": (1, Room(20, 10)),
            "eraser-controller-manager": (1, Room(100, 30)),
            "gatekeeper-audit": (1, Room(100, 256)),
            "gatekeeper-controller": (2, Room(100, 256)),
            "konnectivity-agent": (2, Room(20, 20)),
            "konnectivity-agent-autoscaler": (1, Room(20, 10)),
            "metrics-server": (2, Room(156, 138)),
        },
        where=Where.ANYWHERE,
    ),
    "aws": SystemRequests(
        on_each_node={"aws-node": Room(50, 0), "ebs-csi-node": Room(30, 120), "kube-proxy": Room(100, 0)},
        in_the_cluster={"coredns": (2, Room(100, 70)), "ebs-csi-controller": (2, Room(60, 240))},
        where=Where.SYSTEM,  # by the node selector that our cluster gives them
    ),
    "google": SystemRequests(
        on_each_node={
            "anetd": Room(110, 164),
            "fluentbit-gke": Room(105, 230),
            "gke-metadata-server": Room(100, 100),
            "gke-metrics-agent": Room(21, 145),
            "netd": Room(8, 65),
            "pdcsi-node": Room(10, 20),
        },
        in_the_cluster={
            "event-exporter-gke": (1, Room(3, 100)),
            "konnectivity-agent": (2, Room(15, 60)),
            "konnectivity-agent-autoscaler": (1, Room(10, 10)),
            "kube-dns": (2, Room(265, 140)),
            "kube-dns-autoscaler": (1, Room(20, 10)),
            "metrics-server": (1, Room(48, 105)),
        },
        where=Where.ANYWHERE,
    ),
}
"""What the pods ask for that each cloud puts on our nodes, by its word for the environment files."""


def system_pods_of(cloud: str) -> tuple[Pod, ...]:
    """The cloud's own pods."""
    assumed = ASSUMED_SYSTEM_REQUESTS[cloud]
    return (
        *(Pod(name, KUBERNETES, asks, 1, 1, Where.EACH) for name, asks in assumed.on_each_node.items()),
        *(
            Pod(name, KUBERNETES, asks, copies, copies, assumed.where)
            for name, (copies, asks) in assumed.in_the_cluster.items()
        ),
    )


def said_of(cloud: str) -> str:
    """The assumption, as a sentence."""
    assumed = ASSUMED_SYSTEM_REQUESTS[cloud]
    each = total(assumed.on_each_node.values())
    once = total(asks * copies for copies, asks in assumed.in_the_cluster.values())
    return (
        f"In a cluster of {cloud}, pods that are not ours are assumed to ask for {each.cpu_m}m and {each.memory_mib} "
        f"MiB on each node, and for {once.cpu_m}m and {once.memory_mib} MiB in all: see sizing/system_pods.py."
    )
