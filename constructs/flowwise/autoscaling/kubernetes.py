"""Autoscaling in the cluster: KEDA and, where the cloud leaves them to us, the metrics server and node autoscaler."""

from cdk.helm import Release
from cdk.kubernetes import NetworkPolicyV1
from flowwise.authoring.expressions import number, text
from flowwise.authoring.module import Module
from flowwise.autoscaling import AUTOSCALING, AutoscalingInputs, AutoscalingOutputs
from flowwise.pods.network_policies import DNS, Allowed, add_network_policy
from flowwise.pods.operators import TOLERATIONS, add_labels, add_restricted_namespace
from flowwise.pods.releases import add_release
from flowwise.pods.requests import REQUESTS
from flowwise.pods.spreading import spread
from flowwise.tables.charts import CHARTS, IMAGES
from flowwise.tables.copies import OPERATOR_COPIES
from flowwise.tables.traffic import API_PORTS, BROKER_PODS, BROKER_PORT, EKS_POD_IDENTITY, SCALER_PODS

_SYSTEM_NAMESPACE = "kube-system"
_KEDA = "keda"
_METRICS_SERVER = "metrics-server"
_CLUSTER_AUTOSCALER = "cluster-autoscaler"

_METRICS_ADAPTER_PODS = {"app": "keda-operator-metrics-apiserver"}
_WEBHOOKS_PODS = {"app": "keda-admission-webhooks"}
_METRICS_SERVER_PODS = {"app.kubernetes.io/name": _METRICS_SERVER}
_CLUSTER_AUTOSCALER_PODS = {"app.kubernetes.io/name": _CLUSTER_AUTOSCALER}
"""Labels that the charts give the pods."""

_CONTROL_PLANE_PORT = 10250
"""The kubelet's port. On GKE, the firewall of a private cluster lets the control plane reach no other but 443."""

_METRICS_PORT = 9666
"""Where the operator tells the adapter how long queues are. The chart does not let it be chosen."""

_HARDENED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


class KubernetesAutoscaling(Module[AutoscalingInputs, AutoscalingOutputs]):
    """One Helm release of each. None can be reached but by the control plane."""

    contract = AUTOSCALING
    path = "modules/autoscaling/kubernetes"

    def build(self, inputs: AutoscalingInputs) -> AutoscalingOutputs:
        """Add the module's resources."""
        add_labels(self)
        self.local("replicas", text(f"var.high_availability ? {OPERATOR_COPIES} : 1"))
        self.comment(
            "Of two copies, one stays while the other moves to another node; one alone must not hold up a node."
        )
        self.local("disruption", text("var.high_availability ? { minAvailable = 1 } : null"))
        keda = self._keda(inputs)
        self._metrics_server(inputs)
        self._cluster_autoscaler(inputs)
        return AutoscalingOutputs(keda_namespace=keda.namespace)

    def _keda(self, inputs: AutoscalingInputs) -> Release:
        namespace = add_restricted_namespace(self, "keda", inputs.namespace).metadata.name
        policies = self._keda_traffic(namespace)
        self.comment(
            "Its definitions of resources are upgraded with it, and stay when it goes: without them, Kubernetes would "
            "delete every ScaledObject. Its webhooks and metrics listen at the kubelet's port, the one that every "
            "cloud's control plane may reach."
        )
        return add_release(
            self,
            "keda",
            CHARTS[_KEDA],
            release=_KEDA,
            namespace=namespace,
            depends_on=policies,
            values={
                "additionalLabels": inputs.labels,
                "clusterName": inputs.cluster_name,
                "image": {"pullPolicy": "IfNotPresent"},
                "enableServiceLinks": False,
                "crds": {"additionalAnnotations": {"helm.sh/resource-policy": "keep"}},
                "operator": {"replicaCount": text("local.replicas")},
                "metricsServer": {"replicaCount": text("local.replicas")},
                "webhooks": {"replicaCount": text("local.replicas"), "port": _CONTROL_PLANE_PORT},
                "service": {"portHttpsTarget": _CONTROL_PLANE_PORT},
                "podDisruptionBudget": {
                    "operator": text("local.disruption"),
                    "metricServer": text("local.disruption"),
                    "webhooks": text("local.disruption"),
                },
                "tolerations": TOLERATIONS,
                "topologySpreadConstraints": {
                    "operator": spread(SCALER_PODS),
                    "metricsServer": spread(_METRICS_ADAPTER_PODS),
                    "webhooks": spread(_WEBHOOKS_PODS),
                },
                "resources": {
                    "operator": REQUESTS["keda-operator"].resources,
                    "metricServer": REQUESTS["keda-operator-metrics-apiserver"].resources,
                    "webhooks": REQUESTS["keda-admission-webhooks"].resources,
                },
            },
        )

    def _keda_traffic(self, namespace: str) -> list[NetworkPolicyV1]:
        """Who may talk to KEDA's pods, and whom they may talk to. Everything else is denied."""
        deny = add_network_policy(self, "keda_deny", namespace=namespace, ingress=[], egress=[])
        self.comment("From the control plane, which has no address or label to know it by.")
        control_plane = add_network_policy(
            self,
            "keda_control_plane",
            namespace=namespace,
            pods={"app": [_WEBHOOKS_PODS["app"], _METRICS_ADAPTER_PODS["app"]]},
            ingress=[Allowed(ports=[_CONTROL_PLANE_PORT])],
        )
        self.comment("To DNS, and to the control plane by its ports: its addresses differ from cluster to cluster.")
        apis = add_network_policy(self, "keda_apis", namespace=namespace, egress=[*DNS, Allowed(ports=API_PORTS)])
        self.comment("To the broker whose queues it looks at, in the cluster or the cloud, by AMQP.")
        broker = add_network_policy(
            self,
            "keda_broker",
            namespace=namespace,
            pods=SCALER_PODS,
            egress=[Allowed(ports=[BROKER_PORT], namespaces=[text("var.broker_namespace")], pods=BROKER_PODS)],
            count=number("var.broker_namespace == null ? 0 : 1"),
        )
        managed_broker = add_network_policy(
            self,
            "keda_managed_broker",
            namespace=namespace,
            pods=SCALER_PODS,
            egress=[Allowed(ports=[BROKER_PORT], cidr=text("var.broker_cidr"))],
            count=number("var.broker_cidr == null ? 0 : 1"),
        )
        ingress = add_network_policy(
            self,
            "keda_metrics_ingress",
            namespace=namespace,
            pods=SCALER_PODS,
            ingress=[Allowed(ports=[_METRICS_PORT], pods=_METRICS_ADAPTER_PODS)],
        )
        egress = add_network_policy(
            self,
            "keda_metrics_egress",
            namespace=namespace,
            pods=_METRICS_ADAPTER_PODS,
            egress=[Allowed(ports=[_METRICS_PORT], pods=SCALER_PODS)],
        )
        return [deny, control_plane, apis, broker, managed_broker, ingress, egress]

    def _metrics_server(self, inputs: AutoscalingInputs) -> None:
        count = number("var.metrics_server ? 1 : 0")
        self.comment("From the control plane, and to the kubelet of every node.")
        policy = add_network_policy(
            self,
            "metrics_server",
            namespace=_SYSTEM_NAMESPACE,
            pods=_METRICS_SERVER_PODS,
            ingress=[Allowed(ports=[_CONTROL_PLANE_PORT])],
            egress=[*DNS, Allowed(ports=[*API_PORTS, _CONTROL_PLANE_PORT])],
            count=count,
        )
        self.comment(
            "With a certificate that Helm makes once and gives to the control plane to check, for ten years because it "
            "is never renewed. By default, the chart has the control plane trust anyone who answers."
        )
        add_release(
            self,
            "metrics_server",
            CHARTS[_METRICS_SERVER],
            release=_METRICS_SERVER,
            namespace=_SYSTEM_NAMESPACE,
            count=count,
            depends_on=[policy],
            values={
                "commonLabels": inputs.labels,
                "replicas": text("local.replicas"),
                "podDisruptionBudget": {"enabled": inputs.high_availability, "minAvailable": 1},
                "args": text('var.verify_kubelets ? [] : ["--kubelet-insecure-tls"]'),
                "tls": {"type": "helm", "helm": {"certDurationDays": 3650}},
                "apiService": {"insecureSkipTLSVerify": False},
                "resources": REQUESTS[_METRICS_SERVER].resources,
                "tolerations": TOLERATIONS,
                "topologySpreadConstraints": spread(_METRICS_SERVER_PODS),
            },
        )

    def _cluster_autoscaler(self, inputs: AutoscalingInputs) -> None:
        count = number("var.cluster_autoscaler ? 1 : 0")
        self.comment("To AWS, and to the agent on its own node that gives it its IAM role.")
        policy = add_network_policy(
            self,
            "cluster_autoscaler",
            namespace=_SYSTEM_NAMESPACE,
            pods=_CLUSTER_AUTOSCALER_PODS,
            ingress=[],
            egress=[*DNS, Allowed(ports=API_PORTS), Allowed(cidr=EKS_POD_IDENTITY, ports=[80])],
            count=count,
        )
        image = IMAGES[_CLUSTER_AUTOSCALER]
        self.comment(
            "The namespace and the service account are those that the cluster gives the IAM role to. Pods with scratch "
            "space do not keep a node alive: nearly all have some, since their root file systems are read-only."
        )
        add_release(
            self,
            "cluster_autoscaler",
            CHARTS[_CLUSTER_AUTOSCALER],
            release=_CLUSTER_AUTOSCALER,
            namespace=_SYSTEM_NAMESPACE,
            count=count,
            depends_on=[policy],
            values={
                "additionalLabels": inputs.labels,
                "nameOverride": _CLUSTER_AUTOSCALER,
                "cloudProvider": "aws",
                "awsRegion": inputs.region,
                "autoDiscovery": {"clusterName": inputs.cluster_name},
                "image": {"repository": image.repository, "tag": image.fixed_tag},
                "replicaCount": text("local.replicas"),
                # It has to work when nothing else does yet, DNS in the cluster for one.
                "dnsPolicy": "Default",
                "extraArgs": {
                    "balance-similar-node-groups": True,
                    "expander": "least-waste",
                    "skip-nodes-with-local-storage": False,
                    "v": 2,
                },
                "rbac": {"serviceAccount": {"name": _CLUSTER_AUTOSCALER}},
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 65534,
                    "runAsGroup": 65534,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containerSecurityContext": _HARDENED,
                "resources": REQUESTS[_CLUSTER_AUTOSCALER].resources,
                "service": {"create": False},
                "tolerations": TOLERATIONS,
                "topologySpreadConstraints": spread(_CLUSTER_AUTOSCALER_PODS),
            },
        )
