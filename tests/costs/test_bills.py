"""What is billed: as much as Terraform would make, and each meter with a price that says where it was read."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from costs.bill import Line
from costs.bills import BILLS
from costs.infracost import infracost_usage
from costs.prices import PRICE_BOOK
from costs.prices.book import ESTIMATED, LISTED, OTHER_REGION, Unknown
from costs.unbilled import UNBILLED
from costs.usage import usage_of
from environments import Environment, load_environment
from environments.reading import read_document
from flowwise.tables.project import CLOUDS
from flowwise.tables.sizes import BROKER_SIZES, CACHE_SIZES, DATABASE_SIZES, NODE_SIZES
from tests.environments.texts import (
    apart,
    environment_text,
    with_managed_broker,
    with_monitors,
    with_named_sizes,
    with_own_secrets,
    with_own_server,
)
from tests.offline.mocked_apply import made_resources, planned_resources
from tests.trees import write_tree_of
from tests.workspace import REPOSITORY

Json = dict[str, Any]

# --- as much as Terraform makes ---------------------------------------------------------------------------------------

SMALL, LARGE, MANAGED = "dev", "prod", "managed"  # the large one has a server each, one of them larger still
NAMES = [*(f"{cloud}{tier}" for cloud in CLOUDS for tier in (SMALL, LARGE)), f"aws{MANAGED}"]
# Where Terraform says which SKU a resource is of, by its type; in the words of the bill.
SKUS: Mapping[str, Callable[[Json], str]] = {
    "azurerm_kubernetes_cluster": lambda values: str(values["default_node_pool"][0]["vm_size"]),
    "azurerm_kubernetes_cluster_node_pool": lambda values: str(values["vm_size"]),
    "azurerm_postgresql_flexible_server": lambda values: str(values["sku_name"]),
    "azurerm_managed_redis": lambda values: str(values["sku_name"]),
    "aws_db_instance": lambda values: (
        values["instance_class"] + (" with standby" if values["multi_az"] else " single zone")
    ),
    "aws_elasticache_replication_group": lambda values: str(values["node_type"]),
    "aws_mq_broker": lambda values: str(values["host_instance_type"]),
    "google_container_node_pool": lambda values: str(values["node_config"][0]["machine_type"]),
    "google_sql_database_instance": lambda values: str(values["settings"][0]["tier"]),
    "google_memorystore_instance": lambda values: str(values["node_type"]),
}
# Least and most nodes of a pool, by its type.
NODES: Mapping[str, Callable[[Json], tuple[int, int]]] = {
    "azurerm_kubernetes_cluster": lambda values: (
        values["default_node_pool"][0]["min_count"],
        values["default_node_pool"][0]["max_count"],
    ),
    "azurerm_kubernetes_cluster_node_pool": lambda values: (values["min_count"], values["max_count"]),
    "aws_eks_node_group": lambda values: (
        values["scaling_config"][0]["min_size"],
        values["scaling_config"][0]["max_size"],
    ),
    "google_container_node_pool": lambda values: (
        values["autoscaling"][0]["total_min_node_count"],
        values["autoscaling"][0]["total_max_node_count"],
    ),
}
# GB of a database server's disk, by its type: twice where a standby's disk is counted like another server's.
DISKS: Mapping[str, Callable[[Json], int]] = {
    "azurerm_postgresql_flexible_server": lambda values: (
        values["storage_mb"] // 1024 * (2 if values["high_availability"] else 1)
    ),
    "aws_db_instance": lambda values: int(values["allocated_storage"]),
    "google_sql_database_instance": lambda values: (
        values["settings"][0]["disk_size"] * (2 if values["settings"][0]["availability_type"] == "REGIONAL" else 1)
    ),
}
DISK_METERS = {"PostgreSQL storage", "RDS gp3 single zone", "RDS gp3 with standby", "Cloud SQL storage"}
# Nodes of a cache, by its type.
CACHES: Mapping[str, Callable[[Json], int]] = {
    "azurerm_managed_redis": lambda values: 2 if values["high_availability_enabled"] else 1,
    "aws_elasticache_replication_group": lambda values: int(values["num_cache_clusters"]),
    "google_memorystore_instance": lambda values: int(values["shard_count"] * (1 + values["replica_count"])),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Environments on every cloud, and one with a managed broker, synthesised."""
    folder = tmp_path_factory.mktemp("billed")
    files = folder / "environments"
    files.mkdir()
    texts = {
        **{f"{cloud}{SMALL}": environment_text(cloud, "shared", "dev") for cloud in CLOUDS},
        **{f"{cloud}{LARGE}": large(cloud) for cloud in CLOUDS},
        f"aws{MANAGED}": with_monitors(with_managed_broker(environment_text("aws", "shared", "dev"))),
    }
    for name, text in apart(texts).items():
        (files / f"{name}.toml").write_text(text)
    write_tree_of(files, folder / "infra")
    return folder


def large(cloud: str) -> str:
    return with_own_server(with_named_sizes(with_own_secrets(environment_text(cloud, "dedicated", "prod")), cloud))


@dataclass(frozen=True)
class Applied:
    """An environment, and the resources of its platform as Terraform's JSON has them."""

    asked: Environment
    made: list[Json]


@pytest.fixture(scope="module", params=NAMES)
def applied(request: pytest.FixtureRequest, repository: Path) -> Applied:
    name: str = request.param
    made_or_planned = planned_resources if name.endswith(MANAGED) else made_resources  # its tier is applied without it
    made = made_or_planned(repository / "infra" / "environments" / name)
    asked = load_environment(repository / "environments" / f"{name}.toml")
    return Applied(asked, [resource for resource in made if resource["mode"] == "managed"])


@pytest.mark.terraform
def test_a_bill_has_what_terraform_makes(applied: Applied) -> None:
    """As many of each resource, of the same SKU, with as many nodes and disks; and nothing is made uncounted."""
    asked, made = applied.asked, applied.made
    bill = [line for line in BILLS[asked.cloud](asked) if line.resource.startswith("module.platform.")]
    counted = {line.resource: line.instances for line in bill}
    addresses = Counter(address_in_a_bill(resource, counted) for resource in made)
    assert {address: addresses[address] for address in counted} == counted
    uncounted = {tuple(address.split(".")[-3:]) for address in addresses.keys() - counted.keys()}
    assert {names for names in uncounted if not {names[1], ".".join(names)} & UNBILLED.keys()} == set()

    for resource in made:
        kind, values = resource["type"], resource["values"]
        lines = [line for line in bill if line.resource == address_in_a_bill(resource, counted)]
        if kind in SKUS:
            assert SKUS[kind](values) in meters(lines), resource["address"]
        if kind in NODES:
            low, high = NODES[kind](values)
            assert (low * 730, high * 730) in {ends(line) for line in lines}, resource["address"]
        if kind in CACHES:
            assert (CACHES[kind](values) * 730,) * 2 in {ends(line) for line in lines}, resource["address"]
    disks = Counter[str]()
    for resource in made:
        if resource["type"] in DISKS:
            disks[address_in_a_bill(resource, counted)] += DISKS[resource["type"]](resource["values"])
    assert disks == {line.resource: line.quantity.low for line in bill if line.meter in DISK_METERS} != {}


def address_in_a_bill(resource: Json, counted: Mapping[str, int]) -> str:
    """Its address, without the key where several are counted together."""
    address: str = resource["address"]
    return address if address in counted else re.sub(r"\[[^\]]*\]$", "", address)


def meters(lines: list[Line]) -> set[str]:
    return {line.meter for line in lines}


def ends(line: Line) -> tuple[float, float]:
    return float(line.quantity.low), float(line.quantity.high)


# What is assumed of use, by the parameter of a usage file that all resources of a type share it in.
SHARED_USE: Mapping[tuple[str, str], tuple[str, int]] = {
    ("aws_ecr_repository", "storage_gb"): ("images", 1),
    ("aws_nat_gateway", "monthly_data_processed_gb"): ("nat", 1),
    ("aws_vpc_endpoint", "monthly_data_processed_gb"): ("endpoints", 1),
    ("azurerm_key_vault_key", "monthly_protected_keys_operations"): ("key_operations", 10_000),
    ("azurerm_nat_gateway", "monthly_data_processed_gb"): ("nat", 1),
    ("google_artifact_registry_repository", "storage_gb"): ("images", 1),
    ("google_compute_router_nat", "monthly_data_processed_gb"): ("nat", 1),
}


@pytest.mark.terraform
def test_infracost_is_told_of_what_terraform_makes(applied: Applied) -> None:
    """Each address is there, once or more if it has a wildcard, and shares are as many as there are resources."""
    asked, given_to = applied.asked, infracost_usage(applied.asked)
    matched = {
        address: [resource for resource in applied.made if is_matched(address, resource["address"])]
        for address in given_to
    }
    assert {address for address, resources in matched.items() if not resources} == set()
    twice = Counter(resource["address"] for resources in matched.values() for resource in resources)
    assert {address for address, times in twice.items() if times > 1} == set()

    shared = [
        (kind, name, number * len(matched[address]))
        for address, parameters in given_to.items()
        for name, number in parameters.items()
        if (kind := address.split(".")[-2], name) in SHARED_USE
    ]
    assert shared
    for kind, name, total in shared:
        usage, unit = SHARED_USE[kind, name]
        assert float(total) == pytest.approx(float(usage_of(asked.tier)[usage][1]) * unit, rel=1e-4), (kind, name)


@pytest.mark.terraform
def test_infracost_is_told_of_every_node(applied: Applied) -> None:
    """The most that a pool may have; Google's pools are told in nodes of each zone, rounded up."""
    given_to = infracost_usage(applied.asked)
    pools = [resource for resource in applied.made if resource["type"] in NODES]
    assert pools
    for pool in pools:
        parameters = given_to[pool["address"]]
        (nodes,) = (number for name, number in parameters.items() if re.search(r"(nodes|instances)$", name))
        _, most = NODES[pool["type"]](pool["values"])
        zones = len(pool["values"]["node_locations"]) if pool["type"].startswith("google") else 1
        assert most <= nodes * zones < most + zones, pool["address"]


def is_matched(pattern: str, address: str) -> bool:
    """As Infracost matches: internal/schema/usage_data.go, usageKeyToRegexp."""
    return bool(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), address))


@pytest.mark.terraform
@pytest.mark.parametrize("name", NAMES)
def test_what_is_billed_of_the_workloads_is_made_and_disks_have_a_class(name: str, repository: Path) -> None:
    asked = load_environment(repository / "environments" / f"{name}.toml")
    counted = {line.resource for line in BILLS[asked.cloud](asked) if line.resource.startswith("module.workloads.")}
    workloads = repository / "infra" / "environments" / name / "workloads"
    made = {resource["address"] for resource in planned_resources(workloads)}
    assert counted and counted <= made
    # On Azure, the cluster has a default class from the start, whose disks its own key encrypts.
    classes = [address for address in made if ".kubernetes_storage_class_v1." in address]
    assert len(classes) == (asked.cloud != "azure")


def test_nothing_is_called_free_that_is_not_made(repository: Path) -> None:
    made = set()
    for cloud in CLOUDS:
        for folder in (repository / "infra" / "modules").glob(f"*/{cloud}"):
            text = "".join(file.read_text() for file in folder.glob("*.tf"))
            made |= {kind for kind, _ in re.findall(r'^resource "(\w+)" "(\w+)"', text, re.MULTILINE)}
    assert {entry.split(".")[1] if "." in entry else entry for entry in UNBILLED} <= made


# --- the price book ---------------------------------------------------------------------------------------------------


def test_every_sku_has_a_price_or_is_unknown() -> None:
    skus = {
        *((cloud, sku) for clouds in (*NODE_SIZES.values(), *CACHE_SIZES.values()) for cloud, sku in clouds.items()),
        *((cloud, sku) for clouds in BROKER_SIZES.values() for cloud, sku in clouds.items()),
        *(
            (cloud, sku)
            for clouds in DATABASE_SIZES.values()
            for cloud, size in clouds.items()
            for sku in ([f"{size.sku} single zone", f"{size.sku} with standby"] if cloud == "aws" else [size.sku])
        ),
    }
    assert {(cloud, sku) for cloud, sku in skus if sku not in PRICE_BOOK[cloud]} == set()


def test_every_price_has_a_source_and_a_date() -> None:
    for cloud, prices in PRICE_BOOK.items():
        for meter, price in prices.items():
            if isinstance(price, Unknown):
                assert len(price.looked.split()) >= 5, (cloud, meter)
                continue
            assert price.usd >= 0 and price.basis in (LISTED, ESTIMATED, OTHER_REGION)
            assert price.source.name and price.source.where and 2018 < price.source.date.year < 2100
            assert price.basis == LISTED or price.note, (cloud, meter)


def test_every_price_is_of_something_that_is_billed(tmp_path: Path) -> None:
    """By some environment: a row that nothing uses would grow old unseen."""
    used: dict[str, set[str]] = {cloud: set() for cloud in CLOUDS}
    for document in every_document():
        asked = from_document(document)
        used[asked.cloud] |= {line.meter for line in BILLS[asked.cloud](asked)}
    assert used == {cloud: set(prices) for cloud, prices in PRICE_BOOK.items()}


def every_document() -> list[Json]:
    """The whole environment in every cloud and size, with and without all that has a meter of its own."""
    documents = []
    for cloud in CLOUDS:
        for size in NODE_SIZES:
            for available in (False, True):
                document = whole(cloud)
                document["cluster"]["system_pool"]["size"] = size
                document["redis"] |= {"size": size, "high_availability": available}
                can = DATABASE_SIZES[size][cloud].high_availability
                document["postgres"] |= {"size": size, "high_availability": available and can}
                document["deletion_protection"] = available
                document["storage"] = {"retention_days": 30}
                document["services"]["lancamentos"]["uses"].append("storage")
                document["alerts"] = {"emails": ["plataforma@flowwise.example"]}
                documents.append(document)
        for gigabytes in (4, 8, 16, 32, 64, 128, 256, 512, 1000):
            for zones in (1, 3):
                document = whole(cloud)
                document["rabbitmq"]["storage_gb"] = gigabytes
                document["network"]["zones"] = zones
                documents.append(document)
    for size in BROKER_SIZES:
        document = whole("aws")
        document["rabbitmq"] = {
            "mode": "managed",
            "size": size,
            "high_availability": True,
            "accept_password_in_state": True,
        }
        documents.append(document)
    return documents


def whole(cloud: str) -> Json:
    document: Json = dict(read_document(REPOSITORY / "tests" / "environments" / "whole_environment.toml"))
    return json.loads(json.dumps(document, default=str)) | {"cloud": cloud} | {"budget": document["budget"]}


def from_document(document: Json) -> Environment:
    return Environment.from_document("dev", document)
