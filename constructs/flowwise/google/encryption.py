"""Encryption with keys of our own on Google Cloud: a key ring, keys that rotate, and the right to use them."""

from typing import Any

from cdk.core import ITerraformIterator
from cdk.google import KmsCryptoKey, KmsCryptoKeyIamMember, KmsCryptoKeyVersionTemplate, KmsKeyRing
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module
from flowwise.google.lasting_names import MADE_AT, keep_name
from flowwise.tables.naming import resource_name

_DAY = 24 * 60 * 60


def add_key_ring(module: Module[Any, Any], kind: str, region: str) -> KmsKeyRing:
    """Add a key ring called "this". `kind` is its row in the table of names."""
    module.comment(
        "A destroy takes ring and keys out of the state and destroys the versions of the keys, but Google Cloud gives "
        "no key's name out twice. Hence the time in the ring's name, which is that of its making and never changes: an "
        "environment that is made again gets keys of its own, and the old ones, whose versions can be restored for 30 "
        "days, still open the backups that outlive a server."
    )
    return module.resource(
        KmsKeyRing,
        "this",
        name=resource_name(kind, MADE_AT),
        location=region,
        lifecycle=keep_name("google_kms_key_ring"),
    )


def add_key(
    module: Module[Any, Any],
    ring: KmsKeyRing,
    name: str,
    labels: dict[str, str],
    for_each: ITerraformIterator | None = None,
) -> KmsCryptoKey:
    """Add a key called "this", or one of each element of `for_each`; `name` is what it is called in the ring."""
    module.comment(
        "In an HSM, as on the other clouds: 1 USD a month for each version of a key instead of 0.06, and every quarter "
        "adds a version. A key has neither firewall nor lock: operator_cidrs have nothing to open, and protected has "
        "nothing to set beyond the 30 days in which a destroyed version can be restored."
    )
    module.skip_check("CKV_GCP_82", "An environment may be destroyed, and prevent_destroy takes no variable.")
    return module.resource(
        KmsCryptoKey,
        "this",
        for_each=for_each,
        name=name,
        key_ring=ring.id,
        purpose="ENCRYPT_DECRYPT",
        rotation_period=f"{90 * _DAY}s",
        destroy_scheduled_duration=f"{30 * _DAY}s",
        version_template=KmsCryptoKeyVersionTemplate(algorithm="GOOGLE_SYMMETRIC_ENCRYPTION", protection_level="HSM"),
        labels=labels,
    )


def allow_encryption(module: Module[Any, Any], name: str, member: str) -> KmsCryptoKeyIamMember:
    """Let a service encrypt with `var.encryption_key`. What the service encrypts has to wait for this.

    `member` is the service's own account, as IAM names it (`serviceAccount:...`).
    """
    return module.resource(
        KmsCryptoKeyIamMember,
        name,
        crypto_key_id=text("var.encryption_key.resource_id"),
        role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
        member=member,
    )
