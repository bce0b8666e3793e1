"""A Redis-compatible cache that the microservices share, each with its own prefix of keys, without a password."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, one_of, output, variable
from flowwise.authoring.rules import PREFIX, size_of
from flowwise.encryption import EncryptionKey, encryption_key
from flowwise.tables.machines import CACHE_SHAPES, any_shape
from flowwise.tables.naming import MAX_SUFFIX_LENGTH, NAME_PATTERN
from flowwise.tables.sizes import CACHE_SIZES

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
    private_dns_zone_id: str | None = common_variables.private_dns_zone_id("privatelink.redis.azure.net")
    users: dict[str, str] = variable(
        "Microservices that use the cache, and the identifiers by which the cloud gives them rights. Each begins its "
        "keys and channels with its own name and a colon. The names must be known when Terraform plans, the "
        "identifiers need not be.",
        example={
            "lancamentos": "11111111-1111-1111-1111-111111111111",
            "consolidacao": "22222222-2222-2222-2222-222222222222",
        },
        validations=[
            Validation("length(self) > 0", "users must name at least one microservice.", rejects={}),
            Validation(
                "alltrue([for name in keys(self) : "
                f'can(regex("^{NAME_PATTERN}$", name)) && length(name) <= {MAX_SUFFIX_LENGTH}])',
                f"Each of users must have at most {MAX_SUFFIX_LENGTH} lower-case letters, digits and single hyphens, "
                "must start with a letter and must not end with a hyphen.",
                rejects={"Lançamentos": "11111111-1111-1111-1111-111111111111"},
            ),
        ],
    )
    size: str = variable(
        f"Size of a node: {', '.join(CACHE_SIZES)}, or the cloud's own name of one.",
        example="medium",
        validations=[size_of(tuple(CACHE_SIZES), any_shape(CACHE_SHAPES), "size")],
    )
    high_availability: bool = variable("Keep a replica in another availability zone.", default=True)
    persistence: bool = variable("Keep the data when nodes restart. A cache can do without.", default=False)
    eviction_policy: str = variable(
        "What gives way when memory is full: allkeys-* any key, volatile-* only keys that expire, noeviction nothing.",
        default=DEFAULT_EVICTION_POLICY,
        validations=[one_of(EVICTION_POLICIES, "eviction_policy")],
    )
    encryption_key: EncryptionKey = encryption_key("what the cache stores", use="cache")
    protected: bool = variable("Do not let the cache and its data be deleted by accident.", default=True)
    log_retention_days: int = common_variables.log_retention_days()
    log_workspace_id: str | None = common_variables.log_workspace_id()
    tags: dict[str, str] = common_variables.tags()


class RedisOutputs(Outputs):
    """What the microservices, and those who give them access, need to know."""

    cache_id: str = output("Identifier of the cache.")
    cache_name: str = output("Name of the cache, which AWS wants in the tokens that microservices sign in with.")
    host: str = output("Where the cache is found, inside the network.")
    port: int = output("Port of the cache.")
    tls: bool = output("Whether connections are encrypted: always.")
    ca_certificate: str = output(
        "Certificates that the cache's own is signed with, in PEM. Empty where a public authority signs it."
    )
    user_names: dict[str, str] = output(
        "Name that each microservice signs in with, and a token of its identity as the password. Null where it is the "
        "identity's own identifier."
    )


REDIS = Contract(
    "redis",
    "A Redis-compatible cache that only the network reaches: TLS, sign-in by identity, encryption.",
    RedisInputs,
    RedisOutputs,
)
