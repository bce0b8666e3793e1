"""What pods ask for: each number once, for the modules that write it and for whoever adds it up.

Kubernetes keeps these processors and this memory free for a container, "Resource Management for Pods and Containers".
What a microservice asks for stands in the environment file, and the memory of what is sold by size in `sizes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Requests:
    """Of one container, as Kubernetes' quantities: what is kept for it, and the most memory that it may use."""

    cpu: str
    memory: str
    memory_limit: str

    @property
    def kept(self) -> dict[str, str]:
        """What is kept for the container, in Kubernetes' own form."""
        return {"cpu": self.cpu, "memory": self.memory}

    @property
    def limits(self) -> dict[str, str]:
        """The most that it may use, in Kubernetes' own form: of memory alone, as idle processors may serve anybody."""
        return {"memory": self.memory_limit}

    @property
    def resources(self) -> dict[str, Any]:
        """Both, as charts and custom resources want them."""
        return {"requests": self.kept, "limits": self.limits}


REQUESTS: Mapping[str, Requests] = {
    "cert-manager": Requests("50m", "128Mi", "256Mi"),
    "cert-manager-webhook": Requests("20m", "64Mi", "128Mi"),
    "cert-manager-cainjector": Requests("20m", "128Mi", "256Mi"),
    "cluster-autoscaler": Requests("50m", "256Mi", "512Mi"),
    "cloudnative-pg": Requests("50m", "128Mi", "256Mi"),
    "datadog-operator": Requests("20m", "128Mi", "128Mi"),
    "envoy": Requests("250m", "512Mi", "512Mi"),
    "envoy-ratelimit": Requests("50m", "64Mi", "256Mi"),
    "external-secrets": Requests("50m", "128Mi", "512Mi"),
    "external-secrets-webhook": Requests("10m", "64Mi", "128Mi"),
    "external-secrets-cert-controller": Requests("10m", "64Mi", "256Mi"),
    "keda-admission-webhooks": Requests("10m", "64Mi", "256Mi"),
    "keda-operator": Requests("50m", "128Mi", "512Mi"),
    "keda-operator-metrics-apiserver": Requests("20m", "64Mi", "256Mi"),
    "metrics-server": Requests("100m", "200Mi", "400Mi"),
    "otel-cluster": Requests("100m", "384Mi", "384Mi"),
    "otel-gateway": Requests("200m", "768Mi", "768Mi"),
    "otel-nodes": Requests("100m", "384Mi", "384Mi"),
    "postgres": Requests("500m", "1Gi", "1Gi"),
    "postgres-exporter": Requests("10m", "64Mi", "64Mi"),
    "rabbitmq-cluster-operator": Requests("50m", "128Mi", "512Mi"),
    "rate-limit-cache": Requests("50m", "128Mi", "128Mi"),
    "redis-exporter": Requests("10m", "64Mi", "64Mi"),
}
"""Of what a pod is there for, by the pod's name."""

BROKER_CPU = "500m"
"""Of a node of RabbitMQ; its memory goes by size."""

CACHE_CPU = "100m"
"""Of the cache in the cluster; its memory goes by size."""

PASSING: Mapping[str, Requests] = {
    "bootstrap": Requests("50m", "64Mi", "64Mi"),
    "cert-manager-startupapicheck": Requests("10m", "32Mi", "64Mi"),
    "envoy-gateway-certgen": Requests("10m", "64Mi", "128Mi"),
    "redis-users": Requests("10m", "16Mi", "16Mi"),
}
"""Of containers that end: jobs, and what runs in a pod before its own container and asks for less than that."""

NOT_SAID: Mapping[str, Requests] = {
    "envoy-gateway": Requests("100m", "256Mi", "1Gi"),
    "envoy-shutdown-manager": Requests("10m", "32Mi", "64Mi"),
}
"""Of containers that others make, where no value of ours says it: Envoy Gateway's own defaults.

Those of its controller are deployment.envoyGateway.resources of the chart gateway-helm ("Helm Chart Values",
gateway.envoyproxy.io), those of the proxies' second container DefaultShutdownManagerCPUResourceRequests and
DefaultShutdownManagerMemoryResourceRequests of its API, v1alpha1. Only the latter's limit of memory is ours.
"""
