"""What is done in a roundabout way, and which version of a provider each waits for.

Versions are those of the providers' CHANGELOGs. When a floor in providers.py reaches one, a test wants it undone,
unless what is missing is a whole type, for which the default set's bindings have no class: newer_arguments.py adds
arguments alone. Such a one waits for the day on which a set that has it becomes the default (docs/successor.md).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Workaround:
    """`version` is the first that can do without; "" while no version can.

    `words` are in each of `files`, below constructs/flowwise: what goes then, for which `instead` comes. `unbound` is a
    type that the default set of bindings lacks, and `bound_in` are the sets that have it.
    """

    provider: str
    version: str
    files: tuple[str, ...]
    words: str
    instead: str
    unbound: str = ""
    bound_in: tuple[str, ...] = ()


WORKAROUNDS = (
    Workaround(
        "azurerm",
        "4.60",
        ("redis/azure.py",),
        "ResourceGroupTemplateDeployment",
        "One for each microservice, which also takes access away; the template only gives it.",
        unbound="azurerm_managed_redis_access_policy_assignment",
        bound_in=("bridge", "cdktn"),
    ),
    Workaround(
        "azurerm",
        "4.65",
        ("pipeline_identity/azure.py", "workload_identity/azure.py"),
        "parent_id=",
        "user_assigned_identity_id: the old name goes with 5.0.",
    ),
    Workaround(
        "azurerm",
        "4.67",
        ("network/azure.py",),
        "StandardV2 spans zones",
        'sku "StandardV2" of the gateway and of its address, in regions that have it.',
    ),
    Workaround(
        "azurerm",
        "",
        ("k8s_cluster/azure.py",),
        "the only kind that azurerm 4.55 knows",
        "A key of ours for the secrets in etcd, in a vault with a firewall, which rotates by itself.",
    ),
    Workaround(
        "google",
        "",
        ("postgres_db/google.py", "secret_store/google.py"),
        "google-beta",
        "A service's own account, made by Terraform; the first day's commands make it.",
        unbound="google_project_service_identity",
    ),
)
