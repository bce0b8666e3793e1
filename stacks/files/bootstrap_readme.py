"""The README of a bootstrap root: the commands of an environment's first day, and what has to be known before it."""

import textwrap
from collections.abc import Sequence
from typing import Any

from flowwise.authoring.declarations import examples
from flowwise.google.services import AGENTS, FIRST
from stacks.bootstrap_stack import BootstrapStack
from stacks.cloud_account import ACCOUNT_VARIABLES
from stacks.files.readme import inputs_table
from synthesis.hcl.blocks import render_block
from synthesis.tree import MARK


def _joined(services: Sequence[str]) -> str:
    """Their full names, in lines of a command."""
    return textwrap.fill(
        " ".join(f"{service}.googleapis.com" for service in services), 88, break_on_hyphens=False
    ).replace("\n", " \\\n  ")


_BEFORE = {
    "azure": "Sign in as an owner of the subscription (`az login`). Name yourself in `writers`, by object id: an owner "
    "may do everything with the storage but read and write what is in it. A role takes some minutes to arrive.",
    "aws": "Sign in as an administrator of the account.",
    "google": "Sign in as an owner of the project (`gcloud auth application-default login`), name yourself in "
    "`writers` (`user:...`), and turn on the services that this needs; it turns on those of the other roots itself:"
    "\n\n"
    f"```sh\ngcloud services enable {_joined(FIRST)}\n```",
}
_FIRST_DAY = """\
printf 'terraform {\\n  backend "local" {}\\n}\\n' > backend_override.tf
terraform init
terraform apply
terraform output -json backend > dev.tfbackend.json

rm backend_override.tf
terraform init -migrate-state -backend-config=dev.tfbackend.json
terraform plan                                 # no changes: the state is in its storage
rm -f terraform.tfstate terraform.tfstate.backup
"""
_AFTER = {
    "google": "Some services act by accounts of their own, which must be there before they are let use a key. Google "
    "makes them for whoever asks, once for a project:\n\n"
    "```sh\n"
    f"for service in {' '.join(sorted(AGENTS.values()))}; do\n"
    "  gcloud beta services identity create --service=$service.googleapis.com\n"
    "done\n"
    "```\n\n"
    "A budget belongs to the billing account, whose administrator lets the identities see and make it:\n\n"
    "```sh\n"
    "gcloud billing accounts add-iam-policy-binding <billing account> \\\n"
    '  --role=roles/billing.viewer --member="$(terraform output -raw plan_identity)"\n'
    "gcloud billing accounts add-iam-policy-binding <billing account> \\\n"
    '  --role=roles/billing.costsManager --member="$(terraform output -raw apply_identity)"\n'
    "```",
}
_VARIABLES = """\
for what in plan apply; do
  terraform output -json ${what}_variables | jq -r 'to_entries[] | "\\(.key)=\\(.value)"' > .terraform/$what.env
done
gh variable set --env dev-plan --env-file .terraform/plan.env
gh variable set --env dev --env-file .terraform/apply.env
"""


def bootstrap_readme(stack: BootstrapStack) -> str:
    """What to give, and how the state moves into the storage that the root makes."""
    declared = (ACCOUNT_VARIABLES[stack.cloud], stack.inputs)
    given = {name: value for inputs in declared for name, value in examples(inputs, {}).items()} | {"writers": {}}
    sections = [
        f"<!-- {MARK} from {stack.source}. Edit that file, not this one. -->",
        f"# {stack.content.folder}",
        "Who the pipelines of an environment are in the cloud, and where they keep Terraform's state. A person applies "
        "this once for each environment, before anything else.",
        "## The first day",
        _BEFORE[stack.cloud],
        "What is the environment's own goes into `bootstrap.auto.tfvars`, which Git ignores:",
        "```hcl\n" + _settings(given) + "```",
        "The storage is not there yet, so the state is a local file at first. It moves as soon as Terraform is told "
        "where to:",
        f"```sh\n{_FIRST_DAY}```",
        "Then GitHub is told who its jobs are. The repository has two environments, here `dev-plan` and `dev`: whoever "
        "may run in one is trusted, so give both the branches and reviewers that they are to have.",
        f"```sh\n{_VARIABLES}```",
        *([_AFTER[stack.cloud]] if stack.cloud in _AFTER else []),
        "The pipeline that plans cannot lock the state: `terraform plan -lock=false`.",
        "Another environment of the account begins with `rm -rf .terraform`. A later change of this one begins with "
        "`terraform init -reconfigure -backend-config=dev.tfbackend.json`.",
        "## Variables",
        inputs_table(*declared),
    ]
    return "\n\n".join(sections) + "\n"


def _settings(values: dict[str, Any]) -> str:
    """The content of a .tfvars file."""
    return textwrap.dedent("".join(render_block("variables", [], values, None).splitlines(keepends=True)[1:-1]))
