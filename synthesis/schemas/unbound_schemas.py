"""The schemas of what has no CDKTF binding, whole providers and ephemeral resources: as much of them as is used."""

from collections.abc import Mapping
from typing import Any

from synthesis.schemas.binding_schema import Attribute, Schema

_ARGUMENTS: dict[str, Attribute] = {
    "length": {"type": "number", "required": True},
    "lower": {"type": "bool", "optional": True, "computed": True},
    "min_lower": {"type": "number", "optional": True, "computed": True},
    "min_numeric": {"type": "number", "optional": True, "computed": True},
    "min_special": {"type": "number", "optional": True, "computed": True},
    "min_upper": {"type": "number", "optional": True, "computed": True},
    "numeric": {"type": "bool", "optional": True, "computed": True},
    "override_special": {"type": "string", "optional": True},
    "special": {"type": "bool", "optional": True, "computed": True},
    "upper": {"type": "bool", "optional": True, "computed": True},
    "bcrypt_hash": {"type": "string", "computed": True, "sensitive": True},
    "result": {"type": "string", "computed": True, "sensitive": True},
}


_REQUIRED: Attribute = {"type": "string", "required": True}
_OPTIONAL: Attribute = {"type": "string", "optional": True, "computed": True}
_COMPUTED: Attribute = {"type": "string", "computed": True}
_COMPUTED_SECRET: Attribute = {"type": "string", "computed": True, "sensitive": True}


def _schema(attributes: dict[str, Attribute]) -> Schema:
    return {"version": 0, "block": {"attributes": attributes, "block_types": {}}}


# "random_password (Ephemeral Resource)" and "random_password (Resource)" in the documentation of hashicorp/random.
_RANDOM = {
    "about": {"source": "hashicorp/random", "version": "3.7.2"},
    "provider": _schema({}),
    "ephemeral random_password": _schema(_ARGUMENTS),
    "resource random_password": _schema(
        {
            **_ARGUMENTS,
            "id": {"type": "string", "computed": True},
            "keepers": {"type": ["map", "string"], "optional": True},
        }
    ),
}

# "The terraform_remote_state Data Source" and "The terraform_data Managed Resource Type" in Terraform's own
# documentation.
_TERRAFORM = {
    "about": {"source": "terraform.io/builtin/terraform", "version": "built-in"},
    "provider": _schema({}),
    "data terraform_remote_state": _schema(
        {
            "backend": {"type": "string", "required": True},
            "config": {"type": "dynamic", "optional": True},
            "defaults": {"type": "dynamic", "optional": True},
            "outputs": {"type": "dynamic", "computed": True},
            "workspace": {"type": "string", "optional": True},
        }
    ),
    "resource terraform_data": _schema(
        {
            "id": {"type": "string", "computed": True},
            "input": {"type": "dynamic", "optional": True},
            "output": {"type": "dynamic", "computed": True},
            "triggers_replace": {"type": "dynamic", "optional": True},
        }
    ),
}

# Each named so under "Ephemeral Resources" in its provider's documentation; attributes as in the provider's source.
EPHEMERAL: Mapping[str, Mapping[str, Schema]] = {
    "aws": {
        "ephemeral aws_secretsmanager_secret_version": _schema(
            {
                "arn": _COMPUTED,
                "created_date": _COMPUTED,
                "secret_binary": _COMPUTED_SECRET,
                "secret_id": _REQUIRED,
                "secret_string": _COMPUTED_SECRET,
                "version_id": _OPTIONAL,
                "version_stage": _OPTIONAL,
                "version_stages": {"type": ["list", "string"], "computed": True},
            }
        )
    },
    "azurerm": {
        "ephemeral azurerm_key_vault_secret": _schema(
            {
                "expiration_date": _COMPUTED,
                "id": _COMPUTED,
                "key_vault_id": _REQUIRED,
                "name": _REQUIRED,
                "not_before_date": _COMPUTED,
                "resource_id": _COMPUTED,
                "resource_versionless_id": _COMPUTED,
                "value": _COMPUTED,
                "version": _OPTIONAL,
                "versionless_id": _COMPUTED,
            }
        )
    },
    "google": {
        "ephemeral google_secret_manager_secret_version": _schema(
            {
                "create_time": _COMPUTED,
                "destroy_time": _COMPUTED,
                "enabled": {"type": "bool", "computed": True},
                "is_secret_data_base64": {"type": "bool", "optional": True},
                "name": _COMPUTED,
                "project": _OPTIONAL,
                "secret": _REQUIRED,
                "secret_data": _COMPUTED_SECRET,
                "version": {"type": "string", "optional": True},
            }
        )
    },
}
"""By provider with a binding, which has no ephemeral resources: what its cache file holds besides, by the key."""

BUILT_IN = "terraform"
"""The provider that is part of Terraform, which nobody requires."""

UNBOUND: Mapping[str, Mapping[str, Any]] = {"random": _RANDOM, BUILT_IN: _TERRAFORM}
"""By provider: what its cache file holds, by the key of the line."""
