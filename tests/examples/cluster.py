"""The environment `local` as processes of this machine: its servers, its jobs, and its microservices.

All that a process is told, and all files that it reads, are those of the pod that is planned. What differs: names lead
to addresses of this machine; a microservice listens on a port of its own, as they share the machine; and telemetry is
sent to an address, for gRPC looks names up by itself.
"""

import base64
import hashlib
import json
import os
import re
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from environments import load_environments
from environments.new_environment import FOLDER
from tests.examples.authority import Authority
from tests.examples.servers import POSTGRES, Running, as_superuser, listens, postgres, rabbitmq, valkey
from tests.flowwise.recorded_commands import RecordedCommands
from tests.free_port import free_port
from tests.kubernetes.containers import Container, unpack
from tests.kubernetes.given import variables_of
from tests.kubernetes.objects import KubernetesObject
from tests.kubernetes.plans import objects_of
from tests.kubernetes.secrets import Secrets
from tests.workspace import REPOSITORY

ENVIRONMENT = "local"
COLLECTOR = Path(__file__).with_name("telemetry.py")
SERVICE = REPOSITORY / "examples/service"
PYTHON = REPOSITORY / ".cache/service/bin/python"
_WAIT_SECONDS = 25
_SUPERUSER_NAME = "default_user_1"
_ADDRESSES = {
    "postgres-rw.postgres.svc": "postgres",
    "rabbitmq.rabbitmq.svc": "rabbitmq",
    "redis.redis.svc": "redis",
    "otel-nodes.observability-nodes.svc": "telemetry",
}
"""Servers by their names in the cluster."""


def planned_objects(infra: Path, version: int = 1) -> list[KubernetesObject]:
    """Those of the environment in a copy of infra/, with a version of its secrets."""
    (environment,) = [each for each in load_environments(FOLDER) if each.name == ENVIRONMENT]
    root = infra / "environments" / ENVIRONMENT
    (root / "version_override.tf").write_text(f'module "workloads" {{\n  secret_version = {version}\n}}\n')
    return objects_of(root, variables_of(environment))


@dataclass
class Service:
    """A copy of a microservice."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path
    stop_seconds: int

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer; status 0 where nobody answers."""
        content = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(self.url + path, content, method=method), timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except (URLError, ConnectionError):
            return 0, ""

    def stop(self) -> int:
        """As the kubelet does: asked first, and killed when its time is over; gives the status."""
        self.process.terminate()
        try:
            return self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """As a node that fails."""
        self.process.kill()
        self.process.wait()


@dataclass
class Cluster:
    """The processes, in a folder of their own."""

    folder: Path
    objects: Sequence[KubernetesObject]
    authority: Authority = field(default_factory=Authority)
    passwords: str = "first"
    servers: dict[str, Running] = field(default_factory=dict)
    acl: Path = Path()
    services: list[Service] = field(default_factory=list)
    made: int = 0
    days: int = 0

    @property
    def spans(self) -> Path:
        """A line of JSON for each span that the microservices sent."""
        return self.folder / "spans"

    def address(self, server: str) -> str:
        """An address of this process' own, so that two runs do not meet."""
        number = os.getpid() % 65536
        return f"127.{1 + number // 256 % 254}.{1 + number % 254}.{1 + list(_ADDRESSES.values()).index(server)}"

    def names(self) -> dict[str, str]:
        return {name: self.address(server) for name, server in _ADDRESSES.items()}

    def secrets(self) -> Secrets:
        """Of Terraform, by the versions that are planned; of the operators; and of cert-manager."""
        found: Secrets = {}
        for each in self.objects:
            if each.kind == "Secret":
                found[each.namespace, each.name] = {
                    f"password-v{version}": f"{each.name} {self.passwords} $'\"\\" for version in (1, 2)
                }
            if each.kind == "Certificate":
                found[each.namespace, each.spec["secretName"]] = {"ca.crt": self.authority.certificate}
        found["postgres", "postgres-app"] = {"password": "the administrator's"}
        found["rabbitmq", "rabbitmq-default-user"] = {"username": _SUPERUSER_NAME, "password": "the broker's"}
        return found

    def find(self, kind: str, name: str) -> KubernetesObject:
        (found,) = [each for each in self.objects if each.kind == kind and each.name.startswith(name)]
        return found

    def unpack(self, pod: KubernetesObject, container: str) -> Container:
        """A container of a pod, in a new folder."""
        self.made += 1
        return unpack(pod, container, self.objects, self.secrets(), self.folder / f"{container}-{self.made}")

    def password(self, service: str, need: str) -> str:
        """What a microservice signs in with."""
        return next(iter(self.secrets()[service, f"{service}-{need}"].values()))

    def set_cache_password(self, user: str, password: str) -> None:
        """Have the cache start anew, empty, and let a user in with a password only."""
        acl = self.acl.read_text()
        digest = hashlib.sha256(password.encode()).hexdigest()
        self.acl.write_text(re.sub(rf"^(user {user} on) #\w+", rf"\1 #{digest}", acl, flags=re.MULTILINE))
        self.servers["redis"].stop()
        self.servers["redis"].start_again()

    def ask_broker(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the management API, as the operator's user."""
        user = self.secrets()["rabbitmq", "rabbitmq-default-user"]
        login = base64.b64encode(f"{user['username']}:{user['password']}".encode()).decode()
        request = Request(
            f"https://{self.address('rabbitmq')}:15671/api{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Basic {login}", "Content-Type": "application/json"},
            method=method,
        )
        trust = ssl.create_default_context(cadata=self.authority.certificate)
        trust.check_hostname = False  # it is called by its address here
        with urlopen(request, context=trust, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def run_job(self, name: str) -> str:
        """Run a job to its end; gives what it said."""
        container = self.unpack(self.find("Job", name), "bootstrap")
        commands = RecordedCommands(
            container.folder / "bin",
            *("psql", "curl", "cat", "grep", "dirname", "sed", "sleep", "wc"),
            instead={"psql": str(POSTGRES / "psql"), "curl": str(self._curl(container.folder))},
        )
        result = subprocess.run(
            container.command,
            env={
                **container.environment,
                "PATH": str(commands.folder),
                "PGHOSTADDR": self.address("postgres"),  # where the name leads that it checks the certificate for
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_WAIT_SECONDS,
        )
        assert result.returncode == 0, result.stdout
        return result.stdout

    def _curl(self, folder: Path) -> Path:
        """One that finds the cluster's names."""
        found = " ".join(f"--resolve {name}:15671:{address}" for name, address in self.names().items())
        script = folder / "curl"
        script.write_text(f'#!/bin/sh\nexec /usr/bin/curl {found} "$@"\n')
        script.chmod(0o755)
        return script

    def start(self, name: str, **different: str) -> Service:
        """Start a copy of a microservice, and wait until it is ready, as the probes are planned to ask."""
        pod = self.find("Deployment", name)
        container = self.unpack(pod, name)
        port = free_port()
        log = container.folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [PYTHON, "-m", "flowwise_service"],
                cwd=container.here("/tmp"),
                env={
                    "PATH": "/usr/bin:/bin",
                    "PYTHONPATH": f"{SERVICE}:{REPOSITORY / 'tests/examples/resolver'}",
                    "NAMES": json.dumps(self.names()),
                    **container.environment,
                    "PORT": str(port),
                    "OTEL_EXPORTER_OTLP_ENDPOINT": self._telemetry(container),
                    **different,
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        spec = pod.spec["template"]["spec"]
        service = Service(process, f"http://127.0.0.1:{port}", log, spec["terminationGracePeriodSeconds"])
        self.services.append(service)
        (probed,) = spec["containers"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            wait_until(lambda path=probed[probe]["httpGet"]["path"]: self._is_well(service, path))
        return service

    def _telemetry(self, container: Container) -> str:
        url = container.environment["OTEL_EXPORTER_OTLP_ENDPOINT"]
        (name,) = [each for each in self.names() if url == f"http://{each}:4317"]
        return url.replace(name, self.names()[name])

    def end(self) -> None:
        """End the microservices that run still; what they said is told to whoever looks for why a test failed."""
        for service in self.services:
            service.kill()
            print(service.log, service.log.read_text(), sep="\n")

    @staticmethod
    def _is_well(service: Service, path: str) -> bool:
        assert service.process.poll() is None, service.log.read_text()
        return service.ask("GET", path)[0] == 200


def wait_until(holds: Any, seconds: float = _WAIT_SECONDS) -> None:
    """Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.1)


@contextmanager
def running_cluster(folder: Path, objects: Sequence[KubernetesObject]) -> Iterator[Cluster]:
    """Start the servers, and run the jobs that make roles, users and queues."""
    cluster = Cluster(folder, objects)
    with ExitStack() as stack:
        stack.callback(cluster.end)
        cluster.servers["postgres"] = stack.enter_context(_postgres(cluster))
        cluster.servers["rabbitmq"] = stack.enter_context(_rabbitmq(cluster))
        cluster.servers["redis"] = stack.enter_context(_valkey(cluster))
        cluster.servers["telemetry"] = stack.enter_context(_telemetry(cluster))
        for job in ("database-bootstrap", "broker-bootstrap"):
            cluster.run_job(job)
        yield cluster


def _certified(cluster: Cluster, certificate: str) -> tuple[Path, Path]:
    """A folder with a server's certificate, as it is planned; gives the files of it and of its key."""
    folder = cluster.folder / certificate
    folder.mkdir(parents=True)
    names = cluster.find("Certificate", certificate).spec["dnsNames"]
    cluster.authority.write_certificate(names, folder / "tls.crt", folder / "tls.key")
    (folder / "tls.key").chmod(0o600)
    return folder / "tls.crt", folder / "tls.key"


@contextmanager
def _postgres(cluster: Cluster) -> Iterator[Running]:
    certificate, key = _certified(cluster, "postgres")
    spec = cluster.find("Cluster", "postgres").spec
    made = spec["bootstrap"]["initdb"]
    password = cluster.secrets()["postgres", "postgres-app"]["password"].replace("'", "''")
    settings = {"ssl": "on", "ssl_cert_file": str(certificate), "ssl_key_file": str(key)}
    with postgres(certificate.parent, cluster.address("postgres"), settings, spec["postgresql"]["pg_hba"]) as server:
        as_superuser(certificate.parent, f"CREATE ROLE {made['owner']} LOGIN PASSWORD '{password}'")
        as_superuser(certificate.parent, f"CREATE DATABASE {made['database']} OWNER {made['owner']}")
        as_superuser(certificate.parent, ";".join(made["postInitSQL"]))
        yield server


@contextmanager
def _rabbitmq(cluster: Cluster) -> Iterator[Running]:
    """With what the operator adds of its own: TLS by the names of the secret's files, and the first user."""
    certificate, key = _certified(cluster, "rabbitmq")
    address = cluster.address("rabbitmq")
    user = cluster.secrets()["rabbitmq", "rabbitmq-default-user"]
    spec = cluster.find("RabbitmqCluster", "rabbitmq").spec
    assert spec["tls"]["disableNonTLSListeners"]
    authority = certificate.parent / "ca.crt"
    authority.write_text(cluster.authority.certificate)
    files = {"certfile": certificate, "keyfile": key, "cacertfile": authority}
    configuration = {
        "listeners.tcp": "none",
        "listeners.ssl.1": f"{address}:5671",
        "management.ssl.ip": address,
        "management.ssl.port": "15671",
        **{f"{part}.{name}": str(file) for part in ("ssl_options", "management.ssl") for name, file in files.items()},
        "default_user": user["username"],
        "default_pass": user["password"],
    }
    text = "".join(f"{name} = {value}\n" for name, value in configuration.items())
    with rabbitmq(certificate.parent, address, text + spec["rabbitmq"]["additionalConfig"]) as server:
        yield server


@contextmanager
def _valkey(cluster: Cluster) -> Iterator[Running]:
    """With the configuration and the users that the pod has."""
    pod = cluster.find("Deployment", "redis")
    users, server = cluster.unpack(pod, "users"), cluster.unpack(pod, "redis")
    subprocess.run(users.command, env={"PATH": "/usr/bin:/bin"}, check=True)
    cluster.acl = users.here("/run/valkey/users.acl")
    configuration = server.here("/etc/valkey/valkey.conf")
    configuration.write_text(configuration.read_text().replace("/run/valkey/users.acl", str(cluster.acl)))
    with valkey(server.folder, cluster.address("redis"), configuration) as running:
        yield running


@contextmanager
def _telemetry(cluster: Cluster) -> Iterator[Running]:
    """What takes the microservices' traces."""
    address = cluster.address("telemetry")
    cluster.spans.touch()
    collector = Running(
        [PYTHON, COLLECTOR, f"{address}:4317", cluster.spans],
        cluster.folder / "collector.log",
        lambda: listens(address, 4317),
    )
    try:
        yield collector
    finally:
        collector.stop()
