"""The runbook's way back to what a database was: its own commands, on real servers with the project's roles."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flowwise.postgres import ADMINISTRATOR, PASSWORDS, VERSIONS, Server, new_job, running_server
from tests.operations.test_runbook import blocks

pytestmark = pytest.mark.slow
DATABASE = ROLE = "lancamentos"
# What a microservice has: keys that refer to each other, an identity, a view, a function, and a type of its own.
STORED = """
CREATE TYPE kind AS ENUM ('credit', 'debit');
CREATE TABLE accounts (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int REFERENCES accounts, kind kind, amount numeric
);
CREATE INDEX ON entries (account);
CREATE VIEW balances AS SELECT account, sum(amount) AS balance FROM entries GROUP BY account;
CREATE FUNCTION twice(amount numeric) RETURNS numeric LANGUAGE sql AS 'SELECT 2 * amount';
INSERT INTO accounts VALUES (1, 'cash');
INSERT INTO entries (account, kind, amount) VALUES (1, 'credit', 12.5), (1, 'debit', -2);
"""
LOST = "DELETE FROM entries; ALTER TABLE entries DROP COLUMN kind; DROP VIEW balances; UPDATE accounts SET name = ''"
READ = "SELECT balance, (SELECT name FROM accounts), (SELECT max(kind) FROM entries), twice(2) FROM balances"
RIGHTS = """
WITH made (name, rights, owner, schema) AS (
  SELECT nspname, nspacl, nspowner, oid FROM pg_namespace
  UNION ALL SELECT relname, relacl, relowner, relnamespace FROM pg_class
  UNION ALL SELECT proname, proacl, proowner, pronamespace FROM pg_proc
  UNION ALL SELECT defaclobjtype::text, defaclacl, defaclrole, 'lancamentos'::regnamespace FROM pg_default_acl
)
SELECT name, rights::text, pg_get_userbyid(owner) FROM made WHERE schema = 'lancamentos'::regnamespace ORDER BY 1, 2
"""


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running_server(request.param) as server:
        yield server


def commands() -> list[str]:
    """That which takes the data from the restored server, and that which puts it back."""
    return _commands_with("pg_restore --host")


def _commands_with(words: str) -> list[str]:
    (block,) = (each for each in blocks()[1] if words in each)
    return re.split(r"\n(?=\S)", block.split("\n", 1)[1].strip())


def run(command: str, server: Server, folder: Path) -> str:
    where = {"HOST": "127.0.0.1", "RESTORED_HOST": "127.0.0.1", "PGPORT": str(server.port)}
    who = {"ADMINISTRATOR": ADMINISTRATOR, "PGPASSWORD": PASSWORDS[ADMINISTRATOR], "PATH": str(server.programs)}
    result = subprocess.run(
        ["/bin/sh", "-euc", command], cwd=folder, env=where | who, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_what_was_lost_is_there_again(server: Server, tmp_path: Path) -> None:
    """One server stands for both: what is dumped is what it was before the loss."""
    new_job(server, tmp_path / "job").succeed()
    server.query(STORED, user=ROLE, database=DATABASE)
    rights = server.query(RIGHTS, database=DATABASE)
    dump, restore = commands()
    run(dump, server, tmp_path)
    server.query(LOST, user=ROLE, database=DATABASE)
    run(restore, server, tmp_path)
    assert server.query(READ, user=ROLE, database=DATABASE) == "10.5|cash|debit|4"
    assert server.query(RIGHTS, database=DATABASE) == rights, "whose it is, and who else may read it"
    more = "INSERT INTO entries (account, amount) VALUES (1, 1) RETURNING id"
    assert server.query(more, user=ROLE, database=DATABASE) == "3"
    new_job(server, tmp_path / "again").succeed()


def test_what_is_kept_before_a_removal_has_the_tables(server: Server, tmp_path: Path) -> None:
    new_job(server, tmp_path / "job").succeed()
    server.query(STORED, user=ROLE, database=DATABASE)
    dump, show = (command.replace("conciliacao", "lancamentos") for command in _commands_with("pg_restore --list"))
    run(dump, server, tmp_path)
    assert " TABLE DATA lancamentos " in run(show, server, tmp_path)
