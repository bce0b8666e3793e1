"""What the file of an environment may say, Terraform takes: every root of it passes its own generated test.

Both look at values, the model in files and modules in variables and conditions: what the one lets through and the other
refuses is told to a person in words of a variable that the file does not have, or after an hour.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.environments.any_environment import ENVIRONMENT_NAMES, as_toml, documents
from tests.offline import terraform
from tests.offline.mocked_apply import only_plan
from tests.trees import write_tree_of

# A few for each run, others each time; to look for the shortest of those that fail would take minutes.
FEW = settings(max_examples=3, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@pytest.mark.terraform
@FEW
@given(document=documents(), name=ENVIRONMENT_NAMES)
def test_what_a_file_may_say_is_planned(
    document: dict[str, Any], name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    files = folder / "environments"
    files.mkdir()
    (files / f"{name}.toml").write_text(as_toml(document))
    write_tree_of(files, folder / "infra")
    for generated in sorted((folder / "infra" / "environments").rglob("root.tftest.hcl")):
        root = generated.parents[1]
        only_plan(root)
        terraform(root, "init", "-backend=false")
        assert "Success! 1 passed" in terraform(root, "test"), as_toml(document)
