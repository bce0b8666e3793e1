"""Types of resources that hold data, or that everything hangs on: no plan destroys them without being told to.

What makes them is in `infra/`; a plan that would destroy one is refused where the environment's file has
`deletion_protection = true`. See `operations/plan_check.py`.
"""

from collections.abc import Mapping

from flowwise.tables.workloads import (
    CERT_MANAGER,
    CLOUD_NATIVE_PG,
    EXTERNAL_SECRETS,
    GATEWAY,
    MESSAGE_BROKER,
    POSTGRES,
    RABBITMQ_OPERATOR,
)

DATA_HOLDERS: Mapping[str, Mapping[str, str]] = {
    "azurerm": {
        "azurerm_container_registry": "the images that run",
        "azurerm_disk_encryption_set": "what the cluster's disks are read with",
        "azurerm_key_vault": "keys or secrets",
        "azurerm_key_vault_key": "what data is decrypted with",
        "azurerm_key_vault_secret": "a secret",
        "azurerm_kubernetes_cluster": "everything that runs, and its disks",
        "azurerm_log_analytics_workspace": "the record of who did what",
        "azurerm_managed_redis": "the cache",
        "azurerm_postgresql_flexible_server": "databases and their backups",
        "azurerm_postgresql_flexible_server_database": "a database",
        "azurerm_resource_group": "everything in the group",
        "azurerm_storage_account": "Terraform's state",
        "azurerm_storage_container": "Terraform's state",
        "azurerm_virtual_network": "the network that everything is in",
    },
    "aws": {
        "aws_cloudwatch_log_group": "the record of who did what",
        "aws_db_instance": "databases and their backups",
        "aws_ecr_repository": "the images that run",
        "aws_eks_cluster": "everything that runs, and its disks",
        "aws_elasticache_replication_group": "the cache",
        "aws_kms_key": "what data is decrypted with",
        "aws_mq_broker": "messages",
        "aws_s3_bucket": "Terraform's state",
        "aws_secretsmanager_secret": "a secret",
        "aws_vpc": "the network that everything is in",
    },
    "google": {
        "google_artifact_registry_repository": "the images that run",
        "google_compute_network": "the network that everything is in",
        "google_container_cluster": "everything that runs, and its disks",
        "google_kms_crypto_key": "what data is decrypted with",
        "google_kms_key_ring": "what data is decrypted with",
        "google_logging_project_bucket_config": "the record of who did what",
        "google_memorystore_instance": "the cache",
        "google_secret_manager_secret": "a secret",
        "google_sql_database": "a database",
        "google_sql_database_instance": "databases and their backups",
        "google_storage_bucket": "Terraform's state",
    },
    "kubernetes": {
        "kubernetes_namespace_v1": "everything in the namespace, volumes included",
    },
    "helm": {
        "helm_release": "definitions, and with them every resource of that kind in the cluster",
    },
}
"""By provider and type: what goes with a resource."""

RELEASES_THAT_HOLD_DATA = frozenset(
    {CERT_MANAGER, CLOUD_NATIVE_PG, EXTERNAL_SECRETS, GATEWAY, MESSAGE_BROKER, POSTGRES, RABBITMQ_OPERATOR}
)
"""Namespaces whose Helm releases count: databases, brokers, and the operators whose definitions others depend on."""
