"""The alerts on AWS: alarms of CloudWatch, and a topic that e-mails people, who have to confirm that they want it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import (
    CloudwatchMetricAlarm,
    KmsKey,
    SnsTopic,
    SnsTopicPolicy,
    SnsTopicSubscription,
)
from flowwise.alerts import ALERTS, AlertsInputs, AlertsOutputs
from flowwise.alerts.watched import add_watched
from flowwise.authoring.expressions import for_each, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.aws.policies import ACCOUNT, account_decides, add_account, policy, statement
from flowwise.tables.naming import resource_name

_ALARMS = {"Service": "cloudwatch.amazonaws.com"}
_OURS = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
_METRICS = {
    "database": {"namespace": "AWS/RDS", "dimension": "DBInstanceIdentifier"},
    "cache": {"namespace": "AWS/ElastiCache", "dimension": "CacheClusterId"},
    "broker": {"namespace": "AWS/AmazonMQ", "dimension": "Broker"},
}
_PERIOD_SECONDS = 300


class AwsAlerts(Module[AlertsInputs, AlertsOutputs]):
    """A topic, its key, and an alarm for each alert of each target."""

    contract = ALERTS
    path = "modules/alerts/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "targets": {
            "database": {
                "lancamentos": "arn:aws:rds:sa-east-1:123456789012:db:postgres-flowwise-dev-lancamentos",
                "consolidacao": "arn:aws:rds:sa-east-1:123456789012:db:postgres-flowwise-dev-consolidacao",
            },
            "cache": {"cache": "arn:aws:elasticache:sa-east-1:123456789012:replicationgroup:flowwise-dev-redis"},
        },
        "database_disks_gb": {"lancamentos": 32, "consolidacao": 512},
    }

    def build(self, inputs: AlertsInputs) -> AlertsOutputs:
        """Add the module's resources. EKS has metrics of nodes for whoever pays for an agent of CloudWatch's alone."""
        add_account(self)
        self.comment(
            "The seventh part of an ARN is what metrics call it; a cluster's has none. A cache's nodes are numbered."
        )
        self.local(
            "names",
            text(
                "{\n"
                "  for kind, ids in var.targets : kind =>\n"
                '  { for name, id in ids : name => try(split(":", id)[6], id) }\n'
                "}"
            ),
        )
        self.local(
            "targets",
            text(
                "merge(local.names, {\n"
                "  cache = merge([\n"
                '    for name, id in lookup(local.names, "cache", {}) : {\n'
                "      for number in range(1, var.cache_nodes + 1) : "
                '"${name}-${number}" => format("%s-%03d", id, number)\n'
                "    }\n"
                "  ]...)\n"
                "})"
            ),
        )
        watched = add_watched(self, "aws", "local.targets")
        self.local("metrics", _METRICS)
        topic = self._topic(inputs)
        self.resource(
            CloudwatchMetricAlarm,
            "this",
            for_each=for_each(watched),
            alarm_name=f"{resource_name('metric_alarm')}-${{each.key}}",
            alarm_description=text('format("%s: %s", each.value.critical ? "Critical" : "Warning", each.value.says)'),
            namespace=text("local.metrics[each.value.of].namespace"),
            metric_name=text("each.value.metric"),
            dimensions=string_map("{ (local.metrics[each.value.of].dimension) = each.value.id }"),
            statistic=text("each.value.take"),
            period=_PERIOD_SECONDS,
            evaluation_periods=number(f"each.value.minutes * 60 / {_PERIOD_SECONDS}"),
            comparison_operator=text('each.value.above ? "GreaterThanThreshold" : "LessThanThreshold"'),
            threshold=number(
                "each.value.of_disk ? each.value.threshold * var.database_disks_gb[each.value.target] * pow(1024, 3) : "
                "each.value.threshold"
            ),
            # A node of the cache that is gone for a while, and what has just been made.
            treat_missing_data="notBreaching",
            alarm_actions=[topic.arn],
            ok_actions=[topic.arn],
            tags=inputs.tags,
        )
        return AlertsOutputs(channel_ids=[topic.arn])

    def _topic(self, inputs: AlertsInputs) -> SnsTopic:
        self.comment("A key of its own, as CloudWatch may use neither the one that SNS has by itself nor another's.")
        key = self.resource(
            KmsKey,
            "this",
            description="Encrypts alerts on their way to people.",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=policy(
                account_decides(),
                statement(
                    "Alarms",
                    ["kms:Decrypt", "kms:GenerateDataKey*"],
                    resources="*",
                    principal=_ALARMS,
                    conditions=_OURS,
                ),
            ),
            tags=inputs.tags,
        )
        topic = self.resource(
            SnsTopic, "this", name=resource_name("sns_topic", "alerts"), kms_master_key_id=key.arn, tags=inputs.tags
        )
        arn = text("aws_sns_topic.this.arn")
        self.resource(
            SnsTopicPolicy,
            "this",
            arn=topic.arn,
            policy=policy(
                statement("Alarms", ["sns:Publish"], resources=arn, principal=_ALARMS, conditions=_OURS),
                statement(
                    "TlsOnly",
                    ["sns:Publish"],
                    resources=arn,
                    principal={"AWS": "*"},
                    conditions={"Bool": {"aws:SecureTransport": "false"}},
                    effect="Deny",
                ),
            ),
        )
        self.resource(
            SnsTopicSubscription,
            "people",
            for_each=for_each("toset(var.emails)"),
            topic_arn=topic.arn,
            protocol="email",
            endpoint=text("each.key"),
        )
        return topic
