"""What a new machine does: its script, run by bash with GitHub, the cloud's store of secrets and the system played."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flowwise.runner.script import script
from flowwise.tables.project import CLOUDS
from flowwise.tables.runner import AWS_CLI, GITHUB_RUNNER
from tests.workspace import INFRA

PARTS = {"azure": ("azure.sh",), "aws": ("power.sh", "aws.sh"), "google": ("power.sh", "google.sh")}
SETTINGS = {
    "ORGANIZATION": "flowwise",
    "APPLICATION": "Iv23liEXAMPLE",
    "LABEL": "runner-dev",
    "SECRET_STORE": "https://kvs.vault.azure.net/",
    "SECRET": "runner",
    "IDENTITY": "11111111-1111-1111-1111-111111111111",
    "HEALTH_PORT": "8484",
}
# Answers GitHub's API and both clouds' by what is asked, and keeps each request: its method, address, token and body.
CURL = (
    f"#!{sys.executable} -IS"
    + """
import base64, json, os, sys
asked = sys.argv[1:]
address = next(each for each in asked if each.startswith("http"))
def after(option):
    return [asked[place + 1] for place, each in enumerate(asked) if each == option]
with open(os.environ["LOG"], "a") as log:
    log.write(json.dumps({"address": address, "method": after("--request"), "headers": after("--header"),
                          "data": after("--data")}) + "\\n")
key = open(os.environ["KEY"]).read()
answers = {
    "/identity/oauth2/token": {"access_token": "of-the-machine"},
    "/service-accounts/default/token": {"access_token": "of-the-machine"},
    "/secrets/runner?api-version=7.4": {"value": key},
    "/secrets/runner/versions/latest:access": {"payload": {"data": base64.b64encode(key.encode()).decode()}},
    "/orgs/flowwise/installation": {"id": 42},
    "/app/installations/42/access_tokens": {"token": "of-the-installation"},
    "/orgs/flowwise/actions/runner-groups?per_page=100": {"runner_groups": [
        {"id": 1, "name": "Default"}, {"id": 8, "name": "runner-prod"}, {"id": 9, "name": "runner-dev"}]},
    "/orgs/flowwise/actions/runners/generate-jitconfig": {"encoded_jit_config": "a-configuration"},
}
print(json.dumps(next(answer for end, answer in answers.items() if address.endswith(end))))
"""
)
AWS = '#!/bin/sh\necho "$@" > "$LOG.aws"\ncat "$KEY"\n'
pytestmark = pytest.mark.skipif(
    not (shutil.which("jq") and shutil.which("openssl")), reason="needs jq and openssl, as the machine does"
)


@pytest.fixture(scope="module")
def private_key() -> str:
    made = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True, text=True)
    return made.stdout


@pytest.fixture
def machine(tmp_path: Path, private_key: str) -> dict[str, str]:
    """The environment of a machine whose network is played, and whose App has a key."""
    for name, text in (("curl", CURL), ("aws", AWS)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    key = tmp_path / "key.pem"
    key.write_text(private_key)
    played = {"LOG": str(tmp_path / "asked"), "KEY": str(key), "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    return os.environ | SETTINGS | played


def run(cloud: str, commands: str, machine: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run commands in place of the script's last line, which begins."""
    text = script(*PARTS[cloud], "runner.sh")
    assert text.endswith("\nmain\n")
    return subprocess.run(
        ["bash", "-c", text.removesuffix("main\n") + commands],
        env=machine,
        capture_output=True,
        text=True,
        timeout=60,
    )


def asked(machine: dict[str, str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(machine["LOG"]).read_text().splitlines()]


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_machine_registers_for_one_job_in_the_group_of_its_environment(cloud: str, machine: dict[str, str]) -> None:
    if cloud != "azure":
        machine |= {"SECRET_STORE": "sa-east-1" if cloud == "aws" else "flowwise-project"}
    result = run(cloud, "register", machine)
    assert (result.stdout, result.returncode) == ("a-configuration\n", 0), result.stderr
    installation, token, groups, register = (each for each in asked(machine) if "api.github.com" in each["address"])
    assert json.loads(token["data"][0]) == {"permissions": {"organization_self_hosted_runners": "write"}}
    assert [each["headers"][0] for each in (groups, register)] == ["Authorization: Bearer of-the-installation"] * 2
    body = json.loads(register["data"][0])
    assert (body["runner_group_id"], body["labels"]) == (9, ["runner-dev"])
    assert body["name"].startswith("runner-dev-")
    assert_signed(installation["headers"][0].removeprefix("Authorization: Bearer "), machine)


def assert_signed(token: str, machine: dict[str, str]) -> None:
    """The App's own token says who it is, for less than ten minutes, and its key has signed it."""
    header, payload, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    claims = json.loads(payload)
    assert json.loads(header)["alg"] == "RS256" and claims["iss"] == "Iv23liEXAMPLE"
    assert 0 < claims["exp"] - claims["iat"] <= 600
    public, signed = Path(machine["KEY"]).with_name("public.pem"), Path(machine["KEY"]).with_name("signature")
    subprocess.run(
        ["openssl", "rsa", "-in", machine["KEY"], "-pubout", "-out", str(public)], check=True, capture_output=True
    )
    signed.write_bytes(signature)
    command = ["openssl", "dgst", "-sha256", "-verify", str(public), "-signature", str(signed)]
    subprocess.run(command, input=token.rpartition(".")[0].encode(), check=True, capture_output=True)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_machine_waits_for_the_key(cloud: str, machine: dict[str, str]) -> None:
    """The store says "not-set" until somebody gives it: GitHub is not asked, and nothing of it is printed."""
    Path(machine["KEY"]).write_text("not-set")
    result = run(cloud, "register || echo waits", machine)
    assert result.stdout == "waits\n" and "no private key yet" in result.stderr
    log = Path(machine["LOG"])
    assert not log.exists() or not [each for each in asked(machine) if "github" in each["address"]]


def test_an_unknown_group_is_no_runner(machine: dict[str, str]) -> None:
    """Without `make github`, nothing registers in a group that every workflow may use."""
    result = run("azure", "register || echo waits", machine | {"LABEL": "runner-qa"})
    assert result.stdout == "waits\n"
    assert not [each for each in asked(machine) if each["address"].endswith("generate-jitconfig")]


def test_what_is_downloaded_has_the_checksum_of_the_table_or_is_refused(
    machine: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "curl").write_text('#!/bin/sh\nwhile [ "$1" != --output ]; do shift; done\nprintf other > "$2"\n')
    other = hashlib.sha256(b"other").hexdigest()
    file = tmp_path / "file"
    assert run("aws", f"fetch https://x {file} {GITHUB_RUNNER.sha256}", machine).returncode != 0
    assert run("aws", f"fetch https://x {file} {other}", machine).returncode == 0


STEPS = "install_packages keep_from_jobs install_tools install_runner announce retire systemctl runuser sleep"


def lived(machine: dict[str, str], job: str, *, cloud: str = "aws") -> list[str]:
    """What `main` does, in its order, with every step played; `job` is what the runner's own program does."""
    machine |= {"LIFE": f"{machine['LOG']}.life"}
    played = "".join(f'{step}() {{ echo "{step} $*" >> "$LIFE"; }}\n' for step in STEPS.split())
    played += f'runuser() {{ echo "runuser $*" >> "$LIFE"; {job}; }}\n'
    commands = f"{played}register() {{ echo c0nf; }}\ncd() {{ :; }}\nmain"
    run(cloud, commands, machine)
    return Path(machine["LIFE"]).read_text().splitlines()


def test_a_machine_takes_one_job_and_goes(machine: dict[str, str]) -> None:
    life = lived(machine, "true")
    assert [each.split()[0] for each in life] == [
        *("announce", "systemctl", "install_packages", "keep_from_jobs", "install_tools", "install_runner"),
        *("runuser", "retire"),
    ]
    (job,) = (each for each in life if each.startswith("runuser"))
    assert job.startswith("runuser -u runner -- env --ignore-environment ") and job.endswith(
        "./run.sh --jitconfig c0nf"
    )


def test_a_machine_that_fails_waits_before_another_comes(machine: dict[str, str]) -> None:
    assert lived(machine, "exit 3")[-2:] == ["sleep 300", "retire "]


def test_jobs_do_not_reach_what_gives_tokens_of_the_machine() -> None:
    text = script("runner.sh")
    rules = re.findall(r"^    meta skuid runner (.*) reject$", text, re.MULTILINE)
    assert len(rules) == 2 and "169.254.169.254, 168.63.129.16" in rules[0] and "fd00:ec2::254" in rules[1]
    order = text.partition("\nmain() {")[2]
    assert order.index("keep_from_jobs") < order.index("register") < order.index("runuser")
    assert not re.search(r"sudo|docker", text)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_cloud_init_is_given_fits_and_is_the_script(cloud: str) -> None:
    """AWS takes 16 KB of user data, the least of the three ("Instance metadata and user data")."""
    text = (INFRA / "modules" / "runner" / cloud / "main.tf").read_text()
    assert len(text) < 16_000
    assert ("awscli" in text) == (cloud == "aws") and (AWS_CLI.sha256 in text) == (cloud == "aws")
    assert GITHUB_RUNNER.sha256 in text


def test_no_machine_has_a_public_address_or_a_way_in() -> None:
    modules = {cloud: (INFRA / "modules" / "runner" / cloud / "main.tf").read_text() for cloud in CLOUDS}
    for text in modules.values():
        assert not re.search(r"public_ip|access_config|associate_public_ip|ingress_rule|source_ranges", text)
    rules = re.findall(r'^resource "azurerm_network_security_rule".*?^\}', modules["azure"], re.MULTILINE | re.DOTALL)
    told = [dict(re.findall(r'^  (\w+) += "?([^"\n]+)"?$', rule, re.MULTILINE)) for rule in rules]
    assert {(each["direction"], each["access"], each["destination_port_range"]) for each in told} == {
        *(("Inbound", "Deny", "*"), ("Outbound", "Allow", "443"), ("Outbound", "Deny", "*"))
    }
    assert "encryption_at_host_enabled" in modules["azure"] and "kms_key_id" in modules["aws"]
    assert "kms_key_self_link" in modules["google"]
