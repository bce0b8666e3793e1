"""Default alerts, where the vendor's software in the cluster makes them: Datadog's operator keeps its monitors.

Elastic's and Dynatrace's make none: their alerts are made through their own APIs, with rights that no cluster should
have. The operator runs without the rights its chart gives it, which are those of an administrator of the cluster: it
asks for what it may watch, and leaves out the rest.
"""

from collections.abc import Mapping
from typing import Any

from cdk.core import ITerraformDependable
from cdk.kubernetes import (
    DeploymentV1,
    DeploymentV1Metadata,
    DeploymentV1Spec,
    DeploymentV1SpecSelector,
    DeploymentV1SpecStrategy,
    DeploymentV1SpecTemplate,
    DeploymentV1SpecTemplateMetadata,
    DeploymentV1SpecTemplateSpec,
    DeploymentV1SpecTemplateSpecContainer,
    DeploymentV1SpecTemplateSpecContainerEnv,
    DeploymentV1SpecTemplateSpecContainerEnvValueFrom,
    DeploymentV1SpecTemplateSpecContainerEnvValueFromFieldRef,
    DeploymentV1SpecTemplateSpecContainerEnvValueFromSecretKeyRef,
    DeploymentV1SpecTemplateSpecContainerLivenessProbe,
    DeploymentV1SpecTemplateSpecContainerLivenessProbeHttpGet,
    DeploymentV1SpecTemplateSpecContainerReadinessProbe,
    DeploymentV1SpecTemplateSpecContainerReadinessProbeHttpGet,
    DeploymentV1SpecTemplateSpecContainerResources,
    DeploymentV1SpecTemplateSpecContainerSecurityContext,
    DeploymentV1SpecTemplateSpecContainerSecurityContextCapabilities,
    DeploymentV1SpecTemplateSpecContainerStartupProbe,
    DeploymentV1SpecTemplateSpecContainerStartupProbeHttpGet,
    DeploymentV1SpecTemplateSpecSecurityContext,
    DeploymentV1SpecTemplateSpecSecurityContextSeccompProfile,
    RoleBindingV1,
    RoleBindingV1Metadata,
    RoleBindingV1RoleRef,
    RoleBindingV1Subject,
    RoleV1,
    RoleV1Metadata,
    RoleV1Rule,
    ServiceAccountV1,
    ServiceAccountV1Metadata,
)
from flowwise.authoring.expressions import number, string_map, text
from flowwise.authoring.module import Module
from flowwise.custom_resources import add_custom_resources
from flowwise.pods.checks import skip_pod_checks
from flowwise.pods.network_policies import Allowed, add_network_policy
from flowwise.pods.releases import add_release
from flowwise.pods.requests import REQUESTS
from flowwise.tables.charts import CHARTS, IMAGES
from flowwise.tables.traffic import API_PORTS

_OPERATOR = "datadog-operator"
_COUNT = "local.has_monitors ? 1 : 0"
_HEALTH_PORT = "8081"
_USER = 1001  # that of the image
_PODS = {"app.kubernetes.io/name": _OPERATOR}

_OF_CLUSTER = "{kube_cluster_name:${var.cluster_name}}"
_OF_ERRORS = "{kube_cluster_name:${var.cluster_name},envoy_response_code_class:5}"


def _monitor(
    name: str, query: str, critical: float, message: str, *, when: str = "true", silence: bool = False
) -> dict[str, Any]:
    """A monitor that alerts on `query`, which ends with a comparison, `critical`; with `silence`, on no data too."""
    return {
        "when": text(when),
        "name": name,
        "query": f"{query.replace('{}', _OF_CLUSTER)} {critical:g}",
        "critical": f"{critical:g}",
        "message": message,
        "silence": silence,
    }


def _by(*tags: str) -> str:
    return "{}" + f" by {{{','.join(tags)}}}"


_DEPLOYMENTS = _by("kube_namespace", "kube_deployment")
_VOLUMES = _by("kube_namespace", "pod_name", "k8s.volume.name")

# Metrics have the names that the Collector's receivers and the exporters give them, tags those of Datadog ("Semantic
# mapping").
MONITORS: Mapping[str, Mapping[str, Any]] = {
    "node-not-ready": _monitor(
        "A node is not ready",
        f"max(last_10m):min:k8s.node.condition_ready{_by('host')} <",
        1,
        "Kubernetes has not had {{host.name}} ready for 10 minutes, or nothing is heard of the cluster.",
        silence=True,
    ),
    "copies-missing": _monitor(
        "Copies of a deployment are missing",
        f"min(last_15m):sum:k8s.deployment.desired{_DEPLOYMENTS} - sum:k8s.deployment.available{_DEPLOYMENTS} >",
        0,
        "{{kube_namespace.name}}/{{kube_deployment.name}} has had fewer copies than it should for 15 minutes.",
    ),
    "restarts": _monitor(
        "A container restarts again and again",
        f"change(max(last_5m),last_30m):max:k8s.container.restarts{_by('kube_namespace', 'pod_name')} >",
        3,
        "{{kube_namespace.name}}/{{pod_name.name}} restarted more than 3 times in 30 minutes.",
    ),
    "volume-full": _monitor(
        "A volume is nearly full",
        f"max(last_15m):min:k8s.volume.available{_VOLUMES} / min:k8s.volume.capacity{_VOLUMES} <",
        0.1,
        "A volume of {{kube_namespace.name}}/{{pod_name.name}} has had less than a tenth left for 15 minutes.",
    ),
    "postgres-down": _monitor(
        "PostgreSQL does not answer",
        f"max(last_5m):max:pg_up{_by('database_server')} <",
        1,
        "{{database_server.name}} has not answered for 5 minutes.",
        when="length(var.databases) > 0",
    ),
    "postgres-connections": _monitor(
        "PostgreSQL runs out of connections",
        f"avg(last_10m):sum:pg_stat_activity_count{_by('database_server')} / "
        f"max:pg_settings_max_connections{_by('database_server')} >",
        0.8,
        "{{database_server.name}} uses more than 80 percent of its connections.",
        when="length(var.databases) > 0",
    ),
    "redis-memory": _monitor(
        "The cache is nearly full",
        "avg(last_15m):max:redis_memory_used_bytes{} / max:redis_memory_max_bytes{} >",
        0.9,
        "The cache uses more than 90 percent of its memory: keys give way, or writes fail.",
        when="var.redis != null",
    ),
    "rabbitmq-alarm": _monitor(
        "RabbitMQ takes no more messages",
        "max(last_5m):max:rabbitmq_alarms_memory_used_watermark{} + max:rabbitmq_alarms_free_disk_space_watermark{} >",
        0,
        "RabbitMQ is short of memory or disk, and blocks those who publish.",
        when="var.rabbitmq_namespace != null",
    ),
    "rabbitmq-backlog": _monitor(
        "Messages pile up in RabbitMQ",
        "min(last_15m):sum:rabbitmq_queue_messages_ready{} >",
        1000,
        "More than 1000 messages have waited for 15 minutes.",
        when="var.rabbitmq_namespace != null",
    ),
    "gateway-errors": _monitor(
        "The API answers errors",
        f"sum(last_15m):sum:envoy_http_downstream_rq_xx{_OF_ERRORS}.as_count() / "
        "sum:envoy_http_downstream_rq_xx{}.as_count() >",
        0.05,
        "More than 5 percent of the gateway's answers in 15 minutes were errors of the server's (5xx).",
        when="var.gateway_namespace != null",
    ),
    "gateway-latency": _monitor(
        "The API answers slowly",
        "avg(last_15m):avg:envoy_http_downstream_rq_time{} >",
        1000,
        "The gateway has taken more than a second for an answer, on average of 15 minutes.",
        when="var.gateway_namespace != null",
    ),
    # cert-manager tells the time as well, because no query knows it, and 0 for one that there is not yet. It renews at
    # two thirds of a certificate's life: of 90 days with 30 left, of 45 with 15.
    "certificate-ends": _monitor(
        "A certificate ends within a week",
        "max(last_1h):min:certmanager_certificate_expiration_timestamp_seconds{} - "
        "max:certmanager_clock_time_seconds_gauge{} <",
        7 * 24 * 3600,
        "A certificate should have been renewed weeks ago, or is not issued since an hour: kubectl get certificates "
        "--all-namespaces says which.",
        when="var.certificates_namespace != null",
    ),
}

_RESOURCES = """[
  for id, monitor in local.monitors : {
    apiVersion = "datadoghq.com/v1alpha1"
    kind       = "DatadogMonitor"
    metadata   = { name = id, namespace = var.namespace, labels = local.labels }
    spec = {
      name    = "${monitor.name} (${var.cluster_name})"
      type    = "query alert"
      query   = monitor.query
      message = monitor.message
      tags    = ["env:${var.environment}", "kube_cluster_name:${var.cluster_name}"]
      options = {
        includeTags     = true
        notifyNoData    = monitor.silence
        noDataTimeframe = 20
        thresholds      = { critical = monitor.critical }
      }
    }
  } if monitor.when
]"""


def add_datadog_monitors(module: Module[Any, Any]) -> None:
    """Add the operator and its monitors, if the vendor is Datadog and there is an application key."""
    module.local("has_monitors", text('var.vendor == "datadog" && var.application_key != null'))
    module.local("monitors", dict(MONITORS))
    module.comment("Upgraded with the chart.")
    definitions = add_release(
        module,
        "datadog_definitions",
        CHARTS["datadog-crds"],
        release="datadog-crds",
        namespace=text("var.namespace"),
        values={"crds": {"datadogMonitors": True}},
        count=number(_COUNT),
    )
    policy = add_network_policy(
        module,
        "datadog_operator",
        namespace=text("var.namespace"),
        pods=_PODS,
        egress=[Allowed(ports=API_PORTS)],
        count=number(_COUNT),
    )
    operator = _operator(module, [definitions, policy, *_rights(module)])
    module.comment("Gone before the operator is, so that it takes the monitors out of Datadog.")
    add_custom_resources(
        module,
        "datadog_monitors",
        count=number(_COUNT),
        release="datadog-monitors",
        namespace=text("var.namespace"),
        resources=text(_RESOURCES),
        depends_on=[operator],
    )


def _rights(module: Module[Any, Any]) -> list[ITerraformDependable]:
    """Its own monitors, its lease and its events, in this namespace: no secret and nothing of anybody else's."""
    namespace, labels = text("var.namespace"), string_map("local.labels")
    account = module.resource(
        ServiceAccountV1,
        "datadog_operator",
        count=number(_COUNT),
        metadata=ServiceAccountV1Metadata(name=_OPERATOR, namespace=namespace, labels=labels),
        automount_service_account_token=False,
    )
    everything = ["get", "list", "watch", "create", "update", "patch", "delete"]
    role = module.resource(
        RoleV1,
        "datadog_operator",
        count=number(_COUNT),
        metadata=RoleV1Metadata(name=_OPERATOR, namespace=namespace, labels=labels),
        rule=[
            RoleV1Rule(
                api_groups=["datadoghq.com"],
                resources=["datadogmonitors", "datadogmonitors/finalizers", "datadogmonitors/status"],
                verbs=everything,
            ),
            RoleV1Rule(api_groups=["coordination.k8s.io"], resources=["leases"], verbs=everything),
            RoleV1Rule(api_groups=["", "events.k8s.io"], resources=["events"], verbs=["create", "patch"]),
        ],
    )
    binding = module.resource(
        RoleBindingV1,
        "datadog_operator",
        count=number(_COUNT),
        metadata=RoleBindingV1Metadata(name=_OPERATOR, namespace=namespace, labels=labels),
        role_ref=RoleBindingV1RoleRef(
            api_group="rbac.authorization.k8s.io",
            kind="Role",
            name=text("kubernetes_role_v1.datadog_operator[0].metadata[0].name"),
        ),
        subject=[RoleBindingV1Subject(kind="ServiceAccount", name=_OPERATOR, namespace=namespace)],
    )
    return [account, role, binding]


def _env(name: str, value: str) -> DeploymentV1SpecTemplateSpecContainerEnv:
    return DeploymentV1SpecTemplateSpecContainerEnv(name=name, value=value)


def _env_from_field(name: str, path: str) -> DeploymentV1SpecTemplateSpecContainerEnv:
    return DeploymentV1SpecTemplateSpecContainerEnv(
        name=name,
        value_from=DeploymentV1SpecTemplateSpecContainerEnvValueFrom(
            field_ref=DeploymentV1SpecTemplateSpecContainerEnvValueFromFieldRef(field_path=path)
        ),
    )


def _env_from_secret(name: str, variable: str) -> DeploymentV1SpecTemplateSpecContainerEnv:
    return DeploymentV1SpecTemplateSpecContainerEnv(
        name=name,
        value_from=DeploymentV1SpecTemplateSpecContainerEnvValueFrom(
            secret_key_ref=DeploymentV1SpecTemplateSpecContainerEnvValueFromSecretKeyRef(
                name=text(f"var.{variable}.secret_name"), key=text(f"var.{variable}.key")
            )
        ),
    )


def _operator(module: Module[Any, Any], depends_on: list[ITerraformDependable]) -> DeploymentV1:
    labels = string_map(f'merge(local.labels, {{ "app.kubernetes.io/name" = "{_OPERATOR}" }})')
    container = DeploymentV1SpecTemplateSpecContainer(
        name="operator",
        image=IMAGES[_OPERATOR].reference,
        args=[
            "-logEncoder=json",
            "-datadogMonitorEnabled=true",
            "-datadogAgentEnabled=false",
            "-operatorMetricsEnabled=false",
        ],
        env=[
            _env_from_field("WATCH_NAMESPACE", "metadata.namespace"),
            _env_from_field("POD_NAMESPACE", "metadata.namespace"),
            _env_from_field("POD_NAME", "metadata.name"),
            _env("DD_SITE", text("var.endpoint")),
            _env("DD_CLUSTER_NAME", text("var.cluster_name")),
            _env_from_secret("DD_API_KEY", "api_key"),
            _env_from_secret("DD_APP_KEY", "application_key"),
        ],
        startup_probe=DeploymentV1SpecTemplateSpecContainerStartupProbe(
            http_get=DeploymentV1SpecTemplateSpecContainerStartupProbeHttpGet(path="/healthz/", port=_HEALTH_PORT),
            period_seconds=5,
            failure_threshold=24,
        ),
        liveness_probe=DeploymentV1SpecTemplateSpecContainerLivenessProbe(
            http_get=DeploymentV1SpecTemplateSpecContainerLivenessProbeHttpGet(path="/healthz/", port=_HEALTH_PORT)
        ),
        readiness_probe=DeploymentV1SpecTemplateSpecContainerReadinessProbe(
            http_get=DeploymentV1SpecTemplateSpecContainerReadinessProbeHttpGet(path="/healthz/", port=_HEALTH_PORT)
        ),
        resources=DeploymentV1SpecTemplateSpecContainerResources(
            requests=REQUESTS[_OPERATOR].kept, limits=REQUESTS[_OPERATOR].limits
        ),
        security_context=DeploymentV1SpecTemplateSpecContainerSecurityContext(
            run_as_user=str(_USER),
            run_as_non_root=True,
            read_only_root_filesystem=True,
            allow_privilege_escalation=False,
            capabilities=DeploymentV1SpecTemplateSpecContainerSecurityContextCapabilities(drop=["ALL"]),
        ),
    )
    module.comment(
        "Without the chart, which takes keys only from secrets of a form of its own, and gives rights over the whole "
        "cluster."
    )
    skip_pod_checks(module)
    return module.resource(
        DeploymentV1,
        "datadog_operator",
        count=number(_COUNT),
        metadata=DeploymentV1Metadata(name=_OPERATOR, namespace=text("var.namespace"), labels=labels),
        spec=DeploymentV1Spec(
            replicas="1",
            strategy=DeploymentV1SpecStrategy(type="Recreate"),
            selector=DeploymentV1SpecSelector(match_labels=_PODS),
            template=DeploymentV1SpecTemplate(
                metadata=DeploymentV1SpecTemplateMetadata(labels=labels),
                spec=DeploymentV1SpecTemplateSpec(
                    service_account_name=text("kubernetes_service_account_v1.datadog_operator[0].metadata[0].name"),
                    automount_service_account_token=True,
                    security_context=DeploymentV1SpecTemplateSpecSecurityContext(
                        run_as_non_root=True,
                        seccomp_profile=DeploymentV1SpecTemplateSpecSecurityContextSeccompProfile(
                            type="RuntimeDefault"
                        ),
                    ),
                    container=[container],
                ),
            ),
        ),
        depends_on=depends_on,
    )
