"""The alerts on Google Cloud: policies of Cloud Monitoring, each with one condition."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.google import (
    MonitoringAlertPolicy,
    MonitoringAlertPolicyConditions,
    MonitoringAlertPolicyConditionsConditionThreshold,
    MonitoringAlertPolicyConditionsConditionThresholdAggregations,
    MonitoringAlertPolicyDocumentation,
    MonitoringNotificationChannel,
)
from flowwise.alerts import ALERTS, AlertsInputs, AlertsOutputs
from flowwise.alerts.watched import add_watched
from flowwise.authoring.expressions import for_each, number, strings, text
from flowwise.authoring.module import Module
from flowwise.google.project import PROJECT, add_project

_RESOURCES = {
    "database": {"type": "cloudsql_database", "label": "database_id"},
    "cache": {"type": "memorystore.googleapis.com/Instance", "label": "instance_id"},
    "cluster": {"type": "k8s_node", "label": "cluster_name"},
}
_PROJECT_ID = "projects/flowwise-project"


class GoogleAlerts(Module[AlertsInputs, AlertsOutputs]):
    """Channels of e-mail, and a policy for each alert of each target."""

    contract = ALERTS
    path = "modules/alerts/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "targets": {
            "database": {"shared": f"{_PROJECT_ID}/instances/postgres-flowwise-dev-shared"},
            "cluster": {"cluster": f"{_PROJECT_ID}/locations/southamerica-east1/clusters/gke-flowwise-dev"},
        },
    }

    def build(self, inputs: AlertsInputs) -> AlertsOutputs:
        """Add the module's resources.

        Alerts are the project's and no region's; disks are counted in shares, and a cache as one.
        """
        add_project(self)
        watched = add_watched(self, "google")
        self.local("resources", _RESOURCES)
        self.comment("The last part of an identifier is what metrics call it; of a database, with the project.")
        self.local(
            "filters",
            text(
                "{\n"
                f'  for key, watched in {watched} : key => join(" AND ", [\n'
                '    format("resource.type=%q", local.resources[watched.of].type),\n'
                '    format("metric.type=%q", watched.metric),\n'
                "    format(\n"
                '      "resource.labels.%s=%q",\n'
                "      local.resources[watched.of].label,\n"
                '      watched.of == "database" ? "${local.project}:${basename(watched.id)}" : basename(watched.id)\n'
                "    )\n"
                "  ])\n"
                "}"
            ),
        )
        self.resource(
            MonitoringNotificationChannel,
            "people",
            for_each=for_each("toset(var.emails)"),
            project=PROJECT,
            type="email",
            display_name=text("each.key"),
            labels={"email_address": text("each.key")},
            user_labels=inputs.tags,
        )
        channels = strings("[for channel in google_monitoring_notification_channel.people : channel.id]")
        self.resource(
            MonitoringAlertPolicy,
            "this",
            for_each=for_each(watched),
            project=PROJECT,
            display_name="${var.name}-${each.key}",
            combiner="OR",
            severity=text('each.value.critical ? "CRITICAL" : "WARNING"'),
            documentation=MonitoringAlertPolicyDocumentation(content=text("each.value.says")),
            conditions=[
                MonitoringAlertPolicyConditions(
                    display_name=text("each.key"),
                    condition_threshold=MonitoringAlertPolicyConditionsConditionThreshold(
                        filter=text("local.filters[each.key]"),
                        comparison=text('each.value.above ? "COMPARISON_GT" : "COMPARISON_LT"'),
                        # Google Cloud counts in shares what the table has in percent.
                        threshold_value=number("each.value.above ? each.value.threshold / 100 : each.value.threshold"),
                        duration=text('format("%ds", each.value.minutes * 60)'),
                        aggregations=[
                            MonitoringAlertPolicyConditionsConditionThresholdAggregations(
                                alignment_period="300s", per_series_aligner=text("each.value.take")
                            )
                        ],
                    ),
                )
            ],
            notification_channels=channels,
            user_labels=inputs.tags,
        )
        return AlertsOutputs(channel_ids=channels)
