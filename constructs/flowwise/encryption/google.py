"""The keys on Google Cloud: one key ring, a key in it for each purpose, and the log of who used them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.google import KmsKeyRing
from flowwise.authoring.expressions import anything, for_each, text
from flowwise.authoring.module import Module
from flowwise.encryption import ENCRYPTION, EncryptionInputs, EncryptionKey, EncryptionOutputs, purposes
from flowwise.google.encryption import add_key, add_key_ring
from flowwise.google.logs import keep_logs, record_access
from flowwise.google.project import add_project


def example_key(purpose: str) -> EncryptionKey:
    """A key as the module `encryption` gives it, for the tests of those who use it."""
    key = f"projects/flowwise-project/locations/southamerica-east1/keyRings/flowwise-dev/cryptoKeys/{purpose}"
    return EncryptionKey(id=key, resource_id=key)


class GoogleEncryption(Module[EncryptionInputs, EncryptionOutputs]):
    """One key ring, in the region: what a key of another place encrypts, no service of the region takes."""

    contract = ENCRYPTION
    path = "modules/encryption/google"
    examples: ClassVar[Mapping[str, Any]] = {"region": "southamerica-east1"}

    def build(self, inputs: EncryptionInputs) -> EncryptionOutputs:
        """Add the module's resources."""
        ring = add_key_ring(self, "kms_key_ring", inputs.region)
        add_key(self, ring, text("each.key"), inputs.tags, for_each(purposes()))
        self._log(ring, inputs)
        return EncryptionOutputs(
            keys=anything(
                "{ for purpose, key in google_kms_crypto_key.this : purpose => { id = key.id, resource_id = key.id } }"
            )
        )

    def _log(self, ring: KmsKeyRing, inputs: EncryptionInputs) -> None:
        add_project(self)
        self.comment(
            "Who changes a key is logged by itself, who uses one only when asked. This holds for all keys of the "
            "project."
        )
        record_access(self, "cloudkms.googleapis.com", "DATA_READ", "DATA_WRITE")
        keep_logs(
            self,
            "keys",
            of="of the keys",
            region=inputs.region,
            retention_days=inputs.log_retention_days,
            filter=(
                f'resource.labels.key_ring_id="{ring.name}" AND resource.labels.location="{ring.location}" AND '
                'protoPayload.serviceName="cloudkms.googleapis.com"'
            ),
        )
