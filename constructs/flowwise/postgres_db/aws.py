"""The databases on AWS: RDS servers inside the network, where people sign in with IAM."""

from cdk.aws import (
    CloudwatchLogGroup,
    DataAwsVpc,
    DbInstance,
    DbParameterGroup,
    DbParameterGroupParameter,
    DbSubnetGroup,
    IamRole,
    IamRolePolicy,
    IamRolePolicyAttachment,
    SecurityGroup,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import anything, for_each, number, string_map, strings, text
from flowwise.authoring.module import Module
from flowwise.aws.firewall import add_firewall
from flowwise.aws.policies import BOUNDARY, PARTITION, add_account, arn, policy, statement, trust
from flowwise.postgres_db import ENGINE_VERSIONS, NO_SAME_ZONE, POSTGRES_DB, PostgresDbInputs, PostgresDbOutputs
from flowwise.postgres_db.conditions import READERS_READ_WHAT_IS_THERE, SERVERS_ARE_THERE
from flowwise.postgres_db.own_servers import add_asked, disks_gb
from flowwise.postgres_db.readers import reader_role
from flowwise.tables.naming import resource_name
from flowwise.tables.sizes import DATABASE_SIZES

_PORT = 5432
_ADMINISTRATOR = "administrator"
_ADMINISTRATORS = "administrators"
_KEY = text("var.encryption_key.id")
# "Amazon RDS DB instance storage": from this size on, RDS stripes a gp3 disk over four volumes, and takes no less.
_LARGE_DISK_GB, _LARGE_DISK_IOPS, _LARGE_DISK_MBPS = 400, 12000, 500
_DISK = "local.asked[each.key].storage_gb"
_LOGS = ("iam-db-auth-error", "postgresql", "upgrade")
# Whether a value waits for a restart. AWS does not note a change of this alone, and lists rds.force_ssl, whose value is
# its default, as waiting: said otherwise, every plan would want to change it.
_WAITS = "pending-reboot"
_AT_ONCE = "immediate"
_PARAMETERS = (
    ("rds.force_ssl", "1", _WAITS),
    ("shared_preload_libraries", "pgaudit,pg_stat_statements", _WAITS),
    ("log_connections", text('tonumber(each.key) < 18 ? "1" : "receipt,authentication,authorization"'), _AT_ONCE),
    ("log_disconnections", "1", _AT_ONCE),
    ("log_lock_waits", "1", _AT_ONCE),
    ("pgaudit.log", "ddl,role", _AT_ONCE),
)


class AwsPostgresDb(Module[PostgresDbInputs, PostgresDbOutputs]):
    """One RDS server, or one for each database. The administrator's password is in no state."""

    contract = POSTGRES_DB
    path = "modules/postgres-db/aws"
    examples = {
        "region": "sa-east-1",
        "network_id": "vpc-0123456789abcdef0",
        "subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "private_dns_zone_id": None,
        "administrators": {"platform-team": "arn:aws:iam::123456789012:role/platform-team"},
        "readers": {"analysts": {"identifier": "arn:aws:iam::123456789012:role/analysts", "services": ["lancamentos"]}},
        "encryption_key": {
            "id": "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111",
            "resource_id": "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111",
        },
    }

    def build(self, inputs: PostgresDbInputs) -> PostgresDbOutputs:
        """Add the module's resources."""
        self.require("hosts", "!var.same_zone", NO_SAME_ZONE)
        self._locals()
        add_account(self)
        vpc = self.resource(DataAwsVpc, "this", id=inputs.network_id)
        subnets = self._subnets(inputs)
        firewall = self._firewall(vpc, inputs)
        self._parameters(inputs)
        monitoring, monitoring_policy = self._monitoring(inputs)
        logs = self._logs(inputs)
        self._servers(subnets, firewall, monitoring, [monitoring_policy, logs], inputs)
        self._administrators(inputs)
        self._readers(inputs)
        return PostgresDbOutputs(
            hosts=string_map(
                "{ for microservice, database in local.databases : "
                "microservice => aws_db_instance.this[database.server].address }"
            ),
            server_hosts=string_map("{ for name, server in aws_db_instance.this : name => server.address }"),
            port=_PORT,
            database_names=string_map(
                "{ for microservice, database in local.databases : microservice => database.name }"
            ),
            administrator_name=_ADMINISTRATOR,
            ca_certificate="",
            certificate_names_host=True,
            people=strings(f'length(var.administrators) > 0 ? ["{_ADMINISTRATORS}"] : []'),
            readers=anything(f'{{ for name, reader in var.readers : "{reader_role("${name}")}" => reader.services }}'),
            server_ids=string_map("{ for name, server in aws_db_instance.this : name => server.arn }"),
            server_disks_gb=disks_gb(),
        )

    def _locals(self) -> None:
        self.local("sizes", {size: clouds["aws"].sku for size, clouds in DATABASE_SIZES.items()})
        self.local("servers", text('toset(var.topology == "shared" ? ["shared"] : var.databases)'))
        add_asked(self)
        self.comment(
            "RDS makes one database with a server, and renames it only by replacing the server. So it makes that of a "
            "dedicated server; a shared one begins without, lest a new order of the databases replace it. The job in "
            "the cluster that makes the microservices' roles makes whatever database is missing."
        )
        self.local(
            "databases",
            text(
                "{\n"
                "  for microservice in var.databases : microservice => {\n"
                '    server = var.topology == "shared" ? "shared" : microservice\n'
                '    name   = replace(microservice, "-", "_")\n'
                "  }\n"
                "}"
            ),
        )
        self.local("logs", list(_LOGS))

    def _subnets(self, inputs: PostgresDbInputs) -> DbSubnetGroup:
        return self.resource(
            DbSubnetGroup,
            "this",
            name=resource_name("db_subnet_group", "postgres"),
            description="Where the PostgreSQL servers live.",
            subnet_ids=inputs.subnet_ids,
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("length(var.subnet_ids) >= 2"),
                        error_message=(
                            "subnet_ids must be in two availability zones or more: RDS wants them even for a server "
                            "without a standby."
                        ),
                    )
                ]
            ),
        )

    def _firewall(self, vpc: DataAwsVpc, inputs: PostgresDbInputs) -> SecurityGroup:
        return add_firewall(
            self,
            "postgres",
            vpc=vpc,
            port=_PORT,
            protocol="PostgreSQL",
            admits_to="the PostgreSQL servers",
            why="a server answers, and calls nobody.",
            tags=inputs.tags,
        )

    def _parameters(self, inputs: PostgresDbInputs) -> None:
        versions = ", ".join(f'"{version}"' for version in ENGINE_VERSIONS)
        self.comment(
            "One for each version, used or not: during an upgrade, the server holds on to the group of its old "
            "version. pgaudit logs changes of schema and of rights. To log what reads and writes data would carry "
            "personal data into the logs."
        )
        self.resource(
            DbParameterGroup,
            "this",
            for_each=for_each(f"toset([{versions}])"),
            name=resource_name("db_parameter_group", "${each.key}"),
            description="TLS only, and audit logs.",
            family="postgres${each.key}",
            parameter=[
                DbParameterGroupParameter(name=name, value=value, apply_method=method)
                for name, value, method in _PARAMETERS
            ],
            tags=inputs.tags,
        )

    def _monitoring(self, inputs: PostgresDbInputs) -> tuple[IamRole, IamRolePolicyAttachment]:
        role = self.resource(
            IamRole,
            "monitoring",
            name=resource_name("iam_role", "postgres-monitoring"),
            description="Lets the PostgreSQL servers write measurements of their operating system.",
            # On behalf of these servers alone, and not of another account's.
            assume_role_policy=trust(
                "monitoring.rds.amazonaws.com",
                conditions={"ArnLike": {"aws:SourceArn": arn("rds", f"db:{resource_name('db_instance')}-*")}},
            ),
            permissions_boundary=BOUNDARY,
            tags=inputs.tags,
        )
        attachment = self.resource(
            IamRolePolicyAttachment,
            "monitoring",
            role=role.name,
            policy_arn=f"arn:{PARTITION}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
        )
        return role, attachment

    def _logs(self, inputs: PostgresDbInputs) -> CloudwatchLogGroup:
        server = resource_name("db_instance", "${each.value.server}")
        self.comment("Before the servers, which would make them themselves, to keep for ever.")
        self.skip_check("CKV_AWS_338", "The environment says how long, by log_retention_days.")
        return self.resource(
            CloudwatchLogGroup,
            "this",
            for_each=for_each(
                "{\n"
                "  for pair in setproduct(local.servers, local.logs) :\n"
                '  "${pair[0]}/${pair[1]}" => { server = pair[0], log = pair[1] }\n'
                "}"
            ),
            name=f"/aws/rds/instance/{server}/${{each.value.log}}",
            retention_in_days=inputs.log_retention_days,
            kms_key_id=_KEY,
            tags=inputs.tags,
        )

    def _servers(
        self,
        subnets: DbSubnetGroup,
        firewall: SecurityGroup,
        monitoring: IamRole,
        after: list[IamRolePolicyAttachment | CloudwatchLogGroup],
        inputs: PostgresDbInputs,
    ) -> None:
        self.comment(
            "The administrator's password is sent when its version is new, and kept in no plan or state. A new "
            "engine_version is a decision that was reviewed, so RDS may make the upgrade. What changes a server is "
            "done when it is applied, as on the other clouds, and whoever approves chooses when that is: left for the "
            "maintenance window, it would be said to be done, and be missing in every plan until then. "
            "The last snapshot is named after the time the server was made, so that one made anew finds its name free."
        )
        self.skip_check("CKV_AWS_157", "A development environment does without a standby, and says so in its file.")
        self.skip_check("CKV_AWS_293", "A development environment is not protected, and says so in its file.")
        self.resource(
            DbInstance,
            "this",
            for_each=for_each("local.servers"),
            identifier=resource_name("db_instance", "${each.key}"),
            engine="postgres",
            engine_version=inputs.engine_version,
            allow_major_version_upgrade=True,
            apply_immediately=True,
            auto_minor_version_upgrade=True,
            instance_class=text("lookup(local.sizes, local.asked[each.key].size, local.asked[each.key].size)"),
            multi_az=inputs.high_availability,
            db_name=text('var.topology == "shared" ? null : local.databases[each.key].name'),
            parameter_group_name=text("aws_db_parameter_group.this[var.engine_version].name"),
            storage_type="gp3",
            allocated_storage=number(_DISK),
            # What such a disk has anyway. Left out, the provider sends what a smaller one had, when that grows past it.
            iops=number(f"{_DISK} < {_LARGE_DISK_GB} ? null : {_LARGE_DISK_IOPS}"),
            storage_throughput=number(f"{_DISK} < {_LARGE_DISK_GB} ? null : {_LARGE_DISK_MBPS}"),
            # For the largest disk, RDS's own limit of 65,536 GB.
            max_allocated_storage=number(f"{_DISK} * 4"),
            storage_encrypted=True,
            kms_key_id=_KEY,
            username=_ADMINISTRATOR,
            password_wo=inputs.administrator_password,
            password_wo_version=inputs.administrator_password_version,
            iam_database_authentication_enabled=True,
            port=_PORT,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[firewall.id],
            publicly_accessible=False,
            ca_cert_identifier="rds-ca-rsa2048-g1",
            backup_retention_period=inputs.backup_days,
            backup_window="04:00-05:00",
            maintenance_window="sun:06:00-sun:07:00",
            copy_tags_to_snapshot=True,
            deletion_protection=inputs.protected,
            delete_automated_backups=False,
            skip_final_snapshot=False,
            final_snapshot_identifier=(
                resource_name("db_instance", "${each.key}") + '-${formatdate("YYYYMMDDhhmmss", plantimestamp())}'
            ),
            enabled_cloudwatch_logs_exports=strings("local.logs"),
            monitoring_interval=60,
            monitoring_role_arn=monitoring.arn,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=_KEY,
            performance_insights_retention_period=7,
            tags=inputs.tags,
            depends_on=after,
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["final_snapshot_identifier"],
                precondition=[
                    Precondition(
                        condition=text("var.private_dns_zone_id == null"),
                        error_message="private_dns_zone_id must be null: RDS names its servers in a zone of its own.",
                    ),
                    Precondition(
                        condition=text('split(":", data.aws_vpc.this.arn)[3] == var.region'),
                        error_message="region must be that of network_id and of the AWS provider.",
                    ),
                    READERS_READ_WHAT_IS_THERE,
                    SERVERS_ARE_THERE,
                ],
            ),
        )

    def _administrators(self, inputs: PostgresDbInputs) -> None:
        self.comment(
            "Whom people become, from the identities that they have, so that nobody needs a password of the servers: "
            f"with a token of this role they sign in as {_ADMINISTRATORS}. The job in the cluster that makes the "
            f"microservices' roles makes that one too, by GRANT rds_iam TO {_ADMINISTRATORS}."
        )
        self.resource(
            IamRole,
            _ADMINISTRATORS,
            count=number("length(var.administrators) > 0 ? 1 : 0"),
            name=resource_name("iam_role", f"postgres-{_ADMINISTRATORS}"),
            description="Administers the PostgreSQL servers.",
            assume_role_policy=policy(
                statement("People", ["sts:AssumeRole"], principal={"AWS": text("values(var.administrators)")})
            ),
            permissions_boundary=BOUNDARY,
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text(
                            "alltrue([\n"
                            "  for arn in values(var.administrators) :\n"
                            '  can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/", arn))\n'
                            "])"
                        ),
                        error_message=(
                            "administrators must be ARNs of IAM roles or users: a role trusts no IAM group."
                        ),
                    )
                ]
            ),
        )
        user = arn("rds-db", f"dbuser:${{server.resource_id}}/{_ADMINISTRATORS}")
        self.resource(
            IamRolePolicy,
            _ADMINISTRATORS,
            count=number("length(aws_iam_role.administrators)"),
            name="connect-postgres",
            role=text("aws_iam_role.administrators[0].id"),
            policy=policy(
                statement(
                    "Connect",
                    ["rds-db:connect"],
                    resources=text(f'[\n  for server in values(aws_db_instance.this) :\n  "{user}"\n]'),
                ),
                statement(
                    # Which tells where they are.
                    "Describe",
                    ["rds:DescribeDBInstances"],
                    resources=text("values(aws_db_instance.this)[*].arn"),
                ),
            ),
        )

    def _readers(self, inputs: PostgresDbInputs) -> None:
        self.comment(
            "And one for each of those who may read: they sign in with its token, to the servers of their "
            "microservices alone. The job makes these roles too, and gives them what they may read."
        )
        self.resource(
            IamRole,
            "readers",
            for_each=for_each("var.readers"),
            name=resource_name("reader_role", "${each.key}"),
            description="Reads databases of the PostgreSQL servers.",
            assume_role_policy=policy(
                statement("People", ["sts:AssumeRole"], principal={"AWS": text("each.value.identifier")})
            ),
            permissions_boundary=BOUNDARY,
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text('can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/", each.value.identifier))'),
                        error_message="readers must be ARNs of IAM roles or users: a role trusts no IAM group.",
                    )
                ]
            ),
        )
        servers = "toset([for service in each.value.services : local.databases[service].server])"
        user = arn("rds-db", f"dbuser:${{aws_db_instance.this[server].resource_id}}/{reader_role('${each.key}')}")
        self.resource(
            IamRolePolicy,
            "readers",
            for_each=for_each("{ for name, reader in var.readers : name => reader if length(reader.services) > 0 }"),
            name="connect-postgres",
            role=text("aws_iam_role.readers[each.key].id"),
            policy=policy(
                statement(
                    "Connect", ["rds-db:connect"], resources=text(f'[\n  for server in {servers} :\n  "{user}"\n]')
                ),
                statement(
                    "Describe",
                    ["rds:DescribeDBInstances"],
                    resources=text(f"[for server in {servers} : aws_db_instance.this[server].arn]"),
                ),
            ),
        )
