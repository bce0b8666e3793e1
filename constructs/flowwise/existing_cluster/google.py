"""A cluster of GKE that is there already: looked up, with the rights of administrators."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import Postcondition, TerraformResourceLifecycle
from cdk.google import DataGoogleContainerCluster
from flowwise.authoring.expressions import text
from flowwise.authoring.identifiers import is_identifier
from flowwise.authoring.module import Module
from flowwise.existing_cluster import EXISTING_CLUSTER, ExistingClusterInputs
from flowwise.existing_cluster.conditions import has_pools, has_ranges, is_not_older
from flowwise.google.project import PROJECT, add_project, is_in_project
from flowwise.k8s_cluster import K8sClusterOutputs
from flowwise.k8s_cluster.access.google import add_administrators, are_groups
from flowwise.tables.existing_ids import CLUSTERS
from flowwise.tables.network_ids import NETWORK_IDS

_CLUSTER = CLUSTERS["google"]
_THIS = "data.google_container_cluster.this"
_OURS = "[for pool in self.node_pool : pool if contains(var.node_pools, pool.name)]"
_PRIVATE = "private_cluster_config[0]"
_FRONT_END = "control_plane_endpoints_config[0].dns_endpoint_config[0]"


class GoogleExistingCluster(Module[ExistingClusterInputs, K8sClusterOutputs]):
    """A regional cluster of the same project, with node pools that have an account of their own."""

    contract = EXISTING_CLUSTER
    path = "modules/existing-cluster/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "cluster_id": _CLUSTER.example,
        "network_id": NETWORK_IDS["google"].network_example,
        "node_subnet_ids": [NETWORK_IDS["google"].subnet_example],
        "administrators": {"platform-team": "platform-team@example.com"},
    }

    def build(self, inputs: ExistingClusterInputs) -> K8sClusterOutputs:
        """Add the module's resources. Nothing is made, and so nothing is named or labelled."""
        add_project(self)
        self.comment("projects/<1>/locations/<3>/clusters/<5>")
        self.local("path", text('split("/", var.cluster_id)'))
        self.comment("No use of tags.")
        cluster = self.resource(
            DataGoogleContainerCluster,
            "this",
            project=PROJECT,
            location=text("local.path[3]"),
            name=text("local.path[5]"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    is_identifier("cluster_id", _CLUSTER),
                    is_in_project(
                        "The cluster must be in the environment's own project, and in ${var.region}, "
                        "not in a zone of it alone."
                    ),
                    are_groups(),
                ],
                postcondition=[*_access(), *_network(), *_nodes()],
            ),
        )
        self.require(
            "cluster_id",
            f"endswith({_THIS}.network, var.network_id) && endswith({_THIS}.subnetwork, var.node_subnet_ids[0])",
            "The cluster must be in ${var.network_id}, and its nodes in ${var.node_subnet_ids[0]}.",
        )
        add_administrators(self, cluster.id)
        accounts = f"{_OURS.replace('self', _THIS)}[*].node_config[0].service_account"
        return K8sClusterOutputs(
            cluster_id=cluster.id,
            cluster_name=cluster.name,
            endpoint=f"https://{self._address()}",
            # The front end's certificate is a public authority's.
            ca_certificate=text(f'var.identity_endpoint ? "" : {_THIS}.master_auth[0].cluster_ca_certificate'),
            oidc_issuer_url=f"https://container.googleapis.com/v1/{cluster.id}",
            node_identity_id=f"serviceAccount:{text(f'one(distinct({accounts}))')}",
            balancer_identity_id=text("null"),
        )

    def _address(self) -> str:
        return self.local(
            "address",
            text(
                f"var.identity_endpoint ? {_THIS}.{_FRONT_END}.endpoint : (\n"
                f"  try({_THIS}.{_PRIVATE}.enable_private_endpoint, false) ?\n"
                f"  {_THIS}.{_PRIVATE}.private_endpoint : {_THIS}.endpoint\n"
                ")"
            ),
        )


def _access() -> list[Postcondition]:
    return [
        Postcondition(
            condition=text(f"!var.private || try(self.{_PRIVATE}.enable_private_endpoint, false)"),
            error_message="The cluster's API server must have no public address.",
        ),
        Postcondition(
            condition=text(f"!var.identity_endpoint || try(self.{_FRONT_END}.allow_external_traffic, false)"),
            error_message="The cluster's DNS endpoint must be open to whoever IAM admits: identity_endpoint says that "
            "it is reached by it.",
        ),
        Postcondition(
            condition=text("!try(self.master_auth[0].client_certificate_config[0].issue_client_certificate, false)"),
            error_message="The cluster must have issued no client certificate: the data source reads its key along, "
            "and it would be in the state.",
        ),
        Postcondition(
            condition=text("!try(self.enable_legacy_abac, false)"),
            error_message="The cluster must have no legacy authorization (ABAC): roles say who may do what in it.",
        ),
        Postcondition(
            condition=text('try(self.workload_identity_config[0].workload_pool, "") == "${local.project}.svc.id.goog"'),
            error_message="The cluster must have workload identity, of the pool ${local.project}.svc.id.goog: "
            "microservices sign in to Google Cloud by it.",
        ),
    ]


def _network() -> list[Postcondition]:
    return [
        has_ranges("self.cluster_ipv4_cidr", "self.services_ipv4_cidr"),
        Postcondition(
            condition=text(
                'self.datapath_provider == "ADVANCED_DATAPATH" || try(self.network_policy[0].enabled, false)'
            ),
            error_message="The cluster must enforce network policies, by Dataplane V2 or by Calico.",
        ),
        Postcondition(
            condition=text('try(self.dns_config[0].cluster_dns, "") != "CLOUD_DNS"'),
            error_message="The cluster's DNS must be in pods (kube-dns), which network policies know, and not Cloud "
            "DNS.",
        ),
        Postcondition(
            condition=text(
                '!contains(["CHANNEL_STANDARD", "CHANNEL_EXPERIMENTAL"], '
                'try(self.gateway_api_config[0].channel, "CHANNEL_DISABLED"))'
            ),
            error_message="The cluster must have GKE's own Gateway API disabled: the gateway brings its resource "
            "definitions.",
        ),
    ]


def _nodes() -> list[Postcondition]:
    return [
        is_not_older("self.master_version"),
        has_pools("self.node_pool[*].name"),
        Postcondition(
            condition=text(
                f"length(distinct({_OURS}[*].node_config[0].service_account)) == 1 &&\n"
                f'!contains({_OURS}[*].node_config[0].service_account, "default")'
            ),
            error_message="The node pools must have one account together, which images are pulled by, and not Compute "
            "Engine's default one.",
        ),
        Postcondition(
            condition=text(
                f"alltrue([\n  for pool in {_OURS} :\n"
                '  try(pool.node_config[0].workload_metadata_config[0].mode, "") == "GKE_METADATA"\n])'
            ),
            error_message="The node pools must have GKE's metadata server: without it, pods would have the nodes' own "
            "identity.",
        ),
        Postcondition(
            condition=text("try(self.addons_config[0].gce_persistent_disk_csi_driver_config[0].enabled, true)"),
            error_message="The cluster must have its driver of disks enabled: the broker keeps messages on disks.",
        ),
    ]
