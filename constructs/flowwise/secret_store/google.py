"""The secrets on Google Cloud: Secret Manager, where each secret lists the accounts that may read it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.core import Precondition, TerraformResourceLifecycle
from cdk.google import (
    KmsCryptoKeyIamMember,
    SecretManagerSecret,
    SecretManagerSecretIamMember,
    SecretManagerSecretReplication,
    SecretManagerSecretReplicationUserManaged,
    SecretManagerSecretReplicationUserManagedReplicas,
    SecretManagerSecretReplicationUserManagedReplicasCustomerManagedEncryption,
    SecretManagerSecretVersion,
)
from flowwise.authoring.expressions import for_each, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.encryption import EncryptionKey
from flowwise.google.encryption import allow_encryption
from flowwise.google.logs import keep_logs, record_access
from flowwise.google.project import PROJECT, add_project
from flowwise.secret_store import SECRET_STORE, SecretStoreInputs, SecretStoreOutputs
from flowwise.secret_store.values import HAS_VALUE, KNOWS_READER, add_values
from flowwise.tables.naming import resource_name

_THIRTY_DAYS = f"{30 * 24 * 60 * 60}s"
_KEY = "projects/flowwise-project/locations/southamerica-east1/keyRings/flowwise-dev/cryptoKeys/secrets"


class GoogleSecretStore(Module[SecretStoreInputs, SecretStoreOutputs]):
    """One secret of Secret Manager for each entry. The store itself is there in every project."""

    contract = SECRET_STORE
    path = "modules/secret-store/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "endpoint_subnet_ids": [
            "projects/flowwise-project/regions/southamerica-east1/subnetworks/flowwise-dev-endpoints"
        ],
        "private_dns_zone_id": None,
        "reader_ids": {
            "lancamentos": "serviceAccount:lancamentos@flowwise-project.iam.gserviceaccount.com",
            "consolidacao": "serviceAccount:consolidacao@flowwise-project.iam.gserviceaccount.com",
        },
        "encryption_key": EncryptionKey(id=_KEY, resource_id=_KEY),
    }

    def build(self, inputs: SecretStoreInputs) -> SecretStoreOutputs:
        """Add the module's resources.

        The network reaches Secret Manager, as all of Google's APIs, by Private Google Access. The store has no endpoint
        in the subnets of endpoint_subnet_ids, and no firewall that operator_cidrs could open.
        """
        project = add_project(self)
        self.comment(
            "Secret Manager's own account. A project has it from the first time that someone runs gcloud beta services "
            "identity create --service=secretmanager.googleapis.com, for which only the provider google-beta has a "
            "resource."
        )
        allowed = allow_encryption(
            self, "encryption", f"serviceAccount:service-{project.number}@gcp-sa-secretmanager.iam.gserviceaccount.com"
        )
        self._logs(inputs)
        self._secrets(allowed, inputs)
        self._values()
        self._readers()
        return SecretStoreOutputs(
            store_address=PROJECT,
            secret_names=string_map(
                "{ for name, secret in google_secret_manager_secret.this : name => secret.secret_id }"
            ),
            secret_ids=string_map(
                "{ for name, version in google_secret_manager_secret_version.this : name => version.secret }"
            ),
        )

    def _logs(self, inputs: SecretStoreInputs) -> None:
        self.comment(
            "Who reads which secret is in the audit logs of access to data, which Google keeps only when asked. This "
            "holds for all secrets of the project."
        )
        record_access(self, "secretmanager.googleapis.com", "DATA_READ")
        secrets = f"/secrets/{resource_name('secret_manager_secret')}-"
        keep_logs(
            self,
            "secrets",
            of="of the secrets",
            region=inputs.region,
            retention_days=inputs.log_retention_days,
            filter=(
                'protoPayload.serviceName="secretmanager.googleapis.com" AND '
                f'protoPayload.resourceName=~"^projects/[^/]+{secrets}"'
            ),
        )

    def _secrets(self, allowed: KmsCryptoKeyIamMember, inputs: SecretStoreInputs) -> None:
        self.comment(
            "In the region alone. An old version that is let go of is disabled at once and destroyed after 30 days, "
            "until when it can be enabled again; a secret that is deleted is gone with all its versions."
        )
        self.resource(
            SecretManagerSecret,
            "this",
            for_each=for_each("var.secrets"),
            secret_id=resource_name("secret_manager_secret", "${each.key}"),
            replication=SecretManagerSecretReplication(
                user_managed=SecretManagerSecretReplicationUserManaged(
                    replicas=[
                        SecretManagerSecretReplicationUserManagedReplicas(
                            location=inputs.region,
                            customer_managed_encryption=(
                                SecretManagerSecretReplicationUserManagedReplicasCustomerManagedEncryption(
                                    kms_key_name=text("var.encryption_key.id")
                                )
                            ),
                        )
                    ]
                )
            ),
            version_destroy_ttl=_THIRTY_DAYS,
            deletion_protection=inputs.protected,
            labels=inputs.tags,
            depends_on=[allowed],
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("var.private_dns_zone_id == null"),
                        error_message="private_dns_zone_id must be null: Secret Manager has no endpoint to name in it.",
                    ),
                ]
            ),
        )

    def _values(self) -> None:
        value = add_values(self)
        self.comment(
            "Write-only: sent to Secret Manager when the version is new, and kept in no plan or state. The old version "
            "stays until the new one is there."
        )
        self.resource(
            SecretManagerSecretVersion,
            "this",
            for_each=for_each("var.secrets"),
            secret=text("google_secret_manager_secret.this[each.key].id"),
            secret_data_wo=value,
            secret_data_wo_version=number("each.value.version"),
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True, precondition=[HAS_VALUE]),
        )

    def _readers(self) -> None:
        self.resource(
            SecretManagerSecretIamMember,
            "readers",
            for_each=for_each(
                "merge([\n"
                "  for name, secret in var.secrets : {\n"
                '    for reader in secret.readers : "${name}/${reader}" => { secret = name, reader = reader }\n'
                "  }\n"
                "]...)"
            ),
            secret_id=text("google_secret_manager_secret.this[each.value.secret].id"),
            role="roles/secretmanager.secretAccessor",
            member=text("var.reader_ids[each.value.reader]"),
            lifecycle=TerraformResourceLifecycle(precondition=[KNOWS_READER]),
        )
