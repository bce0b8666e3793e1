"""The platform on Google Cloud."""

from flowwise.alerts.google import GoogleAlerts
from flowwise.budget.google import GoogleBudget
from flowwise.container_registry.google import GoogleContainerRegistry
from flowwise.dns_challenge.google import GoogleDnsChallenge
from flowwise.encryption.google import GoogleEncryption
from flowwise.existing_cluster.google import GoogleExistingCluster
from flowwise.existing_key.google import GoogleExistingKey
from flowwise.existing_network.google import GoogleExistingNetwork
from flowwise.existing_registry.google import GoogleExistingRegistry
from flowwise.gateway_address.google import GoogleGatewayAddress
from flowwise.k8s_cluster.google import GoogleK8sCluster
from flowwise.network.google import GoogleNetwork
from flowwise.object_storage.google import GoogleObjectStorage
from flowwise.platform.composition import Platform
from flowwise.postgres_db.google import GooglePostgresDb
from flowwise.redis.google import GoogleRedis
from flowwise.runner.google import GoogleRunner
from flowwise.secret_store.google import GoogleSecretStore
from flowwise.workload_identity.google import GoogleWorkloadIdentity


class GooglePlatform(Platform):
    """The modules of Google Cloud, composed."""

    path = "google"
    encryption = GoogleEncryption
    existing_key = GoogleExistingKey
    existing_log_workspace = None
    network = GoogleNetwork
    existing_network = GoogleExistingNetwork
    cluster = GoogleK8sCluster
    existing_cluster = GoogleExistingCluster
    workload_identity = GoogleWorkloadIdentity
    secret_store = GoogleSecretStore
    registry = GoogleContainerRegistry
    existing_registry = GoogleExistingRegistry
    postgres = GooglePostgresDb
    redis = GoogleRedis
    rabbitmq = None
    storage = GoogleObjectStorage
    alerts = GoogleAlerts
    budget = GoogleBudget
    gateway_address = GoogleGatewayAddress
    dns_challenge = GoogleDnsChallenge
    runner = GoogleRunner
