"""The README of a bootstrap root: the commands of an environment's first day, and what has to be known before it."""

import textwrap
from collections.abc import Sequence
from typing import Any

from environments import Environment
from environments.promotion import promotion_order
from flowwise.authoring.declarations import examples
from flowwise.aws.service_roles import SERVICE_ROLES
from flowwise.azure.namespaces import ENCRYPTION_AT_HOST, NAMESPACES
from flowwise.google.services import AGENTS, ASKED, FIRST
from flowwise.tables.accounts import ACCOUNTS
from quotas import Need, Quota, needs_of
from stacks.bootstrap_stack import INPUTS, BootstrapStack
from stacks.cloud_account import ACCOUNT_VARIABLES
from stacks.files.readme import inputs_table
from stacks.files.tables import table
from stacks.folder_stack import BOOTSTRAP, source_of
from synthesis.hcl.blocks import render_block
from synthesis.tree import MARK


def _block(commands: str) -> str:
    return f"```sh\n{commands.strip()}\n```"


def _words(words: Sequence[str]) -> str:
    """In lines of a command."""
    return textwrap.fill(" ".join(words), 88, break_on_hyphens=False).replace("\n", " \\\n  ")


_NAMESPACE, _FEATURE = ENCRYPTION_AT_HOST.split("/")
_SIGNING_IN = {
    "azure": (
        "As an owner of the subscription. Resource providers are registered once for a subscription, and a feature "
        "that the nodes need, which takes some minutes.",
        f"""\
az login
az account set --subscription "$TF_VAR_subscription_id"
for namespace in {_words(list(NAMESPACES))}; do
  az provider register --namespace "$namespace" --wait
done
az feature register --namespace {_NAMESPACE} --name {_FEATURE}
until az feature show --namespace {_NAMESPACE} --name {_FEATURE} | grep --quiet '"state": "Registered"'; do
  sleep 20
done
az provider register --namespace {_NAMESPACE} --wait # which tells it of the feature
""",
    ),
    "aws": (
        "As an administrator of the account. Services act by roles of their own, of which an account has one each; one "
        "that is there already is said to be taken, which is fine.",
        f"""\
aws sts get-caller-identity
for service in {_words(list(SERVICE_ROLES))}; do
  aws iam create-service-linked-role --aws-service-name "$service.amazonaws.com" || true
done
""",
    ),
    "google": (
        "As an owner of the project. The services that this root and the questions below need are turned on first; "
        "the root turns on those of the other roots itself.",
        f"""\
gcloud auth login --update-adc # signs Terraform in, too
gcloud config set project "$TF_VAR_project_id"
gcloud services enable {_words([f"{service}.googleapis.com" for service in (*FIRST, *ASKED)])}
""",
    ),
}
# What the settings of the root say of who is at work, in place of the examples; None leaves one to its default.
_WHO: dict[str, dict[str, Any]] = {
    "azure": {
        "writers": {"me": "$(az ad signed-in-user show --query id --output tsv)"},
        "operator_cidrs": ["$(curl --silent https://checkip.amazonaws.com)/32"],
    },
    "aws": {
        "writers": None,  # nobody: whoever follows this is an administrator
        "github_known": "$(aws iam list-open-id-connect-providers | grep --count token.actions.githubusercontent.com)",
    },
    "google": {"writers": {"me": "user:$(gcloud config get-value account)"}},
}
_ABOUT_WRITERS = {
    "azure": "`writers` are the people who make environments by hand, by object id: an owner may do everything with "
    "storage and vaults but read and write what is in them. `operator_cidrs` has the address that Terraform is run "
    "from, which their firewalls admit. A role takes some minutes to arrive.",
    "aws": "An account has GitHub as an identity provider once: `github_known` says whether another environment came "
    "first. Who works as a role that is no administrator's has to be named as well: "
    '`writers = { ana = "arn:aws:iam::<account>:role/<role>" }`.',
    "google": "`writers` are the people who make environments by hand: an owner does not read what is in a bucket.",
}
_APPLYING = """\
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
    "google": [
        "Some services act by accounts of their own, which must be there before they are let use a key. Google makes "
        "them for whoever asks, once for a project:",
        _block(
            f"""\
for service in {" ".join(sorted(AGENTS.values()))}; do
  gcloud beta services identity create --service="$service.googleapis.com"
done
"""
        ),
        "A budget belongs to the billing account, whose administrator lets the identities see and make it, and whoever "
        "makes an environment by hand:",
        _block(
            """\
billing="$(gcloud billing projects describe "$TF_VAR_project_id" --format='value(billingAccountName)')"
billing="${billing#billingAccounts/}"
identity() {
  terraform output -json identities | jq -r ".$1"
}
gcloud billing accounts add-iam-policy-binding "$billing" \\
  --role=roles/billing.viewer --member="$(identity plan)"
gcloud billing accounts add-iam-policy-binding "$billing" \\
  --role=roles/billing.viewer --member="$(identity drift)"
for member in "$(identity apply)" "user:$(gcloud config get-value account)"; do
  gcloud billing accounts add-iam-policy-binding "$billing" --role=roles/billing.costsManager --member="$member"
done
"""
        ),
    ],
}
_VARIABLES = """\
make --directory ../../.. github                # the environments, who may run in them, and the rules of main
for what in review drift plan apply; do
  terraform output -json variables | jq -r ".$what | to_entries[] | \\"\\(.key)=\\(.value)\\"" > .terraform/$what.env
done
gh variable set --env dev-review --env-file .terraform/review.env
gh variable set --env dev-drift --env-file .terraform/drift.env
gh variable set --env dev-plan --env-file .terraform/plan.env
gh variable set --env dev --env-file .terraform/apply.env
"""


def bootstrap_readme(cloud: str, environments: Sequence[Environment]) -> str:
    """What an account of a cloud needs, the commands of the first day, and what the root takes.

    `environments` are those in any cloud: what each needs of an account here, it may be asked before it moves.
    """
    kind = ACCOUNTS[cloud]
    declared = (ACCOUNT_VARIABLES[cloud], INPUTS[cloud])
    text, commands = _SIGNING_IN[cloud]
    sections = [
        f"<!-- {MARK} from {source_of(BootstrapStack)}. Edit that file, not this one. -->",
        f"# {BOOTSTRAP}{cloud}",
        "Who the pipelines of an environment are in the cloud, and where they keep Terraform's state. A person applies "
        "this once for each environment, before anything else.",
        *_quotas(cloud, environments),
        "## The first day",
        f"All commands, in their order, in a shell in this folder, for an environment `dev`. First, the {kind.words}.",
        _block(f"export TF_VAR_{kind.variable}={kind.example}"),
        text,
        _block(commands),
        "What may fail later is asked now: rights, sizes and zones, quotas, names. It has to say `ok` of all that you "
        "rely on.",
        _block("make --directory ../../.. preflight ENV=dev"),
        "What is the environment's own goes into a file that Git ignores. " + _ABOUT_WRITERS[cloud],
        _block(f"cat > bootstrap.auto.tfvars <<HCL\n{_settings(cloud)}HCL"),
        "The storage is not there yet, so the state is a local file at first. It moves as soon as Terraform is told "
        "where to:",
        _block(_APPLYING),
        "Then GitHub is told who its jobs are. The repository has four environments for it, here `dev-review`, "
        "`dev-drift`, `dev-plan` and `dev`: whoever may run in one is trusted. `make github` makes them, with the "
        "branches and reviewers that `operations/github_settings.py` says, and the runbook lists all variables.",
        _block(_VARIABLES),
        *_AFTER.get(cloud, []),
        "The pipeline that plans cannot lock the state: `terraform plan -lock=false`.",
        "Another environment of the account begins with `rm -rf .terraform`. A later change of this one begins with "
        "`terraform init -reconfigure -backend-config=dev.tfbackend.json`.",
        "## Variables",
        inputs_table(*declared),
    ]
    return "\n\n".join(sections) + "\n"


def _settings(cloud: str) -> str:
    """The content of a .tfvars file, in which a shell fills in what it knows."""
    account = ACCOUNTS[cloud].variable
    values = examples(INPUTS[cloud], {}) | {account: f"$TF_VAR_{account}"} | _WHO[cloud]
    values = {name: value for name, value in values.items() if value is not None}
    text = "".join(render_block("variables", [], values, None).splitlines(keepends=True)[1:-1])
    return textwrap.dedent(text)


def _quotas(cloud: str, environments: Sequence[Environment]) -> list[str]:
    """What each environment needs of an account, beside what a new one has; nothing without environments."""
    needs = {
        environment.name: {need.quota: need for need in needs_of(environment, cloud)}
        for environment in promotion_order(environments)
    }
    found_first = dict.fromkeys(quota for found in needs.values() for quota in found)
    services = list(dict.fromkeys(quota.service for quota in found_first))
    rows: list[Quota] = sorted(found_first, key=lambda quota: services.index(quota.service))
    if not rows:
        return []
    lines = [
        [
            quota.words,
            f"{quota.service} `{quota.name}`",
            "not published" if quota.new_account is None else str(quota.new_account),
            *(_amount(found.get(quota)) for found in needs.values()),
        ]
        for quota in rows
    ]
    sources = "\n".join(f"- {source}" for source in dict.fromkeys(f"{quota.service}: {quota.source}" for quota in rows))
    return [
        "## What the account needs",
        "With the fewest nodes, and with the most of them and those that an upgrade adds for its time. **Bold** is "
        "more than a new account has: ask for it some days before. Environments that share an account need the sum. "
        "Environments that are on another cloud today are counted as if they moved here.",
        table(["What", "In the cloud's words", "A new account", *needs], lines),
        f"Where it was read:\n\n{sources}",
    ]


def _amount(need: Need | None) -> str:
    if need is None:
        return ""
    text = str(need.most) if need.least == need.most else f"{need.least} to {need.most}"
    return f"**{text}**" if need.exceeds_new_account else text
