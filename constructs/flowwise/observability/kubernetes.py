"""Observability on any Kubernetes cluster: OpenTelemetry Collectors, exporters, and what the vendor needs besides."""

from collections.abc import Sequence

from cdk.core import ITerraformDependable, Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module
from flowwise.authoring.texts import Expression
from flowwise.namespace import NamespaceInputs, Peer
from flowwise.namespace.kubernetes import KubernetesNamespace
from flowwise.observability import OBSERVABILITY, ObservabilityInputs, ObservabilityOutputs
from flowwise.observability.collectors import (
    CLUSTER,
    GATEWAY,
    NODES,
    TELEMETRY_PORT,
    add_collector,
    cluster_values,
    collector_scrape,
    gateway_values,
    node_values,
)
from flowwise.observability.datadog_monitors import add_datadog_monitors
from flowwise.observability.exporters import add_postgres_exporters, add_redis_exporter, exporter_scrapes
from flowwise.observability.sources import SOURCES
from flowwise.observability.traffic import add_traffic
from flowwise.observability.vendors import DELTA_CONFIGURATIONS, VENDOR_CONFIGURATIONS
from flowwise.tables.project import PROJECT
from flowwise.tables.traffic import COLLECTOR_PODS, OTLP_GRPC_PORT, OTLP_HTTP_PORT

_INSTANCE = "app.kubernetes.io/instance"

_CONDITIONS = {
    "endpoint and api_key are needed, unless vendor is none.": (
        'var.vendor == "none" || (var.endpoint != "" && var.api_key != null)'
    ),
    "endpoint must be a site such as us5.datadoghq.com with datadog, and begin with https:// with another vendor.": (
        'var.vendor == "none" || startswith(var.endpoint, "https://") == (var.vendor != "datadog")'
    ),
    "application_key is Datadog's: it must be null with another vendor.": (
        'var.application_key == null || var.vendor == "datadog"'
    ),
}


class KubernetesObservability(Module[ObservabilityInputs, ObservabilityOutputs]):
    """Collectors on every node and one for the cluster send to a gateway, which alone knows the vendor and its key.

    A pod that has an old key goes on with it until it is restarted: kubectl rollout restart deployment/otel-gateway.
    """

    contract = OBSERVABILITY
    path = "modules/observability/kubernetes"

    def build(self, inputs: ObservabilityInputs) -> ObservabilityOutputs:
        """Add the module's resources."""
        self.local("labels", text(f'merge(var.labels, {{ "app.kubernetes.io/part-of" = "{PROJECT}" }})'))
        self.local("vendor", text("local.vendors[var.vendor]"))
        self.local("vendors", dict(VENDOR_CONFIGURATIONS))
        self.comment(
            "vendors: what the gateway does for each. deltas: which metrics, of those that are running totals, each "
            "wants as the difference from one reading to the next."
        )
        self.local("delta", text("local.deltas[var.vendor]"))
        self.local("deltas", dict(DELTA_CONFIGURATIONS))
        self._nodes_namespace(inputs)
        self._collectors(inputs, add_traffic(self))
        add_postgres_exporters(self)
        add_redis_exporter(self)
        add_datadog_monitors(self)
        return ObservabilityOutputs(
            otlp_endpoint=f"http://{NODES}.{text('helm_release.nodes.namespace')}.svc:{OTLP_GRPC_PORT}"
        )

    def _nodes_namespace(self, inputs: ObservabilityInputs) -> None:
        self.comment(
            "Reading the logs of pods takes files of the node, which only the level privileged lets pods mount. What "
            "does so has a namespace of its own, where there is no secret and from which nothing leads out of the "
            "cluster but the ports of the Kubernetes API."
        )
        self.call(
            "nodes_namespace",
            KubernetesNamespace,
            NamespaceInputs(
                name=Expression(f"{inputs.namespace}-nodes"),
                pod_security="privileged",
                ingress={
                    "otlp": Peer(namespaces=inputs.services, ports=[OTLP_GRPC_PORT, OTLP_HTTP_PORT]),
                    "telemetry": Peer(namespaces=[inputs.namespace], pod_labels=COLLECTOR_PODS, ports=[TELEMETRY_PORT]),
                },
                egress={
                    "gateway": Peer(
                        namespaces=[inputs.namespace], pod_labels={_INSTANCE: GATEWAY}, ports=[OTLP_GRPC_PORT]
                    ),
                },
                labels=inputs.labels,
            ),
        )

    def _collectors(self, inputs: ObservabilityInputs, policies: Sequence[ITerraformDependable]) -> None:
        self.comment(
            "Where it stopped reading is remembered until the pod is replaced: while a node's collector is, for "
            "seconds, lines can be lost. To remember longer, it would have to write to the node as root."
        )
        add_collector(
            self,
            "nodes",
            name=NODES,
            namespace=text("module.nodes_namespace.name"),
            image="opentelemetry-collector-k8s",
            values=node_values(),
            depends_on=policies,
        )
        self.comment("Metrics of deployments, jobs and nodes as Kubernetes sees them, its events, and the exporters'.")
        add_collector(
            self,
            "cluster",
            name=CLUSTER,
            namespace=inputs.namespace,
            image="opentelemetry-collector-k8s",
            values=cluster_values([collector_scrape(), *exporter_scrapes(), *(source.scrape() for source in SOURCES)]),
            depends_on=policies,
        )
        add_collector(
            self,
            "gateway",
            name=GATEWAY,
            namespace=inputs.namespace,
            image="opentelemetry-collector-contrib",
            values=gateway_values(),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(condition=text(condition), error_message=message)
                    for message, condition in _CONDITIONS.items()
                ]
            ),
        )
