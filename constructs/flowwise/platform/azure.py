"""The platform on Azure."""

from flowwise.k8s_cluster.azure import AzureK8sCluster
from flowwise.network.azure import AzureNetwork
from flowwise.platform.composition import Platform
from flowwise.postgres_db.azure import AzurePostgresDb


class AzurePlatform(Platform):
    """The modules of Azure, composed."""

    path = "azure"
    network = AzureNetwork
    cluster = AzureK8sCluster
    postgres = AzurePostgresDb
