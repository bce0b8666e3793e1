"""What is counted alike whatever the cloud."""

from environments import Environment
from flowwise.tables.copies import BROKER_NODES


def broker_disks_gb(environment: Environment) -> int:
    """Disks of RabbitMQ in the cluster, in GB; 0 where there is none, or the cloud runs it."""
    rabbitmq = environment.rabbitmq
    if rabbitmq is None or rabbitmq.mode != "in-cluster":
        return 0
    return BROKER_NODES[rabbitmq.high_availability] * rabbitmq.storage_gb


def makes_network(environment: Environment) -> bool:
    """Whether the network is made, and not there already."""
    return environment.network is not None and environment.network.existing is None
