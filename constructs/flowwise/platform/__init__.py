"""All that an environment has in one cloud."""

from flowwise import common_variables
from flowwise.contract import Contract, Inputs, Object, Outputs, attribute, one_of, output, variable
from flowwise.k8s_cluster import DEFAULT_KUBERNETES_VERSION, NodePool, SystemPool
from flowwise.postgres_db import DEFAULT_BACKUP_DAYS, DEFAULT_ENGINE_VERSION, DEFAULT_TOPOLOGY
from flowwise.regions import REGIONS


class NetworkSettings(Object):
    """The network of an environment."""

    cidr: str = attribute("Addresses of the network.")


class ClusterSettings(Object):
    """The cluster of an environment."""

    kubernetes_version: str = attribute("Minor version of Kubernetes.")
    pod_cidr: str = attribute("Addresses of pods.")
    service_cidr: str = attribute("Addresses of Kubernetes services.")
    system_pool: SystemPool = attribute("Nodes for what the cluster itself runs.")
    node_pools: dict[str, NodePool] = attribute("Nodes for workloads, by the name of the pool.")


class PostgresSettings(Object):
    """The databases of an environment."""

    databases: list[str] = attribute("Microservices to make a database for.")
    topology: str = attribute("One server for all databases (shared) or one for each (dedicated).")
    engine_version: str = attribute("Major version of PostgreSQL.")
    size: str = attribute("Size of a server.")
    storage_gb: int = attribute("Disk of a server to begin with, in GB.")
    backup_days: int = attribute("Days to keep backups.")
    high_availability: bool = attribute("Keep a standby of each server in another availability zone.")


class PlatformInputs(Inputs):
    """What an environment is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev")
    region: str = variable("Where to run.", example="brazil", validations=[one_of(tuple(REGIONS), "region")])
    network: NetworkSettings = variable("The network.", example=NetworkSettings(cidr="10.20.0.0/16"))
    cluster: ClusterSettings = variable(
        "The Kubernetes cluster.",
        example=ClusterSettings(
            kubernetes_version=DEFAULT_KUBERNETES_VERSION,
            pod_cidr="10.244.0.0/16",
            service_cidr="10.245.0.0/16",
            system_pool=SystemPool(size="small", min_nodes=2, max_nodes=3),
            node_pools={"general": NodePool(size="medium", min_nodes=2, max_nodes=6)},
        ),
    )
    postgres: PostgresSettings = variable(
        "The PostgreSQL databases.",
        example=PostgresSettings(
            databases=["lancamentos", "consolidacao"],
            topology=DEFAULT_TOPOLOGY,
            engine_version=DEFAULT_ENGINE_VERSION,
            size="medium",
            storage_gb=64,
            backup_days=DEFAULT_BACKUP_DAYS,
            high_availability=True,
        ),
    )
    administrators: dict[str, str] = common_variables.administrators("cluster and databases")
    operator_cidrs: list[str] = common_variables.operator_cidrs()
    protected: bool = variable("Refuse to delete what holds data or serves users.", default=True)
    tags: dict[str, str] = common_variables.tags()


class PlatformOutputs(Outputs):
    """What the workloads need to know of the platform they run on."""

    cluster_id: str = output("Identifier of the cluster.")
    cluster_name: str = output("Name of the cluster.")
    cluster_endpoint: str = output("Address of the API server, which only the network reaches.")
    cluster_ca_certificate: str = output("Certificate that the API server's is signed with, in base64.", sensitive=True)
    oidc_issuer_url: str = output("Issuer of the service accounts' tokens, for identities to trust.")
    database_hosts: dict[str, str] = output("Host name of the server of each microservice's database.")
    database_port: int = output("Port of every database server.")
    database_names: dict[str, str] = output("Name of each microservice's database.")
    database_administrator_identity_id: str = output("Identity that administers the database servers.")
    database_administrator_client_id: str = output("What a workload asks a token of that identity with.")
    database_administrator_name: str = output("Database role of that identity.")


PLATFORM = Contract(
    "platform",
    "All that an environment has in one cloud: network, Kubernetes cluster and databases.",
    PlatformInputs,
    PlatformOutputs,
)
