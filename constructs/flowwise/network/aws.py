"""The network on AWS: a VPC with subnets in each zone, NAT gateways, endpoints of AWS's services and flow logs."""

import json

from cdk.aws import (
    CloudwatchLogGroup,
    DataAwsRegion,
    DefaultSecurityGroup,
    Eip,
    FlowLog,
    IamRole,
    IamRolePolicy,
    InternetGateway,
    KmsAlias,
    KmsKey,
    NatGateway,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    Subnet,
    Vpc,
    VpcEndpoint,
    VpcSecurityGroupIngressRule,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import for_each, string_map, strings, text
from flowwise.authoring.module import Module
from flowwise.aws.policies import (
    ACCOUNT,
    BOUNDARY,
    account_decides,
    add_account,
    logs_are_encrypted,
    policy,
    statement,
    trust,
)
from flowwise.network import NETWORK, NetworkInputs, NetworkOutputs
from flowwise.tables.naming import resource_name
from flowwise.tables.regions import AWS_ZONE_IDS, REGIONS
from flowwise.tables.retention import FLOW_LOG_DAYS

# What hands out images, credentials and secrets.
_SERVICES = ["ecr.api", "ecr.dkr", "eks-auth", "secretsmanager", "sts"]
# Where Kubernetes looks for subnets ("Subnet discovery", AWS Load Balancer Controller).
PUBLIC_BALANCERS = "kubernetes.io/role/elb"
_PRIVATE_BALANCERS = "kubernetes.io/role/internal-elb"
_ANYWHERE = "0.0.0.0/0"


class AwsNetwork(Module[NetworkInputs, NetworkOutputs]):
    """One VPC. A subnet is in one zone on AWS, so there is one for each purpose in each zone."""

    contract = NETWORK
    path = "modules/network/aws"
    examples = {"region": "sa-east-1"}

    def build(self, inputs: NetworkInputs) -> NetworkOutputs:
        """Add the module's resources."""
        self._zones()
        vpc = self._vpc(inputs)
        self._nat_gateways(vpc)
        nodes = self._nodes(vpc)
        self.comment("Without a route out of the network: what is in these subnets only answers.")
        isolated = self.resource(RouteTable, "isolated", vpc_id=vpc.id, tags=_named("isolated"))
        self.comment("The smallest that AWS has, as it advises: EKS puts at most four network interfaces in them.")
        control_plane = self._isolated_subnets(
            "control_plane",
            "local.zones_at_least_two",
            "cidrsubnet(cidrsubnet(var.cidr, 4, 14), 24 - local.prefix_length, each.key)",
            isolated,
        )
        databases = self._isolated_subnets(
            "databases", "local.zones_at_least_two", "cidrsubnet(var.cidr, 6, 48 + each.key)", isolated
        )
        endpoints = self._isolated_subnets(
            "endpoints", "local.zones", "cidrsubnet(var.cidr, 6, 52 + each.key)", isolated
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
        self.comment("By id, because which zone a letter means differs between accounts. All of them have EKS.")
        self.local(
            "zone_ids", {code: AWS_ZONE_IDS[code] for code in sorted(zones["aws"].code for zones in REGIONS.values())}
        )
        self.local("prefix_length", text('tonumber(split("/", var.cidr)[1])'))
        self.comment(
            "Zones are numbered, so that a network of one zone grows to three and keeps its subnets. EKS, and subnet "
            "groups of databases, want two zones even where everything else is in one."
        )
        for name, count in (("zones", "var.zone_count"), ("zones_at_least_two", "max(var.zone_count, 2)")):
            zone = "local.zone_ids[var.region][number]"
            self.local(name, text(f"{{\n  for number in range({count}) : number => {zone}\n}}"))

    def _vpc(self, inputs: NetworkInputs) -> Vpc:
        self.resource(DataAwsRegion, "current")
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
            tags=string_map("merge(var.tags, { Name = var.name })"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("data.aws_region.current.id == var.region"),
                        error_message="region must be the one that the aws provider is configured for.",
                    )
                ]
            ),
        )
        self.comment(
            "AWS makes it, and lets its members talk to each other and to everyone. Without rules, it is shut."
        )
        self.resource(DefaultSecurityGroup, "this", vpc_id=vpc.id, tags=_named("default-closed"))
        return vpc

    def _nat_gateways(self, vpc: Vpc) -> None:
        internet = self.resource(InternetGateway, "this", vpc_id=vpc.id, tags=_named("internet"))
        self.comment(
            "For NAT gateways, and for load balancers that Kubernetes is asked to make public, of which each wants a "
            "/27 and eight free addresses. Nothing gets a public address by itself."
        )
        self._subnets("public", "local.zones", "cidrsubnet(var.cidr, 6, 60 + each.key)", PUBLIC_BALANCERS)
        table = self.resource(RouteTable, "public", vpc_id=vpc.id, tags=_named("public"))
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
        self.resource(Eip, "nat", for_each=for_each("local.zones"), domain="vpc", tags=_named("nat-${each.value}"))
        self.comment(
            "One for each zone, so that no zone depends on another for its way out, nor pays for traffic between "
            "zones. An environment that would save on them sets zone_count to 1, and has one."
        )
        self.resource(
            NatGateway,
            "this",
            for_each=for_each("local.zones"),
            subnet_id=text("aws_subnet.public[each.key].id"),
            allocation_id=text("aws_eip.nat[each.key].id"),
            tags=_named("${each.value}"),
            depends_on=[routed],
        )

    def _nodes(self, vpc: Vpc) -> list[str]:
        self._subnets("nodes", "local.zones", "cidrsubnet(var.cidr, 2, each.key)", _PRIVATE_BALANCERS)
        self.resource(
            RouteTable, "nodes", for_each=for_each("local.zones"), vpc_id=vpc.id, tags=_named("nodes-${each.value}")
        )
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

    def _isolated_subnets(self, purpose: str, zones: str, cidr: str, table: RouteTable) -> list[str]:
        self._subnets(purpose, zones, cidr)
        return self._routed(purpose, zones, table.id)

    def _subnets(self, purpose: str, zones: str, cidr: str, *roles: str) -> None:
        self.resource(
            Subnet,
            purpose,
            for_each=for_each(zones),
            vpc_id=text("aws_vpc.this.id"),
            availability_zone_id=text("each.value"),
            cidr_block=text(cidr),
            tags=_named(f"{purpose.replace('_', '-')}-${{each.value}}", *roles),
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
        self.comment(
            "Free, and layers of images come from here, past the NAT gateways, which charge for every gigabyte."
        )
        self.resource(
            VpcEndpoint,
            "s3",
            vpc_id=vpc.id,
            vpc_endpoint_type="Gateway",
            service_name="com.amazonaws.${var.region}.s3",
            route_table_ids=strings("values(aws_route_table.nodes)[*].id"),
            tags=_named("s3"),
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
        self.comment(
            "Images, credentials and secrets do not leave the network. AWS charges for each of these by the hour in "
            "each zone (0.01 USD in us-east-1), whether it is used or not, and less for a gigabyte than a NAT gateway "
            "does: only some 200 GB a month and zone would pay for one. So all else, which is small and reaches AWS "
            "over TLS, takes the NAT gateways."
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
            tags=_named("${each.key}"),
        )

    def _flow_logs(self, vpc: Vpc, inputs: NetworkInputs) -> None:
        key = self._log_key(inputs)
        group = self.resource(
            CloudwatchLogGroup,
            "flow_logs",
            name=resource_name("flow_log_group"),
            retention_in_days=FLOW_LOG_DAYS,
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
            iam_role_arn=self._flow_log_role(inputs).arn,
            tags=_named("flow-logs"),
        )

    def _log_key(self, inputs: NetworkInputs) -> KmsKey:
        add_account(self)
        self.comment("IAM decides who uses the key, and the log service may, for this group alone.")
        key = self.resource(
            KmsKey,
            "flow_logs",
            description="Encrypts the flow logs of the network.",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=policy(account_decides(), logs_are_encrypted(resource_name("flow_log_group"))),
            tags=inputs.tags,
        )
        self.resource(KmsAlias, "flow_logs", name=resource_name("kms_alias", "flow-logs"), target_key_id=key.key_id)
        return key

    def _flow_log_role(self, inputs: NetworkInputs) -> IamRole:
        self.comment("The condition keeps the service from writing here on another account's behalf.")
        role = self.resource(
            IamRole,
            "flow_logs",
            name=resource_name("iam_role", "flow-logs"),
            assume_role_policy=trust(
                "vpc-flow-logs.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": ACCOUNT}}
            ),
            permissions_boundary=BOUNDARY,
            tags=inputs.tags,
        )
        self.resource(
            IamRolePolicy,
            "flow_logs",
            name="write-flow-logs",
            role=role.id,
            policy=policy(
                statement(
                    "Write",
                    [
                        "logs:CreateLogStream",
                        "logs:DescribeLogGroups",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ],
                    resources=["${aws_cloudwatch_log_group.flow_logs.arn}:*"],
                )
            ),
        )
        return role


def _named(what: str, *roles: str) -> dict[str, str]:
    """Tags with the name that the console shows, and with the roles that subnets have for Kubernetes."""
    members = [f'Name = "${{var.name}}-{what}"', *(f'"{role}" = "1"' for role in roles)]
    named = "{\n" + "\n".join(members) + "\n}" if roles else f"{{ {members[0]} }}"
    return string_map(f"merge(var.tags, {named})")
