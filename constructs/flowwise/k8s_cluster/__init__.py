"""A managed Kubernetes cluster with a private API server."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import (
    Contract,
    Inputs,
    Object,
    Outputs,
    Validation,
    attribute,
    output,
    variable,
)
from flowwise.authoring.rules import PREFIX, is_size, private_range
from flowwise.encryption import EncryptionKey, encryption_key
from flowwise.tables.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from flowwise.tables.machines import NODE_SHAPES, any_shape
from flowwise.tables.naming import NODE_POOL_NAME_PATTERN
from flowwise.tables.pod_ranges import POD_CIDR, SERVICE_CIDR
from flowwise.tables.sizes import NODE_SIZES
from flowwise.tables.taken_names import (
    FREE_DOMAINS,
    NODE_LABEL_DOMAINS,
    NODE_LABELS,
    NODE_TAINT_DOMAINS,
    domain_pattern,
)

_LABEL_DOMAINS = tuple(each.domain for each in NODE_LABEL_DOMAINS)
_TAINT_DOMAINS = tuple(each.domain for each in NODE_TAINT_DOMAINS)
_TAINT_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
NO_ROUTED = "routed must be false: only Azure has to be told how nodes get out."
NO_IDENTITY_ENDPOINT = "identity_endpoint must be false: only Google Cloud has an endpoint that IAM alone guards."


IS_MINOR_VERSION = Validation(
    'can(regex("^1[.][0-9]+$", self))',
    f"kubernetes_version must be a minor version, such as {DEFAULT_KUBERNETES_VERSION}.",
    rejects=f"{DEFAULT_KUBERNETES_VERSION}.1",
)


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f'"{word}"' for word in words)


class Taint(Object):
    """What keeps pods that do not tolerate it off a node."""

    key: str = attribute("Key of the taint.")
    value: str = attribute("Value of the taint.")
    effect: str = attribute(f"One of {', '.join(_TAINT_EFFECTS)}.")


class SystemPool(Object):
    """The nodes for what the cluster itself runs, such as DNS."""

    size: str = attribute(f"Size of a node: {', '.join(NODE_SIZES)}, or the cloud's own name of a machine.")
    min_nodes: int = attribute("Nodes there are always.")
    max_nodes: int = attribute("Nodes that the autoscaler may go up to.")


class NodePool(Object):
    """Nodes for workloads."""

    size: str = attribute(f"Size of a node: {', '.join(NODE_SIZES)}, or the cloud's own name of a machine.")
    min_nodes: int = attribute("Nodes there are always.")
    max_nodes: int = attribute("Nodes that the autoscaler may go up to.")
    spot: bool = attribute("Use spare capacity, cheaper but taken back at any time.", default=False)
    labels: dict[str, str] = attribute("Labels of the nodes.", default={})
    taints: list[Taint] = attribute("Taints of the nodes.", default=[])


class K8sClusterInputs(Inputs):
    """What a cluster is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    kubernetes_version: str = variable(
        "Minor version of Kubernetes. Patches are applied within it automatically.",
        default=DEFAULT_KUBERNETES_VERSION,
        # Which there are is the list of environments/: a new one there is to change no other environment's module.
        validations=[IS_MINOR_VERSION],
    )
    patch_version: int = variable(
        "Raise it to have the newest image of nodes and the newest add-ons for this Kubernetes rolled out, where the "
        "cloud does not do so by itself: on AWS.",
        default=1,
        validations=[
            Validation("self >= 1 && floor(self) == self", "patch_version must be a whole number from 1.", rejects=0)
        ],
    )
    network_id: str = variable(
        "Network that the cluster is in.",
        example=(
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
            "/providers/Microsoft.Network/virtualNetworks/vnet-flowwise-dev"
        ),
    )
    control_plane_subnet_ids: list[str] = variable(
        "Subnets for the API server.",
        example=[
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
            "/providers/Microsoft.Network/virtualNetworks/vnet-flowwise-dev/subnets/snet-flowwise-dev-control-plane"
        ],
    )
    node_subnet_ids: list[str] = variable(
        "Subnets for the nodes.",
        example=[
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
            "/providers/Microsoft.Network/virtualNetworks/vnet-flowwise-dev/subnets/snet-flowwise-dev-nodes"
        ],
    )
    pod_cidr: str = variable(
        "Addresses of pods. They must not be part of the network, nor of one it is connected to.",
        example=POD_CIDR,
        validations=[private_range("pod_cidr", largest=12, smallest=20)],
    )
    service_cidr: str = variable(
        "Addresses of Kubernetes services. They must not be part of the network, nor of pod_cidr.",
        example=SERVICE_CIDR,
        validations=[private_range("service_cidr", largest=13, smallest=24)],
    )
    zone_count: int = common_variables.zone_count()
    system_pool: SystemPool = variable(
        "Nodes for what the cluster itself runs.",
        example=SystemPool(size="small", min_nodes=2, max_nodes=3),
        validations=[
            Validation(
                is_size("self.size", tuple(NODE_SIZES), any_shape(NODE_SHAPES)),
                f"system_pool.size must be one of {', '.join(NODE_SIZES)}, or the cloud's own name of a machine.",
                rejects=SystemPool(size="gigantic", min_nodes=1, max_nodes=1),
            ),
            Validation(
                "self.min_nodes >= 1 && self.min_nodes <= self.max_nodes",
                "system_pool must have at least one node, and no more at least than at most.",
                rejects=SystemPool(size="small", min_nodes=3, max_nodes=2),
            ),
        ],
    )
    node_pools: dict[str, NodePool] = variable(
        "Nodes for workloads, by the name of the pool.",
        example={"general": NodePool(size="medium", min_nodes=2, max_nodes=6)},
        validations=[
            Validation(
                "alltrue([for name in keys(self) : "
                f'can(regex("^{NODE_POOL_NAME_PATTERN}$", name)) && name != "system"])',
                "node_pools must have names of at most 12 lower-case letters and digits that start with a letter, "
                "other than system.",
                rejects={"General_Pool": NodePool(size="small", min_nodes=1, max_nodes=1)},
            ),
            Validation(
                "alltrue([for pool in values(self) : "
                f"{is_size('pool.size', tuple(NODE_SIZES), any_shape(NODE_SHAPES))}])",
                f"The size of each of node_pools must be one of {', '.join(NODE_SIZES)}, or the cloud's own name of a "
                "machine.",
                rejects={"general": NodePool(size="gigantic", min_nodes=1, max_nodes=1)},
            ),
            Validation(
                "alltrue([for pool in values(self) : pool.min_nodes >= 0 && pool.max_nodes >= max(pool.min_nodes, 1)])",
                "Each of node_pools must allow at least one node, and must not ask for more at least than at most.",
                rejects={"general": NodePool(size="small", min_nodes=3, max_nodes=2)},
            ),
            Validation(
                "alltrue(flatten([for pool in values(self) : "
                f"[for taint in pool.taints : contains([{_quoted(_TAINT_EFFECTS)}], taint.effect)]]))",
                f"The effect of each taint of node_pools must be one of {', '.join(_TAINT_EFFECTS)}.",
                rejects={
                    "general": NodePool(
                        size="small",
                        min_nodes=1,
                        max_nodes=1,
                        taints=[Taint(key="team", value="ledger", effect="Never")],
                    )
                },
            ),
            Validation(
                "alltrue(flatten([for pool in values(self) : [for key in keys(pool.labels) : "
                f'(!can(regex("{domain_pattern(_LABEL_DOMAINS)}", key)) || '
                f'can(regex("{domain_pattern(FREE_DOMAINS)}", key))) && !contains([{_quoted(NODE_LABELS)}], key)]]))',
                f"The labels of node_pools must have no key of {', '.join(_LABEL_DOMAINS)}, but for "
                f"{' and '.join(FREE_DOMAINS)}, and none of {', '.join(NODE_LABELS)}: they are Kubernetes' and the "
                "clouds'.",
                rejects={
                    "general": NodePool(
                        size="small", min_nodes=1, max_nodes=1, labels={"node-role.kubernetes.io/worker": "true"}
                    )
                },
            ),
            Validation(
                "alltrue(flatten([for pool in values(self) : [for taint in pool.taints : "
                f'!can(regex("{domain_pattern(_TAINT_DOMAINS)}", taint.key))]]))',
                f"The taints of node_pools must have no key of {', '.join(_TAINT_DOMAINS)}: they are Kubernetes' and "
                "the clouds'.",
                rejects={
                    "general": NodePool(
                        size="small",
                        min_nodes=1,
                        max_nodes=1,
                        taints=[Taint(key="node.kubernetes.io/unreachable", value="true", effect="NoExecute")],
                    )
                },
            ),
        ],
    )
    public_access_cidrs: list[str] = variable(
        "Public addresses that may reach the API server. Empty, the default, leaves it without a public address.",
        default=[],
        validations=[
            Validation(
                'alltrue([for range in self : can(cidrnetmask(range)) && !endswith(range, "/0")])',
                "public_access_cidrs must be IPv4 ranges such as 203.0.113.7/32, and not all addresses there are.",
                rejects=["0.0.0.0/0"],
            ),
            Validation(
                "length(distinct(self)) == length(self)",
                "No range may stand in public_access_cidrs twice.",
                rejects=["203.0.113.7/32", "203.0.113.7/32"],
            ),
        ],
    )
    identity_endpoint: bool = variable(
        "Let whoever the cloud's IAM admits reach the API server from anywhere, at a name of the cloud's own front "
        "end. Only on Google Cloud.",
        default=False,
    )
    routed: bool = variable(
        "Nodes get out by a route of their subnet's, such as one to a firewall, and not by a NAT gateway. Only Azure "
        "has to be told.",
        default=False,
    )
    administrators: dict[str, str] = common_variables.administrators("the cluster")
    encryption_key: EncryptionKey = encryption_key("what the cluster stores, its secrets and its disks,", use="cluster")
    protected: bool = variable(
        "Pay for the control plane's service-level agreement, and refuse to delete the cluster.", default=True
    )
    log_retention_days: int = common_variables.log_retention_days()
    log_workspace_id: str | None = common_variables.log_workspace_id()
    tags: dict[str, str] = common_variables.tags()


class K8sClusterOutputs(Outputs):
    """What other services need to know of a cluster."""

    cluster_id: str = output("Identifier of the cluster.")
    cluster_name: str = output("Name of the cluster.")
    endpoint: str = output("Address of the API server.")
    ca_certificate: str = output(
        "Certificate that the API server's is signed with, in base64. Empty where a public authority signs it.",
        sensitive=True,
    )
    oidc_issuer_url: str = output("Issuer of the service accounts' tokens, for identities to trust.")
    node_identity_id: str = output("Identity of the nodes, which pulls images: give it access to the registry.")
    balancer_identity_id: str | None = output(
        "Identity that makes load balancers: let it use addresses that are not the cluster's own. Null where the cloud "
        "sees to it."
    )


K8S_CLUSTER = Contract(
    "k8s-cluster",
    "A managed Kubernetes cluster: private API server, directory sign-in, workload identity, autoscaling, audit logs.",
    K8sClusterInputs,
    K8sClusterOutputs,
)
