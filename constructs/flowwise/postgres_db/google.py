"""The databases on Google Cloud: Cloud SQL servers on a private address, where people sign in with IAM."""

from cdk.core import Precondition, TerraformResourceLifecycle
from cdk.google import (
    KmsCryptoKeyIamMember,
    ProjectIamMember,
    SqlDatabase,
    SqlDatabaseInstance,
    SqlDatabaseInstanceSettings,
    SqlDatabaseInstanceSettingsBackupConfiguration,
    SqlDatabaseInstanceSettingsBackupConfigurationBackupRetentionSettings,
    SqlDatabaseInstanceSettingsDatabaseFlags,
    SqlDatabaseInstanceSettingsInsightsConfig,
    SqlDatabaseInstanceSettingsIpConfiguration,
    SqlDatabaseInstanceSettingsMaintenanceWindow,
    SqlUser,
)
from flowwise.authoring.expressions import anything, for_each, number, string_map, strings, text
from flowwise.authoring.module import Module
from flowwise.encryption import EncryptionKey
from flowwise.google.encryption import allow_encryption
from flowwise.google.logs import keep_logs, record_access
from flowwise.google.project import PROJECT, add_project
from flowwise.postgres_db import NO_SAME_ZONE, POSTGRES_DB, PostgresDbInputs, PostgresDbOutputs
from flowwise.postgres_db.conditions import READERS_READ_WHAT_IS_THERE, SERVERS_ARE_THERE
from flowwise.postgres_db.disks import no_smaller_than_asked
from flowwise.postgres_db.own_servers import add_asked, disks_gb
from flowwise.tables.naming import resource_name
from flowwise.tables.sizes import DATABASE_SIZES

_PORT = 5432
_ADMINISTRATOR = "postgres"
_KEY = "projects/flowwise-project/locations/southamerica-east1/keyRings/flowwise-dev/cryptoKeys/databases"
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


class GooglePostgresDb(Module[PostgresDbInputs, PostgresDbOutputs]):
    """One Cloud SQL server, or one for each database."""

    contract = POSTGRES_DB
    path = "modules/postgres-db/google"
    examples = {
        "region": "southamerica-east1",
        "network_id": "projects/flowwise-project/global/networks/flowwise-dev",
        "subnet_ids": ["flowwise-dev-databases"],
        "private_dns_zone_id": None,
        "administrators": {"platform-team": "platform-team@example.com"},
        "readers": {"analysts": {"identifier": "analysts@example.com", "services": ["lancamentos"]}},
        "encryption_key": EncryptionKey(id=_KEY, resource_id=_KEY),
    }

    def build(self, inputs: PostgresDbInputs) -> PostgresDbOutputs:
        """Add the module's resources."""
        self.require("hosts", "!var.same_zone", NO_SAME_ZONE)
        self._locals()
        project = add_project(self)
        self.comment(
            "Cloud SQL's own account. A project has it from the first time that someone runs gcloud beta services "
            "identity create --service=sqladmin.googleapis.com, for which only the provider google-beta has a resource."
        )
        allowed = allow_encryption(
            self, "encryption", f"serviceAccount:service-{project.number}@gcp-sa-cloud-sql.iam.gserviceaccount.com"
        )
        self._logs(inputs)
        self._servers(allowed, inputs)
        self._databases()
        self._administrator(inputs)
        self._people()
        return PostgresDbOutputs(
            hosts=string_map(
                "{ for microservice, database in local.databases : "
                "microservice => google_sql_database_instance.this[database.server].private_ip_address }"
            ),
            server_hosts=string_map(
                "{ for name, server in google_sql_database_instance.this : name => server.private_ip_address }"
            ),
            port=_PORT,
            database_names=string_map(
                "{ for microservice, database in google_sql_database.this : microservice => database.name }"
            ),
            administrator_name=_ADMINISTRATOR,
            # The provider takes it for a secret, since 7.0, and nobody can connect who does not know it.
            ca_certificate=text(
                'nonsensitive(join("\\n", [\n'
                "  for server in google_sql_database_instance.this : server.server_ca_cert[0].cert\n"
                "]))"
            ),
            # It has the instance's name instead.
            certificate_names_host=False,
            people=strings("values(var.administrators)"),
            readers=anything("{ for reader in values(var.readers) : reader.identifier => reader.services }"),
            server_ids=string_map(
                "{ for name, server in google_sql_database_instance.this : name => server.connection_name }"
            ),
            server_disks_gb=disks_gb(),
        )

    def _locals(self) -> None:
        self.local("sizes", {size: clouds["google"].sku for size, clouds in DATABASE_SIZES.items()})
        self.local("servers", text('toset(var.topology == "shared" ? ["shared"] : var.databases)'))
        add_asked(self)
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

    def _logs(self, inputs: PostgresDbInputs) -> None:
        self.comment(
            "What pgaudit and sign-ins log are audit logs of access to data, which Google keeps only when asked. This "
            "holds for all Cloud SQL servers of the project."
        )
        record_access(self, "cloudsql.googleapis.com", "DATA_READ", "DATA_WRITE")
        servers = f"^{PROJECT}:{resource_name('cloud_sql_instance')}-"
        keep_logs(
            self,
            "postgres",
            of="of the PostgreSQL servers",
            region=inputs.region,
            retention_days=inputs.log_retention_days,
            filter=f'resource.type="cloudsql_database" AND resource.labels.database_id=~"{servers}"',
        )

    def _servers(self, allowed: KmsCryptoKeyIamMember, inputs: PostgresDbInputs) -> None:
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
        self.skip_check("CKV_GCP_111", "pgaudit logs what changes the schema, without the passwords of new roles.")
        self.skip_check("CKV2_GCP_13", "Query insights measure it without a line for every statement.")
        self.resource(
            SqlDatabaseInstance,
            "this",
            for_each=for_each("local.servers"),
            name=resource_name("cloud_sql_instance", "${each.key}"),
            region=inputs.region,
            database_version="POSTGRES_${var.engine_version}",
            encryption_key_name=text("var.encryption_key.id"),
            deletion_protection=inputs.protected,
            settings=SqlDatabaseInstanceSettings(
                edition="ENTERPRISE",
                tier=text("lookup(local.sizes, local.asked[each.key].size, local.asked[each.key].size)"),
                availability_type=text('var.high_availability ? "REGIONAL" : "ZONAL"'),
                disk_type="PD_SSD",
                disk_size=number("local.asked[each.key].storage_gb"),
                disk_autoresize=True,
                # For the largest disk, Cloud SQL's own limit of 64 TB.
                disk_autoresize_limit=number("local.asked[each.key].storage_gb * 4"),
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
                ignore_changes=["settings[0].disk_size"],
                precondition=self._preconditions(),
                postcondition=[
                    no_smaller_than_asked(
                        "self.settings[0].disk_size",
                        "gcloud sql instances patch ${self.name} --project=${self.project} "
                        "--storage-size=${local.asked[each.key].storage_gb}",
                    )
                ],
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
            Precondition(
                condition=text(
                    "alltrue([\n"
                    "  for reader in values(var.readers) :\n"
                    '  can(regex("^[^@]+@[^@]+$", reader.identifier)) && '
                    "!contains(values(var.administrators), reader.identifier)\n"
                    "])"
                ),
                error_message=(
                    "readers must be identified by the e-mail addresses of Google groups that are no administrators."
                ),
            ),
            READERS_READ_WHAT_IS_THERE,
            SERVERS_ARE_THERE,
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

    def _administrator(self, inputs: PostgresDbInputs) -> None:
        self.comment(
            "For the job in the cluster that makes the microservices' roles. Cloud SQL makes this user with each "
            "server, without a password, so that nobody can sign in as it yet; a user of another name would be a "
            "second one with the same rights. Let go of and not dropped, as one that owns tables cannot be."
        )
        self.resource(
            SqlUser,
            "administrator",
            for_each=for_each("local.servers"),
            instance=text("google_sql_database_instance.this[each.key].name"),
            name=_ADMINISTRATOR,
            type="BUILT_IN",
            password_wo=inputs.administrator_password,
            password_wo_version=inputs.administrator_password_version,
            deletion_policy="ABANDON",
        )

    def _people(self) -> None:
        self.comment("It lets nobody into a server that does not have them as a user, so it has no condition.")
        self.resource(
            ProjectIamMember,
            "login",
            for_each=for_each("var.administrators"),
            project=PROJECT,
            role="roles/cloudsql.instanceUser",
            member="group:${each.value}",
        )
        self.resource(
            ProjectIamMember,
            "reader_login",
            for_each=for_each("var.readers"),
            project=PROJECT,
            role="roles/cloudsql.instanceUser",
            member="group:${each.value.identifier}",
        )
        self.comment("Cloud SQL gives a new user of IAM no rights in PostgreSQL: the job gives the groups theirs.")
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
        self.resource(
            SqlUser,
            "readers",
            for_each=for_each(
                "merge([\n"
                "  for name, reader in var.readers : {\n"
                "    for server in toset([for service in reader.services : local.databases[service].server]) :\n"
                '    "${server}/${name}" => { server = server, name = name }\n'
                "  }\n"
                "]...)"
            ),
            instance=text("google_sql_database_instance.this[each.value.server].name"),
            name=text("var.readers[each.value.name].identifier"),
            type="CLOUD_IAM_GROUP",
        )
