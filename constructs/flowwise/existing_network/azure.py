"""A network that is there already on Azure: looked up, and given the private DNS zones that it lacks.

What no data source tells is for Azure itself to refuse: to whom a subnet is delegated, and a NAT gateway.
"""

from cdk.azurerm import (
    DataAzurermClientConfig,
    DataAzurermSubnet,
    DataAzurermVirtualNetwork,
    PrivateDnsZone,
    PrivateDnsZoneVirtualNetworkLink,
    ResourceGroup,
)
from cdk.core import Postcondition, Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import for_each, number, string_map, strings, text
from flowwise.authoring.module import Module
from flowwise.existing_network import EXISTING_NETWORK, ExistingNetworkInputs
from flowwise.existing_network.conditions import of_subnet
from flowwise.network import NetworkOutputs
from flowwise.network.azure import PRIVATE_DNS_ZONES, STORAGE_ZONE
from flowwise.tables.naming import resource_name
from flowwise.tables.network_ids import NETWORK_IDS

_IDS = NETWORK_IDS["azure"]
_ZONES = {**PRIVATE_DNS_ZONES, "storage": STORAGE_ZONE}


class AzureExistingNetwork(Module[ExistingNetworkInputs, NetworkOutputs]):
    """A virtual network of the same subscription and region."""

    contract = EXISTING_NETWORK
    path = "modules/existing-network/azure"

    def build(self, inputs: ExistingNetworkInputs) -> NetworkOutputs:
        """Add the module's resources. Load balancers and zones make no difference: subnets span them."""
        self.comment("/subscriptions/<1>/resourceGroups/<3>/providers/Microsoft.Network/virtualNetworks/<7>")
        self.local("path", text('split("/", trimprefix(var.network_id, "/"))'))
        self.local("longest", dict(_IDS.longest))
        self._network()
        self._subnets()
        return NetworkOutputs(
            network_id=text("data.azurerm_virtual_network.this.id"),
            **{
                f"{name}_subnet_ids": strings(
                    f'[for of, subnet in data.azurerm_subnet.this : subnet.id if of == "{purpose}"]'
                )
                for name, purpose in (
                    ("control_plane", "control_plane"),
                    ("node", "nodes"),
                    ("database", "databases"),
                    ("endpoint", "endpoints"),
                )
            },
            private_dns_zone_ids=self._private_dns(inputs),
        )

    def _network(self) -> None:
        self.resource(DataAzurermClientConfig, "current")
        self.resource(
            DataAzurermVirtualNetwork,
            "this",
            name=text("local.path[7]"),
            resource_group_name=text("local.path[3]"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text(f'can(regex("^{_IDS.network}$", var.network_id))'),
                        error_message="network_id must be the identifier of a virtual network, such as "
                        f"{_IDS.network_example}.",
                    ),
                    Precondition(
                        condition=text("local.path[1] == data.azurerm_client_config.current.subscription_id"),
                        error_message="The network must be in the environment's own subscription: cluster and servers "
                        "are given rights on its subnets.",
                    ),
                ],
                postcondition=[
                    Postcondition(
                        condition=text("self.location == var.region"),
                        error_message="The network must be in ${var.region}, and is in ${self.location}.",
                    )
                ],
            ),
        )

    def _subnets(self) -> None:
        self.comment("Only one of each purpose: a subnet spans all zones.")
        self.local("subnets", text("{ for purpose, ids in var.subnets : purpose => ids[0] }"))
        self.resource(
            DataAzurermSubnet,
            "this",
            for_each=for_each("local.subnets"),
            name=text("basename(each.value)"),
            virtual_network_name=text("data.azurerm_virtual_network.this.name"),
            resource_group_name=text("data.azurerm_virtual_network.this.resource_group_name"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text('startswith(lower(each.value), lower("${var.network_id}/subnets/"))'),
                        error_message="${each.value}, for ${each.key}, must be a subnet of ${var.network_id}.",
                    ),
                    Precondition(
                        condition=text("length(distinct(values(local.subnets))) == length(local.subnets)"),
                        error_message="Each purpose must have a subnet of its own: Azure delegates two of them.",
                    ),
                ],
                postcondition=of_subnet("[each.key]", "self.address_prefixes[0]", "each.value"),
            ),
        )

    def _private_dns(self, inputs: ExistingNetworkInputs) -> dict[str, str]:
        self.local("private_dns_zones", _ZONES)
        self.comment("What the network's owner has not named. A network takes one zone of a name.")
        self.local(
            "missing_zones",
            text(
                "{\n"
                "  for service, name in local.private_dns_zones : service => name\n"
                "  if !contains(keys(var.private_dns_zone_ids), service) "
                '&& (service != "storage" || var.storage_endpoints)\n'
                "}"
            ),
        )
        group = self.resource(
            ResourceGroup,
            "this",
            count=number("length(local.missing_zones) > 0 ? 1 : 0"),
            name=resource_name("resource_group", "network"),
            location=inputs.region,
            tags=inputs.tags,
        )
        self.resource(
            PrivateDnsZone,
            "this",
            for_each=for_each("local.missing_zones"),
            name=text("each.value"),
            resource_group_name=text(f"{group.fqn}[0].name"),
            tags=inputs.tags,
        )
        self.comment("PostgreSQL wants its network to know the zone beforehand: who asks for a zone waits for this.")
        self.resource(
            PrivateDnsZoneVirtualNetworkLink,
            "this",
            for_each=for_each("azurerm_private_dns_zone.this"),
            name=resource_name("private_dns_zone_link", "${each.key}"),
            resource_group_name=text(f"{group.fqn}[0].name"),
            private_dns_zone_name=text("each.value.name"),
            virtual_network_id=text("data.azurerm_virtual_network.this.id"),
            tags=inputs.tags,
        )
        fixed = [f"{name} for {service}" for service, name in _ZONES.items() if service != "postgres"]
        self.require(
            "private_dns_zone_ids",
            "alltrue([\n"
            "  for service, id in var.private_dns_zone_ids :\n"
            '  service == "postgres" ? endswith(id, ".postgres.database.azure.com") :\n'
            "  try(basename(id) == local.private_dns_zones[service], false)\n"
            "])",
            "private_dns_zone_ids must be zones that Azure's services register in: for postgres, one that ends with "
            f".postgres.database.azure.com; and {', '.join(fixed)}.",
        )
        return string_map(
            "merge(\n"
            "  var.private_dns_zone_ids,\n"
            "  {\n"
            "    for service, link in azurerm_private_dns_zone_virtual_network_link.this :\n"
            "    service => azurerm_private_dns_zone.this[service].id\n"
            "  }\n"
            ")"
        )
