"""The three kinds of OpenTelemetry Collector: on every node, for the cluster as a whole, and before the vendor.

What collects knows no vendor and has no key; what has the key reads nothing. The values are those of the project's own
chart, opentelemetry-collector, and the configuration in them is the Collector's ("Configuration", opentelemetry.io).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cdk.helm import Release
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module
from flowwise.pods.releases import add_release
from flowwise.pods.requests import REQUESTS
from flowwise.tables.charts import CHARTS, IMAGES, Image
from flowwise.tables.copies import OPERATOR_COPIES
from flowwise.tables.traffic import COLLECTOR, OTLP_GRPC_PORT, OTLP_HTTP_PORT

NODES = "otel-nodes"
CLUSTER = COLLECTOR
GATEWAY = "otel-gateway"

TELEMETRY_PORT = 8888
"""Where a collector tells how it is itself."""

RETRY = {"max_elapsed_time": "15m"}
"""How long data is kept for a receiver that does not answer."""

_USER = 10001  # that of the images
_ROOT_GROUP = 0
_INTERVAL = "30s"
_CHECKPOINTS = "/var/lib/otelcol"


def from_environment(name: str) -> str:
    """The Collector's own reference to an environment variable: Terraform and CDKTF are to leave it alone."""
    return f"$${{env:{name}}}"


_POD_ADDRESS = from_environment("MY_POD_IP")

OTLP_RECEIVER = {
    "otlp": {
        "protocols": {
            "grpc": {"endpoint": f"{_POD_ADDRESS}:{OTLP_GRPC_PORT}"},
            "http": {"endpoint": f"{_POD_ADDRESS}:{OTLP_HTTP_PORT}"},
        }
    }
}

LIMITS_AND_BATCHES = {
    "memory_limiter": {"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 25},
    "batch": {},
}
"""What every pipeline begins and ends with: it refuses data before memory is full, and sends many pieces at once."""

_COMMON_PROCESSORS = {
    **LIMITS_AND_BATCHES,
    # What the vendor cannot take as a running total is made a difference here, where each series has one writer: the
    # copies of the gateway would each know but a part of it.
    "cumulativetodelta": text("local.delta"),
}


def _resource(*more: Mapping[str, str]) -> dict[str, Any]:
    return {
        "attributes": [
            {"key": "deployment.environment.name", "value": text("var.environment"), "action": "upsert"},
            {"key": "k8s.cluster.name", "value": text("var.cluster_name"), "action": "upsert"},
            *more,
        ]
    }


def configuration(
    *,
    receivers: Mapping[str, Any],
    processors: Any,
    exporters: Any,
    pipelines: Any,
    connectors: Any = None,
    extensions: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A whole configuration. Each part may be an expression that gives it."""
    extensions = {"health_check": {"endpoint": f"{_POD_ADDRESS}:13133"}, **(extensions or {})}
    return {
        "extensions": extensions,
        "receivers": receivers,
        "processors": processors,
        **({"connectors": connectors} if connectors else {}),
        "exporters": exporters,
        "service": {
            "extensions": list(extensions),
            "pipelines": pipelines,
            "telemetry": {
                "resource": {
                    "k8s.namespace.name": from_environment("OTEL_K8S_NAMESPACE"),
                    "k8s.node.name": from_environment("OTEL_K8S_NODE_NAME"),
                    "k8s.pod.name": from_environment("OTEL_K8S_POD_NAME"),
                },
                "metrics": {
                    "readers": [{"pull": {"exporter": {"prometheus": {"host": _POD_ADDRESS, "port": TELEMETRY_PORT}}}}]
                },
            },
        },
    }


def _to_gateway() -> dict[str, Any]:
    """By a headless service, so that each sender spreads its requests over all copies."""
    return {
        "otlp_grpc": {
            "endpoint": f"dns:///{GATEWAY}.{text('var.namespace')}.svc:{OTLP_GRPC_PORT}",
            "tls": {"insecure": True},
            "retry_on_failure": RETRY,
        }
    }


def _pipeline(receivers: Sequence[str], *processors: str) -> dict[str, Any]:
    return {
        "receivers": list(receivers),
        "processors": ["memory_limiter", *processors, "batch"],
        "exporters": ["otlp_grpc"],
    }


def node_values() -> dict[str, Any]:
    """Chart values: logs of pods, metrics of the node and of its kubelet, and what pods on the node send."""
    node = from_environment("K8S_NODE_NAME")
    return {
        "mode": "daemonset",
        "presets": {
            "logsCollection": {"enabled": True},
            "kubeletMetrics": {"enabled": True},
            "kubernetesAttributes": {"enabled": True},
        },
        # Logs are readable by the group of root, 0640: being root, or any capability, is not needed.
        "securityContext": {"runAsGroup": _ROOT_GROUP},
        "tolerations": [{"operator": "Exists"}],
        "priorityClassName": text("var.priority_class_name"),
        "rollout": {"rollingUpdate": {"maxUnavailable": "25%"}},
        "service": {"enabled": True},
        "extraVolumes": [{"name": "checkpoints", "emptyDir": {"sizeLimit": "64Mi"}}],
        "extraVolumeMounts": [{"name": "checkpoints", "mountPath": _CHECKPOINTS}],
        "alternateConfig": configuration(
            extensions={"file_storage": {"directory": _CHECKPOINTS}},
            receivers={
                **OTLP_RECEIVER,
                # By the name that the chart's preset gives it, to which this is added.
                "filelog": {
                    "exclude": [
                        f"/var/log/pods/{text('var.namespace')}_otel-*/*/*.log",
                        f"/var/log/pods/{text('var.namespace')}-nodes_otel-*/*/*.log",
                    ],
                    "storage": "file_storage",
                },
                # All of it is the node's in /proc as a container sees it, so that no part of the host is mounted.
                # File systems and network are not: these the kubelet tells.
                "hostmetrics": {
                    "collection_interval": _INTERVAL,
                    "scrapers": {"cpu": {}, "load": {}, "memory": {}, "disk": {}, "paging": {}},
                },
                # Few clouds sign the kubelet's certificate for the node's address. The request never leaves the node.
                "kubeletstats": {
                    "collection_interval": _INTERVAL,
                    "insecure_skip_verify": True,
                    "metric_groups": ["node", "pod", "container", "volume"],
                },
            },
            processors={
                **_COMMON_PROCESSORS,
                "resource": _resource(
                    {"key": "k8s.node.name", "value": node, "action": "insert"},
                    {"key": "host.name", "value": node, "action": "insert"},
                ),
            },
            exporters=_to_gateway(),
            pipelines={
                "logs": _pipeline(["otlp"], "k8s_attributes", "resource"),
                "metrics": _pipeline(["otlp", "hostmetrics"], "k8s_attributes", "resource", "cumulativetodelta"),
                "traces": _pipeline(["otlp"], "k8s_attributes", "resource"),
            },
        ),
    }


def cluster_values(scrapes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Chart values: metrics and events that there is one source of in a cluster, and `scrapes`, jobs of Prometheus."""
    return {
        "mode": "deployment",
        # One copy, and not two for a moment: whatever it reads would be counted twice.
        "replicaCount": 1,
        "rollout": {"strategy": "Recreate"},
        "presets": {
            "clusterMetrics": {"enabled": True},
            "kubernetesEvents": {"enabled": True, "useK8sEventsReceiver": True},
        },
        "alternateConfig": configuration(
            receivers={
                "k8s_cluster": {"collection_interval": _INTERVAL},
                "prometheus": {"config": {"global": {"scrape_interval": _INTERVAL}, "scrape_configs": list(scrapes)}},
            },
            processors={**_COMMON_PROCESSORS, "resource": _resource()},
            exporters=_to_gateway(),
            pipelines={
                "logs": _pipeline([], "resource"),
                "metrics": _pipeline(["prometheus"], "resource", "cumulativetodelta"),
            },
        ),
    }


def collector_scrape() -> dict[str, Any]:
    """The job that reads how the collectors themselves are, above all what they could not send."""
    return {
        "job_name": "collectors",
        "kubernetes_sd_configs": [
            {
                "role": "pod",
                "namespaces": {"names": [text("var.namespace"), text("module.nodes_namespace.name")]},
                "selectors": [{"role": "pod", "label": "app.kubernetes.io/name=opentelemetry-collector"}],
            }
        ],
        "relabel_configs": [
            {"source_labels": ["__meta_kubernetes_pod_container_port_name"], "regex": "metrics", "action": "keep"}
        ],
    }


def gateway_values() -> dict[str, Any]:
    """Chart values: takes what the others collect, and alone knows the vendor and has its key."""
    return {
        "mode": "deployment",
        "replicaCount": text(f"var.high_availability ? {OPERATOR_COPIES} : 1"),
        "podDisruptionBudget": {"enabled": text("var.high_availability"), "maxUnavailable": 1},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"app.kubernetes.io/instance": GATEWAY}},
            }
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
        "serviceAccount": {
            "create": False,
            "name": text("var.service_account_name"),
            "automountServiceAccountToken": False,
        },
        "service": {"clusterIP": "None"},
        "extraEnvs": text(
            "[\n"
            "  for key in var.api_key[*] : {\n"
            '    name      = "VENDOR_KEY"\n'
            "    valueFrom = { secretKeyRef = { name = key.secret_name, key = key.key } }\n"
            "  }\n"
            "]"
        ),
        "alternateConfig": configuration(
            receivers=OTLP_RECEIVER,
            processors=text("local.vendor.processors"),
            connectors=text("local.vendor.connectors"),
            exporters=text("local.vendor.exporters"),
            pipelines=text("local.vendor.pipelines"),
        ),
    }


def add_collector(
    module: Module[Any, Any],
    id_: str,
    *,
    name: str,
    namespace: str,
    image: str,
    values: Mapping[str, Any],
    **arguments: Any,
) -> Release:
    """Add a release of the chart, `helm_release.<id_>`, whose pods ask for what REQUESTS has of `name`."""
    return add_release(
        module,
        id_,
        CHARTS["opentelemetry-collector"],
        release=name,
        namespace=namespace,
        values=_with_defaults(name, IMAGES[image], values),
        **arguments,
    )


def _with_defaults(name: str, image: Image, values: Mapping[str, Any]) -> dict[str, Any]:
    unused_ports = ("jaeger-compact", "jaeger-thrift", "jaeger-grpc", "zipkin")
    return {
        "fullnameOverride": name,
        "image": {"repository": image.repository, "tag": image.fixed_tag},
        "additionalLabels": text("var.labels"),
        "resources": REQUESTS[name].resources,
        "podSecurityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "ports": {
            # 0: no port of the node itself is opened.
            "otlp": {"hostPort": 0},
            "otlp-http": {"hostPort": 0},
            "metrics": {"enabled": True},
            **{port: {"enabled": False} for port in unused_ports},
        },
        **values,
        "securityContext": {
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            **values.get("securityContext", {}),
        },
    }
