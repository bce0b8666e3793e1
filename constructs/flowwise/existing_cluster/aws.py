"""A cluster of EKS that is there already: looked up, with the access of administrators and pipelines.

What no data source tells without knowing what it is called, its owner sees to: what scales its nodes.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import (
    DataAwsEksAddon,
    DataAwsEksCluster,
    DataAwsEksNodeGroup,
    DataAwsEksNodeGroups,
    DataAwsIamOpenidConnectProvider,
)
from cdk.core import Postcondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import for_each, text
from flowwise.authoring.identifiers import is_identifier
from flowwise.authoring.module import Module
from flowwise.aws.account import is_in_account
from flowwise.aws.policies import add_account
from flowwise.aws.tokens import STS
from flowwise.existing_cluster import EXISTING_CLUSTER, ExistingClusterInputs
from flowwise.existing_cluster.conditions import has_pools, is_not_older
from flowwise.k8s_cluster import NO_IDENTITY_ENDPOINT, K8sClusterOutputs
from flowwise.k8s_cluster.access.aws import add_administrators, add_pipelines, are_principals
from flowwise.tables.existing_ids import CLUSTERS
from flowwise.tables.network_ids import NETWORK_IDS

_CLUSTER = CLUSTERS["aws"]
_ADDONS = ("aws-ebs-csi-driver", "vpc-cni")


class AwsExistingCluster(Module[ExistingClusterInputs, K8sClusterOutputs]):
    """A cluster of the same account and region, with managed node groups."""

    contract = EXISTING_CLUSTER
    path = "modules/existing-cluster/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "cluster_id": _CLUSTER.example,
        "network_id": NETWORK_IDS["aws"].network_example,
        "node_subnet_ids": ["subnet-00000001"],
        "administrators": {"platform-team": "arn:aws:iam::123456789012:role/platform-team"},
    }

    def build(self, inputs: ExistingClusterInputs) -> K8sClusterOutputs:
        """Add the module's resources."""
        self.require("endpoint", "!var.identity_endpoint", NO_IDENTITY_ENDPOINT)
        self.comment("arn:<1>:eks:<3>:<4>:cluster/<name>")
        self.local("arn", text('split(":", var.cluster_id)'))
        add_account(self)
        cluster = self._cluster()
        self.require(
            "cluster_id",
            "data.aws_eks_cluster.this.vpc_config[0].vpc_id == var.network_id",
            "The cluster must be in ${var.network_id}, the environment's network.",
        )
        issuer = cluster.identity.get(0).oidc.get(0).issuer
        self._workload_identity(issuer)
        self._addons(cluster.name)
        self._node_groups(cluster.name)
        add_administrators(self, cluster.name, inputs.tags)
        add_pipelines(self, cluster.name, inputs.tags)
        return K8sClusterOutputs(
            cluster_id=cluster.arn,
            cluster_name=cluster.name,
            endpoint=cluster.endpoint,
            ca_certificate=cluster.certificate_authority.get(0).data,
            oidc_issuer_url=issuer,
            node_identity_id=text("one(local.node_roles)"),
            balancer_identity_id=text("null"),
        )

    def _cluster(self) -> DataAwsEksCluster:
        self.comment("No use of pod_cidr: pods have addresses of the nodes' subnets.")
        return self.resource(
            DataAwsEksCluster,
            "this",
            name=text("basename(var.cluster_id)"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    is_identifier("cluster_id", _CLUSTER, called="ARN"),
                    is_in_account("The cluster"),
                    are_principals(),
                ],
                postcondition=[
                    is_not_older("self.version"),
                    Postcondition(
                        condition=text(
                            "try(self.kubernetes_network_config[0].service_ipv4_cidr == var.service_cidr, false)"
                        ),
                        error_message="The cluster's services must have addresses of ${var.service_cidr}: the "
                        "environment has to say what is there.",
                    ),
                    Postcondition(
                        condition=text(
                            "!var.private || "
                            "(self.vpc_config[0].endpoint_private_access && !self.vpc_config[0].endpoint_public_access)"
                        ),
                        error_message="The cluster's API server must be reached inside the network, and have no public "
                        "address.",
                    ),
                    Postcondition(
                        condition=text('try(self.access_config[0].authentication_mode != "CONFIG_MAP", false)'),
                        error_message="The cluster must admit people by access entries (API, or API_AND_CONFIG_MAP): "
                        "administrators and pipelines are given such.",
                    ),
                ],
            ),
        )

    def _workload_identity(self, issuer: str) -> None:
        self.comment("The account's provider for the cluster's issuer, which workloads' roles trust.")
        self.resource(
            DataAwsIamOpenidConnectProvider,
            "this",
            url=issuer,
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=text(f'contains(self.client_id_list, "{STS}")'),
                        error_message=f"The account's identity provider for the cluster must know {STS} as a client: "
                        "microservices sign in to AWS by it.",
                    )
                ]
            ),
        )

    def _addons(self, cluster_name: str) -> None:
        self.comment("The one makes disks, the other enforces network policies where it is told to.")
        self.resource(
            DataAwsEksAddon,
            "this",
            for_each=for_each(f"toset({json.dumps(_ADDONS)})"),
            cluster_name=cluster_name,
            addon_name=text("each.key"),
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=text(
                            'each.key != "vpc-cni" || '
                            'try(tostring(yamldecode(self.configuration_values).enableNetworkPolicy), "") == "true"'
                        ),
                        error_message="The cluster must enforce network policies: its add-on vpc-cni must be "
                        'configured with enableNetworkPolicy = "true".',
                    )
                ]
            ),
        )

    def _node_groups(self, cluster_name: str) -> None:
        groups = self.resource(
            DataAwsEksNodeGroups,
            "this",
            cluster_name=cluster_name,
            lifecycle=TerraformResourceLifecycle(postcondition=[has_pools("self.names")]),
        )
        self.resource(
            DataAwsEksNodeGroup,
            "this",
            for_each=for_each("setintersection(var.node_pools, data.aws_eks_node_groups.this.names)"),
            cluster_name=groups.cluster_name,
            node_group_name=text("each.key"),
        )
        self.require(
            "cluster_name",
            "alltrue([\n  for group in data.aws_eks_node_group.this :\n"
            "  length(setsubtract(group.subnet_ids, var.node_subnet_ids)) == 0\n])",
            'The node pools must be in ${join(", ", var.node_subnet_ids)}, and in no other subnet.',
        )
        self.local("node_roles", text("distinct(values(data.aws_eks_node_group.this)[*].node_role_arn)"))
        self.require(
            "node_identity_id",
            "length(local.node_roles) == 1",
            "The node pools must have one role together, which images are pulled by: they have "
            "${length(local.node_roles)}.",
        )
