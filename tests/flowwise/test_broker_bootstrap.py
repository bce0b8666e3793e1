"""What the job does that makes the broker's users and queues: its own script, with the calls that Terraform plans.

The broker is a stand-in: it knows of RabbitMQ's management API what the script uses, and that things must exist before
others refer to them. Whether RabbitMQ would accept a policy or a queue's arguments is not shown here.
"""

import base64
import json
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flowwise.broker_bootstrap import VIRTUAL_HOST
from flowwise.broker_bootstrap.kubernetes import KubernetesBrokerBootstrap
from tests.answering import AnsweringHandler
from tests.flowwise.recorded_commands import RecordedCommands
from tests.offline import terraform, try_terraform
from tests.offline.certificate import write_certificate
from tests.workspace import INFRA

pytestmark = pytest.mark.terraform

NAME = "default_user_1"
# With what shells, JSON and curl's configuration take for something else.
PASSWORD = r"""a"d\m'in $HOME %s # @/etc/passwd"""
PASSWORDS = {"lancamentos": r"""l'a"n\\c $(id) `id` {x}\n""", "consolidacao": r"#c0nta\t&?=é"}
INPUTS = {
    "namespace": "rabbitmq",
    "service_account_name": "rabbitmq",
    "management_url": "https://localhost",
    "administrator_name": {"secret_name": "rabbitmq-default-user", "key": "username"},
    "administrator_password": {"secret_name": "rabbitmq-default-user", "key": "password"},
    "users": {name: {"secret_name": f"{name}-rabbitmq", "key": "password"} for name in PASSWORDS},
    "queues": {
        "lancamento-registrado": {"publishers": ["lancamentos"], "consumers": ["consolidacao"]},
        "saldo-consolidado": {"publishers": ["consolidacao"], "consumers": ["consolidacao", "lancamentos"]},
        "lancamento-registrado.lancamentos": {
            "event": "lancamento-registrado",
            "publishers": ["lancamentos"],
            "consumers": ["lancamentos"],
        },
    },
}


@dataclass
class Broker:
    """What the stand-in knows. `put` is what was sent to each path, `bound` the bindings."""

    running_nodes: list[int] = field(default_factory=lambda: [3])  # at each question; the last one stays
    put: dict[str, Any] = field(default_factory=dict)
    bound: set[tuple[str, str]] = field(default_factory=set)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and body of the answer."""
        kind, *rest = path.split("/")
        if (method, path) == ("GET", "nodes?columns=running"):
            running = self.running_nodes.pop(0) if len(self.running_nodes) > 1 else self.running_nodes[0]
            return 200, [{"running": node < running} for node in range(3)]
        needed = {
            "vhosts": [],
            "users": [],
            "permissions": [f"vhosts/{rest[0]}", f"users/{rest[-1]}"],
            "policies": [f"vhosts/{rest[0]}"],
            "exchanges": [f"vhosts/{rest[0]}"],
            # A queue that is made before its policy would, for a moment, lose what is given back too often.
            "queues": [f"vhosts/{rest[0]}", f"policies/{'/'.join(rest)}"],
            "bindings": [f"exchanges/{rest[0]}/{rest[2]}", f"queues/{rest[0]}/{rest[4]}"] if kind == "bindings" else [],
        }[kind]
        missing = [path for path in needed if path not in self.put]
        if missing:
            return 404, {"error": "not found", "reason": missing}
        if kind == "bindings":
            assert method == "POST"
            self.bound.add((path, body["routing_key"]))
            return 201, None
        assert method == "PUT"
        created = path not in self.put
        self.put[path] = body
        return (201 if created else 204), None


@dataclass(frozen=True)
class Job:
    """A container of the job: its two folders, and what it may call."""

    broker: Broker
    scripts: Path
    secrets: Path
    commands: RecordedCommands
    url: str

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        return subprocess.run(
            ["/bin/sh", self.scripts / "bootstrap.sh"],
            env={
                "PATH": str(self.commands.folder),
                "SECRETS": str(self.secrets),
                "MANAGEMENT_URL": self.url,
                "VIRTUAL_HOST": VIRTUAL_HOST,
                "NODES": "3",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def succeed(self) -> str:
        """Run the script, which must do all it should; gives what it printed."""
        result = self.run()
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr


@contextmanager
def _listening(broker: Broker, certificate: Path, key: Path) -> Iterator[str]:
    """Serve the API; gives its address."""

    class Handler(AnsweringHandler):
        def do(self) -> None:
            body = self.body()
            login = base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
            if self.headers.get("Authorization") != f"Basic {login}":
                status, answer = 401, {"error": "not_authorized"}
            else:
                status, answer = broker.answer(
                    self.command, self.path.removeprefix("/api/"), json.loads(body) if body else None
                )
            self.send(status, b"" if answer is None else json.dumps(answer, separators=(",", ":")).encode())

        do_GET = do_PUT = do_POST = do

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"https://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def initialised(folder: Path, inputs: dict[str, Any]) -> Path:
    """The module, ready to be planned with these inputs by the provider's stand-in."""
    module = shutil.copytree(INFRA / KubernetesBrokerBootstrap.path, folder / "module")
    (module / "given.auto.tfvars.json").write_text(json.dumps(inputs))
    terraform(module, "init", "-backend=false")
    return module


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What Terraform would give the job to read."""
    module = initialised(tmp_path_factory.mktemp("planned"), INPUTS)
    terraform(module, "plan", "-out=saved.tfplan")
    plan = json.loads(terraform(module, "show", "-json", "saved.tfplan"))
    resources = plan["planned_values"]["root_module"]["resources"]
    (data,) = (resource["values"]["data"] for resource in resources if resource["type"] == "kubernetes_config_map_v1")
    return data


@contextmanager
def _new_job(files: dict[str, str], folder: Path) -> Iterator[Job]:
    scripts, secrets = folder / "scripts", folder / "secrets"
    for made in (scripts, secrets / "administrator", secrets / "users"):
        made.mkdir(parents=True)
    for name, text in files.items():
        (scripts / name).write_text(text)
    (secrets / "administrator/name").write_text(NAME)
    (secrets / "administrator/password").write_text(PASSWORD)
    for name, password in PASSWORDS.items():
        (secrets / "users" / name).write_text(password)
    write_certificate(secrets / "ca.crt", folder / "key")
    commands = RecordedCommands(
        folder / "bin", "curl", "cat", "dirname", "grep", "sed", "sleep", "wc", instead={"sleep": "/bin/true"}
    )
    broker = Broker(put={f"users/{NAME}": None})
    with _listening(broker, secrets / "ca.crt", folder / "key") as url:
        yield Job(broker, scripts, secrets, commands, url)


@pytest.fixture
def job(files: dict[str, str], tmp_path: Path) -> Iterator[Job]:
    with _new_job(files, tmp_path) as job:
        yield job


@pytest.fixture(scope="module")
def run(files: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Job, str]]:
    """A job that has run, and what it printed."""
    with _new_job(files, tmp_path_factory.mktemp("job")) as job:
        yield job, job.succeed()


@pytest.fixture
def made(run: tuple[Job, str]) -> Job:
    """For those who look at what it has made, and leave it as it is."""
    return run[0]


def test_a_user_has_its_password_and_no_tag(made: Job) -> None:
    for name, password in PASSWORDS.items():
        assert made.broker.put[f"users/{name}"] == {"password": password, "tags": ""}


def test_a_queue_has_copies_and_dead_letters(made: Job) -> None:
    for name, queue in INPUTS["queues"].items():
        event, pattern = queue.get("event", name), name.replace(".", r"\.")
        for made_queue in (name, f"{name}.dead"):
            stored = made.broker.put[f"queues/{VIRTUAL_HOST}/{made_queue}"]
            assert stored == {"durable": True, "arguments": {"x-queue-type": "quorum"}}
        assert made.broker.put[f"policies/{VIRTUAL_HOST}/{name}"]["definition"] == {
            "delivery-limit": 5,
            "dead-letter-exchange": "dead-letters",
            "dead-letter-routing-key": name,
            "dead-letter-strategy": "at-least-once",
            "overflow": "reject-publish",
        }
        assert made.broker.put[f"policies/{VIRTUAL_HOST}/{name}.dead"]["pattern"] == rf"^{pattern}\.dead$"
        assert made.broker.put[f"policies/{VIRTUAL_HOST}/{name}"]["pattern"] == f"^{pattern}$"
        assert {
            (f"bindings/{VIRTUAL_HOST}/e/{event}/q/{name}", ""),
            (f"bindings/{VIRTUAL_HOST}/e/dead-letters/q/{name}.dead", name),
        } <= made.broker.bound


def test_a_user_may_do_what_its_queues_say(made: Job) -> None:
    assert made.broker.put[f"permissions/{VIRTUAL_HOST}/lancamentos"] == {
        "configure": "^$",
        "write": "^(lancamento-registrado)$",
        "read": r"^(lancamento-registrado\.lancamentos|saldo-consolidado)(\.dead)?$",
    }
    assert made.broker.put[f"permissions/{VIRTUAL_HOST}/consolidacao"] == {
        "configure": "^$",
        "write": "^(saldo-consolidado)$",
        "read": r"^(lancamento-registrado|saldo-consolidado)(\.dead)?$",
    }


def test_a_second_run_changes_nothing(made: Job) -> None:
    put, bound = dict(made.broker.put), set(made.broker.bound)
    made.succeed()
    assert (made.broker.put, made.broker.bound) == (put, bound)


def test_passwords_are_in_no_argument_and_no_output(run: tuple[Job, str]) -> None:
    job, output = run
    arguments = job.commands.arguments()
    assert "/api/users/lancamentos\n" in arguments and "PUT /users/lancamentos\n" in output  # where one would look
    for password in (PASSWORD, *PASSWORDS.values()):
        for written in (password, json.dumps(password)[1:-1]):
            assert written not in arguments + output


def test_it_waits_for_all_nodes(job: Job) -> None:
    job.broker.running_nodes = [0, 1, 2, 3]
    job.succeed()
    assert job.commands.arguments().count("sleep ") == 3


def test_it_gives_up_where_nodes_are_missing(job: Job) -> None:
    job.broker.running_nodes = [2]
    result = job.run()
    assert result.returncode != 0 and "has not got all of its 3 nodes" in result.stderr
    assert job.broker.put == {f"users/{NAME}": None}


def test_it_fails_where_the_broker_refuses(job: Job) -> None:
    with (job.scripts / "calls").open("a") as calls:
        calls.write(f"PUT /permissions/{VIRTUAL_HOST}/nobody {{}}\n")
    result = job.run()
    assert result.returncode != 0 and "users/nobody" in result.stdout  # the broker's own reason


def test_a_broker_has_to_prove_who_it_is(job: Job, tmp_path: Path) -> None:
    write_certificate(job.secrets / "ca.crt", tmp_path / "another")
    result = job.run()
    assert result.returncode != 0 and "certificate" in result.stderr
    assert job.broker.put == {f"users/{NAME}": None}


def test_publishers_and_consumers_have_to_be_users(tmp_path: Path) -> None:
    queues = {"lancamento-registrado": {"publishers": ["estoque"], "consumers": []}}
    module = initialised(tmp_path, INPUTS | {"queues": queues})
    assert "must be among users" in try_terraform(module, "plan").stderr
