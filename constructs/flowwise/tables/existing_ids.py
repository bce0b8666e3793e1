"""Identifiers of clusters, pools, registries, keys and log workspaces that are there, as model and modules check them.

"Resource IDs" of Azure Resource Manager; "Amazon Resource Names" of EKS, ECR and KMS; "Resource names" of GKE,
Artifact Registry and Cloud KMS. Patterns are for Python and Terraform alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flowwise.tables.naming import NODE_POOL_NAME_PATTERN
from flowwise.tables.network_ids import PROJECT, RESOURCE, RESOURCE_EXAMPLE


@dataclass(frozen=True)
class Identifier:
    """How a cloud names something of a kind: its words for it, a pattern, and an example.

    Modules take it of the environment's own account alone, or of its own region, where the last two say so.
    """

    words: str
    pattern: str
    example: str
    own_account: bool = True
    own_region: bool = True


PLACES: Mapping[str, str] = {
    "azure": "/subscriptions/(?P<account>[^/]+)/",
    "aws": "arn:[^:]*:[^:]*:(?P<region>[^:]*):(?P<account>[^:]*):",
    "google": "projects/(?P<account>[^/]+)/(global|(locations|regions)/(?P<region>[^/]+))/",
}
"""By cloud, how identifiers begin that tell where something is. Azure's tell of no region."""


_ARN = "arn:aws[a-z-]*"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"  # the provider refuses any other
_PLACE = f"{PROJECT}/locations/[a-z0-9-]+"
_AKS_RESOURCE = RESOURCE.replace("resourceGroups", "resource[Gg]roups")  # as AKS itself tells them: with a small g
_PLACE_EXAMPLE = "projects/flowwise-project/locations/southamerica-east1"

CLUSTERS: Mapping[str, Identifier] = {
    "azure": Identifier(
        "a cluster of AKS",
        f"{_AKS_RESOURCE}/Microsoft.ContainerService/managedClusters/[A-Za-z0-9]([A-Za-z0-9_-]{{0,61}}[A-Za-z0-9])?",
        f"{RESOURCE_EXAMPLE}/Microsoft.ContainerService/managedClusters/aks-flowwise",
    ),
    "aws": Identifier(
        "a cluster of EKS",
        f"{_ARN}:eks:[a-z0-9-]+:[0-9]{{12}}:cluster/[A-Za-z0-9][A-Za-z0-9_-]{{0,99}}",
        "arn:aws:eks:sa-east-1:123456789012:cluster/flowwise",
    ),
    "google": Identifier(
        "a cluster of GKE",
        f"{_PLACE}/clusters/[a-z]([a-z0-9-]{{0,38}}[a-z0-9])?",
        f"{_PLACE_EXAMPLE}/clusters/flowwise",
    ),
}
"""Where pods run, by cloud."""

CASELESS = frozenset({"azure"})
"""Clouds to which two identifiers are the same that differ in upper and lower case alone."""

POOLS: Mapping[str, Identifier] = {
    "azure": Identifier("a node pool of AKS", NODE_POOL_NAME_PATTERN, "general"),
    "aws": Identifier(
        "a managed node group of EKS", "[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?", "general-20261101"
    ),
    "google": Identifier("a node pool of GKE", "[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "default-pool"),
}
"""Nodes of these clusters, by cloud: `nodegroupName` of CreateNodegroup, "NodePool" of GKE's API."""

REGISTRIES: Mapping[str, Identifier] = {
    "azure": Identifier(
        "a container registry",
        f"{RESOURCE}/Microsoft.ContainerRegistry/registries/[A-Za-z0-9]{{5,50}}",
        f"{RESOURCE_EXAMPLE}/Microsoft.ContainerRegistry/registries/crflowwise",
    ),
    "aws": Identifier(
        "repositories of Amazon ECR, up to the slash before the microservice's name",
        f"{_ARN}:ecr:[a-z0-9-]+:[0-9]{{12}}:repository/[a-z0-9]+([._/-][a-z0-9]+)*",
        "arn:aws:ecr:sa-east-1:123456789012:repository/flowwise",
        own_account=False,
    ),
    "google": Identifier(
        "a repository of Artifact Registry",
        f"{_PLACE}/repositories/[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?",
        f"{_PLACE_EXAMPLE}/repositories/flowwise",
        own_region=False,
    ),
}
"""Where images are, by cloud. On AWS each microservice has a repository: they have the beginning in common."""

KEYS: Mapping[str, Identifier] = {
    "azure": Identifier(
        "a key in a key vault, without a version",
        f"{RESOURCE}/Microsoft.KeyVault/vaults/[A-Za-z0-9-]{{3,24}}/keys/[A-Za-z0-9-]{{1,127}}",
        f"{RESOURCE_EXAMPLE}/Microsoft.KeyVault/vaults/kv-flowwise/keys/flowwise",
    ),
    "aws": Identifier(
        "a key of KMS",
        f"{_ARN}:kms:[a-z0-9-]+:[0-9]{{12}}:key/(mrk-[0-9a-f]{{32}}|{_UUID})",
        "arn:aws:kms:sa-east-1:123456789012:key/11111111-2222-4333-8444-555555555555",
    ),
    "google": Identifier(
        "a key of Cloud KMS, without a version",
        f"{_PLACE}/keyRings/[A-Za-z0-9_-]{{1,63}}/cryptoKeys/[A-Za-z0-9_-]{{1,63}}",
        f"{_PLACE_EXAMPLE}/keyRings/flowwise/cryptoKeys/flowwise",
    ),
}
"""What encrypts, by cloud."""

LOG_WORKSPACES: Mapping[str, Identifier] = {
    "azure": Identifier(
        "a workspace of Log Analytics",
        f"{RESOURCE}/Microsoft.OperationalInsights/workspaces/[A-Za-z0-9-]{{4,63}}",
        f"{RESOURCE_EXAMPLE}/Microsoft.OperationalInsights/workspaces/log-flowwise",
    ),
}
"""Where logs go. Only Azure's are told where: on AWS each service has a log group by a name of its own choice, and on
Google Cloud no data source tells of a bucket of logs; organizations collect from both without the environment's help.
"""
