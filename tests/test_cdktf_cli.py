"""The CDKTF CLI works on the generated tree: it lists, plans, deploys and destroys the folders that Terraform does."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from flowwise.accounts import ACCOUNTS
from tests.offline import offline_environment
from tests.workspace import copy_of_repository, files_below, use_local_state, without_colours


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_repository(tmp_path_factory.mktemp("cli"))


def cdktf(repository: Path, *arguments: str) -> str:
    """Have the pinned CLI do something in a copy of the repository; gives what it printed, without colours."""
    result = run_cdktf(repository, *arguments)
    assert result.returncode == 0, result.stdout
    return result.stdout


def run_cdktf(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | offline_environment() | {"CI": "1", "PYTHONPATH": str(repository / "constructs")}
    result = subprocess.run(
        [repository / "node_modules/.bin/cdktf", *arguments],
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
    monkeypatch.setenv("TF_PLUGIN_MIRROR", "")
    monkeypatch.setenv("TF_VAR_subscription_id", ACCOUNTS["azure"].example)
    repository = copy_of_repository(tmp_path)
    for name in ("dev", "qa", "homologacao", "local"):
        (repository / "environments" / f"{name}.toml").unlink()
    production = repository / "environments" / "prod.toml"
    production.write_text(production.read_text().replace('after               = "homologacao"\n', ""))
    use_local_state(repository / "infra")
    everything = run_cdktf(repository, "deploy", "*", "--auto-approve")
    assert everything.returncode != 0
    assert "Apply complete" not in everything.stdout
    roots = [repository / "infra" / "environments" / "prod" / root for root in (".", "workloads")]
    assert not [root for root in roots if (root / "terraform.tfstate").exists()]
    assert "This is production: nothing is planned unless" in run_cdktf(repository, "diff", "prod").stdout
    monkeypatch.setenv("TF_VAR_confirm_environment", "prod")
    assert re.search(r"Plan: \d+ to add, 0 to change, 0 to destroy", cdktf(repository, "diff", "prod"))


def test_plans_deploys_and_destroys(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the stand-in's imitation of a cloud, from an empty folder to an empty state: both roots, in order."""
    monkeypatch.setenv("TF_PLUGIN_MIRROR", "")
    monkeypatch.setenv("TF_VAR_subscription_id", ACCOUNTS["azure"].example)
    use_local_state(repository / "infra")
    images = {name: f"registry.example/{name}:1.0.0" for name in ("lancamentos", "consolidacao")}
    monkeypatch.setenv("TF_VAR_images", json.dumps(images))
    planned = re.search(r"Plan: (\d+) to add, 0 to change, 0 to destroy", cdktf(repository, "diff", "dev"))
    assert planned
    deployed = cdktf(repository, "deploy", "dev-workloads", "dev", "--auto-approve")
    first, second = re.findall(r"Apply complete! Resources: (\d+) added, 0 changed, 0 destroyed\.", deployed)
    assert (first, int(second) > 50) == (planned[1], True)
    assert re.search(r'url = "?https://api\.dev\.flowwise\.example', deployed.rpartition("Apply complete!")[2])
    assert "No changes. Your infrastructure matches the configuration." in cdktf(repository, "diff", "dev")
    # Terraform by itself, in the same folder and on the same state, finds nothing to do either.
    for root in ("dev", "dev/workloads"):
        folder = repository / "infra" / "environments" / root
        command = ["terraform", f"-chdir={folder}", "plan", "-input=false", "-detailed-exitcode"]
        result = subprocess.run(command, env=os.environ | offline_environment(), capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
    destroyed = cdktf(repository, "destroy", "dev", "dev-workloads", "--auto-approve")
    # In reverse: what runs in the cluster goes before the cluster.
    assert re.findall(r"Destroy complete! Resources: (\d+) destroyed\.", destroyed) == [second, first]
