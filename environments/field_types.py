"""Types of the values in an environment file, each with the sentence that says what is allowed.

The sentence is the type's `errorMessage` in the JSON Schema, where editors and the fault report find it.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from environments.wording import listed, shown
from flowwise.k8s_cluster import KUBERNETES_VERSIONS
from flowwise.naming import MAX_SUFFIX_LENGTH, NAME_PATTERN, NODE_POOL_NAME_PATTERN
from flowwise.postgres_db import ENGINE_VERSIONS, TOPOLOGIES
from flowwise.project import CLOUDS
from flowwise.redis import EVICTION_POLICIES
from flowwise.regions import REGIONS
from flowwise.sizes import DATABASE_STORAGE_GB, NODE_SIZES
from flowwise.workloads import OPERATORS

SYSTEM_POOL = "system"
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
# "AKS clusters may not use ..." (prerequisites of Azure CNI): of what it lists, this is private.
_RESERVED = IPv4Network("172.30.0.0/15")
_PREFIX_LENGTHS = range(16, 21)
_RANGE_ALLOWED = (
    f'a private IPv4 range such as "10.10.0.0/16": inside {", ".join(map(str, _PRIVATE))}, with a prefix of '
    f"/{_PREFIX_LENGTHS[0]} to /{_PREFIX_LENGTHS[-1]} and no bit set behind it, but not in {_RESERVED}, "
    "which AKS keeps for itself"
)

_WIDEST_PUBLIC = 16
_PUBLIC_ALLOWED = (
    f'a public IPv4 range such as "200.160.2.3/32", with a prefix of /{_WIDEST_PUBLIC} to /32 and no bit set behind it'
)


def refusal(allowed: str, suggestion: str = "") -> PydanticCustomError:
    """An error that says itself what is allowed, where the JSON Schema cannot."""
    return PydanticCustomError("refusal", "{allowed}", {"allowed": allowed, "suggestion": suggestion})


@dataclass(frozen=True)
class OneOf:
    """Annotation: one of the words of a table. Unlike a Literal, it takes no 32.0 for 32."""

    words: tuple[str | int, ...]

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "enum": list(self.words)}

    def _check(self, value: str | int) -> str | int:
        if value not in self.words:
            raise PydanticCustomError("unknown_word", "unknown word")
        return value


def _text(pattern: str, max_length: int, allowed: str, **extra: Any) -> Any:
    schema = {"errorMessage": allowed, **extra}
    return Field(pattern=f"^{pattern}$", max_length=max_length, json_schema_extra=schema)


def _private_range(value: object) -> IPv4Network:
    try:
        network = IPv4Network(str(value).strip(), strict=False)
    except ValueError:
        raise refusal(_RANGE_ALLOWED) from None
    is_private = any(network.subnet_of(private) for private in _PRIVATE)
    if not is_private or network.overlaps(_RESERVED) or network.prefixlen not in _PREFIX_LENGTHS:
        raise refusal(_RANGE_ALLOWED)
    if str(network) != str(value):  # stray bits or blanks
        raise refusal(_RANGE_ALLOWED, suggestion=shown(str(network)))
    return network


def _public_range(value: str) -> str:
    try:
        network = IPv4Network(value)
    except ValueError:
        raise refusal(_PUBLIC_ALLOWED) from None
    if not network.is_global or network.prefixlen < _WIDEST_PUBLIC:
        raise refusal(_PUBLIC_ALLOWED)
    return value


def _not_the_system_pool(name: str) -> str:
    if name == SYSTEM_POOL:
        raise refusal(f'any other name: "{SYSTEM_POOL}" is the pool under [cluster.system_pool]')
    return name


def _no_operator(name: str) -> str:
    if name in OPERATORS:
        raise refusal(f"any other name: {listed(OPERATORS, 'and')} run beside the microservices")
    return name


Cloud = Annotated[str, OneOf(CLOUDS)]
Region = Annotated[str, OneOf(tuple(REGIONS))]
Size = Annotated[str, OneOf(tuple(NODE_SIZES))]
KubernetesVersion = Annotated[str, OneOf(KUBERNETES_VERSIONS)]
Topology = Annotated[str, OneOf(TOPOLOGIES)]
PostgresVersion = Annotated[str, OneOf(ENGINE_VERSIONS)]
EvictionPolicy = Annotated[str, OneOf(EVICTION_POLICIES)]
StorageGb = Annotated[int, OneOf(DATABASE_STORAGE_GB)]

# Google's labels are the narrowest of the clouds' tags ("Requirements for labels").
Tag = Annotated[str, _text("[a-z0-9_-]+", 63, 'lower-case letters without accents, digits, "_" and "-", at most 63')]

PrivateRange = Annotated[
    IPv4Network,
    BeforeValidator(_private_range),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^[0-9]+(\.[0-9]+){{3}}/({'|'.join(map(str, _PREFIX_LENGTHS))})$",
            "errorMessage": _RANGE_ALLOWED,
        }
    ),
]

PublicRange = Annotated[
    str,
    AfterValidator(_public_range),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+){3}/[0-9]+$", "errorMessage": _PUBLIC_ALLOWED}),
]

Email = Annotated[str, _text(r"[^@ ]+@[^@ ]+\.[^@ ]+", 254, 'an e-mail address such as "finops@flowwise.example"')]

ServiceName = Annotated[
    str,
    _text(
        NAME_PATTERN,
        MAX_SUFFIX_LENGTH,
        "a name of lower-case letters, digits and single hyphens inside, starting with a letter, "
        f"of at most {MAX_SUFFIX_LENGTH} characters",
        **{"not": {"enum": list(OPERATORS)}},
    ),
    AfterValidator(_no_operator),
]
PoolName = Annotated[
    str,
    _text(
        NODE_POOL_NAME_PATTERN,
        12,
        "a name of at most 12 lower-case letters and digits, starting with a letter",
        **{"not": {"const": SYSTEM_POOL}},
    ),
    AfterValidator(_not_the_system_pool),
]

# "Labels and Selectors" and "Taints and Tolerations", Kubernetes.
_LABEL_WORD = r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?"
LabelKey = Annotated[
    str,
    _text(
        rf"([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?{_LABEL_WORD}",
        63,
        'a Kubernetes label key such as "team" or "flowwise.io/team", of at most 63 characters',
    ),
]
LabelValue = Annotated[
    str,
    _text(
        _LABEL_WORD,
        63,
        'letters, digits, "_", "." and "-", starting and ending with a letter or digit, at most 63',
    ),
]


def only_such_names(allowed: str) -> dict[str, Any]:
    """JSON Schema of a table whose keys are names: pydantic refuses the others, editors have to be told."""
    return {"errorMessage": allowed, "additionalProperties": False}
