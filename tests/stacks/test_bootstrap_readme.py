"""The first day works as its READMEs say it: every command, in its order, in one shell, on stand-ins of the clouds."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

from flowwise.aws.service_roles import SERVICE_ROLES
from flowwise.azure.namespaces import NAMESPACES
from flowwise.tables.project import CLOUDS
from tests.offline import attached_environment
from tests.operations.cloud_answers import PROJECT, READY
from tests.operations.recorded import Answers, asked, fails, write_recorded
from tests.workspace import INFRA, REPOSITORY, copy_of_repository

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ME = "22222222-2222-2222-2222-222222222222"
# What the commands say besides what the preflight asks.
MORE: dict[str, Answers] = {
    "azure": {
        "az login": [],
        "az account set": "",
        "az provider register": "",
        "az feature register": "",
        "az ad signed-in-user show": ME,
        "curl --silent https://checkip.amazonaws.com": "203.0.113.7",
    },
    "aws": {"aws iam create-service-linked-role": fails("An error occurred (InvalidInput): it has been taken")},
    "google": {
        "gcloud auth login": "",
        "gcloud config set project": "",
        "gcloud config get-value account": "ana@flowwise.example",
        "gcloud services enable": "",
        "gcloud beta services identity create": "",
        "gcloud billing projects describe flowwise-project --format=value": "billingAccounts/0A-1B-2C",
        "gcloud billing accounts add-iam-policy-binding": "",
    },
}
GITHUB: Answers = {
    "gh repo view": {"nameWithOwner": "flowwise/platform"},
    "gh api orgs/flowwise/teams/infraestrutura": {"id": 1},
    "gh api repos/flowwise/platform/rulesets": [],
    "gh api --silent": "",
    "gh api repos/flowwise/platform/environments": {"branch_policies": [{"name": "main"}]},
    "gh variable list": [],
    "gh variable set": "",
}
# The state moves into another file, as no cloud is there to move it into: what the backend is told is kept.
_TERRAFORM = """#!/bin/sh
case "$*" in
*-migrate-state*)
  printf 'terraform {{\\n  backend "local" {{\\n    path = "moved.tfstate"\\n  }}\\n}}\\n' > backend_override.tf
  exec {terraform} init -migrate-state -force-copy ;;
esac
exec {terraform} "$@"
"""
STORAGE: dict[str, dict[str, str]] = {
    "azure": {
        "container_name": "tfstate",
        "resource_group_name": "rg-flowwise-dev-tfstate",
        "storage_account_name": "stflowwisedevtf184ce0",
    },
    "aws": {"bucket": "tfstate-flowwise-dev-184ce0", "region": "sa-east-1"},
    "google": {"bucket": "tfstate-flowwise-dev-184ce0"},
}


def blocks(cloud: str) -> list[str]:
    return _BLOCK.findall((INFRA / "bootstrap" / cloud / "README.md").read_text())


def first_day(cloud: str, folder: Path, answers: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run all commands of a README, in a copy of the repository whose dev is on that cloud."""
    repository = copy_of_repository(folder)
    for name in ("Makefile", ".gitignore", ".npmrc", "requirements.lock", "package-lock.json"):
        shutil.copy2(REPOSITORY / name, repository)
    dev = repository / "environments" / "dev.toml"
    dev.write_text(re.sub(r'^(cloud +)= "\w+"', rf'\1= "{cloud}"', dev.read_text(), flags=re.MULTILINE))
    (repository / ".github").mkdir()
    shutil.copy2(REPOSITORY / ".github/CODEOWNERS", repository / ".github")
    clients = write_recorded(folder, answers)
    real = shutil.which("terraform")
    assert real
    (clients / "terraform").write_text(_TERRAFORM.format(terraform=quote(real)))
    (clients / "terraform").chmod(0o755)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks(cloud))],
        cwd=repository / "infra" / "bootstrap" / cloud,
        env=os.environ
        | attached_environment()
        | {
            "PATH": f"{clients}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(repository / "constructs"),
            "TF_CLI_ARGS_apply": "-auto-approve",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )


@pytest.mark.terraform
@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_command_works(cloud: str, tmp_path: Path) -> None:
    result = first_day(cloud, tmp_path, READY[cloud]() | MORE[cloud] | GITHUB)
    assert result.returncode == 0, result.stdout[-5000:]
    assert "Apply complete!" in result.stdout
    assert "No changes." in result.stdout
    assert ", 0 not ok, 0 could not be asked." in result.stdout
    root = tmp_path / "infra" / "bootstrap" / cloud
    assert (root / "moved.tfstate").exists() and not (root / "terraform.tfstate").exists()
    assert json.loads((root / "dev.tfbackend.json").read_text()) == STORAGE[cloud]
    told_to_github = [command for command in asked(tmp_path) if command.startswith("gh variable set")]
    assert told_to_github == [
        "gh variable set --env dev-review --env-file .terraform/review.env",
        "gh variable set --env dev-drift --env-file .terraform/drift.env",
        "gh variable set --env dev-plan --env-file .terraform/plan.env",
        "gh variable set --env dev --env-file .terraform/apply.env",
    ]
    for what in ("review", "drift", "plan", "apply"):
        variables = (root / ".terraform" / f"{what}.env").read_text()
        assert variables and re.fullmatch(r"([A-Z_]+=.+\n)+", variables)


def test_the_first_day_on_azure_names_whoever_is_at_work() -> None:
    text = "".join(blocks("azure"))
    assert 'me = "$(az ad signed-in-user show --query id --output tsv)"' in text
    assert re.search(r'^operator_cidrs += \["\$\(curl .*\)/32"\]$', text, re.MULTILINE)


def types(pattern: str) -> set[str]:
    return {
        type_
        for file in INFRA.rglob("*.tf")
        for type_ in re.findall(rf'^(?:resource|data) "{pattern}"', file.read_text(), re.MULTILINE)
    }


def test_every_type_of_azure_has_a_resource_provider_and_each_of_those_a_type() -> None:
    found = types(r"azurerm_(\w+)")
    by_namespace = {
        namespace: {type_ for type_ in found if type_.startswith(beginnings)}
        for namespace, beginnings in NAMESPACES.items()
    }
    assert found - set().union(*by_namespace.values()) == set()
    assert [namespace for namespace, of_it in by_namespace.items() if not of_it] == []
    (registered,) = re.findall(r"for namespace in (.*?); do\n", "".join(blocks("azure")), re.DOTALL)
    assert set(registered.replace("\\\n", "").split()) == set(NAMESPACES)


def test_every_role_of_a_service_of_aws_is_for_something_that_is_made() -> None:
    assert set(SERVICE_ROLES.values()) <= types(r"(aws_\w+)")
    (made,) = re.findall(r"for service in (.*?); do\n  aws iam", "".join(blocks("aws")), re.DOTALL)
    assert set(made.split()) == set(SERVICE_ROLES)


def test_the_billing_account_is_the_projects(tmp_path: Path) -> None:
    """Google names it with its kind in front, which gcloud does not want back."""
    (block,) = [block for block in blocks("google") if "add-iam-policy-binding" in block]
    answers = MORE["google"] | {
        "terraform output -json": dict.fromkeys(("plan", "drift", "apply"), "serviceAccount:x@flowwise-project.iam")
    }
    path = f"{write_recorded(tmp_path, answers)}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        env=os.environ | {"PATH": path, "TF_VAR_project_id": PROJECT},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    bindings = [command for command in asked(tmp_path) if "add-iam-policy-binding" in command]
    assert len(bindings) == 4
    assert all(command.startswith("gcloud billing accounts add-iam-policy-binding 0A-1B-2C ") for command in bindings)
    assert bindings[-1].endswith("--role=roles/billing.costsManager --member=user:ana@flowwise.example")
