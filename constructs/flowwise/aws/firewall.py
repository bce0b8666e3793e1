"""The firewall of a service in a network on AWS: a security group that admits the network to one port."""

from typing import Any

from cdk.aws import DataAwsVpc, SecurityGroup, VpcSecurityGroupIngressRule
from flowwise.authoring.module import Module
from flowwise.tables.naming import resource_name


def add_firewall(
    module: Module[Any, Any],
    purpose: str,
    *,
    vpc: DataAwsVpc,
    port: int,
    protocol: str,
    admits_to: str,
    why: str,
    tags: dict[str, str],
) -> SecurityGroup:
    """Add the security group. `admits_to` is what it leads to, `protocol` the name of what is spoken there."""
    module.comment(f"Without rules for what goes out: {why}")
    firewall = module.resource(
        SecurityGroup,
        "this",
        name=resource_name("security_group", purpose),
        description=f"Admits the network to {admits_to}.",
        vpc_id=vpc.id,
        tags=tags,
    )
    module.resource(
        VpcSecurityGroupIngressRule,
        "this",
        security_group_id=firewall.id,
        description=f"{protocol} from the network.",
        cidr_ipv4=vpc.cidr_block,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        tags=tags,
    )
    return firewall
