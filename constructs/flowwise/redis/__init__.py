"""A Redis-compatible cache that the microservices share, each with its own prefix of keys, without a password."""

from flowwise import common_variables
from flowwise.contract import Contract, Inputs, Outputs, Validation, one_of, output, variable
from flowwise.naming import MAX_SUFFIX_LENGTH, NAME_PATTERN
from flowwise.rules import PREFIX
from flowwise.sizes import CACHE_SIZES

EVICTION_POLICIES = (
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
    "noeviction",
)
"""Redis' own names, of its parameter maxmemory-policy."""

DEFAULT_EVICTION_POLICY = "allkeys-lru"


class RedisInputs(Inputs):
    """What the cache is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    network_id: str = variable(
        "Network that reaches the cache.",
        example=(
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
            "/providers/Microsoft.Network/virtualNetworks/vnet-flowwise-dev"
        ),
    )
    subnet_ids: list[str] = variable(
        "Subnets for the nodes of the cache, or for its private endpoint.",
        example=[
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
            "/providers/Microsoft.Network/virtualNetworks/vnet-flowwise-dev/subnets/snet-flowwise-dev-endpoints"
        ],
    )
    users: list[str] = variable(
        "Microservices that use the cache. Each begins its keys and channels with its own name and a colon.",
        example=["lancamentos", "consolidacao"],
        validations=[
            Validation(
                "length(self) > 0 && length(distinct(self)) == length(self)",
                "users must name at least one microservice, and none twice.",
                rejects=["lancamentos", "lancamentos"],
            ),
            Validation(
                "alltrue([for name in self : "
                f'can(regex("^{NAME_PATTERN}$", name)) && length(name) <= {MAX_SUFFIX_LENGTH}])',
                f"Each of users must have at most {MAX_SUFFIX_LENGTH} lower-case letters, digits and single hyphens, "
                "must start with a letter and must not end with a hyphen.",
                rejects=["Lançamentos"],
            ),
        ],
    )
    size: str = variable(
        f"Size of a node: {', '.join(CACHE_SIZES)}.",
        example="medium",
        validations=[one_of(tuple(CACHE_SIZES), "size")],
    )
    high_availability: bool = variable("Keep a replica in another availability zone.", default=True)
    persistence: bool = variable("Keep the data when nodes restart. A cache can do without.", default=False)
    eviction_policy: str = variable(
        "What gives way when memory is full: allkeys-* any key, volatile-* only keys that expire, noeviction nothing.",
        default=DEFAULT_EVICTION_POLICY,
        validations=[one_of(EVICTION_POLICIES, "eviction_policy")],
    )
    operator_cidrs: list[str] = common_variables.operator_cidrs()
    protected: bool = variable("Do not let the cache and its data be deleted by accident.", default=True)
    log_retention_days: int = common_variables.log_retention_days()
    tags: dict[str, str] = common_variables.tags()


class RedisOutputs(Outputs):
    """What the microservices, and those who give them access, need to know."""

    cache_id: str = output("Identifier of the cache.")
    host: str = output("Where the cache is found, inside the network.")
    port: int = output("Port of the cache.")
    tls: bool = output("Whether connections are encrypted: always.")
    ca_certificate: str | None = output(
        "Certificates that the cache's own is signed with, in PEM. Null where a public authority signs it."
    )
    user_names: dict[str, str] = output(
        "Name that each microservice signs in with, and a token of its identity as the password. Null where it is the "
        "identity's own identifier."
    )
    user_ids: dict[str, str] = output(
        "Identifiers of the users that each microservice's identity has to be allowed to be. Empty where the cloud has "
        "no such users."
    )


REDIS = Contract(
    "redis",
    "A Redis-compatible cache that only the network reaches: TLS, sign-in by identity, encryption.",
    RedisInputs,
    RedisOutputs,
)
