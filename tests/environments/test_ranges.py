"""Addresses of pods and services: where they are the network's, each environment has its own."""

import re
from pathlib import Path

import pytest

from environments import EnvironmentFileErrors, load_environment, load_environments
from flowwise.tables.existing_ids import CLUSTERS
from tests.environments.texts import apart, environment_text, with_existing, with_existing_cluster


def without_ranges(text: str) -> str:
    return re.sub(r"(?m)^(pod_cidr|service_cidr) = .*\n", "", text)


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(
    ("network", "pods", "services"),
    [
        ("10.10.0.0/16", "10.11.0.0/16", "10.12.0.0/16"),
        ("10.10.64.0/20", "10.11.0.0/16", "10.12.0.0/16"),
        ("172.20.0.0/16", "172.21.0.0/16", "172.22.0.0/16"),
    ],
)
def test_on_google_cloud_pods_and_services_are_beside_their_network(
    tmp_path: Path, network: str, pods: str, services: str
) -> None:
    content = without_ranges(environment_text("google", "shared", "dev")).replace('"10.10.0.0/16"', f'"{network}"')
    cluster = load_environment(written(tmp_path, "dev.toml", content)).cluster
    assert (str(cluster.pod_cidr), str(cluster.service_cidr)) == (pods, services)


def test_a_network_beside_which_there_is_nothing_wants_to_be_told(tmp_path: Path) -> None:
    content = without_ranges(environment_text("google", "shared", "dev")).replace("10.10.0.0/16", "10.255.0.0/16")
    with pytest.raises(EnvironmentFileErrors) as errors:
        load_environment(written(tmp_path, "dev.toml", content))
    assert [(fault.key, fault.found) for fault in errors.value.faults] == [
        ("cluster.pod_cidr", '"11.0.0.0/16", the default'),
        ("cluster.service_cidr", '"11.1.0.0/16", the default'),
    ]


def in_a_cluster_that_is_there(cloud: str, pods: str, services: str) -> str:
    text = with_existing_cluster(environment_text(cloud, "shared", "dev"), cloud)
    return text.replace('"10.244.0.0/16"', f'"{pods}"').replace('"10.245.0.0/16"', f'"{services}"')


@pytest.mark.parametrize(
    ("cloud", "pods", "services"),
    [
        ("google", "10.4.0.0/14", "34.118.224.0/20"),  # GKE's own defaults
        ("google", "100.64.0.0/10", "10.8.0.0/24"),
        ("google", "10.4.0.0/24", "10.8.0.0/28"),  # too small for nodes with 110 pods each, and a fact
        ("azure", "10.244.0.0/16", "10.0.0.0/16"),  # AKS'
        ("aws", "10.244.0.0/16", "172.31.0.0/24"),
    ],
)
def test_ranges_of_a_cluster_that_is_there_are_facts(tmp_path: Path, cloud: str, pods: str, services: str) -> None:
    text = in_a_cluster_that_is_there(cloud, pods, services)
    cluster = load_environment(written(tmp_path, "dev.toml", text)).cluster
    assert (str(cluster.pod_cidr), str(cluster.service_cidr)) == (pods, services)


@pytest.mark.parametrize(
    ("cloud", "pods", "services", "key", "allowed"),
    [
        ("google", "10.20.0.0/14", "34.118.224.0/20", "pod_cidr", "does not overlap network.cidr, which is 10.20.0.0"),
        ("google", "10.4.0.0/14", "10.7.0.0/20", "service_cidr", "does not overlap cluster.pod_cidr, which is 10.4.0."),
        ("google", "34.118.224.0/20", "10.8.0.0/20", "pod_cidr", "the range that the cluster has, written with its"),
        ("google", "10.4.0.1/14", "10.8.0.0/20", "pod_cidr", "the range that the cluster has, written with its first"),
        ("google", "10.4.0.0/14", "34.118.0.0/16", "service_cidr", "or 34.118.224.0/20, which is Google's"),
        ("google", "10.4.0.0/14", "10.8.0.0/29", "service_cidr", "with a prefix of /8 to /28; or 34.118.224.0/20"),
        ("azure", "10.244.0.0/16", "34.118.224.0/20", "service_cidr", "100.64.0.0/10, with a prefix of /8 to /28"),
    ],
)
def test_ranges_that_no_such_cluster_has_or_that_overlap_are_refused(
    tmp_path: Path, cloud: str, pods: str, services: str, key: str, allowed: str
) -> None:
    with pytest.raises(EnvironmentFileErrors) as errors:
        load_environment(written(tmp_path, "dev.toml", in_a_cluster_that_is_there(cloud, pods, services)))
    (fault,) = errors.value.faults
    assert (fault.key, allowed in fault.allowed) == (f"cluster.{key}", True), fault


def test_ranges_of_gke_s_own_are_refused_of_a_cluster_that_is_made(tmp_path: Path) -> None:
    text = text_of("google", "10.20.0.0/16", pod_cidr="10.4.0.0/14", service_cidr="34.118.224.0/20")
    with pytest.raises(EnvironmentFileErrors) as errors:
        load_environment(written(tmp_path, "dev.toml", text))
    assert [fault.key for fault in errors.value.faults] == ["cluster.pod_cidr", "cluster.service_cidr"]


def test_two_clusters_have_google_s_own_range_of_services_and_no_range_of_pods_together(tmp_path: Path) -> None:
    def load(pods: str) -> list[Fault]:
        texts = {}
        for number, (name, own) in enumerate({"a": "10.4.0.0/14", "z": pods}.items()):
            text = in_a_cluster_that_is_there("google", own, "34.118.224.0/20")
            apart = {"clusters/flow": f"clusters/{name}", "10.20.0.0/16": f"10.{20 + number}.0.0/16"}
            for old, new in apart.items():
                text = text.replace(old, new)
            texts[name] = text
        return [fault[:3] for fault in faults_of(tmp_path, **texts)]

    assert load("10.12.0.0/14") == []
    assert load("10.6.0.0/16") == [("z.toml", "cluster.pod_cidr", '"10.6.0.0/16"')]


Fault = tuple[str, str, str, str]


def text_of(cloud: str, network: str, **ranges: str) -> str:
    """An environment on a cloud, with this network and these other ranges, which are by their keys."""
    said = "".join(f'{key} = "{cidr}"\n' for key, cidr in ranges.items())
    text = without_ranges(environment_text(cloud, "shared", "dev")).replace("10.10.0.0/16", network)
    return text.replace("[cluster]\n", f"[cluster]\n{said}")


def faults_of(folder: Path, **texts: str) -> list[Fault]:
    """File, key, what was found and what is allowed. Each environment has a host of its own."""
    for name, text in texts.items():
        written(folder, f"{name}.toml", text.replace("api.dev.", f"api.{name}."))
    try:
        load_environments(folder)
    except EnvironmentFileErrors as errors:
        return [(fault.file.name, fault.key, fault.found, fault.allowed) for fault in errors.faults]
    return []


def test_pods_and_services_of_google_cloud_have_no_other_environment_s_range(tmp_path: Path) -> None:
    def load(cloud: str, **ranges: str) -> list[Fault]:
        first, second = text_of(cloud, "10.10.0.0/16"), text_of(cloud, "10.20.0.0/16", **ranges)
        return faults_of(tmp_path, a=first, b=second)

    assert load("google") == []
    assert load("google", pod_cidr="10.12.0.0/18") == [
        (
            "b.toml",
            "cluster.pod_cidr",
            '"10.12.0.0/18"',
            "a range that does not overlap cluster.service_cidr of a, which is 10.12.0.0/16: the two could never be "
            "joined",
        )
    ]
    assert [fault[1] for fault in load("google", service_cidr="10.10.0.0/20")] == ["cluster.service_cidr"]
    # Pods are in an overlay there, and services in the cluster alone.
    assert load("azure", pod_cidr="10.12.0.0/18") == load("aws", service_cidr="10.10.0.0/20") == []


@pytest.mark.parametrize("cloud", ["azure", "aws", "google"])
@pytest.mark.parametrize("second", ["10.10.0.0/16", "10.10.32.0/20"], ids=["the same", "a part"])
def test_no_network_is_another_environment_s(tmp_path: Path, cloud: str, second: str) -> None:
    texts = {"z": text_of("azure", "10.10.0.0/16"), "a": text_of(cloud, second), "m": text_of("aws", "10.60.0.0/16")}
    assert faults_of(tmp_path, **texts) == [
        (
            "z.toml",
            "network.cidr",
            '"10.10.0.0/16"',
            f"a range that does not overlap network.cidr of a, which is {second}: the two could never be joined",
        )
    ]


def test_no_host_is_another_environment_s(tmp_path: Path) -> None:
    for name, network in {"z": "10.10.0.0/16", "a": "10.20.0.0/16", "m": "10.30.0.0/16"}.items():
        written(tmp_path, f"{name}.toml", text_of("azure", network))
    with pytest.raises(EnvironmentFileErrors) as errors:
        load_environments(tmp_path)
    assert [(fault.file.name, fault.key, fault.allowed) for fault in errors.value.faults] == [
        (f"{name}.toml", "gateway.host", 'a host name of its own: "api.dev.flowwise.example" leads to a')
        for name in ("m", "z")
    ]


@pytest.mark.parametrize(("cloud", "faulty"), [("google", ["z.toml"]), ("aws", [])])
def test_no_key_is_another_environment_s_where_services_use_it_by_accounts_of_the_project(
    tmp_path: Path, cloud: str, faulty: list[str]
) -> None:
    texts = {"a": environment_text(cloud, "shared", "dev"), "z": environment_text(cloud, "shared", "dev")}
    for name, text in apart(texts).items():
        written(tmp_path, f"{name}.toml", with_existing(without_ranges(text), cloud))
    try:
        load_environments(tmp_path)
        faults = []
    except EnvironmentFileErrors as errors:
        faults = errors.faults
    assert [fault.file.name for fault in faults if fault.key == "existing.encryption_key"] == faulty
    assert len(faults) == len(faulty)


@pytest.mark.parametrize(
    ("cloud", "called", "also_called"),
    [
        ("azure", "aks-flowwise", "aks-flowwise"),
        ("azure", "resourceGroups/rg-hub", "resourcegroups/RG-Hub"),
        ("aws", "flowwise", "flowwise"),
    ],
)
def test_no_cluster_is_another_environment_s(tmp_path: Path, cloud: str, called: str, also_called: str) -> None:
    for number, (name, own) in enumerate({"a": called, "z": also_called}.items()):
        text = with_existing_cluster(environment_text(cloud, "shared", "dev"), cloud)
        text = text.replace(CLUSTERS[cloud].example, CLUSTERS[cloud].example.replace(called, own))
        text = text.replace("10.20.0.0/16", f"10.{20 + number}.0.0/16").replace("api.dev.", f"api.{name}.")
        written(tmp_path, f"{name}.toml", text)
    with pytest.raises(EnvironmentFileErrors) as errors:
        load_environments(tmp_path)
    assert [(fault.file.name, fault.key, fault.allowed) for fault in errors.value.faults] == [
        ("z.toml", "existing.cluster", "a cluster of its own: a is in this one, with all that is there once")
    ]
