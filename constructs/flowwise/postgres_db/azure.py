"""The databases on Azure: flexible servers inside the network."""

from cdk.azurerm import (
    MonitorDiagnosticSetting,
    MonitorDiagnosticSettingEnabledLog,
    PostgresqlFlexibleServer,
    PostgresqlFlexibleServerActiveDirectoryAdministrator,
    PostgresqlFlexibleServerAuthentication,
    PostgresqlFlexibleServerConfiguration,
    PostgresqlFlexibleServerCustomerManagedKey,
    PostgresqlFlexibleServerDatabase,
    PostgresqlFlexibleServerIdentity,
    PostgresqlFlexibleServerMaintenanceWindow,
    ResourceGroup,
    RoleAssignment,
    UserAssignedIdentity,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import anything, for_each, number, string_map, strings, text
from flowwise.authoring.module import Module, dynamic
from flowwise.azure.account import add_account
from flowwise.azure.encryption import allow_encryption
from flowwise.azure.operations import add_group_lock, log_workspace
from flowwise.postgres_db import POSTGRES_DB, PostgresDbInputs, PostgresDbOutputs
from flowwise.postgres_db.conditions import READERS_READ_WHAT_IS_THERE, SERVERS_ARE_THERE
from flowwise.postgres_db.disks import no_smaller_than_asked
from flowwise.postgres_db.own_servers import add_asked, disks_gb
from flowwise.postgres_db.readers import reader_role
from flowwise.tables.naming import resource_name
from flowwise.tables.sizes import BURSTABLE, DATABASE_SIZES

_PORT = 5432
_ADMINISTRATOR = "serveradmin"  # Azure refuses "administrator" and "admin"
_PARAMETERS = {
    "require_secure_transport": "on",
    "ssl_min_protocol_version": "TLSv1.3",
    "connection_throttle.enable": "on",
    "log_checkpoints": "on",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_lock_waits": "on",
    "password_encryption": "scram-sha-256",  # Azure's default is md5
    "pgaudit.log": "ddl,role",
}
# In whose absence the server does not know the parameters of the table above.
_LIBRARIES = {
    "azure.extensions": "PGAUDIT,PG_STAT_STATEMENTS",
    "shared_preload_libraries": "pgaudit,pg_stat_statements",
}


def _on_each_server(entries: str) -> str:
    """A map with an element for each key of the map `entries` on each server."""
    return (
        "{\n"
        f"  for pair in setproduct(local.servers, keys({entries})) :\n"
        '  "${pair[0]}/${pair[1]}" => { server = pair[0], name = pair[1] }\n'
        "}"
    )


class AzurePostgresDb(Module[PostgresDbInputs, PostgresDbOutputs]):
    """One flexible server, or one for each database. People sign in with Microsoft Entra, roles with passwords.

    Which group signs in as a reader, Azure lets only an administrator say who has signed in with Microsoft Entra: by
    one statement of SQL, which docs/runbook.md has.
    """

    contract = POSTGRES_DB
    path = "modules/postgres-db/azure"

    def build(self, inputs: PostgresDbInputs) -> PostgresDbOutputs:
        """Add the module's resources."""
        add_account(self)
        self._locals()
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "postgres"),
            location=inputs.region,
            tags=inputs.tags,
        )
        workspace_id = log_workspace(
            self, "postgres", group=group, retention_days=inputs.log_retention_days, tags=inputs.tags
        )
        identity, role = self._encryption(group, inputs)
        self._servers(group, identity, role, inputs)
        self._parameters()
        self._databases()
        self._administrators(group, identity)
        self._logs(workspace_id)
        add_group_lock(self, group, also_blocks="remove a database or an administrator")
        return PostgresDbOutputs(
            hosts=string_map(
                "{ for microservice, database in local.databases : "
                "microservice => azurerm_postgresql_flexible_server.this[database.server].fqdn }"
            ),
            server_hosts=string_map(
                "{ for name, server in azurerm_postgresql_flexible_server.this : name => server.fqdn }"
            ),
            port=_PORT,
            database_names=string_map(
                "{ for microservice, database in azurerm_postgresql_flexible_server_database.this : "
                "microservice => database.name }"
            ),
            administrator_name=_ADMINISTRATOR,
            ca_certificate="",
            certificate_names_host=True,
            people=strings("keys(var.administrators)"),
            readers=anything(f'{{ for name, reader in var.readers : "{reader_role("${name}")}" => reader.services }}'),
            server_ids=string_map(
                "{ for name, server in azurerm_postgresql_flexible_server.this : name => server.id }"
            ),
            server_disks_gb=disks_gb(),
        )

    def _locals(self) -> None:
        self.local(
            "sizes",
            {
                size: {"sku": clouds["azure"].sku, "high_availability": clouds["azure"].high_availability}
                for size, clouds in DATABASE_SIZES.items()
            },
        )
        self.local("servers", text('toset(var.topology == "shared" ? ["shared"] : var.databases)'))
        add_asked(self)
        self.local(
            "machines",
            text(
                "{\n"
                "  for name, asked in local.asked : name => try(local.sizes[asked.size], {\n"
                "    sku               = asked.size\n"
                f'    high_availability = !startswith(asked.size, "{BURSTABLE}")\n'
                "  })\n"
                "}"
            ),
        )
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
        self.local("libraries", _LIBRARIES)
        self.local("parameters", _PARAMETERS)

    def _encryption(
        self, group: ResourceGroup, inputs: PostgresDbInputs
    ) -> tuple[UserAssignedIdentity, RoleAssignment]:
        self.comment("Flexible servers take no identity of their own for encryption, only an assigned one.")
        identity = self.resource(
            UserAssignedIdentity,
            "encryption",
            name=resource_name("managed_identity", "postgres-encryption"),
            location=group.location,
            resource_group_name=group.name,
            tags=inputs.tags,
        )
        return identity, allow_encryption(self, identity.principal_id)

    def _servers(
        self,
        group: ResourceGroup,
        identity: UserAssignedIdentity,
        role: RoleAssignment,
        inputs: PostgresDbInputs,
    ) -> None:
        self.comment(
            "No geo-redundant backup: Azure's pair of Brazil South is in the USA, where this data may not go, and the "
            "copy would need a second key vault there. Changes of storage are ignored: a disk that has grown is larger "
            "than storage_gb, and azurerm would replace the server to shrink it. People sign in with Microsoft Entra, "
            "but passwords are admitted too: with one, a job in the cluster makes the microservices' roles in the same "
            "way on every cloud, and these sign in with passwords from the store of secrets."
        )
        self.skip_check("CKV_AZURE_136", "Backups may not leave the country, as said above.")
        self.skip_check("CKV2_AZURE_57", "The server is inside the network itself, in a delegated subnet.")
        server = self.resource(
            PostgresqlFlexibleServer,
            "this",
            for_each=for_each("local.servers"),
            name=resource_name("postgresql_server", "${each.key}"),
            location=group.location,
            resource_group_name=group.name,
            version=inputs.engine_version,
            sku_name=text("local.machines[each.key].sku"),
            storage_mb=number("local.asked[each.key].storage_gb * 1024"),
            auto_grow_enabled=True,
            backup_retention_days=inputs.backup_days,
            geo_redundant_backup_enabled=False,
            delegated_subnet_id=text("var.subnet_ids[0]"),
            private_dns_zone_id=inputs.private_dns_zone_id,
            public_network_access_enabled=False,
            administrator_login=_ADMINISTRATOR,
            administrator_password_wo=inputs.administrator_password,
            administrator_password_wo_version=inputs.administrator_password_version,
            authentication=PostgresqlFlexibleServerAuthentication(
                active_directory_auth_enabled=True,
                password_auth_enabled=True,
                tenant_id=identity.tenant_id,
            ),
            identity=PostgresqlFlexibleServerIdentity(type="UserAssigned", identity_ids=[identity.id]),
            customer_managed_key=PostgresqlFlexibleServerCustomerManagedKey(
                # Without a version, so that the server follows the key's rotation.
                key_vault_key_id=text("var.encryption_key.id"),
                primary_user_assigned_identity_id=identity.id,
            ),
            maintenance_window=PostgresqlFlexibleServerMaintenanceWindow(day_of_week=0, start_hour=6, start_minute=0),
            tags=inputs.tags,
            depends_on=[role],
            lifecycle=TerraformResourceLifecycle(
                # A failover swaps the zones.
                ignore_changes=["zone", "high_availability[0].standby_availability_zone", "storage_mb"],
                precondition=self._preconditions(),
                postcondition=[
                    no_smaller_than_asked(
                        "self.storage_mb / 1024",
                        "az postgres flexible-server update --resource-group ${self.resource_group_name} "
                        "--name ${self.name} --storage-size ${local.asked[each.key].storage_gb}",
                    )
                ],
            ),
        )
        dynamic(
            server,
            "high_availability",
            for_each="var.high_availability ? [1] : []",
            content={"mode": text('var.same_zone ? "SameZone" : "ZoneRedundant"')},
        )

    def _preconditions(self) -> list[Precondition]:
        able = ", ".join(size for size, clouds in DATABASE_SIZES.items() if clouds["azure"].high_availability)
        return [
            Precondition(
                condition=text("!var.high_availability || local.machines[each.key].high_availability"),
                error_message=(
                    "Azure gives a server of this size no standby: set high_availability = false, or size to one of "
                    f"{able}."
                ),
            ),
            Precondition(
                condition=text("var.private_dns_zone_id != null"),
                error_message="private_dns_zone_id is needed: Azure finds a server inside a network by this zone only.",
            ),
            Precondition(
                condition=text(
                    "alltrue([\n"
                    '  for id in var.subnet_ids : startswith(lower(id), lower("${var.network_id}/subnets/"))\n'
                    "])"
                ),
                error_message="subnet_ids must be subnets of network_id.",
            ),
            READERS_READ_WHAT_IS_THERE,
            SERVERS_ARE_THERE,
        ]

    def _parameters(self) -> None:
        self.comment(
            "Before the parameters, some of which belong to these libraries. Loading them restarts the server."
        )
        libraries = self.resource(
            PostgresqlFlexibleServerConfiguration,
            "libraries",
            for_each=for_each(_on_each_server("local.libraries")),
            server_id=text("azurerm_postgresql_flexible_server.this[each.value.server].id"),
            name=text("each.value.name"),
            value=text("local.libraries[each.value.name]"),
        )
        self.comment(
            "pgaudit logs changes of schema and of rights. To log what reads and writes data would carry personal data "
            "into the logs."
        )
        self.resource(
            PostgresqlFlexibleServerConfiguration,
            "this",
            for_each=for_each(_on_each_server("local.parameters")),
            server_id=text("azurerm_postgresql_flexible_server.this[each.value.server].id"),
            name=text("each.value.name"),
            value=text("local.parameters[each.value.name]"),
            depends_on=[libraries],
        )

    def _databases(self) -> None:
        self.resource(
            PostgresqlFlexibleServerDatabase,
            "this",
            for_each=for_each("local.databases"),
            server_id=text("azurerm_postgresql_flexible_server.this[each.value.server].id"),
            name=text("each.value.name"),
            charset="UTF8",
            collation="en_US.utf8",
        )

    def _administrators(self, group: ResourceGroup, identity: UserAssignedIdentity) -> None:
        self.resource(
            PostgresqlFlexibleServerActiveDirectoryAdministrator,
            "this",
            for_each=for_each(_on_each_server("var.administrators")),
            server_name=text("azurerm_postgresql_flexible_server.this[each.value.server].name"),
            resource_group_name=group.name,
            tenant_id=identity.tenant_id,
            object_id=text("var.administrators[each.value.name]"),
            principal_name=text("each.value.name"),
            principal_type="Group",
        )

    def _logs(self, workspace_id: str) -> None:
        self.resource(
            MonitorDiagnosticSetting,
            "this",
            for_each=for_each("local.servers"),
            name="audit",
            target_resource_id=text("azurerm_postgresql_flexible_server.this[each.key].id"),
            log_analytics_workspace_id=workspace_id,
            enabled_log=[MonitorDiagnosticSettingEnabledLog(category="PostgreSQLLogs")],
        )
