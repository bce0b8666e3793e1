"""The table [cluster]."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Strict, ValidationInfo, field_validator

from environments.cluster_ranges import NOT_GIVEN, ClusterRange, range_behind
from environments.field_types import (
    POOL_NAME_ALLOWED,
    PREFIX_LENGTHS,
    SYSTEM_POOL,
    KubernetesVersion,
    LabelKey,
    LabelValue,
    NodeSize,
    PoolName,
    PublicRange,
    TaintKey,
    each_once,
    missing,
    only_such_names,
    refusal,
)
from environments.table import BECAUSE_PRODUCTION, Surroundings, Table, nothing_of_a_cluster, of_this_cloud
from environments.wording import shown
from flowwise.tables.existing_ids import POOLS
from flowwise.tables.machines import NODE_SHAPES
from flowwise.tables.naming import NODE_POOL_NAME_PATTERN
from flowwise.tables.pod_ranges import BITS_OF_A_NODE, POD_CIDR, SERVICE_CIDR, SPARE_NODES, nodes_in
from flowwise.tables.regions import REGIONS

PRODUCTION_MIN_NODES = max(region.zones for clouds in REGIONS.values() for region in clouds.values())
"""A node per availability zone, wherever the environment goes."""
_MIN_NODES = f"Nodes that always run. Production wants at least {PRODUCTION_MIN_NODES}, one per zone."

_POD_CIDR, _SERVICE_CIDR = IPv4Network(POD_CIDR), IPv4Network(SERVICE_CIDR)
_OF_THE_NETWORK = "the network's too, and by default the {} /16 behind network.cidr, so that networks can be joined."


class Pool(Table):
    """Nodes of one kind, as many as the autoscaler needs."""

    size: NodeSize = Field(description="Size of a node's virtual machine.")
    min_nodes: int = Field(ge=0, le=100, description=_MIN_NODES)
    max_nodes: int = Field(ge=1, le=100, description="Nodes that the autoscaler may go up to.")

    @field_validator("size")
    @classmethod
    def _sold_here(cls, size: str, info: ValidationInfo) -> str:
        return of_this_cloud(size, NODE_SHAPES, info)

    @field_validator("min_nodes", "max_nodes")
    @classmethod
    def _one_per_zone(cls, nodes: int, info: ValidationInfo) -> int:
        if Surroundings.of(info).is_production and nodes < PRODUCTION_MIN_NODES:
            raise refusal(f"at least {PRODUCTION_MIN_NODES}, a node per availability zone, {BECAUSE_PRODUCTION}")
        return nodes

    @field_validator("max_nodes")
    @classmethod
    def _not_below_min(cls, max_nodes: int, info: ValidationInfo) -> int:
        min_nodes = info.data.get("min_nodes", 0)
        if max_nodes < min_nodes:
            raise refusal(f"at least min_nodes, which is {min_nodes}")
        return max_nodes


class SystemPool(Pool):
    """Nodes that run Kubernetes' own components."""

    min_nodes: int = Field(ge=1, le=100, description=_MIN_NODES)
    spot: bool = Field(default=False, description="Always false: these nodes must not be taken back by the cloud.")

    @field_validator("spot")
    @classmethod
    def _never_spot(cls, spot: bool) -> bool:
        if spot:
            raise refusal("false: without these nodes the cluster stops, so the cloud must not take them back at will")
        return spot


class Taint(Table):
    """Keeps pods that do not tolerate it off the nodes."""

    key: TaintKey = Field(description="Name of the taint.")
    value: LabelValue = Field(description="Value of the taint.")
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = Field(description="What happens to the pods.")


class NodePool(Pool):
    """Nodes that run microservices."""

    spot: bool = Field(default=False, description="Cheaper machines that the cloud may take back at any moment.")
    labels: Mapping[LabelKey, LabelValue] = Field(
        default_factory=dict,
        description="Kubernetes labels of the nodes.",
        json_schema_extra=only_such_names('a table of words, such as { team = "ledger" }'),
    )
    taints: Annotated[tuple[Taint, ...], Strict(False)] = Field(
        default=(), description="Kubernetes taints of the nodes."
    )

    @field_validator("labels")
    @classmethod
    def _of_nodes_that_are_made(cls, labels: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        checked: Mapping[str, str] = nothing_of_a_cluster(labels, info, {})
        return checked


def _as_its_cluster_lets_it(name: str, info: ValidationInfo) -> str:
    """The name of a pool, if one that is made may have it, or one of a cluster that is there."""
    around = Surroundings.of(info)
    there = POOLS.get(around.cloud or "") if around.has_cluster else None
    if there is None and not re.fullmatch(NODE_POOL_NAME_PATTERN, name):
        raise refusal(POOL_NAME_ALLOWED)
    if there and not re.fullmatch(there.pattern, name):
        raise refusal(f"the name of {there.words}, such as {shown(there.example)}")
    return name


class Cluster(Table):
    """The Kubernetes cluster."""

    kubernetes_version: KubernetesVersion = Field(description="Minor version of Kubernetes.")
    patch_version: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="Raise it to have the newest image of nodes and the newest add-ons rolled out on AWS. Azure and "
        "Google Cloud do so by themselves.",
    )
    public_access_cidrs: Annotated[tuple[PublicRange, ...], Strict(False)] = Field(
        default=(),
        description="Public addresses that may reach the API server; without any, only the network does. "
        "Production wants it so. On Azure, the first of them or the last makes the cluster anew.",
        json_schema_extra={"uniqueItems": True},
    )
    identity_endpoint: bool = Field(
        default=False,
        description="Let whoever IAM admits reach the API server from anywhere, at a name of Google Cloud's own front "
        "end: pipelines, and people outside of the network. The API server itself stays without a public address. "
        "Only on Google Cloud.",
    )
    system_pool: SystemPool | None = Field(
        default=None,
        description="Nodes that run Kubernetes' own components. Of a cluster that is there already, by these `make "
        "sizing` reckons; without them, such components are on the nodes of node_pools.",
    )
    node_pools: Mapping[Annotated[PoolName, AfterValidator(_as_its_cluster_lets_it)], NodePool] = Field(
        min_length=1,
        description="Pools of nodes for microservices, by name.",
        json_schema_extra=only_such_names("at least one table such as [cluster.node_pools.general]"),
    )
    pod_cidr: ClusterRange = Field(
        default=NOT_GIVEN,
        description=f"Addresses of pods. On Google Cloud {_OF_THE_NETWORK.format('next')}",
        json_schema_extra={"default": str(_POD_CIDR)},
    )
    service_cidr: ClusterRange = Field(
        default=NOT_GIVEN,
        description=f"Addresses of Kubernetes services. On Google Cloud {_OF_THE_NETWORK.format('second')}",
        json_schema_extra={"default": str(_SERVICE_CIDR)},
    )

    @property
    def pools(self) -> Mapping[str, Pool]:
        """All pools of nodes by their names, the system pool first."""
        system = {} if self.system_pool is None else {SYSTEM_POOL: self.system_pool}
        return {**system, **self.node_pools}

    @field_validator("system_pool", mode="before")
    @classmethod
    def _needed_by_a_cluster_that_is_made(cls, system_pool: Any, info: ValidationInfo) -> Any:
        if system_pool is None and not Surroundings.of(info).has_cluster:
            raise missing()
        return system_pool

    @field_validator("pod_cidr", mode="before")
    @classmethod
    def _pods_by_default(cls, cidr: Any, info: ValidationInfo) -> Any:
        return range_behind(1, info) or _POD_CIDR if cidr is NOT_GIVEN else cidr

    @field_validator("service_cidr", mode="before")
    @classmethod
    def _services_by_default(cls, cidr: Any, info: ValidationInfo) -> Any:
        return range_behind(2, info) or _SERVICE_CIDR if cidr is NOT_GIVEN else cidr

    @field_validator("pod_cidr", "service_cidr")
    @classmethod
    def _overlaps_no_other(cls, cidr: IPv4Network, info: ValidationInfo) -> IPv4Network:
        others = {"network.cidr": Surroundings.of(info).network_cidr, "cluster.pod_cidr": info.data.get("pod_cidr")}
        clashes = [f"{key}, which is {other}" for key, other in others.items() if other and cidr.overlaps(other)]
        if clashes:
            raise refusal(f"a range that does not overlap {', nor '.join(clashes)}", default=cidr)
        return cidr

    @field_validator("pod_cidr")
    @classmethod
    def _enough_for_all_nodes(cls, cidr: IPv4Network, info: ValidationInfo) -> IPv4Network:
        around = Surroundings.of(info)
        spare = SPARE_NODES.get(around.cloud or "")
        system, pools = info.data.get("system_pool"), info.data.get("node_pools")
        if spare is None or system is None or pools is None or around.has_cluster:
            return cidr
        nodes = sum(pool.max_nodes + spare for pool in (system, *pools.values()))
        if nodes > nodes_in(cidr.prefixlen):
            besides = f", with {spare} more of each pool while it is upgraded" if spare else ""
            raise refusal(
                f"a range for {nodes} nodes, which is what max_nodes of all pools come to{besides}: each takes a "
                f"/{BITS_OF_A_NODE} of it, so that {_range_words(nodes)}",
                default=cidr,
            )
        return cidr

    @field_validator("patch_version")
    @classmethod
    def _of_nodes_that_are_made(cls, patch_version: int, info: ValidationInfo) -> int:
        return int(nothing_of_a_cluster(patch_version, info, 1))

    @field_validator("identity_endpoint")
    @classmethod
    def _only_where_there_is_one(cls, identity_endpoint: bool, info: ValidationInfo) -> bool:
        cloud = Surroundings.of(info).cloud
        if identity_endpoint and cloud not in (None, "google"):
            raise refusal(f'false: cloud "{cloud}" has no way to the API server that asks for nothing but an identity')
        return identity_endpoint

    @field_validator("public_access_cidrs")
    @classmethod
    def _production_has_no_public_endpoint(cls, ranges: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        each_once(ranges)
        nothing_of_a_cluster(ranges, info, ())
        if ranges and Surroundings.of(info).is_production:
            raise refusal(f"[], which gives the API server no public address, {BECAUSE_PRODUCTION}")
        return ranges


def _range_words(nodes: int) -> str:
    """Which range is large enough, if one of those allowed is."""
    fitting = [length for length in PREFIX_LENGTHS if nodes_in(length) >= nodes]
    if fitting:
        return f"it is a /{max(fitting)} at the smallest"
    return f"no range has room for more than {nodes_in(PREFIX_LENGTHS[0])}"
