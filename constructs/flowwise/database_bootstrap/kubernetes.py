"""The databases' roles, made by a job that runs psql: on whatever server it can reach, in a cloud or in the cluster."""

from pathlib import Path

from cdk.core import Precondition
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module
from flowwise.database_bootstrap import DATABASE_BOOTSTRAP, DatabaseBootstrapInputs, DatabaseBootstrapOutputs
from flowwise.pods.bootstrap_job import SCRIPTS, SECRETS, add_bootstrap_job
from flowwise.tables.charts import IMAGES

FILES = (
    "bootstrap.sh",
    *("role.sql", "server.sql", "database.sql", "audit.sql", "watcher.sql"),
    *("directory.sql", "person.sql", "reader.sql", "readers.sql"),
)
"""What the job runs, beside this file."""

_POSTGRES = "70"  # the image's user postgres
_CERTIFICATES = "ca.crt"


class KubernetesDatabaseBootstrap(Module[DatabaseBootstrapInputs, DatabaseBootstrapOutputs]):
    """One job for all servers. The administrator needs CREATEROLE and CREATEDB, and need not be a superuser."""

    contract = DATABASE_BOOTSTRAP
    path = "modules/database-bootstrap/kubernetes"

    def build(self, inputs: DatabaseBootstrapInputs) -> DatabaseBootstrapOutputs:
        """Add the module's resources."""
        self.local(
            "secrets",
            text(
                "concat(\n"
                '  [merge(var.administrator_password, { path = "administrator" })],\n'
                "  [\n"
                "    for microservice, database in var.databases :\n"
                '    merge(database.password, { path = "users/${microservice}" })\n'
                "  ],\n"
                '  [for watcher in var.watcher[*] : merge(watcher.password, { path = "watcher" })],\n'
                f'  var.ca_secret == null ? [] : [merge(var.ca_secret, {{ path = "{_CERTIFICATES}" }})]\n'
                ")"
            ),
        )
        self.local(
            "certificates",
            text(
                f'var.ca_secret != null ? "{SECRETS}/{_CERTIFICATES}" : (\n'
                f'  var.ca_certificate != null ? "{SCRIPTS}/{_CERTIFICATES}" : "system"\n'
                ")"
            ),
        )
        job = add_bootstrap_job(
            self,
            image=IMAGES["postgres"],
            user=_POSTGRES,
            files={
                **{name: (Path(__file__).parent / name).read_text(encoding="utf-8") for name in FILES},
                "databases": text(
                    'join("", [\n'
                    "  for microservice, database in var.databases :\n"
                    '  "${microservice} ${database.host} ${database.database} ${database.role}\\n"\n'
                    "])"
                ),
                "watchers": text(
                    'join("", [\n'
                    "  for host in distinct(values(var.databases)[*].host) :\n"
                    '  "${host} ${var.watcher.role}\\n" if var.watcher != null\n'
                    "])"
                ),
                "readers": text(
                    'join("", flatten([\n'
                    "  for role, microservices in var.readers :\n"
                    '  [for microservice in microservices : "${microservice} ${role}\\n"]\n'
                    "]))"
                ),
                "people": text('join("", [for person in var.people : "${person}\\n"])'),
                _CERTIFICATES: text('coalesce(var.ca_certificate, "# None are given here.\\n")'),
            },
            environment={
                "PGUSER": inputs.administrator_name,
                "PGPORT": text("tostring(var.port)"),
                "PGCONNECT_TIMEOUT": "10",
                "PGSSLMODE": text('var.verify_host_name ? "verify-full" : "verify-ca"'),
                "PGSSLROOTCERT": text("local.certificates"),
            },
            preconditions=[
                Precondition(
                    condition=text("var.ca_certificate == null || var.ca_secret == null"),
                    error_message="There may be a ca_certificate or a ca_secret, and not both.",
                ),
                Precondition(
                    condition=text("length(setsubtract(flatten(values(var.readers)), keys(var.databases))) == 0"),
                    error_message="readers may read databases that there are.",
                ),
            ],
        )
        return DatabaseBootstrapOutputs(job_name=job.metadata.name)
