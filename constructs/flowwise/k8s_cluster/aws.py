"""The cluster on AWS: EKS, its add-ons, managed node groups, logs, autoscaling and the access of people."""

import itertools
import json
from collections.abc import Sequence
from typing import Any

from cdk.aws import (
    CloudwatchLogGroup,
    DataAwsEksAddonVersion,
    DataAwsEksCluster,
    DataAwsEksClusters,
    DataAwsEksNodeGroup,
    DataAwsEksNodeGroups,
    DataAwsSsmParameter,
    DataAwsVpc,
    EksAddon,
    EksAddonPodIdentityAssociation,
    EksCluster,
    EksClusterAccessConfig,
    EksClusterEncryptionConfig,
    EksClusterEncryptionConfigProvider,
    EksClusterKubernetesNetworkConfig,
    EksClusterUpgradePolicy,
    EksClusterVpcConfig,
    EksClusterZonalShiftConfig,
    EksNodeGroup,
    EksNodeGroupLaunchTemplate,
    EksNodeGroupNodeRepairConfig,
    EksNodeGroupScalingConfig,
    EksNodeGroupTaint,
    EksNodeGroupUpdateConfig,
    EksPodIdentityAssociation,
    IamOpenidConnectProvider,
    IamRole,
    IamRolePolicy,
    IamRolePolicyAttachment,
    LaunchTemplate,
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateBlockDeviceMappingsEbs,
    LaunchTemplateMetadataOptions,
    SecurityGroup,
    VpcSecurityGroupIngressRule,
)
from cdk.core import ITerraformDependable, Precondition, TerraformResource, TerraformResourceLifecycle
from flowwise.authoring.expressions import boolean, for_each, number, string_map, strings, text
from flowwise.authoring.module import Module, dynamic
from flowwise.aws.policies import (
    ACCOUNT,
    BOUNDARY,
    PARTITION,
    USE_KEY,
    Statement,
    add_account,
    arn,
    policy,
    statement,
    trust,
)
from flowwise.aws.tokens import STS
from flowwise.encryption import EncryptionKey
from flowwise.k8s_cluster import K8S_CLUSTER, NO_IDENTITY_ENDPOINT, NO_ROUTED, K8sClusterInputs, K8sClusterOutputs
from flowwise.k8s_cluster.access.aws import add_administrators, add_pipelines, are_principals
from flowwise.tables.naming import resource_name
from flowwise.tables.sizes import NODE_DISK_GB, NODE_SIZES, SPOT_FAMILIES
from flowwise.tables.traffic import PRIVATE_RANGES
from flowwise.tables.upgrades import SURGE_PERCENT

_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
_ADDONS = ["aws-ebs-csi-driver", "coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"]
# What keeps system pods on the nodes of the system pool, and off spot nodes.
_SYSTEM_LABELS = {"pool": "system"}
_SYSTEM_SELECTOR = 'nodeSelector = { pool = "system" }'
_SYSTEM_NAMESPACE = "kube-system"
# Deployed with the other charts; this is the service account that its chart is told to make.
_AUTOSCALER = "cluster-autoscaler"
_KEY = text("var.encryption_key.id")
_KEY_RESOURCE = text("var.encryption_key.resource_id")
_EXAMPLE_KEY = "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"


class AwsK8sCluster(Module[K8sClusterInputs, K8sClusterOutputs]):
    """An EKS cluster whose API server is inside the network, and public for those addresses alone that are given."""

    contract = K8S_CLUSTER
    path = "modules/k8s-cluster/aws"
    examples = {
        "region": "sa-east-1",
        "network_id": "vpc-0123456789abcdef0",
        "control_plane_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "node_subnet_ids": [
            "subnet-0123456789abcdef2",
            "subnet-0123456789abcdef3",
            "subnet-0123456789abcdef4",
        ],
        "administrators": {"platform-team": "arn:aws:iam::123456789012:role/platform-team"},
        "encryption_key": EncryptionKey(id=_EXAMPLE_KEY, resource_id=_EXAMPLE_KEY),
    }

    def build(self, inputs: K8sClusterInputs) -> K8sClusterOutputs:
        """Add the module's resources."""
        self.require("cluster_name", "!var.routed", NO_ROUTED)
        self.require("endpoint", "!var.identity_endpoint", NO_IDENTITY_ENDPOINT)
        self.local("instance_types", {size: machines["aws"] for size, machines in NODE_SIZES.items()})
        self.local(
            "spot_types",
            {
                size: [f"{family}.{machines['aws'].partition('.')[2]}" for family in SPOT_FAMILIES]
                for size, machines in NODE_SIZES.items()
            },
        )
        self.local("spot_pools", text("[for name, pool in var.node_pools : name if pool.spot]"))
        self.local(
            "taint_effects",
            {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"},
        )
        ranges = ["var.pod_cidr", "var.service_cidr", "data.aws_vpc.this.cidr_block"]
        self.local("apart", [[text(one), text(other)] for one, other in itertools.combinations(ranges, 2)])
        self.local(
            "pool_sizes",
            text("{ for name, pool in merge({ system = var.system_pool }, var.node_pools) : name => pool.size }"),
        )
        add_account(self)
        self._present_cluster()
        self._versions(inputs)
        cluster = self._cluster(inputs)
        networking = self._networking_addons(cluster, inputs)
        nodes, system = self._nodes(cluster, networking, inputs)
        self._system_addons(cluster, system, inputs)
        self._autoscaler(cluster, inputs)
        add_administrators(self, cluster.name, inputs.tags)
        add_pipelines(self, cluster.name, inputs.tags)
        issuer = cluster.identity.get(0).oidc.get(0).issuer
        self.comment(
            "Add-ons get their roles by pod identity. This is for workloads, whose roles trust the issuer itself."
        )
        self.resource(IamOpenidConnectProvider, "this", url=issuer, client_id_list=[STS], tags=inputs.tags)
        return K8sClusterOutputs(
            cluster_id=cluster.arn,
            cluster_name=cluster.name,
            endpoint=cluster.endpoint,
            ca_certificate=cluster.certificate_authority.get(0).data,
            oidc_issuer_url=issuer,
            node_identity_id=nodes.arn,
            balancer_identity_id=text("null"),
        )

    def _cluster(self, inputs: K8sClusterInputs) -> EksCluster:
        name = resource_name("eks_cluster")
        self.comment("EKS would make the group itself, to keep logs for ever and without a key of ours.")
        self.skip_check("CKV_AWS_338", "The environment says how long, by log_retention_days.")
        logs = self.resource(
            CloudwatchLogGroup,
            "cluster",
            name=resource_name("eks_log_group"),
            retention_in_days=inputs.log_retention_days,
            kms_key_id=_KEY,
            skip_destroy=inputs.protected,
            tags=inputs.tags,
        )
        role = self._role(
            "cluster",
            trust(
                "eks.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                    "ArnEquals": {"aws:SourceArn": arn("eks", f"cluster/{name}")},
                },
            ),
            inputs,
        )
        rights = [
            self._attach("cluster", role, "AmazonEKSClusterPolicy"),
            self._allow(
                "cluster",
                "use-key",
                role,
                statement(
                    "UseKey",
                    ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"],
                    resources=[_KEY_RESOURCE],
                ),
            ),
        ]
        self.resource(DataAwsVpc, "this", id=inputs.network_id)
        guard = self._firewall(inputs)
        self.comment(
            "Terraform makes it, but administrators are only those named below. Pods have addresses of the nodes' "
            "subnets on EKS: pod_cidr is only checked, so that an environment stays fit for other clouds. EKS's "
            "deletion_protection is unknown to provider 5.100, which this module admits: until it is not, protected "
            "keeps the logs, which would be lost for good."
        )
        return self.resource(
            EksCluster,
            "this",
            name=name,
            version=text("local.kubernetes_version"),
            role_arn=role.arn,
            bootstrap_self_managed_addons=False,
            enabled_cluster_log_types=_LOGS,
            access_config=EksClusterAccessConfig(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            vpc_config=EksClusterVpcConfig(
                endpoint_private_access=True,
                endpoint_public_access=boolean("length(var.public_access_cidrs) > 0"),
                # EKS takes no empty list. Left out, it means every address, of which none gets in without an endpoint.
                public_access_cidrs=strings("length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null"),
                subnet_ids=inputs.control_plane_subnet_ids,
                security_group_ids=[guard.id],
            ),
            kubernetes_network_config=EksClusterKubernetesNetworkConfig(
                ip_family="ipv4", service_ipv4_cidr=inputs.service_cidr
            ),
            encryption_config=EksClusterEncryptionConfig(
                provider=EksClusterEncryptionConfigProvider(key_arn=_KEY), resources=["secrets"]
            ),
            # Without extended support, which costs six times as much: EKS upgrades the cluster when support ends.
            upgrade_policy=EksClusterUpgradePolicy(support_type="STANDARD"),
            zonal_shift_config=EksClusterZonalShiftConfig(enabled=True),
            tags=inputs.tags,
            depends_on=[logs, *rights],
            lifecycle=TerraformResourceLifecycle(precondition=self._preconditions()),
        )

    def _present_cluster(self) -> None:
        self.comment("As of what is not there yet nothing can be asked, a plan asks step by step.")
        self.resource(DataAwsEksClusters, "all")
        cluster = resource_name("eks_cluster")
        self.resource(
            DataAwsEksCluster,
            "present",
            for_each=for_each(f'toset([for name in data.aws_eks_clusters.all.names : name if name == "{cluster}"])'),
            name=text("each.key"),
        )
        self.comment(
            "Where support of its version has ended, AWS has upgraded the cluster, and takes no version that it had "
            "before. The nodes stay what kubernetes_version says."
        )
        versions = "concat([var.kubernetes_version], values(data.aws_eks_cluster.present)[*].version)"
        minors = f'[for version in {versions} : tonumber(split(".", version)[1])]'
        self.local("kubernetes_version", text(f'format("1.%d", max({minors}...))'))

    def _versions(self, inputs: K8sClusterInputs) -> None:
        self.resource(
            DataAwsEksAddonVersion,
            "this",
            for_each=for_each(f"toset({json.dumps(_ADDONS)})"),
            addon_name=text("each.key"),
            kubernetes_version=inputs.kubernetes_version,
        )
        release = self.resource(
            DataAwsSsmParameter,
            "node_release",
            name=(
                "/aws/service/eks/optimized-ami/${var.kubernetes_version}"
                "/amazon-linux-2023/x86_64/standard/recommended/release_version"
            ),
        )
        self.comment(
            "What AWS recommended when it was asked: for this Kubernetes, and whenever patch_version is raised. AWS "
            "recommends others every week or two. Taken as they come, each night would find a difference, and whatever "
            "is deployed would replace all nodes."
        )
        versions = self.resource(
            TerraformResource,
            "versions",
            terraform_resource_type="terraform_data",
            lifecycle=TerraformResourceLifecycle(ignore_changes=["input"]),
        )
        addons = "{ for addon, newest in data.aws_eks_addon_version.this : addon => newest.version }"
        versions.add_override("input", {"nodes": release.insecure_value, "addons": text(addons)})
        versions.add_override("triggers_replace", [inputs.kubernetes_version, inputs.patch_version])

    def _firewall(self, inputs: K8sClusterInputs) -> SecurityGroup:
        self.comment(
            "EKS's own security group admits only nodes. By this, people and pipelines come in, from the network and "
            "from those connected to it, by peering or a VPN: whoever they are, EKS asks for their identity."
        )
        guard = self.resource(
            SecurityGroup,
            "control_plane",
            name=resource_name("security_group", "eks-control-plane"),
            description="HTTPS from private networks to the API server.",
            vpc_id=inputs.network_id,
            tags=inputs.tags,
        )
        self.resource(
            VpcSecurityGroupIngressRule,
            "control_plane",
            for_each=for_each(f"toset({json.dumps(PRIVATE_RANGES)})"),
            security_group_id=guard.id,
            description="HTTPS from this and connected networks.",
            cidr_ipv4=text("each.key"),
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            tags=inputs.tags,
        )
        return guard

    def _preconditions(self) -> list[Precondition]:
        # Ranges overlap if they begin alike once both are as large as the larger.
        larger = 'min([for other in pair : tonumber(split("/", other)[1])]...)'
        firsts = f'[for range in pair : cidrhost("${{split("/", range)[0]}}/${{{larger}}}", 0)]'
        return [
            Precondition(
                condition=text("length(var.control_plane_subnet_ids) >= 2"),
                error_message="control_plane_subnet_ids must be subnets in at least two zones: EKS wants that many.",
            ),
            Precondition(
                condition=text("length(var.node_subnet_ids) == var.zone_count"),
                error_message="node_subnet_ids must be one subnet in each of zone_count zones.",
            ),
            Precondition(
                condition=text(f"alltrue([for pair in local.apart : length(distinct({firsts})) == 2])"),
                error_message="pod_cidr and service_cidr must overlap neither each other nor the network.",
            ),
            are_principals(),
        ]

    def _networking_addons(self, cluster: EksCluster, inputs: K8sClusterInputs) -> list[EksAddon]:
        role = self._pod_role("vpc_cni", "aws-node", inputs)
        attached = self._attach("vpc_cni", role, "AmazonEKS_CNI_Policy")
        self.comment(
            "Before there are nodes, which take their number of pods from it: with prefixes of addresses it is 110, "
            "and not the 29 of the smallest machine."
        )
        return [
            self._addon(
                "vpc_cni",
                "vpc-cni",
                cluster,
                inputs,
                configuration=(
                    "jsonencode({\n"
                    '  enableNetworkPolicy = "true"\n'
                    '  env                 = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "1" }\n'
                    "})"
                ),
                identity=EksAddonPodIdentityAssociation(role_arn=role.arn, service_account="aws-node"),
                depends_on=[attached],
            ),
            self._addon("kube_proxy", "kube-proxy", cluster, inputs),
            self._addon("pod_identity_agent", "eks-pod-identity-agent", cluster, inputs),
        ]

    def _system_addons(self, cluster: EksCluster, system: EksNodeGroup, inputs: K8sClusterInputs) -> None:
        role = self._pod_role("ebs_csi", "ebs-csi-controller-sa", inputs)
        self.comment("It lets the driver touch volumes of this cluster alone, by the tags of its pod identity.")
        attached = self._attach("ebs_csi", role, "AmazonEBSCSIDriverEKSClusterScopedPolicy")
        allowed = self._allow(
            "ebs_csi",
            "use-key",
            role,
            statement("UseKey", USE_KEY, resources=[_KEY_RESOURCE]),
            statement(
                "GrantKey",
                ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
                resources=[_KEY_RESOURCE],
                conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            ),
        )
        self._addon(
            "coredns",
            "coredns",
            cluster,
            inputs,
            configuration=f"jsonencode({{ {_SYSTEM_SELECTOR} }})",
            depends_on=[system],
        )
        self._addon(
            "ebs_csi",
            "aws-ebs-csi-driver",
            cluster,
            inputs,
            configuration=f"jsonencode({{ controller = {{ {_SYSTEM_SELECTOR} }} }})",
            identity=EksAddonPodIdentityAssociation(role_arn=role.arn, service_account="ebs-csi-controller-sa"),
            depends_on=[attached, allowed, system],
        )

    def _addon(
        self,
        name: str,
        addon: str,
        cluster: EksCluster,
        inputs: K8sClusterInputs,
        *,
        configuration: str | None = None,
        identity: EksAddonPodIdentityAssociation | None = None,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> EksAddon:
        return self.resource(
            EksAddon,
            name,
            cluster_name=cluster.name,
            addon_name=addon,
            addon_version=text(f'terraform_data.versions.output.addons["{addon}"]'),
            configuration_values=text(configuration) if configuration else None,
            pod_identity_association=[identity] if identity else None,
            resolve_conflicts_on_update="OVERWRITE",
            tags=inputs.tags,
            depends_on=list(depends_on) or None,
        )

    def _nodes(
        self, cluster: EksCluster, networking: list[EksAddon], inputs: K8sClusterInputs
    ) -> tuple[IamRole, EksNodeGroup]:
        """Add the nodes' role and pools; gives the role and the system pool."""
        role = self._role("nodes", trust("ec2.amazonaws.com"), inputs)
        needs: list[ITerraformDependable] = [
            self._attach("nodes", role, "AmazonEKSWorkerNodePolicy"),
            *networking,
        ]
        self.comment("The images of add-ons are in registries of AWS's own, which no policy of ours can open.")
        needs.append(self._attach("nodes_images", role, "AmazonEC2ContainerRegistryPullOnly"))
        self._launch_templates(inputs)
        self._present_sizes()
        common: dict[str, Any] = {
            "cluster_name": cluster.name,
            "node_role_arn": role.arn,
            "subnet_ids": inputs.node_subnet_ids,
            "version": inputs.kubernetes_version,
            "release_version": text("terraform_data.versions.output.nodes"),
            "ami_type": "AL2023_x86_64_STANDARD",
            "update_config": EksNodeGroupUpdateConfig(max_unavailable_percentage=SURGE_PERCENT),
            "node_repair_config": EksNodeGroupNodeRepairConfig(enabled=True),
            "tags": inputs.tags,
            "depends_on": needs,
        }
        system = self._system_pool(common)
        self._node_pools(common)
        return role, system

    def _present_sizes(self) -> None:
        self.comment(
            "The autoscaler changes the number of nodes, and a plan lets it be, as long as it is within the limits: "
            "EKS takes no limits that it is outside of."
        )
        self.resource(
            DataAwsEksNodeGroups,
            "present",
            for_each=for_each("data.aws_eks_cluster.present"),
            cluster_name=text("each.key"),
        )
        self.local(
            "present_pools",
            text("toset(flatten([for cluster in data.aws_eks_node_groups.present : tolist(cluster.names)]))"),
        )
        self.resource(
            DataAwsEksNodeGroup,
            "present",
            for_each=for_each('setintersection(local.present_pools, concat(["system"], keys(var.node_pools)))'),
            cluster_name=resource_name("eks_cluster"),
            node_group_name=text("each.key"),
        )
        self.local(
            "present_nodes",
            text(
                "{ for pool, group in data.aws_eks_node_group.present : pool => group.scaling_config[0].desired_size }"
            ),
        )

    def _launch_templates(self, inputs: K8sClusterInputs) -> None:
        self.comment(
            "A new size comes as a new version of the template, which rolls through the nodes; named by the node group "
            "itself, it would replace the group. A spot pool does name its machines, of which it needs several kinds. "
            "No pod reaches a node's metadata, nor the node's role by it."
        )
        template = self.resource(
            LaunchTemplate,
            "this",
            for_each=for_each("local.pool_sizes"),
            name=resource_name("launch_template", "${each.key}"),
            instance_type=text(
                "contains(local.spot_pools, each.key) ? null : lookup(local.instance_types, each.value, each.value)"
            ),
            update_default_version=True,
            metadata_options=LaunchTemplateMetadataOptions(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            block_device_mappings=[
                LaunchTemplateBlockDeviceMappings(
                    device_name="/dev/xvda",
                    ebs=LaunchTemplateBlockDeviceMappingsEbs(
                        volume_type="gp3",
                        volume_size=NODE_DISK_GB,
                        encrypted="true",
                        kms_key_id=_KEY,
                        delete_on_termination="true",
                    ),
                )
            ],
            tags=inputs.tags,
        )
        dynamic(
            template,
            "tag_specifications",
            # EC2 refuses a specification without tags.
            for_each='length(var.tags) > 0 ? ["instance", "network-interface", "volume"] : []',
            content={"resource_type": text("tag_specifications.value"), "tags": inputs.tags},
        )

    def _system_pool(self, common: dict[str, Any]) -> EksNodeGroup:
        self.comment(
            "There is no create_before_destroy, which Terraform would extend to all that a group needs: what is made "
            "anew, be it a cluster, a role or an add-on, would find its own name taken, and a policy that is attached "
            "anew would be detached right after."
        )
        return self.resource(
            EksNodeGroup,
            "system",
            node_group_name="system",
            labels=_SYSTEM_LABELS,
            taint=[EksNodeGroupTaint(key="CriticalAddonsOnly", value="true", effect="NO_SCHEDULE")],
            launch_template=_template('"system"'),
            scaling_config=_scaling("var.system_pool", '"system"'),
            **common,
        )

    def _node_pools(self, common: dict[str, Any]) -> None:
        pool = self.resource(
            EksNodeGroup,
            "this",
            for_each=for_each("var.node_pools"),
            node_group_name=text("each.key"),
            capacity_type=text('each.value.spot ? "SPOT" : "ON_DEMAND"'),
            instance_types=strings(
                "each.value.spot ? lookup(local.spot_types, each.value.size, [each.value.size]) : null"
            ),
            labels=string_map("each.value.labels"),
            launch_template=_template("each.key"),
            scaling_config=_scaling("each.value", "each.key"),
            **common,
        )
        dynamic(
            pool,
            "taint",
            for_each="each.value.taints",
            content={
                "key": text("taint.value.key"),
                "value": text("taint.value.value"),
                "effect": text("local.taint_effects[taint.value.effect]"),
            },
        )

    def _autoscaler(self, cluster: EksCluster, inputs: K8sClusterInputs) -> None:
        """Let the cluster autoscaler, a chart of its own, change the number of this cluster's nodes."""
        role = self._pod_role(_AUTOSCALER.replace("-", "_"), _AUTOSCALER, inputs)
        name = resource_name("eks_cluster")
        self.comment(
            "It sees the groups of the whole account, because AWS lists them to all or to none, and changes only those "
            "with the tags that EKS puts on the groups of this cluster."
        )
        self._allow(
            "cluster_autoscaler",
            "scale-nodes",
            role,
            statement(
                "See",
                [
                    "autoscaling:DescribeAutoScalingGroups",
                    "autoscaling:DescribeAutoScalingInstances",
                    "autoscaling:DescribeLaunchConfigurations",
                    "autoscaling:DescribeScalingActivities",
                    "autoscaling:DescribeTags",
                    "ec2:DescribeImages",
                    "ec2:DescribeInstanceTypes",
                    "ec2:DescribeLaunchTemplateVersions",
                    "ec2:GetInstanceTypesFromInstanceRequirements",
                ],
                resources="*",
            ),
            statement("SeePools", ["eks:DescribeNodegroup"], resources=[arn("eks", f"nodegroup/{name}/*")]),
            statement(
                "Scale",
                ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
                resources=[arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/eks-*")],
                conditions={
                    "StringEquals": {
                        "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
                        f"aws:ResourceTag/k8s.io/cluster-autoscaler/{name}": "owned",
                    }
                },
            ),
        )
        self.resource(
            EksPodIdentityAssociation,
            "cluster_autoscaler",
            cluster_name=cluster.name,
            namespace=_SYSTEM_NAMESPACE,
            service_account=_AUTOSCALER,
            role_arn=role.arn,
            tags=inputs.tags,
        )

    def _pod_role(self, name: str, service_account: str, inputs: K8sClusterInputs) -> IamRole:
        """A role that only this service account of kube-system in this cluster gets by pod identity."""
        tags = {
            "eks-cluster-name": resource_name("eks_cluster"),
            "kubernetes-namespace": _SYSTEM_NAMESPACE,
            "kubernetes-service-account": service_account,
        }
        return self._role(
            name,
            trust(
                "pods.eks.amazonaws.com",
                conditions={"StringEquals": {f"aws:RequestTag/{tag}": value for tag, value in tags.items()}},
                pods=True,
            ),
            inputs,
        )

    def _role(self, name: str, trusted: str, inputs: K8sClusterInputs) -> IamRole:
        return self.resource(
            IamRole,
            name,
            name=resource_name("iam_role", f"eks-{name.replace('_', '-')}"),
            assume_role_policy=trusted,
            permissions_boundary=BOUNDARY,
            tags=inputs.tags,
        )

    def _attach(self, name: str, role: IamRole, managed_policy: str) -> IamRolePolicyAttachment:
        return self.resource(
            IamRolePolicyAttachment,
            name,
            role=role.name,
            policy_arn=f"arn:{PARTITION}:iam::aws:policy/{managed_policy}",
        )

    def _allow(self, name: str, what: str, role: IamRole, *statements: Statement) -> IamRolePolicy:
        return self.resource(IamRolePolicy, name, name=what, role=role.id, policy=policy(*statements))


def _template(key: str) -> EksNodeGroupLaunchTemplate:
    return EksNodeGroupLaunchTemplate(
        id=text(f"aws_launch_template.this[{key}].id"),
        version=text(f"aws_launch_template.this[{key}].latest_version"),
    )


def _scaling(pool: str, key: str) -> EksNodeGroupScalingConfig:
    return EksNodeGroupScalingConfig(
        min_size=number(f"{pool}.min_nodes"),
        max_size=number(f"{pool}.max_nodes"),
        desired_size=number(f"min(max(lookup(local.present_nodes, {key}, 0), {pool}.min_nodes), {pool}.max_nodes)"),
    )
