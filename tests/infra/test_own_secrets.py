"""A secret of a microservice's own: only its pods read it, and nothing is planned before its value is given.

So it is with a vendor's key, where there is no cloud whose store could have it.
"""

import json
import re
from pathlib import Path

import pytest

from flowwise.tables.project import CLOUDS
from tests.environments.texts import apart, environment_text, in_a_cluster, with_own_secrets, with_worker_and_job
from tests.kubernetes.objects import KubernetesObject
from tests.kubernetes.plans import generated_plan, native_objects_of
from tests.offline import terraform, try_terraform
from tests.offline.mocked_apply import planned_resources
from tests.trees import write_tree_of

pytestmark = pytest.mark.terraform

VALUE = "an-example-of-a-key"
NAMES = {
    "lancamentos-partner-api-key": ("lancamentos", 2),
    "lancamentos-token": ("lancamentos", 1),
    "fechamento-bank-token": ("fechamento", 1),
}
"""The reader and the version of each."""
HOLDERS = {
    "azure": "azurerm_key_vault_secret",
    "aws": "aws_secretsmanager_secret_version",
    "google": "google_secret_manager_secret_version",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment on each cloud, and one in a cluster that is there already."""
    files, tree = tmp_path_factory.mktemp("environments"), tmp_path_factory.mktemp("tree")
    texts = {cloud: environment_text(cloud, "shared", "dev") for cloud in CLOUDS}
    watched = 'backend = "elastic"\nendpoint = "https://flowwise.example"\nkey_version = 3'
    texts["laptop"] = in_a_cluster(texts["azure"]).replace('backend = "none"', watched)
    for name, text in apart(texts).items():
        (files / f"{name}.toml").write_text(with_worker_and_job(with_own_secrets(text)))
    write_tree_of(files, tree)
    return tree / "environments"


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_store_gives_it_to_its_microservice_alone(cloud: str, tree: Path) -> None:
    made = planned_resources(tree / cloud)
    assert VALUE not in json.dumps(made)
    for name, (reader, version) in NAMES.items():
        (held,) = [each["values"] for each in made if each["type"] == HOLDERS[cloud] and each.get("index") == name]
        assert version in [value for key, value in held.items() if key.endswith("_wo_version")]
        if cloud != "aws":  # where a policy names the readers
            rights = {each["index"] for each in made if str(each.get("index")).startswith(f"{name}/")}
            assert rights == {f"{name}/{reader}"}


def variables_of(objects: list[KubernetesObject]) -> dict[str, dict[str, tuple[str, str]]]:
    """By microservice, the environment variables that are secrets: name and key of each secret."""
    found = dict[str, dict[str, tuple[str, str]]]()
    for each in objects:
        if each.kind in ("Deployment", "CronJob") and each.namespace in ("lancamentos", "consolidacao", "fechamento"):
            spec = each.spec["jobTemplate"]["spec"] if each.kind == "CronJob" else each.spec
            (container,) = spec["template"]["spec"]["containers"]
            keys = {env["name"]: env["valueFrom"]["secretKeyRef"] for env in container["env"]}
            found[each.namespace] = {name: (key["name"], key["key"]) for name, key in keys.items()}
    return found


@pytest.mark.parametrize("root", ["azure/workloads", "laptop"])
def test_pods_have_it_by_the_name_of_an_environment_variable(root: str, tree: Path) -> None:
    objects = native_objects_of(tree / root)
    variables = variables_of(objects)
    assert variables["lancamentos"]["PARTNER_API_KEY"] == ("lancamentos-partner-api-key", "password-v2")
    assert variables["lancamentos"]["TOKEN"] == ("lancamentos-token", "password-v1")
    assert variables["fechamento"]["BANK_TOKEN"] == ("fechamento-bank-token", "password-v1"), "jobs too"
    assert variables["consolidacao"].keys() & {"PARTNER_API_KEY", "TOKEN", "BANK_TOKEN"} == set()
    if root == "laptop":
        secrets = {(each.name, each.namespace) for each in objects if each.kind == "Secret"}
        assert {(name, where) for name, where in secrets if name in NAMES} == {(n, r) for n, (r, _) in NAMES.items()}
        assert ("monitoring", "observability") in secrets
        assert "password-v3" in json.dumps(generated_plan(tree / root)), "collectors wait for the vendor's key of today"


@pytest.mark.parametrize(
    ("root", "name"), [*((cloud, "lancamentos-token") for cloud in CLOUDS), ("laptop", "lancamentos-token|monitoring")]
)
def test_one_that_nobody_gives_is_not_planned(root: str, name: str, tree: Path) -> None:
    folder = tree / root
    tests = folder / "tests" / "root.tftest.hcl"
    whole = tests.read_text()
    blank, count = re.subn(rf'^( +(?:{name}) +=) "{VALUE}"$', r'\1 " "', whole, flags=re.MULTILINE)
    assert count == len(name.split("|"))
    tests.write_text(blank)
    try:
        terraform(folder, "init", "-backend=false")
        refusal = " ".join(re.sub(r"[│╷╵]", "", try_terraform(folder, "test").stderr).split())
    finally:
        tests.write_text(whole)
    for each in name.split("|"):
        assert f"secret_values must have {each}, which is not generated" in refusal
    assert "partner-api-key, which" not in refusal
