"""PostgreSQL databases, one for each microservice that needs one."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import (
    Contract,
    Inputs,
    Object,
    Outputs,
    Validation,
    attribute,
    one_of,
    output,
    variable,
)
from flowwise.authoring.rules import PREFIX, is_size, size_of
from flowwise.encryption import EncryptionKey, encryption_key
from flowwise.postgres_db.readers import DatabaseReader, database_readers
from flowwise.tables.machines import DATABASE_SHAPES, any_shape
from flowwise.tables.naming import MAX_SUFFIX_LENGTH, NAME_PATTERN
from flowwise.tables.sizes import DATABASE_SIZES, DATABASE_STORAGE_GB

TOPOLOGIES = ("shared", "dedicated")
ENGINE_VERSIONS = ("16", "17", "18")
DEFAULT_TOPOLOGY = "shared"
DEFAULT_ENGINE_VERSION = "17"
DEFAULT_BACKUP_DAYS = 7


_STORAGE_WORDS = ", ".join(map(str, DATABASE_STORAGE_GB))

NO_SAME_ZONE = "same_zone must be false: only Azure keeps a standby in the zone of its server."


class OwnServer(Object):
    """What one server has otherwise than the others."""

    size: str | None = attribute("Size of the server. Null for that of all.", default=None)
    storage_gb: int | None = attribute("Disk of the server to begin with, in GB. Null for that of all.", default=None)


def _of_servers(attribute: str, condition: str) -> str:
    """The condition that an attribute is right wherever a server has it."""
    return f"alltrue([for server in values(self) : {condition} if server.{attribute} != null])"


class PostgresDbInputs(Inputs):
    """What the databases are made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    network_id: str = variable(
        "Network that reaches the databases.",
        example=(
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
            "/providers/Microsoft.Network/virtualNetworks/vnet-flowwise-dev"
        ),
    )
    subnet_ids: list[str] = variable(
        "Subnets for the servers.",
        example=[
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
            "/providers/Microsoft.Network/virtualNetworks/vnet-flowwise-dev/subnets/snet-flowwise-dev-databases"
        ],
    )
    private_dns_zone_id: str | None = variable(
        "Private DNS zone for the servers' names. Null where the cloud needs none.",
        default=None,
        example=(
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
            "/providers/Microsoft.Network/privateDnsZones/flowwise-dev.postgres.database.azure.com"
        ),
    )
    topology: str = variable(
        "shared: one server holds every database. dedicated: each database has a server of its own.",
        default=DEFAULT_TOPOLOGY,
        validations=[one_of(TOPOLOGIES, "topology")],
    )
    databases: list[str] = variable(
        "Microservices to make a database for.",
        example=["lancamentos", "consolidacao"],
        validations=[
            Validation(
                "length(self) > 0 && length(distinct(self)) == length(self)",
                "databases must name at least one microservice, and none twice.",
                rejects=["lancamentos", "lancamentos"],
            ),
            Validation(
                "alltrue([for name in self : "
                f'can(regex("^{NAME_PATTERN}$", name)) && length(name) <= {MAX_SUFFIX_LENGTH}])',
                f"Each of databases must have at most {MAX_SUFFIX_LENGTH} lower-case letters, digits and single "
                "hyphens, must start with a letter and must not end with a hyphen.",
                rejects=["Lançamentos"],
            ),
        ],
    )
    engine_version: str = variable(
        "Major version of PostgreSQL.",
        default=DEFAULT_ENGINE_VERSION,
        validations=[one_of(ENGINE_VERSIONS, "engine_version")],
    )
    size: str = variable(
        f"Size of a server: {', '.join(DATABASE_SIZES)}, or the cloud's own name of one.",
        example="medium",
        validations=[size_of(tuple(DATABASE_SIZES), any_shape(DATABASE_SHAPES), "size")],
    )
    storage_gb: int = variable(
        "Disk of a server to begin with, in GB. It grows by itself when it is nearly full.",
        example=DATABASE_STORAGE_GB[0],
        validations=[
            Validation(
                f"contains([{_STORAGE_WORDS}], self)",
                f"storage_gb must be one of {_STORAGE_WORDS}.",
                rejects=33,
            )
        ],
    )
    servers: dict[str, OwnServer] = variable(
        "Servers with a size or a disk of their own, by name: with topology dedicated, that of the microservice.",
        default={},
        validations=[
            Validation(
                _of_servers("size", is_size("server.size", tuple(DATABASE_SIZES), any_shape(DATABASE_SHAPES))),
                f"The size of each of servers must be one of {', '.join(DATABASE_SIZES)}, or the cloud's own name of "
                "one.",
                rejects={"lancamentos": OwnServer(size="none-of-these")},
            ),
            Validation(
                _of_servers("storage_gb", f"contains([{_STORAGE_WORDS}], server.storage_gb)"),
                f"The storage_gb of each of servers must be one of {_STORAGE_WORDS}.",
                rejects={"lancamentos": OwnServer(storage_gb=33)},
            ),
            Validation(
                "alltrue([for server in values(self) : server.size != null || server.storage_gb != null])",
                "Each of servers must have a size, a storage_gb or both.",
                rejects={"lancamentos": OwnServer()},
            ),
        ],
    )
    backup_days: int = variable(
        "Days to keep backups: a server can be restored to any moment of them.",
        default=DEFAULT_BACKUP_DAYS,
        validations=[Validation("self >= 7 && self <= 35", "backup_days must be from 7 to 35.", rejects=36)],
    )
    high_availability: bool = variable(
        "Keep a standby of each server in another availability zone.",
        default=True,
    )
    same_zone: bool = variable(
        "Keep the standby in the server's own availability zone, where the region has no room in another. Only Azure "
        "can.",
        default=False,
    )
    administrator_password: str = variable(
        "Password of the administrator, for the job that makes the microservices' roles. It is in no state or plan.",
        example="an-example-of-a-password-1",
        sensitive=True,
        ephemeral=True,
        validations=[
            Validation(
                "length(self) >= 16 && length(self) <= 128",
                "administrator_password must have 16 to 128 characters.",
                rejects="short",
            )
        ],
    )
    administrator_password_version: int = variable(
        "Raise it to have administrator_password set anew.",
        default=1,
        validations=[
            Validation(
                "self >= 1 && floor(self) == self",
                "administrator_password_version must be a whole number from 1.",
                rejects=0,
            )
        ],
    )
    administrators: dict[str, str] = common_variables.administrators("the servers")
    readers: dict[str, DatabaseReader] = database_readers(
        example={
            "analysts": DatabaseReader(identifier="33333333-3333-3333-3333-333333333333", services=["lancamentos"])
        },
    )
    encryption_key: EncryptionKey = encryption_key("what the servers store", use="databases")
    protected: bool = variable("Refuse to delete the servers.", default=True)
    log_retention_days: int = common_variables.log_retention_days()
    log_workspace_id: str | None = common_variables.log_workspace_id()
    tags: dict[str, str] = common_variables.tags()


class PostgresDbOutputs(Outputs):
    """What the microservices, and the job that prepares their roles, need to know."""

    hosts: dict[str, str] = output("Host name of the server of each microservice's database.")
    server_hosts: dict[str, str] = output("Host name of each server, by the name of the server.")
    port: int = output("Port of every server.")
    database_names: dict[str, str] = output("Name of each microservice's database.")
    administrator_name: str = output("User that makes the microservices' roles, with the administrator's password.")
    ca_certificate: str = output(
        "Certificates that the servers' own are signed with, in PEM. Empty where an authority signs them whose "
        "certificates the cloud publishes."
    )
    certificate_names_host: bool = output("Whether a server's certificate has the host name in it, to be checked.")
    people: list[str] = output(
        "Roles that administrators sign in as, by the cloud's directory. The job that prepares the microservices' "
        "roles lets each become any of those, which the cloud does not."
    )
    readers: dict[str, list[str]] = output(
        "Roles that readers sign in as, by the cloud's directory, and the microservices whose tables each may read. "
        "The job that prepares the microservices' roles gives them that right, which the cloud does not."
    )
    server_ids: dict[str, str] = output("Identifiers of the servers.")
    server_disks_gb: dict[str, int] = output("Disk of each server to begin with, in GB, by the name of the server.")


POSTGRES_DB = Contract(
    "postgres-db",
    "PostgreSQL databases that only the network reaches: TLS, encryption, backups, audit logs, people by directory.",
    PostgresDbInputs,
    PostgresDbOutputs,
)
