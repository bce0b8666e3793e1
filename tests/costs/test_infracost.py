"""What Infracost is told: files that it can read, and all that differs from month to month; its addresses are in
tests/costs/test_bills.py."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import yaml

from costs.bills import BILLS
from costs.infracost import NOT_GIVEN, PARAMETERS, infracost_usage
from environments import Environment, load_environments
from tests.costs.test_bills import every_document, from_document
from tests.workspace import INFRA, REPOSITORY

IN_CLOUD = [environment for environment in load_environments(REPOSITORY / "environments") if environment.in_cloud]
# What Infracost reads, and whether it reads whole numbers alone: infracost-usage-example.yml, and the structs with the
# tag `infracost_usage` in internal/resources or, for keys and private endpoints, internal/providers/terraform/azure, in
# github.com/infracost/infracost at 95ba4f49.
READ_BY_INFRACOST: Mapping[str, Mapping[str, type]] = {
    "aws_cloudwatch_log_group": {"storage_gb": float, "monthly_data_ingested_gb": float},
    "aws_db_instance": {"additional_backup_storage_gb": float},
    "aws_ecr_repository": {"storage_gb": float},
    "aws_eks_node_group": {"instances": int},
    "aws_mq_broker": {"storage_size_gb": float},
    "aws_nat_gateway": {"monthly_data_processed_gb": float},
    "aws_vpc_endpoint": {"monthly_data_processed_gb": float},
    "aws_s3_bucket": {"standard.storage_gb": float},
    "azurerm_key_vault_key": {"monthly_protected_keys_operations": int, "hsm_protected_keys": int},
    "azurerm_kubernetes_cluster": {"default_node_pool.nodes": int},
    "azurerm_kubernetes_cluster_node_pool": {"nodes": int},
    "azurerm_log_analytics_workspace": {
        "monthly_log_data_ingestion_gb": float,
        "monthly_additional_log_data_retention_gb": float,
    },
    "azurerm_nat_gateway": {"monthly_data_processed_gb": float},
    "azurerm_postgresql_flexible_server": {"additional_backup_storage_gb": float},
    "azurerm_private_endpoint": {"monthly_outbound_data_processed_gb": int},
    "azurerm_storage_account": {"storage_gb": float},
    "google_artifact_registry_repository": {"storage_gb": float},
    "google_compute_router_nat": {"assigned_vms": int, "monthly_data_processed_gb": float},
    "google_container_node_pool": {"nodes": int},
    "google_kms_crypto_key": {"key_versions": int},
    "google_logging_project_bucket_config": {"monthly_logging_data_gb": float},
    "google_storage_bucket": {"storage_gb": float},
    "google_sql_database_instance": {"backup_storage_gb": float},
}


def test_each_platform_is_a_project() -> None:
    """One of an environment in a cloud each; Terraform is run there, and no workloads root is taken along."""
    config = yaml.safe_load((INFRA / "infracost.yml").read_text())
    assert config == {
        "version": 0.1,
        "projects": [
            {
                "path": f"infra/environments/{environment.name}",
                "name": environment.name,
                "usage_file": f"infra/environments/{environment.name}/infracost-usage.yml",
                "skip_autodetect": True,
            }
            for environment in IN_CLOUD
        ],
    }
    for project in config["projects"]:
        assert (REPOSITORY / project["path"] / "backend.tf").is_file()
        assert (REPOSITORY / project["usage_file"]).is_file()


def test_an_environment_that_is_in_no_cloud_is_left_out() -> None:
    elsewhere = {environment.name for environment in load_environments(REPOSITORY / "environments")} - {
        environment.name for environment in IN_CLOUD
    }
    assert elsewhere == {"local"}
    assert not list(INFRA.glob("environments/local/*infracost*"))


@pytest.mark.parametrize("environment", IN_CLOUD, ids=lambda environment: environment.name)
def test_a_usage_file_says_what_the_bill_says(environment: Environment) -> None:
    text = (INFRA / "environments" / environment.name / "infracost-usage.yml").read_text()
    document = yaml.safe_load(text)
    assert document["version"] == 0.1
    written = {address: dict(flat(parameters)) for address, parameters in document["resource_usage"].items()}
    assert written == {
        address: {name: float(number) for name, number in parameters.items()}
        for address, parameters in infracost_usage(environment).items()
    }
    assert "the high end of `make cost`" in text.splitlines()[1]


def flat(parameters: Mapping[str, Any], prefix: str = "") -> Any:
    """Names with dots, and numbers."""
    for name, value in parameters.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", float(value)


def test_parameters_are_those_that_infracost_reads() -> None:
    given: dict[str, dict[str, set[Decimal]]] = {}
    for document in every_document():
        for address, parameters in infracost_usage(from_document(document)).items():
            for name, number in parameters.items():
                given.setdefault(address.split(".")[-2], {}).setdefault(name, set()).add(number)
    names = {kind: parameters.keys() for kind, parameters in given.items()}
    assert names == {kind: parameters.keys() for kind, parameters in READ_BY_INFRACOST.items()}
    for kind, parameters in given.items():
        for name, numbers in parameters.items():
            if READ_BY_INFRACOST[kind][name] is int:
                assert all(number == int(number) for number in numbers), (kind, name)


def test_whatever_differs_from_month_to_month_is_given_or_said_not_to_be() -> None:
    differing = {
        (line.resource_type, line.meter)
        for document in every_document()
        for line in BILLS[document["cloud"]](from_document(document))
        if line.quantity.low != line.quantity.high
    }
    given = {(kind, meter) for kind, meter in differing if meter in PARAMETERS.get(kind, {})}
    assert {meter for _, meter in differing - given} == NOT_GIVEN.keys()
