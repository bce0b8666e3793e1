"""Definitions of resources that Helm does not upgrade: the lines that do, run on stand-ins of helm and kubectl."""

import dataclasses
import os
import subprocess
from pathlib import Path

import pytest

from flowwise.tables.charts import CHARTS
from operations.definitions import upgrades
from tests.operations.clients import write_clients
from tests.workspace import INFRA

APART = {name: chart for name, chart in CHARTS.items() if chart.keeps_definitions_apart}


def run(lines: str, clients: Path) -> int:
    path = f"{clients}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(["sh", "-eu"], input=lines, text=True, env={"PATH": path}, capture_output=True).returncode


def test_the_definitions_of_each_chart_are_applied_in_its_version(tmp_path: Path) -> None:
    clients = write_clients(tmp_path)
    assert run("\n".join(upgrades()), clients) == 0
    asked, applied = ((tmp_path / f"{name}.log").read_text().splitlines() for name in ("helm", "kubectl"))
    assert asked == [f"show crds {chart.repository}/{chart.name} --version {chart.version}" for chart in APART.values()]
    assert applied == ["apply --server-side --force-conflicts --filename -"] * len(APART)


def test_a_chart_may_be_of_an_ordinary_repository() -> None:
    chart = dataclasses.replace(CHARTS["keda"], keeps_definitions_apart=True)
    (line,) = upgrades({"keda": chart})
    assert line.startswith(f"helm show crds keda --repo {chart.repository} --version {chart.version} | kubectl apply ")


@pytest.mark.parametrize("failing", ["helm", "kubectl"])
def test_it_stops_where_one_fails(tmp_path: Path, failing: str) -> None:
    clients = write_clients(tmp_path)
    (clients / failing).write_text("#!/bin/sh\nexit 1\n")
    assert run("\n".join([*upgrades(), f"touch {tmp_path}/done"]), clients) != 0
    assert not (tmp_path / "done").exists()


def test_nothing_is_left_to_be_typed_as_a_comment_says() -> None:
    """What a person has to do stands where it is run: in the runbook."""
    assert [file for file in INFRA.rglob("*.tf") if "kubectl apply" in file.read_text()] == []
