"""Policies on AWS, as `jsonencode(...)` of the statements that they consist of.

Strings are Terraform templates, so what a statement names can be a reference: `text("aws_s3_bucket.this.arn")`, and
not `bucket.arn`, which CDKTF makes sense of only outside of an expression.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cdk.aws import DataAwsCallerIdentity, DataAwsPartition
from flowwise.authoring.expressions import text
from flowwise.authoring.module import TerraformFolder
from flowwise.tables.naming import resource_name

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
PARTITION = "${data.aws_partition.current.partition}"

BOUNDARY = f"arn:{PARTITION}:iam::{ACCOUNT}:policy/{resource_name('role_boundary')}"
"""The most that a role may do: a policy that the environment's first day has made (pipeline-identity)."""

USE_KEY = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
"""What it takes to encrypt and decrypt with a key."""

Statement = Mapping[str, Any]
Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]

_LONGEST_LINE = 80
_BARE_KEY = re.compile(r"[A-Za-z]\w*")


def add_account(folder: TerraformFolder) -> None:
    """Add the data sources that ACCOUNT and PARTITION refer to."""
    folder.resource(DataAwsCallerIdentity, "current")
    folder.resource(DataAwsPartition, "current")


def arn(service: str, resource: str) -> str:
    """Template of the ARN of a resource in this account and in `var.region`."""
    return f"arn:{PARTITION}:{service}:${{var.region}}:{ACCOUNT}:{resource}"


def iam_arn(resource: str) -> str:
    """Template of the ARN of something of IAM in this account."""
    return f"arn:{PARTITION}:iam::{ACCOUNT}:{resource}"


def statement(
    sid: str,
    actions: Sequence[str],
    *,
    resources: Sequence[str] | str | None = None,
    principal: Mapping[str, str | Sequence[str]] | None = None,
    conditions: Conditions | None = None,
    effect: str = "Allow",
) -> Statement:
    """A statement. `principal` is as in JSON, `{"Service": "ec2.amazonaws.com"}`; conditions are by their operator."""
    parts = {
        "Sid": sid,
        "Effect": effect,
        "Principal": principal,
        "Action": actions,
        "Resource": resources,
        "Condition": conditions,
    }
    return {name: part for name, part in parts.items() if part is not None}


def trust(service: str, *, conditions: Conditions | None = None, pods: bool = False) -> str:
    """The policy by which a service of AWS becomes a role; EKS does so for `pods`, and tags the session with which."""
    actions = ["sts:AssumeRole", *(["sts:TagSession"] if pods else [])]
    return policy(statement("Trust", actions, principal={"Service": service}, conditions=conditions))


def policy(*statements: Statement | str) -> str:
    """The policy as a template. A statement that is a string is an expression of a list of statements."""
    version = '  Version = "2012-10-17"\n'
    given = _list([_hcl(part) for part in statements if not isinstance(part, str)])
    lists = [part for part in statements if isinstance(part, str)]
    together = f"concat({', '.join([given, *lists])})" if lists else given
    return text(f"jsonencode({{\n{version}  Statement = {together}\n}})")


def statements(*parts: Statement) -> str:
    """Statements as the template of a list, for a local value."""
    return text(_list([_hcl(part) for part in parts]))


def account_decides() -> Statement:
    """Of a key's policy: IAM decides who uses the key. Without it, nobody could, not even to change the policy."""
    return statement("Account", ["kms:*"], resources="*", principal={"AWS": iam_arn("root")})


def logs_are_encrypted(log_groups: str) -> Statement:
    """Of a key's policy: CloudWatch Logs uses the key for log groups with such names, in this account and region."""
    return statement(
        "Logs",
        USE_KEY,
        resources="*",
        principal={"Service": "logs.${var.region}.amazonaws.com"},
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn("logs", f"log-group:{log_groups}")}},
    )


def _hcl(value: Any) -> str:
    """The expression; the writer of the files indents and aligns its lines."""
    if isinstance(value, str):
        return value[2:-1] if _is_reference(value) else f'"{value}"'
    if isinstance(value, Mapping):
        members = [f"{_key(name)} = {_hcl(member)}" for name, member in value.items()]
        line = f"{{ {', '.join(members)} }}"
        return line if len(members) == 1 and _fits(line) else "{\n" + "\n".join(members) + "\n}"
    return _list([_hcl(item) for item in value])


def _list(items: Sequence[str]) -> str:
    line = f"[{', '.join(items)}]"
    return line if _fits(line) else "[\n" + "".join(f"{item},\n" for item in items) + "]"


def _fits(line: str) -> bool:
    return "\n" not in line and len(line) <= _LONGEST_LINE


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else f'"{name}"'


def _is_reference(template: str) -> bool:
    """Whether the template is one `${...}`, and nothing beside it."""
    depth = 0
    for position, character in enumerate(template):
        depth += (character == "{") - (character == "}")
        if position and not depth:
            return template.startswith("${") and position == len(template) - 1
    return False
