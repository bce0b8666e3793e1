"""What `python -O` leaves out of the bindings: nothing that anybody misses, and not less than it should."""

import os
import subprocess
import sys
from pathlib import Path

from tests.workspace import REPOSITORY

_PRELUDE = """
import sys
from cdk import fast_loading
fast_loading.prepare()
from cdk.azurerm import KeyVault, KeyVaultNetworkAcls
from cdk.core import App, TerraformStack
stack = TerraformStack(App(outdir=sys.argv[1]), "stack")
rules = KeyVaultNetworkAcls(bypass="AzureServices", default_action="Deny")
vault = KeyVault(
    stack, "vault", location="brazilsouth", name="kv", resource_group_name="rg", sku_name="standard", tenant_id="t",
    network_acls=rules,
)
module = sys.modules[KeyVault.__module__]
"""


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "constructs")}
    command = [sys.executable, "-O", "-c", _PRELUDE + script, folder]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_what_a_synthesis_does_not_read_is_left_out(tmp_path: Path) -> None:
    """Should a binding have another form some day, all of it would be loaded, four times as much, unless this told."""
    result = run(
        """
print([name for name in vars(module._private) if name.endswith(("OutputReference", "List"))])
check = vars(module._private).get("check_type")  # which newer bindings import, and share
print(check is not None and check.__module__ != "jsii._type_checking", "typeguard" in sys.modules)
print([name for name, value in vars(KeyVaultNetworkAcls).items() if isinstance(value, property)])
""",
        tmp_path,
    )
    assert result.stdout == "[]\nFalse False\n[]\n", result.stderr


def test_what_is_left_out_is_there_once_it_is_read(tmp_path: Path) -> None:
    """The classes of what a resource tells, with all that they can do, and the members of structs."""
    result = run(
        """
told = vault.network_acls
print(type(told).__name__, type(told).__module__ == module.__name__ + ".told")
print(told.bypass_input, told.ip_rules_input, told.internal_value == rules)
vault.put_timeouts(create="1h")
print(vault.timeouts.create_input)
print(rules.default_action, rules.ip_rules)
print(rules == KeyVaultNetworkAcls(bypass="AzureServices", default_action="Deny"))
rules.colour
""",
        tmp_path,
    )
    expected = ["KeyVaultNetworkAclsOutputReference True", "AzureServices None True", "1h", "Deny None", "True"]
    assert result.stdout.splitlines() == expected, result.stderr
    assert "KeyVaultNetworkAcls has no member colour" in result.stderr
