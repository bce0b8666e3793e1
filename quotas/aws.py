"""What AWS has to allow an account in a region, by the codes of Service Quotas.

All sizes of node are of the quota for the families A, C, D, H, I, M, R, T and Z ("On-Demand Instance quotas", Amazon
EC2). The gateway has an Elastic IP address in each zone, as each NAT gateway has one.
"""

from environments import Environment
from environments.given import given
from quotas.counts import broker_disks_gb, makes_network
from quotas.need import Need, Quota
from quotas.nodes import disks_gb, nodes_of, vcpus

ON_DEMAND = Quota("ec2", "L-1216C47A", "vCPUs of machines on demand", 5, "Amazon EC2 endpoints and quotas")
SPOT = Quota("ec2", "L-34B43A08", "vCPUs of spot machines", 5, "Amazon EC2 endpoints and quotas")
ADDRESSES = Quota("ec2", "L-0263D0A3", "Elastic IP addresses", 5, "Amazon EC2 endpoints and quotas")
NETWORKS = Quota("vpc", "L-F678F1CE", "VPCs", 5, "Amazon VPC quotas, of which the default one takes one")
DISKS = Quota("ebs", "L-7A658B76", "Disks of type gp3, in TiB", 50, "Amazon EBS endpoints and quotas")
DATABASES = Quota("rds", "L-7B6409FD", "DB instances", 40, "Quotas and constraints for Amazon RDS")


def aws_needs(environment: Environment) -> list[Need]:
    """Every need, the machines' first."""
    pools = nodes_of(environment, "aws")
    zones = given(environment.network).zones
    networks = int(makes_network(environment))
    addresses = zones * (networks + environment.has_public_address)
    least, most = (_tib(gb + broker_disks_gb(environment)) for gb in disks_gb(pools))
    servers = len(environment.database_servers)
    return [
        Need(ON_DEMAND, *vcpus(pools, spot=False), "cluster"),
        Need(SPOT, *vcpus(pools, spot=True), "cluster"),
        Need(ADDRESSES, addresses, addresses, "network.zones"),
        Need(NETWORKS, networks, networks, "network"),
        Need(DISKS, least, most, "cluster"),
        Need(DATABASES, servers, servers, "postgres.topology"),
    ]


def _tib(gb: int) -> int:
    """Part of one counts whole."""
    return -(-gb // 1024)
