"""How much an account may have in a region, of what an environment takes several of ("Amazon VPC quotas").

A new one has five addresses. This one has asked for the sixth, as the preflight says that three zones need: one in each
for what leaves the network, and one for the gateway.
"""

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_ip_addresses import ElasticAddress, ElasticAddressBackend
from moto.ec2.models.vpcs import VPC, VPCBackend

_ADDRESSES, _NETWORKS = 6, 5


def complete() -> None:
    allocate, create = ElasticAddressBackend.allocate_address, VPCBackend.create_vpc

    def allocate_within(self: ElasticAddressBackend, *arguments: Any, **settings: Any) -> ElasticAddress:
        if len(self.addresses) >= _ADDRESSES:
            raise EC2ClientError("AddressLimitExceeded", "The maximum number of addresses has been reached.")
        return allocate(self, *arguments, **settings)

    def create_within(self: VPCBackend, *arguments: Any, **settings: Any) -> VPC:
        if len(self.vpcs) >= _NETWORKS:
            raise EC2ClientError("VpcLimitExceeded", "The maximum number of VPCs has been reached.")
        return create(self, *arguments, **settings)

    ElasticAddressBackend.allocate_address = allocate_within
    VPCBackend.create_vpc = create_within
