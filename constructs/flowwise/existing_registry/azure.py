"""A registry that is there already on Azure: looked up, with the right to pull, and an address in the network."""

from cdk.azurerm import DataAzurermClientConfig, DataAzurermContainerRegistry, ResourceGroup, RoleAssignment
from cdk.core import Postcondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import for_each, number, string_map, text
from flowwise.authoring.identifiers import is_identifier
from flowwise.authoring.module import Module
from flowwise.azure.account import is_in_subscription
from flowwise.azure.private_endpoint import add_private_endpoint
from flowwise.container_registry import ContainerRegistryOutputs
from flowwise.existing_registry import EXISTING_REGISTRY, ExistingRegistryInputs
from flowwise.tables.existing_ids import REGISTRIES
from flowwise.tables.naming import resource_name

_REGISTRY = REGISTRIES["azure"]
_ENDPOINT = 'length(var.endpoint_subnet_ids) > 0 && data.azurerm_container_registry.this.sku == "Premium"'


class AzureExistingRegistry(Module[ExistingRegistryInputs, ContainerRegistryOutputs]):
    """A registry of the same subscription, of whatever region."""

    contract = EXISTING_REGISTRY
    path = "modules/existing-registry/azure"

    def build(self, inputs: ExistingRegistryInputs) -> ContainerRegistryOutputs:
        """Add the module's resources."""
        self.comment("/subscriptions/<1>/resourceGroups/<3>/providers/Microsoft.ContainerRegistry/registries/<7>")
        self.local("path", text('split("/", trimprefix(var.registry_id, "/"))'))
        self.resource(DataAzurermClientConfig, "current")
        registry = self.resource(
            DataAzurermContainerRegistry,
            "this",
            name=text("local.path[7]"),
            resource_group_name=text("local.path[3]"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    is_identifier("registry_id", _REGISTRY),
                    is_in_subscription(
                        "The registry must be in the environment's own subscription: nodes are given the "
                        "right to pull from it."
                    ),
                ],
                postcondition=[
                    Postcondition(
                        condition=text("!self.admin_enabled"),
                        error_message="The registry must have no administrator: the password, which the data source "
                        "reads along, would be in the state.",
                    )
                ],
            ),
        )
        self.resource(
            RoleAssignment,
            "pullers",
            for_each=for_each("var.puller_ids"),
            scope=registry.id,
            role_definition_name="AcrPull",
            principal_id=text("each.value"),
            principal_type="ServicePrincipal",
            description=text("each.key"),
        )
        self._private_access(registry, inputs)
        return ContainerRegistryOutputs(
            repository_urls=string_map(
                "{\n"
                "  for microservice in var.repositories :\n"
                '  microservice => "${data.azurerm_container_registry.this.login_server}/${microservice}"\n'
                "}"
            ),
            registry_id=registry.id,
            registry_host=registry.login_server,
        )

    def _private_access(self, registry: DataAzurermContainerRegistry, inputs: ExistingRegistryInputs) -> None:
        self.comment("Only Premium registries have private endpoints: nodes reach others by their way out.")
        group = self.resource(
            ResourceGroup,
            "this",
            count=number(f"{_ENDPOINT} ? 1 : 0"),
            name=resource_name("resource_group", "registry"),
            location=inputs.region,
            tags=inputs.tags,
        )
        add_private_endpoint(
            self,
            "registry",
            group=group,
            subnet_id=text("var.endpoint_subnet_ids[0]"),
            service_id=registry.id,
            subresource="registry",
            tags=inputs.tags,
            only_if=_ENDPOINT,
        )
