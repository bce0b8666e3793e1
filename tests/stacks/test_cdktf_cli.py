"""The CDKTF CLI works on the generated tree: it lists, plans, deploys and destroys the folders that Terraform does.

It runs Terraform in a pseudo-terminal, and now and then loses the last lines of it. So what came of a command is asked
of Terraform and its state, and of the CLI's own words what is not at their end. It synthesises before each of them;
where that was seen, and the tree has not changed since, it is told to skip it.
"""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from flowwise.authoring.common_variables import OPERATORS_EXAMPLE
from flowwise.tables.accounts import ACCOUNTS
from tests.e2e.resource_types import count_in_state
from tests.offline import attached_environment, offline_environment, try_terraform
from tests.trees import write_tree_of
from tests.workspace import copy_of_repository, files_below, path_to_unfit_node, use_local_state, without_colours

pytestmark = pytest.mark.terraform


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_repository(tmp_path_factory.mktemp("cli"))


@pytest.fixture(autouse=True)
def _unfit_node(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", path_to_unfit_node(tmp_path_factory.mktemp("unfit")))


def cdktf(repository: Path, *arguments: str) -> str:
    """Have the pinned CLI do something in a copy of the repository; gives what it printed, without colours."""
    result = run_cdktf(repository, *arguments)
    assert result.returncode == 0, result.stdout
    return result.stdout


def run_cdktf(
    repository: Path, *arguments: str, offline: Callable[[], dict[str, str]] = attached_environment
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | offline() | {"CI": "1", "PYTHONPATH": str(repository / "constructs")}
    result = subprocess.run(
        [repository / ".venv/bin/cdktf", *arguments],
        cwd=repository,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return subprocess.CompletedProcess(result.args, result.returncode, without_colours(result.stdout))


def test_synth_writes_the_same_bytes(repository: Path) -> None:
    before = files_below(repository / "infra")
    (repository / "infra/manifest.json").unlink()
    (repository / "infra/environments/dev/main.tf").write_text("spoilt\n")
    assert "infra/: 2 files written, 0 removed" in cdktf(repository, "synth")
    assert files_below(repository / "infra") == before


def test_lists_environments_and_nothing_else(repository: Path) -> None:
    listed = cdktf(repository, "list").split("Path\n")[-1]
    stacks = [line.split() for line in listed.splitlines() if line.strip()]
    assert stacks == [
        ["dev", "infra/environments/dev"],
        ["dev-workloads", "infra/environments/dev/workloads"],
        ["homologacao", "infra/environments/homologacao"],
        ["homologacao-workloads", "infra/environments/homologacao/workloads"],
        ["local", "infra/environments/local"],
        ["prod", "infra/environments/prod"],
        ["prod-workloads", "infra/environments/prod/workloads"],
        ["qa", "infra/environments/qa"],
        ["qa-workloads", "infra/environments/qa/workloads"],
    ]


def test_everything_at_once_does_not_take_production_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_subscription_id", ACCOUNTS["azure"].example)
    monkeypatch.setenv("TF_VAR_operator_cidrs", json.dumps(OPERATORS_EXAMPLE))
    repository = copy_of_repository(tmp_path)
    for name in ("dev", "qa", "homologacao", "local"):
        (repository / "environments" / f"{name}.toml").unlink()
    production = repository / "environments" / "prod.toml"
    production.write_text(production.read_text().replace('after               = "homologacao"\n', ""))
    write_tree_of(repository / "environments", repository / "infra")
    use_local_state(repository / "infra")
    everything = run_cdktf(repository, "deploy", "*", "--auto-approve", "--skip-synth")
    assert everything.returncode != 0
    assert "Apply complete" not in everything.stdout
    roots = [repository / "infra" / "environments" / "prod" / root for root in (".", "workloads")]
    assert not [root for root in roots if (root / "terraform.tfstate").exists()]
    assert run_cdktf(repository, "diff", "prod", "--skip-synth").returncode != 0
    assert "This is production: nothing is planned unless" in terraform_plan(roots[0]).stderr
    monkeypatch.setenv("TF_VAR_confirm_environment", "prod")
    # As on a machine where nothing runs yet: Terraform installs the providers, and starts them.
    started = run_cdktf(repository, "diff", "prod", "--skip-synth", offline=offline_environment)
    assert started.returncode == 0, started.stdout
    assert "azurerm_kubernetes_cluster.this will be created" in started.stdout
    assert (roots[0] / ".terraform.lock.hcl").exists()


def test_plans_deploys_and_destroys(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the stand-in's imitation of a cloud, from an empty folder to an empty state: both roots, in order."""
    monkeypatch.setenv("TF_VAR_subscription_id", ACCOUNTS["azure"].example)
    monkeypatch.setenv("TF_VAR_operator_cidrs", json.dumps(OPERATORS_EXAMPLE))
    use_local_state(repository / "infra")
    images = {name: f"registry.example/{name}:1.0.0" for name in ("lancamentos", "consolidacao")}
    monkeypatch.setenv("TF_VAR_images", json.dumps(images))
    roots = [repository / "infra" / "environments" / "dev" / root for root in (".", "workloads")]
    deployed = cdktf(repository, "deploy", "dev-workloads", "dev", "--auto-approve")
    assert deployed.index("module.platform.") < deployed.index("module.workloads.")
    # Terraform by itself, in the same folder and on the same state, finds nothing to do.
    assert [terraform_plan(root).returncode for root in roots] == [0, 0]
    platform, workloads = [(root / "terraform.tfstate").read_bytes() for root in roots]
    assert count_in_state(platform) > 100
    assert count_in_state(workloads) > 50
    assert "https://api.dev.flowwise.example" in [one["value"] for one in json.loads(workloads)["outputs"].values()]
    destroyed = cdktf(repository, "destroy", "dev", "dev-workloads", "--auto-approve", "--skip-synth")
    # In reverse: what runs in the cluster goes before the cluster.
    begun = re.findall(r"module\.(platform|workloads)\.\S+: Destroying\.\.\.", destroyed)
    assert begun == sorted(begun, reverse=True)
    assert set(begun) == {"platform", "workloads"}
    assert [count_in_state((root / "terraform.tfstate").read_bytes()) for root in roots] == [0, 0]


def terraform_plan(root: Path) -> subprocess.CompletedProcess[str]:
    """Stock Terraform, in a folder that the CLI has initialised: 0 if there is nothing to do, 1 if it fails."""
    return try_terraform(root, "plan", "-input=false", "-detailed-exitcode")
