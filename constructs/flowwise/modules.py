"""Every module, and so every folder of infra/ that is not an environment's: services by cloud, platforms, clusters."""

from flowwise.alerts.aws import AwsAlerts
from flowwise.alerts.azure import AzureAlerts
from flowwise.alerts.google import GoogleAlerts
from flowwise.api_gateway.kubernetes import KubernetesApiGateway
from flowwise.autoscaling.kubernetes import KubernetesAutoscaling
from flowwise.broker_bootstrap.kubernetes import KubernetesBrokerBootstrap
from flowwise.budget.aws import AwsBudget
from flowwise.budget.azure import AzureBudget
from flowwise.budget.google import GoogleBudget
from flowwise.certificates.kubernetes import KubernetesCertificates
from flowwise.cluster_secrets.kubernetes import KubernetesClusterSecrets
from flowwise.container_registry.aws import AwsContainerRegistry
from flowwise.container_registry.azure import AzureContainerRegistry
from flowwise.container_registry.google import GoogleContainerRegistry
from flowwise.database_bootstrap.kubernetes import KubernetesDatabaseBootstrap
from flowwise.dns_challenge.aws import AwsDnsChallenge
from flowwise.dns_challenge.azure import AzureDnsChallenge
from flowwise.dns_challenge.google import GoogleDnsChallenge
from flowwise.encryption.aws import AwsEncryption
from flowwise.encryption.azure import AzureEncryption
from flowwise.encryption.google import GoogleEncryption
from flowwise.existing_cluster.aws import AwsExistingCluster
from flowwise.existing_cluster.azure import AzureExistingCluster
from flowwise.existing_cluster.google import GoogleExistingCluster
from flowwise.existing_key.aws import AwsExistingKey
from flowwise.existing_key.azure import AzureExistingKey
from flowwise.existing_key.google import GoogleExistingKey
from flowwise.existing_log_workspace.azure import AzureExistingLogWorkspace
from flowwise.existing_network.aws import AwsExistingNetwork
from flowwise.existing_network.azure import AzureExistingNetwork
from flowwise.existing_network.google import GoogleExistingNetwork
from flowwise.existing_registry.aws import AwsExistingRegistry
from flowwise.existing_registry.azure import AzureExistingRegistry
from flowwise.existing_registry.google import GoogleExistingRegistry
from flowwise.gateway_address.aws import AwsGatewayAddress
from flowwise.gateway_address.azure import AzureGatewayAddress
from flowwise.gateway_address.google import GoogleGatewayAddress
from flowwise.in_cluster.kubernetes import KubernetesInCluster
from flowwise.k8s_cluster.aws import AwsK8sCluster
from flowwise.k8s_cluster.azure import AzureK8sCluster
from flowwise.k8s_cluster.google import GoogleK8sCluster
from flowwise.microservice.kubernetes import KubernetesMicroservice
from flowwise.namespace.kubernetes import KubernetesNamespace
from flowwise.network.aws import AwsNetwork
from flowwise.network.azure import AzureNetwork
from flowwise.network.google import GoogleNetwork
from flowwise.object_storage.aws import AwsObjectStorage
from flowwise.object_storage.azure import AzureObjectStorage
from flowwise.object_storage.google import GoogleObjectStorage
from flowwise.observability.kubernetes import KubernetesObservability
from flowwise.pipeline_identity.aws import AwsPipelineIdentity
from flowwise.pipeline_identity.azure import AzurePipelineIdentity
from flowwise.pipeline_identity.google import GooglePipelineIdentity
from flowwise.platform.aws import AwsPlatform
from flowwise.platform.azure import AzurePlatform
from flowwise.platform.google import GooglePlatform
from flowwise.postgres_db.aws import AwsPostgresDb
from flowwise.postgres_db.azure import AzurePostgresDb
from flowwise.postgres_db.google import GooglePostgresDb
from flowwise.postgres_db.kubernetes import KubernetesPostgresDb
from flowwise.rabbitmq.aws import AwsRabbitmq
from flowwise.rabbitmq.kubernetes import KubernetesRabbitmq
from flowwise.redis.aws import AwsRedis
from flowwise.redis.azure import AzureRedis
from flowwise.redis.google import GoogleRedis
from flowwise.redis.kubernetes import KubernetesRedis
from flowwise.remote_state.aws import AwsRemoteState
from flowwise.remote_state.azure import AzureRemoteState
from flowwise.remote_state.google import GoogleRemoteState
from flowwise.runner.aws import AwsRunner
from flowwise.runner.azure import AzureRunner
from flowwise.runner.google import GoogleRunner
from flowwise.scheduled_job.kubernetes import KubernetesScheduledJob
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
    AwsExistingNetwork,
    AzureExistingNetwork,
    GoogleExistingNetwork,
    AwsExistingCluster,
    AzureExistingCluster,
    GoogleExistingCluster,
    AzureExistingLogWorkspace,
    AzureExistingKey,
    AwsExistingKey,
    GoogleExistingKey,
    AzureExistingRegistry,
    AwsExistingRegistry,
    GoogleExistingRegistry,
    AwsDnsChallenge,
    AzureDnsChallenge,
    GoogleDnsChallenge,
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
    AwsObjectStorage,
    AzureObjectStorage,
    GoogleObjectStorage,
    AwsRabbitmq,
    AwsRunner,
    AzureRunner,
    GoogleRunner,
    AwsGatewayAddress,
    AzureGatewayAddress,
    GoogleGatewayAddress,
    AwsPipelineIdentity,
    AzurePipelineIdentity,
    GooglePipelineIdentity,
    AwsRemoteState,
    AzureRemoteState,
    GoogleRemoteState,
    AwsAlerts,
    AzureAlerts,
    GoogleAlerts,
    AwsBudget,
    AzureBudget,
    GoogleBudget,
    AwsPlatform,
    AzurePlatform,
    GooglePlatform,
    KubernetesNamespace,
    KubernetesClusterSecrets,
    KubernetesAutoscaling,
    KubernetesApiGateway,
    KubernetesCertificates,
    KubernetesPostgresDb,
    KubernetesDatabaseBootstrap,
    KubernetesRedis,
    KubernetesRabbitmq,
    KubernetesBrokerBootstrap,
    KubernetesObservability,
    KubernetesMicroservice,
    KubernetesScheduledJob,
    KubernetesInCluster,
)
