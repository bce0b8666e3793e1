"""The broker in the cluster: the RabbitMQ Cluster Operator and a cluster that it runs."""

from cdk.helm import Release
from cdk.kubernetes import (
    PodDisruptionBudgetV1,
    PodDisruptionBudgetV1Metadata,
    PodDisruptionBudgetV1Spec,
    PodDisruptionBudgetV1SpecSelector,
)
from flowwise.authoring.expressions import string_map, text
from flowwise.authoring.module import Module
from flowwise.custom_resources import add_custom_resources
from flowwise.pods.operators import TOLERATIONS, add_labels, add_operator
from flowwise.pods.requests import REQUESTS, Requests
from flowwise.pods.server_certificate import server_certificate
from flowwise.pods.spreading import NODE
from flowwise.rabbitmq.in_cluster import IN_CLUSTER_RABBITMQ, InClusterRabbitmqInputs, InClusterRabbitmqOutputs
from flowwise.tables.charts import CHARTS, IMAGES
from flowwise.tables.traffic import BROKER_MANAGEMENT_PORT, BROKER_METRICS_PORT, BROKER_PODS, BROKER_PORT

_NAME = "rabbitmq"
"""Of the cluster, by which the operator names what it makes."""

_TLS_SECRET = f"{_NAME}-tls"
_PEERS = (4369, 25672)  # "Networking and RabbitMQ": who listens where (epmd), and what nodes tell each other

_STOP_SECONDS = 600


class KubernetesRabbitmq(Module[InClusterRabbitmqInputs, InClusterRabbitmqOutputs]):
    """One cluster. Its pods are as hardened as "restricted" asks for by the operator's own doing."""

    contract = IN_CLUSTER_RABBITMQ
    path = "modules/rabbitmq/kubernetes"

    def build(self, inputs: InClusterRabbitmqInputs) -> InClusterRabbitmqOutputs:
        """Add the module's resources."""
        add_labels(self)
        operator = self._operator(inputs)
        self._cluster(operator, inputs)
        self._disruption_budget(inputs)
        # Of the release, so that whoever needs the broker waits for it.
        name, namespace = "${helm_release.cluster.name}", "${helm_release.cluster.namespace}"
        host = f"{name}.{namespace}.svc"
        return InClusterRabbitmqOutputs(
            host=host,
            port=BROKER_PORT,
            management_url=f"https://{host}:{BROKER_MANAGEMENT_PORT}",
            metrics_port=BROKER_METRICS_PORT,
            ca_secret_name=f"{name}-tls",
            administrator_secret_name=f"{name}-default-user",
        )

    def _operator(self, inputs: InClusterRabbitmqInputs) -> Release:
        return add_operator(
            self,
            CHARTS["rabbitmq-cluster-operator"],
            pods=BROKER_PODS,
            peer_ports=_PEERS,
            managed_ports=[BROKER_MANAGEMENT_PORT],
            comment=(
                "It has rights in the broker's namespace alone, and no other operator beside it: a job makes users and "
                "queues. Helm installs the definitions of its resources, and never upgrades them: the runbook has them "
                "upgraded before a new version is applied."
            ),
            values={
                "clusterOperator": {
                    "watchAllNamespaces": False,
                    "watchNamespaces": [inputs.namespace],
                    "resources": REQUESTS["rabbitmq-cluster-operator"].resources,
                    "networkPolicy": {"enabled": False},
                    "tolerations": TOLERATIONS,
                },
                "msgTopologyOperator": {"enabled": False, "networkPolicy": {"enabled": False}},
            },
        )

    def _cluster(self, operator: Release, inputs: InClusterRabbitmqInputs) -> None:
        self.comment(
            "The operator waits for the certificate, which cert-manager renews and the nodes read anew. It has nodes "
            "pause that are cut off from most of the others, spreads them over zones as well as it can, and looks "
            "after the plugins for management and metrics. No two are ever on one node of the cluster, which would "
            "take the majority with it: one waits rather. It is told the authority because it checks the broker's "
            "certificate itself; whoever connects needs no certificate. A node that stops hands over for at most ten "
            "minutes, for which draining it waits. A pod's disk keeps it in a zone, where others make room for it."
        )
        # The operator's own definition wants containers, and an empty list leaves them as they are.
        pod = {"containers": [], "priorityClassName": inputs.priority_class_name}
        add_custom_resources(
            self,
            "cluster",
            release=_NAME,
            namespace=inputs.namespace,
            resources=[
                server_certificate(
                    _NAME,
                    _TLS_SECRET,
                    [f"{_NAME}.${{var.namespace}}", f"*.{_NAME}-nodes.${{var.namespace}}"],
                    inputs.issuer_name,
                ),
                {
                    "apiVersion": "rabbitmq.com/v1beta1",
                    "kind": "RabbitmqCluster",
                    "metadata": {"name": _NAME, "labels": text("local.labels")},
                    "spec": {
                        "replicas": inputs.replicas,
                        "image": IMAGES["rabbitmq"].reference,
                        "resources": Requests(inputs.cpu, inputs.memory, inputs.memory).resources,
                        "persistence": {"storage": "${var.storage_gb}Gi"},
                        "terminationGracePeriodSeconds": _STOP_SECONDS,
                        "tls": {
                            "secretName": _TLS_SECRET,
                            "caSecretName": _TLS_SECRET,
                            "disableNonTLSListeners": True,
                        },
                        "rabbitmq": {"additionalConfig": "default_queue_type = quorum\n"},
                        "affinity": {
                            "podAntiAffinity": {
                                "requiredDuringSchedulingIgnoredDuringExecution": [
                                    {"topologyKey": NODE, "labelSelector": {"matchLabels": BROKER_PODS}}
                                ]
                            }
                        },
                        "override": {"statefulSet": {"spec": {"template": {"spec": pod}}}},
                    },
                },
            ],
            depends_on=[operator],
        )

    def _disruption_budget(self, inputs: InClusterRabbitmqInputs) -> None:
        self.resource(
            PodDisruptionBudgetV1,
            "this",
            metadata=PodDisruptionBudgetV1Metadata(
                name=_NAME, namespace=inputs.namespace, labels=string_map("local.labels")
            ),
            spec=PodDisruptionBudgetV1Spec(
                max_unavailable="1", selector=PodDisruptionBudgetV1SpecSelector(match_labels=BROKER_PODS)
            ),
        )
