"""What Google Cloud bills an environment for, by the pricing page of each service (cloud.google.com/pricing).

A Cloud SQL server with a standby costs twice as much, disk included. Keys get a new version every quarter, and each
costs what the first does: a year's versions are the high end. Logs are one line, because the project has 50 GiB free.
"""

from costs.bill import Bill, Range
from costs.bills.shared import (
    PLATFORM,
    WORKLOADS,
    database_servers,
    key_purposes,
    pools,
    secrets,
    storage_users,
    watched,
)
from environments import Environment
from environments.given import given
from flowwise.tables.copies import BROKER_NODES
from flowwise.tables.runner import DISK_GB, SIZE
from flowwise.tables.sizes import NODE_DISK_GB, cache_node, database_server, node_machine

_FREE_LOGS_GB = 50
_KEY_VERSIONS_OF_A_YEAR = 5


def google_bill(environment: Environment) -> Bill:
    """Every line, service by service."""
    bill = Bill(environment)
    if environment.makes_cluster:
        _cluster(bill, environment)
    _project_logs(bill, environment)
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
    service, module = "k8s-cluster", f"{PLATFORM}.cluster[0]"
    bill.add_running(service, f"{module}.google_container_cluster.this", "GKE cluster", 1, "cluster")
    for pool in pools(environment):
        name = f'this["{pool.index}"]' if pool.index else "system"
        resource = f"{module}.google_container_node_pool.{name}"
        bill.add_running(service, resource, node_machine(pool.size, "google"), pool.nodes, pool.key, note=pool.note)
        bill.add(service, resource, "Balanced disk", pool.nodes * NODE_DISK_GB, pool.key)


def _project_logs(bill: Bill, environment: Environment) -> None:
    """Of the secrets, and of the cluster, the keys, the databases and files that are the environment's."""
    there = (
        environment.already.encryption_key is None,
        environment.postgres is not None,
        environment.storage is not None,
    )
    logs = bill.usage("service_logs") * (1 + sum(there))
    service, module, key = "secret-store", "secret_store", "services"
    if environment.makes_cluster:
        logs += bill.usage("control_plane_logs")
        service, module, key = "k8s-cluster", "cluster[0]", "cluster"
    bucket = f"{PLATFORM}.{module}.google_logging_project_bucket_config.this"
    bill.add(service, bucket, "Logging", logs.above(_FREE_LOGS_GB), key)


def _network(bill: Bill, environment: Environment) -> None:
    if given(environment.network).existing:
        return
    service, key = "network", "network"
    nat = f"{PLATFORM}.network[0].google_compute_router_nat.this"
    machines = sum((pool.nodes for pool in pools(environment)), start=Range.of(0))
    machines += Range.of(environment.runner.machines if environment.runner else 0)
    bill.add_running(service, nat, "NAT gateway, each machine", machines, "cluster")
    bill.add(service, nat, "NAT gateway data", bill.usage("nat"), key)
    bill.add_running(service, f"{PLATFORM}.network[0].google_compute_address.nat", "External IPv4 address", 1, key)
    nodes = f"{PLATFORM}.network[0].google_compute_subnetwork.nodes"
    bill.add(service, nodes, "Network logs", bill.usage("flow_logs"), key)


def _runner(bill: Bill, environment: Environment) -> None:
    if environment.runner is None:
        return
    machines = f"{PLATFORM}.runner[0].google_compute_region_instance_group_manager.this"
    count = environment.runner.machines
    bill.add_running("runner", machines, node_machine(SIZE, "google"), count, "runner.machines")
    bill.add("runner", machines, "Balanced disk", Range.of(count * DISK_GB), "runner.machines")


def _gateway(bill: Bill, environment: Environment) -> None:
    if environment.gateway is None:
        return
    service, balancer, key = "api-gateway", f"{WORKLOADS}.gateway[0].helm_release.gateway", "gateway"
    bill.add_running(service, balancer, "Forwarding rules, first five", 1, key)
    bill.add(service, balancer, "Load balancer data", bill.usage("internet"), key)
    if environment.gateway.public:
        bill.add(service, balancer, "Data to the Internet", bill.usage("internet"), "gateway.public")


def _registry(bill: Bill, environment: Environment) -> None:
    if environment.already.registry:
        return
    service, module, count = "container-registry", f"{PLATFORM}.container_registry[0]", len(environment.services)
    repositories = f"{module}.google_artifact_registry_repository.this"
    bill.add(service, repositories, "Artifact Registry storage", bill.usage("images"), "services", instances=count)
    scanning = f"{module}.google_project_service.scanning"
    bill.add(service, scanning, "Image scan", bill.usage("scans"), "services")


def _keys_and_secrets(bill: Bill, environment: Environment) -> None:
    if environment.already.encryption_key is None:
        _keys(bill, environment)
    store, count = f"{PLATFORM}.secret_store.google_secret_manager_secret_version.this", secrets(environment)
    bill.add("secret-store", store, "Secret version", Range.of(count), "services", instances=count)


def _keys(bill: Bill, environment: Environment) -> None:
    keys, count = f"{PLATFORM}.encryption[0].google_kms_crypto_key.this", len(key_purposes(environment))
    versions = Range.of(count, count * _KEY_VERSIONS_OF_A_YEAR)
    bill.add("encryption", keys, "HSM key version", versions, "cloud", instances=count)


def _postgres(bill: Bill, environment: Environment) -> None:
    postgres = environment.postgres
    if postgres is None:
        return
    service, copies = "postgres-db", 2 if postgres.high_availability else 1
    for servers in database_servers(environment):
        resource = servers.of(f"{PLATFORM}.postgres[0].google_sql_database_instance.this")
        each, instances, disks = servers.each, servers.instances, servers.count * servers.each.storage_gb
        size = database_server(each.size, "google").sku
        bill.add_running(service, resource, size, servers.count * copies, each.size_key, instances=instances)
        stored = Range.of(disks * copies)
        bill.add(service, resource, "Cloud SQL storage", stored, each.storage_key, instances=instances)
        backups = bill.usage("backups") * disks
        bill.add(service, resource, "Cloud SQL backups", backups, "postgres.backup_days", instances=instances)


def _redis(bill: Bill, environment: Environment) -> None:
    redis = environment.redis
    if redis is None:
        return
    cache, nodes = f"{PLATFORM}.redis[0].google_memorystore_instance.this", 2 if redis.high_availability else 1
    bill.add_running("redis", cache, cache_node(redis.size, "google"), nodes, "redis.size")


def _storage(bill: Bill, environment: Environment) -> None:
    service, buckets = "object-storage", f"{PLATFORM}.storage[0].google_storage_bucket.this"
    if count := storage_users(environment):
        bill.add(service, buckets, "Standard storage", bill.usage("files"), "storage.retention_days", instances=count)


def _alerts(bill: Bill, environment: Environment) -> None:
    if environment.alerts is None:
        return
    rules, count = f"{PLATFORM}.alerts[0].google_monitoring_alert_policy.this", watched(environment)
    bill.add("alerts", rules, "Alerting condition", Range.of(count), "alerts", instances=count)


def _rabbitmq(bill: Bill, environment: Environment) -> None:
    rabbitmq = environment.rabbitmq
    if rabbitmq is None:
        return
    disks = BROKER_NODES[rabbitmq.high_availability] * rabbitmq.storage_gb
    cluster = f"{WORKLOADS}.rabbitmq[0].helm_release.cluster"
    bill.add("rabbitmq", cluster, "Balanced disk", Range.of(disks), "rabbitmq.storage_gb")
