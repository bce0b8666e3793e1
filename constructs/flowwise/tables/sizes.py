"""Sizes: one neutral word, and the SKU that each cloud sells for it.

Sources: Azure's "Ddsv5 sizes series" and "Compute options in Azure Database for PostgreSQL" (spelled as
the azurerm provider wants them), Amazon's "EC2 instance types" and "DB instance classes", Google's
"General-purpose machine family" (E2, because southamerica-east1 sells it) and "Cloud SQL instance
settings". For caches: the azurerm provider's managed_redis, Amazon's "Supported node types" of ElastiCache and Google's
"Instance and node specification" of Memorystore for Valkey.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flowwise.tables.machines import Machine, machine_named

NODE_SIZES: Mapping[str, Mapping[str, str]] = {
    "small": {"azure": "Standard_D2ds_v5", "aws": "m7i.large", "google": "e2-standard-2"},
    "medium": {"azure": "Standard_D4ds_v5", "aws": "m7i.xlarge", "google": "e2-standard-4"},
    "large": {"azure": "Standard_D8ds_v5", "aws": "m7i.2xlarge", "google": "e2-standard-8"},
    "xlarge": {"azure": "Standard_D16ds_v5", "aws": "m7i.4xlarge", "google": "e2-standard-16"},
}
"""Virtual machine of a cluster node, by size and cloud."""

SPOT_FAMILIES = ("m7i", "m6i", "m5")
"""Families of AWS's machines with the vCPUs and memory of each of these: of one alone, there may be none to spare."""

NODE_VCPUS: Mapping[str, int] = {"small": 2, "medium": 4, "large": 8, "xlarge": 16}
NODE_GIB_PER_VCPU = 4
"""What each of these machines has, the same in every cloud."""


def node_machine(size: str, cloud: str) -> str:
    """The machine of a size: that of a word, or one that is named itself."""
    return NODE_SIZES[size][cloud] if size in NODE_SIZES else size


def node_has(size: str) -> Machine:
    """What a node of a size has."""
    if size in NODE_SIZES:
        return Machine(NODE_VCPUS[size], NODE_VCPUS[size] * NODE_GIB_PER_VCPU * 1024)
    return machine_named(size)


MAX_PODS = 110
"""Pods that a node may have. EKS sets it so by itself, with prefixes of addresses and up to 30 vCPUs."""

NODE_DISK_GB = 100
"""Disk of a node that is no part of its machine, on AWS and Google: room for the images and logs of 110 pods."""

NAMED_NODE_DISK_GB = 128
"""The same on Azure, where a machine is named itself: not each has a disk of its own, or one that is large enough."""


@dataclass(frozen=True)
class DatabaseSize:
    """A PostgreSQL SKU, and whether the cloud lets a server of it have a standby."""

    sku: str
    high_availability: bool = True


DATABASE_SIZES: Mapping[str, Mapping[str, DatabaseSize]] = {
    "small": {
        # "High availability isn't supported for Burstable tier": Azure's PostgreSQL documentation.
        "azure": DatabaseSize("B_Standard_B2s", high_availability=False),
        "aws": DatabaseSize("db.t4g.medium"),
        "google": DatabaseSize("db-custom-1-3840"),
    },
    "medium": {
        "azure": DatabaseSize("GP_Standard_D2ds_v5"),
        "aws": DatabaseSize("db.m7g.large"),
        "google": DatabaseSize("db-custom-2-8192"),
    },
    "large": {
        "azure": DatabaseSize("GP_Standard_D4ds_v5"),
        "aws": DatabaseSize("db.m7g.xlarge"),
        "google": DatabaseSize("db-custom-4-16384"),
    },
    "xlarge": {
        "azure": DatabaseSize("GP_Standard_D8ds_v5"),
        "aws": DatabaseSize("db.m7g.2xlarge"),
        "google": DatabaseSize("db-custom-8-32768"),
    },
}
"""PostgreSQL server, by size and cloud."""


def database_server(size: str, cloud: str) -> DatabaseSize:
    """The server of a size: that of a word, or one that is named itself."""
    if size in DATABASE_SIZES:
        return DATABASE_SIZES[size][cloud]
    return DatabaseSize(size, high_availability=not size.startswith(BURSTABLE))


BURSTABLE = "B_"
"""What the names of Azure's servers begin with that have no standby."""

CACHE_SIZES: Mapping[str, Mapping[str, str]] = {
    # Google gives its smallest node no service-level agreement: for development only.
    "small": {"azure": "Balanced_B1", "aws": "cache.t4g.small", "google": "SHARED_CORE_NANO"},
    "medium": {"azure": "Balanced_B3", "aws": "cache.m7g.large", "google": "STANDARD_SMALL"},
    "large": {"azure": "Balanced_B5", "aws": "cache.m7g.xlarge", "google": "HIGHMEM_MEDIUM"},
    "xlarge": {"azure": "Balanced_B10", "aws": "cache.m7g.2xlarge", "google": "HIGHMEM_XLARGE"},
}
"""Redis node, by size and cloud.

1, 3, 6 and 12 GB on Azure; 1.4, 6.4, 12.9 and 26 GiB on AWS; 1.4, 6.5, 13 and 58 GB on Google, which has none between.
"""


def cache_node(size: str, cloud: str) -> str:
    """The node of a size: that of a word, or one that is named itself."""
    return CACHE_SIZES[size][cloud] if size in CACHE_SIZES else size


BROKER_SIZES: Mapping[str, Mapping[str, str]] = {
    "small": {"aws": "mq.m7g.medium"},
    "medium": {"aws": "mq.m7g.large"},
    "large": {"aws": "mq.m7g.xlarge"},
    "xlarge": {"aws": "mq.m7g.2xlarge"},
}
"""Node of a managed RabbitMQ broker, by size and cloud: RabbitMQ 4 runs on m7g ("Amazon MQ for RabbitMQ")."""


def broker_node(size: str, cloud: str) -> str:
    """The node of a size: that of a word, or one that is named itself."""
    return BROKER_SIZES[size][cloud] if size in BROKER_SIZES else size


LEAST_BROKER_STORAGE_GB = 4
"""Of a node of RabbitMQ in the cluster: its operator has publishers wait when less than 2 GB are free
("disk_free_limit.absolute", RabbitMQ Cluster Operator), so that a disk of 2 GB or less blocks them at once."""

IN_CLUSTER_MEMORY: Mapping[str, Mapping[str, str]] = {
    "rabbitmq": {"small": "1Gi", "medium": "2Gi", "large": "4Gi", "xlarge": "8Gi"},
    "redis": {"small": "256Mi", "medium": "1Gi", "large": "4Gi", "xlarge": "8Gi"},
}
"""Memory of a node of what runs in the cluster, by size."""

DATABASE_STORAGE_GB = (32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384)
"""Disk sizes: the steps of Azure's Premium SSD ("Storage options", Azure PostgreSQL), fit for every cloud."""
