"""The secrets on AWS: Secrets Manager, where each secret names the roles that may read it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import (
    DataAwsRegion,
    IamRolePolicy,
    SecretsmanagerSecret,
    SecretsmanagerSecretPolicy,
    SecretsmanagerSecretVersion,
)
from cdk.core import Precondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import for_each, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.aws.policies import policy, statement
from flowwise.secret_store import SECRET_STORE, SecretStoreInputs, SecretStoreOutputs
from flowwise.secret_store.values import HAS_VALUE, add_values
from flowwise.tables.naming import resource_name
from flowwise.workload_identity.aws import is_role, role_name

NO_ROTATION = "A value changes when an environment asks for it, together with all that knows it."
"""Why no secret rotates by itself (CKV2_AWS_57)."""


def read_secret(readers: str) -> str:
    """The policy of a secret that these roles may read: a template of a list of ARNs."""
    actions = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    return policy(statement("Readers", actions, resources="*", principal={"AWS": readers}))


def decrypt_secrets(secrets: str) -> str:
    """The policy of a role that may use the key for these secrets alone: a template of a list of ARNs.

    Secrets Manager tells KMS the secret ("Secret encryption and decryption in AWS Secrets Manager").
    """
    conditions = {
        "StringEquals": {
            "kms:EncryptionContext:SecretARN": secrets,
            "kms:ViaService": "secretsmanager.${var.region}.amazonaws.com",
        }
    }
    key = text("var.encryption_key.resource_id")
    return policy(statement("DecryptSecrets", ["kms:Decrypt"], resources=key, conditions=conditions))


class AwsSecretStore(Module[SecretStoreInputs, SecretStoreOutputs]):
    """One secret of Secrets Manager for each entry. The store itself is there in every account and region."""

    contract = SECRET_STORE
    path = "modules/secret-store/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "endpoint_subnet_ids": ["subnet-0123456789abcdef0"],
        "private_dns_zone_id": None,
        "reader_ids": {
            "lancamentos": "arn:aws:iam::123456789012:role/flowwise-dev-lancamentos-workload",
            "consolidacao": "arn:aws:iam::123456789012:role/flowwise-dev-consolidacao-workload",
        },
        "encryption_key": {
            "id": "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111",
            "resource_id": "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111",
        },
    }

    def build(self, inputs: SecretStoreInputs) -> SecretStoreOutputs:
        """Add the module's resources."""
        self.local("secrets_read", text("transpose({ for name, secret in var.secrets : name => secret.readers })"))
        self.resource(DataAwsRegion, "current")
        self._secrets(inputs)
        self._values()
        self._readers()
        return SecretStoreOutputs(
            store_address=inputs.region,
            secret_names=string_map("{ for name, secret in aws_secretsmanager_secret.this : name => secret.name }"),
            secret_ids=string_map(
                "{ for name, version in aws_secretsmanager_secret_version.this : name => version.secret_id }"
            ),
        )

    def _secrets(self, inputs: SecretStoreInputs) -> None:
        self.comment(
            "What other clouds want and this one does not: operator_cidrs, as no firewall guards a key of KMS; "
            "log_retention_days, as CloudTrail, which is the account's, logs who reads what; endpoint_subnet_ids, as "
            "an endpoint of Secrets Manager serves a whole network, and so is the network's. A protected secret can be "
            "had back for 30 days, in which its name is taken: so each has an end of its own, and an environment that "
            "was destroyed can be made again at once."
        )
        self.skip_check("CKV2_AWS_57", NO_ROTATION)
        self.resource(
            SecretsmanagerSecret,
            "this",
            for_each=for_each("var.secrets"),
            name_prefix=f"{resource_name('secret_folder')}${{each.key}}-",
            kms_key_id=text("var.encryption_key.id"),
            recovery_window_in_days=number("var.protected ? 30 : 0"),
            tags=inputs.tags,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("var.private_dns_zone_id == null"),
                        error_message="private_dns_zone_id must be null: Secrets Manager has names of its own.",
                    ),
                    Precondition(
                        condition=text("data.aws_region.current.id == var.region"),
                        error_message="region must be the one that the aws provider is configured for.",
                    ),
                ]
            ),
        )

    def _values(self) -> None:
        value = add_values(self)
        self.comment("Write-only: sent to Secrets Manager when the version is new, and kept in no plan or state.")
        self.resource(
            SecretsmanagerSecretVersion,
            "this",
            for_each=for_each("var.secrets"),
            secret_id=text("aws_secretsmanager_secret.this[each.key].id"),
            secret_string_wo=value,
            secret_string_wo_version=number("each.value.version"),
            lifecycle=TerraformResourceLifecycle(precondition=[HAS_VALUE]),
        )

    def _readers(self) -> None:
        self.resource(
            SecretsmanagerSecretPolicy,
            "readers",
            for_each=for_each("{ for name, secret in var.secrets : name => secret if length(secret.readers) > 0 }"),
            secret_arn=text("aws_secretsmanager_secret.this[each.key].arn"),
            block_public_policy=True,
            policy=read_secret(text("[for reader in sort(each.value.readers) : var.reader_ids[reader]]")),
            # Here and not on the secret, which would wait for its readers, and databases for it.
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text(
                            "alltrue([for reader in each.value.readers : contains(keys(var.reader_ids), reader)])"
                        ),
                        error_message="reader_ids must have every reader of secrets.",
                    )
                ]
            ),
        )
        self.comment("A secret's own policy lets its readers have it, but cannot let them decrypt it.")
        self.resource(
            IamRolePolicy,
            "readers",
            for_each=for_each("local.secrets_read"),
            name="decrypt-secrets",
            role=role_name("var.reader_ids[each.key]"),
            policy=decrypt_secrets(text("[for name in each.value : aws_secretsmanager_secret.this[name].arn]")),
            lifecycle=TerraformResourceLifecycle(precondition=[is_role("var.reader_ids[each.key]", "reader_ids")]),
        )
