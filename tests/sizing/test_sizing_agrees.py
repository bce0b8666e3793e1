"""What is counted of an environment's pods is what is deployed of them: its workloads, planned with mocks."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from environments import Environment, load_environments
from flowwise.pods.requests import NOT_SAID
from sizing.pods import Pod, Where, pods_of
from sizing.room import Room
from tests.environments.texts import environment_text, with_monitors, with_worker_and_job
from tests.offline.mocked_apply import planned_resources
from tests.trees import write_tree_of
from tests.workspace import REPOSITORY, copy_of_infra

pytestmark = pytest.mark.terraform

PASSING = {"startupapicheck", "certgen"}
"""Values of jobs, which are not counted."""
COPIES = {
    *("replicas", "replicaCount", "instances"),
    *("minReplicas", "maxReplicas", "minReplicaCount", "maxReplicaCount", "min_replicas", "max_replicas"),
}
NAMES = ("dev", "prod", "local", "onaws")
"""Of the clouds and tiers whose pods differ."""


@dataclass(frozen=True)
class Asked:
    """What one container is to have, and where it may run."""

    namespace: str
    room: Room
    where: Where


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's environments, and a highly available one on AWS."""
    folder = tmp_path_factory.mktemp("environments")
    for file in (REPOSITORY / "environments").glob("*.toml"):
        shutil.copy(file, folder)
    text = with_worker_and_job(with_monitors(environment_text("aws", "shared", "prod")))
    (folder / "onaws.toml").write_text(text.replace("10.10.", "10.50.").replace("api.dev.", "api.onaws."))
    return folder


@pytest.fixture(scope="module")
def infra(tmp_path_factory: pytest.TempPathFactory, files: Path) -> Path:
    infra = copy_of_infra(tmp_path_factory.mktemp("sizing"))
    write_tree_of(files, infra)
    return infra


@pytest.fixture(scope="module", params=NAMES)
def deployed(request: pytest.FixtureRequest, infra: Path, files: Path) -> tuple[Environment, list[dict[str, Any]]]:
    """An environment, and the resources of its workloads."""
    (environment,) = [each for each in load_environments(files) if each.name == request.param]
    root = infra / "environments" / environment.name / ("workloads" if environment.in_cloud else "")
    return environment, planned_resources(root)


def test_every_request_is_counted_and_no_other(deployed: tuple[Environment, list[dict[str, Any]]]) -> None:
    environment, resources = deployed
    assert Counter(asked_for(resources)) == Counter(map(counted, pods_of(environment)))


def test_there_are_as_many_copies(deployed: tuple[Environment, list[dict[str, Any]]]) -> None:
    environment, resources = deployed
    planned = {(namespace, copies) for namespace, copies in copies_of(resources) if copies > 1}
    assert planned == {
        (pod.service, copies) for pod in pods_of(environment) for copies in (pod.low, pod.high) if copies > 1
    }


def counted(pod: Pod) -> Asked:
    """Without Envoy's second container, of which only Envoy Gateway says what it asks for."""
    second = not_said("envoy-shutdown-manager") if pod.name == "envoy" else Room()
    return Asked(pod.service, pod.asks - second, pod.where)


def not_said(name: str) -> Room:
    return Room.of(NOT_SAID[name].cpu, NOT_SAID[name].memory)


def asked_for(resources: list[dict[str, Any]]) -> Iterator[Asked]:
    for resource in resources:
        values = resource["values"]
        if resource["type"] == "helm_release":
            for text in values["values"]:
                yield from _asked_in(yaml.safe_load(text), values["namespace"], Where.OPEN)
            if values["name"] == "envoy-gateway":
                pod = yaml.safe_load(values["values"][0])["deployment"]["pod"]
                yield Asked(values["namespace"], not_said("envoy-gateway"), _tolerated(pod, Where.OPEN))
        elif resource["type"] in ("kubernetes_deployment_v1", "kubernetes_cron_job_v1"):
            spec = values["spec"][0]
            if resource["type"] == "kubernetes_cron_job_v1":
                spec = spec["job_template"][0]["spec"][0]
            pod = spec["template"][0]["spec"][0]
            for container in pod["container"]:
                requests = container["resources"][0]["requests"]
                room = Room.of(requests["cpu"], requests["memory"])
                yield Asked(values["metadata"][0]["namespace"], room, _tolerated(pod, Where.OPEN))


def _asked_in(values: Any, namespace: str, where: Where) -> Iterator[Asked]:
    """By whoever stands in a chart's values, with the tolerations that stand beside or above."""
    if isinstance(values, list):
        for each in values:
            yield from _asked_in(each, namespace, where)
    elif isinstance(values, dict):
        where = _tolerated(values.get("pod", {}), _tolerated(values.get("global", {}), _tolerated(values, where)))
        requests = values.get("requests")
        if isinstance(requests, dict) and requests.keys() == {"cpu", "memory"}:
            yield Asked(namespace, Room.of(requests["cpu"], requests["memory"]), where)
        for name, each in values.items():
            if name not in PASSING:
                yield from _asked_in(each, namespace, where)


def _tolerated(values: Any, otherwise: Where) -> Where:
    match values.get("tolerations") or values.get("toleration") if isinstance(values, dict) else None:
        case [{"key": "CriticalAddonsOnly"}]:
            return Where.ANYWHERE
        case [{"operator": "Exists"}]:
            return Where.EACH
    return otherwise


def copies_of(resources: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    for resource in resources:
        values = resource["values"]
        if resource["type"] == "helm_release":
            for text in values["values"]:
                yield from ((values["namespace"], copies) for copies in _copies_in(yaml.safe_load(text)))
        elif resource["type"].startswith("kubernetes_") and values.get("spec"):
            namespace = values["metadata"][0]["namespace"]
            yield from ((namespace, copies) for copies in _copies_in(values["spec"]))


def _copies_in(values: Any) -> Iterator[int]:
    if isinstance(values, list):
        for each in values:
            yield from _copies_in(each)
    elif isinstance(values, dict):
        for name, each in values.items():
            if name in COPIES and each is not None:
                yield int(each)
            else:
                yield from _copies_in(each)
