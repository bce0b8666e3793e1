"""Nodes and servers live by their network, and it outlives them; databases wait for no cluster."""

import re
from pathlib import Path

import pytest

from flowwise.tables.project import CLOUDS
from tests.kubernetes.order import Order
from tests.offline import terraform
from tests.workspace import copy_of_infra

pytestmark = pytest.mark.terraform

# By cloud: what lives in the network, and which of the network's resources it does not live by. Nodes on AWS reach its
# services by the NAT gateway too, and do without logs and without the firewall that nobody uses.
NODES = {
    "azure": ("module.cluster.azurerm_kubernetes_cluster.this", r"databases|endpoints|private_dns"),
    "aws": ("module.cluster.aws_eks_node_group.this", r"databases|endpoint|flow_log|default_security_group"),
    "google": ("module.cluster.google_container_node_pool.this", r"databases|endpoints|dns_policy"),
}
SERVERS = {
    "azure": "module.postgres.azurerm_postgresql_flexible_server.this",
    "aws": "module.postgres.aws_db_instance.this",
    "google": "module.postgres.google_sql_database_instance.this",
}


SECRETS = {
    "azure": "module.secret_store.azurerm_key_vault_secret.this",
    "aws": "module.secret_store.aws_secretsmanager_secret_version.this",
    "google": "module.secret_store.google_secret_manager_secret_version.this",
}


@pytest.fixture(scope="module")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_infra(tmp_path_factory.mktemp("ordered"))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_network_outlives_what_is_in_it(cloud: str, infra: Path) -> None:
    terraform(infra / cloud, "init", "-backend=false")
    order = Order(infra / cloud)
    network = {address for address in order.addresses if re.match(r"module\.network\.(?!data\.)", address)}
    assert len(network) > 10
    nodes, do_without = NODES[cloud]
    assert {address for address in network if not re.search(do_without, address)} - order.before(nodes) == set()
    assert {address for address in network if "databases" in address} - order.before(SERVERS[cloud]) == set()


@pytest.mark.parametrize("cloud", CLOUDS)
def test_databases_do_not_wait_for_the_cluster(cloud: str, infra: Path) -> None:
    """Nor does the store, which gives them their administrator's password: both take a quarter of an hour."""
    terraform(infra / cloud, "init", "-backend=false")
    order = Order(infra / cloud)
    for made in (SERVERS[cloud], SECRETS[cloud]):
        before = order.before(made)
        assert before
        assert {address for address in before if address.startswith("module.cluster.")} == set()
