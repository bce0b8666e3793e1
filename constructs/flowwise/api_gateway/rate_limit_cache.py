"""Where the gateway counts what its clients ask for: a small Valkey of its own."""

from typing import Any

from cdk.kubernetes import (
    DeploymentV1,
    DeploymentV1Metadata,
    DeploymentV1Spec,
    DeploymentV1SpecSelector,
    DeploymentV1SpecTemplate,
    DeploymentV1SpecTemplateMetadata,
    DeploymentV1SpecTemplateSpec,
    DeploymentV1SpecTemplateSpecContainer,
    DeploymentV1SpecTemplateSpecContainerLivenessProbe,
    DeploymentV1SpecTemplateSpecContainerLivenessProbeExec,
    DeploymentV1SpecTemplateSpecContainerPort,
    DeploymentV1SpecTemplateSpecContainerReadinessProbe,
    DeploymentV1SpecTemplateSpecContainerReadinessProbeExec,
    DeploymentV1SpecTemplateSpecContainerResources,
    DeploymentV1SpecTemplateSpecContainerSecurityContext,
    DeploymentV1SpecTemplateSpecContainerSecurityContextCapabilities,
    DeploymentV1SpecTemplateSpecContainerStartupProbe,
    DeploymentV1SpecTemplateSpecContainerStartupProbeExec,
    DeploymentV1SpecTemplateSpecSecurityContext,
    DeploymentV1SpecTemplateSpecSecurityContextSeccompProfile,
    ServiceV1,
    ServiceV1Metadata,
    ServiceV1Spec,
    ServiceV1SpecPort,
)
from flowwise.authoring.expressions import string_map, text
from flowwise.authoring.module import Module
from flowwise.pods.checks import skip_pod_checks
from flowwise.pods.requests import REQUESTS
from flowwise.tables.charts import IMAGES

CACHE = "rate-limit-cache"
"""Name of the Deployment and of its Service."""

CACHE_PODS = {"app.kubernetes.io/name": CACHE}
CACHE_PORT = 6379

_NAMESPACE = text("kubernetes_namespace_v1.this.metadata[0].name")
_LABELS = string_map("merge(local.labels, local.rate_limit_cache)")
_USER, _GROUP = "999", "1000"  # the image's own
_PING = ["valkey-cli", "ping"]

_ARGUMENTS = {
    "save": "",
    "appendonly": "no",
    "maxmemory": "96mb",
    "maxmemory-policy": "allkeys-lru",
    # It would let in none but its own pod; who may come in is the network policy's business.
    "protected-mode": "no",
}


def add_rate_limit_cache(module: Module[Any, Any]) -> ServiceV1:
    """Add the Deployment and the Service. They need `local.labels` and `kubernetes_namespace_v1.this`."""
    module.local("rate_limit_cache", CACHE_PODS)
    module.comment(
        "The environment's Redis lets in identities of the cloud, as which the rate limit service cannot sign in. What "
        "is counted here is worth an hour at most, so there is one copy, and nothing on disk: without it, the gateway "
        "lets requests pass, up to the limits that each of its own copies counts."
    )
    skip_pod_checks(module)
    module.resource(
        DeploymentV1,
        "rate_limit_cache",
        metadata=DeploymentV1Metadata(name=CACHE, namespace=_NAMESPACE, labels=_LABELS),
        spec=DeploymentV1Spec(
            replicas="1",
            selector=DeploymentV1SpecSelector(match_labels=string_map("local.rate_limit_cache")),
            template=DeploymentV1SpecTemplate(metadata=DeploymentV1SpecTemplateMetadata(labels=_LABELS), spec=_pod()),
        ),
    )
    return module.resource(
        ServiceV1,
        "rate_limit_cache",
        metadata=ServiceV1Metadata(name=CACHE, namespace=_NAMESPACE, labels=_LABELS),
        spec=ServiceV1Spec(
            selector=string_map("local.rate_limit_cache"),
            port=[ServiceV1SpecPort(name="redis", port=CACHE_PORT, target_port=str(CACHE_PORT))],
        ),
    )


def _pod() -> DeploymentV1SpecTemplateSpec:
    return DeploymentV1SpecTemplateSpec(
        automount_service_account_token=False,
        enable_service_links=False,
        security_context=DeploymentV1SpecTemplateSpecSecurityContext(
            run_as_non_root=True,
            run_as_user=_USER,
            run_as_group=_GROUP,
            seccomp_profile=DeploymentV1SpecTemplateSpecSecurityContextSeccompProfile(type="RuntimeDefault"),
        ),
        container=[
            DeploymentV1SpecTemplateSpecContainer(
                name="valkey",
                image=IMAGES["valkey"].reference,
                args=[part for name, value in _ARGUMENTS.items() for part in (f"--{name}", value)],
                port=[DeploymentV1SpecTemplateSpecContainerPort(name="redis", container_port=CACHE_PORT)],
                resources=DeploymentV1SpecTemplateSpecContainerResources(
                    requests=REQUESTS[CACHE].kept, limits=REQUESTS[CACHE].limits
                ),
                security_context=DeploymentV1SpecTemplateSpecContainerSecurityContext(
                    allow_privilege_escalation=False,
                    read_only_root_filesystem=True,
                    run_as_non_root=True,
                    capabilities=DeploymentV1SpecTemplateSpecContainerSecurityContextCapabilities(drop=["ALL"]),
                ),
                startup_probe=DeploymentV1SpecTemplateSpecContainerStartupProbe(
                    exec=DeploymentV1SpecTemplateSpecContainerStartupProbeExec(command=_PING),
                    period_seconds=2,
                    timeout_seconds=3,
                    failure_threshold=30,
                ),
                readiness_probe=DeploymentV1SpecTemplateSpecContainerReadinessProbe(
                    exec=DeploymentV1SpecTemplateSpecContainerReadinessProbeExec(command=_PING),
                    period_seconds=5,
                    timeout_seconds=3,
                ),
                liveness_probe=DeploymentV1SpecTemplateSpecContainerLivenessProbe(
                    exec=DeploymentV1SpecTemplateSpecContainerLivenessProbeExec(command=_PING),
                    timeout_seconds=5,
                ),
            )
        ],
    )
