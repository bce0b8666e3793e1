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
from flowwise.authoring.expressions import call, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.custom_resources import add_custom_resources
from flowwise.microservice import MICROSERVICE, MicroserviceInputs, MicroserviceOutputs
from flowwise.pods.application_pod import add_config_maps, metadata, pod
from flowwise.pods.spreading import NODE, ZONE
from flowwise.tables.application import DRAIN_SECONDS, LIVENESS, READINESS, READY_SECONDS, STARTUP, Probe
from flowwise.tables.project import PROJECT

_SELECTOR = string_map("local.selector")
_LABELS = string_map("local.labels")
_DEPLOYMENT = text("kubernetes_deployment_v1.this.metadata[0].name")

SERVICE_PORT = 80
"""Of every microservice's Service, whatever its pods listen on."""

_ROLLOUT_TIMEOUT = "20m"

# How fast the number of copies may change: (type, value, seconds).
_SCALE_UP = (("Percent", 100, 30), ("Pods", 4, 30))
_SCALE_DOWN = (("Percent", 25, 60),)
_SCALE_DOWN_AFTER_SECONDS = 300

_QUEUE = "${var.name}-queue"  # KEDA's way to the broker

_NO_PROBE = "There is one, in a dynamic block: a worker, which listens on no port, has nobody to ask."
_SKIPPED_CHECKS = {
    "CKV_K8S_11": "By default, a limit would slow a copy down while processors are idle; a variable sets one.",
    "CKV_K8S_12": "There always is one, in an expression that Checkov does not evaluate.",
    "CKV_K8S_14": "The image is a variable, whose validation refuses latest and an image without a tag.",
    "CKV_K8S_15": "A copy has to start while the registry is out of reach, and a laptop's own images are in none.",
    "CKV_K8S_35": "A microservice takes all its settings from the environment, and shares its pod with no one.",
    "CKV_K8S_43": "The image is a variable, which takes a digest; a tag is for those who try something out.",
    "CKV_K8S_8": _NO_PROBE,
    "CKV_K8S_9": _NO_PROBE,
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

_IF_HTTP = text("var.port[*]")  # no element where there is none
_IF_QUEUE = number("var.queue_scaling == null ? 0 : 1")


def _pod(configuration: ConfigMapV1, certificates: ConfigMapV1) -> Any:
    """A worker has nobody who could ask it how it is, and nobody who has to notice that it goes."""
    return pod(
        configuration,
        certificates,
        termination_grace_period_seconds=text(f"var.stop_seconds + (var.port == null ? 0 : {DRAIN_SECONDS})"),
        topology_spread_constraint=[_spread_over(label) for label in (ZONE, NODE)],
        container={
            "dynamic": {
                "startup_probe": _probe("startup", STARTUP),
                "readiness_probe": _probe("readiness", READINESS),
                "liveness_probe": _probe("liveness", LIVENESS),
                "port": {"for_each": _IF_HTTP, "content": {"name": "http", "container_port": text("port.value")}},
                "lifecycle": {
                    "for_each": _IF_HTTP,
                    "content": {"pre_stop": {"exec": {"command": ["sleep", str(DRAIN_SECONDS)]}}},
                },
            }
        },
    )


def _spread_over(topology: str) -> dict[str, Any]:
    """The copies of one version, as evenly as can be."""
    return {
        "topology_key": topology,
        "max_skew": 1,
        "when_unsatisfiable": "ScheduleAnyway",
        "node_taints_policy": "Honor",
        "match_label_keys": ["pod-template-hash"],
        "label_selector": {"match_labels": text("local.selector")},
    }


def _probe(name: str, probe: Probe) -> dict[str, Any]:
    return {
        "for_each": _IF_HTTP,
        "content": {
            "http_get": {"path": text(f"var.probes.{name}"), "port": "http"},
            "period_seconds": probe.period_seconds,
            "timeout_seconds": probe.timeout_seconds,
            "failure_threshold": probe.failures,
        },
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
        self._deployment(*add_config_maps(self), inputs)
        self._service(inputs)
        self._disruption_budget(inputs)
        self._scaling(inputs)
        return MicroserviceOutputs(
            service_name=text("one(kubernetes_service_v1.this[*].metadata[0].name)"),
            service_port=number(f"var.port == null ? null : {SERVICE_PORT}"),
            host=text('var.port == null ? null : "${var.name}.${var.namespace}.svc.cluster.local"'),
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
                min_ready_seconds=number(f"var.port == null ? {READY_SECONDS} : null"),
                strategy=DeploymentV1SpecStrategy(
                    type="RollingUpdate",
                    rolling_update=DeploymentV1SpecStrategyRollingUpdate(max_surge="25%", max_unavailable="0"),
                ),
                selector=DeploymentV1SpecSelector(match_labels=_SELECTOR),
                template=DeploymentV1SpecTemplate(
                    metadata=DeploymentV1SpecTemplateMetadata(), spec=DeploymentV1SpecTemplateSpec()
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
        deployment.add_override("spec.template.metadata", metadata())
        deployment.add_override("spec.template.spec", _pod(configuration, certificates))

    def _service(self, inputs: MicroserviceInputs) -> None:
        self.resource(
            ServiceV1,
            "this",
            count=number("var.port == null ? 0 : 1"),
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
