"""A key that is there already on AWS. No data source tells whom its policy admits: the runbook says whom it has to."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import DataAwsCallerIdentity, DataAwsKmsKey
from cdk.core import Postcondition, TerraformResourceLifecycle
from flowwise.authoring.expressions import anything, text
from flowwise.authoring.identifiers import is_identifier
from flowwise.authoring.module import Module
from flowwise.aws.account import is_in_account
from flowwise.encryption import EncryptionOutputs
from flowwise.existing_key import EXISTING_KEY, ExistingKeyInputs, for_each_purpose
from flowwise.tables.existing_ids import KEYS

_KEY = KEYS["aws"]


class AwsExistingKey(Module[ExistingKeyInputs, EncryptionOutputs]):
    """A key of the same account and region."""

    contract = EXISTING_KEY
    path = "modules/existing-key/aws"
    examples: ClassVar[Mapping[str, Any]] = {"region": "sa-east-1", "key_id": _KEY.example}

    def build(self, inputs: ExistingKeyInputs) -> EncryptionOutputs:
        """Add the module's resources."""
        self.comment("arn:<1>:kms:<3>:<4>:key/<5>")
        self.local("arn", text('split(":", var.key_id)'))
        self.resource(DataAwsCallerIdentity, "current")
        self.comment("No use of cache and images: any key that can encrypt will do for them.")
        self.resource(
            DataAwsKmsKey,
            "this",
            key_id=inputs.key_id,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    is_identifier("key_id", _KEY, called="ARN"),
                    is_in_account("The key"),
                ],
                postcondition=[
                    Postcondition(
                        condition=text('self.enabled && self.key_manager == "CUSTOMER"'),
                        error_message="The key must be enabled, and none of AWS's own, whose policies nobody changes.",
                    ),
                    Postcondition(
                        condition=text(
                            'self.key_usage == "ENCRYPT_DECRYPT" && '
                            'self.customer_master_key_spec == "SYMMETRIC_DEFAULT"'
                        ),
                        error_message="The key must be a symmetric one that encrypts: services of AWS take no other.",
                    ),
                ],
            ),
        )
        return EncryptionOutputs(
            keys=anything(for_each_purpose("data.aws_kms_key.this.arn", "data.aws_kms_key.this.arn"))
        )
