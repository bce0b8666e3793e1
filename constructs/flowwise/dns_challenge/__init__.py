"""The right to prove in DNS that the gateway's host is ours, by which a certificate needs no way to the gateway.

RFC 8555, section 8.4: whoever can write the TXT record _acme-challenge.<host> is given a certificate for the host.
"""

from flowwise.authoring.contract import Contract, Inputs, Object, Outputs, attribute, output, variable
from flowwise.gateway_address import HOST, ZONE

RECORD = "_acme-challenge"
"""First label of the record's name; the others are the host."""


class ChallengeZone(Object):
    """A public DNS zone, in the words that the cloud's own DNS wants of whoever writes in it."""

    cloud: str = attribute("Whose DNS it is: azure, aws or google.")
    name: str = attribute("What it is known by: its domain on Azure, its id on AWS, its name on Google Cloud.")
    account: str = attribute("Subscription on Azure, project on Google Cloud.", default="")
    resource_group: str = attribute("Azure: its resource group.", default="")


class DnsChallengeInputs(Inputs):
    """Whose host it is, and who proves it."""

    host: str = variable("Host name of the API.", example="api.dev.flowwise.example", validations=[HOST])
    dns_zone: str = variable(
        "Public DNS zone of the account that the host is in.", example="flowwise.example", validations=[ZONE]
    )
    principal_id: str = variable(
        "Identity that writes the record, by which the cloud gives rights.",
        example="11111111-1111-1111-1111-111111111111",
    )


class DnsChallengeOutputs(Outputs):
    """What whoever writes the record needs to know."""

    zone: ChallengeZone = output("The zone, as it is found in the account.")


DNS_CHALLENGE = Contract(
    "dns-challenge",
    "The right to prove in a DNS zone that the gateway's host is ours, for a certificate that everybody trusts.",
    DnsChallengeInputs,
    DnsChallengeOutputs,
)
