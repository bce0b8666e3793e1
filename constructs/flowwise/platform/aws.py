"""The platform on AWS."""

from flowwise.k8s_cluster.aws import AwsK8sCluster
from flowwise.network.aws import AwsNetwork
from flowwise.platform.composition import Platform
from flowwise.postgres_db.aws import AwsPostgresDb


class AwsPlatform(Platform):
    """The modules of AWS, composed."""

    path = "aws"
    network = AwsNetwork
    cluster = AwsK8sCluster
    postgres = AwsPostgresDb
