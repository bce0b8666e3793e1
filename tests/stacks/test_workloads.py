"""The workloads of an environment: what follows from its file, and nothing else."""

import re
from pathlib import Path

import pytest

import main
from environments import Environment, load_environment
from flowwise.broker_bootstrap import Queue
from flowwise.in_cluster import Egress, OwnSecret
from flowwise.microservice import Probes
from stacks.files.workloads_readme import workloads_readme
from stacks.workloads_stack import WorkloadsInputs, workloads_inputs
from tests.environments.texts import environment_text, with_spot_pool, with_worker_and_job
from tests.trees import make_tree

NAME = "env"


def tree_of(text: str, folder: Path) -> dict[str, str]:
    """The files of one environment's own folders."""
    files = folder / "environments"
    files.mkdir(exist_ok=True)
    (files / f"{NAME}.toml").write_text(text)
    tree = make_tree(files)
    return {path.removeprefix("environments/"): text for path, text in tree.items()}


def changed_lines(before: dict[str, str], after: dict[str, str]) -> dict[str, set[str]]:
    """By file, the lines that only one of two trees has."""
    assert before.keys() == after.keys()
    return {
        path: {line.strip() for line in set(before[path].splitlines()) ^ set(after[path].splitlines())}
        for path in before
        if before[path] != after[path]
    }


def with_backend(backend: str, endpoint: str) -> str:
    text = environment_text("azure", "shared", "dev")
    return text.replace('backend = "none"', f'backend = "{backend}"\nendpoint = "{endpoint}"')


def test_swapping_the_vendor_changes_the_workloads_alone(tmp_path: Path) -> None:
    datadog = tree_of(with_backend("datadog", "us5.datadoghq.com"), tmp_path)
    elastic = tree_of(with_backend("elastic", "https://otlp.example"), tmp_path)
    dynatrace = tree_of(with_backend("dynatrace", "https://abc12345.live.dynatrace.com"), tmp_path)
    assert changed_lines(datadog, elastic) == {
        f"{NAME}/workloads/main.tf": {
            'backend  = "datadog"',
            'backend  = "elastic"',
            'endpoint = "us5.datadoghq.com"',
            'endpoint = "https://otlp.example"',
        },
        f"{NAME}/workloads/README.md": {"| Observability | datadog |", "| Observability | elastic |"},
        f"{NAME}/README.md": {
            'n_vendor(["Datadog<br/>us5.datadoghq.com"])',
            'n_vendor(["Elastic<br/>https://otlp.example"])',
        },
    }
    assert changed_lines(elastic, dynatrace).keys() == changed_lines(datadog, elastic).keys()


def test_moving_the_broker_changes_what_has_to_do_with_it(tmp_path: Path) -> None:
    text = environment_text("aws", "shared", "dev")
    in_cluster = tree_of(text, tmp_path)
    managed = tree_of(
        text.replace('= "in-cluster"', '= "managed"\naccept_password_in_state = true'),
        tmp_path,
    )
    changed = changed_lines(in_cluster, managed)
    assert changed.keys() == {
        "bootstrap/google/README.md",  # disks that the environment would need there
        f"{NAME}/infracost-usage.yml",
        f"{NAME}/main.tf",
        f"{NAME}/metadata.json",
        f"{NAME}/outputs.tf",
        f"{NAME}/tests/root.tftest.hcl",
        f"{NAME}/workloads/main.tf",
        f"{NAME}/workloads/README.md",
        f"{NAME}/README.md",
    }
    described = {line for line in changed[f"{NAME}/workloads/README.md"] if not is_traffic(line)}
    assert described == {"| RabbitMQ | in-cluster |", "| RabbitMQ | managed |"}
    assert "accept_password_in_state = true" in changed[f"{NAME}/main.tf"]


@pytest.mark.parametrize(
    "row",
    [
        "| `lancamentos` | `/lancamentos` (open to all) |",
        "| `consolidacao` | `/consolidacao` (open to all) |",
        "| `lancamento-registrado` | lancamentos | consolidacao |",
        "| Each client | 100 requests a minute |",
    ],
)
def test_the_readme_says_what_a_reviewer_wants_to_know(row: str) -> None:
    readme = (main.REPOSITORY / "infra" / "environments" / "dev" / "workloads" / "README.md").read_text()
    assert row in readme


SETTINGS = """\
pool           = "cheap"
command        = ["python"]
arguments      = ["-m", "saldos", "$(DAY)"]
health         = { liveness = "/q/live" }
cpu_percent    = 60
memory_percent = 90
stop_seconds   = 90
secrets        = ["TOKEN", "PARTNER_API_KEY"]
secret_versions = { TOKEN = 2 }
calls          = ["consolidacao"]
egress         = { parceiro = { to = ["203.0.113.0/24"], ports = [443] }, web = { to = ["internet"], ports = [443] } }
"""


def with_settings(cloud: str, folder: Path) -> Environment:
    """An environment whose lancamentos has all settings of its own."""
    text = with_spot_pool(environment_text(cloud, "shared", "dev")).replace('pool = "cheap"\n', SETTINGS)
    (folder / f"{NAME}.toml").write_text(text)
    return load_environment(folder / f"{NAME}.toml")


@pytest.mark.parametrize(
    ("cloud", "labels", "taints"),
    [
        ("azure", {"kubernetes.azure.com/agentpool": "cheap"}, {"kubernetes.azure.com/scalesetpriority": "spot"}),
        ("aws", {"eks.amazonaws.com/nodegroup": "cheap"}, {}),
        ("google", {"cloud.google.com/gke-nodepool": "cheap"}, {"cloud.google.com/gke-spot": "true"}),
    ],
)
def test_a_pool_is_named_and_tolerated_as_the_cloud_has_it(
    cloud: str, labels: dict[str, str], taints: dict[str, str], tmp_path: Path
) -> None:
    services = workloads_inputs(with_settings(cloud, tmp_path), WorkloadsInputs(images={})).services
    placed = services["lancamentos"]
    assert placed.node_labels == labels
    assert {each.key: each.value for each in placed.tolerations} == {"flowwise.io/spare": "yes", **taints}
    assert [each.effect for each in placed.tolerations] == ["NoExecute", *["NoSchedule"] * len(taints)]
    assert (services["consolidacao"].node_labels, services["consolidacao"].tolerations) == ({}, [])


def test_what_a_file_says_of_a_microservice_reaches_the_module(tmp_path: Path) -> None:
    environment = with_settings("azure", tmp_path)
    service = workloads_inputs(environment, WorkloadsInputs(images={})).services["lancamentos"]
    assert (service.command, service.arguments) == (["python"], ["-m", "saldos", "$(DAY)"])
    assert service.calls == ["consolidacao"]
    assert service.egress["parceiro"] == Egress(cidrs=["203.0.113.0/24"], ports=[443])
    assert (service.egress["web"].cidrs, "10.0.0.0/8" in service.egress["web"].without) == (["0.0.0.0/0"], True)
    assert service.probes == Probes(liveness="/q/live")
    assert (service.cpu_percent, service.memory_percent, service.stop_seconds) == (60, 90, 90)
    assert service.secrets == {
        "TOKEN": OwnSecret(name="lancamentos-token", version=2),
        "PARTNER_API_KEY": OwnSecret(name="lancamentos-partner-api-key"),
    }
    readme = workloads_readme(environment, "")
    assert "| `lancamentos` | `secrets` | `TOKEN`, `PARTNER_API_KEY` |" in readme
    assert "| `lancamentos` | `/lancamentos` (open to all) | 2 to 6 | CPU at 60 %; memory at 90 % |" in readme
    assert "| `lancamentos` | `pool` | `cheap` |\n| `lancamentos` | `stop_seconds` | `90` |" in readme


def test_each_consumer_has_a_queue_of_its_own_or_a_share_of_one(tmp_path: Path) -> None:
    consumer = '[services.{0}]\nuses = ["rabbitmq"]\nconsumes = ["lancamento-registrado"]\n{1}\n\n'
    own = 'own_queues = ["lancamento-registrado"]\nscale_on_queue = "lancamento-registrado"\nmessages_per_replica = 9'
    share = 'shared_queues = ["lancamento-registrado"]'
    text = environment_text("azure", "shared", "dev").replace("messages_per_replica", f"{share}\nmessages_per_replica")
    others = consumer.format("relatorios", own) + consumer.format("auditoria", share)
    (tmp_path / f"{NAME}.toml").write_text(text.replace("[gateway]", f"{others}[gateway]"))
    environment = load_environment(tmp_path / f"{NAME}.toml")
    inputs = workloads_inputs(environment, WorkloadsInputs(images={}))
    event = "lancamento-registrado"
    assert inputs.queues == {
        event: Queue(publishers=["lancamentos"], consumers=["consolidacao", "auditoria"]),
        f"{event}.relatorios": Queue(event=event, publishers=["lancamentos"], consumers=["relatorios"]),
    }
    assert inputs.services["relatorios"].scale_on_queue == f"{event}.relatorios"
    assert inputs.services["consolidacao"].scale_on_queue == event
    assert f"| `{event}.relatorios` | lancamentos | relatorios |" in workloads_readme(environment, "")


def test_a_worker_has_no_port_and_a_job_a_schedule(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.toml").write_text(with_worker_and_job(environment_text("aws", "shared", "prod")))
    environment = load_environment(tmp_path / f"{NAME}.toml")
    services = workloads_inputs(environment, WorkloadsInputs(images={})).services
    ports = {name: service.port for name, service in services.items()}
    assert ports == {"lancamentos": 8080, "consolidacao": 8080, "auditoria": None, "fechamento": None}
    job = services["fechamento"]
    assert (job.schedule, job.time_zone) == ("0 3 * * *", "America/Sao_Paulo")
    assert {service.schedule for name, service in services.items() if name != "fechamento"} == {None}
    readme = workloads_readme(environment, "")
    assert "| `fechamento` | none | `0 3 * * *`, America/Sao_Paulo | nothing |" in readme
    assert "| `auditoria` | none | 2 to 6 | CPU at 70 % |" in readme


def is_traffic(line: str) -> bool:
    """Whether it is a row of the table of traffic, which has ports where others have words."""
    return bool(re.fullmatch(r"\|[^|]+\|[^|]+\| [\d, ]+ \|[^|]+\|", line))
