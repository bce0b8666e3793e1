"""Makes each microservice's database role: a job in the cluster, which may run as often as one likes."""

from flowwise.authoring.contract import Contract, Inputs, Object, Outputs, Validation, attribute, output, variable
from flowwise.microservice import SecretKey
from flowwise.tables.workloads import OBSERVABILITY

WATCHER = OBSERVABILITY
"""Role that metrics are read with: no microservice, and so no other role, may have this name."""


class MicroserviceDatabase(Object):
    """The database of one microservice, and the role that it signs in as."""

    host: str = attribute("Host name of the server.")
    database: str = attribute("Name of the database, which is made if it is not there.")
    role: str = attribute("Role to make, with rights to this database and to nothing else. Its schema has its name.")
    password: SecretKey = attribute("Where the role's password is.")


class Watcher(Object):
    """The role that metrics are read with."""

    role: str = attribute("Role to make on every server, which may read statistics and nothing that anybody stores.")
    password: SecretKey = attribute("Where the role's password is.")


class DatabaseBootstrapInputs(Inputs):
    """What the roles are made from."""

    namespace: str = variable("Namespace to run in.", example="database-bootstrap")
    service_account_name: str = variable("Service account to run as.", example="database-bootstrap")
    port: int = variable("Port of every server.", default=5432)
    administrator_name: str = variable("User that makes the roles.", example="administrator")
    administrator_password: SecretKey = variable(
        "Where that user's password is.", example=SecretKey(secret_name="postgres-administrator", key="password")
    )
    ca_certificate: str | None = variable(
        "Certificates that the servers' own are signed with, in PEM. Null where a public authority signs them, or "
        "where ca_secret says it.",
        default=None,
    )
    ca_secret: SecretKey | None = variable(
        "Where they are instead, in a secret of the namespace, as with a server in the cluster. Null where they are in "
        "none.",
        default=None,
    )
    verify_host_name: bool = variable(
        "Whether a server's certificate has to be for its host name. False only where the certificates that are given "
        "sign for one server alone, as on Cloud SQL, whose own say the instance and not the address.",
        default=True,
        validations=[
            Validation(
                "self || var.ca_certificate != null || var.ca_secret != null",
                "verify_host_name may be false only with a ca_certificate or a ca_secret: with a public authority's, "
                "any server of anybody would do.",
                rejects=False,
            )
        ],
    )
    databases: dict[str, MicroserviceDatabase] = variable(
        "The databases, by microservice.",
        example={
            "lancamentos": MicroserviceDatabase(
                host="psql-flowwise-dev.postgres.database.azure.com",
                database="lancamentos",
                role="lancamentos",
                password=SecretKey(secret_name="lancamentos-postgres", key="password"),
            )
        },
        validations=[
            Validation(
                'alltrue([for database in values(self) : can(regex("^[a-z][a-z0-9_-]*$", database.role)) '
                '&& can(regex("^[a-z][a-z0-9_-]*$", database.database))])',
                "The role and the database of each of databases must have lower-case letters, digits, hyphens and "
                "underscores, and must start with a letter.",
                rejects={
                    "lancamentos": MicroserviceDatabase(
                        host="localhost",
                        database="lancamentos",
                        role="x; DROP DATABASE lancamentos",
                        password=SecretKey(secret_name="lancamentos-postgres", key="password"),
                    )
                },
            )
        ],
    )
    watcher: Watcher | None = variable(
        "The role that metrics are read with, in the database postgres. Null for none: a server in the cluster tells "
        "its own.",
        default=None,
        example=Watcher(role=WATCHER, password=SecretKey(secret_name="postgres-watcher", key="password")),
    )
    readers: dict[str, list[str]] = variable(
        "Roles of people who sign in through the cloud's directory, and may read the tables of these microservices and "
        "do nothing else: made where the cloud has not. A role that is here no more has lost its rights.",
        default={},
        example={"analysts-reader": ["lancamentos"]},
    )
    people: list[str] = variable(
        "Roles of people who sign in through the cloud's directory, made where the cloud has not: each may become the "
        "role of any microservice, by SET ROLE, and has no rights of its own.",
        default=[],
        example=["platform-team"],
    )
    revision: int = variable("Raise it to have the job run again, as when passwords are made anew.", default=1)
    labels: dict[str, str] = variable("Labels of every object.", default={})


class DatabaseBootstrapOutputs(Outputs):
    """What those who wait for it need to know."""

    job_name: str = output("Name of the job that ran.")


DATABASE_BOOTSTRAP = Contract(
    "database-bootstrap",
    "A role for each microservice, which can use its own database and nothing else: made by a job, again and again.",
    DatabaseBootstrapInputs,
    DatabaseBootstrapOutputs,
)
