"""An environment: the root that configures the provider and the state, and calls one cloud's platform."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from cdk.aws import DataAwsCloudwatchLogGroups
from cdk.core import App
from environments import Environment
from environments.cluster import NodePool as NodePoolTable
from environments.cluster import SystemPool as SystemPoolTable
from environments.given import given
from environments.network import Network as NetworkTable
from environments.own_secrets import given_secrets, own_secrets, secrets_of
from environments.rabbitmq import Rabbitmq as RabbitmqTable
from environments.redis import Redis as RedisTable
from environments.services import Service as ServiceTable
from environments.storage import Storage as StorageTable
from flowwise.authoring.common_variables import OPERATORS_EXAMPLE
from flowwise.authoring.declarations import given_values
from flowwise.authoring.expressions import anything
from flowwise.authoring.module import Module, TerraformFolder
from flowwise.budget import Bill
from flowwise.k8s_cluster import NodePool, SystemPool, Taint
from flowwise.platform import (
    AlertsSettings,
    BudgetSettings,
    ClusterSettings,
    DnsChallengeSettings,
    ExistingNetworkSettings,
    ExistingSettings,
    GatewaySettings,
    ManagedRabbitmqSettings,
    Microservice,
    NetworkSettings,
    PlatformInputs,
    PlatformOutputs,
    PostgresSettings,
    RedisSettings,
    RunnerSettings,
    StorageSettings,
)
from flowwise.platform.aws import AwsPlatform
from flowwise.platform.azure import AzurePlatform
from flowwise.platform.google import GooglePlatform
from flowwise.postgres_db import OwnServer
from flowwise.postgres_db.readers import DatabaseReader
from flowwise.tables.naming import known_name
from flowwise.tables.project import PLATFORM
from flowwise.tables.regions import REGIONS
from flowwise.tables.vendor_keys import API_KEY, APPLICATION_KEY, RUNNER_KEY
from stacks.cloud_account import AccountInputs, AzureAccountInputs, configure_provider
from stacks.confirmation import ask_for_confirmation
from stacks.database_administrator import read_database_administrator
from stacks.folder_stack import ENVIRONMENTS, FolderStack
from stacks.protection import tell_protection
from stacks.secret_values import add_secret_values
from stacks.state import keep_state, storage_account
from stacks.tags import tags

PLATFORMS: dict[str, type[Module[PlatformInputs, PlatformOutputs]]] = {
    "azure": AzurePlatform,
    "aws": AwsPlatform,
    "google": GooglePlatform,
}


class EnvironmentStack(FolderStack):
    """`infra/environments/<name>/`, the folder that `terraform` or `cdktf deploy <name>` applies."""

    is_root = True

    def __init__(self, app: App, environment: Environment) -> None:
        folder = f"{ENVIRONMENTS}{environment.name}"
        super().__init__(app, folder)
        self.environment = environment
        self.source = f"environments/{environment.name}.toml"
        self.content = TerraformFolder(self, folder)
        region = REGIONS[environment.known_region][environment.cloud].code
        ask_for_confirmation(self, environment)
        configure_provider(self, environment.cloud, region, environment.account)
        if environment.cloud == "azure":
            account: AccountInputs = self.add_variables(AzureAccountInputs)
        else:
            account = self.add_variables(AccountInputs)
        if environment.renamed_services:
            account = replace(account, database_readers=anything(_readers(environment.renamed_services)))
        secret_values = add_secret_values(self, given_secrets(environment))
        keep_state(self, environment, PLATFORM)
        password = read_database_administrator(self.content, environment.cloud) if environment.postgres else None
        inputs = platform_inputs(environment, account, secret_values, password)
        if environment.cloud == "aws" and environment.makes_cluster:
            _take_over_the_clusters_logs(self, environment.prefix)
        # An output that is null has the CLI of CDKTF stumble when it shows the outputs.
        parts = {
            "database_": inputs.postgres,
            "gateway_": inputs.gateway,
            "challenge_": inputs.dns_challenge,
            "cache_": inputs.redis,
            "storage_": inputs.storage,
            "broker_": inputs.managed_rabbitmq,
        }
        self.add_outputs(
            self.content.call("platform", PLATFORMS[environment.cloud], inputs),
            leave_out=tuple(prefix for prefix, settings in parts.items() if settings is None),
        )
        tell_protection(self, environment)
        # Terraform cannot test the root itself: stacks/database_administrator.py says why.
        self.test_region = region
        self.tested_module = PLATFORMS[environment.cloud].path
        self.test_variables = given_values(
            platform_inputs(
                environment,
                _account_example(environment),
                dict.fromkeys(_needed_secrets(environment), "an-example-of-a-key"),
                "an-example-of-a-password-1" if environment.postgres else None,
            )
        )


def _readers(renamed: Mapping[str, str]) -> str:
    """Who reads which microservices' tables: people say the names of today, or those that they were made by."""
    return (
        "{\n"
        "  for name, reader in var.database_readers : name => {\n"
        "    identifier = reader.identifier\n"
        f"    services   = [for service in reader.services : lookup({json.dumps(renamed)}, service, service)]\n"
        "  }\n"
        "}"
    )


def _take_over_the_clusters_logs(stack: FolderStack, prefix: str) -> None:
    name = known_name("eks_log_group", prefix)
    stack.content.resource(DataAwsCloudwatchLogGroups, "cluster", log_group_name_prefix=name)
    stack.add_import(
        "module.platform.module.cluster[0].aws_cloudwatch_log_group.cluster",
        f'toset([for name in data.aws_cloudwatch_log_groups.cluster.log_group_names : name if name == "{name}"])',
        "Kept by a protected environment that was destroyed, or made anew by EKS, which writes its last lines after "
        "the end. Its name is EKS's own choice, and CloudWatch makes no second one of that name.",
    )


_READERS = {
    "azure": "33333333-3333-3333-3333-333333333333",
    "aws": "arn:aws:iam::123456789012:role/analysts",
    "google": "analysts@example.com",
}
"""By cloud, who could be said to read databases, for the tests of the roots."""


def _account_example(environment: Environment) -> AccountInputs:
    users = [name for name, service in environment.deployed_services.items() if "postgres" in service.uses]
    readers = {"analysts": DatabaseReader(identifier=_READERS[environment.cloud], services=users)}
    return AccountInputs(
        administrators={},
        database_readers=readers if environment.postgres else {},
        operator_cidrs=OPERATORS_EXAMPLE if environment.cloud == "azure" else [],
    )


def _needed_secrets(environment: Environment) -> Iterator[str]:
    yield API_KEY
    if environment.observability.application_key_version is not None:
        yield APPLICATION_KEY
    if environment.runner:
        yield RUNNER_KEY
    yield from own_secrets(environment)


def platform_inputs(
    environment: Environment,
    account: AccountInputs,
    secret_values: dict[str, str],
    database_administrator_password: str | None,
) -> PlatformInputs:
    """What an environment file asks of a platform, in the words of the platform's contract."""
    budget, network = given(environment.budget), given(environment.network)
    return PlatformInputs(
        name=environment.prefix,
        region=environment.known_region,
        network=_network(network),
        existing=_existing(environment),
        cluster=_cluster(environment),
        services={name: _microservice(name, service) for name, service in environment.deployed_services.items()},
        postgres=_postgres(environment),
        redis=_redis(environment.redis),
        storage=_storage(environment.storage),
        managed_rabbitmq=_managed_rabbitmq(environment.rabbitmq),
        runner=_runner(environment),
        gateway=_gateway(environment),
        dns_challenge=_dns_challenge(environment),
        alerts=AlertsSettings(emails=list(environment.alerts.emails)) if environment.alerts else None,
        budget=BudgetSettings(
            monthly_usd=budget.monthly_usd,
            contact_emails=list(budget.emails),
            bill=Bill(currency=budget.bill.currency, monthly_amount=budget.bill.monthly) if budget.bill else None,
        ),
        secret_version=environment.secret_version,
        administrators=account.administrators,
        database_readers=account.database_readers,
        operator_cidrs=account.operator_cidrs,
        monitoring_key_version=None
        if environment.observability.backend == "none"
        else environment.observability.key_version,
        application_key_version=environment.observability.application_key_version,
        secret_values=secret_values,
        database_administrator_password=database_administrator_password,
        protected=environment.deletion_protection,
        tags=tags(environment.name, environment.owner, environment.cost_center),
    )


def _network(network: NetworkTable) -> NetworkSettings:
    existing = network.existing
    return NetworkSettings(
        cidr=str(network.cidr),
        zones=network.zones,
        existing=None
        if existing is None
        else ExistingNetworkSettings(
            id=existing.id,
            subnets=dict(existing.subnets),
            private_dns_zone_ids=existing.private_dns_zones.ids if existing.private_dns_zones else {},
            routed=existing.routed,
        ),
    )


def _existing(environment: Environment) -> ExistingSettings | None:
    existing = environment.existing
    if existing is None:
        return None
    return ExistingSettings(
        cluster=existing.cluster,
        private_cluster=environment.tier == "prod",
        registry=existing.registry,
        encryption_key=existing.encryption_key,
        log_workspace=existing.log_workspace,
    )


def _microservice(name: str, service: ServiceTable) -> Microservice:
    secrets = {secret.name: secret.version for secret in secrets_of(name, service).values()}
    return Microservice(uses=list(service.uses), secrets=secrets)


def _cluster(environment: Environment) -> ClusterSettings:
    cluster = given(environment.cluster)
    return ClusterSettings(
        kubernetes_version=cluster.kubernetes_version,
        patch_version=cluster.patch_version,
        pod_cidr=str(cluster.pod_cidr),
        service_cidr=str(cluster.service_cidr),
        public_access_cidrs=list(cluster.public_access_cidrs),
        identity_endpoint=cluster.identity_endpoint,
        system_pool=_system_pool(given(cluster.system_pool)) if environment.makes_cluster else None,
        node_pools={name: _node_pool(pool) for name, pool in cluster.node_pools.items()},
    )


def _postgres(environment: Environment) -> PostgresSettings | None:
    postgres = environment.postgres
    if postgres is None:
        return None
    return PostgresSettings(
        topology=postgres.topology,
        engine_version=postgres.version,
        size=postgres.size,
        storage_gb=postgres.storage_gb,
        servers=_own_servers(environment),
        backup_days=given(postgres.backup_days),
        high_availability=postgres.high_availability,
        same_zone=postgres.same_zone,
    )


def _own_servers(environment: Environment) -> dict[str, OwnServer]:
    """Each server that has something of its own, by the name that it was made by."""
    postgres = given(environment.postgres)
    own = {
        name: OwnServer(
            size=server.size if server.size != postgres.size else None,
            storage_gb=server.storage_gb if server.storage_gb != postgres.storage_gb else None,
        )
        for name, server in environment.database_servers.items()
    }
    return {name: server for name, server in own.items() if server != OwnServer()}


def _redis(redis: RedisTable | None) -> RedisSettings | None:
    if redis is None:
        return None
    return RedisSettings(
        size=redis.size,
        high_availability=redis.high_availability,
        persistence=redis.persistence,
        eviction_policy=redis.eviction_policy,
    )


def _storage(storage: StorageTable | None) -> StorageSettings | None:
    return None if storage is None else StorageSettings(retention_days=storage.retention_days)


def _runner(environment: Environment) -> RunnerSettings | None:
    runner = environment.runner
    if runner is None:
        return None
    return RunnerSettings(
        organization=runner.organization,
        application=runner.application,
        machines=runner.machines,
        key_version=runner.key_version,
        state_storage=storage_account(environment) if environment.cloud == "azure" else None,
        state_subscription=runner.state_subscription,
    )


def _gateway(environment: Environment) -> GatewaySettings | None:
    if not environment.has_public_address:
        return None
    gateway = given(environment.gateway)
    return GatewaySettings(host=gateway.host, dns_zone=gateway.dns_zone)


def _dns_challenge(environment: Environment) -> DnsChallengeSettings | None:
    if not environment.proves_in_dns:
        return None
    gateway = given(environment.gateway)
    return DnsChallengeSettings(host=gateway.host, dns_zone=given(gateway.dns_zone))


def _managed_rabbitmq(rabbitmq: RabbitmqTable | None) -> ManagedRabbitmqSettings | None:
    if rabbitmq is None or rabbitmq.mode != "managed":
        return None
    return ManagedRabbitmqSettings(
        size=rabbitmq.size,
        high_availability=rabbitmq.high_availability,
        accept_password_in_state=rabbitmq.accept_password_in_state,
    )


def _system_pool(pool: SystemPoolTable) -> SystemPool:
    return SystemPool(size=pool.size, min_nodes=pool.min_nodes, max_nodes=pool.max_nodes)


def _node_pool(pool: NodePoolTable) -> NodePool:
    return NodePool(
        size=pool.size,
        min_nodes=pool.min_nodes,
        max_nodes=pool.max_nodes,
        spot=pool.spot,
        labels=dict(pool.labels),
        taints=[Taint(key=taint.key, value=taint.value, effect=taint.effect) for taint in pool.taints],
    )
