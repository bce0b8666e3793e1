"""The proof in Azure DNS: the right to write in one zone."""

from cdk.azurerm import DataAzurermClientConfig, DataAzurermDnsZone, RoleAssignment
from flowwise.authoring.expressions import anything
from flowwise.authoring.module import Module
from flowwise.dns_challenge import DNS_CHALLENGE, DnsChallengeInputs, DnsChallengeOutputs
from flowwise.gateway_address import HOST_IS_IN_ZONE


class AzureDnsChallenge(Module[DnsChallengeInputs, DnsChallengeOutputs]):
    """A role on the zone."""

    contract = DNS_CHALLENGE
    path = "modules/dns-challenge/azure"

    def build(self, inputs: DnsChallengeInputs) -> DnsChallengeOutputs:
        """Add the module's resources."""
        self.require("zone", *HOST_IS_IN_ZONE)
        account = self.resource(DataAzurermClientConfig, "current")
        self.comment("Found by its name, in whatever resource group of the subscription it is.")
        zone = self.resource(DataAzurermDnsZone, "this", name=inputs.dns_zone)
        self.comment(
            "The least of Azure's own roles that writes a TXT record, and all other records of the zone with it: who "
            "wants less at stake has a zone of the environment's own."
        )
        self.resource(
            RoleAssignment,
            "this",
            scope=zone.id,
            role_definition_name="DNS Zone Contributor",
            principal_id=inputs.principal_id,
            principal_type="ServicePrincipal",
        )
        return DnsChallengeOutputs(
            zone=anything(
                "{\n"
                '  cloud          = "azure"\n'
                f"  name           = {zone.fqn}.name\n"
                f"  account        = {account.fqn}.subscription_id\n"
                f"  resource_group = {zone.fqn}.resource_group_name\n"
                "}"
            )
        )
