"""The platform on Google Cloud."""

from flowwise.k8s_cluster.google import GoogleK8sCluster
from flowwise.network.google import GoogleNetwork
from flowwise.platform.composition import Platform
from flowwise.postgres_db.google import GooglePostgresDb


class GooglePlatform(Platform):
    """The modules of Google Cloud, composed."""

    path = "google"
    network = GoogleNetwork
    cluster = GoogleK8sCluster
    postgres = GooglePostgresDb
