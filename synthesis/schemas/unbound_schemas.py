"""The schemas of providers that have no CDKTF binding: as much of them as the modules use."""

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

BUILT_IN = "terraform"
"""The provider that is part of Terraform, which nobody requires."""

UNBOUND: Mapping[str, Mapping[str, Any]] = {"random": _RANDOM, BUILT_IN: _TERRAFORM}
"""By provider: what its cache file holds, by the key of the line."""
