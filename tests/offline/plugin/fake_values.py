"""Values that a cloud could have answered: made up from names and types, the same whenever the input is."""

import base64
import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthesis.schemas.binding_schema import Attribute
    from synthesis.schemas.binding_source import CtyType

_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
_AWS_REGION = "sa-east-1"  # the provider's own, of which a stand-in is not told
_PRIMITIVE_ITEMS = 3  # enough for the usual slice of availability zones


class FakeValues:
    """Answers for one resource or data source of a type, whose arguments have these values."""

    def __init__(self, type_: str, values: dict[str, Any], seed: bytes) -> None:
        self._type = type_
        self._values = values
        self._seed = type_.encode() + seed

    def __call__(self, attribute: "Attribute", path: str) -> Any:
        """A value for the computed attribute at `path`, such as `identity[0].principal_id`."""
        return self._value(_type_of(attribute), path, is_argument=attribute.get("optional", False))

    def _value(self, type_: "CtyType | dict[str, CtyType]", path: str, is_argument: bool) -> Any:
        match type_:
            case "string":
                return self._text(path)
            case "number":
                return 0
            case "bool":
                return False
            case "dynamic":
                return [b'"string"', self._text(path)]  # msgpack form of a value whose type is not in the schema
            case ["object", dict(fields)]:
                return {name: self._value(field, f"{path}.{name}", is_argument) for name, field in fields.items()}
            case ["list" | "set", _] if is_argument:
                return []
            case ["list" | "set", element]:  # read-only, so that configurations may well index it
                items = 1 if isinstance(element, list) and element[0] == "object" else _PRIMITIVE_ITEMS
                return [self._value(element, f"{path}[{index}]", is_argument) for index in range(items)]
            case ["map", _]:
                return {}
        raise ValueError(f"{self._type}.{path} has an unknown type: {type_}")

    def _text(self, path: str) -> str:
        digest = hashlib.sha256(self._seed + path.encode()).hexdigest()
        if path == "id":
            return self._id(digest[:8])
        if path == "resource_versionless_id" and (vault := self._known("key_vault_id")):
            return f"{vault}/keys/{self._known('name')}"
        name = re.sub(r"\[\d+\]", "", path).rpartition(".")[2]
        for pattern, text in _TEXTS:
            if pattern.search(name):
                return text(digest, self._type)
        return f"{name}-{digest[:8]}"

    def _id(self, digest: str) -> str:
        if self._type == "aws_region":
            return _AWS_REGION
        if not self._type.startswith("azurerm_"):
            return f"{self._type}-{digest}"
        name = self._known("name") or digest
        if self._type == "azurerm_resource_group":
            return f"/subscriptions/{_SUBSCRIPTION}/resourceGroups/{name}"
        group = self._known("resource_group_name") or "rg"
        provided = f"/subscriptions/{_SUBSCRIPTION}/resourceGroups/{group}/providers/Offline"
        if network := self._known("virtual_network_name"):  # a subnet's identifier begins with its network's
            return f"{provided}/azurerm_virtual_network/{network}/subnets/{name}"
        return f"{provided}/{self._type}/{name}"

    def _known(self, argument: str) -> str | None:
        value = self._values.get(argument)
        return value if isinstance(value, str) else None


def _type_of(attribute: "Attribute") -> "CtyType":
    if "type" in attribute:
        return attribute["type"]
    nested = attribute["nested_type"]
    fields: CtyType = ["object", {name: _type_of(field) for name, field in nested["attributes"].items()}]
    return fields if nested["nesting_mode"] == "single" else [nested["nesting_mode"], fields]


def _guid(digest: str) -> str:
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def _base64(digest: str) -> str:
    return base64.b64encode(f"offline {digest[:8]}".encode()).decode()


# The first that the end of an attribute's name matches; `.invalid` and 192.0.2.0/24 are reserved for such uses.
_TEXTS: list[tuple[re.Pattern[str], Callable[[str, str], str]]] = [
    (re.compile(r"subscription_id$"), lambda digest, type_: _SUBSCRIPTION),
    (re.compile(r"(object|principal|tenant|client|application)_id$"), lambda digest, type_: _guid(digest)),
    (re.compile(r"(^|_)arns?$"), lambda digest, type_: f"arn:aws:offline:::{type_}/{digest[:8]}"),
    (re.compile(r"(certificate|certificate_data|_key|^data)$"), lambda digest, type_: _base64(digest)),
    (re.compile(r"email$"), lambda digest, type_: f"{digest[:8]}@offline.invalid"),
    (re.compile(r"(uri|url|endpoint|issuer)$"), lambda digest, type_: f"https://{digest[:8]}.offline.invalid/"),
    (re.compile(r"(host|hostname|fqdn|dns_name|server)$"), lambda digest, type_: f"{digest[:8]}.offline.invalid"),
    (re.compile(r"(^|_)ip$|ip_address(es)?$"), lambda digest, type_: f"192.0.2.{int(digest[:2], 16)}"),
    (re.compile(r"cidr(_block)?s?$"), lambda digest, type_: "192.0.2.0/24"),
    (re.compile(r"(^|_)json$"), lambda digest, type_: "{}"),
]
