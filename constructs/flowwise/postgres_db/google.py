"""The databases on Google Cloud: Cloud SQL servers on a private address, where everyone signs in with IAM."""

from cdktf import Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_google.data_google_project import DataGoogleProject
from cdktf_cdktf_provider_google.kms_crypto_key import KmsCryptoKey, KmsCryptoKeyVersionTemplate
from cdktf_cdktf_provider_google.kms_crypto_key_iam_member import KmsCryptoKeyIamMember
from cdktf_cdktf_provider_google.kms_key_ring import KmsKeyRing
from cdktf_cdktf_provider_google.logging_project_bucket_config import LoggingProjectBucketConfig
from cdktf_cdktf_provider_google.logging_project_sink import LoggingProjectSink
from cdktf_cdktf_provider_google.project_iam_audit_config import (
    ProjectIamAuditConfig,
    ProjectIamAuditConfigAuditLogConfig,
)
from cdktf_cdktf_provider_google.project_iam_custom_role import ProjectIamCustomRole
from cdktf_cdktf_provider_google.project_iam_member import ProjectIamMember, ProjectIamMemberCondition
from cdktf_cdktf_provider_google.service_account import ServiceAccount
from cdktf_cdktf_provider_google.sql_database import SqlDatabase
from cdktf_cdktf_provider_google.sql_database_instance import (
    SqlDatabaseInstance,
    SqlDatabaseInstanceSettings,
    SqlDatabaseInstanceSettingsBackupConfiguration,
    SqlDatabaseInstanceSettingsBackupConfigurationBackupRetentionSettings,
    SqlDatabaseInstanceSettingsDatabaseFlags,
    SqlDatabaseInstanceSettingsInsightsConfig,
    SqlDatabaseInstanceSettingsIpConfiguration,
    SqlDatabaseInstanceSettingsMaintenanceWindow,
)
from cdktf_cdktf_provider_google.sql_user import SqlUser

from flowwise.expressions import for_each, number, string_map, text
from flowwise.module import Module
from flowwise.naming import resource_name
from flowwise.postgres_db import POSTGRES_DB, PostgresDbInputs, PostgresDbOutputs
from flowwise.sizes import DATABASE_SIZES

_PORT = 5432
_PROJECT = text("local.project")
_FLAGS = {
    "cloudsql.iam_authentication": "on",
    "cloudsql.enable_pgaudit": "on",
    "pgaudit.log": "ddl,role",
    "log_checkpoints": "on",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_lock_waits": "on",
    "log_min_error_statement": "error",
}
# What PostgreSQL calls a service account.
_ADMINISTRATOR = text('trimsuffix(google_service_account.administrator.email, ".gserviceaccount.com")')


class GooglePostgresDb(Module[PostgresDbInputs, PostgresDbOutputs]):
    """One Cloud SQL server, or one for each database; no user of them has a password."""

    contract = POSTGRES_DB
    path = "modules/postgres-db/google"
    examples = {
        "region": "southamerica-east1",
        "network_id": "projects/flowwise-project/global/networks/flowwise-dev",
        "subnet_ids": ["flowwise-dev-databases"],
        "private_dns_zone_id": None,
        "administrators": {"platform-team": "platform-team@example.com"},
    }

    def build(self, inputs: PostgresDbInputs) -> PostgresDbOutputs:
        """Add the module's resources."""
        self._locals()
        project = self.resource(DataGoogleProject, "this")
        key = self._encryption_key(inputs)
        allowed = self._allow_encryption(project, key)
        self._logs(inputs)
        self._servers(key, allowed, inputs)
        self._databases()
        administrator = self._administrators()
        return PostgresDbOutputs(
            hosts=string_map(
                "{ for microservice, database in local.databases : "
                "microservice => google_sql_database_instance.this[database.server].private_ip_address }"
            ),
            port=_PORT,
            database_names=string_map(
                "{ for microservice, database in google_sql_database.this : microservice => database.name }"
            ),
            administrator_identity_id=administrator.id,
            administrator_client_id=administrator.email,
            administrator_name=_ADMINISTRATOR,
            server_ids=string_map(
                "{ for name, server in google_sql_database_instance.this : name => server.connection_name }"
            ),
        )

    def _locals(self) -> None:
        self.comment("The provider's project: asked for without a name, it tells its name in the id alone.")
        self.local("project", text('trimprefix(data.google_project.this.id, "projects/")'))
        self.local("sizes", {size: clouds["google"].sku for size, clouds in DATABASE_SIZES.items()})
        self.local("servers", text('toset(var.topology == "shared" ? ["shared"] : var.databases)'))
        self.local(
            "databases",
            text(
                "{\n"
                "  for microservice in var.databases : microservice => {\n"
                '    server = var.topology == "shared" ? "shared" : microservice\n'
                '    name   = replace(microservice, "-", "_")\n'
                "  }\n"
                "}"
            ),
        )

    def _encryption_key(self, inputs: PostgresDbInputs) -> KmsCryptoKey:
        self.comment(
            "Google never deletes a key ring or a key, only what is in the key. So after a destroy, import both before "
            "an environment of the same name is made again. No firewall guards a key, so operator_cidrs have nothing "
            "to open here."
        )
        ring = self.resource(
            KmsKeyRing, "encryption", name=resource_name("kms_key_ring", "postgres"), location=inputs.region
        )
        self.skip_check("CKV_GCP_82", "prevent_destroy takes no variable, and not all environments stay.")
        return self.resource(
            KmsCryptoKey,
            "encryption",
            name="encryption",
            key_ring=ring.id,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=f"{90 * 24 * 60 * 60}s",
            version_template=KmsCryptoKeyVersionTemplate(
                algorithm="GOOGLE_SYMMETRIC_ENCRYPTION", protection_level="HSM"
            ),
            labels=inputs.tags,
        )

    def _allow_encryption(self, project: DataGoogleProject, key: KmsCryptoKey) -> KmsCryptoKeyIamMember:
        self.comment(
            "Cloud SQL's own account. A project has it from the first time that someone runs gcloud beta services "
            "identity create --service=sqladmin.googleapis.com, for which only the provider google-beta has a resource."
        )
        return self.resource(
            KmsCryptoKeyIamMember,
            "encryption",
            crypto_key_id=key.id,
            role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member=f"serviceAccount:service-{project.number}@gcp-sa-cloud-sql.iam.gserviceaccount.com",
        )

    def _logs(self, inputs: PostgresDbInputs) -> None:
        self.comment(
            "What pgaudit and sign-ins log are audit logs of access to data, which Google keeps only when asked. This "
            "holds for all Cloud SQL servers of the project."
        )
        self.resource(
            ProjectIamAuditConfig,
            "this",
            project=_PROJECT,
            service="cloudsql.googleapis.com",
            audit_log_config=[
                ProjectIamAuditConfigAuditLogConfig(log_type="DATA_READ"),
                ProjectIamAuditConfigAuditLogConfig(log_type="DATA_WRITE"),
            ],
        )
        self.comment("In the region, where the project's own bucket of logs need not be.")
        bucket = self.resource(
            LoggingProjectBucketConfig,
            "this",
            project=_PROJECT,
            location=inputs.region,
            bucket_id=resource_name("log_bucket", "postgres"),
            description="Logs of the PostgreSQL servers.",
            retention_days=inputs.log_retention_days,
        )
        servers = f"^{_PROJECT}:{resource_name('cloud_sql_instance')}-"
        self.resource(
            LoggingProjectSink,
            "this",
            project=_PROJECT,
            name=resource_name("log_sink", "postgres"),
            description="Keeps the logs of the PostgreSQL servers.",
            destination=f"logging.googleapis.com/{bucket.id}",
            filter=f'resource.type="cloudsql_database" AND resource.labels.database_id=~"{servers}"',
            unique_writer_identity=True,
        )

    def _servers(self, key: KmsCryptoKey, allowed: KmsCryptoKeyIamMember, inputs: PostgresDbInputs) -> None:
        self.comment(
            "A server lives in a network of Google's that is peered with network_id by private services access, and "
            "takes its address from the range that subnet_ids names. Clients show a token of IAM and no certificate, "
            "whose key would be in the state. Backups stay in the region. This edition can go back to any moment of 7 "
            "days; the nightly backups reach further back, for backup_days. Changes of the disk are ignored: one that "
            "has grown is larger than storage_gb, and the provider would replace the server to shrink it."
        )
        self.skip_check("CKV_GCP_6", "No connection goes without TLS; a client's certificate is what it misses.")
        self.skip_check("CKV_GCP_79", "engine_version says which, and an environment may wait.")
        self.skip_check("CKV_GCP_108", "It looks up a name for every connection; the addresses are logged.")
        self.skip_check("CKV_GCP_111", "pgaudit logs what changes the schema; data stays out of the logs.")
        self.skip_check("CKV2_GCP_13", "Query insights measure it without a line for every statement.")
        self.resource(
            SqlDatabaseInstance,
            "this",
            for_each=for_each("local.servers"),
            name=resource_name("cloud_sql_instance", "${each.key}"),
            region=inputs.region,
            database_version="POSTGRES_${var.engine_version}",
            encryption_key_name=key.id,
            deletion_protection=inputs.protected,
            settings=SqlDatabaseInstanceSettings(
                edition="ENTERPRISE",
                tier=text("local.sizes[var.size]"),
                availability_type=text('var.high_availability ? "REGIONAL" : "ZONAL"'),
                disk_type="PD_SSD",
                disk_size=inputs.storage_gb,
                disk_autoresize=True,
                # For the largest disk, Cloud SQL's own limit of 64 TB.
                disk_autoresize_limit=number("var.storage_gb * 4"),
                # Terraform's own protection, above, does not stop whoever uses the console.
                deletion_protection_enabled=inputs.protected,
                retain_backups_on_delete=True,
                user_labels=inputs.tags,
                backup_configuration=SqlDatabaseInstanceSettingsBackupConfiguration(
                    enabled=True,
                    start_time="04:00",
                    location=inputs.region,
                    point_in_time_recovery_enabled=True,
                    transaction_log_retention_days=7,
                    backup_retention_settings=SqlDatabaseInstanceSettingsBackupConfigurationBackupRetentionSettings(
                        retained_backups=inputs.backup_days, retention_unit="COUNT"
                    ),
                ),
                ip_configuration=SqlDatabaseInstanceSettingsIpConfiguration(
                    ipv4_enabled=False,
                    private_network=inputs.network_id,
                    allocated_ip_range=text("var.subnet_ids[0]"),
                    ssl_mode="ENCRYPTED_ONLY",
                ),
                maintenance_window=SqlDatabaseInstanceSettingsMaintenanceWindow(day=7, hour=6, update_track="stable"),
                database_flags=[
                    SqlDatabaseInstanceSettingsDatabaseFlags(name=name, value=value) for name, value in _FLAGS.items()
                ],
                insights_config=SqlDatabaseInstanceSettingsInsightsConfig(
                    query_insights_enabled=True, record_application_tags=True
                ),
            ),
            depends_on=[allowed],
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["settings[0].disk_size"], precondition=self._preconditions()
            ),
        )

    def _preconditions(self) -> list[Precondition]:
        return [
            Precondition(
                condition=text("var.private_dns_zone_id == null"),
                error_message="private_dns_zone_id must be null: Cloud SQL registers no names in a zone of ours.",
            ),
            Precondition(
                condition=text(
                    'alltrue([\n  for email in values(var.administrators) : can(regex("^[^@]+@[^@]+$", email))\n])'
                ),
                error_message="administrators must be identified by the e-mail addresses of Google groups.",
            ),
        ]

    def _databases(self) -> None:
        self.comment(
            "Cloud SQL refuses to drop a database that a microservice's role has a right in, so Terraform lets go of "
            "it instead. What is in it is dropped by hand, or with the server."
        )
        self.resource(
            SqlDatabase,
            "this",
            for_each=for_each("local.databases"),
            instance=text("google_sql_database_instance.this[each.value.server].name"),
            name=text("each.value.name"),
            charset="UTF8",
            collation="en_US.UTF8",
            deletion_policy="ABANDON",
        )

    def _administrators(self) -> ServiceAccount:
        self.comment("For the job in the cluster that makes the microservices' roles: it signs in as this account.")
        account = self.resource(
            ServiceAccount,
            "administrator",
            account_id=resource_name("cloud_sql_administrator"),
            display_name="Administers the PostgreSQL servers of ${var.name}.",
        )
        self.comment(
            "Cloud SQL gives a new user of IAM no rights in PostgreSQL. With this role, the job makes itself a "
            "cloudsqlsuperuser, by the users.update method of Cloud SQL's API, and then the groups with GRANT."
        )
        role = self.resource(
            ProjectIamCustomRole,
            "administrator",
            project=_PROJECT,
            role_id=text('replace(var.name, "-", "_")') + "_postgres_administrator",
            title="PostgreSQL administrator of ${var.name}",
            permissions=[
                "cloudsql.instances.get",
                "cloudsql.users.get",
                "cloudsql.users.list",
                "cloudsql.users.update",
            ],
        )
        server = "projects/${local.project}/instances/" + resource_name("cloud_sql_instance", "${each.key}")
        self.resource(
            ProjectIamMember,
            "administrator",
            for_each=for_each("local.servers"),
            project=_PROJECT,
            role=role.name,
            member=account.member,
            condition=ProjectIamMemberCondition(
                title="Only ${each.key} of ${var.name}",
                expression=f'resource.service == "sqladmin.googleapis.com" && resource.name == "{server}"',
            ),
        )
        self.comment("It lets nobody into a server that does not have them as a user, so it has no condition.")
        self.resource(
            ProjectIamMember,
            "login",
            for_each=for_each(
                "merge(\n"
                "  { administrator = google_service_account.administrator.member },\n"
                '  { for name, email in var.administrators : "group/${name}" => "group:${email}" }\n'
                ")"
            ),
            project=_PROJECT,
            role="roles/cloudsql.instanceUser",
            member=text("each.value"),
        )
        self.comment("Let go of and not dropped, as one that owns tables cannot be.")
        self.resource(
            SqlUser,
            "administrator",
            for_each=for_each("local.servers"),
            instance=text("google_sql_database_instance.this[each.key].name"),
            name=_ADMINISTRATOR,
            type="CLOUD_IAM_SERVICE_ACCOUNT",
            deletion_policy="ABANDON",
        )
        self.resource(
            SqlUser,
            "groups",
            for_each=for_each(
                "{\n"
                "  for pair in setproduct(local.servers, keys(var.administrators)) :\n"
                '  "${pair[0]}/${pair[1]}" => { server = pair[0], name = pair[1] }\n'
                "}"
            ),
            instance=text("google_sql_database_instance.this[each.value.server].name"),
            name=text("var.administrators[each.value.name]"),
            type="CLOUD_IAM_GROUP",
        )
        return account
