"""Where a root keeps its state: in the storage that the module remote-state makes for its environment."""

from collections.abc import Callable, Mapping
from typing import Any

from cdk.core import (
    AzurermBackend,
    DataTerraformRemoteStateAzurerm,
    DataTerraformRemoteStateGcs,
    DataTerraformRemoteStateS3,
    GcsBackend,
    S3Backend,
)
from environments import Environment
from flowwise.remote_state import AWS_KEY_SUFFIX, AZURE_ACCOUNT_SUFFIX, AZURE_CONTAINER
from flowwise.tables.naming import known_name
from flowwise.tables.regions import REGIONS
from stacks.folder_stack import FolderStack


def storage_account(environment: Environment) -> str:
    """The name of the storage account of an environment's states, on Azure."""
    return known_name("storage_account", environment.prefix, AZURE_ACCOUNT_SUFFIX, owner=environment.organization)


def _azure(environment: Environment) -> dict[str, Any]:
    return {
        "storage_account_name": storage_account(environment),
        "container_name": AZURE_CONTAINER,
        "use_azuread_auth": True,
    }


def _aws(environment: Environment) -> dict[str, Any]:
    return {
        "bucket": known_name("s3_state_bucket", environment.prefix, owner=environment.organization),
        "region": REGIONS[environment.known_region]["aws"].code,
        **({"allowed_account_ids": [environment.account]} if environment.account else {}),
    }


def _google(environment: Environment) -> dict[str, Any]:
    return {"bucket": known_name("gcs_state_bucket", environment.prefix, owner=environment.organization)}


_STORAGE: Mapping[str, Callable[[Environment], dict[str, Any]]] = {"azure": _azure, "aws": _aws, "google": _google}
_BACKENDS = {"azure": AzurermBackend, "aws": S3Backend, "google": GcsBackend}
_READERS = {
    "azure": DataTerraformRemoteStateAzurerm,
    "aws": DataTerraformRemoteStateS3,
    "google": DataTerraformRemoteStateGcs,
}


def _object(cloud: str, root: str) -> dict[str, str]:
    """Which of the storage's objects is the state of a root."""
    return {"prefix": root} if cloud == "google" else {"key": f"{root}.tfstate"}


def keep_state(stack: FolderStack, environment: Environment, root: str) -> None:
    """Have a root of an environment in a cloud keep its state in the environment's own storage."""
    cloud = environment.cloud
    _BACKENDS[cloud](stack, **_STORAGE[cloud](environment), **_object(cloud, root))
    if cloud == "aws":
        # What CDKTF does not know of, or would not say without: lock with an object, and encrypt with our key.
        for name, value in {
            "use_lockfile": True,
            "encrypt": True,
            "kms_key_id": known_name("kms_alias", environment.prefix, AWS_KEY_SUFFIX),
        }.items():
            stack.add_override(f"terraform.backend.s3.{name}", value)


def read_state(stack: FolderStack, environment: Environment, root: str) -> None:
    """Have a root read the outputs of another, as `data.terraform_remote_state.<root>`."""
    cloud = environment.cloud
    _READERS[cloud](stack, root, **_STORAGE[cloud](environment), **_object(cloud, root))
