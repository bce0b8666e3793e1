"""What AWS would fill in, for `terraform test` with a mocked provider.

A mock invents random words for computed attributes. The aws provider's own validators, which run all the same, want
ARNs, address ranges and JSON, and so do the modules where they take one apart.
"""

from collections.abc import Mapping
from typing import Any

from flowwise.aws.tokens import STS
from flowwise.tables.existing_ids import CLUSTERS
from flowwise.tables.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from flowwise.tables.network_ids import NETWORK_IDS
from flowwise.tables.pod_ranges import SERVICE_CIDR

_ACCOUNT = "123456789012"
REGION = "sa-east-1"
_ISSUER = f"oidc.eks.{REGION}.amazonaws.com/id/00000000000000000000000000000000"
_UUID = "11111111-1111-1111-1111-111111111111"


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{_ACCOUNT}:{resource}"


def _iam(resource: str) -> str:
    return f"arn:aws:iam::{_ACCOUNT}:{resource}"


RESOURCES: Mapping[str, Mapping[str, Any]] = {
    "aws_cloudwatch_log_group": {"arn": _arn("logs", "log-group:logs")},
    "aws_db_instance": {
        "address": "postgres.sa-east-1.rds.amazonaws.com",
        "arn": _arn("rds", "db:postgres"),
        "resource_id": "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    },
    "aws_ecr_repository": {
        "arn": _arn("ecr", "repository/images"),
        "registry_id": _ACCOUNT,
        "repository_url": f"{_ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/images",
    },
    "aws_eks_cluster": {
        "arn": _arn("eks", "cluster/eks-flowwise-dev"),
        "certificate_authority": [{"data": "Y2VydGlmaWNhdGU="}],
        "endpoint": "https://eks.example",
        "identity": [{"oidc": [{"issuer": f"https://{_ISSUER}"}]}],
    },
    "aws_elasticache_replication_group": {
        "arn": _arn("elasticache", "replicationgroup:redis"),
        "primary_endpoint_address": f"master.redis.{REGION}.cache.amazonaws.com",
    },
    "aws_elasticache_user": {"arn": _arn("elasticache", "user:user")},
    "aws_iam_instance_profile": {"arn": _iam("instance-profile/profile")},
    "aws_iam_role": {"arn": _iam("role/role")},
    "aws_kms_key": {"arn": _arn("kms", f"key/{_UUID}"), "key_id": _UUID},
    "aws_launch_template": {"id": "lt-00000000000000000", "latest_version": 1},
    "aws_mq_broker": {
        "arn": _arn("mq", f"broker:rabbitmq:b-{_UUID}"),
        "id": f"b-{_UUID}",
        "instances": [
            {
                "console_url": f"https://b-{_UUID}.mq.{REGION}.amazonaws.com",
                "endpoints": [
                    f"amqps://b-{_UUID}.mq.{REGION}.amazonaws.com:5671",
                    f"https://b-{_UUID}.mq.{REGION}.amazonaws.com:16001",
                ],
            }
        ],
    },
    "aws_s3_bucket": {"arn": "arn:aws:s3:::bucket"},
    "aws_secretsmanager_secret": {"arn": _arn("secretsmanager", "secret:secret-AbCdEf")},
    "aws_sns_topic": {"arn": _arn("sns", "alerts")},
}
"""Attributes by type of resource."""

DATA_SOURCES: Mapping[str, Mapping[str, Any]] = {
    "aws_caller_identity": {"account_id": _ACCOUNT},
    "aws_ecr_repository": {"repository_url": f"{_ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/flowwise/images"},
    "aws_eks_addon": {"configuration_values": '{"enableNetworkPolicy": "true"}'},
    "aws_eks_addon_version": {"version": "v1.0.0-eksbuild.1"},
    "aws_eks_cluster": {
        "access_config": [{"authentication_mode": "API"}],
        "arn": CLUSTERS["aws"].example,
        "certificate_authority": [{"data": "Y2VydGlmaWNhdGU="}],
        "endpoint": "https://eks.example",
        "identity": [{"oidc": [{"issuer": f"https://{_ISSUER}"}]}],
        "kubernetes_network_config": [{"service_ipv4_cidr": SERVICE_CIDR}],
        "version": DEFAULT_KUBERNETES_VERSION,
        "vpc_config": [
            {
                "endpoint_private_access": True,
                "endpoint_public_access": False,
                "vpc_id": NETWORK_IDS["aws"].network_example,
            }
        ],
    },
    "aws_eks_node_group": {"node_role_arn": _iam("role/nodes"), "subnet_ids": ["subnet-00000001"]},
    "aws_eks_node_groups": {"names": ["general"]},
    "aws_iam_policy_document": {"json": '{"Version":"2012-10-17","Statement":[]}'},
    "aws_iam_openid_connect_provider": {"client_id_list": [STS]},
    "aws_kms_key": {
        "arn": _arn("kms", f"key/{_UUID}"),
        "customer_master_key_spec": "SYMMETRIC_DEFAULT",
        "enabled": True,
        "key_manager": "CUSTOMER",
        "key_usage": "ENCRYPT_DECRYPT",
    },
    "aws_partition": {"partition": "aws"},
    "aws_region": {"id": REGION},
    "aws_route53_zone": {
        "arn": "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
        "zone_id": "Z0123456789ABCDEFGHIJ",
    },
    "aws_ssm_parameter": {"insecure_value": "1.35.0-20260101"},
    "aws_subnet": {"cidr_block": "10.20.0.0/24", "vpc_id": "vpc-0123456789abcdef0"},
    "aws_subnets": {"ids": [f"subnet-0000000000000000{number}" for number in range(3)]},
    "aws_vpc": {
        "arn": _arn("ec2", "vpc/vpc-0123456789abcdef0"),
        "cidr_block": "10.20.0.0/16",
        "enable_dns_hostnames": True,
        "enable_dns_support": True,
    },
}
"""Attributes by type of data source."""
