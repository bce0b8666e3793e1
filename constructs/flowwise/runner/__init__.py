"""Machines in an environment's own network that run the pipelines' jobs, where GitHub's own cannot come in."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, output, variable
from flowwise.authoring.rules import PREFIX
from flowwise.encryption import EncryptionKey, encryption_key

LABEL_PREFIX = "runner-"
"""What the label of an environment's runners, and the name of their group on GitHub, begin with."""

MOST_MACHINES = 10

ORGANIZATION_PATTERN = "[A-Za-z0-9](-?[A-Za-z0-9]){0,38}"
"""The name of an organization on GitHub."""

APPLICATION_PATTERN = "[A-Za-z0-9.]{1,40}"
"""The client id of a GitHub App, or its number."""

_NETWORK = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
    "/providers/Microsoft.Network/virtualNetworks/vnet-flowwise-dev"
)


class RunnerInputs(Inputs):
    """What the machines are made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    network_id: str = variable("Network that the machines are in.", example=_NETWORK)
    subnet_ids: list[str] = variable(
        "Subnets for the machines, with a way out to the Internet.",
        example=[f"{_NETWORK}/subnets/snet-flowwise-dev-nodes"],
    )
    endpoint_subnet_ids: list[str] = variable(
        "Subnets for the private endpoint of the state's storage. Empty where the cloud gives it none.",
        default=[],
        example=[f"{_NETWORK}/subnets/snet-flowwise-dev-endpoints"],
    )
    private_dns_zone_id: str | None = common_variables.private_dns_zone_id("privatelink.blob.core.windows.net")
    label: str = variable(
        "Label of the runners, and name of their group on GitHub.",
        example=f"{LABEL_PREFIX}dev",
        validations=[
            Validation(
                f'can(regex("^{LABEL_PREFIX}[a-z][a-z0-9]*$", self))',
                f"label must be {LABEL_PREFIX} and the name of the environment.",
                rejects="self-hosted",
            )
        ],
    )
    organization: str = variable(
        "Organization on GitHub whose runners they are.",
        example="flowwise",
        validations=[
            Validation(
                f'can(regex("^{ORGANIZATION_PATTERN}$", self))',
                "organization must be the name of an organization on GitHub.",
                rejects="flowwise/platform",
            )
        ],
    )
    application: str = variable(
        "Client id of the GitHub App that registers them.",
        example="Iv23liEXAMPLE0000000",
        validations=[
            Validation(
                f'can(regex("^{APPLICATION_PATTERN}$", self))',
                "application must be the client id of a GitHub App.",
                rejects="the app",
            )
        ],
    )
    machines: int = variable(
        "How many there are at any time. Each takes one job, and another comes in its place.",
        default=1,
        validations=[
            Validation(
                f"self >= 1 && self <= {MOST_MACHINES} && floor(self) == self",
                f"machines must be a whole number from 1 to {MOST_MACHINES}.",
                rejects=0,
            )
        ],
    )
    secret_store_address: str = variable("Where the App's private key is kept.", example="https://kv.vault.azure.net/")
    secret_name: str = variable("Name of the secret that is that key.", example="runner")
    state_storage: str | None = variable(
        "Name of the storage account of Terraform's state, which the machines reach by a private endpoint. Null where "
        "the cloud's storage has no firewall.",
        default=None,
        example="stflowwisedevtf000000",
    )
    state_subscription: str | None = variable(
        "Subscription of that account, if it is another: its owner then has to approve the endpoint.", default=None
    )
    encryption_key: EncryptionKey = encryption_key("the machines' disks, where they are no part of the machines,")
    tags: dict[str, str] = common_variables.tags()


class RunnerOutputs(Outputs):
    """What gives the machines the one right that they need."""

    principal_id: str = output("Identity of the machines, as the store of secrets wants to be told it.")


RUNNER = Contract(
    "runner",
    "Runners of GitHub Actions in the environment's network: one job each, then a fresh machine; no way in, and no "
    "right in the cloud but to read the key that registers them.",
    RunnerInputs,
    RunnerOutputs,
)
