"""What AWS bills an environment for, by the pricing page of each service (aws.amazon.com/pricing).

A managed broker's disk is counted as filled with one GB a node, as the service bills what is in use. Launch templates
give each node a disk of its own. A load balancer has an address in each zone.
"""

from costs.bill import DAYS_A_MONTH, Bill, Range
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
from flowwise.tables.retention import FLOW_LOG_DAYS, LOG_DAYS
from flowwise.tables.runner import DISK_GB, SIZE
from flowwise.tables.sizes import NODE_DISK_GB, broker_node, cache_node, database_server, node_machine

_INTERFACE_ENDPOINTS = 5


def aws_bill(environment: Environment) -> Bill:
    """Every line, service by service."""
    bill = Bill(environment)
    if environment.makes_cluster:
        _cluster(bill, environment)
    if given(environment.network).existing is None:
        _network(bill, given(environment.network).zones)
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
    bill.add_running(service, f"{module}.aws_eks_cluster.this", "EKS cluster", 1, "cluster")
    for pool in pools(environment):
        resource = (
            f'{module}.aws_eks_node_group.this["{pool.index}"]' if pool.index else f"{module}.aws_eks_node_group.system"
        )
        bill.add_running(service, resource, node_machine(pool.size, "aws"), pool.nodes, pool.key, note=pool.note)
        bill.add(service, resource, "EBS gp3", pool.nodes * NODE_DISK_GB, pool.key)
    _logs(bill, service, f"{module}.aws_cloudwatch_log_group.cluster", "control_plane_logs", "cluster")


def _network(bill: Bill, zones: int) -> None:
    service, module, key = "network", f"{PLATFORM}.network[0]", "network.zones"
    nat = f"{module}.aws_nat_gateway.this"
    bill.add_running(service, nat, "NAT gateway", zones, key, instances=zones)
    bill.add(service, nat, "NAT gateway data", bill.usage("nat"), key, instances=zones)
    bill.add_running(service, f"{module}.aws_eip.nat", "Public IPv4 address", zones, key, instances=zones)
    endpoints = f"{module}.aws_vpc_endpoint.interface"
    bill.add_running(
        service, endpoints, "Interface endpoint", _INTERFACE_ENDPOINTS * zones, key, instances=_INTERFACE_ENDPOINTS
    )
    bill.add(
        service, endpoints, "Interface endpoint data", bill.usage("endpoints"), key, instances=_INTERFACE_ENDPOINTS
    )
    bill.add(service, f"{module}.aws_kms_key.flow_logs", "KMS key", Range.of(1), "network")
    logs = f"{module}.aws_cloudwatch_log_group.flow_logs"
    _logs(bill, service, logs, "flow_logs", "network", meter="CloudWatch vended logs", days=FLOW_LOG_DAYS)


def _runner(bill: Bill, environment: Environment) -> None:
    if environment.runner is None:
        return
    machines, count = f"{PLATFORM}.runner[0].aws_autoscaling_group.this", environment.runner.machines
    bill.add_running("runner", machines, node_machine(SIZE, "aws"), count, "runner.machines")
    bill.add("runner", machines, "EBS gp3", Range.of(count * DISK_GB), "runner.machines")


def _gateway(bill: Bill, environment: Environment) -> None:
    if environment.gateway is None:
        return
    service, balancer, key = "api-gateway", f"{WORKLOADS}.gateway[0].helm_release.gateway", "gateway"
    bill.add_running(service, balancer, "Network load balancer", 1, key)
    bill.add_running(service, balancer, "Network load balancer capacity unit", bill.usage("balancer"), key)
    if environment.gateway.public:
        zones = given(environment.network).zones
        address = f"{PLATFORM}.gateway_address[0].aws_eip.this"
        bill.add_running("gateway-address", address, "Public IPv4 address", zones, "gateway.public", instances=zones)
        bill.add(service, balancer, "Data to the Internet", bill.usage("internet"), "gateway.public")


def _registry(bill: Bill, environment: Environment) -> None:
    if environment.already.registry:
        return
    repositories = f"{PLATFORM}.container_registry[0].aws_ecr_repository.this"
    count = len(environment.services)
    bill.add("container-registry", repositories, "ECR storage", bill.usage("images"), "services", instances=count)


def _keys_and_secrets(bill: Bill, environment: Environment) -> None:
    if environment.already.encryption_key is None:
        _keys(bill, environment)
    store, count = f"{PLATFORM}.secret_store.aws_secretsmanager_secret.this", secrets(environment)
    bill.add("secret-store", store, "Secret", Range.of(count), "services", instances=count)


def _keys(bill: Bill, environment: Environment) -> None:
    keys, count = f"{PLATFORM}.encryption[0].aws_kms_key.this", len(key_purposes(environment))
    bill.add("encryption", keys, "KMS key", Range.of(count), "cloud", instances=count)


def _postgres(bill: Bill, environment: Environment) -> None:
    postgres = environment.postgres
    if postgres is None:
        return
    service, module = "postgres-db", f"{PLATFORM}.postgres[0]"
    copies = "with standby" if postgres.high_availability else "single zone"
    for servers in database_servers(environment):
        resource, instances = servers.of(f"{module}.aws_db_instance.this"), servers.instances
        each, disks = servers.each, servers.count * servers.each.storage_gb
        size = f"{database_server(each.size, 'aws').sku} {copies}"
        bill.add_running(service, resource, size, servers.count, each.size_key, instances=instances)
        bill.add(service, resource, f"RDS gp3 {copies}", Range.of(disks), each.storage_key, instances=instances)
        paid = (bill.usage("backups") * disks).above(disks)
        bill.add(service, resource, "RDS backups", paid, "postgres.backup_days", instances=instances)
    logs, count = f"{module}.aws_cloudwatch_log_group.this", 3 * len(environment.database_servers)
    _logs(bill, service, logs, "service_logs", "postgres", instances=count)


def _redis(bill: Bill, environment: Environment) -> None:
    redis = environment.redis
    if redis is None:
        return
    cache, nodes = f"{PLATFORM}.redis[0].aws_elasticache_replication_group.this", 2 if redis.high_availability else 1
    bill.add_running("redis", cache, cache_node(redis.size, "aws"), nodes, "redis.size")
    _logs(bill, "redis", f"{PLATFORM}.redis[0].aws_cloudwatch_log_group.this", "service_logs", "redis", instances=2)


def _storage(bill: Bill, environment: Environment) -> None:
    if environment.storage is None:
        return
    service, module, count = "object-storage", f"{PLATFORM}.storage[0]", storage_users(environment)
    buckets = f"{module}.aws_s3_bucket.this"
    if count:
        bill.add(service, buckets, "S3 storage", bill.usage("files"), "storage.retention_days", instances=count)
    bill.add(service, f"{module}.aws_s3_bucket.logs", "S3 storage", bill.usage("service_logs"), "storage")


def _alerts(bill: Bill, environment: Environment) -> None:
    if environment.alerts is None:
        return
    rules, count = f"{PLATFORM}.alerts[0].aws_cloudwatch_metric_alarm.this", watched(environment)
    bill.add("alerts", rules, "CloudWatch alarm", Range.of(count), "alerts", instances=count)
    bill.add("alerts", f"{PLATFORM}.alerts[0].aws_kms_key.this", "KMS key", Range.of(1), "alerts")


def _rabbitmq(bill: Bill, environment: Environment) -> None:
    rabbitmq = environment.rabbitmq
    if rabbitmq is None:
        return
    nodes = BROKER_NODES[rabbitmq.high_availability]
    if rabbitmq.mode == "in-cluster":
        cluster = f"{WORKLOADS}.rabbitmq[0].helm_release.cluster"
        bill.add("rabbitmq", cluster, "EBS gp3", Range.of(nodes * rabbitmq.storage_gb), "rabbitmq.storage_gb")
        return
    module = f"{PLATFORM}.rabbitmq[0]"
    broker = f"{module}.aws_mq_broker.this"
    bill.add_running("rabbitmq", broker, broker_node(rabbitmq.size, "aws"), nodes, "rabbitmq.size")
    bill.add("rabbitmq", broker, "Amazon MQ storage", Range.of(nodes), "rabbitmq")
    bill.add("rabbitmq", f"{module}.aws_secretsmanager_secret.administrator", "Secret", Range.of(1), "rabbitmq.mode")


def _logs(
    bill: Bill,
    service: str,
    resource: str,
    usage: str,
    key: str,
    *,
    meter: str = "CloudWatch Logs ingestion",
    days: int = LOG_DAYS,
    instances: int | None = None,
) -> None:
    amount = bill.usage(usage)
    bill.add(service, resource, meter, amount, key, instances=instances)
    kept = amount * (days / DAYS_A_MONTH)
    bill.add(service, resource, "CloudWatch Logs storage", kept, key, instances=instances)
