"""What has to flow in a cluster flows, and nothing else: the table of flows against the policies that are planned.

A connection passes if the one side's policies let it out and the other side's let it in, so each side is held by
itself: every pod with every other pod, with pods of nobody's and with addresses outside, on every port that is used.
"""

import copy
import functools
import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from environments import Environment, load_environments
from environments.new_environment import FOLDER
from environments.shared import SHARED_FILE
from stacks.flows import flows_of
from tests.environments.texts import (
    apart,
    environment_text,
    with_calls,
    with_managed_broker,
    with_monitors,
    with_proof_in_dns,
    with_storage,
    with_worker_and_job,
)
from tests.kubernetes.flows.contract import DIRECTIONS, Cluster
from tests.kubernetes.flows.ends import labels_of_namespaces, pods_of
from tests.kubernetes.flows.network import Direction, Json, Network, Policy, policies_in
from tests.kubernetes.objects import KubernetesObject
from tests.kubernetes.plans import native_objects_of
from tests.trees import write_tree_of
from tests.workspace import copy_of_infra

pytestmark = pytest.mark.terraform


def bare(text: str) -> str:
    """An environment whose one microservice uses nothing and answers nobody."""
    for table in ("postgres", "redis", "rabbitmq", "services.consolidacao", "gateway"):
        text, removed = re.subn(rf"^\[{re.escape(table)}\].*\n(?:\S.*\n)+\n", "", text, flags=re.MULTILINE)
        assert removed == 1, table
    text = re.sub(r"^uses +=.*$", "uses = []", text, flags=re.MULTILINE)
    return re.sub(r"^(paths|publishes) +=.*\n", "", text, flags=re.MULTILINE)


MOVED = {
    "onaws": with_worker_and_job(with_calls(environment_text("aws", "shared", "prod"))),
    "onazure": with_storage(environment_text("azure", "dedicated", "dev")),
    "ongoogle": with_proof_in_dns(with_storage(environment_text("google", "dedicated", "dev"))),
    "managed": with_monitors(with_managed_broker(environment_text("aws", "shared", "dev"))),
    "bare": bare(environment_text("google", "shared", "dev")),
}
"""Environments on each cloud, besides the repository's; tests/infra/test_clouds.py leaves workloads of these to us."""

COMMITTED = sorted(file.stem for file in FOLDER.glob("*.toml") if file.name != SHARED_FILE)


@pytest.fixture(scope="module")
def deployments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Environment, Path]]:
    """The environments, and the folders of their workloads: in two trees, as shared.toml is in one of them."""
    moved = tmp_path_factory.mktemp("environments")
    for name, text in apart(MOVED).items():
        (moved / f"{name}.toml").write_text(text)
    found = {}
    for files in (FOLDER, moved):
        infra = copy_of_infra(tmp_path_factory.mktemp("flows"))
        write_tree_of(files, infra)
        for environment in load_environments(files):
            root = infra / "environments" / environment.name / ("workloads" if environment.in_cloud else "")
            found[environment.name] = (environment, root)
    return found


@pytest.fixture(scope="module", params=[*COMMITTED, *MOVED])
def cluster(request: pytest.FixtureRequest, deployments: dict[str, tuple[Environment, Path]]) -> Cluster:
    environment, root = deployments[request.param]
    return cluster_of(environment, native_objects_of(root))


def cluster_of(environment: Environment, objects: list[KubernetesObject]) -> Cluster:
    wanted = flows_of(environment)
    pods = pods_of(wanted, planned_pods(objects))
    policies = policies_in((found.address, found.manifest) for found in objects)
    namespaces = labels_of_namespaces({found.name for found in objects if found.kind == "Namespace"})
    return Cluster(environment, wanted, pods, Network(policies, namespaces))


def planned_pods(objects: list[KubernetesObject]) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """The labels of the pods of our own Deployments, Jobs and CronJobs, by namespace and name, without a revision."""
    makers = {"Deployment": (), "Job": (), "CronJob": ("jobTemplate", "spec")}
    labels = {}
    for found in objects:
        if found.kind in makers:
            spec = functools.reduce(operator.getitem, makers[found.kind], found.spec)
            name = re.sub(r"-\d+-[0-9a-f]{8}$", "", found.name)
            labels[found.namespace, name] = spec["template"]["metadata"]["labels"]
    return labels


def test_flows_pass_and_nothing_else_does(cluster: Cluster) -> None:
    assert "\n".join(cluster.faults()) == ""
    assert len(cluster.wanted) >= 60 or cluster.environment.name == "bare"
    assert len(cluster.sides) * 10 < cluster.looked_at, "hardly anything is looked at that must not pass"


@pytest.mark.parametrize("cluster", ["dev", "local", "onaws", "ongoogle", "managed", "bare"], indirect=True)
def test_every_rule_is_needed_and_as_narrow_as_can_be(cluster: Cluster) -> None:
    """Each rule taken away, and each that lets through too much: the contract sees every one of them."""
    unseen = []
    for policy in cluster.network.policies:
        for direction in DIRECTIONS:
            pods = [pod for pod in cluster.pods.values() if policy.selects(pod, direction)]
            for what, changed in changes(policy, direction):
                if not any(cluster.faults(with_policy(cluster.network, changed), pods, [direction])):
                    unseen.append(f"{policy.address}: {direction} {what}")
    assert unseen == []


def changes(policy: Policy, direction: Direction) -> Iterator[tuple[str, Policy]]:
    """The policy without a rule, without one of the peers of a rule, and with a rule for everybody or every port."""
    key, end = direction.lower(), "to" if direction == "Egress" else "from"
    for number, rule in enumerate(policy.rules(direction)):
        peers = rule.get(end) or []
        changed: list[tuple[str, Json]] = [("removed", None)]
        if len(peers) > 1:
            changed += [
                (f"without peer {peer}", {**rule, end: peers[:peer] + peers[peer + 1 :]}) for peer in range(len(peers))
            ]
        if peers:
            changed.append(("for everybody", {name: value for name, value in rule.items() if name != end}))
        if rule.get("ports"):
            changed.append(("on every port", {name: value for name, value in rule.items() if name != "ports"}))
        for what, new in changed:
            manifest = copy.deepcopy(policy.manifest)
            manifest["spec"][key][number : number + 1] = [] if new is None else [new]
            yield f"rule {number} {what}", replace(policy, manifest=manifest)


def with_policy(network: Network, changed: Policy) -> Network:
    policies = [changed if policy.address == changed.address else policy for policy in network.policies]
    return replace(network, policies=policies)
