"""What carries the traffic of nodes and servers is there before they are, and outlives them."""

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
