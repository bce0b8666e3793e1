"""Chooses where Terraform gets each provider from, and says so in a CLI configuration file."""

import hashlib
import json
import os
from pathlib import Path

from flowwise.tables.providers import PROVIDERS
from tests.offline.attached import attachments
from tests.offline.real_providers import REGISTRY, RealProvider, find_real_provider
from tests.offline.stand_ins import FOLDER, MIRROR, build_stand_ins, stand_in_version


def offline_cli_config() -> Path:
    """The file to name in TF_CLI_CONFIG_FILE, so that Terraform installs providers without a network.

    A real provider is used if it is at hand, and otherwise its stand-in, which is built if need be. With
    TERRAFORM_REGISTRY=1 in the environment, Terraform installs all of them from the registry instead.
    """
    text = "disable_checkpoint = true\n\nprovider_installation {\n" + _methods() + "}\n"
    # One file for each content, so that sessions with different settings do not get in each other's way.
    file = FOLDER / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.tfrc"
    if not file.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return file


def offline_environment() -> dict[str, str]:
    """The environment variables with which `terraform` and `cdktf` need no network, and start their providers."""
    # cdktf runs `terraform providers lock` in a folder without a lock file, and that asks the registry unless told.
    lock = {} if _use_registry() else {"TF_CLI_ARGS_providers_lock": f"-fs-mirror={MIRROR}"}
    return {"TF_CLI_CONFIG_FILE": str(offline_cli_config()), "CHECKPOINT_DISABLE": "1", **lock}


def attached_environment(*, real: bool = False, **variables: str) -> dict[str, str]:
    """The same, with stand-ins that run already, so that a command takes a fraction of the time.

    They know the types of resources in `infra/` and no others, and in place of the environment of the command these
    variables. With `real`, a provider that is at hand takes the place of its stand-in.
    """
    environment = offline_environment()
    if real and _use_registry():
        return environment
    return environment | {"TF_REATTACH_PROVIDERS": attachments(_real_providers() if real else {}, variables)}


def provider_origins() -> dict[str, str]:
    """Where each provider comes from, in words: "azurerm" -> "offline stand-in 4.61.0"."""
    if _use_registry():
        return dict.fromkeys(PROVIDERS, "real, from the registry")
    build_stand_ins()
    return {
        name: f"real {real.version} from {real.mirror}" if real else f"offline stand-in {stand_in_version(name)}"
        for name, real in _real_providers().items()
    }


def _methods() -> str:
    if _use_registry():
        return "  direct {}\n"
    build_stand_ins()
    providers_in: dict[Path, list[str]] = {}
    for name, real in _real_providers().items():
        providers_in.setdefault(real.mirror if real else MIRROR, []).append(PROVIDERS[name].source)
    return "".join(
        "  filesystem_mirror {\n"
        f"    path    = {json.dumps(str(mirror))}\n"
        f"    include = {json.dumps([f'{REGISTRY}/{source}' for source in sources])}\n"
        "  }\n"
        for mirror, sources in providers_in.items()
    )


def _real_providers() -> dict[str, RealProvider | None]:
    return {name: find_real_provider(provider) for name, provider in PROVIDERS.items()}


def _use_registry() -> bool:
    return os.environ.get("TERRAFORM_REGISTRY") == "1"
