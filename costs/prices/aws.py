"""Amazon Web Services' list prices in sa-east-1 (São Paulo), in US dollars."""

from collections.abc import Mapping
from datetime import date

from costs.prices.book import ESTIMATED, GB, GB_MONTH, HOUR, MONTH, OTHER_REGION, Price, Source, Unknown, price

_OFFERS = "github.com/ulissesflores/block-storage-tco/tree/ae5e00e/data/precos/api"
_RECORDED = (
    "github.com/aether-labs-org/plugins/tree/048ef47/plugins/solutions-architect/evals/_fixtures/finops/pricing-cache"
)
_EC2 = Source("AWS price list, AmazonEC2 20260810215758", _OFFERS, date(2026, 8, 10))
_EKS = Source("AWS price list, AmazonEKS 20260804224832", _OFFERS, date(2026, 8, 4))
_CACHE = Source("AWS price list, AmazonElastiCache 20260813190319", _OFFERS, date(2026, 8, 13))
_S3 = Source("AWS price list, AmazonS3 20260807185915", _OFFERS, date(2026, 8, 7))
_BALANCER = Source("AWS price list, AWSELB 20260720184950", _OFFERS, date(2026, 7, 20))
_TRANSFER = Source("AWS price list, AWSDataTransfer 20260720184645", _OFFERS, date(2026, 7, 20))
_RDS = Source(
    "AWS price list, AmazonRDS 20261006024742",
    "pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonRDS/20261006024742/sa-east-1/index.json",
    date(2026, 10, 6),
)
_RDS_M7G = Source("AWS price list API, AmazonRDS, effective 2026-09-01", _RECORDED, date(2026, 9, 1))
_NETWORK = Source("AWS price list API, AmazonEC2 and AmazonVPC", _RECORDED, date(2026, 9, 17))
_LOGS = Source("AWS price list API, AmazonCloudWatch, published 2026-09-22", _RECORDED, date(2026, 9, 22))
_ENDPOINTS = Source(
    "a bill of endpoints at prices of September 2026",
    "github.com/hualcosa/banking-agent-control-plane/blob/247bdbc/infra-cdk/README.md",
    date(2026, 9, 1),
)
_VPC_USA = Source(
    "AWS price list, AmazonVPC, published 2026-09-17",
    "pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonVPC/current/us-east-1/index.json",
    date(2026, 9, 17),
)
_MQ_USA = Source("Amazon MQ's pricing page", "aws.amazon.com/amazon-mq/pricing", date(2026, 9, 13))
_KMS_BILL = Source("an account's bill of July 2026 in sa-east-1", "usage type sa-east-1-KMS-Keys", date(2026, 8, 23))
_SECRETS_BILL = Source(
    "a decision record with prices of sa-east-1", "two secrets, about 0.80 a month", date(2026, 7, 29)
)
_ECR_BILL = Source(
    "an account's bill of July 2026 in sa-east-1",
    "usage type SAE1-TimedStorage-ByteHrs, 18.91 GB-months for 1.89",
    date(2026, 7, 28),
)

_DEARER = "of us-east-1; sa-east-1 is dearer, by 31 to 59 percent where both are known for m7g"

PRICES: Mapping[str, Price | Unknown] = {
    # Kubernetes
    "EKS cluster": price("0.10", HOUR, _EKS),
    "m7i.large": price("0.16065", HOUR, _EC2),
    "m7i.xlarge": price("0.3213", HOUR, _EC2),
    "m7i.2xlarge": price("0.6426", HOUR, _EC2),
    "m7i.4xlarge": price("1.2852", HOUR, _EC2, ESTIMATED, "twice m7i.2xlarge"),
    "EBS gp3": price("0.152", GB_MONTH, _EC2),
    # network
    "NAT gateway": price("0.093", HOUR, _NETWORK),
    "NAT gateway data": price("0.093", GB, _NETWORK),
    "Public IPv4 address": price("0.005", HOUR, _NETWORK),
    "Network load balancer": price("0.034", HOUR, _BALANCER),
    "Network load balancer capacity unit": price("0.00825", HOUR, _BALANCER),
    "Interface endpoint": price(
        "0.021", HOUR, _ENDPOINTS, ESTIMATED, "three endpoints in three zones cost about 138 dollars a month"
    ),
    "Interface endpoint data": price("0.01", GB, _VPC_USA, OTHER_REGION, "of us-east-1"),
    "Data to the Internet": price("0.15", GB, _TRANSFER, note="above the first 100 GB, which AWS gives an account"),
    # logs
    "CloudWatch Logs ingestion": price("0.90", GB, _LOGS),
    "CloudWatch Logs storage": price("0.0408", GB_MONTH, _LOGS, note="they are counted as if they were not compressed"),
    "CloudWatch vended logs": price(
        "0.90", GB, _LOGS, ESTIMATED, "as much as ingestion, which it equals in us-east-1 and eu-west-1"
    ),
    # registry and keys
    "ECR storage": price("0.10", GB_MONTH, _ECR_BILL, ESTIMATED, "a billed amount through its quantity"),
    "KMS key": price("1.00", MONTH, _KMS_BILL),
    "Secret": price("0.40", MONTH, _SECRETS_BILL, ESTIMATED, "half of what two cost"),
    # PostgreSQL
    "db.t4g.medium single zone": price("0.137", HOUR, _RDS),
    "db.t4g.medium with standby": price("0.275", HOUR, _RDS),
    "db.m7g.large single zone": price("0.221", HOUR, _RDS_M7G, ESTIMATED, "half of that with a standby"),
    "db.m7g.large with standby": price("0.442", HOUR, _RDS_M7G),
    "db.m7g.xlarge single zone": price("0.442", HOUR, _RDS_M7G, ESTIMATED, "twice db.m7g.large"),
    "db.m7g.xlarge with standby": price("0.884", HOUR, _RDS_M7G, ESTIMATED, "twice db.m7g.large"),
    "db.m7g.2xlarge single zone": price("0.884", HOUR, _RDS_M7G, ESTIMATED, "four times db.m7g.large"),
    "db.m7g.2xlarge with standby": price("1.768", HOUR, _RDS_M7G, ESTIMATED, "four times db.m7g.large"),
    "RDS gp3 single zone": price("0.219", GB_MONTH, _RDS),
    "RDS gp3 with standby": price("0.438", GB_MONTH, _RDS),
    "RDS backups": price("0.095", GB_MONTH, _RDS, note="above the disk's size, which is free"),
    # alerts
    "CloudWatch alarm": Unknown(MONTH, "the sources of the other prices, 2026-11-29"),
    # files
    "S3 storage": price("0.0405", GB_MONTH, _S3),
    # Redis: prices of Valkey
    "cache.t4g.small": price("0.0488", HOUR, _CACHE),
    "cache.m7g.large": price("0.18", HOUR, _CACHE),
    "cache.m7g.xlarge": price("0.3592", HOUR, _CACHE),
    "cache.m7g.2xlarge": price("0.7184", HOUR, _CACHE, ESTIMATED, "twice cache.m7g.xlarge"),
    # RabbitMQ
    "mq.m7g.medium": price("0.1367", HOUR, _MQ_USA, OTHER_REGION, f"half of mq.m7g.large, {_DEARER}"),
    "mq.m7g.large": price("0.2734", HOUR, _MQ_USA, OTHER_REGION, _DEARER),
    "mq.m7g.xlarge": price("0.5468", HOUR, _MQ_USA, OTHER_REGION, f"twice mq.m7g.large, {_DEARER}"),
    "mq.m7g.2xlarge": price("1.0936", HOUR, _MQ_USA, OTHER_REGION, f"four times mq.m7g.large, {_DEARER}"),
    "Amazon MQ storage": price("0.10", GB_MONTH, _MQ_USA, OTHER_REGION, "of us-east-1"),
}
"""By meter: a SKU's own name, or what AWS' price list calls the thing."""
