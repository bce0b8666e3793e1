"""Types of the values in an environment file, each with the sentence that says what is allowed.

The sentence is the type's `errorMessage` in the JSON Schema, where editors and the fault report find it.
"""

import re
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
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

from environments.wording import listed, nearest, shown
from flowwise.observability import VENDORS
from flowwise.postgres_db import ENGINE_VERSIONS, TOPOLOGIES
from flowwise.redis import EVICTION_POLICIES
from flowwise.runner import APPLICATION_PATTERN, ORGANIZATION_PATTERN
from flowwise.tables.accounts import ACCOUNTS
from flowwise.tables.addresses import EMAIL_EXAMPLE, EMAIL_PATTERN, HOST_PATTERN
from flowwise.tables.existing_ids import POOLS
from flowwise.tables.kubernetes_versions import KUBERNETES_VERSIONS
from flowwise.tables.machines import (
    BROKER_SHAPES,
    CACHE_SHAPES,
    DATABASE_SHAPES,
    NODE_SHAPES,
    Shape,
    any_shape,
)
from flowwise.tables.naming import MAX_PREFIX_LENGTH, MAX_SUFFIX_LENGTH, NAME_PATTERN
from flowwise.tables.project import CLOUDS, IN_CLUSTER, PROJECT
from flowwise.tables.regions import REGIONS
from flowwise.tables.sizes import DATABASE_STORAGE_GB, NODE_SIZES
from flowwise.tables.taken_names import (
    NODE_LABEL_DOMAINS,
    NODE_LABELS,
    NODE_TAINT_DOMAINS,
    QUEUE_NAMES,
    SERVICE_NAMES,
    VARIABLES,
    TakenDomain,
    service_name_pattern,
)
from flowwise.tables.traffic import PRIVATE_RANGES

SYSTEM_POOL = "system"
# Without hyphens: flowwise-a-b-c could be the c of a-b, or the b-c of a.
ENVIRONMENT_NAME_PATTERN = "[a-z][a-z0-9]*"
MAX_ENVIRONMENT_NAME_LENGTH = MAX_PREFIX_LENGTH - len(f"{PROJECT}-")
_PRIVATE = tuple(map(IPv4Network, PRIVATE_RANGES))
# "AKS clusters may not use ..." (prerequisites of Azure CNI): of what it lists, this is private.
RESERVED_BY_AKS = IPv4Network("172.30.0.0/15")
PREFIX_LENGTHS = range(16, 21)
"""Of ranges of private addresses, each in CIDR notation."""
RANGE_ALLOWED = (
    f'a private IPv4 range such as "10.10.0.0/16": inside {", ".join(map(str, _PRIVATE))}, with a prefix of '
    f"/{PREFIX_LENGTHS[0]} to /{PREFIX_LENGTHS[-1]} and no bit set behind it, but not in {RESERVED_BY_AKS}, "
    "which AKS keeps for itself"
)

_WIDEST_PUBLIC = 16
_PUBLIC_ALLOWED = (
    f'a public IPv4 range such as "200.160.2.3/32", with a prefix of /{_WIDEST_PUBLIC} to /32 and no bit set behind it'
)

INTERNET = "internet"
"""Where a service may call every public address."""
_WIDEST_OUTSIDE = 8
_NOBODY_S = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "240.0.0.0/4")))
_OUTSIDE_ALLOWED = (
    f'"{INTERNET}", or an IPv4 range such as "203.0.113.0/24", with a prefix of /{_WIDEST_OUTSIDE} to /32 and no bit '
    "set behind it. Network policies know no names of hosts, and no network of the clusters here looks at them: "
    "whoever has the host says what its ranges are"
)


def refusal(allowed: str, suggestion: str = "", default: object = None) -> PydanticCustomError:
    """An error that says itself what is allowed, where the JSON Schema cannot.

    `default` is the value that was found where the file has none, and another key makes it.
    """
    return PydanticCustomError(
        "refusal", "{allowed}", {"allowed": allowed, "suggestion": suggestion, "default": default}
    )


def missing(allowed: str = "") -> PydanticCustomError:
    """An error about a key that only some files may leave out; without a word, the JSON Schema says what is allowed."""
    return PydanticCustomError("missing", "missing", {"allowed": allowed})


def each_once(words: Sequence[str]) -> None:
    """Raise a refusal if a word comes twice."""
    if len(set(words)) < len(words):
        raise refusal(f"{listed(dict.fromkeys(words), 'and')} only once")


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


@dataclass(frozen=True, eq=False)  # by identity, as `| None` wants a hash, which the shapes do not have
class SizeOf:
    """Annotation: a neutral word for a size, or the cloud's own name, whose cloud `of_this_cloud` looks at."""

    shapes: Mapping[str, Shape]
    thing: str

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        names = {"pattern": f"^({any_shape(self.shapes)})$"}
        return {
            **handler(schema),
            "anyOf": [{"enum": list(NODE_SIZES)}, names],
            "errorMessage": f"{listed(NODE_SIZES)}, or the cloud's own name of a {self.thing}, such as "
            f"{listed(shape.example for shape in self.shapes.values())}",
        }

    def _check(self, size: str) -> str:
        if size not in NODE_SIZES and not any(shape.has(size) for shape in self.shapes.values()):
            raise PydanticCustomError("unknown_word", "unknown word")
        return size


def _text(pattern: str, max_length: int, allowed: str, **extra: Any) -> Any:
    schema = {"errorMessage": allowed, **extra}
    return Field(pattern=f"^{pattern}$", max_length=max_length, json_schema_extra=schema)


def private_range(value: object) -> IPv4Network:
    """A range as `RANGE_ALLOWED` says it. Raises a refusal."""
    try:
        network = IPv4Network(str(value).strip(), strict=False)
    except ValueError:
        raise refusal(RANGE_ALLOWED) from None
    is_private = any(network.subnet_of(private) for private in _PRIVATE)
    if not is_private or network.overlaps(RESERVED_BY_AKS) or network.prefixlen not in PREFIX_LENGTHS:
        raise refusal(RANGE_ALLOWED, default=str(network))
    if str(network) != str(value):  # stray bits or blanks
        raise refusal(RANGE_ALLOWED, suggestion=shown(str(network)))
    return network


def _outside(value: str) -> str:
    if value == INTERNET:
        return value
    try:
        network = IPv4Network(value)
    except ValueError:
        raise refusal(_OUTSIDE_ALLOWED) from None
    if network.prefixlen < _WIDEST_OUTSIDE or network.is_multicast or any(map(network.overlaps, _NOBODY_S)):
        raise refusal(_OUTSIDE_ALLOWED)
    if str(network) != value:  # without a prefix, or with a mask in place of one
        raise refusal(_OUTSIDE_ALLOWED, suggestion=shown(str(network)))
    return value


def is_public(target: str) -> bool:
    """Whether an OutsideRange has addresses that are not of a private network."""
    return target == INTERNET or not any(IPv4Network(target).subnet_of(private) for private in _PRIVATE)


def _public_range(value: str) -> str:
    try:
        network = IPv4Network(value)
    except ValueError:
        raise refusal(_PUBLIC_ALLOWED) from None
    if not network.is_global or network.prefixlen < _WIDEST_PUBLIC:
        raise refusal(_PUBLIC_ALLOWED)
    if str(network) != value:  # without a prefix, or with a mask in place of one
        raise refusal(_PUBLIC_ALLOWED, suggestion=shown(str(network)))
    return value


def _not_the_system_pool(name: str) -> str:
    if name == SYSTEM_POOL:
        raise refusal(f'any other name: "{SYSTEM_POOL}" is the pool under [cluster.system_pool]')
    return name


def _not_set_by_us(name: str) -> str:
    if VARIABLES.has(name):
        raise refusal(
            f"any other name: {listed(VARIABLES.names, 'and')}, and those that begin with "
            f"{listed(VARIABLES.beginnings)} are set already"
        )
    return name


def _not_taken(name: str) -> str:
    for taken in SERVICE_NAMES:
        if taken.has(name):
            names = listed((*taken.names, *(f"{beginning}..." for beginning in taken.beginnings)), "and")
            raise refusal(f"any other name: {names} are names of {taken.whose}")
    return name


def _queue_of_nobody(name: str) -> str:
    if name in QUEUE_NAMES:
        raise refusal(f"any other name: {listed(QUEUE_NAMES, 'and')} is where messages go that nobody could process")
    return name


def _label_of_nobody(key: str) -> str:
    if key in NODE_LABELS:
        raise refusal(f"any other key: {listed(NODE_LABELS, 'and')} are labels that AKS gives nodes itself")
    return _of_no_domain(key, NODE_LABEL_DOMAINS)


def _taint_of_nobody(key: str) -> str:
    return _of_no_domain(key, NODE_TAINT_DOMAINS)


def _of_no_domain(key: str, domains: Sequence[TakenDomain]) -> str:
    if any(taken.has(key) for taken in domains):
        raise refusal(
            "a key of no domain, or of one's own: Kubernetes and the clouds have "
            f"{listed([taken.domain for taken in domains], 'and')} for themselves, and refuse the nodes of others there"
        )
    return key


Cloud = Annotated[str, OneOf((*CLOUDS, IN_CLUSTER))]
Region = Annotated[str, OneOf(tuple(REGIONS))]
NodeSize = Annotated[str, SizeOf(NODE_SHAPES, "machine")]
DatabaseSize = Annotated[str, SizeOf(DATABASE_SHAPES, "server")]
CacheSize = Annotated[str, SizeOf(CACHE_SHAPES, "node")]
BrokerSize = Annotated[str, SizeOf(BROKER_SHAPES, "node")]
KubernetesVersion = Annotated[str, OneOf(KUBERNETES_VERSIONS)]
Topology = Annotated[str, OneOf(TOPOLOGIES)]
PostgresVersion = Annotated[str, OneOf(ENGINE_VERSIONS)]
EvictionPolicy = Annotated[str, OneOf(EVICTION_POLICIES)]
Vendor = Annotated[str, OneOf(VENDORS)]
StorageGb = Annotated[int, OneOf(DATABASE_STORAGE_GB)]

AccountId = Annotated[
    str,
    _text(
        f"({'|'.join(kind.pattern for kind in ACCOUNTS.values())})",
        max(len(kind.example) for kind in ACCOUNTS.values()),
        " or ".join(f"the identifier of the {kind.words}, such as {shown(kind.example)}" for kind in ACCOUNTS.values()),
    ),
]
_SUBSCRIPTION = ACCOUNTS["azure"]
SubscriptionId = Annotated[
    str,
    _text(
        _SUBSCRIPTION.pattern,
        len(_SUBSCRIPTION.example),
        f"the identifier of the {_SUBSCRIPTION.words}, such as {shown(_SUBSCRIPTION.example)}",
    ),
]
GithubOrganization = Annotated[
    str,
    _text(
        ORGANIZATION_PATTERN,
        39,
        'the name of a GitHub organization such as "flowwise": letters, digits and single hyphens inside, at most 39',
    ),
]
GithubApplication = Annotated[
    str,
    _text(
        APPLICATION_PATTERN,
        40,
        'the client id of a GitHub App such as "Iv23liABCDEFGHIJKLMN", or its number, in quotes',
    ),
]
EnvironmentName = Annotated[
    str, _text(ENVIRONMENT_NAME_PATTERN, MAX_ENVIRONMENT_NAME_LENGTH, "the name of another environment in a cloud")
]

# Google's labels are the narrowest of the clouds' tags ("Requirements for labels").
Tag = Annotated[str, _text("[a-z0-9_-]+", 63, 'lower-case letters without accents, digits, "_" and "-", at most 63')]

PRIVATE_RANGE_SCHEMA = {
    "type": "string",
    "pattern": rf"^[0-9]+(\.[0-9]+){{3}}/({'|'.join(map(str, PREFIX_LENGTHS))})$",
    "errorMessage": RANGE_ALLOWED,
}
PrivateRange = Annotated[IPv4Network, BeforeValidator(private_range), WithJsonSchema(PRIVATE_RANGE_SCHEMA)]

PublicRange = Annotated[
    str,
    AfterValidator(_public_range),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+){3}/[0-9]+$", "errorMessage": _PUBLIC_ALLOWED}),
]

OutsideRange = Annotated[
    str,
    AfterValidator(_outside),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^({INTERNET}|[0-9]+(\.[0-9]+){{3}}/[0-9]+)$",
            "errorMessage": _OUTSIDE_ALLOWED,
        }
    ),
]
OutsideName = Annotated[
    str,
    _text(
        NAME_PATTERN,
        MAX_SUFFIX_LENGTH,
        'a name such as "parceiro": lower-case letters, digits and single hyphens inside, starting with a letter, '
        f"at most {MAX_SUFFIX_LENGTH}",
    ),
]

Currency = Annotated[str, _text("[A-Z]{3}", 3, 'the code of a currency, such as "BRL"')]
Email = Annotated[
    str,
    _text(EMAIL_PATTERN, 254, f'an e-mail address such as "{EMAIL_EXAMPLE}": letters, digits, ".", "_", "+" and "-"'),
]

ServiceName = Annotated[
    str,
    _text(
        NAME_PATTERN,
        MAX_SUFFIX_LENGTH,
        "a name of lower-case letters, digits and single hyphens inside, starting with a letter, "
        f"of at most {MAX_SUFFIX_LENGTH} characters",
        **{"not": {"pattern": service_name_pattern()}},
    ),
    AfterValidator(_not_taken),
]
POOL_NAME_ALLOWED = "a name of at most 12 lower-case letters and digits, starting with a letter"
PoolName = Annotated[
    str,
    _text(
        f"({'|'.join(pool.pattern for pool in POOLS.values())})",
        63,
        f"{POOL_NAME_ALLOWED}; of a cluster that is there already, what the pool is called there",
        **{"not": {"const": SYSTEM_POOL}},
    ),
    AfterValidator(_not_the_system_pool),
]
"""Of any cluster: whose it is, says which pattern holds."""

# "Labels and Selectors" and "Taints and Tolerations", Kubernetes.
_LABEL_WORD = r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?"
_LABEL_KEY = _text(
    rf"([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?{_LABEL_WORD}",
    63,
    'a Kubernetes label key such as "team" or "flowwise.io/team", of at most 63 characters',
)
LabelKey = Annotated[str, _LABEL_KEY, AfterValidator(_label_of_nobody)]
TaintKey = Annotated[str, _LABEL_KEY, AfterValidator(_taint_of_nobody)]
LabelValue = Annotated[
    str,
    _text(
        _LABEL_WORD,
        63,
        'letters, digits, "_", "." and "-", starting and ending with a letter or digit, at most 63',
    ),
]

# kubectl takes any text; these characters are those of the contexts that clouds and laptops make.
ContextName = Annotated[
    str,
    _text(
        "[A-Za-z0-9._:@/+-]+",
        253,
        'the name of a context of kubectl such as "kind-flowwise", without blanks: see `kubectl config get-contexts`',
    ),
]

_HOST = HOST_PATTERN
_PORT = "(:[0-9]{1,5})?"
_PATH = r"(/([A-Za-z0-9._~/:@+=,;-]|%[0-9A-Fa-f]{2})*)?(\?([A-Za-z0-9._~/:@+=&-]|%[0-9A-Fa-f]{2})*)?"
_URL = f"https://{_HOST}{_PORT}{_PATH}"

CloudId = Annotated[
    str,
    _text(
        "[A-Za-z0-9_.:/()-]+",
        400,
        'an identifier as the cloud has it, such as "vpc-0123456789abcdef0", without blanks',
    ),
]
HostName = Annotated[
    str, _text(_HOST, 253, 'a host name such as "api.flowwise.example", in lower case, without "https://" and port')
]
HttpsUrl = Annotated[str, _text(_URL, 500, 'an address such as "https://login.flowwise.example/"')]
WebOrigin = Annotated[
    str,
    _text(
        f"(https://{_HOST}|http://localhost){_PORT}",
        300,
        'a web site such as "https://app.flowwise.example" or "http://localhost:3000", without a slash at its end',
    ),
]
Audience = Annotated[
    str, _text("[A-Za-z0-9._~:/@+=,-]+", 253, 'an audience as tokens say it, such as "flowwise", without blanks')
]
VendorEndpoint = Annotated[
    str,
    _text(
        f"({_URL}|{_HOST})",
        500,
        'a Datadog site such as "us5.datadoghq.com", or the address of Elastic or Dynatrace, which begins with https://',
    ),
]

_RATE_UNITS = ("second", "minute", "hour")
Rate = Annotated[
    str,
    _text(
        rf"[1-9][0-9]{{0,8}}/({'|'.join(_RATE_UNITS)})",
        20,
        f'a rate such as "100/minute": a whole number from 1, then {listed([f"/{unit}" for unit in _RATE_UNITS])}',
    ),
]

# "HTTPRoute", Gateway API: no empty segment, no "." and no "..".
_SEGMENT = r"/\.?[A-Za-z0-9_~-][A-Za-z0-9._~-]*"
ApiPath = Annotated[
    str,
    _text(
        f"(/|({_SEGMENT})+)",
        200,
        'the beginning of a path, such as "/lancamentos": with a slash before, and none behind',
    ),
]
HealthPath = Annotated[
    str,
    _text(
        f"(/|({_SEGMENT})+/?)",
        200,
        'the path of a page, such as "/health/ready": with a slash before, and nothing behind it that is asked for',
    ),
]
QueueName = Annotated[
    str,
    _text(
        NAME_PATTERN,
        100,
        'the name of a queue such as "lancamento-registrado": lower-case letters, digits and single hyphens inside, '
        "starting with a letter, at most 100",
        **{"not": {"enum": list(QUEUE_NAMES)}},
    ),
    AfterValidator(_queue_of_nobody),
]

# "CronJob", Kubernetes: of what its schedules may be, without words and macros.
_CRON_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_CRON_ALLOWED = (
    "five fields as cron has them, minute, hour, day of the month, month, day of the week from 0, Sunday, to 6, such "
    'as "0 3 * * *" for three in the night or "*/15 8-18 * * 1-5"'
)
_CRON_ITEM = re.compile(r"(\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?")


def _cron(schedule: str) -> str:
    fields = schedule.split(" ")
    for field, (least, most) in zip(fields, _CRON_FIELDS, strict=True):
        for item in field.split(","):
            found = _CRON_ITEM.fullmatch(item)
            if found is None:
                raise refusal(_CRON_ALLOWED)
            first, last = int(found[2] or least), int(found[3] or found[2] or most)
            if not least <= first <= last <= most:
                raise refusal(_CRON_ALLOWED)
    return schedule


_time_zones = cache(zoneinfo.available_timezones)  # which looks through folders; empty on a machine without them


def _time_zone(name: str) -> str:
    known = _time_zones()
    if known and name not in known:
        raise refusal(_ZONE_ALLOWED, suggestion=nearest(name, sorted(known)))
    return name


_ZONE_ALLOWED = 'a time zone by its name in the tz database, such as "America/Sao_Paulo" or "Etc/UTC"'
Schedule = Annotated[str, _text(r"[0-9*,/-]+( [0-9*,/-]+){4}", 100, _CRON_ALLOWED), AfterValidator(_cron)]
TimeZone = Annotated[
    str, _text("[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*", 50, _ZONE_ALLOWED), AfterValidator(_time_zone)
]

# "Resource Management for Pods and Containers", Kubernetes: no less than a thousandth of a processor.
_CPU = r"([1-9][0-9]{0,5}m|[1-9][0-9]{0,2}(\.[0-9]{1,3})?|0\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9]))"
Cpu = Annotated[str, _text(_CPU, 7, 'processors such as "250m", thousandths of one, or "0.5" or "2", in quotes')]
Memory = Annotated[str, _text("[1-9][0-9]{0,6}(Mi|Gi)", 9, 'memory such as "512Mi" or "1Gi", in quotes')]
_UNITS = {"m": Decimal("0.001"), "": Decimal(1), "Mi": Decimal(2**20), "Gi": Decimal(2**30)}


def amount(quantity: str) -> Decimal:
    """Processors or bytes of a Cpu or a Memory."""
    number, unit = re.fullmatch("([0-9.]+)([A-Za-z]*)", quantity).groups()  # type: ignore[union-attr]
    return Decimal(number) * _UNITS[unit]


_NO_VARIABLE_OF_OURS: dict[str, Any] = {
    "not": {"pattern": f"^({'|'.join(VARIABLES.names)}|({'|'.join(VARIABLES.beginnings)}).*)$"}
}
VariableName = Annotated[
    str,
    _text(
        "[A-Z][A-Z0-9_]*",
        100,
        "the name of an environment variable: upper-case letters, digits and underscores, starting with a letter, at "
        "most 100",
        **_NO_VARIABLE_OF_OURS,
    ),
    AfterValidator(_not_set_by_us),
]
SecretName = Annotated[
    str,
    _text(
        "[A-Z][A-Z0-9]*(_[A-Z0-9]+)*",
        60,
        "the name of an environment variable: upper-case letters, digits and single underscores inside, starting with "
        "a letter, at most 60",
        **_NO_VARIABLE_OF_OURS,
    ),
    AfterValidator(_not_set_by_us),
]
VariableText = Annotated[
    str,
    _text(
        # Without what no reader sees, or sees in another order than it is in, but for tabs and ends of lines.
        r"[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]*",
        1000,
        "text in double quotes of at most 1000 characters, of which none is a control character",
    ),
]


def only_such_names(allowed: str) -> dict[str, Any]:
    """JSON Schema of a table whose keys are names: pydantic refuses the others, editors have to be told."""
    return {"errorMessage": allowed, "additionalProperties": False}
