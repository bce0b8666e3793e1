"""Environments and microservices by the thousand: what takes longer with each is nowhere multiplied by itself."""

import time
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from environments import EnvironmentFileErrors, load_environment, load_environments, new_environment
from environments.promotion import promotion_order
from environments.shared import SHARED_FILE
from flowwise.tables.traffic import PRIVATE_RANGES
from tests.environments.texts import WHOLE
from tests.workspace import REPOSITORY

MANY = 1000


def test_a_thousand_environments_load_in_five_seconds(tmp_path: Path) -> None:
    networks = [f"10.{number // 16}.{number % 16 * 16}.0/20" for number in range(MANY)]
    for number, network in enumerate(networks):
        text = WHOLE.replace("10.10.0.0/16", network).replace("api.dev.", f"api.e{number}.")
        first = 'tier                = "dev"'
        text = text.replace(first, f'tier = "dev"\nafter = "e{number - 1}"') if number else text
        (tmp_path / f"e{number}.toml").write_text(text)
    began = time.process_time()
    environments = load_environments(tmp_path)
    order = promotion_order(environments)
    assert time.process_time() - began < 5
    assert [environment.name for environment in order] == [f"e{number}" for number in range(MANY)]


def with_services(text: str) -> str:
    """The text of an environment whose microservices use nothing but the broker."""
    cloud, _, rest = WHOLE.partition("[postgres]")
    broker = rest[rest.index("[rabbitmq]") : rest.index("[services.")]
    return cloud + broker + text + WHOLE[WHOLE.index("[gateway]") :]


def test_a_thousand_microservices_of_one_file_load_in_ten_seconds(tmp_path: Path) -> None:
    services = [
        f'[services.s{number}]\nuses = ["rabbitmq"]\npaths = ["/s{number}", "/x/s{number}"]\n'
        f'publishes = ["q{number}"]\nconsumes = ["q{(number + 1) % MANY}"]\n\n'
        for number in range(MANY)
    ]
    (tmp_path / "dev.toml").write_text(with_services("".join(services)))
    began = time.process_time()
    assert len(load_environment(tmp_path / "dev.toml").services) == MANY
    assert time.process_time() - began < 10


def test_as_many_faults_are_found_in_no_more_time(tmp_path: Path) -> None:
    services = [
        f'[services.s{number}]\nuses = ["rabbitmq"]\npaths = ["/a/s{number}", "/b"]\nconsumes = ["q{number}"]\n\n'
        for number in range(MANY)
    ]
    (tmp_path / "dev.toml").write_text(with_services("".join(services)))
    began = time.process_time()
    with pytest.raises(EnvironmentFileErrors) as errors:
        load_environment(tmp_path / "dev.toml")
    assert time.process_time() - began < 10
    assert len(errors.value.faults) == 2 * MANY - 1


def test_new_environments_get_every_range_there_is_and_then_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidates = new_environment._CANDIDATES
    assert {cidr.supernet_of(IPv4Network("192.168.0.0/16")) for cidr in candidates} == {True, False}
    assert sum(cidr.num_addresses for cidr in candidates) == sum(
        IPv4Network(range_).num_addresses for range_ in PRIVATE_RANGES
    )
    few = [*map(IPv4Network, ("10.10.0.0/16", "10.250.0.0/16", "172.30.0.0/16", "192.168.0.0/16"))]
    monkeypatch.setattr(new_environment, "_CANDIDATES", few)
    (tmp_path / SHARED_FILE).write_text((REPOSITORY / "environments" / SHARED_FILE).read_text())
    (tmp_path / "dev.toml").write_text(WHOLE)
    for name in ("one", "two"):
        new_environment.new_environment(tmp_path, name)
    found = [str(each.network.cidr) for each in load_environments(tmp_path) if each.network]
    assert found == ["10.10.0.0/16", "10.250.0.0/16", "192.168.0.0/16"]
    with pytest.raises(EnvironmentFileErrors, match="that no environment has"):
        new_environment.new_environment(tmp_path, "three")
    assert not (tmp_path / "three.toml").exists()
