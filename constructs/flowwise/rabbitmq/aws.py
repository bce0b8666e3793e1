"""The broker on AWS: Amazon MQ, reached through endpoints inside the network."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import (
    DataAwsVpc,
    IamRolePolicy,
    MqBroker,
    MqBrokerEncryptionOptions,
    MqBrokerLogs,
    MqBrokerMaintenanceWindowStartTime,
    MqBrokerUser,
    SecretsmanagerSecret,
    SecretsmanagerSecretPolicy,
    SecretsmanagerSecretVersion,
    SecurityGroup,
    VpcSecurityGroupIngressRule,
)
from cdk.core import Precondition, TerraformResource, TerraformResourceLifecycle
from flowwise.authoring.expressions import for_each, number, strings, text
from flowwise.authoring.module import Module
from flowwise.rabbitmq import ENGINE_VERSION, RABBITMQ, RabbitmqInputs, RabbitmqOutputs
from flowwise.secret_store import GENERATED_LENGTH
from flowwise.secret_store.aws import NO_ROTATION, decrypt_secrets, read_secret
from flowwise.tables.naming import resource_name
from flowwise.tables.sizes import BROKER_SIZES
from flowwise.workload_identity.aws import is_role, role_name

_AMQPS = 5671
_HTTPS = 443
_ADMINISTRATOR = "administrator"


class AwsRabbitmq(Module[RabbitmqInputs, RabbitmqOutputs]):
    """One broker of Amazon MQ, of one node or a cluster of three."""

    contract = RABBITMQ
    path = "modules/rabbitmq/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "encryption_key": {
            "id": "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111",
            "resource_id": "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111",
        },
    }

    def build(self, inputs: RabbitmqInputs) -> RabbitmqOutputs:
        """Add the module's resources."""
        self.local("sizes", {size: clouds["aws"] for size, clouds in BROKER_SIZES.items()})
        vpc = self.resource(DataAwsVpc, "this", id=inputs.network_id)
        firewall = self._firewall(vpc, inputs)
        self._password()
        broker = self._broker(firewall, inputs)
        secret = self._secret(inputs)
        return RabbitmqOutputs(
            broker_id=broker.arn,
            # The endpoints are those of AMQP and of metrics, in an order that depends on the version of the provider.
            host=text(
                "one([\n"
                "  for endpoint in aws_mq_broker.this.instances[0].endpoints :\n"
                f'  trimsuffix(trimprefix(endpoint, "amqps://"), ":{_AMQPS}") if startswith(endpoint, "amqps://")\n'
                "])"
            ),
            port=_AMQPS,
            management_url=text("aws_mq_broker.this.instances[0].console_url"),
            administrator_name=_ADMINISTRATOR,
            administrator_secret_name=secret.name,
        )

    def _firewall(self, vpc: DataAwsVpc, inputs: RabbitmqInputs) -> SecurityGroup:
        self.comment("Without rules for what goes out: a broker answers, and calls nobody.")
        firewall = self.resource(
            SecurityGroup,
            "this",
            name=resource_name("security_group", "rabbitmq"),
            description="Admits the network to the broker.",
            vpc_id=vpc.id,
            tags=inputs.tags,
        )
        self.resource(
            VpcSecurityGroupIngressRule,
            "this",
            for_each=for_each(f"{{ amqps = {_AMQPS}, https = {_HTTPS} }}"),
            security_group_id=firewall.id,
            description=text('"${upper(each.key)} from the network."'),
            cidr_ipv4=vpc.cidr_block,
            ip_protocol="tcp",
            from_port=number("each.value"),
            to_port=number("each.value"),
            tags=inputs.tags,
        )
        return firewall

    def _password(self) -> None:
        self.comment(
            "In the state, which accept_password_in_state accepts: aws_mq_broker takes a password as an ordinary "
            "argument alone, and no ephemeral value may be one. Amazon MQ allows no comma, colon or equals sign in it."
        )
        password = self.resource(TerraformResource, "administrator", terraform_resource_type="random_password")
        password.add_override("length", GENERATED_LENGTH)
        password.add_override("special", False)

    def _broker(self, firewall: SecurityGroup, inputs: RabbitmqInputs) -> MqBroker:
        self.comment(
            "RabbitMQ 4 runs on m7g alone. Amazon MQ raises the minor version by itself and takes none back, hence it "
            "is ignored; a new one is asked for by hand. Changes are made when they are applied. One node wants one "
            "subnet; a cluster has an endpoint in each subnet, and its three nodes are in three zones whatever the "
            "subnets. Another firewall, and other subnets, would take a new broker. Amazon MQ makes the groups of the "
            "logs when it makes the broker, named after its id, to keep for ever: log_retention_days can be set on "
            "them only by hand. No broker can be locked against deletion."
        )
        return self.resource(
            MqBroker,
            "this",
            broker_name=resource_name("mq_broker"),
            engine_type="RabbitMQ",
            engine_version=ENGINE_VERSION,
            auto_minor_version_upgrade=True,
            apply_immediately=True,
            host_instance_type=text("lookup(local.sizes, var.size, var.size)"),
            deployment_mode=text('var.high_availability ? "CLUSTER_MULTI_AZ" : "SINGLE_INSTANCE"'),
            subnet_ids=strings("var.high_availability ? var.subnet_ids : slice(var.subnet_ids, 0, 1)"),
            security_groups=[firewall.id],
            publicly_accessible=False,
            storage_type="ebs",
            encryption_options=MqBrokerEncryptionOptions(
                use_aws_owned_key=False, kms_key_id=text("var.encryption_key.id")
            ),
            user=[MqBrokerUser(username=_ADMINISTRATOR, password=text("random_password.administrator.result"))],
            logs=MqBrokerLogs(general=True),
            maintenance_window_start_time=MqBrokerMaintenanceWindowStartTime(
                day_of_week="SUNDAY", time_of_day="06:00", time_zone="UTC"
            ),
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["engine_version"],
                precondition=[
                    Precondition(
                        condition=text("length(var.subnet_ids) >= (var.high_availability ? 2 : 1)"),
                        error_message=(
                            "subnet_ids must name a subnet, and with high_availability one in each of two or more "
                            "availability zones: a cluster that is reached through one zone fails with it."
                        ),
                    ),
                    Precondition(
                        condition=text('split(":", data.aws_vpc.this.arn)[3] == var.region'),
                        error_message="region must be that of network_id and of the AWS provider.",
                    ),
                ],
            ),
        )

    def _secret(self, inputs: RabbitmqInputs) -> SecretsmanagerSecret:
        self.comment(
            "Its name has a slash more than those of the secret store, so that it can be none of them, and an end of "
            "its own, as theirs have."
        )
        self.skip_check("CKV2_AWS_57", NO_ROTATION)
        secret = self.resource(
            SecretsmanagerSecret,
            "administrator",
            name_prefix=f"{resource_name('secret_folder')}rabbitmq/{_ADMINISTRATOR}-",
            description="Password of the administrator of the RabbitMQ broker.",
            kms_key_id=text("var.encryption_key.id"),
            recovery_window_in_days=number("var.protected ? 30 : 0"),
            tags=inputs.tags,
        )
        self.resource(
            SecretsmanagerSecretVersion,
            "administrator",
            secret_id=secret.id,
            secret_string=text("random_password.administrator.result"),
        )
        self.resource(
            SecretsmanagerSecretPolicy,
            "readers",
            count=number("length(var.reader_ids) > 0 ? 1 : 0"),
            secret_arn=secret.arn,
            block_public_policy=True,
            policy=read_secret(text("values(var.reader_ids)")),
        )
        self.resource(
            IamRolePolicy,
            "readers",
            for_each=for_each("var.reader_ids"),
            name="decrypt-rabbitmq-administrator",
            role=role_name("each.value"),
            policy=decrypt_secrets(text("aws_secretsmanager_secret.administrator.arn")),
            lifecycle=TerraformResourceLifecycle(precondition=[is_role("each.value", "reader_ids")]),
        )
        return secret
