"""All that an environment has in one cloud."""

import json
from typing import Any

from flowwise.authoring import common_variables
from flowwise.authoring.contract import (
    Contract,
    Inputs,
    Object,
    Outputs,
    Validation,
    attribute,
    one_of,
    output,
    variable,
)
from flowwise.authoring.rules import microservice_names
from flowwise.budget import ENVIRONMENT_TAG, NAMES_ENVIRONMENT, Bill
from flowwise.dns_challenge import ChallengeZone
from flowwise.k8s_cluster import NodePool, SystemPool
from flowwise.object_storage import DEFAULT_RETENTION_DAYS
from flowwise.postgres_db import DEFAULT_BACKUP_DAYS, DEFAULT_ENGINE_VERSION, DEFAULT_TOPOLOGY, OwnServer
from flowwise.postgres_db.readers import DatabaseReader, database_readers
from flowwise.redis import DEFAULT_EVICTION_POLICY
from flowwise.tables.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from flowwise.tables.network_ids import PURPOSES
from flowwise.tables.pod_ranges import POD_CIDR, SERVICE_CIDR
from flowwise.tables.regions import REGIONS
from flowwise.tables.vendor_keys import API_KEY, APPLICATION_KEY, GIVEN_SECRETS

NEEDS = ("postgres", "rabbitmq", "redis", "storage")
"""What a microservice may use."""


def _words(words: tuple[str, ...]) -> str:
    return json.dumps(list(words))


_OWN_SECRETS = "flatten([for service in values(var.services) : keys(service.secrets)])"
# Which names there are depends on services: of a wrong one, the store says that the right one is missing.
_NAMES_SECRETS = Validation(
    'alltrue([for name in keys(self) : can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", name))])',
    f"secret_values may have {', '.join(GIVEN_SECRETS)} and the secrets of services.",
    rejects={"MONITORING": "an-example-of-a-key"},
)


class ExistingNetworkSettings(Object):
    """A network that is there already, by the cloud's own identifiers."""

    id: str = attribute("The network.")
    subnets: dict[str, list[str]] = attribute(f"Its subnets, by what they are for: {', '.join(PURPOSES)}.")
    private_dns_zone_ids: dict[str, str] = attribute(
        "Azure: private DNS zones that it resolves names by, by service. Others are made.", default={}
    )
    routed: bool = attribute("Azure: nodes get out by a route of its own, and not by a NAT gateway.", default=False)


class NetworkSettings(Object):
    """The network of an environment."""

    cidr: str = attribute("Addresses of the network; of one that is there, a range that its subnets are in.")
    zones: int = attribute("Availability zones to spread over.")
    existing: ExistingNetworkSettings | None = attribute("One that is there already. Null to make one.", default=None)


class ExistingSettings(Object):
    """What is there already besides the network, by the cloud's own identifiers."""

    cluster: str | None = attribute("Kubernetes cluster. Null to make one.", default=None)
    private_cluster: bool = attribute("Refuse one whose API server has a public address.", default=True)
    registry: str | None = attribute("Container registry. Null to make one.", default=None)
    log_workspace: str | None = attribute("Azure: log workspace. Null to make one for each service.", default=None)
    encryption_key: str | None = attribute(
        "Key that encrypts everything. Null to make one for each purpose.", default=None
    )


class ClusterSettings(Object):
    """The cluster of an environment."""

    kubernetes_version: str = attribute("Minor version of Kubernetes.")
    patch_version: int = attribute("Raise it to have the newest nodes and add-ons rolled out, on AWS.", default=1)
    pod_cidr: str = attribute("Addresses of pods.")
    service_cidr: str = attribute("Addresses of Kubernetes services.")
    public_access_cidrs: list[str] = attribute("Public addresses that may reach the API server.", default=[])
    identity_endpoint: bool = attribute("Let whoever IAM admits reach it from anywhere.", default=False)
    system_pool: SystemPool | None = attribute(
        "Nodes for what the cluster itself runs. Null for a cluster that is there already.", default=None
    )
    node_pools: dict[str, NodePool] = attribute("Nodes for workloads, by the name of the pool.")


_CLUSTER: dict[str, Any] = {
    "kubernetes_version": DEFAULT_KUBERNETES_VERSION,
    "pod_cidr": POD_CIDR,
    "service_cidr": SERVICE_CIDR,
    "node_pools": {"general": NodePool(size="medium", min_nodes=2, max_nodes=6)},
}
"""An example of one that is there already."""


class PostgresSettings(Object):
    """The databases of an environment."""

    topology: str = attribute("One server for all databases (shared) or one for each (dedicated).")
    engine_version: str = attribute("Major version of PostgreSQL.")
    size: str = attribute("Size of a server.")
    storage_gb: int = attribute("Disk of a server to begin with, in GB.")
    servers: dict[str, OwnServer] = attribute("Servers with a size or a disk of their own, by name.", default={})
    backup_days: int = attribute("Days to keep backups.")
    high_availability: bool = attribute("Keep a standby of each server in another availability zone.")
    same_zone: bool = attribute("Keep it in the server's own zone, on Azure.", default=False)


class RedisSettings(Object):
    """The cache of an environment."""

    size: str = attribute("Size of a node.")
    high_availability: bool = attribute("Keep a replica in another availability zone.")
    persistence: bool = attribute("Keep the data when nodes restart.", default=False)
    eviction_policy: str = attribute("What gives way when memory is full.", default=DEFAULT_EVICTION_POLICY)


class StorageSettings(Object):
    """The files of the microservices."""

    retention_days: int = attribute("Days to keep what was overwritten or deleted.")


class ManagedRabbitmqSettings(Object):
    """A broker that the cloud runs."""

    size: str = attribute("Size of a node.")
    high_availability: bool = attribute("Run three nodes, in availability zones of their own.")
    accept_password_in_state: bool = attribute("Accept that its administrator's password is in Terraform's state.")


class RunnerSettings(Object):
    """Machines that run the pipelines' jobs."""

    organization: str = attribute("Organization on GitHub whose runners they are.")
    application: str = attribute("Client id of the GitHub App that registers them.")
    machines: int = attribute("How many there are at any time.", default=1)
    key_version: int = attribute("Raise it to have the App's private key taken anew from secret_values.", default=1)
    state_storage: str | None = attribute("Azure: name of the storage account of Terraform's state.", default=None)
    state_subscription: str | None = attribute("Azure: its subscription, if it is another.", default=None)


class GatewaySettings(Object):
    """The way in, as far as it is the cloud's to give."""

    host: str = attribute("Host name of the API.")
    dns_zone: str | None = attribute(
        "Public DNS zone of the account in which the host's record is made. Null where somebody else makes it.",
        default=None,
    )


class DnsChallengeSettings(Object):
    """The proof in DNS of the gateway's host."""

    host: str = attribute("Host name of the API.")
    dns_zone: str = attribute("Public DNS zone of the account that the host is in.")


class AlertsSettings(Object):
    """Alerts of the cloud itself."""

    emails: list[str] = attribute("Who is told.")


class BudgetSettings(Object):
    """What an environment may cost."""

    monthly_usd: int = attribute("US dollars a month.")
    contact_emails: list[str] = attribute("Who is told.")
    bill: Bill | None = attribute("The same on a bill that is not in US dollars.", default=None)


class Microservice(Object):
    """What a microservice needs of the platform."""

    uses: list[str] = attribute(f"Of {', '.join(NEEDS)}, what it uses.")
    secrets: dict[str, int] = attribute(
        "Secrets that it alone reads, by their names in the store, whose values secret_values gives: their versions.",
        default={},
    )


class PlatformInputs(Inputs):
    """What an environment is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev")
    region: str = variable("Where to run.", example="brazil", validations=[one_of(tuple(REGIONS), "region")])
    network: NetworkSettings = variable("The network.", example=NetworkSettings(cidr="10.20.0.0/16", zones=3))
    existing: ExistingSettings | None = variable(
        "What is there already and is not made. Null where everything is.", default=None
    )
    cluster: ClusterSettings = variable(
        "The Kubernetes cluster.",
        example=ClusterSettings(**_CLUSTER, system_pool=SystemPool(size="small", min_nodes=2, max_nodes=3)),
        validations=[
            Validation(
                "try(var.existing.cluster, null) != null || self.system_pool != null",
                "cluster.system_pool is needed, unless existing.cluster is there already.",
                rejects=ClusterSettings(**_CLUSTER),
            )
        ],
    )
    services: dict[str, Microservice] = variable(
        "The microservices, by name.",
        example={
            "lancamentos": Microservice(uses=list(NEEDS), secrets={"lancamentos-partner-api-key": 1}),
            "consolidacao": Microservice(uses=list(NEEDS)),
        },
        validations=[
            microservice_names(rejects={"kube-system": Microservice(uses=[])}),
            Validation(
                f"alltrue([for service in values(self) : length(setsubtract(service.uses, {_words(NEEDS)})) == 0])",
                f"Each of services may use {', '.join(NEEDS)}.",
                rejects={"lancamentos": Microservice(uses=["mysql"])},
            ),
            Validation(
                f"length({_OWN_SECRETS}) == length(setsubtract({_OWN_SECRETS}, concat({_words(GIVEN_SECRETS)}, "
                f'flatten([for name in keys(self) : [for need in {_words(NEEDS)} : "${{name}}-${{need}}"]]))))',
                "The secrets of services must have names that are no other secret's.",
                rejects={"lancamentos": Microservice(uses=[], secrets={"lancamentos-postgres": 1})},
            ),
        ],
    )
    postgres: PostgresSettings | None = variable(
        "The PostgreSQL databases. Null where no microservice uses any.",
        default=None,
        example=PostgresSettings(
            topology=DEFAULT_TOPOLOGY,
            engine_version=DEFAULT_ENGINE_VERSION,
            size="medium",
            storage_gb=64,
            backup_days=DEFAULT_BACKUP_DAYS,
            high_availability=True,
        ),
    )
    redis: RedisSettings | None = variable(
        "The cache. Null where no microservice uses it.",
        default=None,
        example=RedisSettings(size="medium", high_availability=True),
    )
    storage: StorageSettings | None = variable(
        "Storage for files. Null where no microservice keeps any.",
        default=None,
        example=StorageSettings(retention_days=DEFAULT_RETENTION_DAYS),
    )
    managed_rabbitmq: ManagedRabbitmqSettings | None = variable(
        "A broker that the cloud runs. Null where it runs in the cluster, or no microservice uses one.", default=None
    )
    runner: RunnerSettings | None = variable(
        "Runners of the pipelines in the network. Null where the pipelines run elsewhere.", default=None
    )
    gateway: GatewaySettings | None = variable(
        "What is to have a public address. Null where there is no gateway, or one that only the network reaches.",
        default=None,
        example=GatewaySettings(host="api.dev.flowwise.example"),
    )
    dns_challenge: DnsChallengeSettings | None = variable(
        "What cert-manager is to prove in DNS, for a certificate that everybody trusts. Null where it proves it by "
        "HTTP, or has nothing to prove.",
        default=None,
        example=DnsChallengeSettings(host="api.dev.flowwise.example", dns_zone="flowwise.example"),
    )
    alerts: AlertsSettings | None = variable(
        "Alerts of the cloud itself, by e-mail. Null for none.",
        default=None,
        example=AlertsSettings(emails=["plataforma@flowwise.example"]),
    )
    budget: BudgetSettings = variable(
        "What a month may cost, and who is told.",
        example=BudgetSettings(monthly_usd=500, contact_emails=["finops@flowwise.example"]),
    )
    secret_version: int = variable(
        "Raise it to have all passwords made anew.",
        default=1,
        validations=[
            Validation("self >= 1 && floor(self) == self", "secret_version must be a whole number from 1.", rejects=0)
        ],
    )
    monitoring_key_version: int | None = variable(
        "Raise it to have the monitoring vendor's key taken anew from secret_values. Null where there is no vendor.",
        default=None,
    )
    application_key_version: int | None = variable(
        f"Raise it to have Datadog's application key, {APPLICATION_KEY}, taken anew from secret_values. Null where "
        "there is none.",
        default=None,
    )
    secret_values: dict[str, str] = variable(
        'Secrets that others hand out, such as { monitoring = "..." }. They are in no state or plan.',
        default={},
        example={API_KEY: "an-example-of-a-key", "lancamentos-partner-api-key": "an-example-of-a-key"},
        sensitive=True,
        ephemeral=True,
        validations=[_NAMES_SECRETS],
    )
    database_administrator_password: str | None = variable(
        "What the store holds as database_administrator_secret, read back by whoever calls this module: a server that "
        "is made later, or again, gets the password that the others have. Null where there are no databases.",
        default=None,
        example="an-example-of-a-password-1",
        sensitive=True,
        ephemeral=True,
        validations=[
            Validation(
                "var.postgres == null || self != null",
                "database_administrator_password is needed: read database_administrator_secret from the store.",
                rejects=None,
            )
        ],
    )
    administrators: dict[str, str] = common_variables.administrators("cluster and databases")
    database_readers: dict[str, DatabaseReader] = database_readers()
    operator_cidrs: list[str] = common_variables.operator_cidrs()
    protected: bool = variable("Refuse to delete what holds data or serves users.", default=True)
    tags: dict[str, str] = variable(
        f"Tags of every resource. Costs count whose tag {ENVIRONMENT_TAG} is the same as here.",
        example={ENVIRONMENT_TAG: "dev"},
        validations=[NAMES_ENVIRONMENT],
    )


class PlatformOutputs(Outputs):
    """What the workloads need to know of the platform they run on."""

    cluster_id: str = output("Identifier of the cluster.")
    cluster_name: str = output("Name of the cluster.")
    cluster_endpoint: str = output("Address of the API server.")
    cluster_ca_certificate: str = output("Certificate that the API server's is signed with, in base64.", sensitive=True)
    disk_key: str = output("Key that disks of pods are encrypted with, where their class has to name it. Else empty.")
    service_account_annotations: dict[str, dict[str, str]] = output(
        "Annotations that each workload's service account has to carry to be given its identity."
    )
    pod_labels: dict[str, str] = output("Labels that pods have to carry to be given their identity.")
    client_ids: dict[str, str] = output("Name that each workload asks the cloud for tokens with.")
    registry_host: str = output("Host name of the container registry.")
    repository_urls: dict[str, str] = output("Where to push and pull each microservice's image, without its tag.")
    secret_store_address: str = output("Where the secrets are kept.")
    secret_names: dict[str, str] = output("Name of each secret in the store.")
    database_hosts: dict[str, str] | None = output("Host name of the server of each microservice's database.")
    database_servers: dict[str, str] | None = output("Host name of each database server, by the name of the server.")
    database_port: int | None = output("Port of every database server.")
    database_names: dict[str, str] | None = output("Name of each microservice's database.")
    database_administrator_name: str | None = output("User that makes the microservices' database roles.")
    database_administrator_secret: str | None = output(
        "Identifier of the secret that holds that user's password, known once the store has it."
    )
    database_ca_certificate: str | None = output(
        "Certificates that the servers' own are signed with, in PEM. Empty where the cloud publishes them."
    )
    database_certificate_names_host: bool | None = output("Whether a server's certificate has the host name in it.")
    database_people: list[str] | None = output("Roles that administrators sign in to the servers as.")
    database_readers: dict[str, list[str]] | None = output(
        "Roles that readers sign in to the servers as, and the microservices whose tables each may read."
    )
    gateway_addresses: list[str] | None = output("Addresses that the DNS record of the gateway's host points to.")
    gateway_annotations: dict[str, str] | None = output(
        "Annotations with which the gateway's load balancer takes those addresses."
    )
    challenge_zone: ChallengeZone | None = output("DNS zone in which cert-manager proves the gateway's host.")
    cache_name: str | None = output("Name of the cache.")
    cache_host: str | None = output("Where the cache is found.")
    cache_port: int | None = output("Port of the cache.")
    cache_ca_certificate: str | None = output(
        "Certificates that the cache's own is signed with, in PEM. Empty where a public authority signs it."
    )
    cache_user_names: dict[str, str] | None = output("Name that each microservice signs in to the cache with.")
    storage_endpoint: str | None = output("Address of the storage for files.")
    storage_buckets: dict[str, str] | None = output("Name of each microservice's bucket there.")
    broker_host: str | None = output("Host name of the broker that the cloud runs. Null where it runs in the cluster.")
    broker_port: int | None = output("Port of that broker.")
    broker_management_url: str | None = output("Address of that broker's management API.")
    broker_administrator_name: str | None = output("User of that broker that makes the others.")
    broker_administrator_secret_name: str | None = output("Secret in the store that holds that user's password.")


PLATFORM = Contract(
    "platform",
    "All that an environment has in one cloud: network, Kubernetes cluster, databases, cache, registry, identities and "
    "secrets.",
    PlatformInputs,
    PlatformOutputs,
)
