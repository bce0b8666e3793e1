"""One contract in every cloud: equal variables and outputs, and an environment that moves by changing one line."""

import itertools
import re
from pathlib import Path

import pytest

from environments import load_environments
from environments.new_environment import FOLDER, new_environment
from environments.shared import SHARED_FILE
from flowwise.tables.project import CLOUDS, IN_CLUSTER
from tests.environments.texts import WHOLE, apart, environment_name, environment_text
from tests.infra.language import constructs_of_files, hcl_below
from tests.infra.test_language import TABLE, beyond_the_table
from tests.offline import terraform, try_terraform
from tests.offline.mocked_apply import only_plan
from tests.trees import write_tree_of
from tests.workspace import INFRA, copy_of_infra

COMBINATIONS = list(itertools.product(CLOUDS, ("shared", "dedicated"), ("dev", "prod")))


# Those that tests/costs/test_bills.py runs the generated tests of, to see what they make.
BILLED = {environment_name(cloud, *kind) for cloud in CLOUDS for kind in (("shared", "dev"), ("dedicated", "prod"))}
# Those whose workloads tests/kubernetes/flows/test_flows.py plans, with more in them.
WITH_FLOWS = {
    environment_name(*combination)
    for combination in (("aws", "shared", "prod"), ("azure", "dedicated", "dev"), ("google", "dedicated", "dev"))
}
ROOTS = [
    (name, root)
    for name in (*itertools.starmap(environment_name, COMBINATIONS), *(f"new{cloud}" for cloud in CLOUDS))
    for root in ("", "workloads")
    if not root or name not in BILLED | WITH_FLOWS
]


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of one environment for every combination."""
    files = tmp_path_factory.mktemp("environments")
    texts = {environment_name(*combination): environment_text(*combination) for combination in COMBINATIONS}
    for name, text in apart(texts).items():
        (files / f"{name}.toml").write_text(text)
    (files / SHARED_FILE).write_text((FOLDER / SHARED_FILE).read_text())
    for cloud in CLOUDS:
        file = new_environment(files, f"new{cloud}")
        file.write_text(file.read_text().replace('= "azure"', f'= "{cloud}"'))
    tree = tmp_path_factory.mktemp("tree")
    write_tree_of(files, tree)
    return tree


@pytest.mark.terraform
@pytest.mark.parametrize(("name", "root"), ROOTS)
def test_a_moved_environment_is_valid(name: str, root: str, moved: Path) -> None:
    """Each combination, and an environment of `make new-environment` untouched but for its cloud.

    Those that are not billed are planned, which is a third of what applying and destroying them takes: the bills have
    each tier and each topology applied on each cloud.
    """
    folder = moved / "environments" / name / root
    terraform(folder, "init", "-backend=false")
    if not root:  # the test of an environment's root begins below it
        terraform(folder, "validate")
    if name not in BILLED:
        only_plan(folder)
        terraform(folder, "test")


@pytest.mark.slow
def test_moved_environments_use_what_is_in_the_table_of_the_language(moved: Path) -> None:
    """And all that is in it is used, on some cloud."""
    where_the_file_has_an_account = {"argument terraform.backend.s3.allowed_account_ids"}
    used = constructs_of_files([*hcl_below(INFRA), *hcl_below(moved / "environments")])
    assert beyond_the_table(used) == []
    assert TABLE.keys() - used.keys() == where_the_file_has_an_account


@pytest.mark.terraform
@pytest.mark.parametrize("cloud", ["azure", "google"])
def test_a_managed_broker_is_refused_where_none_is_sold(cloud: str, tmp_path: Path) -> None:
    """By Terraform too: an environment file that asks for one is not even read."""
    folder = copy_of_infra(tmp_path) / cloud
    generated = folder / "tests" / "module.tftest.hcl"
    settings = 'managed_rabbitmq = { size = "small", high_availability = false, accept_password_in_state = true }'
    text = generated.read_text().replace("variables {\n", f"variables {{\n  {settings}\n", 1)
    generated.write_text(text[: text.index('run "refuses_wrong_values')])
    terraform(folder, "init", "-backend=false")
    refusal = re.sub(r"[│╷╵]", "", try_terraform(folder, "test").stderr)
    assert "this cloud sells no managed RabbitMQ" in " ".join(refusal.split())


@pytest.mark.terraform
@pytest.mark.parametrize("cloud", CLOUDS)
def test_nobody_reads_a_database_that_there_is_not(cloud: str, tmp_path: Path) -> None:
    folder = copy_of_infra(tmp_path) / "modules" / "postgres-db" / cloud
    generated = folder / "tests" / "module.tftest.hcl"
    text = generated.read_text()
    assert text.count('["lancamentos"]') == 1
    text = text.replace('["lancamentos"]', '["lancamentos", "folha"]')
    generated.write_text(text[: text.index('run "refuses_wrong_values')])
    terraform(folder, "init", "-backend=false")
    refusal = re.sub(r"[│╷╵]", "", try_terraform(folder, "test").stderr)
    assert "services of each of readers must be microservices" in " ".join(refusal.split())


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("cloud", "settings", "said"),
    [
        *((cloud, "servers = { folha = { storage_gb = 64 } }", "Each of servers must be one that") for cloud in CLOUDS),
        (
            "azure",
            'topology = "dedicated"\n  servers = { consolidacao = { size = "B_Standard_B4ms" } }',
            "Azure gives a server of this size no standby",
        ),
    ],
    ids=[*(f"{cloud}-there" for cloud in CLOUDS), "azure-standby"],
)
def test_a_server_of_its_own_size_is_there_and_can_have_a_standby(
    cloud: str, settings: str, said: str, tmp_path: Path
) -> None:
    folder = copy_of_infra(tmp_path) / "modules" / "postgres-db" / cloud
    generated = folder / "tests" / "module.tftest.hcl"
    text = generated.read_text().replace("variables {\n", f"variables {{\n  {settings}\n", 1)
    generated.write_text(text[: text.index('run "refuses_wrong_values')])
    terraform(folder, "init", "-backend=false")
    refusal = re.sub(r"[│╷╵]", "", try_terraform(folder, "test").stderr)
    assert said in " ".join(refusal.split())


@pytest.mark.terraform
@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_key_that_nobody_gives_is_not_stored(cloud: str, tmp_path: Path) -> None:
    """Nor planned: a word of ours in its place would be taken for it, by `terraform apply` alone."""
    folder = copy_of_infra(tmp_path) / "modules" / "secret-store" / cloud
    generated = folder / "tests" / "module.tftest.hcl"
    text = generated.read_text()
    given = 'monitoring = "an-example-of-a-key"'
    assert text.count(given) == 1
    text = text[: text.index('run "refuses_wrong_values')].replace("command = apply", "command = plan")
    generated.write_text(text.replace(given, ""))
    generated.with_name("blank.tftest.hcl").write_text(text.replace(given, 'monitoring = " "'))
    terraform(folder, "init", "-backend=false")
    refusal = " ".join(re.sub(r"[│╷╵]", "", try_terraform(folder, "test").stderr).split())
    assert refusal.count("secret_values must have monitoring, which is not generated") == 2


def test_moving_changes_one_line() -> None:
    lines = [environment_text(cloud, "shared", "dev").splitlines() for cloud in CLOUDS]
    assert [sum(a != b for a, b in zip(WHOLE.splitlines(), moved, strict=True)) for moved in lines] == [
        int(cloud != "azure") for cloud in CLOUDS
    ]


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_committed_environments_move(cloud: str, tmp_path: Path) -> None:
    for path in FOLDER.glob("*.toml"):
        text, moved = re.subn('^cloud +=.* "azure"', f'cloud = "{cloud}"', path.read_text(), flags=re.MULTILINE)
        assert moved == (path.stem not in ("shared", "local")), path.stem
        (tmp_path / path.name).write_text(text)
    assert {environment.cloud for environment in load_environments(tmp_path)} == {cloud, IN_CLUSTER}


def implementations() -> dict[str, list[Path]]:
    """The folders that implement each contract in a cloud, platforms included; those of clusters share none."""
    services = {
        folder.name: found
        for folder in sorted((INFRA / "modules").iterdir())
        if (found := [folder / cloud for cloud in CLOUDS if (folder / cloud).exists()])
    }
    return services | {"platform": [INFRA / cloud for cloud in CLOUDS]}


@pytest.mark.parametrize("service", implementations())
def test_implementations_have_equal_variables_and_outputs(service: str) -> None:
    first, *others = implementations()[service]
    for other in others:
        assert variables(other) == variables(first)
        assert outputs(other) == outputs(first)


def variables(folder: Path) -> str:
    """All that variables.tf says, below the line that names its source."""
    return (folder / "variables.tf").read_text().split("\n", 1)[1]


def outputs(folder: Path) -> list[tuple[str, str, bool]]:
    """Name, description and sensitivity of each output."""
    blocks = re.split(r'^output "(\w+)" \{$', (folder / "outputs.tf").read_text(), flags=re.MULTILINE)[1:]
    return [
        (name, re.findall(r"^  description = (.*)$", body, re.MULTILINE)[0], "  sensitive   = true" in body)
        for name, body in zip(blocks[::2], blocks[1::2], strict=True)
    ]
