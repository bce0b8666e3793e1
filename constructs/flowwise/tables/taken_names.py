"""Names that something else has already: of namespaces, of PostgreSQL's roles and databases, of users, of labels.

A microservice has a namespace of its name, users of the broker and of the cache, and, with underscores for hyphens, a
role, a database and a schema.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flowwise.tables.application import CALLS, SETTINGS
from flowwise.tables.workloads import RESERVED


@dataclass(frozen=True)
class Taken:
    """Names, and beginnings of names, that somebody has already: `whose` says who, as in "the namespaces of AKS"."""

    whose: str
    names: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Whether a name is one of them."""
        return name in self.names or name.startswith(self.beginnings)


SERVICE_NAMES = (
    Taken("what runs beside the microservices", RESERVED),
    Taken("namespaces of Kubernetes itself", ("default",), ("kube-",)),
    # What AKS, GKE and EKS install into namespaces of their own, add-ons included.
    Taken(
        "namespaces of the clouds",
        ("app-routing-system", "calico-system", "dapr-system", "gatekeeper-system", "istio-system", "tigera-operator"),
        ("aks-", "amazon-", "aws-", "azure-", "config-management-", "eks-", "gke-", "gmp-"),
    ),
    # "Predefined Roles", "CREATE ROLE", "Template Databases" and "The Information Schema", PostgreSQL.
    Taken("PostgreSQL itself", ("information-schema", "none", "public", "template0", "template1"), ("pg-",)),
    # Also "azure-" above: azure_pg_admin, azure_sys, azure_maintenance; and what CloudNativePG makes.
    Taken(
        "roles and databases of whoever runs PostgreSQL",
        ("azuresu", "rdsadmin", "rdsproxyadmin", "rdsrepladmin", "rdstopmgr", "streaming-replica"),
        ("cloudsql", "cnpg-", "rds-"),
    ),
    Taken("our own users", ("administrator", "administrators", "serveradmin", "watcher")),
    Taken("a user that RabbitMQ makes", ("guest",)),
)
"""What no microservice may be called, whichever cloud it is on: it is to be fit for another one tomorrow."""


@dataclass(frozen=True)
class TakenDomain:
    """A domain before the slash of a label's key, with all below it but those that are free."""

    domain: str
    free: tuple[str, ...] = ()

    def has(self, key: str) -> bool:
        """Whether a label's key belongs to the domain."""
        prefix, slash, _ = key.rpartition("/")
        return bool(slash) and _is_below(prefix, self.domain) and not any(_is_below(prefix, free) for free in self.free)


def _is_below(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


# "NodeRestriction", Kubernetes: which labels a node may give itself.
FREE_DOMAINS = ("kubelet.kubernetes.io", "node.kubernetes.io")
NODE_LABEL_DOMAINS = (
    TakenDomain("kubernetes.io", FREE_DOMAINS),
    TakenDomain("k8s.io"),
    TakenDomain("amazonaws.com"),
    TakenDomain("kubernetes.azure.com"),
    TakenDomain("cloud.google.com"),
    TakenDomain("gke.io"),
)
"""Whose labels EKS, AKS or GKE set themselves, and refuse in a node pool."""

NODE_TAINT_DOMAINS = tuple(TakenDomain(each.domain) for each in NODE_LABEL_DOMAINS)
"""The same of taints, of which Kubernetes' own say how a node is."""

NODE_LABELS = ("accelerator", "agentpool", "storageprofile", "storagetier")
"""AKS' own, without a domain ("Use labels in an AKS cluster": reserved system labels)."""

QUEUE_NAMES = ("dead-letters",)
"""The exchange that what nobody could process goes through; each queue has an exchange of its name."""

DEAD_LETTERS = ".dead"
"""What the name of the queue ends in that has what the consumers of another could not process."""

VARIABLES = Taken(
    "what is set already",
    (
        *(setting.name for setting in SETTINGS if "_" not in setting.name),
        # By which SDKs find the pod's identity, and whoever has the pod finds the cluster.
        "AZURE_AUTHORITY_HOST",
        "AZURE_CLIENT_ID",
        "AZURE_FEDERATED_TOKEN_FILE",
        "AZURE_TENANT_ID",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "GOOGLE_APPLICATION_CREDENTIALS",
    ),
    ("AWS_CONTAINER_", CALLS, "DATABASE_", "KUBERNETES_", "OTEL_", "RABBITMQ_", "REDIS_"),
)
"""Environment variables of a microservice."""


def service_name_pattern() -> str:
    """A regular expression, for RE2 and for JavaScript, of what `SERVICE_NAMES` has."""
    names = sorted({name for taken in SERVICE_NAMES for name in taken.names})
    beginnings = sorted({beginning for taken in SERVICE_NAMES for beginning in taken.beginnings})
    return f"^({'|'.join(names)}|({'|'.join(beginnings)}).*)$"


def domain_pattern(domains: Sequence[str]) -> str:
    """A regular expression, for RE2, of the keys that begin with one of these domains or one below it."""
    return f"(^|[.])({'|'.join(domain.replace('.', '[.]') for domain in domains)})/"
