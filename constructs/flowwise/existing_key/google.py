"""A key that is there already on Google Cloud."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import Postcondition, TerraformResourceLifecycle
from cdk.google import DataGoogleKmsCryptoKey
from flowwise.authoring.expressions import anything, text
from flowwise.authoring.identifiers import is_identifier
from flowwise.authoring.module import Module
from flowwise.encryption import EncryptionOutputs
from flowwise.existing_key import EXISTING_KEY, ExistingKeyInputs, for_each_purpose
from flowwise.google.project import add_project, is_in_project
from flowwise.tables.existing_ids import KEYS

_KEY = KEYS["google"]
_ID = "data.google_kms_crypto_key.this.id"


class GoogleExistingKey(Module[ExistingKeyInputs, EncryptionOutputs]):
    """A key of the same project and region. Whoever encrypts is given a role on it."""

    contract = EXISTING_KEY
    path = "modules/existing-key/google"
    examples: ClassVar[Mapping[str, Any]] = {"region": "southamerica-east1", "key_id": _KEY.example}

    def build(self, inputs: ExistingKeyInputs) -> EncryptionOutputs:
        """Add the module's resources."""
        add_project(self)
        self.comment("projects/<1>/locations/<3>/keyRings/<5>/cryptoKeys/<7>")
        self.local("path", text('split("/", var.key_id)'))
        self.comment("No use of cache and images: any key that can encrypt will do for them.")
        self.resource(
            DataGoogleKmsCryptoKey,
            "this",
            name=text("local.path[7]"),
            key_ring=text('join("/", slice(local.path, 0, 6))'),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    is_identifier("key_id", _KEY),
                    is_in_project(
                        "The key must be in the environment's own project, where services are given a "
                        "role on it, and in ${var.region}: they take none of another place."
                    ),
                ],
                postcondition=[
                    Postcondition(
                        condition=text(
                            'self.purpose == "ENCRYPT_DECRYPT" && '
                            'length([for version in self.primary : version if version.state == "ENABLED"]) == 1'
                        ),
                        error_message="${var.key_id} must be a symmetric key that encrypts, and its primary version "
                        "enabled.",
                    )
                ],
            ),
        )
        return EncryptionOutputs(keys=anything(for_each_purpose(_ID, _ID)))
