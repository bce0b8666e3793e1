"""The platform on Azure."""

from flowwise.alerts.azure import AzureAlerts
from flowwise.budget.azure import AzureBudget
from flowwise.container_registry.azure import AzureContainerRegistry
from flowwise.dns_challenge.azure import AzureDnsChallenge
from flowwise.encryption.azure import AzureEncryption
from flowwise.existing_cluster.azure import AzureExistingCluster
from flowwise.existing_key.azure import AzureExistingKey
from flowwise.existing_log_workspace.azure import AzureExistingLogWorkspace
from flowwise.existing_network.azure import AzureExistingNetwork
from flowwise.existing_registry.azure import AzureExistingRegistry
from flowwise.gateway_address.azure import AzureGatewayAddress
from flowwise.k8s_cluster.azure import AzureK8sCluster
from flowwise.network.azure import AzureNetwork
from flowwise.object_storage.azure import AzureObjectStorage
from flowwise.platform.composition import Platform
from flowwise.postgres_db.azure import AzurePostgresDb
from flowwise.redis.azure import AzureRedis
from flowwise.runner.azure import AzureRunner
from flowwise.secret_store.azure import AzureSecretStore
from flowwise.workload_identity.azure import AzureWorkloadIdentity


class AzurePlatform(Platform):
    """The modules of Azure, composed."""

    path = "azure"
    class_names_disk_key = False
    encryption = AzureEncryption
    existing_key = AzureExistingKey
    existing_log_workspace = AzureExistingLogWorkspace
    network = AzureNetwork
    existing_network = AzureExistingNetwork
    cluster = AzureK8sCluster
    existing_cluster = AzureExistingCluster
    workload_identity = AzureWorkloadIdentity
    secret_store = AzureSecretStore
    registry = AzureContainerRegistry
    existing_registry = AzureExistingRegistry
    postgres = AzurePostgresDb
    redis = AzureRedis
    rabbitmq = None
    storage = AzureObjectStorage
    alerts = AzureAlerts
    budget = AzureBudget
    gateway_address = AzureGatewayAddress
    dns_challenge = AzureDnsChallenge
    runner = AzureRunner
