"""The alerts on Azure: alert rules of Azure Monitor on metrics of the platform, which need no agent."""

from cdk.azurerm import (
    MonitorActionGroup,
    MonitorMetricAlert,
    MonitorMetricAlertAction,
    MonitorMetricAlertCriteria,
    ResourceGroup,
)
from flowwise.alerts import ALERTS, AlertsInputs, AlertsOutputs
from flowwise.alerts.watched import add_watched
from flowwise.authoring.expressions import for_each, number, text
from flowwise.authoring.module import Module, dynamic
from flowwise.tables.naming import resource_name

_NAMESPACES = {
    "database": "Microsoft.DBforPostgreSQL/flexibleServers",
    "cache": "Microsoft.Cache/redisEnterprise",
    "cluster": "Microsoft.ContainerService/managedClusters",
}


class AzureAlerts(Module[AlertsInputs, AlertsOutputs]):
    """An action group, and a rule for each alert of each target."""

    contract = ALERTS
    path = "modules/alerts/azure"

    def build(self, inputs: AlertsInputs) -> AlertsOutputs:
        """Add the module's resources. Azure counts disks in percent and a cache as one: no use of the other inputs."""
        watched = add_watched(self, "azure")
        self.local("namespaces", _NAMESPACES)
        group = self.resource(
            ResourceGroup,
            "this",
            name=resource_name("resource_group", "alerts"),
            location=inputs.region,
            tags=inputs.tags,
        )
        people = self.resource(
            MonitorActionGroup,
            "people",
            name="people",
            short_name="flowwise",
            resource_group_name=group.name,
            tags=inputs.tags,
        )
        dynamic(
            people,
            "email_receiver",
            for_each="var.emails",
            content={
                "name": text("email_receiver.value"),
                "email_address": text("email_receiver.value"),
                "use_common_alert_schema": True,
            },
        )
        self.resource(
            MonitorMetricAlert,
            "this",
            for_each=for_each(watched),
            name=text("each.key"),
            resource_group_name=group.name,
            description=text("each.value.says"),
            scopes=[text("each.value.id")],
            severity=number("each.value.critical ? 1 : 2"),
            frequency="PT5M",
            window_size=text('each.value.minutes == 60 ? "PT1H" : format("PT%dM", each.value.minutes)'),
            criteria=[
                MonitorMetricAlertCriteria(
                    metric_namespace=text("local.namespaces[each.value.of]"),
                    metric_name=text("each.value.metric"),
                    aggregation=text("each.value.take"),
                    operator=text('each.value.above ? "GreaterThan" : "LessThan"'),
                    threshold=number("each.value.threshold"),
                )
            ],
            action=[MonitorMetricAlertAction(action_group_id=people.id)],
            tags=inputs.tags,
        )
        return AlertsOutputs(channel_ids=[people.id])
