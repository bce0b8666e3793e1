"""What a bill has to tell Infracost: the usage that Terraform does not say, by the names of its usage files.

The numbers are a bill's high ends, because the budget is compared with those: a busy month, with the most nodes all
along. The names are those of infracost-usage-example.yml and internal/resources in github.com/infracost/infracost, as
of commit 95ba4f49. A wildcard [*] gives every resource that it matches the same number, so each gets its share.

Infracost prices nothing of a workloads root: it knows neither Helm's releases nor Kubernetes' objects.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from costs.bill import HOURS_A_MONTH, Line
from costs.bills import BILLS
from environments import Environment
from environments.given import given
from flowwise.tables.copies import BROKER_NODES
from flowwise.tables.machines import NODE_SHAPES
from flowwise.tables.sizes import NODE_SIZES

CONFIG_FILE = "infracost.yml"
"""In `infra/`: the projects that Infracost compares."""

USAGE_FILE = "infracost-usage.yml"
"""In the folder of each environment's platform: how much it is used."""

_DECIMALS = Decimal("0.0001")


def _one(_: Environment) -> int:
    return 1


def _zones(environment: Environment) -> int:
    return given(environment.network).zones


def _broker_nodes(environment: Environment) -> int:
    return BROKER_NODES[given(environment.rabbitmq).high_availability]


@dataclass(frozen=True)
class Parameter:
    """What a meter's quantity is for Infracost.

    `name` has a dot where it is one of a part of the resource. `factor` turns the meter's unit into the parameter's.
    Only `whole` numbers are read of some. `multiplied_by` is by what Infracost multiplies the number itself.
    """

    name: str
    factor: Fraction = Fraction(1)
    whole: bool = False
    multiplied_by: Callable[[Environment], int] = _one


def _nodes(cloud: str, name: str, multiplied_by: Callable[[Environment], int] = _one) -> Mapping[str, Parameter]:
    """Of each size of nodes: as many as run all month."""
    parameter = Parameter(name, Fraction(1, HOURS_A_MONTH), whole=True, multiplied_by=multiplied_by)
    return {size[cloud]: parameter for size in NODE_SIZES.values()}


PARAMETERS: Mapping[str, Mapping[str, Parameter]] = {
    # Azure
    "azurerm_kubernetes_cluster": _nodes("azure", "default_node_pool.nodes"),
    "azurerm_kubernetes_cluster_node_pool": _nodes("azure", "nodes"),
    "azurerm_key_vault_key": {
        "HSM key, RSA 3072": Parameter("hsm_protected_keys", whole=True),
        "HSM key operations": Parameter("monthly_protected_keys_operations", Fraction(10_000), whole=True),
    },
    "azurerm_log_analytics_workspace": {
        "Log Analytics ingestion": Parameter("monthly_log_data_ingestion_gb"),
        "Log Analytics retention": Parameter("monthly_additional_log_data_retention_gb"),
    },
    "azurerm_nat_gateway": {"NAT gateway data": Parameter("monthly_data_processed_gb")},
    "azurerm_postgresql_flexible_server": {"PostgreSQL backups": Parameter("additional_backup_storage_gb")},
    # In or out costs the same; most of it is images that nodes fetch.
    "azurerm_private_endpoint": {
        "Private endpoint data": Parameter("monthly_outbound_data_processed_gb", whole=True),
    },
    "azurerm_storage_account": {"Hot ZRS Data Stored": Parameter("storage_gb")},
    # AWS
    "aws_cloudwatch_log_group": {
        "CloudWatch Logs ingestion": Parameter("monthly_data_ingested_gb"),
        "CloudWatch vended logs": Parameter("monthly_data_ingested_gb"),
        "CloudWatch Logs storage": Parameter("storage_gb"),
    },
    "aws_db_instance": {"RDS backups": Parameter("additional_backup_storage_gb")},
    "aws_ecr_repository": {"ECR storage": Parameter("storage_gb")},
    "aws_eks_node_group": _nodes("aws", "instances"),
    "aws_mq_broker": {"Amazon MQ storage": Parameter("storage_size_gb", multiplied_by=_broker_nodes)},
    "aws_nat_gateway": {"NAT gateway data": Parameter("monthly_data_processed_gb")},
    "aws_s3_bucket": {"S3 storage": Parameter("standard.storage_gb")},
    "aws_vpc_endpoint": {"Interface endpoint data": Parameter("monthly_data_processed_gb")},
    # Google Cloud
    "google_artifact_registry_repository": {"Artifact Registry storage": Parameter("storage_gb")},
    "google_compute_router_nat": {
        "NAT gateway, each machine": Parameter("assigned_vms", Fraction(1, HOURS_A_MONTH), whole=True),
        "NAT gateway data": Parameter("monthly_data_processed_gb"),
    },
    "google_container_node_pool": _nodes("google", "nodes", multiplied_by=_zones),
    "google_kms_crypto_key": {"HSM key version": Parameter("key_versions", whole=True)},
    "google_logging_project_bucket_config": {"Logging": Parameter("monthly_logging_data_gb")},
    "google_storage_bucket": {"Standard storage": Parameter("storage_gb")},
    "google_sql_database_instance": {"Cloud SQL backups": Parameter("backup_storage_gb")},
}
"""By the type of a resource and the meter of a bill."""

_WITH_NODES = "Infracost counts a disk with each node"
_MADE_BY_KUBERNETES = "Kubernetes makes what costs this, and Infracost sees none of it"

NOT_GIVEN: Mapping[str, str] = {
    "Balanced disk": _WITH_NODES,
    "EBS gp3": _WITH_NODES,
    "Data to the Internet": _MADE_BY_KUBERNETES,
    "Load balancer data": _MADE_BY_KUBERNETES,
    "Network load balancer capacity unit": _MADE_BY_KUBERNETES,
    "Image scan": "Infracost has no price of it",
    "Network logs": "Infracost has no price of them",
    "Secret operations": "Infracost counts them with a vault's keys, and this vault has none",
}
"""Meters that differ between an idle month and a busy one, and why no usage file has them."""


def infracost_usage(environment: Environment) -> Mapping[str, Mapping[str, Decimal]]:
    """Numbers by the address of a resource and the name of a parameter, in the order of the bill.

    Raises ValueError of an environment in a cluster that is there already.
    """
    found: dict[str, dict[str, Decimal]] = {}
    for line in BILLS[environment.cloud](environment):
        parameter = _parameter(environment.cloud, line)
        if parameter is not None:
            number = Fraction(line.quantity.high) * parameter.factor
            share = number / (line.instances * parameter.multiplied_by(environment))
            address = f"{line.resource}[*]" if line.is_keyed else line.resource
            found.setdefault(address, {})[parameter.name] = _written(share, whole=parameter.whole)
    return found


def _parameter(cloud: str, line: Line) -> Parameter | None:
    """What a line is for Infracost, if anything: of machines that are named themselves, the same as of others."""
    parameters = PARAMETERS.get(line.resource_type, {})
    is_named = NODE_SHAPES[cloud].has(line.meter) and line.meter not in parameters
    return parameters.get(NODE_SIZES["small"][cloud] if is_named else line.meter)


def _written(number: Fraction, *, whole: bool) -> Decimal:
    """Rounded up where only whole numbers are read, else to four decimals."""
    if whole:
        return Decimal(math.ceil(number))
    rounded = (Decimal(number.numerator) / number.denominator).quantize(_DECIMALS)
    return Decimal(f"{rounded:f}".rstrip("0").rstrip("."))
