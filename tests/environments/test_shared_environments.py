"""What several environments have to do with each other: the file that they share, and whose turn comes after whose."""

import itertools
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from costs import cost_report
from environments import EnvironmentFileErrors, load_environment, load_environments
from environments.new_environment import FOLDER, new_environment
from environments.promotion import promotion_order
from environments.shared import SHARED_FILE
from flowwise.tables.project import CLOUDS
from sizing import size_of
from tests.environments.texts import WHOLE, apart, environment_text, with_existing_cluster
from tests.workspace import REPOSITORY

OWN_KEYS = 'cloud               = "azure"\n'
LOCAL = (REPOSITORY / "environments" / "local.toml").read_text()
SHARED = (REPOSITORY / "environments" / SHARED_FILE).read_text()


def written(folder: Path, **files: str) -> Path:
    for name, text in apart(files).items():
        (folder / f"{name}.toml").write_text(text)
    return folder


def faults_of(folder: Path) -> list[tuple[str, str, str]]:
    """File, key and what is allowed, of each fault."""
    with pytest.raises(EnvironmentFileErrors) as caught:
        load_environments(folder)
    return [(fault.file.name, fault.key, fault.allowed) for fault in caught.value.faults]


def after(name: str) -> str:
    return WHOLE.replace('tier                = "dev"', f'tier = "dev"\nafter = "{name}"')


def test_what_is_shared_counts_unless_the_own_file_says_otherwise(tmp_path: Path) -> None:
    without_owner = WHOLE.replace('owner               = "plataforma"', "")
    shared = 'owner = "all"\ncost_center = "nobody"\n\n[services.lancamentos]\nport = 9000\ncpu = "100m"\n'
    own = without_owner.replace("[services.lancamentos]", '[services.lancamentos]\ncpu = "700m"')
    (environment,) = load_environments(written(tmp_path, shared=shared, qa=own))
    service = environment.services["lancamentos"]
    assert (environment.owner, environment.cost_center) == ("all", "flow-wise")
    assert (service.port, service.cpu, service.paths) == (9000, "700m", ("/lancamentos",))


def test_an_environment_without_a_cloud_ignores_what_is_shared_of_clouds(tmp_path: Path) -> None:
    server = "[postgres.servers.consolidacao]\nstorage_gb = 64\n"
    shared = SHARED.replace("[postgres]\n", f"{server}\n[postgres]\nbackup_days = 30\n")
    (environment,) = load_environments(written(tmp_path, shared=shared, local=LOCAL))
    assert environment.region is None
    assert environment.postgres
    assert (environment.postgres.version, environment.postgres.backup_days) == ("17", None)
    assert environment.postgres.servers == {}


def test_a_server_has_what_both_files_say_of_it(tmp_path: Path) -> None:
    shared = "[postgres.servers.consolidacao]\nsize = 'medium'\nstorage_gb = 64\n"
    own = WHOLE.replace('"shared"', '"dedicated"').replace(
        "[redis]", "[postgres.servers.consolidacao]\nsize = 'large'\n\n[redis]"
    )
    (environment,) = load_environments(written(tmp_path, shared=shared, qa=own))
    server = environment.database_servers["consolidacao"]
    assert (server.size, server.storage_gb) == ("large", 64)


def test_a_fault_is_said_once_and_of_the_file_that_has_it(tmp_path: Path) -> None:
    folder = written(tmp_path, shared='cost_center = "Flow Wise"\n[postgres]\nversion = "9"\n')
    text = WHOLE.replace('cost_center         = "flow-wise"\n', "").replace('version           = "17"\n', "")
    written(folder, dev=text, qa=text.replace('"brazil"', '"brasil"'))
    assert [fault[:2] for fault in faults_of(folder)] == [
        ("qa.toml", "region"),
        ("shared.toml", "cost_center"),
        ("shared.toml", "postgres.version"),
    ]


def test_what_is_missing_in_a_shared_table_is_missing_there_once(tmp_path: Path) -> None:
    text = WHOLE[: WHOLE.index("[observability]")]
    folder = written(tmp_path, shared='[observability]\nbackend = "elastic"\n', dev=text, qa=text)
    assert [fault[:2] for fault in faults_of(folder)] == [("shared.toml", "observability.endpoint")]


def test_a_microservice_that_only_one_file_calls_otherwise_is_no_table_without_a_key(tmp_path: Path) -> None:
    own = f"{WHOLE[: WHOLE.index('[services')]}[services.lancamento]\nmin_replicas = 1\n"
    shared = WHOLE[WHOLE.index("[services") :]
    [fault] = faults_of(written(tmp_path, shared=shared, dev=own))
    assert fault == (
        "dev.toml",
        "services.lancamento",
        '"consolidacao" or "lancamentos", as there, or a whole table, which begins with "uses"',
    )


def test_what_is_in_neither_file_is_missing_in_the_own(tmp_path: Path) -> None:
    folder = written(tmp_path, shared='owner = "all"\n', dev=WHOLE.replace('cost_center         = "flow-wise"\n', ""))
    assert [fault[:2] for fault in faults_of(folder)] == [("dev.toml", "cost_center")]


def test_a_shared_file_alone_is_no_environment(tmp_path: Path) -> None:
    assert [fault[1] for fault in faults_of(written(tmp_path, shared=WHOLE))] == ["(folder)"]


def test_a_shared_file_that_is_not_toml_is_the_one_fault(tmp_path: Path) -> None:
    assert [fault[:2] for fault in faults_of(written(tmp_path, shared="owner = \n", dev=WHOLE))] == [
        ("shared.toml", "line 1, column 9")
    ]


def test_promotion_follows_after(tmp_path: Path) -> None:
    written(tmp_path, a=after("z"), z=WHOLE, b=after("z"), c=after("a"), local=LOCAL, shared=SHARED)
    assert [environment.name for environment in promotion_order(load_environments(tmp_path))] == ["z", "a", "b", "c"]


CIRCLE = [("a.toml", 'does not wait for "a"'), ("b.toml", 'does not wait for "b"')]


@pytest.mark.parametrize(
    ("files", "faults"),
    [
        ({"a": after("b")}, [("a.toml", "nothing: there is no other")]),
        ({"a": after("a"), "b": WHOLE}, [("a.toml", 'another environment in a cloud: "b"')]),
        ({"a": after("local"), "b": WHOLE, "local": LOCAL, "shared": SHARED}, [("a.toml", "another environment")]),
        ({"b": after("a"), "c": after("b"), "d": WHOLE}, [("b.toml", 'another environment in a cloud: "d"')]),
        ({"b": after("a"), "c": after("b")}, [("b.toml", "nothing: there is no other, or each waits for this one")]),
        ({"a": after("b"), "b": after("a")}, CIRCLE),
        ({"a": after("b"), "b": after("a"), "c": after("a")}, CIRCLE),  # c itself is not part of it
    ],
    ids=["alone", "itself", "no cloud", "the first is gone", "and nothing is left", "circle", "behind a circle"],
)
def test_after_leads_to_an_environment_and_in_no_circle(
    files: dict[str, str], faults: list[tuple[str, str]], tmp_path: Path
) -> None:
    found = faults_of(written(tmp_path, **files))
    assert [(file, key) for file, key, _ in found] == [(file, "after") for file, _ in faults]
    assert all(allowed in said for (_, allowed), (_, _, said) in zip(faults, found, strict=True))


def test_the_order_of_the_committed_environments() -> None:
    environments = promotion_order(load_environments(REPOSITORY / "environments"))
    assert [environment.name for environment in environments] == ["dev", "qa", "homologacao", "prod"]


def test_each_committed_environment_has_a_network_of_its_own() -> None:
    environments = promotion_order(load_environments(REPOSITORY / "environments"))
    networks = [environment.network.cidr for environment in environments if environment.network]
    assert len(networks) == len(environments)
    assert not [pair for pair in itertools.combinations(networks, 2) if pair[0].overlaps(pair[1])]


def keys(table: dict[str, Any], path: str = "") -> set[tuple[str, str]]:
    """Each key with its value."""
    return {
        pair
        for name, value in table.items()
        for pair in (keys(value, f"{path}{name}.") if isinstance(value, dict) else {(path + name, repr(value))})
    }


def test_what_is_shared_stands_once() -> None:
    """No file repeats what shared.toml says, and nothing is said alike by all environments in a cloud."""
    files = {path.stem: keys(tomllib.loads(path.read_text())) for path in (REPOSITORY / "environments").glob("*.toml")}
    shared = files.pop("shared")
    assert {name: own & shared for name, own in files.items() if own & shared} == {}
    del files["local"]
    assert {key for key, _ in set.intersection(*files.values())} == {"cloud"}  # the one that a move changes


@pytest.mark.parametrize("name", ["dev", "shared", "Demo", "demo-1", "a" * 12, "../demo", ""])
def test_a_new_environment_wants_a_name_of_its_own(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "environments"
    folder.mkdir()
    written(folder, shared=SHARED, dev=WHOLE)
    with pytest.raises(EnvironmentFileErrors):
        new_environment(folder, name)
    assert {path.name for path in tmp_path.rglob("*.toml")} == {"shared.toml", "dev.toml"}


def test_a_new_environment_that_does_not_fit_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFileErrors, match="cost_center"):
        new_environment(written(tmp_path, dev=WHOLE), "demo")  # which shares nothing
    assert {path.name for path in tmp_path.iterdir()} == {"dev.toml"}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_new_environment_is_within_its_budget_and_fits_its_nodes(cloud: str, tmp_path: Path) -> None:
    for name in (SHARED_FILE, "dev.toml"):
        shutil.copy(FOLDER / name, tmp_path)
    file = new_environment(tmp_path, "demo")
    file.write_text(file.read_text().replace('= "azure"', f'= "{cloud}"'))
    (cost,) = (cost for cost in cost_report(tmp_path).environments if cost.environment.name == "demo")
    sizing = size_of(cost.environment, tmp_path)
    assert [finding for finding in (*cost.findings, *sizing.findings) if finding.severity == "fault"] == []


def test_new_environments_have_networks_of_their_own(tmp_path: Path) -> None:
    written(tmp_path, shared=SHARED, dev=WHOLE.replace("10.10.0.0/16", "10.240.0.0/16"))
    for number in range(20):
        new_environment(tmp_path, f"demo{number}")
    environments = load_environments(tmp_path)
    ranges = [environment.network.cidr for environment in environments if environment.network]
    assert len(ranges) == 21
    clusters = [environment.cluster for environment in environments if environment.cluster]
    others = [cidr for cluster in clusters for cidr in (cluster.pod_cidr, cluster.service_cidr)]
    assert not [pair for pair in itertools.combinations(ranges, 2) if pair[0].overlaps(pair[1])]
    assert not [cidr for cidr in ranges for other in others if cidr.overlaps(other)]


def test_a_new_environment_keeps_off_pods_of_a_cluster_that_is_there(tmp_path: Path) -> None:
    hosted = with_existing_cluster(environment_text("google", "shared", "dev"), "google")
    hosted = hosted.replace('"10.244.0.0/16"', '"10.0.0.0/8"').replace("10.20.0.0/16", "192.168.0.0/16")
    written(tmp_path, shared=SHARED, dev=hosted.replace('"10.245.0.0/16"', '"34.118.224.0/20"'))
    network = load_environment(new_environment(tmp_path, "demo")).network
    assert network and str(network.cidr) == "172.16.0.0/16"
