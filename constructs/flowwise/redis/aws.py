"""The cache on AWS: ElastiCache for Valkey, where each microservice signs in with IAM and sees its own keys."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import (
    CloudwatchLogGroup,
    DataAwsVpc,
    ElasticacheParameterGroup,
    ElasticacheParameterGroupParameter,
    ElasticacheReplicationGroup,
    ElasticacheSubnetGroup,
    ElasticacheUser,
    ElasticacheUserAuthenticationMode,
    ElasticacheUserGroup,
    IamRolePolicy,
    SecurityGroup,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import for_each, number, string_map, strings, text
from flowwise.authoring.module import Module, dynamic
from flowwise.aws.firewall import add_firewall
from flowwise.aws.policies import policy, statement
from flowwise.redis import REDIS, RedisInputs, RedisOutputs
from flowwise.tables.naming import resource_name, shortened
from flowwise.tables.sizes import CACHE_SIZES
from flowwise.workload_identity.aws import is_role, role_name

_PORT = 6379
_SNAPSHOT_DAYS = 7
_LONGEST_USER_ID = 40
# Valkey's functions (@scripting) belong to all users, and @dangerous reads and empties what is others'.
_COMMANDS = "-@all +@read +@write +@connection +@transaction +@pubsub -@scripting -@dangerous"


class AwsRedis(Module[RedisInputs, RedisOutputs]):
    """One replication group of ElastiCache, not sharded."""

    contract = REDIS
    path = "modules/redis/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "network_id": "vpc-0123456789abcdef0",
        "subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "private_dns_zone_id": None,
        "users": {
            "lancamentos": "arn:aws:iam::123456789012:role/flowwise-dev-lancamentos-workload",
            "consolidacao": "arn:aws:iam::123456789012:role/flowwise-dev-consolidacao-workload",
        },
        "encryption_key": {
            "id": "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111",
            "resource_id": "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111",
        },
    }

    def build(self, inputs: RedisInputs) -> RedisOutputs:
        """Add the module's resources."""
        self.local("sizes", {size: clouds["aws"] for size, clouds in CACHE_SIZES.items()})
        self.comment(
            "The users of all caches share the account's names, and ElastiCache allows these "
            f"{_LONGEST_USER_ID} characters."
        )
        self.local(
            "full_names",
            text('{ for microservice in keys(var.users) : microservice => "${var.name}-${microservice}" }'),
        )
        self.local(
            "user_names",
            text(
                "{\n"
                "  for microservice, name in local.full_names :\n"
                f"  microservice => {shortened('name', _LONGEST_USER_ID)}\n"
                "}"
            ),
        )
        self._logs(inputs)
        firewall = self._firewall(inputs)
        users = self._users(inputs)
        cache = self._cache(firewall, users, inputs)
        self._rights()
        return RedisOutputs(
            cache_id=cache.arn,
            cache_name=cache.replication_group_id,
            host=cache.primary_endpoint_address,
            port=_PORT,
            tls=True,
            ca_certificate="",
            user_names=string_map(
                "{ for microservice, user in aws_elasticache_user.this : microservice => user.user_name }"
            ),
        )

    def _logs(self, inputs: RedisInputs) -> None:
        self.skip_check("CKV_AWS_338", "The environment says how long, by log_retention_days.")
        self.resource(
            CloudwatchLogGroup,
            "this",
            for_each=for_each('toset(["engine-log", "slow-log"])'),
            name=f"{resource_name('cache_log_group')}-${{each.key}}",
            retention_in_days=inputs.log_retention_days,
            kms_key_id=text("var.encryption_key.id"),
            tags=inputs.tags,
        )

    def _firewall(self, inputs: RedisInputs) -> SecurityGroup:
        vpc = self.resource(DataAwsVpc, "this", id=inputs.network_id)
        return add_firewall(
            self,
            "redis",
            vpc=vpc,
            port=_PORT,
            protocol="Redis",
            admits_to="the cache",
            why="a cache answers, and calls nobody.",
            tags=inputs.tags,
        )

    def _users(self, inputs: RedisInputs) -> ElasticacheUserGroup:
        self.comment(
            "A microservice signs in with its IAM role, as the user that is called after it here. IAM wants a user's "
            "name and id alike."
        )
        self.resource(
            ElasticacheUser,
            "this",
            for_each=for_each("local.user_names"),
            user_id=text("each.value"),
            user_name=text("each.value"),
            engine="valkey",
            access_string=f"on ~${{each.key}}:* resetchannels &${{each.key}}:* {_COMMANDS}",
            authentication_mode=ElasticacheUserAuthenticationMode(type="iam"),
            tags=inputs.tags,
        )
        self.comment("Without a user called default, so nobody enters without a name.")
        return self.resource(
            ElasticacheUserGroup,
            "this",
            user_group_id=resource_name("elasticache"),
            engine="valkey",
            user_ids=strings("[for user in aws_elasticache_user.this : user.user_id]"),
            tags=inputs.tags,
        )

    def _cache(
        self,
        firewall: SecurityGroup,
        users: ElasticacheUserGroup,
        inputs: RedisInputs,
    ) -> ElasticacheReplicationGroup:
        subnets = self.resource(
            ElasticacheSubnetGroup,
            "this",
            name=resource_name("elasticache"),
            description="Where the nodes of the cache live.",
            subnet_ids=inputs.subnet_ids,
            tags=inputs.tags,
        )
        parameters = self.resource(
            ElasticacheParameterGroup,
            "this",
            name=resource_name("elasticache"),
            description="What gives way when the memory of the cache is full.",
            family="valkey8",
            parameter=[ElasticacheParameterGroupParameter(name="maxmemory-policy", value=inputs.eviction_policy)],
            tags=inputs.tags,
        )
        self.comment(
            "ElastiCache has no lock against deletion: a protected cache leaves a last snapshot instead, named after "
            "its firewall, which is another one each time the environment is made, so that its name is free. Changes "
            "are made when they are applied, and not said to be made before the maintenance window. AWS applies "
            "minor versions by itself in the maintenance window, in the early hours of Sunday in the Americas (times "
            "are UTC), and going back would replace the cache: hence engine_version is ignored."
        )
        last_snapshot = f'"{resource_name("elasticache")}-${{trimprefix(aws_security_group.this.id, "sg-")}}"'
        self.skip_check("CKV2_AWS_50", "There is a replica wherever the input high_availability is true.")
        cache = self.resource(
            ElasticacheReplicationGroup,
            "this",
            replication_group_id=resource_name("elasticache"),
            description="The cache of the microservices.",
            engine="valkey",
            engine_version="8.1",
            auto_minor_version_upgrade="true",
            apply_immediately=True,
            node_type=text("lookup(local.sizes, var.size, var.size)"),
            num_cache_clusters=number("var.high_availability ? 2 : 1"),
            automatic_failover_enabled=inputs.high_availability,
            multi_az_enabled=inputs.high_availability,
            port=_PORT,
            parameter_group_name=parameters.name,
            subnet_group_name=subnets.name,
            security_group_ids=[firewall.id],
            user_group_ids=[users.user_group_id],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled="true",
            kms_key_id=text("var.encryption_key.id"),
            snapshot_retention_limit=number(f"var.persistence ? {_SNAPSHOT_DAYS} : 0"),
            snapshot_window="04:00-05:00",
            maintenance_window="sun:06:00-sun:07:00",
            final_snapshot_identifier=text(f"var.protected ? {last_snapshot} : null"),
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["engine_version"],
                precondition=[
                    Precondition(
                        condition=text("var.private_dns_zone_id == null"),
                        error_message="private_dns_zone_id must be null: ElastiCache has names of its own.",
                    ),
                    Precondition(
                        condition=text("!var.persistence || var.high_availability"),
                        error_message=(
                            "persistence needs high_availability on AWS: ElastiCache keeps no data on disk, so a node "
                            "that restarts is filled from its replica. Snapshots are restored by hand."
                        ),
                    ),
                    Precondition(
                        condition=text("!var.high_availability || length(var.subnet_ids) >= 2"),
                        error_message="high_availability needs subnet_ids in two availability zones or more.",
                    ),
                ],
            ),
        )
        dynamic(
            cache,
            "log_delivery_configuration",
            for_each="aws_cloudwatch_log_group.this",
            content={
                "log_type": text("log_delivery_configuration.key"),
                "log_format": "json",
                "destination_type": "cloudwatch-logs",
                "destination": text("log_delivery_configuration.value.name"),
            },
        )
        return cache

    def _rights(self) -> None:
        self.comment("Connecting takes the right to the cache and to the user, of which each microservice has its own.")
        self.resource(
            IamRolePolicy,
            "connect",
            for_each=for_each("var.users"),
            name="connect-redis",
            role=role_name("each.value"),
            policy=policy(
                statement(
                    "Connect",
                    ["elasticache:Connect"],
                    resources=[
                        text("aws_elasticache_replication_group.this.arn"),
                        text("aws_elasticache_user.this[each.key].arn"),
                    ],
                )
            ),
            lifecycle=TerraformResourceLifecycle(precondition=[is_role("each.value", "users")]),
        )
