"""Checkov finds nothing in the generated tree, and what it is told to leave out has a reason."""

import re
import shutil
from pathlib import Path

import pytest

from flowwise.tables.project import CLOUDS
from operations.policies import CHECKOV, results_of
from tests.environments.texts import apart, environment_text
from tests.trees import write_tree_of
from tests.workspace import INFRA

IN_THE_CLUSTER = {"dev": None, "prod": "aws"}
"""By tier, the cloud with whose values what runs in the cluster is looked at."""
MOST_SKIPS = 65  # may only fall
_SKIP = re.compile(r"^  # checkov:skip=(CKV2?_\w+):(.*)$", re.MULTILINE)


@pytest.mark.slow
@pytest.mark.skipif(not CHECKOV.exists(), reason="needs Checkov, which `make test` installs")
@pytest.mark.parametrize("tier", ["dev", "prod"])
def test_checkov_finds_nothing(tier: str, tmp_path: Path) -> None:
    """With an environment of the tier on each cloud: Checkov follows its values into the modules.

    It looks at what is in a module once, whoever calls it. So what runs in the cluster, where the clouds call the same
    modules, is there once, and not by six calls that take longer than all the rest.
    """
    files, infra = tmp_path / "environments", tmp_path / "infra"
    files.mkdir()
    for cloud, text in apart({cloud: environment_text(cloud, "dedicated", tier) for cloud in CLOUDS}).items():
        (files / f"{cloud}.toml").write_text(text)
    write_tree_of(files, infra)
    for cloud in CLOUDS:
        if cloud != IN_THE_CLUSTER[tier]:
            shutil.rmtree(infra / "environments" / cloud / "workloads")
    if not IN_THE_CLUSTER[tier]:
        for folder in (*infra.glob("modules/*/kubernetes"), infra / "kubernetes"):
            shutil.rmtree(folder)
    report = results_of(infra)
    failed = [
        (check["check_id"], check["resource"], check["check_name"]) for check in report["results"]["failed_checks"]
    ]
    assert failed == []
    assert report["summary"]["passed"] > 500, "Checkov saw hardly anything"


def test_skips_are_few_and_have_reasons() -> None:
    skips = [skip for path in INFRA.rglob("*.tf") for skip in _SKIP.findall(path.read_text())]
    assert len(skips) <= MOST_SKIPS
    assert all(len(reason.split()) >= 5 and reason.endswith(".") for _, reason in skips)
