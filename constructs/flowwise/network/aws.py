"""The network on AWS: a VPC with subnets in each zone, NAT gateways, endpoints of AWS's services and flow logs."""

import json

from cdktf import Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
)
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.data_aws_partition import DataAwsPartition
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.flow_log import FlowLog
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule

from flowwise.expressions import for_each, strings, text
from flowwise.module import Module
from flowwise.naming import resource_name
from flowwise.network import NETWORK, NetworkInputs, NetworkOutputs

# "Subnet requirements for clusters", Amazon EKS user guide: zones that have no EKS.
_ZONES_WITHOUT_EKS = ["use1-az3", "usw1-az2", "cac1-az3"]
# What nodes and their add-ons call all the time ("Deploy private clusters", Amazon EKS user guide).
_SERVICES = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "logs", "sts"]
# As long as Checkov (CKV_AWS_338) and most auditors want evidence kept; the contract has no say in it.
_FLOW_LOG_DAYS = 365
_ANYWHERE = "0.0.0.0/0"
_ACCOUNT = "${data.aws_caller_identity.current.account_id}"
_ARN = "arn:${data.aws_partition.current.partition}"


class AwsNetwork(Module[NetworkInputs, NetworkOutputs]):
    """One VPC. A subnet is in one zone on AWS, so there is one for each purpose in each zone."""

    contract = NETWORK
    path = "modules/network/aws"
    examples = {"region": "sa-east-1"}

    def build(self, inputs: NetworkInputs) -> NetworkOutputs:
        """Add the module's resources."""
        self._zones()
        vpc = self._vpc(inputs)
        gateways = self._nat_gateways(vpc, inputs)
        nodes = self._nodes(vpc, gateways, inputs)
        self.comment("Without a route out of the network: what is in these subnets only answers.")
        isolated = self.resource(RouteTable, "isolated", vpc_id=vpc.id, tags=inputs.tags)
        self.comment("The smallest that AWS has, as it advises: EKS puts at most four network interfaces in them.")
        control_plane = self._isolated_subnets(
            "control_plane",
            "local.zones_at_least_two",
            "cidrsubnet(cidrsubnet(var.cidr, 4, 14), 24 - local.prefix_length, each.key)",
            isolated,
            inputs,
        )
        databases = self._isolated_subnets(
            "databases", "local.zones_at_least_two", "cidrsubnet(var.cidr, 6, 48 + each.key)", isolated, inputs
        )
        endpoints = self._isolated_subnets(
            "endpoints", "local.zones", "cidrsubnet(var.cidr, 6, 52 + each.key)", isolated, inputs
        )
        self._service_endpoints(vpc, inputs)
        self._flow_logs(vpc, inputs)
        return NetworkOutputs(
            network_id=vpc.id,
            control_plane_subnet_ids=control_plane,
            node_subnet_ids=nodes,
            database_subnet_ids=databases,
            endpoint_subnet_ids=endpoints,
            # The VPC's resolver answers for AWS's services: no service here registers names in a zone of ours.
            private_dns_zone_ids={},
        )

    def _zones(self) -> None:
        self.comment(
            "Local Zones are left out, and zones without EKS, whose letters differ between accounts. Not filtered by "
            "state: while a zone is impaired, its subnets must not move to another."
        )
        self.skip_check("CKV_AWS_394", "Only the first zones are used, and a zone that AWS adds is the last.")
        self.resource(
            DataAwsAvailabilityZones,
            "this",
            exclude_zone_ids=_ZONES_WITHOUT_EKS,
            filter=[DataAwsAvailabilityZonesFilter(name="opt-in-status", values=["opt-in-not-required"])],
        )
        self.local("prefix_length", text('tonumber(split("/", var.cidr)[1])'))
        self.comment(
            "Zones are numbered, so that the keys are known before the region's names are. EKS, and subnet groups of "
            "databases, want two zones even where everything else is in one."
        )
        for name, count in (("zones", "var.zone_count"), ("zones_at_least_two", "max(var.zone_count, 2)")):
            zone = "data.aws_availability_zones.this.names[number]"
            self.local(name, text(f"{{\n  for number in range({count}) : number => {zone}\n}}"))

    def _vpc(self, inputs: NetworkInputs) -> Vpc:
        self.comment(
            "Three quarters are for nodes, and for pods, which have addresses of the nodes' subnets on EKS; the last "
            "quarter is for all else. There is room for three zones from the start: subnets stay when zones are added."
        )
        vpc = self.resource(
            Vpc,
            "this",
            cidr_block=inputs.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("startswith(data.aws_availability_zones.this.names[0], var.region)"),
                        error_message="region must be the one that the aws provider is configured for.",
                    )
                ]
            ),
        )
        self.comment(
            "AWS makes it, and lets its members talk to each other and to everyone. Without rules, it is shut."
        )
        self.resource(DefaultSecurityGroup, "this", vpc_id=vpc.id, tags=inputs.tags)
        return vpc

    def _nat_gateways(self, vpc: Vpc, inputs: NetworkInputs) -> NatGateway:
        internet = self.resource(InternetGateway, "this", vpc_id=vpc.id, tags=inputs.tags)
        self.comment("For NAT gateways alone: nothing else fits in, and nothing gets a public address by itself.")
        self._subnets(
            "public",
            "local.zones",
            "cidrsubnet(cidrsubnet(var.cidr, 4, 15), 24 - local.prefix_length, each.key)",
            inputs,
        )
        table = self.resource(RouteTable, "public", vpc_id=vpc.id, tags=inputs.tags)
        route = self.resource(
            Route,
            "public",
            route_table_id=table.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=internet.id,
        )
        routed = self.resource(
            RouteTableAssociation,
            "public",
            for_each=for_each("local.zones"),
            subnet_id=text("aws_subnet.public[each.key].id"),
            route_table_id=table.id,
            depends_on=[route],
        )
        self.resource(Eip, "nat", for_each=for_each("local.zones"), domain="vpc", tags=inputs.tags)
        self.comment(
            "One for each zone, so that no zone depends on another for its way out, nor pays for traffic between "
            "zones. An environment that would save on them sets zone_count to 1, and has one."
        )
        return self.resource(
            NatGateway,
            "this",
            for_each=for_each("local.zones"),
            subnet_id=text("aws_subnet.public[each.key].id"),
            allocation_id=text("aws_eip.nat[each.key].id"),
            tags=inputs.tags,
            depends_on=[routed],
        )

    def _nodes(self, vpc: Vpc, gateways: NatGateway, inputs: NetworkInputs) -> list[str]:
        self._subnets("nodes", "local.zones", "cidrsubnet(var.cidr, 2, each.key)", inputs)
        self.resource(RouteTable, "nodes", for_each=for_each("local.zones"), vpc_id=vpc.id, tags=inputs.tags)
        route = self.resource(
            Route,
            "nodes",
            for_each=for_each("local.zones"),
            route_table_id=text("aws_route_table.nodes[each.key].id"),
            destination_cidr_block=_ANYWHERE,
            nat_gateway_id=text("aws_nat_gateway.this[each.key].id"),
        )
        self.comment("Nodes need the way out when they start, so whoever asks for the subnets waits for it.")
        return self._routed("nodes", "local.zones", text("aws_route_table.nodes[each.key].id"), depends_on=[route])

    def _isolated_subnets(
        self, purpose: str, zones: str, cidr: str, table: RouteTable, inputs: NetworkInputs
    ) -> list[str]:
        self._subnets(purpose, zones, cidr, inputs)
        return self._routed(purpose, zones, table.id)

    def _subnets(self, purpose: str, zones: str, cidr: str, inputs: NetworkInputs) -> None:
        self.resource(
            Subnet,
            purpose,
            for_each=for_each(zones),
            vpc_id=text("aws_vpc.this.id"),
            availability_zone=text("each.value"),
            cidr_block=text(cidr),
            tags=inputs.tags,
        )

    def _routed(self, purpose: str, zones: str, table_id: str, depends_on: list[Route] | None = None) -> list[str]:
        """Route the subnets of a purpose; gives their ids, which are known once that is done."""
        self.resource(
            RouteTableAssociation,
            purpose,
            for_each=for_each(zones),
            subnet_id=text(f"aws_subnet.{purpose}[each.key].id"),
            route_table_id=table_id,
            depends_on=depends_on,
        )
        return strings(f"values(aws_route_table_association.{purpose})[*].subnet_id")

    def _service_endpoints(self, vpc: Vpc, inputs: NetworkInputs) -> None:
        self.comment("Layers of images come from here, past the NAT gateways, which charge for every gigabyte.")
        self.resource(
            VpcEndpoint,
            "s3",
            vpc_id=vpc.id,
            vpc_endpoint_type="Gateway",
            service_name="com.amazonaws.${var.region}.s3",
            route_table_ids=strings("values(aws_route_table.nodes)[*].id"),
            tags=inputs.tags,
        )
        guard = self.resource(
            SecurityGroup,
            "endpoints",
            name=resource_name("security_group", "endpoints"),
            description="HTTPS from the network to the endpoints of AWS's services.",
            vpc_id=vpc.id,
            tags=inputs.tags,
        )
        self.resource(
            VpcSecurityGroupIngressRule,
            "endpoints",
            security_group_id=guard.id,
            description="HTTPS from the network.",
            cidr_ipv4=vpc.cidr_block,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            tags=inputs.tags,
        )
        self.resource(
            VpcEndpoint,
            "interface",
            for_each=for_each(f"toset({json.dumps(_SERVICES)})"),
            vpc_id=vpc.id,
            vpc_endpoint_type="Interface",
            service_name="com.amazonaws.${var.region}.${each.key}",
            subnet_ids=strings("values(aws_subnet.endpoints)[*].id"),
            security_group_ids=[guard.id],
            private_dns_enabled=True,
            tags=inputs.tags,
        )

    def _flow_logs(self, vpc: Vpc, inputs: NetworkInputs) -> None:
        key = self._log_key(inputs)
        group = self.resource(
            CloudwatchLogGroup,
            "flow_logs",
            name=resource_name("flow_log_group"),
            retention_in_days=_FLOW_LOG_DAYS,
            kms_key_id=key.arn,
            tags=inputs.tags,
        )
        self.resource(
            FlowLog,
            "this",
            vpc_id=vpc.id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=self._flow_log_role(group, inputs).arn,
            tags=inputs.tags,
        )

    def _log_key(self, inputs: NetworkInputs) -> KmsKey:
        self.resource(DataAwsCallerIdentity, "current")
        self.resource(DataAwsPartition, "current")
        self.comment("IAM decides who uses the key, and the log service may, for this group alone.")
        for check in ("CKV_AWS_109", "CKV_AWS_111", "CKV_AWS_356"):
            self.skip_check(check, "It is the policy of a key, in which * is that key.")
        policy = self.resource(
            DataAwsIamPolicyDocument,
            "key",
            statement=[
                DataAwsIamPolicyDocumentStatement(
                    sid="Account",
                    actions=["kms:*"],
                    resources=["*"],
                    principals=[
                        DataAwsIamPolicyDocumentStatementPrincipals(
                            type="AWS", identifiers=[f"{_ARN}:iam::{_ACCOUNT}:root"]
                        )
                    ],
                ),
                DataAwsIamPolicyDocumentStatement(
                    sid="Logs",
                    actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
                    resources=["*"],
                    principals=[
                        DataAwsIamPolicyDocumentStatementPrincipals(
                            type="Service", identifiers=["logs.${var.region}.amazonaws.com"]
                        )
                    ],
                    condition=[
                        DataAwsIamPolicyDocumentStatementCondition(
                            test="ArnEquals",
                            variable="kms:EncryptionContext:aws:logs:arn",
                            values=[
                                f"{_ARN}:logs:${{var.region}}:{_ACCOUNT}:log-group:{resource_name('flow_log_group')}"
                            ],
                        )
                    ],
                ),
            ],
        )
        key = self.resource(
            KmsKey,
            "flow_logs",
            description="Encrypts the flow logs of the network.",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=policy.json,
            tags=inputs.tags,
        )
        self.resource(KmsAlias, "flow_logs", name=resource_name("kms_alias", "flow-logs"), target_key_id=key.key_id)
        return key

    def _flow_log_role(self, group: CloudwatchLogGroup, inputs: NetworkInputs) -> IamRole:
        self.comment("The condition keeps the service from writing here on another account's behalf.")
        trust = self.resource(
            DataAwsIamPolicyDocument,
            "flow_logs_trust",
            statement=[
                DataAwsIamPolicyDocumentStatement(
                    actions=["sts:AssumeRole"],
                    principals=[
                        DataAwsIamPolicyDocumentStatementPrincipals(
                            type="Service", identifiers=["vpc-flow-logs.amazonaws.com"]
                        )
                    ],
                    condition=[
                        DataAwsIamPolicyDocumentStatementCondition(
                            test="StringEquals", variable="aws:SourceAccount", values=[_ACCOUNT]
                        )
                    ],
                )
            ],
        )
        role = self.resource(
            IamRole,
            "flow_logs",
            name=resource_name("iam_role", "flow-logs"),
            assume_role_policy=trust.json,
            tags=inputs.tags,
        )
        rights = self.resource(
            DataAwsIamPolicyDocument,
            "flow_logs",
            statement=[
                DataAwsIamPolicyDocumentStatement(
                    actions=[
                        "logs:CreateLogStream",
                        "logs:DescribeLogGroups",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ],
                    resources=[f"{group.arn}:*"],
                )
            ],
        )
        self.resource(IamRolePolicy, "flow_logs", name="write-flow-logs", role=role.id, policy=rights.json)
        return role
