"""What tells metrics itself, in namespaces of others: by one table, policies let the collector there, and it reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flowwise.authoring.expressions import text
from flowwise.tables.traffic import (
    BROKER_METRICS_PORT,
    BROKER_PODS,
    CERTIFICATES_METRICS_PORT,
    CERTIFICATES_PODS,
    DATABASE_METRICS_PORT,
    DATABASE_PODS,
    GATEWAY_CONTROLLER_PODS,
    GATEWAY_METRICS_PORT,
    PROXY_PODS,
    RATE_LIMIT_PODS,
)


@dataclass(frozen=True)
class Source:
    """Pods with the labels `pods` in the namespace `var.<owner>_namespace`, if there is one. `job` is who they are."""

    job: str
    owner: str
    pods: Mapping[str, str]
    port: int
    path: str = "/metrics"
    tls: bool = False

    @property
    def namespace(self) -> str:
        """The variable of the namespace: null where there is none of these."""
        return f"var.{self.owner}_namespace"

    def scrape(self) -> dict[str, Any]:
        """A job of Prometheus that reads the pods at the port, whatever the port is called."""
        selector = ",".join(f"{key}={value}" for key, value in self.pods.items())
        return {
            "job_name": self.job,
            "metrics_path": self.path,
            # The certificate is for a service, not for the address of a pod. No secret is sent.
            **({"scheme": "https", "tls_config": {"insecure_skip_verify": True}} if self.tls else {}),
            "kubernetes_sd_configs": text(
                "[\n"
                f"  for namespace in {self.namespace}[*] : {{\n"
                '    role       = "pod"\n'
                "    namespaces = { names = [namespace] }\n"
                f'    selectors  = [{{ role = "pod", label = "{selector}" }}]\n'
                "  }\n"
                "]"
            ),
            "relabel_configs": [
                {
                    "source_labels": ["__meta_kubernetes_pod_ip"],
                    "target_label": "__address__",
                    # The Collector's own reference to a variable begins with one of the two.
                    "replacement": f"$$1:{self.port}",
                },
                {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "k8s_pod_name"},
            ],
        }


SOURCES = (
    Source("rabbitmq", "rabbitmq", BROKER_PODS, BROKER_METRICS_PORT, tls=True),
    Source("postgres-in-cluster", "postgres", DATABASE_PODS, DATABASE_METRICS_PORT),
    Source("cert-manager", "certificates", CERTIFICATES_PODS, CERTIFICATES_METRICS_PORT),
    Source("envoy", "gateway", PROXY_PODS, GATEWAY_METRICS_PORT, "/stats/prometheus"),
    Source("envoy-gateway", "gateway", GATEWAY_CONTROLLER_PODS, GATEWAY_METRICS_PORT),
    Source("envoy-ratelimit", "gateway", RATE_LIMIT_PODS, GATEWAY_METRICS_PORT),
)
