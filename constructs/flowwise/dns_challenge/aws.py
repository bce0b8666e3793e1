"""The proof in Route 53: the right to write one TXT record of one zone.

Condition keys: "Using IAM policy conditions for fine-grained access control" (Route 53). What cert-manager asks for,
where it is told the zone's id: pkg/issuer/acme/dns/route53.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import DataAwsPartition, DataAwsRoute53Zone, IamRolePolicy
from cdk.core import TerraformResourceLifecycle
from flowwise.authoring.expressions import anything, text
from flowwise.authoring.module import Module
from flowwise.aws.policies import PARTITION, Conditions, Statement, policy, statement
from flowwise.dns_challenge import DNS_CHALLENGE, RECORD, DnsChallengeInputs, DnsChallengeOutputs
from flowwise.gateway_address import HOST_IS_IN_ZONE
from flowwise.workload_identity.aws import is_role, role_name

_RECORD_SET = "route53:ChangeResourceRecordSets"


def proves(hosts: str, zones: str) -> tuple[Statement, ...]:
    """Who has it may prove hosts that a pattern matches, in the zones that an ARN is a pattern of."""
    conditions: Conditions = {
        "ForAllValues:StringLike": {f"{_RECORD_SET}NormalizedRecordNames": f"{RECORD}.{hosts}"},
        "ForAllValues:StringEquals": {
            f"{_RECORD_SET}Actions": ["DELETE", "UPSERT"],
            f"{_RECORD_SET}RecordTypes": "TXT",
        },
    }
    return (
        statement("Prove", [_RECORD_SET], resources=zones, conditions=conditions),
        statement("SeeWhetherItIsThere", ["route53:GetChange"], resources=f"arn:{PARTITION}:route53:::change/*"),
    )


class AwsDnsChallenge(Module[DnsChallengeInputs, DnsChallengeOutputs]):
    """A policy of the identity's own role."""

    contract = DNS_CHALLENGE
    path = "modules/dns-challenge/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "principal_id": "arn:aws:iam::123456789012:role/flowwise-dev-cert-manager-workload"
    }

    def build(self, inputs: DnsChallengeInputs) -> DnsChallengeOutputs:
        """Add the module's resources."""
        self.require("zone", *HOST_IS_IN_ZONE)
        self.resource(DataAwsPartition, "current")
        zone = self.resource(DataAwsRoute53Zone, "this", name=inputs.dns_zone, private_zone=False)
        self.comment(
            "No record but the proof. The boundary of roles, which keeps them to the environment's region, lets it "
            "through: Route 53 is in no region."
        )
        self.resource(
            IamRolePolicy,
            "this",
            name="prove-host",
            role=role_name("var.principal_id"),
            policy=policy(*proves("${var.host}", text(f"{zone.fqn}.arn"))),
            lifecycle=TerraformResourceLifecycle(precondition=[is_role("var.principal_id", "principal_id")]),
        )
        return DnsChallengeOutputs(zone=anything(f'{{ cloud = "aws", name = {zone.fqn}.zone_id }}'))
