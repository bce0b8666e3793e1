"""Addresses of pods and services: where they are the network's, each environment has its own."""

import re
from pathlib import Path

import pytest

from environments import EnvironmentFileErrors, load_environment, load_environments
from tests.environments.texts import environment_text


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


def test_two_networks_of_google_cloud_that_could_never_be_joined(tmp_path: Path) -> None:
    def load(cloud: str, second: str = "10.20.0.0/16", **ranges: str) -> list[tuple[str, str, str, str]]:
        for name, network in {"a": "10.10.0.0/16", "b": second}.items():
            text = without_ranges(environment_text(cloud, "shared", "dev")).replace("10.10.0.0/16", network)
            said = "".join(f'{key} = "{cidr}"\n' for key, cidr in ranges.items() if name == "b")
            written(tmp_path, f"{name}.toml", text.replace("[cluster]\n", f"[cluster]\n{said}"))
        try:
            load_environments(tmp_path)
        except EnvironmentFileErrors as errors:
            return [(fault.file.name, fault.key, fault.found, fault.allowed) for fault in errors.faults]
        return []

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
    # Networks that are the same cannot be joined anyway.
    assert load("google", second="10.10.0.0/16") == []
    # Pods are in an overlay there, and services in the cluster alone.
    assert load("azure", pod_cidr="10.12.0.0/18") == load("aws", service_cidr="10.10.0.0/20") == []
