"""The roles that services of AWS act by, one of each in an account: a new account has none.

AWS makes one with the first resource that needs it, but takes minutes to let it do anything: the first group of nodes
whose disks are encrypted with a key of ours would start none. So the first day makes them.
"""

from collections.abc import Mapping

SERVICE_ROLES: Mapping[str, str] = {
    "autoscaling": "aws_eks_node_group",
    "eks": "aws_eks_cluster",
    "eks-nodegroup": "aws_eks_node_group",
    "elasticache": "aws_elasticache_replication_group",
    "elasticloadbalancing": "aws_vpc",
    "mq": "aws_mq_broker",
    "rds": "aws_db_instance",
    "spot": "aws_eks_node_group",
}
"""By the service's name before .amazonaws.com, what of ours needs it; the balancers are made by a controller.

"AWS services that work with IAM" (IAM user guide), column "Service-linked roles".
"""
