"""What an environment needs of an account: as much as is made, and what an upgrade adds."""

import re
from pathlib import Path

import pytest

from costs.bill import HOURS_A_MONTH
from costs.bills import BILLS
from environments import Environment, load_environment, load_environments
from flowwise.tables.project import CLOUDS
from flowwise.tables.sizes import DATABASE_SIZES, NODE_SIZES, NODE_VCPUS
from quotas import needs_of
from quotas.azure import family_of, machine_of
from tests.environments.texts import environment_text, with_own_server
from tests.workspace import INFRA, REPOSITORY

FILES = load_environments(REPOSITORY / "environments")
IN_CLOUDS = [environment for environment in FILES if environment.in_cloud]


def environment(folder: Path, cloud: str, topology: str, tier: str, *changes: tuple[str, str]) -> Environment:
    text = environment_text(cloud, topology, tier)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "dev.toml").write_text(text)
    return load_environment(folder / "dev.toml")


def amounts(environment: Environment, cloud: str | None = None) -> dict[str, tuple[int, int]]:
    """The least and the most, by service and name."""
    needs = needs_of(environment, cloud)
    found = {f"{need.quota.service} {need.quota.name}": (need.least, need.most) for need in needs}
    assert len(found) == len(needs), "a quota is needed twice"
    return found


@pytest.mark.parametrize(
    ("sku", "family"),
    [
        ("Standard_D2ds_v5", "standardDDSv5Family"),
        ("GP_Standard_D4ds_v5", "standardDDSv5Family"),
        ("B_Standard_B2s", "standardBSFamily"),
        ("MO_Standard_E4ds_v5", "standardEDSv5Family"),
        ("Standard_F8s_v2", "standardFSv2Family"),
    ],
)
def test_azure_counts_machines_in_families(sku: str, family: str) -> None:
    assert family_of(sku) == family


def test_what_names_no_machine_has_no_family() -> None:
    with pytest.raises(ValueError, match=r"'db\.t4g\.medium' names no machine"):
        family_of("db.t4g.medium")


def test_every_machine_on_azure_has_a_family_and_as_many_vcpus_as_its_name_says() -> None:
    for size, clouds in NODE_SIZES.items():
        assert family_of(clouds["azure"]) == "standardDDSv5Family"
        assert f"_D{NODE_VCPUS[size]}ds_" in clouds["azure"]
    for by_cloud in DATABASE_SIZES.values():
        assert machine_of(by_cloud["azure"].sku).startswith("Standard_")
        assert family_of(by_cloud["azure"].sku)


def test_production_on_azure_grows_to_what_a_family_needs_for_an_upgrade() -> None:
    """3 to 6 small nodes and 3 to 8 medium ones: 44 vCPUs, and a third of the nodes more in an upgrade."""
    (prod,) = [environment for environment in IN_CLOUDS if environment.name == "prod"]
    found = amounts(prod, "azure")
    assert found["Compute standardDDSv5Family"] == (3 * 2 + 3 * 4, (6 + 2) * 2 + (8 + 3) * 4)
    assert found["Compute cores"] == found["Compute standardDDSv5Family"]
    # Two servers of 4 vCPUs, each with a standby.
    assert found["PostgreSQL standardDDSv5Family"] == found["PostgreSQL cores"] == (16, 16)


def test_a_server_of_a_size_of_its_own_counts_in_its_family_on_azure(tmp_path: Path) -> None:
    """One of 2 vCPUs that can burst, and one of 8."""
    text = with_own_server(environment_text("azure", "dedicated", "dev"))
    (tmp_path / "dev.toml").write_text(text)
    found = amounts(load_environment(tmp_path / "dev.toml"))
    assert found["PostgreSQL standardBSFamily"] == (2, 2)
    assert found["PostgreSQL standardDDSv5Family"] == (8, 8)
    assert found["PostgreSQL cores"] == (10, 10)


def test_spot_machines_count_apart_and_are_upgraded_in_place_on_azure(tmp_path: Path) -> None:
    spot = environment(
        tmp_path,
        "azure",
        "shared",
        "dev",
        ("[cluster.node_pools.general]", "[cluster.node_pools.general]\nspot = true"),
    )
    (pool,) = spot.cluster.node_pools.values() if spot.cluster else ()
    vcpus = NODE_VCPUS[pool.size]
    assert amounts(spot)["Compute lowPriorityCores"] == (pool.min_nodes * vcpus, pool.max_nodes * vcpus)
    assert "Compute lowPriorityCores" not in amounts(environment(tmp_path, "azure", "shared", "dev"))
    assert set(amounts(spot, "aws")) - set(amounts(environment(tmp_path, "aws", "shared", "dev"))) == {"ec2 L-34B43A08"}


@pytest.mark.parametrize("zones", [1, 2, 3])
def test_an_upgrade_on_aws_adds_two_nodes_for_each_zone(zones: int, tmp_path: Path) -> None:
    small = environment(tmp_path, "aws", "shared", "dev", ("[network]", f"[network]\nzones = {zones}"))
    cluster = small.cluster
    assert cluster
    pools = [cluster.system_pool, *cluster.node_pools.values()]
    most = sum((pool.max_nodes + 2 * zones) * NODE_VCPUS[pool.size] for pool in pools)
    found = amounts(small)
    assert found["ec2 L-1216C47A"][1] == most
    assert found["ec2 L-0263D0A3"] == (2 * zones, 2 * zones)  # of the way out, and of the gateway


def test_google_counts_the_disks_of_nodes_and_of_the_broker() -> None:
    """3 nodes begin with 100 GB each, and RabbitMQ has 10; production begins with more than a project's 500."""
    found = {each.name: {need.quota.name: need for need in needs_of(each, "google")} for each in IN_CLOUDS}
    assert found["dev"]["SSD_TOTAL_GB"].least == 310
    assert found["prod"]["SSD_TOTAL_GB"].least == 630
    assert found["prod"]["SSD_TOTAL_GB"].exceeds_new_account
    assert not found["dev"]["CPUS"].exceeds_new_account


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("tier", ["dev", "prod"])
def test_as_much_is_needed_as_is_billed(cloud: str, tier: str, tmp_path: Path) -> None:
    """Bills are compared with what Terraform makes: so these are, too."""
    made = environment(tmp_path, cloud, "dedicated", tier)
    lines = list(BILLS[cloud](made))

    def instances(type_: str) -> int:
        return sum(line.instances for line in lines if line.resource_type == type_)

    sizes = {clouds[cloud]: size for size, clouds in NODE_SIZES.items()}
    pools = {line: sizes[line.meter] for line in lines if line.meter in sizes}
    nodes = sum(line.quantity.low / HOURS_A_MONTH for line in pools)
    vcpus = sum(line.quantity.low / HOURS_A_MONTH * NODE_VCPUS[size] for line, size in pools.items())
    found = {name: least for name, (least, _) in amounts(made).items()}
    if cloud == "azure":
        assert found["Compute cores"] == found["Compute standardDDSv5Family"] == vcpus
        assert found["Network IPv4StandardSkuPublicIpAddresses"] == len(
            [line for line in lines if line.meter == "Public IPv4 address"]
        )
    if cloud == "aws":
        assert found["ec2 L-1216C47A"] == vcpus
        assert found["ec2 L-0263D0A3"] == instances("aws_eip")
        assert found["rds L-7B6409FD"] == len(made.database_servers)
    if cloud == "google":
        assert found["region CPUS"] == found["project CPUS_ALL_REGIONS"] == vcpus
        assert found["region INSTANCES"] == nodes
        assert found["region STATIC_ADDRESSES"] == instances("google_compute_address") + 1  # the gateway's is free
        disks = sum(line.quantity.low for line in lines if line.meter == "Balanced disk")
        assert found["region SSD_TOTAL_GB"] == disks


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_quota_says_where_its_number_was_read(cloud: str) -> None:
    for each in IN_CLOUDS:
        for need in needs_of(each, cloud):
            assert need.quota.source and need.quota.words and need.key
            assert 0 < need.least <= need.most


def test_a_cluster_that_is_there_needs_nothing() -> None:
    (local,) = [environment for environment in FILES if not environment.in_cloud]
    assert needs_of(local) == ()


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_readme_of_the_first_day_has_all_of_them(cloud: str) -> None:
    text = (INFRA / "bootstrap" / cloud / "README.md").read_text()
    (head,) = re.findall(r"^\| What \| .*$", text, re.MULTILINE)
    names = [cell.strip() for cell in head.strip("|").split("|")][3:]
    assert sorted(names) == [environment.name for environment in IN_CLOUDS]
    for each in IN_CLOUDS:
        for need in needs_of(each, cloud):
            (row,) = re.findall(rf"^\| .* \| {need.quota.service} `{need.quota.name}` \|.*$", text, re.MULTILINE)
            cell = [cell.strip() for cell in row.strip("|").split("|")][3 + names.index(each.name)]
            amount = str(need.most) if need.least == need.most else f"{need.least} to {need.most}"
            assert cell == (f"**{amount}**" if need.exceeds_new_account else amount)


def test_machines_that_are_named_count_in_the_quota_of_their_series(tmp_path: Path) -> None:
    def named(cloud: str, size: str, on: str) -> dict[str, tuple[int, int]]:
        pool = ('[cluster.node_pools.general] # for the microservices\nsize      = "small"',
                f'[cluster.node_pools.general]\nsize = "{size}"')  # fmt: skip
        return amounts(environment(tmp_path, cloud, "shared", "dev", pool), on)

    # One node at least, three at most and one more in an upgrade, of 16 vCPUs; and the system pool's of 2.
    assert named("azure", "Standard_E16s_v5", "azure")["Compute standardESv5Family"] == (16, 64)
    assert named("azure", "Standard_E16s_v5", "azure")["Compute standardDDSv5Family"] == (2, 6)
    assert named("google", "n2-highmem-16", "google")["region N2_CPUS"][0] == 16
    assert named("google", "n2-highmem-16", "google")["region CPUS"][0] == 2
    assert named("aws", "r7i.4xlarge", "aws")["ec2 L-1216C47A"][0] == 18
    # On another cloud, it would be the machine of a word with as many.
    assert named("azure", "Standard_E16s_v5", "google")["region CPUS"][0] == 18
    assert named("azure", "Standard_E64s_v5", "aws")["ec2 L-1216C47A"][0] == 18
