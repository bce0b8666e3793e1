"""Real servers of PostgreSQL, RabbitMQ and Valkey: those that scripts/servers.sh unpacks.

Each listens on an address of this machine's own, so that its ports are those that it has in a cluster, and waits until
it answers. Linux has such addresses without being asked.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.free_port import free_port
from tests.workspace import REPOSITORY

_SERVERS = (REPOSITORY / ".cache/servers/usr").resolve()  # a copy of the repository shares them
POSTGRES = _SERVERS / "lib/postgresql/17/bin"
_ERLANG = _SERVERS / "lib/erlang"
NOBODY = 65534
_WAIT_SECONDS = 60
_STOP_SECONDS = 30


def skip_without_servers() -> None:
    """Skip the test where the servers could not be unpacked."""
    if not POSTGRES.exists():
        pytest.skip("PostgreSQL, RabbitMQ and Valkey are packages of Debian, which this machine is not")


def _user() -> dict[str, Any]:
    """PostgreSQL refuses root, so a root's server is nobody's."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _give(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)


class Running:
    """A server's process, and what it says."""

    def __init__(self, command: Sequence[str | Path], log: Path, answers: Callable[[], bool], **options: Any) -> None:
        self._command, self._log, self._answers, self._options = command, log, answers, options
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **self._options
            )
        for _ in range(_WAIT_SECONDS * 10):
            assert process.poll() is None, self._log.read_text()
            if self._answers():
                return process
            time.sleep(0.1)
        raise TimeoutError(self._log.read_text())

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> None:
        """End it, and all that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, sent)
            self.process.wait(_STOP_SECONDS)

    def start_again(self) -> None:
        """With what it kept."""
        self.process = self._start()


def listens(address: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0


@contextmanager
def postgres(folder: Path, address: str, settings: Mapping[str, str], access: Iterable[str]) -> Iterator[Running]:
    """A server whose superuser `postgres` is let in by its socket in the folder, and others by the lines of pg_hba."""
    data = folder / "data"
    _give(folder)
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
    subprocess.run(
        [POSTGRES / "initdb", "--username=postgres", "--auth=trust", "--no-sync", *locale, data],
        check=True,
        capture_output=True,
        cwd=folder,
        **_user(),
    )
    (data / "pg_hba.conf").write_text("".join(f"{line}\n" for line in ("local all postgres trust", *access)))
    given = {"listen_addresses": address, "unix_socket_directories": str(folder), "fsync": "off", **settings}
    server = Running(
        [POSTGRES / "postgres", "-D", data, *(f"--{name}={value}" for name, value in given.items())],
        folder / "log",
        lambda: subprocess.run([POSTGRES / "pg_isready", "-q", "-h", folder]).returncode == 0,
        cwd=folder,
        **_user(),
    )
    try:
        yield server
    finally:
        server.stop(signal.SIGINT)


def as_superuser(folder: Path, sql: str, database: str = "postgres") -> str:
    """Ask the server of a folder; gives the answer without headings."""
    result = subprocess.run(
        [POSTGRES / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", folder, "-U", "postgres", "-d", database],
        input=sql,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@contextmanager
def rabbitmq(folder: Path, address: str, configuration: str) -> Iterator[Running]:
    """A node with the management plugin."""
    (folder / "rabbitmq.conf").write_text(configuration)
    (folder / "plugins").write_text("[rabbitmq_management].\n")
    names_port = free_port()
    environment = {
        "PATH": f"{_ERLANG}/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ERL_EPMD_PORT": str(names_port),
        "RABBITMQ_NODENAME": "rabbit@localhost",
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder),
        "RABBITMQ_LOGS": "-",
    }
    names = Running(
        [next(_ERLANG.glob("erts-*")) / "bin/epmd"],
        folder / "epmd.log",
        lambda: listens("127.0.0.1", names_port),
        env=environment,
    )
    try:
        server = Running(
            [next((_SERVERS / "lib/rabbitmq/lib").glob("rabbitmq_server-*")) / "sbin/rabbitmq-server"],
            folder / "log",
            lambda: listens(address, 5671) and listens(address, 15671),
            env=environment,
        )
        try:
            yield server
        finally:
            server.stop()
    finally:
        names.stop()


@contextmanager
def valkey(folder: Path, address: str, configuration: Path) -> Iterator[Running]:
    """A server with a configuration file."""
    server = Running(
        [_SERVERS / "bin/valkey-server", configuration, "--bind", address],
        folder / "log",
        lambda: listens(address, 6379),
        cwd=folder,
    )
    try:
        yield server
    finally:
        server.stop()


def ask_valkey(address: str, user: str, password: str, *command: str) -> str:
    """The answer to a command."""
    result = subprocess.run(
        [_SERVERS / "bin/valkey-cli", "-h", address, "--no-auth-warning", "--user", user, "--pass", password, *command],
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.strip()
