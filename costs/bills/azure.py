"""What Azure bills an environment for.

By the pricing page of each service (azure.microsoft.com/pricing). A standby of PostgreSQL costs as much as its server,
disk included ("High availability in Azure Database for PostgreSQL"). What the cluster's own storage class makes are
Standard SSDs, copied to all zones where there are several ("Storage options for applications in AKS"). Log Analytics
keeps logs for 31 days without charge ("Cost optimization in Azure Monitor"), a registry of the tier Premium 500 GB of
images ("Azure Container Registry SKU features and limits").
"""

from costs.bill import DAYS_A_MONTH, Bill, Range
from costs.bills.shared import PLATFORM, WORKLOADS, database_servers, key_purposes, pools, watched
from environments import Environment
from environments.given import given
from flowwise.encryption import IN_SOFTWARE
from flowwise.tables.copies import BROKER_NODES
from flowwise.tables.retention import REGISTRY_LOG_DAYS
from flowwise.tables.runner import SIZE
from flowwise.tables.sizes import NODE_SIZES, cache_node, database_server, node_machine

_FREE_LOG_DAYS = 31
_PRIVATE_DNS_ZONES = 4
# "Azure managed disk types", Standard SSD: a disk is billed as the next of these sizes, in GiB.
_DISK_TIERS = {4: "E1", 8: "E2", 16: "E3", 32: "E4", 64: "E6", 128: "E10", 256: "E15", 512: "E20", 1024: "E30"}


def azure_bill(environment: Environment) -> Bill:
    """Every line, service by service."""
    bill = Bill(environment)
    if environment.makes_cluster:
        _cluster(bill, environment)
    _network(bill, environment)
    _runner(bill, environment)
    _gateway(bill, environment)
    _registry(bill, environment)
    _keys_and_secrets(bill, environment)
    _postgres(bill, environment)
    _redis(bill, environment)
    _storage(bill, environment)
    _alerts(bill, environment)
    _rabbitmq(bill, environment)
    return bill


def _cluster(bill: Bill, environment: Environment) -> None:
    service, cluster = "k8s-cluster", f"{PLATFORM}.cluster[0].azurerm_kubernetes_cluster.this"
    tier = "Standard" if environment.deletion_protection else "Free"
    bill.add_running(service, cluster, f"AKS {tier}", 1, "deletion_protection")
    for pool in pools(environment):
        resource = f'{PLATFORM}.cluster[0].azurerm_kubernetes_cluster_node_pool.this["{pool.index}"]'
        meter = node_machine(pool.size, "azure")
        of = resource if pool.index else cluster
        bill.add_running(service, of, meter, pool.nodes, pool.key, note=pool.note)
        if pool.size not in NODE_SIZES:  # whose disk is no part of it
            bill.add(service, of, "P10 LRS disk", pool.nodes, pool.key)
    _logs(bill, environment, service, "cluster[0]", "control_plane_logs", "cluster")


def _network(bill: Bill, environment: Environment) -> None:
    service, key = "network", "network"
    stores = environment.storage is not None or environment.runner is not None
    if given(environment.network).existing:
        there = _zones_there(environment)
        count = _PRIVATE_DNS_ZONES + stores - len(there if stores else there - {"storage"})
        zones = f"{PLATFORM}.existing_network[0].azurerm_private_dns_zone.this"
        if count:
            bill.add("existing-network", zones, "Private DNS zone", Range.of(count), key, instances=count)
        return
    nat = f"{PLATFORM}.network[0].azurerm_nat_gateway.this"
    bill.add_running(service, nat, "NAT gateway", 1, key)
    bill.add(service, nat, "NAT gateway data", bill.usage("nat"), key)
    bill.add_running(service, f"{PLATFORM}.network[0].azurerm_public_ip.nat", "Public IPv4 address", 1, key)
    zones = f"{PLATFORM}.network[0].azurerm_private_dns_zone.this"
    count = _PRIVATE_DNS_ZONES + stores
    bill.add(service, zones, "Private DNS zone", Range.of(count), key, instances=count)


def _zones_there(environment: Environment) -> set[str]:
    existing = given(environment.network).existing
    return set(existing.private_dns_zones.ids if existing and existing.private_dns_zones else ())


def _runner(bill: Bill, environment: Environment) -> None:
    if environment.runner is None:
        return
    service, module = "runner", f"{PLATFORM}.runner[0]"
    machines = f"{module}.azurerm_linux_virtual_machine_scale_set.this"
    bill.add_running(service, machines, node_machine(SIZE, "azure"), environment.runner.machines, "runner.machines")
    bill.add_running(service, f"{module}.azurerm_private_endpoint.state", "Private endpoint", 1, "runner")


def _gateway(bill: Bill, environment: Environment) -> None:
    if environment.gateway is None:
        return
    service, balancer, key = "api-gateway", f"{WORKLOADS}.gateway[0].helm_release.gateway", "gateway"
    bill.add_running(service, balancer, "Load balancer, first five rules", 1, key)
    bill.add(service, balancer, "Load balancer data", bill.usage("internet"), key)
    if environment.gateway.public:
        address = f"{PLATFORM}.gateway_address[0].azurerm_public_ip.this"
        bill.add_running("gateway-address", address, "Public IPv4 address", 1, "gateway.public")
        bill.add(service, balancer, "Data to the Internet", bill.usage("internet"), "gateway.public")


def _registry(bill: Bill, environment: Environment) -> None:
    if environment.already.registry:
        if "registry" not in _zones_there(environment):
            _private_endpoint(bill, "existing-registry", "existing_registry[0]", "existing.registry")
        return
    service, key = "container-registry", "services"
    registry = f"{PLATFORM}.container_registry[0].azurerm_container_registry.this"
    bill.add(service, registry, "Container Registry Premium", Range.of(DAYS_A_MONTH), key)
    _private_endpoint(bill, service, "container_registry[0]", key)
    _logs(bill, environment, service, "container_registry[0]", "service_logs", key)
    if environment.already.log_workspace:
        return
    kept_for_money = bill.usage("service_logs") * ((REGISTRY_LOG_DAYS - _FREE_LOG_DAYS) / DAYS_A_MONTH)
    workspace = f"{PLATFORM}.container_registry[0].azurerm_log_analytics_workspace.this"
    bill.add(service, workspace, "Log Analytics retention", kept_for_money, key, instances=1)


def _keys_and_secrets(bill: Bill, environment: Environment) -> None:
    if environment.already.encryption_key is None:
        _keys(bill, environment)
    store = f"{PLATFORM}.secret_store.azurerm_key_vault.this"
    bill.add("secret-store", store, "Secret operations", bill.usage("secret_reads"), "services")
    _private_endpoint(bill, "secret-store", "secret_store", "services")
    _logs(bill, environment, "secret-store", "secret_store", "service_logs", "services")


def _keys(bill: Bill, environment: Environment) -> None:
    keys, purposes = f"{PLATFORM}.encryption[0].azurerm_key_vault_key.this", key_purposes(environment)
    in_hsm, count = sum(purpose != IN_SOFTWARE for purpose in purposes), len(purposes)
    bill.add("encryption", keys, "HSM key, RSA 3072", Range.of(in_hsm), "cloud", instances=count)
    operations = bill.usage("key_operations")
    bill.add("encryption", keys, "HSM key operations", operations, "cloud", instances=count)
    _logs(bill, environment, "encryption", "encryption[0]", "service_logs", "cloud")


def _postgres(bill: Bill, environment: Environment) -> None:
    postgres = environment.postgres
    if postgres is None:
        return
    service, copies = "postgres-db", 2 if postgres.high_availability else 1
    for servers in database_servers(environment):
        resource = servers.of(f"{PLATFORM}.postgres[0].azurerm_postgresql_flexible_server.this")
        each, instances, disks = servers.each, servers.instances, servers.count * servers.each.storage_gb
        size = database_server(each.size, "azure").sku
        bill.add_running(service, resource, size, servers.count * copies, each.size_key, instances=instances)
        stored = Range.of(disks * copies)
        bill.add(service, resource, "PostgreSQL storage", stored, each.storage_key, instances=instances)
        paid = (bill.usage("backups") * disks).above(disks)
        bill.add(service, resource, "PostgreSQL backups", paid, "postgres.backup_days", instances=instances)
    _logs(bill, environment, service, "postgres[0]", "service_logs", "postgres")


def _redis(bill: Bill, environment: Environment) -> None:
    redis = environment.redis
    if redis is None:
        return
    service, cache = "redis", f"{PLATFORM}.redis[0].azurerm_managed_redis.this"
    nodes = 2 if redis.high_availability else 1
    bill.add_running(service, cache, cache_node(redis.size, "azure"), nodes, "redis.size")
    _private_endpoint(bill, service, "redis[0]", "redis")
    _logs(bill, environment, service, "redis[0]", "service_logs", "redis")


def _storage(bill: Bill, environment: Environment) -> None:
    if environment.storage is None:
        return
    service, account = "object-storage", f"{PLATFORM}.storage[0].azurerm_storage_account.this"
    bill.add(service, account, "Hot ZRS Data Stored", bill.usage("files"), "storage.retention_days")
    _private_endpoint(bill, service, "storage[0]", "storage")
    _logs(bill, environment, service, "storage[0]", "service_logs", "storage")


def _alerts(bill: Bill, environment: Environment) -> None:
    if environment.alerts is None:
        return
    rules, count = f"{PLATFORM}.alerts[0].azurerm_monitor_metric_alert.this", watched(environment)
    bill.add("alerts", rules, "Metric alert rule", Range.of(count), "alerts", instances=count)


def _rabbitmq(bill: Bill, environment: Environment) -> None:
    rabbitmq = environment.rabbitmq
    if rabbitmq is None:
        return
    nodes = BROKER_NODES[rabbitmq.high_availability]
    tier = next(name for size, name in _DISK_TIERS.items() if rabbitmq.storage_gb <= size)
    copies = "ZRS" if given(environment.network).zones > 1 else "LRS"
    cluster = f"{WORKLOADS}.rabbitmq[0].helm_release.cluster"
    bill.add("rabbitmq", cluster, f"{tier} {copies} disk", Range.of(nodes), "rabbitmq.storage_gb")


def _private_endpoint(bill: Bill, service: str, module: str, key: str) -> None:
    endpoint = f"{PLATFORM}.{module}.azurerm_private_endpoint.this"
    bill.add_running(service, endpoint, "Private endpoint", 1, key)
    bill.add(service, endpoint, "Private endpoint data", bill.usage("endpoints"), key)


def _logs(bill: Bill, environment: Environment, service: str, module: str, usage: str, key: str) -> None:
    if environment.already.log_workspace:
        return  # whoever has the workspace pays for what comes in
    workspace = f"{PLATFORM}.{module}.azurerm_log_analytics_workspace.this"
    bill.add(service, workspace, "Log Analytics ingestion", bill.usage(usage), key, instances=1)
