"""Identifiers of what is there tell where it is: a file whose own do not fit is refused before anything is planned."""

from pathlib import Path

import pytest

from environments import EnvironmentFileErrors, load_environment
from flowwise.tables.existing_ids import CLUSTERS, KEYS, LOG_WORKSPACES, REGISTRIES
from tests.environments.texts import EXISTING, environment_text, with_all_there

OWN = {"azure": "00000000-0000-0000-0000-000000000000", "aws": "123456789012", "google": "flowwise-project"}
OTHER = {"azure": "99999999-9999-9999-9999-999999999999", "aws": "999999999999", "google": "flowwise-other"}
IN_BRAZIL = {"aws": "sa-east-1", "google": "southamerica-east1"}
ELSEWHERE = {"aws": "us-east-1", "google": "us-east1"}
IDENTIFIERS = {"cluster": CLUSTERS, "registry": REGISTRIES, "encryption_key": KEYS, "log_workspace": LOG_WORKSPACES}


def text_of(cloud: str) -> str:
    """An environment that names all that can be there."""
    return with_all_there(environment_text(cloud, "shared", "dev"), cloud)


def faults_of(folder: Path, text: str) -> dict[str, str]:
    """What is allowed, by key."""
    (folder / "dev.toml").write_text(text)
    try:
        load_environment(folder / "dev.toml")
    except EnvironmentFileErrors as errors:
        return {fault.key: fault.allowed for fault in errors.faults}
    return {}


@pytest.mark.parametrize("cloud", OWN)
def test_what_is_all_in_one_place_is_taken(cloud: str, tmp_path: Path) -> None:
    assert faults_of(tmp_path, text_of(cloud)) == {}
    account = f'account = "{OWN[cloud]}"\ntier '
    assert faults_of(tmp_path, text_of(cloud).replace("tier ", account, 1)) == {}


WANTED_IN_THE_ACCOUNT = [
    *(("azure", key) for key in IDENTIFIERS),
    *(("aws", key) for key in ("cluster", "encryption_key")),
    *(("google", key) for key in ("cluster", "registry", "encryption_key")),
]


@pytest.mark.parametrize(("cloud", "key"), WANTED_IN_THE_ACCOUNT)
def test_what_rights_are_given_on_is_in_the_account_that_the_file_names(cloud: str, key: str, tmp_path: Path) -> None:
    identifier = IDENTIFIERS[key][cloud].example
    text = text_of(cloud).replace(identifier, identifier.replace(OWN[cloud], OTHER[cloud]))
    faults = faults_of(tmp_path, text.replace("tier ", f'account = "{OWN[cloud]}"\ntier ', 1))
    assert list(faults) == [f"existing.{key}"] and f"{OWN[cloud]}, as account says" in faults[f"existing.{key}"]


@pytest.mark.parametrize(("cloud", "key"), WANTED_IN_THE_ACCOUNT)
def test_without_an_account_all_are_in_that_of_the_first(cloud: str, key: str, tmp_path: Path) -> None:
    identifier = IDENTIFIERS[key][cloud].example
    faults = faults_of(tmp_path, text_of(cloud).replace(identifier, identifier.replace(OWN[cloud], OTHER[cloud])))
    if key == "cluster":  # the first
        others = set(faults)
        assert others and all(f"{OTHER[cloud]}, as existing.cluster says" in allowed for allowed in faults.values())
        assert "existing.encryption_key" in others
    else:
        assert list(faults) == [f"existing.{key}"]
        assert f"{OWN[cloud]}, as existing.cluster says" in faults[f"existing.{key}"]


def test_repositories_of_another_account_are_taken_on_aws(tmp_path: Path) -> None:
    """Whose policies say so."""
    arn = REGISTRIES["aws"].example
    assert faults_of(tmp_path, text_of("aws").replace(arn, arn.replace(OWN["aws"], OTHER["aws"]))) == {}


@pytest.mark.parametrize(
    ("cloud", "key", "is_wanted"),
    [
        ("aws", "cluster", True),
        ("aws", "registry", True),
        ("aws", "encryption_key", True),
        ("google", "cluster", True),
        ("google", "registry", False),  # of whatever location
        ("google", "encryption_key", True),
    ],
)
def test_what_nodes_and_services_use_is_in_the_region(cloud: str, key: str, is_wanted: bool, tmp_path: Path) -> None:
    identifier = IDENTIFIERS[key][cloud].example
    text = text_of(cloud).replace(identifier, identifier.replace(IN_BRAZIL[cloud], ELSEWHERE[cloud]))
    faults = faults_of(tmp_path, text)
    assert list(faults) == ([f"existing.{key}"] if is_wanted else [])
    assert all(f"one in {IN_BRAZIL[cloud]}" in allowed for allowed in faults.values())


def test_a_cluster_in_a_zone_alone_is_refused_on_google_cloud(tmp_path: Path) -> None:
    identifier = CLUSTERS["google"].example
    text = text_of("google").replace(identifier, identifier.replace("southamerica-east1", "southamerica-east1-a"))
    assert faults_of(tmp_path, text) == {
        "existing.cluster": "one in southamerica-east1, the whole region that the environment is in"
    }


@pytest.mark.parametrize("cloud", ["azure", "google"])
@pytest.mark.parametrize("key", ["id", "nodes", "endpoints"])
def test_the_network_and_its_subnets_are_in_the_account(cloud: str, key: str, tmp_path: Path) -> None:
    lines = text_of(cloud).splitlines(keepends=True)
    changed = [line.replace(OWN[cloud], OTHER[cloud]) if line.startswith(f"{key} ") else line for line in lines]
    faults = faults_of(tmp_path, "".join(changed))
    assert list(faults) == [f"network.existing.{key}"] and "as existing.cluster says" in "".join(faults.values())


@pytest.mark.parametrize("key", ["nodes", "endpoints"])
def test_subnetworks_are_in_the_region_on_google_cloud(key: str, tmp_path: Path) -> None:
    lines = text_of("google").splitlines(keepends=True)
    changed = [line.replace("southamerica-east1", "us-east1") if line.startswith(f"{key} ") else line for line in lines]
    assert list(faults_of(tmp_path, "".join(changed))) == [f"network.existing.{key}"]


def test_private_dns_zones_may_be_in_another_subscription(tmp_path: Path) -> None:
    """As in that of a hub: nothing but the record of an endpoint is made in them."""
    zone = "/privateDnsZones/"
    (line,) = [line for line in EXISTING["azure"].splitlines() if zone in line]
    text = text_of("azure")
    assert line in text
    assert faults_of(tmp_path, text.replace(line, line.replace(OWN["azure"], OTHER["azure"]))) == {}


def test_a_network_of_another_project_is_said_to_be_none_that_is_supported(tmp_path: Path) -> None:
    text = text_of("google").replace(f'id            = "projects/{OWN["google"]}', 'id = "projects/flowwise-other')
    assert "a Shared VPC of another project is not supported" in faults_of(tmp_path, text)["network.existing.id"]
