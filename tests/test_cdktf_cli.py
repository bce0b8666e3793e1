"""The CDKTF CLI works on the generated tree: it lists, plans, deploys and destroys the folders that Terraform does."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.offline import offline_environment
from tests.workspace import copy_of_repository, files_below

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_repository(tmp_path_factory.mktemp("cli"))


def cdktf(repository: Path, *arguments: str) -> str:
    """Run the pinned CLI in a copy of the repository; gives what it printed, without colours."""
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
    printed = _COLOURS.sub("", result.stdout)
    assert result.returncode == 0, printed
    return printed


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
        ["local", "infra/environments/local"],
    ]


def test_plans_deploys_and_destroys(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the stand-in's imitation of a cloud, from an empty folder to an empty state: both roots, in order."""
    monkeypatch.setenv("TF_PLUGIN_MIRROR", "")
    images = {name: f"registry.example/{name}:1.0.0" for name in ("lancamentos", "consolidacao")}
    monkeypatch.setenv("TF_VAR_images", json.dumps(images))
    planned = re.search(r"Plan: (\d+) to add, 0 to change, 0 to destroy", cdktf(repository, "diff", "dev"))
    assert planned
    deployed = cdktf(repository, "deploy", "dev-workloads", "dev", "--auto-approve")
    first, second = re.findall(r"Apply complete! Resources: (\d+) added, 0 changed, 0 destroyed\.", deployed)
    assert (first, int(second) > 50) == (planned[1], True)
    assert re.search(r'url = "?https://api\.dev\.flowwise\.example', deployed.rpartition("Apply complete!")[2])
    assert "No changes. Your infrastructure matches the configuration." in cdktf(repository, "diff", "dev")
    destroyed = cdktf(repository, "destroy", "dev", "dev-workloads", "--auto-approve")
    # In reverse: what runs in the cluster goes before the cluster.
    assert re.findall(r"Destroy complete! Resources: (\d+) destroyed\.", destroyed) == [second, first]
