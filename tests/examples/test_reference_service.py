"""The reference service on real servers: what is planned is enough to run by, and nothing is lost or counted twice."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs
from uuid import uuid4

import pytest

from tests.examples.cluster import PYTHON, SERVICE, Cluster, Service, planned_objects, running_cluster, wait_until
from tests.examples.metadata_server import metadata_server
from tests.examples.servers import POSTGRES, as_superuser, ask_valkey, skip_without_servers
from tests.workspace import copy_of_infra, use_local_state

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

QUEUE = "lancamento-registrado"


@pytest.fixture(scope="module")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    skip_without_servers()
    infra = copy_of_infra(tmp_path_factory.mktemp("infra"))
    use_local_state(infra)
    return infra


@pytest.fixture(scope="module")
def cluster(infra: Path) -> Iterator[Cluster]:
    with TemporaryDirectory() as name:  # below no folder that is root's alone, as PostgreSQL wants to be nobody
        folder = Path(name)
        folder.chmod(0o711)
        with running_cluster(folder, planned_objects(infra)) as cluster:
            yield cluster


@pytest.fixture
def day(cluster: Cluster) -> str:
    """A day that no other test has entries of."""
    cluster.days += 1
    return f"2026-01-{cluster.days:02}"


@pytest.fixture
def lancamentos(cluster: Cluster) -> Iterator[Service]:
    service = cluster.start("lancamentos")
    yield service
    service.kill()


@pytest.fixture
def consolidacao(cluster: Cluster) -> Iterator[Service]:
    service = cluster.start("consolidacao")
    yield service
    service.kill()


def register(service: Service, day: str, count: int, amount: str = "1.25") -> None:
    """Send entries, all of which must be taken."""
    for _ in range(count):
        status, answer = service.ask("PUT", f"/lancamentos/{uuid4()}", {"day": day, "amount": amount})
        assert status == 201, answer


def balance(service: Service, day: str) -> tuple[Decimal, int]:
    """A day's balance, and of how many entries it is."""
    status, answer = service.ask("GET", f"/consolidacao/{day}")
    assert status == 200, answer
    fields = json.loads(answer)
    return Decimal(fields["balance"]), fields["entries"]


def assert_balance(cluster: Cluster, service: Service, day: str, count: int, amount: str = "1.25") -> None:
    """All entries are in the balance, and stay there once, when there is nothing more to come."""
    expected = (Decimal(amount) * count, count)
    wait_until(lambda: balance(service, day) == expected)
    wait_until(lambda: waiting(cluster) == 0)
    stored = as_superuser(
        cluster.folder / "postgres",
        f"SELECT balance, entries FROM consolidacao.balances WHERE day = '{day}'",
        "consolidacao",
    )
    assert stored == f"{expected[0]}|{count}"


def waiting(cluster: Cluster, queue: str = QUEUE) -> int:
    """Messages in a queue, those among them that a consumer has at hand; as it is now, and not when last looked at."""
    queues = cluster.ask_broker("GET", "/queues/flowwise?disable_stats=true&enable_queue_totals=true")
    (messages,) = [each["messages"] for each in queues if each["name"] == queue]
    return int(messages)


def publish(cluster: Cluster, body: str) -> None:
    """Send a message as a microservice does."""
    message = {"properties": {}, "routing_key": "", "payload": body, "payload_encoding": "string"}
    assert cluster.ask_broker("POST", f"/exchanges/flowwise/{QUEUE}/publish", message) == {"routed": True}


def test_an_entry_reaches_the_balance_and_is_registered_once(
    cluster: Cluster, lancamentos: Service, consolidacao: Service, day: str
) -> None:
    path = f"/lancamentos/{uuid4()}"
    assert lancamentos.ask("PUT", path, {"day": day, "amount": "10.50"})[0] == 201
    assert lancamentos.ask("PUT", path, {"day": day, "amount": "10.50"})[0] == 200
    assert lancamentos.ask("PUT", path, {"day": day, "amount": "10.51"})[0] == 409
    assert lancamentos.ask("PUT", path, {"day": day, "amount": "10.505"})[0] == 400
    assert json.loads(lancamentos.ask("GET", path)[1])["amount"] == "10.50"
    assert_balance(cluster, consolidacao, day, 1, "10.50")
    register(lancamentos, day, 1, "10.50")
    assert_balance(cluster, consolidacao, day, 2, "10.50")


def test_what_is_read_is_cached_below_the_services_own_prefix(
    cluster: Cluster, consolidacao: Service, day: str
) -> None:
    password = cluster.password("consolidacao", "redis")
    balance(consolidacao, day)
    kept = ask_valkey(cluster.address("redis"), "consolidacao", password, "GET", f"consolidacao:balance:{day}")
    assert json.loads(kept) == {"day": day, "balance": "0.00", "entries": 0}


def test_a_trace_leads_from_the_request_to_the_balance(
    cluster: Cluster, lancamentos: Service, consolidacao: Service, day: str
) -> None:
    before = len(cluster.spans.read_text().splitlines())
    register(lancamentos, day, 1)
    assert_balance(cluster, consolidacao, day, 1)
    assert (lancamentos.stop(), consolidacao.stop()) == (0, 0)  # which sends what has not been sent
    found = [json.loads(line) for line in cluster.spans.read_text().splitlines()[before:]]
    (put,) = [span for span in found if span["name"] == "put_entry"]
    (consumed,) = [span for span in found if span["name"] == "consume"]
    assert (put["service"], consumed["service"]) == ("lancamentos", "consolidacao")
    assert put["trace"] == consumed["trace"]


def test_a_broker_that_goes_away_and_comes_back_loses_nothing(
    cluster: Cluster, lancamentos: Service, consolidacao: Service, day: str
) -> None:
    register(lancamentos, day, 5)
    cluster.servers["rabbitmq"].stop()
    register(lancamentos, day, 20)
    assert lancamentos.ask("GET", "/health/ready")[0] == 200
    cluster.servers["rabbitmq"].start_again()
    register(lancamentos, day, 5)
    assert_balance(cluster, consolidacao, day, 30)


def test_a_consumer_that_is_killed_in_the_middle_of_a_message_counts_it_once(
    cluster: Cluster, lancamentos: Service, consolidacao: Service, day: str
) -> None:
    with locked(cluster, "balances"):
        register(lancamentos, day, 30)
        wait_until(lambda: blocked(cluster) > 0)
        consolidacao.kill()
    assert_balance(cluster, cluster.start("consolidacao"), day, 30)


def test_a_consumer_that_is_stopped_finishes_what_it_has_at_hand(
    cluster: Cluster, lancamentos: Service, consolidacao: Service, day: str
) -> None:
    with locked(cluster, "balances"):
        register(lancamentos, day, 30)
        wait_until(lambda: blocked(cluster) > 0)
        consolidacao.process.terminate()
    assert consolidacao.stop() == 0
    assert "Traceback" not in consolidacao.log.read_text()
    assert 0 < counted(cluster, day) <= 30
    wait_until(lambda: waiting(cluster) == 30 - counted(cluster, day), 10)  # the broker's copies agree by and by
    assert_balance(cluster, cluster.start("consolidacao"), day, 30)


def test_a_publisher_that_is_stopped_leaves_nothing_unsent(
    cluster: Cluster, lancamentos: Service, consolidacao: Service, day: str
) -> None:
    register(lancamentos, day, 30)
    assert lancamentos.stop() == 0
    assert as_superuser(cluster.folder / "postgres", "SELECT count(*) FROM lancamentos.outbox", "lancamentos") == "0"
    assert_balance(cluster, consolidacao, day, 30)


def test_a_message_that_comes_twice_counts_once(cluster: Cluster, consolidacao: Service, day: str) -> None:
    """As after a publisher that failed before it forgot it, or a consumer that failed before it acknowledged it."""
    entry = json.dumps({"id": str(uuid4()), "day": day, "amount": "1.25"})
    publish(cluster, entry)
    assert_balance(cluster, consolidacao, day, 1)
    publish(cluster, entry)
    assert_balance(cluster, consolidacao, day, 1)


def test_what_nobody_understands_goes_to_the_dead_letters(cluster: Cluster, consolidacao: Service) -> None:
    before = waiting(cluster, f"{QUEUE}.dead")
    publish(cluster, "no entry")
    wait_until(lambda: waiting(cluster, f"{QUEUE}.dead") == before + 1)
    assert waiting(cluster) == 0
    assert consolidacao.ask("GET", "/health/ready")[0] == 200


def test_a_token_that_has_expired_is_replaced(cluster: Cluster, day: str) -> None:
    """Google's way of signing in to a cache, with the cluster's cache for Google's."""
    own = cluster.password("consolidacao", "redis")
    with metadata_server() as metadata:
        metadata.token = "first"
        cluster.set_cache_password("consolidacao", "first")
        consolidacao = cluster.start("consolidacao", REDIS_SIGN_IN="google", GCE_METADATA_HOST=metadata.host)

        def is_cached(password: str) -> bool:
            balance(consolidacao, day)
            key = f"consolidacao:balance:{day}"
            return ask_valkey(cluster.address("redis"), "consolidacao", password, "EXISTS", key) == "1"

        assert is_cached("first")
        metadata.token = "second"
        cluster.set_cache_password("consolidacao", "second")
        wait_until(lambda: is_cached("second"), 10)
    cluster.set_cache_password("consolidacao", own)


def test_passwords_that_are_made_anew_interrupt_nobody(
    infra: Path, cluster: Cluster, lancamentos: Service, day: str
) -> None:
    """What runs goes on with its connections until what starts with the new passwords has taken over."""
    register(lancamentos, day, 1)
    old, cluster.objects, cluster.passwords = cluster.passwords, planned_objects(infra, 2), "second"
    assert cluster.password("lancamentos", "postgres") != f"lancamentos-postgres {old}"
    assert "lancamentos: has a new password" in cluster.run_job("database-bootstrap")
    cluster.run_job("broker-bootstrap")
    for service in ("lancamentos", "consolidacao"):
        cluster.set_cache_password(service, cluster.password(service, "redis"))
    register(lancamentos, day, 1)
    new = cluster.start("lancamentos")
    register(new, day, 1)
    assert lancamentos.stop() == 0
    assert_balance(cluster, cluster.start("consolidacao"), day, 3)


def test_a_token_of_aws_is_a_request_to_connect_that_is_signed_for_a_quarter_of_an_hour() -> None:
    """ "Authenticating with IAM" in the user guide of ElastiCache says what it is made of."""
    skip_without_servers()
    cache = 'Cache("h", 6379, "dev-lancamentos", None, "lancamentos:", True, "aws", "redis-flowwise-dev")'
    printed = subprocess.run(
        [PYTHON, "-c", f"from flowwise_service.tokens import *; print(token_source({cache})())"],
        env={
            "PYTHONPATH": str(SERVICE),
            "AWS_REGION": "sa-east-1",
            "AWS_DEFAULT_REGION": "sa-east-1",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
        },
        capture_output=True,
        text=True,
    )
    assert printed.returncode == 0, printed.stderr
    host, _, query = printed.stdout.strip().partition("/?")
    said = {name: value for name, (value,) in parse_qs(query).items()}
    assert host == "redis-flowwise-dev"
    assert (said["Action"], said["User"], said["X-Amz-Expires"]) == ("connect", "dev-lancamentos", "900")
    assert said["X-Amz-Credential"].endswith("/sa-east-1/elasticache/aws4_request")
    assert said["X-Amz-Signature"]


def test_settings_that_are_missing_are_all_named() -> None:
    skip_without_servers()
    result = subprocess.run(
        [PYTHON, "-m", "flowwise_service"],
        env={"PYTHONPATH": str(SERVICE), "PORT": "http"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 2
    assert 'PORT is "http", and should be a number; OTEL_SERVICE_NAME is missing; ' in result.stderr
    assert "DATABASE_PASSWORD is missing" in result.stderr
    assert "Traceback" not in result.stderr


@contextmanager
def locked(cluster: Cluster, table: str) -> Iterator[None]:
    """Have whoever writes to a table of consolidacao's wait."""
    session = subprocess.Popen(
        [POSTGRES / "psql", "-XAtq", "-h", cluster.folder / "postgres", "-U", "postgres", "-d", "consolidacao"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert session.stdin and session.stdout
    session.stdin.write(f"BEGIN; LOCK TABLE consolidacao.{table} IN SHARE MODE; SELECT 'locked';\n")
    session.stdin.flush()
    assert session.stdout.readline() == "locked\n"
    try:
        yield
    finally:
        session.communicate("ROLLBACK;\n")


def blocked(cluster: Cluster) -> int:
    """Statements of consolidacao that wait for a lock."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'consolidacao' AND wait_event_type = 'Lock'"
    return int(as_superuser(cluster.folder / "postgres", sql))


def counted(cluster: Cluster, day: str) -> int:
    sql = f"SELECT coalesce(sum(entries), 0) FROM consolidacao.balances WHERE day = '{day}'"
    return int(as_superuser(cluster.folder / "postgres", sql, "consolidacao"))
