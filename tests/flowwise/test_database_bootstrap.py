"""What the job does that makes the databases' roles: its own script, against real servers of PostgreSQL."""

import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flowwise.database_bootstrap import WATCHER
from tests.flowwise.postgres import (
    ADMINISTRATOR,
    DATABASES,
    OWNER,
    PASSWORDS,
    PERSON,
    READER,
    VERSIONS,
    Job,
    Server,
    audited_server,
    new_job,
    running_server,
)
from tests.flowwise.recorded_commands import RecordedCommands
from tests.offline.certificate import write_certificate

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running_server(request.param) as server:
        yield server


@pytest.fixture
def job(server: Server, tmp_path: Path) -> Iterator[Job]:
    yield new_job(server, tmp_path)
    server.forget()


TABLES = """
CREATE TABLE entries AS SELECT 12.5 AS amount;
CREATE VIEW totals AS SELECT sum(amount) AS amount FROM entries;
CREATE MATERIALIZED VIEW kept AS SELECT amount FROM entries;
CREATE TABLE parts (amount numeric) PARTITION BY RANGE (amount);
CREATE TABLE part PARTITION OF parts DEFAULT;
INSERT INTO parts VALUES (12.5);
CREATE SEQUENCE numbers;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
"""
READ = [f"SELECT amount FROM lancamentos.{name}" for name in ("entries", "totals", "kept", "parts", "part")]


def let_reader_in(server: Server) -> None:
    """With a password, for want of a directory."""
    server.query(f"""SET log_statement = 'none'; ALTER ROLE "{READER}" PASSWORD 'r'""")


def reads(server: Server, sql: str, database: str = "lancamentos") -> str:
    """What a reader gets who has been let in."""
    return server.query(sql, user=READER, password="r", database=database)


def can_read_every_table(job: Job) -> None:
    for statement in READ:
        assert reads(job.server, statement) == "12.5"
    assert job.server.query(f"SELECT pg_has_role($${READER}$$, 'rds_iam', 'MEMBER')") == "t"


@pytest.fixture(scope="class")
def run(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Job, str]]:
    """A job that has run, what it printed, and tables that a microservice made since."""
    job = new_job(server, tmp_path_factory.mktemp("job"))
    output = job.succeed()
    server.query(TABLES, user="lancamentos", database="lancamentos")
    let_reader_in(server)
    yield job, output
    server.forget()


@pytest.fixture
def made(run: tuple[Job, str]) -> Job:
    return run[0]


@pytest.fixture
def output(run: tuple[Job, str]) -> str:
    return run[1]


class TestWhatARunMakes:
    """One run, of which each of these looks at something, and leaves it as it is."""

    def test_a_second_run_changes_nothing(self, made: Job) -> None:
        before, logged = made.server.snapshot(), made.server.log.stat().st_size
        output = made.succeed()
        assert made.server.snapshot() == before
        assert set(re.findall(r"statement: (\w+)", made.server.log.read_text()[logged:])) == {"SELECT"}
        assert all(f"{role}: has that password already" in output for role in DATABASES)

    def test_a_role_has_its_own_and_nothing_else(self, made: Job) -> None:
        can_make_and_change_its_own_tables(made)
        cannot_enter_another_database(made)
        can_do_nothing_else(made)
        has_no_attribute_and_its_share_of_the_connections(made)
        lends_nobody_a_function(made)

    def test_the_administrator_has_no_rights_to_what_a_role_stores(self, made: Job) -> None:
        with pytest.raises(PermissionError, match="permission denied for schema lancamentos"):
            made.server.query("SELECT FROM lancamentos.entries", user=ADMINISTRATOR, database="lancamentos")

    def test_passwords_are_in_no_argument_no_output_and_no_log(self, made: Job, output: str) -> None:
        output += made.succeed()
        arguments, log = made.commands.arguments(), made.server.log.read_text()
        assert r'\password "lancamentos"' in arguments and "SCRAM-SHA-256$" in log  # where one would look
        for password in PASSWORDS.values():
            for where in (arguments, output, log):
                assert password not in where
                assert password.replace("'", "''") not in where
        assert "SCRAM" not in arguments + output

    def test_a_database_of_the_clouds_own_is_left_alone_and_named(self, made: Job, output: str) -> None:
        said = "Everybody may still connect to cloud_maintenance: it belongs to cloud_owner, not to the administrator."
        assert said in output
        assert made.server.query("SELECT 1", user="lancamentos", database="cloud_maintenance") == "1"

    def test_people_have_no_rights_of_their_own_but_may_become_a_role(self, made: Job) -> None:
        made.server.query(f"""SET log_statement = 'none'; ALTER ROLE "{PERSON}" PASSWORD 'p'""")
        read = "SELECT FROM lancamentos.entries; SELECT current_user"
        with pytest.raises(PermissionError, match="permission denied for schema lancamentos"):
            made.server.query(read, user=PERSON, password="p", database="lancamentos")
        become = f"SET ROLE lancamentos; {read}"
        assert made.server.query(become, user=PERSON, password="p", database="lancamentos") == "lancamentos"
        assert made.server.query(f"SELECT pg_has_role('{PERSON}', 'rds_iam', 'MEMBER')") == "t"
        assert made.server.query("SELECT pg_has_role('lancamentos', 'rds_iam', 'MEMBER')") == "f"

    def test_readers_read_every_table_that_is_made_from_then_on(self, made: Job) -> None:
        can_read_every_table(made)

    def test_readers_do_nothing_else(self, made: Job) -> None:
        for statement in (
            "INSERT INTO lancamentos.entries VALUES (1)",
            "UPDATE lancamentos.entries SET amount = 1",
            "DELETE FROM lancamentos.entries",
            "TRUNCATE lancamentos.entries",
            "DROP TABLE lancamentos.entries",
            "SELECT FROM lancamentos.entries FOR UPDATE",
            "REFRESH MATERIALIZED VIEW lancamentos.kept",
            "SELECT nextval('lancamentos.numbers')",
            "SELECT last_value FROM lancamentos.numbers",
            "SELECT lancamentos.f()",
            "CREATE TABLE lancamentos.more ()",
            "CREATE TABLE public.more ()",
            "CREATE TEMPORARY TABLE more ()",
            "CREATE SCHEMA more",
            "CREATE ROLE more",
            "SET ROLE lancamentos",
            'SET ROLE "lancamentos.readers"',
            "COPY lancamentos.entries TO PROGRAM 'true'",
            "SELECT rolpassword FROM pg_authid",
        ):
            with pytest.raises(PermissionError, match=r"permission denied|must be owner"):
                reads(made.server, statement)
        for database in ("conta_corrente", "postgres", "template1"):
            with pytest.raises(PermissionError, match=f'permission denied for database "{database}"'):
                reads(made.server, "SELECT", database)

    def test_on_azure_administrators_may_say_who_signs_in_as_a_reader(self, made: Job) -> None:
        """SECURITY LABEL asks for what COMMENT does: CREATEROLE, and the role to be theirs to give."""
        made.server.query(f"""SET log_statement = 'none'; ALTER ROLE "{PERSON}" CREATEROLE PASSWORD 'p'""")
        made.server.query(f"""COMMENT ON ROLE "{READER}" IS 'x'""", user=PERSON, password="p", database="lancamentos")
        with pytest.raises(PermissionError, match="permission denied"):
            made.server.query("COMMENT ON ROLE lancamentos IS 'x'", user=PERSON, password="p", database="lancamentos")
        made.server.query(f'ALTER ROLE "{PERSON}" NOCREATEROLE')

    def test_metrics_are_read_of_the_whole_server_and_no_data_of_anybody(self, made: Job) -> None:
        for statistics in (
            "SELECT count(*) = 0 FROM pg_stat_activity WHERE query = '<insufficient privilege>'",
            "SELECT count(*) = 3 FROM pg_settings WHERE name IN ('data_directory', 'hba_file', 'config_file')",
            "SELECT sum(numbackends) > 0 FROM pg_stat_database",
            "SELECT pg_database_size('lancamentos') > 0",
            "SELECT count(*) > 0 FROM pg_locks",
            "SELECT count(*) > 0 FROM pg_ls_waldir()",
        ):
            assert made.server.query(statistics, user=WATCHER) == "t", statistics
        for database in DATABASES.values():
            with pytest.raises(PermissionError, match=f'permission denied for database "{database}"'):
                made.server.query("SELECT", user=WATCHER, database=database)
        for statement in (
            "SET ROLE lancamentos",
            "SET ROLE pg_monitor",
            "CREATE TABLE more ()",
            "CREATE TEMPORARY TABLE more ()",
            "CREATE ROLE more",
            "SELECT rolpassword FROM pg_authid",
            "SELECT pg_reload_conf()",
            "SELECT pg_read_file('postgresql.conf')",
        ):
            with pytest.raises(PermissionError, match="permission denied"):
                made.server.query(statement, user=WATCHER)
        assert made.server.query(f"SELECT rolconnlimit FROM pg_roles WHERE rolname = '{WATCHER}'") == "5"


def can_make_and_change_its_own_tables(job: Job) -> None:
    migration = (
        "CREATE TABLE movements (id bigint GENERATED ALWAYS AS IDENTITY, amount numeric);"
        "ALTER TABLE movements ADD COLUMN day date; CREATE INDEX ON movements (day);"
        "CREATE TEMPORARY TABLE batch (amount numeric); INSERT INTO batch VALUES (12.5);"
        "INSERT INTO movements (amount) SELECT amount FROM batch;"
        "SELECT amount, (SELECT schemaname FROM pg_tables WHERE tablename = 'movements') FROM movements;"
        "DROP TABLE movements;"
    )
    for role, database in DATABASES.items():
        assert job.server.query(migration, user=role, database=database) == f"12.5|{role}"


def cannot_enter_another_database(job: Job) -> None:
    for role, own in DATABASES.items():
        for database in {*DATABASES.values(), "postgres", "template1"} - {own}:
            with pytest.raises(PermissionError, match=f'permission denied for database "{database}"'):
                job.server.query("SELECT", user=role, database=database)


def can_do_nothing_else(job: Job) -> None:
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


def has_no_attribute_and_its_share_of_the_connections(job: Job) -> None:
    attributes = (
        "SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolconnlimit "
        "FROM pg_roles WHERE rolname IN ('lancamentos', 'conta-corrente') ORDER BY rolname"
    )
    # 80 % of the server's 100, for two of them.
    assert job.server.query(attributes).splitlines() == [
        "conta-corrente|t|f|f|f|f|f|40",
        "lancamentos|t|f|f|f|f|f|40",
    ]


def lends_nobody_a_function(job: Job) -> None:
    made = (
        "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "SELECT count(*) FROM pg_proc, aclexplode(proacl) WHERE proname = 'g' AND grantee = 0"
    )
    assert job.server.query(made, user="lancamentos", database="lancamentos") == "0"


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
    has_no_attribute_and_its_share_of_the_connections(job)
    cannot_enter_another_database(job)
    with pytest.raises(PermissionError, match="permission denied for schema public"):
        job.server.query("CREATE TABLE public.more ()", user="lancamentos", database="lancamentos")


def test_a_role_that_has_become_a_superuser_is_refused(job: Job) -> None:
    job.succeed()
    job.server.query("ALTER ROLE lancamentos SUPERUSER")
    result = job.run()
    assert result.returncode != 0 and "permission denied" in result.stderr


def test_readers_read_every_table_that_was_made_before(job: Job) -> None:
    (job.scripts / "readers").write_text("")
    job.succeed()
    (job.scripts / "readers").write_text(f"lancamentos {READER}\n")
    job.server.query('DROP OWNED BY "lancamentos.readers"', database="lancamentos")
    job.server.query(TABLES, user="lancamentos", database="lancamentos")
    job.succeed()
    let_reader_in(job.server)
    can_read_every_table(job)


def test_a_reader_who_is_removed_has_nothing_left(job: Job) -> None:
    (job.scripts / "readers").write_text("".join(f"{role} {READER}\n" for role in DATABASES))
    job.succeed()
    job.server.query(TABLES, user="lancamentos", database="lancamentos")
    let_reader_in(job.server)
    assert reads(job.server, "SELECT current_database()", "conta_corrente") == "conta_corrente"
    (job.scripts / "readers").write_text(f"lancamentos {READER}\n")
    job.succeed()
    with pytest.raises(PermissionError, match='permission denied for database "conta_corrente"'):
        reads(job.server, "SELECT", "conta_corrente")
    assert reads(job.server, READ[0]) == "12.5"
    (job.scripts / "readers").write_text("")
    job.succeed()
    with pytest.raises(PermissionError, match='permission denied for database "lancamentos"'):
        reads(job.server, "SELECT")
    # Nothing of it is left that would keep a cloud from dropping it, as Cloud SQL does.
    job.server.query(f'DROP ROLE "{READER}"', user=ADMINISTRATOR)


def test_the_reader_of_metrics_gets_a_new_password_and_back_what_it_has_lost(job: Job) -> None:
    job.succeed()
    job.server.query(f"REVOKE pg_monitor FROM {WATCHER}", user=ADMINISTRATOR)
    job.server.query(f"ALTER ROLE {WATCHER} CREATEDB CONNECTION LIMIT -1")
    job.server.query(f"REVOKE CONNECT ON DATABASE postgres FROM {WATCHER}")
    (job.secrets / "watcher").write_text("anew\n")
    assert "metrics: has a new password" in job.succeed()
    wanted = "SELECT pg_has_role('pg_monitor', 'USAGE'), rolcreatedb, rolconnlimit FROM pg_roles WHERE rolname = USER"
    assert job.server.query(wanted, user=WATCHER, password="anew") == "t|f|5"


def test_where_metrics_are_read_otherwise_there_is_no_role_for_it(job: Job) -> None:
    (job.scripts / "watchers").write_text("")
    (job.secrets / "watcher").unlink()
    job.succeed()
    assert not job.server.has_role(WATCHER)


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
        (job.scripts / "watchers").write_text(f"localhost {WATCHER}\n")
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


def test_what_changes_a_schema_is_logged_with_its_name(tmp_path: Path) -> None:
    with audited_server() as server:
        job = new_job(server, tmp_path)
        job.succeed()
        made = "SELECT count(*) FROM pg_extension WHERE extname = 'pgaudit'"
        assert [server.query(made, database=each) for each in ("postgres", *DATABASES.values())] == ["1", "1", "1"]
        before = server.snapshot()
        job.succeed()
        assert server.snapshot() == before
        server.query("CREATE TABLE entries ()", user="lancamentos", database="lancamentos")
        (line,) = [line for line in server.log.read_text().splitlines() if "AUDIT:" in line and "CREATE TABLE" in line]
        assert ",DDL,CREATE TABLE,TABLE,lancamentos.entries," in line
