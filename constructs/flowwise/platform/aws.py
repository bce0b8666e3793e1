"""The platform on AWS."""

from flowwise.alerts.aws import AwsAlerts
from flowwise.budget.aws import AwsBudget
from flowwise.container_registry.aws import AwsContainerRegistry
from flowwise.dns_challenge.aws import AwsDnsChallenge
from flowwise.encryption.aws import AwsEncryption
from flowwise.existing_cluster.aws import AwsExistingCluster
from flowwise.existing_key.aws import AwsExistingKey
from flowwise.existing_network.aws import AwsExistingNetwork
from flowwise.existing_registry.aws import AwsExistingRegistry
from flowwise.gateway_address.aws import AwsGatewayAddress
from flowwise.k8s_cluster.aws import AwsK8sCluster
from flowwise.network.aws import AwsNetwork
from flowwise.object_storage.aws import AwsObjectStorage
from flowwise.platform.composition import Platform
from flowwise.postgres_db.aws import AwsPostgresDb
from flowwise.rabbitmq.aws import AwsRabbitmq
from flowwise.redis.aws import AwsRedis
from flowwise.runner.aws import AwsRunner
from flowwise.secret_store.aws import AwsSecretStore
from flowwise.workload_identity.aws import AwsWorkloadIdentity


class AwsPlatform(Platform):
    """The modules of AWS, composed."""

    path = "aws"
    encryption = AwsEncryption
    existing_key = AwsExistingKey
    existing_log_workspace = None
    network = AwsNetwork
    existing_network = AwsExistingNetwork
    cluster = AwsK8sCluster
    existing_cluster = AwsExistingCluster
    workload_identity = AwsWorkloadIdentity
    secret_store = AwsSecretStore
    registry = AwsContainerRegistry
    existing_registry = AwsExistingRegistry
    postgres = AwsPostgresDb
    redis = AwsRedis
    rabbitmq = AwsRabbitmq
    storage = AwsObjectStorage
    alerts = AwsAlerts
    budget = AwsBudget
    gateway_address = AwsGatewayAddress
    dns_challenge = AwsDnsChallenge
    runner = AwsRunner
