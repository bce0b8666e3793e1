"""The proof in Cloud DNS: the right to write in one zone."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import TerraformResourceLifecycle
from cdk.google import DnsManagedZoneIamMember
from flowwise.authoring.expressions import anything
from flowwise.authoring.module import Module
from flowwise.dns_challenge import DNS_CHALLENGE, DnsChallengeInputs, DnsChallengeOutputs
from flowwise.gateway_address import HOST_IS_IN_ZONE
from flowwise.google.dns_zone import ONE_ZONE, ZONE_NAME, find_dns_zone
from flowwise.google.project import PROJECT, add_project


class GoogleDnsChallenge(Module[DnsChallengeInputs, DnsChallengeOutputs]):
    """A role on the zone."""

    contract = DNS_CHALLENGE
    path = "modules/dns-challenge/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "principal_id": "serviceAccount:wi-cert-manager-flowwise-dev@flowwise-project.iam.gserviceaccount.com"
    }

    def build(self, inputs: DnsChallengeInputs) -> DnsChallengeOutputs:
        """Add the module's resources."""
        self.require("zone", *HOST_IS_IN_ZONE)
        add_project(self)
        find_dns_zone(self)
        self.comment(
            "The least of Google's own roles that writes a TXT record, and all other records of the zone with it: who "
            "wants less at stake has a zone of the environment's own."
        )
        member = self.resource(
            DnsManagedZoneIamMember,
            "this",
            project=PROJECT,
            managed_zone=ZONE_NAME,
            role="roles/dns.admin",
            member=inputs.principal_id,
            lifecycle=TerraformResourceLifecycle(precondition=[ONE_ZONE]),
        )
        return DnsChallengeOutputs(
            zone=anything(f'{{ cloud = "google", name = {member.fqn}.managed_zone, account = local.project }}')
        )
