"""A Kubernetes cluster that is there already: what is looked up of it, what has to be true of it, and rights in it."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Validation, variable
from flowwise.authoring.rules import PREFIX, range_there
from flowwise.k8s_cluster import IS_MINOR_VERSION, K8sClusterOutputs
from flowwise.tables.existing_ids import CLUSTERS
from flowwise.tables.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from flowwise.tables.network_ids import NETWORK_IDS
from flowwise.tables.pod_ranges import GKE_SERVICES, POD_CIDR, SERVICE_CIDR

_NETWORK = NETWORK_IDS["azure"]


class ExistingClusterInputs(Inputs):
    """What a cluster that is there is found by, and what it has to be like."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    cluster_id: str = variable(
        "Identifier of the cluster; on AWS, its ARN.",
        example=CLUSTERS["azure"].example,
    )
    kubernetes_version: str = variable(
        "Minor version of Kubernetes that the cluster has at least.",
        example=DEFAULT_KUBERNETES_VERSION,
        validations=[IS_MINOR_VERSION],
    )
    network_id: str = variable("Network that it has to be in.", example=_NETWORK.network_example)
    node_subnet_ids: list[str] = variable("Subnets that its nodes have to be in.", example=[_NETWORK.subnet_example])
    pod_cidr: str = variable(
        "Addresses that its pods have to have. On AWS they have the nodes' subnets'.",
        example=POD_CIDR,
        validations=[range_there("pod_cidr")],
    )
    service_cidr: str = variable(
        "Addresses that its Kubernetes services have to have.",
        example=SERVICE_CIDR,
        validations=[range_there("service_cidr", besides=GKE_SERVICES)],
    )
    node_pools: list[str] = variable(
        "Pools of nodes for workloads that it has to have, by their names.",
        example=["general"],
        validations=[
            Validation("length(self) > 0", "node_pools must name at least one pool of nodes.", rejects=[]),
        ],
    )
    private: bool = variable("Refuse a cluster whose API server has a public address.", default=True)
    identity_endpoint: bool = variable(
        "Reach the API server at a name of the cloud's own front end, by IAM alone. Only on Google Cloud.",
        default=False,
    )
    administrators: dict[str, str] = common_variables.administrators("the cluster")
    tags: dict[str, str] = common_variables.tags()


EXISTING_CLUSTER = Contract(
    "existing-cluster",
    "A Kubernetes cluster that is there already, looked up and looked at: nothing of it is made or changed, but for "
    "the rights of administrators, and of pipelines where the cloud has them given there.",
    ExistingClusterInputs,
    K8sClusterOutputs,
)
