"""Checkov finds nothing in the generated tree, and what it is told to leave out has a reason."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from flowwise.tables.project import CLOUDS
from operations.policies import CHECKOV, results_of
from tests.environments.texts import apart, environment_text
from tests.trees import write_tree_of
from tests.workspace import INFRA

IN_THE_CLUSTER = {"dev": None, "prod": "aws"}
"""By tier, the cloud with whose values what runs in the cluster is looked at."""
FIRST_DAY = ("bootstrap", "modules/pipeline-identity", "modules/remote-state")
"""What no tier has values for; dev's are looked at."""
START = Path(__file__).with_name("checkov_start")
MOST_SKIPS = 67  # may only fall
_SKIP = re.compile(r"^  # checkov:skip=(CKV2?_\w+):(.*)$", re.MULTILINE)


@pytest.mark.slow
@pytest.mark.skipif(not CHECKOV.exists(), reason="needs Checkov, which `make test` installs")
def test_checkov_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an environment of each tier on each cloud: Checkov follows its values into the modules.

    It looks at what is in a module once, whoever calls it, so each tier has a tree of its own. What runs in the
    cluster, where the clouds call the same modules, is there once, and not by six calls that take longer than all the
    rest.
    """
    for tier, in_the_cluster in IN_THE_CLUSTER.items():
        files, infra = tmp_path / f"environments-{tier}", tmp_path / "infra" / tier
        files.mkdir()
        for cloud, text in apart({cloud: environment_text(cloud, "dedicated", tier) for cloud in CLOUDS}).items():
            (files / f"{cloud}.toml").write_text(text)
        write_tree_of(files, infra)
        for cloud in CLOUDS:
            if cloud != in_the_cluster:
                shutil.rmtree(infra / "environments" / cloud / "workloads")
        if not in_the_cluster:
            for folder in (*infra.glob("modules/*/kubernetes"), infra / "kubernetes"):
                shutil.rmtree(folder)
    for name in FIRST_DAY:
        shutil.rmtree(tmp_path / "infra" / "prod" / name)

    monkeypatch.setenv("PYTHONPATH", str(START))
    report = results_of(tmp_path / "infra")
    failed = [
        (check["check_id"], check["file_path"], check["resource"], check["check_name"])
        for check in report["results"]["failed_checks"]
    ]
    assert failed == []
    passed = Counter(check["file_path"].split("/")[1] for check in report["results"]["passed_checks"])
    assert all(passed[tier] > 500 for tier in IN_THE_CLUSTER), "Checkov saw hardly anything"


def test_skips_are_few_and_have_reasons() -> None:
    skips = [skip for path in INFRA.rglob("*.tf") for skip in _SKIP.findall(path.read_text())]
    assert len(skips) <= MOST_SKIPS
    assert all(len(reason.split()) >= 5 and reason.endswith(".") for _, reason in skips)
