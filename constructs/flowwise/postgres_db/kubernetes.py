"""PostgreSQL in the cluster: CloudNativePG and a cluster that it runs."""

from cdk.helm import Release
from cdk.kubernetes import (
    PodDisruptionBudgetV1,
    PodDisruptionBudgetV1Metadata,
    PodDisruptionBudgetV1Spec,
    PodDisruptionBudgetV1SpecSelector,
)
from flowwise.authoring.expressions import number, string_map, text
from flowwise.authoring.module import Module
from flowwise.custom_resources import add_custom_resources
from flowwise.pods.operators import TOLERATIONS, add_labels, add_operator
from flowwise.pods.requests import REQUESTS, Requests
from flowwise.pods.server_certificate import server_certificate
from flowwise.pods.spreading import NODE, ZONE, spread
from flowwise.postgres_db import ENGINE_VERSIONS
from flowwise.postgres_db.in_cluster import IN_CLUSTER_POSTGRES, InClusterPostgresInputs, InClusterPostgresOutputs
from flowwise.tables.charts import CHARTS, IMAGES
from flowwise.tables.copies import OPERATOR_COPIES
from flowwise.tables.traffic import DATABASE_METRICS_PORT, DATABASE_PODS, DATABASE_PORT

_NAME = "postgres"
"""Of the cluster, by which the operator names what it makes."""

_TLS_SECRET = f"{_NAME}-tls"
_SERVICES = ("rw", "ro", "r")
"""Which the operator makes: for the server that writes, for those that follow, and for all."""

_OPERATOR_PODS = {"app.kubernetes.io/name": "cloudnative-pg"}
"""Labels that the chart gives the operator's pods."""

_ADMINISTRATOR = "administrator"
_STATUS = 8000
_WEBHOOK = 9443

# As on the clouds: changes of schema and of rights, not what reads and writes data, which may be personal.
_PARAMETERS = {
    "log_connections": "on",
    "log_disconnections": "on",
    "log_lock_waits": "on",
    "pgaudit.log": "ddl, role",
}
_ACCESS = ["hostssl all all all scram-sha-256", "host all all all reject"]


class KubernetesPostgresDb(Module[InClusterPostgresInputs, InClusterPostgresOutputs]):
    """One cluster. Its pods are as hardened as "restricted" asks for by the operator's own doing."""

    contract = IN_CLUSTER_POSTGRES
    path = "modules/postgres-db/kubernetes"

    def build(self, inputs: InClusterPostgresInputs) -> InClusterPostgresOutputs:
        """Add the module's resources."""
        add_labels(self)
        self.local("images", {version: IMAGES[f"postgres-{version}"].reference for version in ENGINE_VERSIONS})
        operator = self._operator(inputs)
        self._disruption_budget(operator)
        self._cluster(operator, inputs)
        # Of the release, so that whoever needs the server waits for it.
        name, namespace = "${helm_release.cluster.name}", "${helm_release.cluster.namespace}"
        return InClusterPostgresOutputs(
            host=f"{name}-rw.{namespace}.svc",
            port=DATABASE_PORT,
            metrics_port=DATABASE_METRICS_PORT,
            administrator_name=_ADMINISTRATOR,
            administrator_secret_name=f"{name}-app",
            ca_secret_name=f"{name}-tls",
        )

    def _operator(self, inputs: InClusterPostgresInputs) -> Release:
        chart = CHARTS["cloudnative-pg"]
        return add_operator(
            self,
            chart,
            pods=DATABASE_PODS,
            peer_ports=[DATABASE_PORT, _STATUS],
            managed_ports=[DATABASE_PORT, _STATUS],
            webhook_port=_WEBHOOK,
            comment=(
                "Two of them where there are servers that follow: without an operator, none takes over. Its "
                "definitions of resources are upgraded with the chart, and stay when it goes."
            ),
            values={
                "replicaCount": number(f"var.instances > 1 ? {OPERATOR_COPIES} : 1"),
                "config": {"data": {"WATCH_NAMESPACE": inputs.namespace}},
                "resources": REQUESTS[chart.name].resources,
                "topologySpreadConstraints": spread(_OPERATOR_PODS),
                "tolerations": TOLERATIONS,
            },
        )

    def _disruption_budget(self, operator: Release) -> None:
        self.comment("Of the operator, whose chart has none.")
        self.resource(
            PodDisruptionBudgetV1,
            "operator",
            metadata=PodDisruptionBudgetV1Metadata(
                name=operator.name, namespace=operator.namespace, labels=string_map("local.labels")
            ),
            spec=PodDisruptionBudgetV1Spec(
                max_unavailable="1", selector=PodDisruptionBudgetV1SpecSelector(match_labels=_OPERATOR_PODS)
            ),
        )

    def _cluster(self, operator: Release, inputs: InClusterPostgresInputs) -> None:
        self.comment(
            "A commit waits for one server that follows, so that none is lost when that one takes over; but for none "
            "that is out of order."
        )
        self.local(
            "synchronous",
            text(
                "{\n"
                '  for key, value in { synchronous = { method = "any", number = 1, dataDurability = "preferred" } } :\n'
                "  key => value if var.instances > 1\n"
                "}"
            ),
        )
        self.local("postgresql", {"parameters": _PARAMETERS, "pg_hba": _ACCESS})
        self.comment(
            "Only TLS is let in. As on the clouds, the administrator is no superuser: it makes databases and roles, "
            "and may let one of these read statistics. The operator makes its password. It has cert-manager make the "
            "server's certificate, and not its own authority, which nobody in other namespaces knows; and reads it "
            "anew when it is renewed. No two servers are ever on one node, which would take the one that follows with "
            "the one that writes. A budget for one server alone would only hold up the draining of its node."
        )
        add_custom_resources(
            self,
            "cluster",
            release=_NAME,
            namespace=inputs.namespace,
            resources=[
                server_certificate(
                    _NAME,
                    _TLS_SECRET,
                    [f"{_NAME}-{service}.${{var.namespace}}" for service in _SERVICES],
                    inputs.issuer_name,
                    labels={"cnpg.io/reload": ""},
                ),
                {
                    "apiVersion": "postgresql.cnpg.io/v1",
                    "kind": "Cluster",
                    "metadata": {"name": _NAME, "labels": text("local.labels")},
                    "spec": {
                        "instances": inputs.instances,
                        "imageName": text("local.images[var.engine_version]"),
                        "inheritedMetadata": {"labels": inputs.labels},
                        "enablePDB": text("var.instances > 1"),
                        "certificates": {"serverTLSSecret": _TLS_SECRET, "serverCASecret": _TLS_SECRET},
                        "bootstrap": {
                            "initdb": {
                                "database": _ADMINISTRATOR,
                                "owner": _ADMINISTRATOR,
                                "encoding": "UTF8",
                                "localeCollate": "en_US.UTF-8",
                                "localeCType": "en_US.UTF-8",
                                "dataChecksums": True,
                                "postInitSQL": [
                                    f"ALTER ROLE {_ADMINISTRATOR} CREATEDB CREATEROLE",
                                    f"GRANT pg_monitor TO {_ADMINISTRATOR} WITH ADMIN OPTION",
                                ],
                            }
                        },
                        "postgresql": text("merge(local.postgresql, local.synchronous)"),
                        "resources": Requests(inputs.cpu, inputs.memory, inputs.memory).resources,
                        "storage": {"size": "${var.storage_gb}Gi"},
                        "priorityClassName": inputs.priority_class_name,
                        "affinity": {"podAntiAffinityType": "required", "topologyKey": NODE},
                        "topologySpreadConstraints": spread(DATABASE_PODS, over=[ZONE]),
                    },
                },
            ],
            depends_on=[operator],
        )
