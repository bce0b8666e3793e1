"""Changes that take away what protects, as small plans: what each would do, and what has to be accepted for it."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

Values = Mapping[str, Any] | None
SECRET = "hunter2"

GOES = ""  # what has to be accepted is the address alone


def policy(*actions: str, effect: str = "Allow", **more: Any) -> str:
    statement = {"Effect": effect, "Action": list(actions), "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def release(*resources: Mapping[str, Any], namespace: str = "rabbitmq") -> dict[str, Any]:
    return {
        "namespace": namespace,
        "chart": "custom-resources",
        "values": [yaml.safe_dump({"resources": [*resources]})],
    }


def custom(kind: str, name: str = "rabbitmq", **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def network_policy(**spec: Any) -> dict[str, Any]:
    return {
        "spec": [{"policy_types": ["Ingress", "Egress"], "pod_selector": [{}], "ingress": [], "egress": [], **spec}]
    }


KEY = "arn:aws:kms:sa-east-1:123456789012:key/one"
ROLE = {"AWS": "arn:aws:iam::123456789012:role/one"}
FROM_ONE = {"from": [{"namespace_selector": [{"match_labels": {"name": "one"}}], "pod_selector": [{}]}]}
DENY = {"access": "Deny", "priority": 4096, "source_address_prefix": "*", "destination_port_range": "*"}
ALLOW = {"access": "Allow", "priority": 100, "source_address_prefix": "10.0.0.0/16", "destination_port_range": "443"}
SQL = "google_sql_database_instance"
PG = "azurerm_postgresql_flexible_server"
AKS, EKS, GKE = "azurerm_kubernetes_cluster", "aws_eks_cluster", "google_container_cluster"

# By name: the type, the values before and after, and what has to be accepted.
OF_ONE_RESOURCE: Mapping[str, tuple[str, Values, Values, set[str]]] = {
    # --- backups ---------------------------------------------------------------------------------------------------
    "Azure: no backups": (PG, {"backup_retention_days": 35}, {"backup_retention_days": 7}, {"backup_retention_days"}),
    "AWS: no backups": (
        "aws_db_instance",
        {"backup_retention_period": 35},
        {"backup_retention_period": 0},
        {"backup_retention_period"},
    ),
    "AWS: no last snapshot": (
        "aws_db_instance",
        {"skip_final_snapshot": False, "delete_automated_backups": False},
        {"skip_final_snapshot": True, "delete_automated_backups": True},
        {"skip_final_snapshot", "delete_automated_backups"},
    ),
    "AWS: no snapshots of the cache": (
        "aws_elasticache_replication_group",
        {"snapshot_retention_limit": 7, "final_snapshot_identifier": "last"},
        {"snapshot_retention_limit": 0, "final_snapshot_identifier": None},
        {"snapshot_retention_limit", "final_snapshot_identifier"},
    ),
    "Google: no backups": (
        SQL,
        {"settings": [{"backup_configuration": [{"enabled": True, "point_in_time_recovery_enabled": True}]}]},
        {"settings": [{"backup_configuration": []}]},
        {
            "settings.backup_configuration.enabled",
            "settings.backup_configuration.point_in_time_recovery_enabled",
        },
    ),
    "Google: fewer backups": (
        SQL,
        {"settings": [{"backup_configuration": [{"backup_retention_settings": [{"retained_backups": 35}]}]}]},
        {"settings": [{"backup_configuration": [{"backup_retention_settings": [{"retained_backups": 1}]}]}]},
        {"settings.backup_configuration.backup_retention_settings.retained_backups"},
    ),
    "Azure: state without earlier versions": (
        "azurerm_storage_account",
        {"blob_properties": [{"versioning_enabled": True, "delete_retention_policy": [{"days": 30}]}]},
        {"blob_properties": [{"versioning_enabled": False, "delete_retention_policy": []}]},
        {"blob_properties.versioning_enabled", "blob_properties.delete_retention_policy.days"},
    ),
    "AWS: state without earlier versions": (
        "aws_s3_bucket_versioning",
        {"versioning_configuration": [{"status": "Enabled"}]},
        {"versioning_configuration": [{"status": "Suspended"}]},
        {"versioning_configuration.status"},
    ),
    "AWS: earlier versions of the state expire at once": (
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [{"noncurrent_version_expiration": [{"noncurrent_days": 90}]}]},
        {"rule": [{"noncurrent_version_expiration": [{"noncurrent_days": 1}]}, {"expiration": [{"days": 1}]}]},
        {"rule.noncurrent_version_expiration.noncurrent_days", "rule.expiration.days"},
    ),
    "Google: state without earlier versions": (
        "google_storage_bucket",
        {"versioning": [{"enabled": True}], "soft_delete_policy": [{"retention_duration_seconds": 604800}]},
        {"versioning": [{"enabled": False}], "soft_delete_policy": [{"retention_duration_seconds": 0}]},
        {"versioning.enabled", "soft_delete_policy.retention_duration_seconds"},
    ),
    # --- locks, and what can be had back ---------------------------------------------------------------------------
    "Azure: a lock goes": ("azurerm_management_lock", {"lock_level": "ReadOnly"}, None, {GOES}),
    "Azure: a lock is weaker": (
        "azurerm_management_lock",
        {"lock_level": "ReadOnly"},
        {"lock_level": "CanNotDelete"},
        {"lock_level"},
    ),
    "Azure: a vault that can be purged": (
        "azurerm_key_vault",
        {"purge_protection_enabled": True},
        {"purge_protection_enabled": False},
        {"purge_protection_enabled"},
    ),
    "AWS: a database without its lock": (
        "aws_db_instance",
        {"deletion_protection": True},
        {"deletion_protection": False},
        {"deletion_protection"},
    ),
    "AWS: deleted keys are gone in a week": (
        "aws_kms_key",
        {"deletion_window_in_days": 30},
        {"deletion_window_in_days": 7},
        {"deletion_window_in_days"},
    ),
    "AWS: deleted secrets are gone at once": (
        "aws_secretsmanager_secret",
        {"recovery_window_in_days": 30},
        {"recovery_window_in_days": 0},
        {"recovery_window_in_days"},
    ),
    "AWS: images go with their repository": (
        "aws_ecr_repository",
        {"force_delete": False},
        {"force_delete": True},
        {"force_delete"},
    ),
    "Google: nothing has its lock": (
        SQL,
        {"deletion_protection": True, "settings": [{"deletion_protection_enabled": True}]},
        {"deletion_protection": False, "settings": [{"deletion_protection_enabled": False}]},
        {"deletion_protection", "settings.deletion_protection_enabled"},
    ),
    "Google: a lock that nobody can tell yet": (
        GKE,
        {"deletion_protection": True},
        {"deletion_protection": "?"},
        {"deletion_protection"},
    ),
    "Google: deleted keys are gone in a day": (
        "google_kms_crypto_key",
        {"destroy_scheduled_duration": "2592000s"},
        {"destroy_scheduled_duration": "86400s"},
        {"destroy_scheduled_duration"},
    ),
    # --- public access ---------------------------------------------------------------------------------------------
    "Azure: databases with a public address": (
        PG,
        {"public_network_access_enabled": False},
        {"public_network_access_enabled": True},
        {"public_network_access_enabled"},
    ),
    "Azure: a door to the databases": (
        "azurerm_postgresql_flexible_server_firewall_rule",
        None,
        {"start_ip_address": "0.0.0.0", "end_ip_address": "255.255.255.255"},
        {"create"},
    ),
    "Azure: vaults that admit everybody": (
        "azurerm_key_vault",
        {"network_acls": [{"default_action": "Deny", "ip_rules": ["203.0.113.7/32"]}]},
        {"network_acls": [{"default_action": "Allow", "ip_rules": ["203.0.113.7/32"]}]},
        {"network_acls.default_action"},
    ),
    "Azure: a vault that admits more": (
        "azurerm_key_vault",
        {"network_acls": [{"default_action": "Deny", "ip_rules": ["203.0.113.7/32"]}]},
        {"network_acls": [{"default_action": "Deny", "ip_rules": ["203.0.113.0/24"]}]},
        {"network_acls.ip_rules"},
    ),
    "Azure: a cluster without bounds": (
        AKS,
        {"api_server_access_profile": [{"authorized_ip_ranges": ["203.0.113.0/24"]}], "run_command_enabled": False},
        {"api_server_access_profile": [{"authorized_ip_ranges": []}], "run_command_enabled": True},
        {"api_server_access_profile.authorized_ip_ranges", "run_command_enabled"},
    ),
    "Azure: a cache with a public address": (
        "azurerm_managed_redis",
        {"public_network_access": "Disabled"},
        {"public_network_access": "Enabled"},
        {"public_network_access"},
    ),
    "AWS: a database with a public address": (
        "aws_db_instance",
        {"publicly_accessible": False},
        {"publicly_accessible": True},
        {"publicly_accessible"},
    ),
    "AWS: a security group that lets everybody in": (
        "aws_vpc_security_group_ingress_rule",
        None,
        {"cidr_ipv4": "0.0.0.0/0", "from_port": 5432},
        {"cidr_ipv4"},
    ),
    "AWS: a cluster for everybody": (
        EKS,
        {"vpc_config": [{"endpoint_public_access": False, "public_access_cidrs": ["203.0.113.0/24"]}]},
        {"vpc_config": [{"endpoint_public_access": True, "public_access_cidrs": ["0.0.0.0/0"]}]},
        {"vpc_config.endpoint_public_access", "vpc_config.public_access_cidrs"},
    ),
    "AWS: a bucket that may be public": (
        "aws_s3_bucket_public_access_block",
        {"block_public_acls": True, "restrict_public_buckets": True},
        None,
        {GOES},
    ),
    "Google: databases for everybody": (
        SQL,
        {"settings": [{"ip_configuration": [{"ipv4_enabled": False, "authorized_networks": []}]}]},
        {"settings": [{"ip_configuration": [{"ipv4_enabled": True, "authorized_networks": [{"value": "0.0.0.0/0"}]}]}]},
        {"settings.ip_configuration.ipv4_enabled", "settings.ip_configuration.authorized_networks.value"},
    ),
    "Google: a cluster for everybody": (
        GKE,
        {"master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": "203.0.113.0/24"}]}]},
        {"master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": "0.0.0.0/0"}]}]},
        {"master_authorized_networks_config.cidr_blocks.cidr_block"},
    ),
    "Google: a bucket that may be public": (
        "google_storage_bucket",
        {"public_access_prevention": "enforced"},
        {"public_access_prevention": "inherited"},
        {"public_access_prevention"},
    ),
    "Google: a DNS zone for everybody": (
        "google_dns_managed_zone_iam_member",
        None,
        {"member": "allUsers", "role": "roles/dns.admin"},
        {"member"},
    ),
    "Google: state for everybody": ("google_storage_bucket_iam_member", None, {"member": "allUsers"}, {"member"}),
    # --- encryption ------------------------------------------------------------------------------------------------
    "Azure: the key may no longer decrypt": (
        "azurerm_key_vault_key",
        {"key_opts": ["decrypt", "encrypt", "unwrapKey", "wrapKey"]},
        {"key_opts": ["encrypt", "wrapKey"]},
        {"key_opts"},
    ),
    "Azure: nobody may decrypt": (
        "azurerm_role_assignment",
        {"role_definition_name": "Key Vault Crypto Service Encryption User"},
        None,
        {GOES},
    ),
    "Azure: a key that expires": (
        "azurerm_key_vault_key",
        {"expiration_date": None},
        {"expiration_date": "2027-01-01T00:00:00Z"},
        {"expiration_date"},
    ),
    "AWS: nobody may decrypt": (
        "aws_kms_key",
        {"policy": policy("kms:Decrypt", "kms:Encrypt", Principal=ROLE)},
        {"policy": policy("kms:Encrypt", Principal=ROLE)},
        {"policy"},
    ),
    "AWS: decrypting is refused": (
        "aws_iam_role_policy",
        {"policy": policy("kms:Decrypt")},
        {"policy": json.dumps({"Statement": [{"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}]})},
        {"policy"},
    ),
    "AWS: everybody may decrypt": (
        "aws_kms_key",
        {"policy": policy("kms:Decrypt", Principal=ROLE)},
        {"policy": policy("kms:Decrypt", Principal="*")},
        {"policy"},
    ),
    "AWS: a key that is off": ("aws_kms_key", {"is_enabled": True}, {"is_enabled": False}, {"is_enabled"}),
    "AWS: another key": (
        "aws_cloudwatch_log_group",
        {"kms_key_id": KEY},
        {"kms_key_id": None},
        {"kms_key_id"},
    ),
    "AWS: nothing is encrypted on the way": (
        "aws_elasticache_replication_group",
        {"transit_encryption_mode": "required", "transit_encryption_enabled": True},
        {"transit_encryption_mode": "preferred", "transit_encryption_enabled": True},
        {"transit_encryption_mode"},
    ),
    "Google: nobody may decrypt": (
        "google_kms_crypto_key_iam_member",
        {"role": "roles/cloudkms.cryptoKeyEncrypterDecrypter"},
        None,
        {GOES},
    ),
    "Google: nothing is encrypted on the way": (
        SQL,
        {"settings": [{"ip_configuration": [{"ssl_mode": "ENCRYPTED_ONLY"}]}]},
        {"settings": [{"ip_configuration": [{"ssl_mode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}]}]},
        {"settings.ip_configuration.ssl_mode"},
    ),
    "Google: secrets of the cluster in the clear": (
        GKE,
        {"database_encryption": [{"state": "ENCRYPTED", "key_name": KEY}]},
        {"database_encryption": [{"state": "DECRYPTED", "key_name": ""}]},
        {"database_encryption.state", "database_encryption.key_name"},
    ),
    "Azure: passwords in the clear": (
        "azurerm_postgresql_flexible_server_configuration",
        {"name": "require_secure_transport", "value": "on"},
        {"name": "require_secure_transport", "value": "off"},
        {"value"},
    ),
    # --- audit -----------------------------------------------------------------------------------------------------
    "Azure: no audit": ("azurerm_monitor_diagnostic_setting", {"enabled_log": []}, None, {GOES}),
    "Azure: less audit": (
        "azurerm_monitor_diagnostic_setting",
        {"enabled_log": [{"category": "kube-audit-admin"}, {"category": "guard"}]},
        {"enabled_log": [{"category": "guard"}]},
        {"enabled_log.category"},
    ),
    "Azure: logs for a month": (
        "azurerm_log_analytics_workspace",
        {"retention_in_days": 365, "daily_quota_gb": -1},
        {"retention_in_days": 30, "daily_quota_gb": 0.1},
        {"retention_in_days", "daily_quota_gb"},
    ),
    "AWS: no audit of the cluster": (
        EKS,
        {"enabled_cluster_log_types": ["api", "audit"]},
        {"enabled_cluster_log_types": ["api"]},
        {"enabled_cluster_log_types"},
    ),
    "AWS: nobody sees who talks to whom": ("aws_flow_log", {"traffic_type": "ALL"}, None, {GOES}),
    "Google: no audit": (
        "google_project_iam_audit_config",
        {"audit_log_config": [{"log_type": "DATA_READ"}, {"log_type": "DATA_WRITE"}]},
        {"audit_log_config": [{"log_type": "DATA_READ", "exempted_members": ["user:mallory@example.com"]}]},
        {"audit_log_config.log_type", "audit_log_config.exempted_members"},
    ),
    "Google: logs that go elsewhere": (
        "google_logging_project_sink",
        {"destination": "ours", "filter": "everything", "disabled": False},
        {"destination": "theirs", "filter": "nothing", "disabled": True},
        {"destination", "filter", "disabled"},
    ),
    "Google: logs for a day": (
        "google_logging_project_bucket_config",
        {"retention_days": 365},
        {"retention_days": 1},
        {"retention_days"},
    ),
    # --- high availability -----------------------------------------------------------------------------------------
    "Azure: no standby": (
        PG,
        {"high_availability": [{"mode": "ZoneRedundant"}]},
        {"high_availability": []},
        {"high_availability.mode"},
    ),
    "Azure: a standby in the same zone": (
        PG,
        {"high_availability": [{"mode": "ZoneRedundant"}]},
        {"high_availability": [{"mode": "SameZone"}]},
        {"high_availability.mode"},
    ),
    "AWS: no standby": ("aws_db_instance", {"multi_az": True}, {"multi_az": False}, {"multi_az"}),
    "AWS: one broker": (
        "aws_mq_broker",
        {"deployment_mode": "CLUSTER_MULTI_AZ"},
        {"deployment_mode": "SINGLE_INSTANCE"},
        {"deployment_mode"},
    ),
    "Google: no standby": (
        SQL,
        {"settings": [{"availability_type": "REGIONAL"}]},
        {"settings": [{"availability_type": "ZONAL"}]},
        {"settings.availability_type"},
    ),
    "Google: no copy of the cache": (
        "google_memorystore_instance",
        {"replica_count": 1},
        {"replica_count": 0},
        {"replica_count"},
    ),
    # --- networks --------------------------------------------------------------------------------------------------
    "Azure: what was refused is let through": (
        "azurerm_network_security_rule",
        DENY,
        {**DENY, "access": "Allow"},
        {"access"},
    ),
    "Azure: a rule goes that refuses": ("azurerm_network_security_rule", DENY, None, {GOES}),
    "Azure: a rule that lets everybody in": (
        "azurerm_network_security_rule",
        ALLOW,
        {**ALLOW, "source_address_prefix": "*"},
        {"source_address_prefix"},
    ),
    "Azure: a subnet without rules": ("azurerm_subnet_network_security_group_association", {"id": "one"}, None, {GOES}),
    "AWS: the default group lets in": (
        "aws_default_security_group",
        {"ingress": []},
        {"ingress": [{"cidr_blocks": ["0.0.0.0/0"], "protocol": "-1"}]},
        {"ingress"},
    ),
    "Google: a firewall for everybody": (
        "google_compute_firewall",
        {"source_ranges": ["10.0.0.0/8"], "allow": [{"protocol": "tcp", "ports": ["443"]}]},
        {"source_ranges": ["0.0.0.0/0"], "allow": [{"protocol": "tcp", "ports": ["443"]}, {"protocol": "all"}]},
        {"source_ranges", "allow"},
    ),
    "a network policy goes": ("kubernetes_network_policy_v1", network_policy(), None, {GOES}),
    "a network policy lets everybody in": (
        "kubernetes_network_policy_v1",
        network_policy(ingress=[FROM_ONE]),
        network_policy(ingress=[FROM_ONE, {"from": [{"namespace_selector": [{}]}]}]),
        {"spec.ingress"},
    ),
    "a network policy is about less": (
        "kubernetes_network_policy_v1",
        network_policy(),
        network_policy(policy_types=["Ingress"], pod_selector=[{"match_labels": {"no": "pod"}}]),
        {"spec.policy_types", "spec.pod_selector"},
    ),
    "a new network policy beside the others lets everybody in": (
        "kubernetes_network_policy_v1",
        None,
        network_policy(ingress=[{}]),
        {"spec.ingress"},
    ),
    "a namespace for privileged pods": (
        "kubernetes_namespace_v1",
        {"metadata": [{"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}]},
        {"metadata": [{"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}]},
        {'metadata.labels["pod-security.kubernetes.io/enforce"]'},
    ),
    # --- sign-in and rights ----------------------------------------------------------------------------------------
    "Azure: local accounts": (
        AKS,
        {"local_account_disabled": True},
        {"local_account_disabled": False},
        {"local_account_disabled"},
    ),
    "Azure: a cache with a password": (
        "azurerm_managed_redis",
        {"default_database": [{"access_keys_authentication_enabled": False}]},
        {"default_database": [{"access_keys_authentication_enabled": True}]},
        {"default_database.access_keys_authentication_enabled"},
    ),
    "Azure: an owner": ("azurerm_role_assignment", None, {"role_definition_name": "Owner"}, {"create"}),
    "AWS: an administrator": (
        "aws_iam_role_policy_attachment",
        None,
        {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        {"create"},
    ),
    "Azure: a program": ("azurerm_resource_deployment_script_azure_cli", None, {"script_content": "curl"}, {"create"}),
    "AWS: a key for ever": ("aws_iam_access_key", None, {"user": "mallory"}, {"create"}),
    "AWS: another account may become the role": (
        "aws_iam_role",
        {"assume_role_policy": policy("sts:AssumeRole", Principal=ROLE)},
        {"assume_role_policy": policy("sts:AssumeRole", Principal={"AWS": ["999999999999", *ROLE.values()]})},
        {"assume_role_policy"},
    ),
    "AWS: rights to everything": (
        "aws_iam_role_policy",
        {"policy": policy("s3:GetObject")},
        {"policy": policy("s3:GetObject", "*")},
        {"policy"},
    ),
    "Google: an owner": ("google_project_iam_member", None, {"role": "roles/owner", "member": "user:m"}, {"create"}),
    "Google: any repository may sign in": (
        "google_iam_workload_identity_pool_provider",
        {"attribute_condition": 'assertion.repository == "flowwise/infra"'},
        {"attribute_condition": None},
        {"attribute_condition"},
    ),
    "Google: a cache without sign-in": (
        "google_memorystore_instance",
        {"authorization_mode": "IAM_AUTH"},
        {"authorization_mode": "AUTH_DISABLED"},
        {"authorization_mode"},
    ),
    # --- files of microservices ------------------------------------------------------------------------------------
    "Azure: a microservice's files": ("azurerm_storage_container", {"name": "folha-files"}, None, {GOES}),
    "Azure: files in another account": ("azurerm_storage_account", {"name": "one"}, None, {GOES}),
    "Azure: files for every network": (
        "azurerm_storage_account",
        {"network_rules": [{"default_action": "Deny", "ip_rules": []}], "public_network_access_enabled": False},
        {"network_rules": [{"default_action": "Allow", "ip_rules": []}], "public_network_access_enabled": True},
        {"network_rules.default_action", "public_network_access_enabled"},
    ),
    "Azure: files for everybody": (
        "azurerm_storage_container",
        {"container_access_type": "private"},
        {"container_access_type": "blob"},
        {"container_access_type"},
    ),
    "Azure: files without the key of ours": (
        "azurerm_storage_account",
        {"customer_managed_key": [{"key_vault_key_id": KEY}]},
        {"customer_managed_key": []},
        {"customer_managed_key", "customer_managed_key.key_vault_key_id"},
    ),
    "Azure: files that are gone once they are deleted": (
        "azurerm_storage_account",
        {"blob_properties": [{"container_delete_retention_policy": [{"days": 30}]}]},
        {"blob_properties": [{"container_delete_retention_policy": [{"days": 1}]}]},
        {"blob_properties.container_delete_retention_policy.days"},
    ),
    "Azure: files in one building": (
        "azurerm_storage_account",
        {"account_replication_type": "ZRS"},
        {"account_replication_type": "LRS"},
        {"account_replication_type"},
    ),
    "Azure: earlier versions of files go at once": (
        "azurerm_storage_management_policy",
        {"rule": [{"actions": [{"version": [{"delete_after_days_since_creation": 30}]}]}]},
        {"rule": [{"actions": [{"version": [{"delete_after_days_since_creation": 1}]}]}]},
        {"rule.actions.version.delete_after_days_since_creation"},
    ),
    "AWS: a microservice's files": ("aws_s3_bucket", {"bucket": "folha-files", "force_destroy": False}, None, {GOES}),
    "AWS: files go with their bucket": (
        "aws_s3_bucket",
        {"force_destroy": False},
        {"force_destroy": True},
        {"force_destroy"},
    ),
    "AWS: files for everybody": (
        "aws_s3_bucket_policy",
        {"policy": policy("s3:GetObject", Principal=ROLE)},
        {"policy": policy("s3:GetObject", Principal="*")},
        {"policy"},
    ),
    "AWS: files without the key of ours": (
        "aws_s3_bucket_server_side_encryption_configuration",
        {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}]},
        {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}]},
        {"rule.apply_server_side_encryption_by_default.sse_algorithm"},
    ),
    "AWS: files belong to whoever wrote them": (
        "aws_s3_bucket_ownership_controls",
        {"rule": [{"object_ownership": "BucketOwnerEnforced"}]},
        {"rule": [{"object_ownership": "ObjectWriter"}]},
        {"rule.object_ownership"},
    ),
    "Google: a microservice's files": ("google_storage_bucket", {"name": "folha-files"}, None, {GOES}),
    "Google: files go with their bucket": (
        "google_storage_bucket",
        {"force_destroy": False, "uniform_bucket_level_access": True},
        {"force_destroy": True, "uniform_bucket_level_access": False},
        {"force_destroy", "uniform_bucket_level_access"},
    ),
    "Google: files without the key of ours": (
        "google_storage_bucket",
        {"encryption": [{"default_kms_key_name": KEY}]},
        {"encryption": []},
        {"encryption", "encryption.default_kms_key_name"},
    ),
    "Google: earlier versions of files go at once": (
        "google_storage_bucket",
        {"lifecycle_rule": [{"condition": [{"days_since_noncurrent_time": 30}]}]},
        {"lifecycle_rule": [{"condition": [{"days_since_noncurrent_time": 1}]}]},
        {"lifecycle_rule.condition.days_since_noncurrent_time"},
    ),
    # --- what people are told of -----------------------------------------------------------------------------------
    "Azure: an alert goes": ("azurerm_monitor_metric_alert", {"name": "database-disk"}, None, {GOES}),
    "Azure: an alert is told to nobody": (
        "azurerm_monitor_metric_alert",
        {"enabled": True, "action": [{"action_group_id": "people"}]},
        {"enabled": False, "action": []},
        {"enabled", "action.action_group_id"},
    ),
    "Azure: an alert comes too late": (
        "azurerm_monitor_metric_alert",
        {"criteria": [{"operator": "GreaterThan", "threshold": 80}]},
        {"criteria": [{"operator": "GreaterThan", "threshold": 99}]},
        {"criteria.threshold"},
    ),
    "Azure: one of those who are told": (
        "azurerm_monitor_action_group",
        {"email_receiver": [{"email_address": "a@flowwise.example"}, {"email_address": "b@flowwise.example"}]},
        {"email_receiver": [{"email_address": "a@flowwise.example"}]},
        {"email_receiver.email_address"},
    ),
    "AWS: an alarm is told to nobody": (
        "aws_cloudwatch_metric_alarm",
        {"actions_enabled": True, "alarm_actions": ["arn:aws:sns:sa-east-1:123456789012:alerts"]},
        {"actions_enabled": False, "alarm_actions": []},
        {"actions_enabled", "alarm_actions"},
    ),
    "AWS: an alarm comes too late": (
        "aws_cloudwatch_metric_alarm",
        {"comparison_operator": "LessThanThreshold", "threshold": 1000, "evaluation_periods": 3},
        {"comparison_operator": "LessThanThreshold", "threshold": 10, "evaluation_periods": 300},
        {"threshold", "evaluation_periods"},
    ),
    "AWS: an alarm of something else": (
        "aws_cloudwatch_metric_alarm",
        {"comparison_operator": "GreaterThanThreshold", "threshold": 80, "metric_name": "CPUUtilization"},
        {"comparison_operator": "LessThanThreshold", "threshold": 80, "metric_name": "FreeStorageSpace"},
        {"comparison_operator", "metric_name"},
    ),
    "AWS: one of those who are told": ("aws_sns_topic_subscription", {"endpoint": "a@flowwise.example"}, None, {GOES}),
    "AWS: alarms may no more tell people": (
        "aws_sns_topic_policy",
        {"policy": policy("sns:Publish", Principal={"Service": "cloudwatch.amazonaws.com"})},
        None,
        {GOES},
    ),
    "Google: an alert is told to nobody": (
        "google_monitoring_alert_policy",
        {"enabled": True, "notification_channels": ["people"]},
        {"enabled": False, "notification_channels": []},
        {"enabled", "notification_channels"},
    ),
    "Google: an alert comes too late": (
        "google_monitoring_alert_policy",
        {"conditions": [{"condition_threshold": [{"comparison": "COMPARISON_GT", "threshold_value": 0.8}]}]},
        {"conditions": [{"condition_threshold": [{"comparison": "COMPARISON_GT", "threshold_value": 0.99}]}]},
        {"conditions.condition_threshold.threshold_value"},
    ),
    "Google: an alert takes an hour": (
        "google_monitoring_alert_policy",
        {"conditions": [{"condition_threshold": [{"duration": "300s"}]}]},
        {"conditions": [{"condition_threshold": [{"duration": "3600s"}]}]},
        {"conditions.condition_threshold.duration"},
    ),
    "Google: one of those who are told": ("google_monitoring_notification_channel", {"type": "email"}, None, {GOES}),
    "a monitor of Datadog's looks elsewhere": (
        "helm_release",
        release(custom("DatadogMonitor", "postgres-down", query="max(last_5m):max:pg_up < 1")),
        release(custom("DatadogMonitor", "postgres-down", query="max(last_5m):max:pg_up < 0")),
        {'["DatadogMonitor/postgres-down"]:spec.query'},
    ),
    "a monitor of Datadog's is left out": (
        "helm_release",
        release(custom("DatadogMonitor", "one"), custom("DatadogMonitor", "two"), namespace="observability"),
        release(custom("DatadogMonitor", "one"), namespace="observability"),
        {'["DatadogMonitor/two"]'},
    ),
    # --- what goes -------------------------------------------------------------------------------------------------
    "AWS: the value of a secret": ("aws_secretsmanager_secret_version", {"secret_string": SECRET}, None, {GOES}),
    "Google: the value of a secret": ("google_secret_manager_secret_version", {"secret_data": SECRET}, None, {GOES}),
    "Azure: a secret": ("azurerm_key_vault_secret", {"value": SECRET}, None, {GOES}),
    "a priority class": ("kubernetes_priority_class_v1", {"value": 1000000}, None, {GOES}),
    "a pod disruption budget": ("kubernetes_pod_disruption_budget_v1", {"spec": [{}]}, None, {GOES}),
    # --- in Helm releases ------------------------------------------------------------------------------------------
    "a broker by another name": (
        "helm_release",
        release(custom("RabbitmqCluster")),
        release(custom("RabbitmqCluster", "broker")),
        {'["RabbitmqCluster/rabbitmq"]'},
    ),
    "a database is left out": (
        "helm_release",
        release(custom("Cluster", "postgres"), custom("Certificate", "postgres"), namespace="postgres"),
        release(custom("Certificate", "postgres"), namespace="postgres"),
        {'["Cluster/postgres"]'},
    ),
    "a broker without TLS and copies": (
        "helm_release",
        release(custom("RabbitmqCluster", replicas=3, tls={"secretName": "tls", "disableNonTLSListeners": True})),
        release(custom("RabbitmqCluster", replicas=1)),
        {
            f'["RabbitmqCluster/rabbitmq"]:spec.{path}'
            for path in ("replicas", "tls.secretName", "tls.disableNonTLSListeners")
        },
    ),
    "an API without sign-in": (
        "helm_release",
        release(custom("SecurityPolicy", "api", jwt={"providers": [{"name": "login"}]}), namespace="gateway"),
        release(custom("SecurityPolicy", "api", cors={"allowOrigins": ["*"]}), namespace="gateway"),
        {'["SecurityPolicy/api"]:spec.jwt', '["SecurityPolicy/api"]:spec.cors.allowOrigins'},
    ),
    "a broker that nobody can tell yet": (
        "helm_release",
        release(custom("RabbitmqCluster", replicas=3)),
        {"namespace": "rabbitmq", "chart": "custom-resources", "values": "?"},
        {'["RabbitmqCluster/rabbitmq"]'},
    ),
    "a program beside Helm": (
        "helm_release",
        {"namespace": "keda", "postrender": None},
        {"namespace": "keda", "postrender": {"binary_path": "/bin/evil"}},
        {"postrender"},
    ),
    "a chart from elsewhere": (
        "helm_release",
        {"namespace": "keda", "repository": "https://kedacore.github.io/charts"},
        {"namespace": "keda", "repository": "https://evil.example"},
        {"repository"},
    ),
}

# What nobody has to be asked about: it protects more, or it is what an ordinary change does.
HARMLESS: Mapping[str, tuple[str, Values, Values]] = {
    "more backups": (PG, {"backup_retention_days": 7}, {"backup_retention_days": 35}),
    "a lock": ("azurerm_management_lock", None, {"lock_level": "CanNotDelete"}),
    "a stronger lock": ("azurerm_management_lock", {"lock_level": "CanNotDelete"}, {"lock_level": "ReadOnly"}),
    "a standby": (PG, {"high_availability": []}, {"high_availability": [{"mode": "ZoneRedundant"}]}),
    "a larger server": (PG, {"sku_name": "small"}, {"sku_name": "large"}),
    "a narrower door": (
        AKS,
        {"api_server_access_profile": [{"authorized_ip_ranges": ["203.0.113.0/24"]}]},
        {"api_server_access_profile": [{"authorized_ip_ranges": ["203.0.113.7/32"]}]},
    ),
    "more audit": (EKS, {"enabled_cluster_log_types": ["api"]}, {"enabled_cluster_log_types": ["api", "audit"]}),
    "an alert that comes sooner": (
        "azurerm_monitor_metric_alert",
        {"criteria": [{"operator": "LessThan", "threshold": 10}]},
        {"criteria": [{"operator": "LessThan", "threshold": 20}]},
    ),
    "an alarm of a larger disk": (
        "aws_cloudwatch_metric_alarm",
        {"comparison_operator": "LessThanThreshold", "threshold": 1000},
        {"comparison_operator": "LessThanThreshold", "threshold": 2000},
    ),
    "someone more is told": ("aws_sns_topic_subscription", None, {"endpoint": "b@flowwise.example"}),
    "files for one more microservice": ("google_storage_bucket", None, {"name": "folha-files"}),
    "a right more": (
        "aws_iam_role_policy",
        {"policy": policy("kms:Decrypt")},
        {"policy": policy("kms:Decrypt", "kms:DescribeKey")},
    ),
    "the same rights in another order": (
        "aws_kms_key",
        {"policy": policy("kms:Decrypt", "kms:Encrypt", Principal=ROLE)},
        {"policy": policy("kms:Encrypt", "kms:Decrypt", Principal=ROLE)},
    ),
    "rights to what is not there yet": ("aws_iam_role_policy", {"policy": policy("kms:Decrypt")}, {"policy": "?"}),
    "passwords made anew": ("azurerm_key_vault_secret", {"value_wo_version": 1}, {"value_wo_version": 2}),
    "a rule for one more network": (
        "azurerm_network_security_rule",
        None,
        {**ALLOW, "source_address_prefix": "10.1.0.0/16"},
    ),
    "a rule that refuses more": ("azurerm_network_security_rule", ALLOW, {**ALLOW, "access": "Deny"}),
    "a policy for one more namespace": (
        "kubernetes_network_policy_v1",
        network_policy(ingress=[FROM_ONE]),
        network_policy(ingress=[FROM_ONE, {"from": [{"namespace_selector": [{"match_labels": {"name": "two"}}]}]}]),
    ),
    "a broker with more memory": (
        "helm_release",
        release(custom("RabbitmqCluster", resources={"limits": {"memory": "1Gi"}})),
        release(custom("RabbitmqCluster", resources={"limits": {"memory": "2Gi"}})),
    ),
    "a newer chart": ("helm_release", {"namespace": "keda", "version": "1"}, {"namespace": "keda", "version": "2"}),
    "a release without data goes": ("helm_release", {"namespace": "keda"}, None),
    "a deployment goes": ("kubernetes_deployment_v1", {"spec": [{}]}, None),
    "a small right": ("azurerm_role_assignment", None, {"role_definition_name": "AcrPull"}),
    "a small right goes": ("azurerm_role_assignment", {"role_definition_name": "AcrPull"}, None),
}
