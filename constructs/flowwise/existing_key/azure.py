"""A key that is there already on Azure: looked up in its vault, of which Azure's services ask more than of the key."""

from cdk.azurerm import DataAzurermClientConfig, DataAzurermKeyVault, DataAzurermKeyVaultKey
from cdk.core import Postcondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import anything, text
from flowwise.authoring.identifiers import is_identifier
from flowwise.authoring.module import Module
from flowwise.azure.account import is_in_subscription
from flowwise.encryption import EncryptionOutputs
from flowwise.existing_key import EXISTING_KEY, ExistingKeyInputs, for_each_purpose
from flowwise.tables.existing_ids import KEYS

_KEY = KEYS["azure"]
_FIREWALLS = '[for firewall in self.network_acls : firewall if firewall.default_action != "Allow"]'


class AzureExistingKey(Module[ExistingKeyInputs, EncryptionOutputs]):
    """A key in a vault of the same subscription and region. Whoever encrypts is given a role on it."""

    contract = EXISTING_KEY
    path = "modules/existing-key/azure"

    def build(self, inputs: ExistingKeyInputs) -> EncryptionOutputs:
        """Add the module's resources."""
        self.comment("/subscriptions/<1>/resourceGroups/<3>/providers/Microsoft.KeyVault/vaults/<7>/keys/<9>")
        self.local("path", text('split("/", trimprefix(var.key_id, "/"))'))
        self.resource(DataAzurermClientConfig, "current")
        vault = self.resource(
            DataAzurermKeyVault,
            "this",
            name=text("local.path[7]"),
            resource_group_name=text("local.path[3]"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    is_identifier("key_id", _KEY),
                    is_in_subscription(
                        "The key must be in the environment's own subscription: whoever encrypts is given a role on it."
                    ),
                ],
                postcondition=[
                    Postcondition(
                        condition=text("self.location == var.region"),
                        error_message="The vault must be in ${var.region}, and is in ${self.location}: disks and "
                        "databases take no key of another region.",
                    ),
                    Postcondition(
                        condition=text("self.rbac_authorization_enabled"),
                        error_message="The vault must go by roles, and not by access policies: whoever encrypts is "
                        "given a role.",
                    ),
                    Postcondition(
                        condition=text("self.purge_protection_enabled"),
                        error_message="The vault must have purge protection: what a lost key encrypted is lost.",
                    ),
                    Postcondition(
                        condition=text(
                            f'alltrue([for firewall in {_FIREWALLS} : strcontains(firewall.bypass, "AzureServices")])'
                        ),
                        error_message="The vault's firewall must let trusted Azure services through: it is they who "
                        "encrypt.",
                    ),
                    Postcondition(
                        condition=text(
                            f"!var.images || (self.public_network_access_enabled && length({_FIREWALLS}) == 0)"
                        ),
                        error_message="The vault must have no firewall: a registry is no trusted service to it. Name a "
                        "registry that is there, or a key in another vault.",
                    ),
                ],
            ),
        )
        self.resource(
            DataAzurermKeyVaultKey,
            "this",
            name=text("local.path[9]"),
            key_vault_id=vault.id,
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition=text('contains(["RSA", "RSA-HSM"], self.key_type) && self.key_size >= 2048'),
                        error_message="The key must be RSA, of 2048 bits at least.",
                    ),
                    Postcondition(
                        condition=text('!var.cache || self.key_type == "RSA"'),
                        error_message="The key must be RSA in software: Managed Redis takes none of an HSM.",
                    ),
                    Postcondition(
                        condition=text('length(setsubtract(["wrapKey", "unwrapKey"], self.key_opts)) == 0'),
                        error_message="The key must be allowed to wrap and unwrap keys.",
                    ),
                ]
            ),
        )
        return EncryptionOutputs(
            keys=anything(
                for_each_purpose(
                    "data.azurerm_key_vault_key.this.versionless_id",
                    "data.azurerm_key_vault_key.this.resource_versionless_id",
                )
            )
        )
