"""The microservice on any Kubernetes cluster."""

from typing import Any

from cdk.core import Precondition, TerraformResourceLifecycle
from cdk.kubernetes import (
    ConfigMapV1,
    ConfigMapV1Metadata,
    DeploymentV1,
    DeploymentV1Metadata,
    DeploymentV1Spec,
    DeploymentV1SpecSelector,
    DeploymentV1SpecStrategy,
    DeploymentV1SpecStrategyRollingUpdate,
    DeploymentV1SpecTemplate,
    DeploymentV1SpecTemplateMetadata,
    DeploymentV1SpecTemplateSpec,
    DeploymentV1SpecTemplateSpecContainer,
    DeploymentV1SpecTemplateSpecContainerEnvFrom,
    DeploymentV1SpecTemplateSpecContainerEnvFromConfigMapRef,
    DeploymentV1SpecTemplateSpecContainerLifecycle,
    DeploymentV1SpecTemplateSpecContainerLifecyclePreStop,
    DeploymentV1SpecTemplateSpecContainerLifecyclePreStopExec,
    DeploymentV1SpecTemplateSpecContainerLivenessProbe,
    DeploymentV1SpecTemplateSpecContainerLivenessProbeHttpGet,
    DeploymentV1SpecTemplateSpecContainerPort,
    DeploymentV1SpecTemplateSpecContainerReadinessProbe,
    DeploymentV1SpecTemplateSpecContainerReadinessProbeHttpGet,
    DeploymentV1SpecTemplateSpecContainerResources,
    DeploymentV1SpecTemplateSpecContainerSecurityContext,
    DeploymentV1SpecTemplateSpecContainerSecurityContextCapabilities,
    DeploymentV1SpecTemplateSpecContainerStartupProbe,
    DeploymentV1SpecTemplateSpecContainerStartupProbeHttpGet,
    DeploymentV1SpecTemplateSpecContainerVolumeMount,
    DeploymentV1SpecTemplateSpecSecurityContext,
    DeploymentV1SpecTemplateSpecSecurityContextSeccompProfile,
    DeploymentV1SpecTemplateSpecTopologySpreadConstraint,
    DeploymentV1SpecTemplateSpecTopologySpreadConstraintLabelSelector,
    DeploymentV1SpecTemplateSpecVolume,
    DeploymentV1SpecTemplateSpecVolumeEmptyDir,
    DeploymentV1SpecTemplateSpecVolumeProjected,
    DeploymentV1SpecTemplateSpecVolumeProjectedSources,
    DeploymentV1SpecTemplateSpecVolumeProjectedSourcesConfigMap,
    DeploymentV1Timeouts,
    HorizontalPodAutoscalerV2,
    HorizontalPodAutoscalerV2Metadata,
    HorizontalPodAutoscalerV2Spec,
    HorizontalPodAutoscalerV2SpecBehavior,
    HorizontalPodAutoscalerV2SpecBehaviorScaleDown,
    HorizontalPodAutoscalerV2SpecBehaviorScaleDownPolicy,
    HorizontalPodAutoscalerV2SpecBehaviorScaleUp,
    HorizontalPodAutoscalerV2SpecBehaviorScaleUpPolicy,
    HorizontalPodAutoscalerV2SpecMetric,
    HorizontalPodAutoscalerV2SpecMetricResource,
    HorizontalPodAutoscalerV2SpecMetricResourceTarget,
    HorizontalPodAutoscalerV2SpecScaleTargetRef,
    PodDisruptionBudgetV1,
    PodDisruptionBudgetV1Metadata,
    PodDisruptionBudgetV1Spec,
    PodDisruptionBudgetV1SpecSelector,
    ServiceV1,
    ServiceV1Metadata,
    ServiceV1Spec,
    ServiceV1SpecPort,
)
from flowwise.authoring.expressions import call, number, string_map, strings, text
from flowwise.authoring.module import Module
from flowwise.custom_resources import add_custom_resources
from flowwise.microservice import MICROSERVICE, MicroserviceInputs, MicroserviceOutputs
from flowwise.tables.application import CERTIFICATES, DRAIN_SECONDS, LIVENESS, READINESS, STARTUP, TMP_SIZE, USER, Probe
from flowwise.tables.project import PROJECT

_SELECTOR = string_map("local.selector")
_LABELS = string_map("local.labels")
_DEPLOYMENT = text("kubernetes_deployment_v1.this.metadata[0].name")

SERVICE_PORT = 80
"""Of every microservice's Service, whatever its pods listen on."""

_CERTIFICATES_VOLUME = 1  # its place among the volumes

_ROLLOUT_TIMEOUT = "20m"

# How fast the number of copies may change: (type, value, seconds).
_SCALE_UP = (("Percent", 100, 30), ("Pods", 4, 30))
_SCALE_DOWN = (("Percent", 25, 60),)
_SCALE_DOWN_AFTER_SECONDS = 300

_QUEUE = "${var.name}-queue"  # KEDA's way to the broker

_SKIPPED_CHECKS = {
    "CKV_K8S_11": "By default, a limit would slow a copy down while processors are idle; a variable sets one.",
    "CKV_K8S_12": "There always is one, in an expression that Checkov does not evaluate.",
    "CKV_K8S_14": "The image is a variable, whose validation refuses latest and an image without a tag.",
    "CKV_K8S_15": "A copy has to start while the registry is out of reach, and a laptop's own images are in none.",
    "CKV_K8S_35": "A microservice takes all its settings from the environment, and shares its pod with no one.",
    "CKV_K8S_43": "The image is a variable, which takes a digest; a tag is for those who try something out.",
}

_RESOURCE_TRIGGERS = text(
    "[\n"
    "  for resource, percent in {\n"
    "    cpu    = var.cpu_percent\n"
    "    memory = var.memory_percent\n"
    "  } : {\n"
    "    type       = resource\n"
    '    metricType = "Utilization"\n'
    "    metadata   = { value = tostring(percent) }\n"
    "  } if percent != null\n"
    "]"
)

_IF_QUEUE = number("var.queue_scaling == null ? 0 : 1")


def _spread_over(topology: str) -> DeploymentV1SpecTemplateSpecTopologySpreadConstraint:
    """The copies of one version, as evenly as can be."""
    return DeploymentV1SpecTemplateSpecTopologySpreadConstraint(
        topology_key=topology,
        max_skew=1,
        when_unsatisfiable="ScheduleAnyway",
        node_taints_policy="Honor",
        match_label_keys=["pod-template-hash"],
        label_selector=[DeploymentV1SpecTemplateSpecTopologySpreadConstraintLabelSelector(match_labels=_SELECTOR)],
    )


def _intervals(probe: Probe) -> dict[str, Any]:
    return {
        "period_seconds": probe.period_seconds,
        "timeout_seconds": probe.timeout_seconds,
        "failure_threshold": probe.failures,
    }


def _metric(name: str, percent: int) -> HorizontalPodAutoscalerV2SpecMetric:
    return HorizontalPodAutoscalerV2SpecMetric(
        type="Resource",
        resource=HorizontalPodAutoscalerV2SpecMetricResource(
            name=name,
            target=HorizontalPodAutoscalerV2SpecMetricResourceTarget(type="Utilization", average_utilization=percent),
        ),
    )


def _autoscaler_behavior() -> HorizontalPodAutoscalerV2SpecBehavior:
    return HorizontalPodAutoscalerV2SpecBehavior(
        scale_up=[
            HorizontalPodAutoscalerV2SpecBehaviorScaleUp(
                stabilization_window_seconds=0,
                select_policy="Max",
                policy=[
                    HorizontalPodAutoscalerV2SpecBehaviorScaleUpPolicy(type=type_, value=value, period_seconds=seconds)
                    for type_, value, seconds in _SCALE_UP
                ],
            )
        ],
        scale_down=[
            HorizontalPodAutoscalerV2SpecBehaviorScaleDown(
                stabilization_window_seconds=_SCALE_DOWN_AFTER_SECONDS,
                select_policy="Max",
                policy=[
                    HorizontalPodAutoscalerV2SpecBehaviorScaleDownPolicy(
                        type=type_, value=value, period_seconds=seconds
                    )
                    for type_, value, seconds in _SCALE_DOWN
                ],
            )
        ],
    )


def _keda_behavior() -> dict[str, Any]:
    def rules(policies: tuple[tuple[str, int, int], ...], after_seconds: int) -> dict[str, Any]:
        return {
            "stabilizationWindowSeconds": after_seconds,
            "selectPolicy": "Max",
            "policies": [
                {"type": type_, "value": value, "periodSeconds": seconds} for type_, value, seconds in policies
            ],
        }

    return {"scaleUp": rules(_SCALE_UP, 0), "scaleDown": rules(_SCALE_DOWN, _SCALE_DOWN_AFTER_SECONDS)}


def _authentication() -> dict[str, Any]:
    """How KEDA signs in to the broker: it reads the password from the secret, and all else that it takes from here."""
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "TriggerAuthentication",
        "metadata": {"name": _QUEUE, "labels": _LABELS},
        "spec": {
            "secretTargetRef": text(
                "[\n"
                "  for parameter, secret in {\n"
                "    password = var.queue_scaling.password\n"
                "    ca       = var.queue_scaling.ca_certificate\n"
                "  } : { parameter = parameter, name = secret.secret_name, key = secret.key } if secret != null\n"
                "]"
            ),
            "configMapTargetRef": [
                {"parameter": key, "name": text("kubernetes_config_map_v1.queue[0].metadata[0].name"), "key": key}
                for key in ("username", "tls")
            ],
        },
    }


def _scaled_object() -> dict[str, Any]:
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": text("var.name"), "labels": _LABELS},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": _DEPLOYMENT},
            "minReplicaCount": number("var.min_replicas"),
            "maxReplicaCount": number("var.max_replicas"),
            "pollingInterval": 15,
            "advanced": {"horizontalPodAutoscalerConfig": {"behavior": _keda_behavior()}},
            "triggers": call("flatten", [_queue_trigger(), _RESOURCE_TRIGGERS]),
        },
    }


def _queue_trigger() -> dict[str, Any]:
    return {
        "type": "rabbitmq",
        "metadata": {
            "host": text("var.queue_scaling.host"),
            "protocol": "amqp",
            "mode": "QueueLength",
            "queueName": text("var.queue_scaling.queue"),
            "value": text("tostring(var.queue_scaling.messages_per_replica)"),
        },
        "authenticationRef": {"name": _QUEUE},
    }


class KubernetesMicroservice(Module[MicroserviceInputs, MicroserviceOutputs]):
    """Scaled by Kubernetes itself, or by KEDA where there is a queue to look at, and never by both."""

    contract = MICROSERVICE
    path = "modules/microservice/kubernetes"

    def build(self, inputs: MicroserviceInputs) -> MicroserviceOutputs:
        """Add the module's resources."""
        self.local("selector", {"app.kubernetes.io/name": inputs.name})
        self.local(
            "labels", text(f'merge(var.labels, local.selector, {{ "app.kubernetes.io/part-of" = "{PROJECT}" }})')
        )
        configuration = self._config_map("configuration", "${var.name}", inputs.configuration, inputs)
        certificates = self._config_map("certificates", "${var.name}-certificates", inputs.certificates, inputs)
        self._deployment(configuration, certificates, inputs)
        service = self._service(inputs)
        self._disruption_budget(inputs)
        self._scaling(inputs)
        return MicroserviceOutputs(
            service_name=service.metadata.name,
            service_port=SERVICE_PORT,
            host=f"{service.metadata.name}.{service.metadata.namespace}.svc.cluster.local",
        )

    def _config_map(self, name: str, full_name: str, data: dict[str, str], inputs: MicroserviceInputs) -> ConfigMapV1:
        return self.resource(
            ConfigMapV1,
            name,
            metadata=ConfigMapV1Metadata(name=full_name, namespace=inputs.namespace, labels=_LABELS),
            data=data,
        )

    def _deployment(self, configuration: ConfigMapV1, certificates: ConfigMapV1, inputs: MicroserviceInputs) -> None:
        self.comment(
            "Terraform says with how many copies it starts, and the autoscaler how many there are from then on. An "
            "apply ends when all copies run the new image, or with what Kubernetes says of one that does not come up, "
            "while the old ones go on: no copy leaves before another is ready. A copy that has to go waits until "
            f"nobody sends it requests any more, for {DRAIN_SECONDS} seconds, and only then is told to stop. The "
            "provider knows no sleep but the image's own: where there is none, the copy is told at once. Zones and "
            "nodes are wishes, so that a laptop, or a region that has lost a zone, still runs them all."
        )
        for check, reason in _SKIPPED_CHECKS.items():
            self.skip_check(check, reason)
        deployment = self.resource(
            DeploymentV1,
            "this",
            metadata=DeploymentV1Metadata(name=inputs.name, namespace=inputs.namespace, labels=_LABELS),
            spec=DeploymentV1Spec(
                replicas=text("var.min_replicas"),
                revision_history_limit=3,
                strategy=DeploymentV1SpecStrategy(
                    type="RollingUpdate",
                    rolling_update=DeploymentV1SpecStrategyRollingUpdate(max_surge="25%", max_unavailable="0"),
                ),
                selector=DeploymentV1SpecSelector(match_labels=_SELECTOR),
                template=DeploymentV1SpecTemplate(
                    metadata=DeploymentV1SpecTemplateMetadata(
                        labels=string_map("merge(var.pod_labels, local.labels)"),
                        annotations={
                            "checksum/configuration": text("sha256(jsonencode([var.configuration, var.certificates]))"),
                            f"{PROJECT}/revision": text("var.revision"),
                        },
                    ),
                    spec=self._pod(configuration, certificates, inputs),
                ),
            ),
            # Longer than the 10 minutes after which Kubernetes gives up on a copy, so that its reason is the one told.
            timeouts=DeploymentV1Timeouts(create=_ROLLOUT_TIMEOUT, update=_ROLLOUT_TIMEOUT),
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["spec[0].replicas"],
                precondition=[
                    Precondition(
                        condition=text("var.min_replicas <= var.max_replicas"),
                        error_message="min_replicas must not be more than max_replicas.",
                    )
                ],
            ),
        )
        pod = "spec.template.spec"
        deployment.add_override(
            f"{pod}.container.0.dynamic.env",
            {
                "for_each": text("var.secrets"),
                "content": {
                    "name": text("env.key"),
                    "value_from": {
                        "secret_key_ref": {"name": text("env.value.secret_name"), "key": text("env.value.key")}
                    },
                },
            },
        )
        deployment.add_override(
            f"{pod}.dynamic.toleration",
            {
                "for_each": text("var.tolerations"),
                "content": {
                    "key": text("toleration.value.key"),
                    "operator": "Equal",
                    "value": text("toleration.value.value"),
                    "effect": text("toleration.value.effect"),
                },
            },
        )
        deployment.add_override(
            f"{pod}.volume.{_CERTIFICATES_VOLUME}.projected.0.dynamic.sources",
            {
                "for_each": text("var.certificate_secrets"),
                "content": {
                    "secret": {
                        "name": text("sources.value.secret_name"),
                        "items": {"key": text("sources.value.key"), "path": text("sources.key")},
                    }
                },
            },
        )

    def _pod(
        self, configuration: ConfigMapV1, certificates: ConfigMapV1, inputs: MicroserviceInputs
    ) -> DeploymentV1SpecTemplateSpec:
        return DeploymentV1SpecTemplateSpec(
            service_account_name=inputs.service_account_name,
            automount_service_account_token=False,
            enable_service_links=False,
            node_selector=string_map("length(var.node_labels) == 0 ? null : var.node_labels"),
            termination_grace_period_seconds=number(f"var.stop_seconds + {DRAIN_SECONDS}"),
            security_context=DeploymentV1SpecTemplateSpecSecurityContext(
                run_as_non_root=True,
                run_as_user=USER,
                run_as_group=USER,
                fs_group=USER,
                seccomp_profile=DeploymentV1SpecTemplateSpecSecurityContextSeccompProfile(type="RuntimeDefault"),
            ),
            topology_spread_constraint=[
                _spread_over("topology.kubernetes.io/zone"),
                _spread_over("kubernetes.io/hostname"),
            ],
            container=[self._container(configuration, inputs)],
            volume=[
                DeploymentV1SpecTemplateSpecVolume(
                    name="tmp", empty_dir=DeploymentV1SpecTemplateSpecVolumeEmptyDir(size_limit=TMP_SIZE)
                ),
                DeploymentV1SpecTemplateSpecVolume(
                    name="certificates",
                    projected=[
                        DeploymentV1SpecTemplateSpecVolumeProjected(
                            sources=[
                                DeploymentV1SpecTemplateSpecVolumeProjectedSources(
                                    config_map=[
                                        DeploymentV1SpecTemplateSpecVolumeProjectedSourcesConfigMap(
                                            name=certificates.metadata.name
                                        )
                                    ]
                                )
                            ]
                        )
                    ],
                ),
            ],
        )

    def _container(
        self, configuration: ConfigMapV1, inputs: MicroserviceInputs
    ) -> DeploymentV1SpecTemplateSpecContainer:
        return DeploymentV1SpecTemplateSpecContainer(
            name=inputs.name,
            image=inputs.image,
            image_pull_policy="IfNotPresent",
            command=strings("length(var.command) == 0 ? null : var.command"),
            args=strings("length(var.arguments) == 0 ? null : var.arguments"),
            termination_message_policy="FallbackToLogsOnError",
            port=[DeploymentV1SpecTemplateSpecContainerPort(name="http", container_port=inputs.port)],
            env_from=[
                DeploymentV1SpecTemplateSpecContainerEnvFrom(
                    config_map_ref=DeploymentV1SpecTemplateSpecContainerEnvFromConfigMapRef(
                        name=configuration.metadata.name
                    )
                )
            ],
            resources=DeploymentV1SpecTemplateSpecContainerResources(
                requests={"cpu": text("var.resources.cpu"), "memory": text("var.resources.memory")},
                limits=string_map(
                    "merge(\n"
                    "  { memory = coalesce(var.resources.memory_limit, var.resources.memory) },\n"
                    "  var.resources.cpu_limit == null ? {} : { cpu = var.resources.cpu_limit }\n"
                    ")"
                ),
            ),
            security_context=DeploymentV1SpecTemplateSpecContainerSecurityContext(
                allow_privilege_escalation=False,
                read_only_root_filesystem=True,
                capabilities=DeploymentV1SpecTemplateSpecContainerSecurityContextCapabilities(drop=["ALL"]),
            ),
            startup_probe=DeploymentV1SpecTemplateSpecContainerStartupProbe(
                http_get=DeploymentV1SpecTemplateSpecContainerStartupProbeHttpGet(
                    path=text("var.probes.startup"), port="http"
                ),
                **_intervals(STARTUP),
            ),
            readiness_probe=DeploymentV1SpecTemplateSpecContainerReadinessProbe(
                http_get=DeploymentV1SpecTemplateSpecContainerReadinessProbeHttpGet(
                    path=text("var.probes.readiness"), port="http"
                ),
                **_intervals(READINESS),
            ),
            liveness_probe=DeploymentV1SpecTemplateSpecContainerLivenessProbe(
                http_get=DeploymentV1SpecTemplateSpecContainerLivenessProbeHttpGet(
                    path=text("var.probes.liveness"), port="http"
                ),
                **_intervals(LIVENESS),
            ),
            lifecycle=DeploymentV1SpecTemplateSpecContainerLifecycle(
                pre_stop=[
                    DeploymentV1SpecTemplateSpecContainerLifecyclePreStop(
                        exec=DeploymentV1SpecTemplateSpecContainerLifecyclePreStopExec(
                            command=["sleep", str(DRAIN_SECONDS)]
                        )
                    )
                ]
            ),
            volume_mount=[
                DeploymentV1SpecTemplateSpecContainerVolumeMount(name="tmp", mount_path="/tmp"),
                DeploymentV1SpecTemplateSpecContainerVolumeMount(
                    name="certificates", mount_path=CERTIFICATES, read_only=True
                ),
            ],
        )

    def _service(self, inputs: MicroserviceInputs) -> ServiceV1:
        return self.resource(
            ServiceV1,
            "this",
            metadata=ServiceV1Metadata(name=inputs.name, namespace=inputs.namespace, labels=_LABELS),
            spec=ServiceV1Spec(
                type="ClusterIP",
                selector=_SELECTOR,
                port=[ServiceV1SpecPort(name="http", port=SERVICE_PORT, target_port="http")],
            ),
        )

    def _disruption_budget(self, inputs: MicroserviceInputs) -> None:
        self.comment(
            "One at a time gives way when nodes are emptied. A number that has to stay would keep the node of an only "
            "copy from ever being emptied."
        )
        self.resource(
            PodDisruptionBudgetV1,
            "this",
            metadata=PodDisruptionBudgetV1Metadata(name=inputs.name, namespace=inputs.namespace, labels=_LABELS),
            spec=PodDisruptionBudgetV1Spec(
                max_unavailable="1", selector=PodDisruptionBudgetV1SpecSelector(match_labels=_SELECTOR)
            ),
        )

    def _scaling(self, inputs: MicroserviceInputs) -> None:
        self.comment("Where no queue says how much there is to do. KEDA makes its own one otherwise.")
        autoscaler = self.resource(
            HorizontalPodAutoscalerV2,
            "this",
            count=number("var.queue_scaling == null ? 1 : 0"),
            metadata=HorizontalPodAutoscalerV2Metadata(name=inputs.name, namespace=inputs.namespace, labels=_LABELS),
            spec=HorizontalPodAutoscalerV2Spec(
                scale_target_ref=HorizontalPodAutoscalerV2SpecScaleTargetRef(
                    api_version="apps/v1", kind="Deployment", name=_DEPLOYMENT
                ),
                min_replicas=inputs.min_replicas,
                max_replicas=inputs.max_replicas,
                metric=[_metric("cpu", inputs.cpu_percent)],
                behavior=_autoscaler_behavior(),
            ),
        )
        target = {"type": "Utilization", "average_utilization": text("metric.value")}
        autoscaler.add_override(
            "spec.dynamic.metric",
            {
                "for_each": text("var.memory_percent == null ? [] : [var.memory_percent]"),
                "content": {"type": "Resource", "resource": {"name": "memory", "target": target}},
            },
        )
        self.comment(
            "What KEDA reads from a secret or a config map alone: who signs in, and the word without which it does not "
            "look at the certificates that it is given for the broker."
        )
        tls = self.resource(
            ConfigMapV1,
            "queue",
            count=_IF_QUEUE,
            metadata=ConfigMapV1Metadata(name=_QUEUE, namespace=inputs.namespace, labels=_LABELS),
            data={"username": text("var.queue_scaling.user"), "tls": "enable"},
        )
        self.comment(
            "By the messages that wait, besides processors: the highest count is taken. Depends on the other "
            "autoscaler, so that in a change from one to the other, whichever goes is gone before the other comes: two "
            "would pull the copies up and down, and KEDA refuses to be the second."
        )
        add_custom_resources(
            self,
            "queue_scaling",
            release="${var.name}-queue-scaling",
            namespace=inputs.namespace,
            resources=[_authentication(), _scaled_object()],
            depends_on=[autoscaler, tls],
            count=_IF_QUEUE,
            timeout=120,
        )
