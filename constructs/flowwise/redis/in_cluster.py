"""A Redis-compatible cache in the cluster, for a laptop or a data centre of one's own: the contract."""

from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, one_of, output, variable
from flowwise.microservice import SecretKey
from flowwise.redis import DEFAULT_EVICTION_POLICY, EVICTION_POLICIES
from flowwise.tables.naming import MAX_SUFFIX_LENGTH, NAME_PATTERN

WATCHER = "watcher"
"""User without a password, who may read statistics and nothing else."""


class InClusterRedisInputs(Inputs):
    """What the cache is made from."""

    namespace: str = variable("Namespace of the cache.", example="redis")
    memory: str = variable(
        "Memory of the cache.",
        default="256Mi",
        validations=[
            Validation(
                'can(regex("^[1-9][0-9]*(Mi|Gi)$", self))',
                "memory must be a whole number of Mi or Gi, such as 256Mi.",
                rejects="256M",
            )
        ],
    )
    eviction_policy: str = variable(
        "What gives way when memory is full: allkeys-* any key, volatile-* only keys that expire, noeviction nothing.",
        default=DEFAULT_EVICTION_POLICY,
        validations=[one_of(EVICTION_POLICIES, "eviction_policy")],
    )
    users: dict[str, SecretKey] = variable(
        "Where the password of each microservice's user is: secrets in the namespace, by microservice, which is also "
        "the user's name. Each sees only keys and channels that begin with its own name and a colon.",
        example={"lancamentos": SecretKey(secret_name="lancamentos-redis", key="password")},
        validations=[
            Validation("length(self) > 0", "users must name at least one microservice.", rejects={}),
            Validation(
                "alltrue([for name in keys(self) : "
                f'can(regex("^{NAME_PATTERN}$", name)) && length(name) <= {MAX_SUFFIX_LENGTH} '
                f'&& !contains(["default", "{WATCHER}"], name)])',
                f"Each of users must have at most {MAX_SUFFIX_LENGTH} lower-case letters, digits and single hyphens, "
                f"must start with a letter, must not end with a hyphen, and must be neither default nor {WATCHER}.",
                rejects={"default": SecretKey(secret_name="lancamentos-redis", key="password")},
            ),
        ],
    )
    revision: int = variable("Raise it to have the cache start anew, as when passwords are made anew.", default=1)
    labels: dict[str, str] = variable("Labels of every object.", default={})


class InClusterRedisOutputs(Outputs):
    """What those who use the cache need to know."""

    host: str = output("Host name of the cache.")
    port: int = output("Port of the cache.")
    watcher_name: str = output(
        "User who may read statistics, and no key: it signs in with whatever password one likes."
    )


IN_CLUSTER_REDIS = Contract(
    "redis",
    "A Redis-compatible cache in the cluster: Valkey, with a user for each microservice.",
    InClusterRedisInputs,
    InClusterRedisOutputs,
)
