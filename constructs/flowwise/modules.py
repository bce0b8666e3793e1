"""Every module, and so every folder of infra/ that is not an environment's: services by cloud, then the platforms."""

from flowwise.budget.aws import AwsBudget
from flowwise.budget.azure import AzureBudget
from flowwise.budget.google import GoogleBudget
from flowwise.container_registry.aws import AwsContainerRegistry
from flowwise.container_registry.azure import AzureContainerRegistry
from flowwise.container_registry.google import GoogleContainerRegistry
from flowwise.encryption.aws import AwsEncryption
from flowwise.encryption.azure import AzureEncryption
from flowwise.encryption.google import GoogleEncryption
from flowwise.k8s_cluster.aws import AwsK8sCluster
from flowwise.k8s_cluster.azure import AzureK8sCluster
from flowwise.k8s_cluster.google import GoogleK8sCluster
from flowwise.network.aws import AwsNetwork
from flowwise.network.azure import AzureNetwork
from flowwise.network.google import GoogleNetwork
from flowwise.platform.aws import AwsPlatform
from flowwise.platform.azure import AzurePlatform
from flowwise.platform.google import GooglePlatform
from flowwise.postgres_db.aws import AwsPostgresDb
from flowwise.postgres_db.azure import AzurePostgresDb
from flowwise.postgres_db.google import GooglePostgresDb
from flowwise.rabbitmq.aws import AwsRabbitmq
from flowwise.redis.aws import AwsRedis
from flowwise.redis.azure import AzureRedis
from flowwise.redis.google import GoogleRedis
from flowwise.remote_state.aws import AwsRemoteState
from flowwise.remote_state.azure import AzureRemoteState
from flowwise.remote_state.google import GoogleRemoteState
from flowwise.secret_store.aws import AwsSecretStore
from flowwise.secret_store.azure import AzureSecretStore
from flowwise.secret_store.google import GoogleSecretStore
from flowwise.workload_identity.aws import AwsWorkloadIdentity
from flowwise.workload_identity.azure import AzureWorkloadIdentity
from flowwise.workload_identity.google import GoogleWorkloadIdentity

MODULES = (
    AwsNetwork,
    AzureNetwork,
    GoogleNetwork,
    AwsEncryption,
    AzureEncryption,
    GoogleEncryption,
    AwsK8sCluster,
    AzureK8sCluster,
    GoogleK8sCluster,
    AwsWorkloadIdentity,
    AzureWorkloadIdentity,
    GoogleWorkloadIdentity,
    AwsSecretStore,
    AzureSecretStore,
    GoogleSecretStore,
    AwsContainerRegistry,
    AzureContainerRegistry,
    GoogleContainerRegistry,
    AwsPostgresDb,
    AzurePostgresDb,
    GooglePostgresDb,
    AwsRedis,
    AzureRedis,
    GoogleRedis,
    AwsRabbitmq,
    AwsRemoteState,
    AzureRemoteState,
    GoogleRemoteState,
    AwsBudget,
    AzureBudget,
    GoogleBudget,
    AwsPlatform,
    AzurePlatform,
    GooglePlatform,
)
