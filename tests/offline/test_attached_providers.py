"""Providers that run already: Terraform attaches to them, they serve what `infra/` has, and they go with the tests."""

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from flowwise.tables.providers import PROVIDERS
from tests.offline import attached_environment, provider_origins, terraform, try_terraform
from tests.offline.plugin.protobuf import field, message
from tests.offline.plugin.schema import only
from tests.offline.real_providers import REGISTRY
from tests.workspace import REPOSITORY

pytestmark = pytest.mark.terraform

GROUP = 'resource "azurerm_resource_group" "this" {\n  name     = "flowwise"\n  location = "brazilsouth"\n}\n'
NETWORK = 'resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/33"\n}\n'


def test_no_command_starts_a_provider(tmp_path: Path) -> None:
    """There is none to be found, so what answers is what runs already."""
    nothing = tmp_path / "nothing.tfrc"
    nothing.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}/nowhere"\n  }}\n}}\n')
    environment = attached_environment() | {"TF_CLI_CONFIG_FILE": str(nothing)}
    (tmp_path / "main.tf").write_text(GROUP)
    for command in (["init"], ["validate"], ["apply", "-auto-approve"]):
        terraform(tmp_path, *command, environment=environment)
    assert "No changes." in terraform(tmp_path, "plan", environment=environment)
    assert not (tmp_path / ".terraform" / "providers").exists()


def test_what_the_tree_does_not_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(GROUP + 'resource "azurerm_lighthouse_assignment" "this" {}\n')
    terraform(tmp_path, "init")
    assert "Invalid resource type" in try_terraform(tmp_path, "validate").stderr


def test_a_schema_is_cut_to_the_types_in_use() -> None:
    def schemas(number: int, *types: str) -> bytes:
        return b"".join(message(number, field(1, type_) + message(2, b"\x08\x01")) for type_ in types)

    around = message(1, b"\x08\x01") + schemas(7, "function") + message(6, field(2, True))
    whole = around + schemas(2, "a", "b", "c") + schemas(3, "b", "d") + schemas(8, "e")
    assert only({"b", "c"}, whole) == around + schemas(2, "b", "c") + schemas(3, "b")


def test_a_real_provider_answers_in_place_of_its_stand_in(tmp_path: Path) -> None:
    if provider_origins()["aws"].startswith("offline"):
        pytest.skip("the real AWS provider is not at hand in any filesystem mirror")
    (tmp_path / "main.tf").write_text(NETWORK)
    real = attached_environment(real=True)
    terraform(tmp_path, "init", environment=real)
    terraform(tmp_path, "validate")  # the stand-in knows that it is a text, and no more
    assert "invalid CIDR address: 10.0.0.0/33" in try_terraform(tmp_path, "validate", environment=real).stderr


def test_they_go_with_whoever_started_them() -> None:
    attach = "from tests.offline.attached import attachments; print(attachments({}, {}), flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", f"import sys; {attach}; sys.stdin.read()"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        assert tests.stdout
        attached = json.loads(tests.stdout.readline())
        tests.kill()
    assert attached.keys() == {f"{REGISTRY}/{provider.source}" for provider in PROVIDERS.values()}
    sockets = [Path(each["Addr"]["String"]) for each in attached.values()]
    for pid in {each["Pid"] for each in attached.values()}:
        if psutil.pid_exists(pid):
            psutil.Process(pid).wait(timeout=10)
    assert not [socket for socket in sockets if socket.exists()]
