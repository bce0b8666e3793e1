"""What of the caller's environment Terraform gets to see: nothing with which a plan would be of something else.

Terraform reads settings from variables that begin with `TF_` ("Environment Variables", Terraform CLI). One that was
meant for another project, such as TF_WORKSPACE, has it plan another state without a word.
"""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path

from environments.wording import nearest
from flowwise.tables.accounts import ACCOUNTS
from operations.failure import OperationError
from operations.tool import program

_ALLOWED = (
    "TF_CLI_ARGS_providers_*",  # of commands that make lock files and mirrors
    "TF_CLI_CONFIG_FILE",  # where providers come from, and how registries are signed in to
    "TF_ENABLE_PLUGGABLE_STATE_STORAGE",
    "TF_IN_AUTOMATION",
    "TF_INPUT",
    "TF_LOG",
    "TF_LOG_*",
    "TF_PLUGIN_*",
    "TF_PROVIDER_DOWNLOAD_RETRY",
    "TF_REATTACH_PROVIDERS",
    "TF_REGISTRY_*",
    "TF_TOKEN_*",
)
"""What makes no other plan."""

_WHY = {
    "TF_WORKSPACE": "it has Terraform plan another state than the stack's",
    "TF_DATA_DIR": "it has Terraform take modules, providers and the backend from elsewhere",
    "TF_CLI_ARGS*": "it adds arguments to Terraform's commands, such as -target, so that a plan is not what it seems",
}
_HARMLESS_ARGUMENTS = (
    r"-no-color",
    r"-compact-warnings",
    r"-parallelism=\d+",
    r"-backend-config=(use_path_style|skip_[a-z_]+)=(true|false)",  # for an S3 of one's own; not which state it is
)
_HARMLESS = re.compile(rf"( *({'|'.join(_HARMLESS_ARGUMENTS)}))+ *")
_VARIABLE = re.compile(r'^variable "([^"]+)"', re.MULTILINE)


def terraform_environment(caller: Mapping[str, str], infra: Path) -> dict[str, str]:
    """The caller's environment, to start Terraform in. Raises OperationError if it would bend what Terraform does.

    What a GitHub environment does not define arrives as an empty text: to Terraform that is nothing, but for variables
    of roots, to which it would be a value. So these are left out.
    """
    given = {name: value for name, value in caller.items() if value or not name.startswith("TF_")}
    known = _variables(infra)
    refused = [
        complaint
        for name, value in sorted(given.items())
        if not (name.startswith("TF_CLI_ARGS") and _HARMLESS.fullmatch(value))
        and (complaint := _complaint(name, known))
    ]
    if refused:
        raise OperationError("\n".join(refused))
    return given


def check_workspace(root: Path) -> None:
    """Raise OperationError if somebody has selected another workspace in a root than the one that there is."""
    selected = root / ".terraform" / "environment"
    name = selected.read_text().strip() if selected.is_file() else ""
    if name not in ("", "default"):
        raise OperationError(
            f'In {root} the workspace "{name}" is selected, whose state is not the stack\'s: '
            f"run `{program()} -chdir={root} workspace select default`."
        )


def _complaint(name: str, known: Iterable[str]) -> str | None:
    """What is wrong with a variable of the caller's, if anything is."""
    if not name.startswith("TF_") or any(fnmatch(name, allowed) for allowed in _ALLOWED):
        return None
    if variable := re.fullmatch("TF_VAR_(.*)", name):
        if variable[1] in known:
            return None
        near = nearest(variable[1], known).strip('"')
        hint = f" Did you mean TF_VAR_{near}?" if near else ""
        return f"{name} is set, and no root has such a variable: `unset {name}`.{hint}"
    why = next((reason for pattern, reason in _WHY.items() if fnmatch(name, pattern)), "nobody here knows what it does")
    return f"{name} is set, and {why}: `unset {name}`."


def _variables(infra: Path) -> list[str]:
    """The variables of all roots, in a cloud or not yet: whoever works on several has those of all of them."""
    names = {account.variable for account in ACCOUNTS.values()}
    for pattern in ("environments/**/variables.tf", "bootstrap/*/variables.tf"):
        for file in infra.glob(pattern):
            if file.is_file():
                names.update(_VARIABLE.findall(file.read_text()))
    return sorted(names)
