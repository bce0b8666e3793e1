"""GKE: which version its pools are told to have, and how many nodes they begin with."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flowwise.authoring.declarations import examples
from flowwise.k8s_cluster import NodePool, SystemPool
from flowwise.k8s_cluster.google import GoogleK8sCluster
from synthesis.schemas.binding_schema import Block
from synthesis.schemas.provider_schema import provider_schema
from tests.kubernetes.plans import apply
from tests.offline import terraform
from tests.offline.mocked_apply import copy_of, generated_test, mocked_apply
from tests.workspace import REPOSITORY

pytestmark = pytest.mark.terraform


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module as a root of its own, which is applied, with a second version of Kubernetes to go to."""
    module = GoogleK8sCluster
    folder = copy_of(tmp_path_factory.mktemp("infra"), module.path) / module.path
    variables = folder / "variables.tf"
    variables.write_text(variables.read_text().replace('contains(["1.35"]', 'contains(["1.35", "1.36"]'))
    apply(folder, examples(module.contract.inputs, module.examples))
    return folder


def gke_says(folder: Path, versions: Mapping[str, str]) -> None:
    """Have the state say what GKE answers: whole versions, and the cluster's list of its pools."""
    file = folder / "terraform.tfstate"
    state = json.loads(file.read_text())
    schemas = provider_schema("google", REPOSITORY / ".cache" / "schemas").resource_schemas
    pool = _nothing(schemas["google_container_cluster"]["block"]["block_types"]["node_pool"]["block"])
    for resource in state["resources"]:
        for instance in resource["instances"]:
            attributes = instance["attributes"]
            if resource["type"] == "google_container_node_pool":
                attributes["version"] = versions[attributes["name"]]
            elif resource["type"] == "google_container_cluster":
                attributes["node_pool"] = [pool | {"name": name, "version": each} for name, each in versions.items()]
    file.write_text(json.dumps(state))


def _nothing(block: Block) -> dict[str, Any]:
    return {
        **dict.fromkeys(block.get("attributes", {})),
        **{
            name: None if nested["nesting_mode"] == "single" else []
            for name, nested in block.get("block_types", {}).items()
        },
    }


@pytest.mark.parametrize(
    ("wanted", "there", "told"),
    [
        ("1.35", {"system": "1.35.3-gke.100", "general": "1.35.3-gke.100"}, {}),
        # Patched one after the other.
        ("1.35", {"system": "1.35.9-gke.7", "general": "1.35.3-gke.100"}, {}),
        # Support has ended, and GKE went on by itself.
        ("1.35", {"system": "1.36.1-gke.1", "general": "1.35.9-gke.7"}, {}),
        ("1.36", {"system": "1.35.3-gke.100", "general": "1.35.9-gke.7"}, {"system": "1.36", "general": "1.36"}),
        # What was interrupted goes on.
        ("1.36", {"system": "1.36.1-gke.1", "general": "1.35.9-gke.7"}, {"general": "1.36"}),
    ],
)
def test_pools_follow_an_upgrade_and_nothing_else(
    cluster: Path, wanted: str, there: Mapping[str, str], told: Mapping[str, str]
) -> None:
    gke_says(cluster, there)
    terraform(cluster, "plan", "-input=false", f"-var=kubernetes_version={wanted}", "-out=later.tfplan")
    plan = json.loads(terraform(cluster, "show", "-json", "later.tfplan"))
    changes = {
        each["change"]["before"]["name"]: each["change"]
        for each in plan["resource_changes"]
        if each["type"] == "google_container_node_pool" and each["change"]["actions"] != ["no-op"]
    }
    assert {name: change["after"]["version"] for name, change in changes.items()} == told
    assert all(change["actions"] == ["update"] for change in changes.values())


def test_pools_wait_for_the_control_plane(cluster: Path) -> None:
    configuration = json.loads(terraform(cluster, "show", "-json", "saved.tfplan"))["configuration"]["root_module"]
    pools = [each for each in configuration["resources"] if each["type"] == "google_container_node_pool"]
    assert len(pools) == 2
    assert all("google_container_cluster.this" in each["expressions"]["cluster"]["references"] for each in pools)


def test_the_next_minor_version_waits_for_as_long_as_this_one_is_supported(cluster: Path) -> None:
    """Whatever the version, and however late it is: a day that has passed would stop nothing, and GKE refuses it."""
    state = json.loads(terraform(cluster, "show", "-json"))
    (policy,) = _values(state)["google_container_cluster.this"]["maintenance_policy"]
    (exclusion,) = policy["maintenance_exclusion"]
    assert exclusion["exclusion_options"] == [
        {"scope": "NO_MINOR_UPGRADES", "end_time_behavior": "UNTIL_END_OF_SUPPORT"}
    ]
    assert exclusion["end_time"] is None


@pytest.mark.parametrize(
    ("opened", "endpoint", "certificate"),
    [
        ("", "https://10.20.160.2", "Y2VydGlmaWNhdGU="),
        ("  identity_endpoint = true\n", "https://gke-0123456789-123456789012.southamerica-east1.gke.goog", ""),
    ],
)
def test_who_iam_admits_comes_by_the_front_end_where_that_is_opened(
    tmp_path: Path, opened: str, endpoint: str, certificate: str
) -> None:
    """Whose certificate is a public authority's, so that the cluster's own would let nobody in."""
    folder = copy_of(tmp_path, GoogleK8sCluster.path) / GoogleK8sCluster.path
    generated = generated_test(folder)
    checks = (
        f'  assert {{\n    condition     = output.endpoint == "{endpoint}"\n    error_message = output.endpoint\n  }}\n'
        f'  assert {{\n    condition     = nonsensitive(output.ca_certificate) == "{certificate}"\n'
        '    error_message = "certificate"\n  }\n'
    )
    text = (
        generated.read_text()
        .partition('run "refuses_wrong_values')[0]
        .replace("variables {\n", f"variables {{\n{opened}")
    )
    generated.write_text(text.replace("command = apply\n", f"command = apply\n{checks}"))
    terraform(folder, "init", "-backend=false")
    terraform(folder, "test")
    made = mocked_apply(tmp_path, GoogleK8sCluster.path)["google_container_cluster", "this"]
    (front_end,) = made["control_plane_endpoints_config"][0]["dns_endpoint_config"]
    assert front_end["allow_external_traffic"] == bool(opened)


@pytest.mark.parametrize(
    ("least", "most", "zones", "each"),
    [(1, 1, 1, 1), (1, 2, 2, 1), (2, 3, 3, 1), (0, 3, 3, 0), (3, 6, 3, 1), (4, 5, 3, 1), (6, 9, 3, 2)],
)
def test_a_pool_begins_with_nodes(tmp_path: Path, least: int, most: int, zones: int, each: int) -> None:
    """GKE would leave it without any, whatever its minimum, until a pod waits that fits on no other node."""
    assert (each > 0) == (least > 0) and zones * each <= most
    module = GoogleK8sCluster
    folder = copy_of(tmp_path, module.path) / module.path
    pool = SystemPool(size="small", min_nodes=max(least, 1), max_nodes=most)
    general = NodePool(size="small", min_nodes=least, max_nodes=most)
    inputs = examples(module.contract.inputs, {**module.examples, "system_pool": pool, "node_pools": {"a": general}})
    made = [
        (len(values["node_locations"]), values["initial_node_count"])
        for address, values in _values(apply(folder, inputs)).items()
        if address.startswith("google_container_node_pool.this")
    ]
    assert made == [(zones, each)]


def _values(state: Mapping[str, Any]) -> dict[str, Any]:
    return {each["address"]: each["values"] for each in state["values"]["root_module"]["resources"]}
