"""Environment files: good ones load, and a bad one is explained whole, in words that help."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from environments import Environment, EnvironmentFileErrors, load_environment, load_environments
from environments.field_types import MAX_ENVIRONMENT_NAME_LENGTH
from environments.json_schema import SCHEMA_FILE, schema_text
from environments.plain_schema import environment_schema
from flowwise.observability import VENDORS
from flowwise.postgres_db import ENGINE_VERSIONS, TOPOLOGIES
from flowwise.tables.existing_ids import CLUSTERS
from flowwise.tables.kubernetes_versions import KUBERNETES_VERSIONS
from flowwise.tables.naming import MAX_PREFIX_LENGTH
from flowwise.tables.network_ids import NETWORK_IDS
from flowwise.tables.project import CLOUDS, IN_CLUSTER
from flowwise.tables.regions import REGIONS
from flowwise.tables.sizes import DATABASE_STORAGE_GB, NODE_SIZES
from tests.environments.any_environment import ENVIRONMENT_NAMES, as_toml, documents
from tests.environments.texts import EXISTING, THERE, environment_text, with_existing_cluster, without_system_pool
from tests.workspace import REPOSITORY

FOLDER = REPOSITORY / "environments"

DEV = """\
cloud = "azure"
region = "brazil"
tier = "dev"
owner = "plataforma"
cost_center = "flow-wise"
deletion_protection = false
secret_version = 2

[budget]
monthly_usd = 500
emails = ["finops@flowwise.example"]

[network]
cidr = "10.10.0.0/16"
zones = 2

[cluster]
kubernetes_version = "1.35"
pod_cidr = "10.20.0.0/16"
service_cidr = "10.30.0.0/20"
public_access_cidrs = ["200.160.2.3/32"]

[cluster.system_pool]
size = "small"
min_nodes = 1
max_nodes = 2

[cluster.node_pools.general]
size = "medium"
min_nodes = 0
max_nodes = 3
spot = true
labels = { team = "ledger" }
taints = [{ key = "flowwise.io/team", value = "ledger", effect = "NoSchedule" }]

[postgres]
topology = "shared"
version = "17"
size = "small"
storage_gb = 32
backup_days = 7
high_availability = false

[redis]
size = "small"
high_availability = false
persistence = false
eviction_policy = "noeviction"

[rabbitmq]
mode = "in-cluster"
size = "small"
high_availability = false

[services.lancamentos]
uses = ["postgres"]

[services.consolidacao]
uses = ["postgres", "rabbitmq", "redis"]
port = 9090
command = ["python", "-m", "saldos"]
arguments = ["--day", "$(DAY)", ""]
health = { startup = "/", liveness = "/q/health.live/" }
paths = ["/consolidacao", "/saldos/diarios"]
egress = { parceiro = { to = ["203.0.113.0/24", "10.99.0.0/16"], ports = [443] } }
public = true
min_replicas = 1
max_replicas = 4
cpu = "0.5"
cpu_limit = "1500m"
memory = "512Mi"
memory_limit = "1Gi"
consumes = ["lancamento-registrado"]
scale_on_queue = "lancamento-registrado"
messages_per_replica = 50
cpu_percent = 60
memory_percent = 80
stop_seconds = 120
configuration = { LOG_LEVEL = "info", PRICE = "$5 and 10%" }

[services.razao]
uses = ["rabbitmq"]
paths = ["/razao"]
publishes = ["lancamento-registrado"]

[gateway]
host = "api.dev.flowwise.example"
public = true
cors_origins = ["https://app.flowwise.example", "http://localhost:3000"]
client_limit = "50/second"
max_request_kb = 2048
min_replicas = 1
max_replicas = 3

[observability]
backend = "datadog"
endpoint = "us5.datadoghq.com"
"""
TOKEN_ISSUER = """
[gateway.token_issuer]
issuer = "https://login.flowwise.example/"
jwks_uri = "https://login.flowwise.example/keys?of=flowwise"
audiences = ["flowwise"]

[observability]"""
PROD = (
    DEV.replace('tier = "dev"', 'tier = "prod"')
    .replace("min_nodes = 1\nmax_nodes = 2", "min_nodes = 3\nmax_nodes = 6")
    .replace("min_nodes = 0\nmax_nodes = 3", "min_nodes = 3\nmax_nodes = 9")
    .replace('version = "17"\nsize = "small"', 'version = "17"\nsize = "medium"')
    .replace("backup_days = 7", "backup_days = 30")
    .replace("high_availability = false", "high_availability = true")
    .replace("deletion_protection = false", "deletion_protection = true")
    .replace("zones = 2", "zones = 3")
    .replace('public_access_cidrs = ["200.160.2.3/32"]', "public_access_cidrs = []")
    .replace("min_replicas = 1", "min_replicas = 2")
    .replace("client_limit", 'certificate_email = "ops@flowwise.example"\nclient_limit')
    .replace("\n[observability]", TOKEN_ISSUER)
)
MANAGED = DEV.replace('"azure"', '"aws"').replace('"in-cluster"', '"managed"')
ON_AWS = DEV.replace('"azure"', '"aws"')
WITH_SECRETS = DEV.replace(
    "configuration = {", 'secrets = ["TOKEN"]\nsecret_versions = { TOKEN = 2 }\nconfiguration = {'
)
EACH = DEV.replace('"shared"', '"dedicated"').replace(
    "\n[redis]", '\n[postgres.servers.consolidacao]\nsize = "large"\nstorage_gb = 256\n\n[redis]', 1
)
NO_QUEUES = re.sub(r"^(consumes|publishes|scale_on_queue|messages_per_replica) = .*\n", "", DEV, flags=re.MULTILINE)
BY_DNS = 'certificate_challenge = "dns"\n'
OWN_STORAGE = '[postgres.servers.consolidacao]\nsize = "large"\nstorage_gb = 256\n'
LOCAL = (
    DEV[: DEV.index("[budget]")].replace('cloud = "azure"\nregion = "brazil"\n', 'cloud = "kubernetes"\n')
    + '[kubernetes]\ncontext = "kind-flowwise"\n\n'
    + DEV[DEV.index("[postgres]") :].replace("backup_days = 7\n", "")
)
LOCAL_PROD = (
    LOCAL.replace('tier = "dev"', 'tier = "prod"')
    .replace("deletion_protection = false", "deletion_protection = true")
    .replace("high_availability = false", "high_availability = true")
    .replace("min_replicas = 1", "min_replicas = 2")
    .replace("public = true\ncors", "public = false\ncors")
    .replace("\n[observability]", TOKEN_ISSUER)
)


@dataclass(frozen=True)
class Bad:
    """A good file with one change, and the one fault that the report must show."""

    about: str
    old: str
    new: str
    key: str
    found: str
    allowed: str
    suggestion: str = ""
    base: str = DEV


# fmt: off
EXISTING_ON_AZURE = f"[network.existing]{EXISTING['azure']}\n[cluster]\n"
EXISTING_ON_AWS = f"""[network.existing]{EXISTING['aws']}
[cluster]
""".replace(', "subnet-00000003"', "").replace(', "subnet-00000008"', "")  # in two zones
CLUSTER = f'[existing]\ncluster = "{CLUSTERS["azure"].example}"\n\n'
HOSTED = re.sub("(?m)^(control_plane|routed|public_access_cidrs|labels) .*\\n", "",
    DEV.replace("[cluster]\n", CLUSTER + EXISTING_ON_AZURE))
HOSTED_WITH_RANGES_OF_GKE = (
    with_existing_cluster(environment_text("google", "shared", "dev"), "google")
    .replace('"10.244.0.0/16"', '"10.4.0.0/14"')
    .replace('"10.245.0.0/16"', '"34.118.224.0/20"')
)
SUBNET = "/subnets/control-plane\"]"
POSTGRES_SIZE = 'size = "small"\nstorage_gb = 32\nbackup_days = 7\nhigh_availability = false'
SYSTEM_POOL = re.search(r"\[cluster\.system_pool\]\n(\S.*\n)+", DEV)[0]
SYSTEM_SIZE = '[cluster.system_pool]\nsize = "small"'
POOL_NODES = "min_nodes = 0\nmax_nodes = 3"
BAD_WORDS = [
    Bad("unknown cloud", '"azure"', '"oci"', "cloud", '"oci"', '"azure", "aws", "google" or "kubernetes"'),
    Bad("misspelt cloud", '"azure"', '"azur"', "cloud", '"azur"', '"azure", "aws", "google" or "kubernetes"',
        '"azure"'),
    Bad("misspelt region", '"brazil"', '"brasil"', "region", '"brasil"', '"brazil" or "usa"', '"brazil"'),
    Bad("upper case", '"brazil"', '"BRAZIL"', "region", '"BRAZIL"', '"brazil" or "usa"', '"brazil"'),
    Bad("blanks around", '"brazil"', '" brazil "', "region", '" brazil "', '"brazil" or "usa"', '"brazil"'),
    Bad("a cloud's own code", '"brazil"', '"eastus2"', "region", '"eastus2"', '"brazil" or "usa"'),
    Bad("empty word", '"brazil"', '""', "region", '""', '"brazil" or "usa"'),
    Bad("unknown tier", 'tier = "dev"', 'tier = "production"', "tier", '"production"', '"dev" or "prod"',
        '"prod"'),
    Bad("accents in a tag", '"plataforma"', '"operações"', "owner", '"operações"', "without accents"),
    Bad("blank in a tag", '"plataforma"', '"time plataforma"', "owner", '"time plataforma"',
        "lower-case letters"),
    Bad("organization that is no word", 'owner = "plataforma"', 'owner = "plataforma"\norganization = "Flow Wise"',
        "organization", '"Flow Wise"', "at most 63"),
    Bad("long tag", '"plataforma"', f'"{"p" * 64}"', "owner", '"pppp', "at most 63"),
    Bad("empty tag", '"flow-wise"', '""', "cost_center", '""', "lower-case letters"),
    Bad("newline in a tag", '"flow-wise"', r'"flow\n"', "cost_center", r'"flow\n"', "lower-case letters"),
    Bad("misspelt size", SYSTEM_SIZE, SYSTEM_SIZE.replace("small", "smal"), "cluster.system_pool.size",
        '"smal"', '"small", "medium", "large" or "xlarge", or the cloud\'s own name of a machine', '"small"'),
    Bad("unsupported Kubernetes", '"1.35"', '"1.29"', "cluster.kubernetes_version", '"1.29"',
        '"1.35"', '"1.35"'),
    Bad("unsupported PostgreSQL", '"17"', '"15"', "postgres.version", '"15"', '"16", "17" or "18"', '"16"'),
    Bad("misspelt topology", '"shared"', '"share"', "postgres.topology", '"share"', '"dedicated"',
        '"shared"'),
    Bad("no such disk", "storage_gb = 32", "storage_gb = 100", "postgres.storage_gb", "100", "64, 128, 256",
        "128"),
    Bad("misspelt size of a server", '"large"', '"larg"', "postgres.servers.consolidacao.size", '"larg"',
        '"large" or "xlarge", or the cloud\'s own name of a server', '"large"', base=EACH),
    Bad("no such disk of a server", "storage_gb = 256", "storage_gb = 250", "postgres.servers.consolidacao.storage_gb",
        "250", "64, 128, 256", "256", base=EACH),
    Bad("a server that says nothing", OWN_STORAGE, "[postgres.servers.consolidacao]\n",
        "postgres.servers.consolidacao", "a table", 'a table with "size", "storage_gb" or both', base=EACH),
    Bad("misspelt need", 'lancamentos]\nuses = ["postgres"]', 'lancamentos]\nuses = ["postgre"]',
        "services.lancamentos.uses[0]", '"postgre"', '"postgres", "rabbitmq", "redis" or "storage"', '"postgres"'),
    Bad("a need twice", 'lancamentos]\nuses = ["postgres"]',
        'lancamentos]\nuses = ["postgres", "postgres"]', "services.lancamentos.uses",
        '["postgres", "postgres"]', '"postgres" only once'),
    Bad("misspelt effect", '"NoSchedule"', '"NoSchedul"', "cluster.node_pools.general.taints[0].effect",
        '"NoSchedul"', '"PreferNoSchedule" or "NoExecute"', '"NoSchedule"'),
    Bad("taint's key", '"flowwise.io/team"', '"team!"', "cluster.node_pools.general.taints[0].key",
        '"team!"', "a Kubernetes label key"),
    Bad("label's value", '{ team = "ledger" }', '{ team = "-" }', "cluster.node_pools.general.labels.team",
        '"-"', "starting and ending with a letter or digit"),
    Bad("label's key", "{ team =", '{ "my team" =', 'cluster.node_pools.general.labels."my team"',
        'the name "my team"', "a Kubernetes label key"),
    Bad("path without a slash", '"/razao"', '"razao"', "services.razao.paths[0]", '"razao"', "the beginning of a path"),
    Bad("slash behind a path", '"/razao"', '"/razao/"', "services.razao.paths[0]", '"/razao/"', "and none behind"),
    Bad("path that goes up", '"/razao"', '"/razao/.."', "services.razao.paths[0]", '"/razao/.."', "a path"),
    Bad("a path twice", '["/razao"]', '["/razao", "/razao"]', "services.razao.paths", '["/razao", "/razao"]',
        '"/razao" only once'),
    Bad("upper case in a queue", 'publishes = ["lancamento-registrado"]',
        'publishes = ["lancamento-registrado", "Outra"]', "services.razao.publishes[1]", '"Outra"',
        "the name of a queue"),
    Bad("blank in the queue to scale on", 'scale_on_queue = "', 'scale_on_queue = "o ',
        "services.consolidacao.scale_on_queue", '"o lancamento-registrado"', "the name of a queue"),
    Bad("a queue twice", 'publishes = ["lancamento-registrado"]',
        'publishes = ["lancamento-registrado", "lancamento-registrado"]', "services.razao.publishes", "[",
        '"lancamento-registrado" only once'),
    Bad("no processors", 'cpu = "0.5"', 'cpu = "0"', "services.consolidacao.cpu", '"0"', "processors such as"),
    Bad("hardly any processors", 'cpu = "0.5"', 'cpu = "0.0005"', "services.consolidacao.cpu", '"0.0005"', '"250m"'),
    Bad("memory without a unit", '"512Mi"', '"512"', "services.consolidacao.memory", '"512"', "memory such as"),
    Bad("memory in another unit", '"1Gi"', '"1GB"', "services.consolidacao.memory_limit", '"1GB"', '"1Gi"'),
    Bad("an argument that no reader sees", '"--day"', r'"\u0000"', "services.consolidacao.arguments[0]",
        r'"\u0000"', "none is a control character"),
    Bad("a question for a path", 'startup = "/"', 'startup = "/?all"', "services.consolidacao.health.startup",
        '"/?all"', "nothing behind it that is asked for"),
    Bad("probe of another kind", "liveness =", "ping =", "services.consolidacao.health.ping", "an unknown key",
        '"startup", "readiness" or "liveness"'),
    Bad("a host to call", '"203.0.113.0/24"', '"api.parceiro.example"', "services.consolidacao.egress.parceiro.to[0]",
        '"api.parceiro.example"', "Network policies know no names of hosts"),
    Bad("no port to call", "ports = [443]", "ports = []", "services.consolidacao.egress.parceiro.ports", "[]",
        "at least one TCP port"),
    Bad("upper case in whom to call", "parceiro =", "Parceiro =", "services.consolidacao.egress.Parceiro",
        'the name "Parceiro"', "a name such as"),
    Bad("misspelt kind", "port = 9090", 'kind = "htp"\nport = 9090', "services.consolidacao.kind", '"htp"',
        '"http", "worker" or "job"', '"http"'),
    Bad("a word for a schedule", "port = 9090", 'schedule = "@daily"\nport = 9090', "services.consolidacao.schedule",
        '"@daily"', "five fields as cron has them"),
    Bad("an offset for a time zone", "port = 9090", 'time_zone = "GMT -3"\nport = 9090',
        "services.consolidacao.time_zone", '"GMT -3"', "a time zone by its name"),
    Bad("what no variable can hold", '"info"', r'"in\u0000fo"', "services.consolidacao.configuration.LOG_LEVEL",
        r'"in\u0000fo"', "none is a control character"),
    Bad("an escape in a text", '"info"', r'"\u001b[31m"', "services.consolidacao.configuration.LOG_LEVEL",
        r'"\u001b[31m"', "none is a control character"),
    Bad("text in another order", '"info"', r'"in\u202efo"', "services.consolidacao.configuration.LOG_LEVEL",
        r'"in\u202efo"', "none is a control character"),
    Bad("an address for a host", '"api.dev.flowwise.example"', '"10.0.0.1"', "gateway.host", '"10.0.0.1"',
        "a host name"),
    Bad("a URL for a host", '"api.dev', '"https://api.dev', "gateway.host", '"https://api.dev.flowwise.example"',
        "a host name"),
    Bad("a word for a host", '"api.dev.flowwise.example"', '"api"', "gateway.host", '"api"', "a host name"),
    Bad("web site without encryption", '"https://app', '"http://app', "gateway.cors_origins[0]", '"http://app',
        "a web site"),
    Bad("page for a web site", 'app.flowwise.example"', 'app.flowwise.example/"', "gateway.cors_origins[0]", '"https://',
        "without a slash at its end"),
    Bad("a web site twice", '"http://localhost:3000"', '"https://app.flowwise.example"', "gateway.cors_origins", "[",
        '"https://app.flowwise.example" only once'),
    Bad("no rate", '"50/second"', '"50"', "gateway.client_limit", '"50"', 'a rate such as "100/minute"'),
    Bad("rate of nothing", '"50/second"', '"0/second"', "gateway.client_limit", '"0/second"', "a whole number from 1"),
    Bad("rate in days", '"50/second"', '"50/day"', "gateway.client_limit", '"50/day"',
        '"/second", "/minute" or "/hour"'),
    Bad("no e-mail address for the certificate", "client_limit", 'certificate_email = "ops"\nclient_limit',
        "gateway.certificate_email", '"ops"', "an e-mail address"),
    Bad("issuer without encryption", 'issuer = "https', 'issuer = "http', "gateway.token_issuer.issuer", '"http://login',
        "an address such as", base=PROD),
    Bad("no audience", '["flowwise"]', "[]", "gateway.token_issuer.audiences", "[]", "at least one audience",
        base=PROD),
    Bad("an audience twice", '["flowwise"]', '["flowwise", "flowwise"]', "gateway.token_issuer.audiences", "[",
        '"flowwise" only once', base=PROD),
    Bad("blank in an audience", '["flowwise"]', '["flow wise"]', "gateway.token_issuer.audiences[0]", '"flow wise"',
        "an audience", base=PROD),
    Bad("misspelt cluster", '"kubernetes"', '"kubernete"', "cloud", '"kubernete"', '"google" or "kubernetes"',
        '"kubernetes"', base=LOCAL),
    Bad("blank in a context", '"kind-flowwise"', '"kind flowwise"', "kubernetes.context", '"kind flowwise"',
        "a context of kubectl", base=LOCAL),
    Bad("empty context", '"kind-flowwise"', '""', "kubernetes.context", '""', "a context of kubectl", base=LOCAL),
    Bad("misspelt vendor", '"datadog"', '"datadogs"', "observability.backend", '"datadogs"', '"datadog", "elastic"',
        '"datadog"'),
    Bad("vendor without encryption", '"us5', '"http://us5', "observability.endpoint", '"http://us5', "a Datadog site"),
    Bad("empty endpoint", '"us5.datadoghq.com"', '""', "observability.endpoint", '""', "a Datadog site"),
]
BAD_KEYS = [
    Bad("misspelt key", "region =", "regio =", "regio", "an unknown key", '"region"', '"region"'),
    Bad("missing key", 'region = "brazil"\n', "", "region", "it is missing", '"brazil" or "usa"'),
    Bad("missing table", '[network]\ncidr = "10.10.0.0/16"\nzones = 2\n', "", "network", "it is missing",
        'a table with "cidr"'),
    Bad("misspelt table", "[network]", "[netwrok]", "netwrok", "an unknown key", '"network"', '"network"'),
    Bad("name in the file", 'tier = "dev"', 'tier = "dev"\nname = "dev"', "name", "an unknown key",
        '"cloud"'),
    Bad("misspelt key of a table", "max_nodes = 3", "max_node = 3", "cluster.node_pools.general.max_node",
        "an unknown key", '"size", "min_nodes", "max_nodes"', '"max_nodes"'),
    Bad("reserved pool", "node_pools.general", "node_pools.system", "cluster.node_pools.system",
        'the name "system"', "any other name"),
    Bad("long name of a pool", "node_pools.general", "node_pools.generalpurpose",
        "cluster.node_pools.generalpurpose", 'the name "generalpurpose"', "at most 12 lower-case letters"),
    Bad("blank in the name of a pool", "node_pools.general", 'node_pools."a b"', 'cluster.node_pools."a b"',
        'the name "a b"', "at most 12 lower-case letters"),
    Bad("upper case in the name of a service", "[services.lancamentos]", "[services.Lancamentos]",
        "services.Lancamentos", 'the name "Lancamentos"', "lower-case letters, digits and single hyphens"),
    Bad("long name of a service", "[services.lancamentos]", f"[services.{'x' * 31}]",
        f"services.{'x' * 31}", "the name", "at most 30 characters"),
    Bad("double hyphen in the name of a service", "[services.lancamentos]", "[services.a--b]",
        "services.a--b", 'the name "a--b"', "single hyphens"),
    Bad("no pool", DEV[DEV.index("[cluster.node_pools") : DEV.index("[postgres]")],
        "[cluster.node_pools]\n", "cluster.node_pools", "a table",
        "at least one table such as [cluster.node_pools.general]"),
    Bad("a variable of ours", "LOG_LEVEL", "DATABASE_HOST", "services.consolidacao.configuration.DATABASE_HOST",
        'the name "DATABASE_HOST"', '"REDIS_" are set already'),
    Bad("lower-case variable", "LOG_LEVEL", "log_level", "services.consolidacao.configuration.log_level",
        'the name "log_level"', "the name of an environment variable"),
    Bad("no audiences", 'audiences = ["flowwise"]\n', "", "gateway.token_issuer.audiences", "it is missing",
        "a list of an audience", base=PROD),
    Bad("no host", 'host = "api.dev.flowwise.example"\n', "", "gateway.host", "it is missing", "a host name"),
    Bad("no context", 'context = "kind-flowwise"\n', "", "kubernetes.context", "it is missing", "a context of kubectl",
        base=LOCAL),
    Bad("no observability", DEV[DEV.index("[observability]") :], "", "observability", "it is missing",
        'a table with "backend"'),
    Bad("no service", DEV[DEV.index("[services") : DEV.index("[gateway]")], "[services]\n\n", "services", "a table",
        "at least one table such as [services.lancamentos]"),
]
BAD_TYPES = [
    Bad("number without quotes", '"1.35"', "1.35", "cluster.kubernetes_version", "1.35 (a decimal number)",
        '"1.35"', '"1.35"'),
    Bad("number for a word", '"17"', "17", "postgres.version", "17 (a whole number)", '"16", "17" or "18"',
        '"17"'),
    Bad("number in quotes", POOL_NODES, 'min_nodes = 0\nmax_nodes = "3"',
        "cluster.node_pools.general.max_nodes", '"3" (text)',
        "a whole number from 1 to 100, without quotes"),
    Bad("decimal days", "backup_days = 7", "backup_days = 7.0", "postgres.backup_days",
        "7.0 (a decimal number)", "a whole number from 7 to 35"),
    Bad("decimal disk", "= 32", "= 32.0", "postgres.storage_gb", "32.0 (a decimal number)", "32, 64", "32"),
    Bad("true for a number", "backup_days = 7", "backup_days = true", "postgres.backup_days",
        "true (true or false)", "a whole number from 7 to 35"),
    Bad("word for true", "= false", '= "no"', "deletion_protection", '"no" (text)', "true or false"),
    Bad("number for true", "= false", "= 0", "deletion_protection", "0 (a whole number)", "true or false"),
    Bad("word for a list", '[services.lancamentos]\nuses = ["postgres"]',
        '[services.lancamentos]\nuses = "postgres"', "services.lancamentos.uses", '"postgres" (text)',
        'a list of "postgres", "rabbitmq", "redis" or "storage"'),
    Bad("list for a table", '[services.lancamentos]\nuses = ["postgres"]',
        '[services]\nlancamentos = ["postgres"]', "services.lancamentos", '["postgres"]',
        'a table with "uses"'),
    Bad("tables for a table", "[network]", "[[network]]", "network", "[a table]", 'a table with "cidr"'),
    Bad("date for a word", '"flow-wise"', "2026-01-01", "cost_center", "2026-01-01", "lower-case letters"),
    Bad("privileged port", "port = 9090", "port = 80", "services.consolidacao.port", "80", "from 1024 to 65535"),
    Bad("no copy", "min_replicas = 1", "min_replicas = 0", "services.consolidacao.min_replicas", "0", "from 1 to 100"),
    Bad("more than all processors", "cpu_percent = 60", "cpu_percent = 101", "services.consolidacao.cpu_percent", "101",
        "a whole number from 10 to 100"),
    Bad("hardly any memory", "memory_percent = 80", "memory_percent = 9", "services.consolidacao.memory_percent", "9",
        "a whole number from 10 to 100"),
    Bad("no time to stop", "stop_seconds = 120", "stop_seconds = 4", "services.consolidacao.stop_seconds", "4",
        "a whole number from 5 to 600"),
    Bad("decimal copies", "max_replicas = 4", "max_replicas = 4.0", "services.consolidacao.max_replicas",
        "4.0 (a decimal number)", "from 1 to 100"),
    Bad("no messages", "replica = 50", "replica = 0", "services.consolidacao.messages_per_replica", "0",
        "from 1 to 10000"),
    Bad("processors without quotes", 'cpu = "0.5"', "cpu = 0.5", "services.consolidacao.cpu", "0.5 (a decimal number)",
        "processors such as"),
    Bad("word for a list of queues", 'publishes = ["lancamento-registrado"]', 'publishes = "lancamento-registrado"',
        "services.razao.publishes", '"lancamento-registrado" (text)', "a list of the name of a queue"),
    Bad("number for a text", '"info"', "3", "services.consolidacao.configuration.LOG_LEVEL", "3 (a whole number)",
        "text in double quotes"),
    Bad("list for variables", '{ LOG_LEVEL = "info", PRICE = "$5 and 10%" }', '["LOG_LEVEL"]',
        "services.consolidacao.configuration", '["LOG_LEVEL"]', "a table of texts"),
    Bad("huge requests", "= 2048", "= 102401", "gateway.max_request_kb", "102401", "from 1 to 102400"),
    Bad("number for a rate", '"50/second"', "50", "gateway.client_limit", "50 (a whole number)", "a rate such as"),
    Bad("full disk for the broker", 'mode = "in-cluster"', 'mode = "in-cluster"\nstorage_gb = 3', "rabbitmq.storage_gb",
        "3", "from 4 to 1000"),
    Bad("huge number", "backup_days = 7", f"backup_days = 0x{'f' * 900}", "postgres.backup_days", "…",
        "from 7 to 35"),
]
RANGE = "a private IPv4 range"
BAD_NUMBERS_AND_RANGES = [
    Bad("too few days", "backup_days = 7", "backup_days = 6", "postgres.backup_days", "6", "from 7 to 35"),
    Bad("too many days", "backup_days = 7", "backup_days = 36", "postgres.backup_days", "36",
        "from 7 to 35"),
    Bad("too many nodes", POOL_NODES, "min_nodes = 0\nmax_nodes = 101",
        "cluster.node_pools.general.max_nodes", "101", "from 1 to 100"),
    Bad("below nothing", POOL_NODES, "min_nodes = -1\nmax_nodes = 3",
        "cluster.node_pools.general.min_nodes", "-1", "from 0 to 100"),
    Bad("less than min", POOL_NODES, "min_nodes = 4\nmax_nodes = 3", "cluster.node_pools.general.max_nodes",
        "3", "at least min_nodes, which is 4"),
    Bad("system pool without nodes", "min_nodes = 1", "min_nodes = 0", "cluster.system_pool.min_nodes", "0",
        "from 1 to 100"),
    Bad("public range", '"10.10.0.0/16"', '"8.8.0.0/16"', "network.cidr", '"8.8.0.0/16"', RANGE),
    Bad("wide range", '"10.10.0.0/16"', '"10.0.0.0/8"', "network.cidr", '"10.0.0.0/8"',
        "a prefix of /16 to /20"),
    Bad("narrow range", '"10.10.0.0/16"', '"10.10.0.0/21"', "network.cidr", '"10.10.0.0/21"', "/16 to /20"),
    Bad("bits set", '"10.10.0.0/16"', '"10.10.0.1/16"', "network.cidr", '"10.10.0.1/16"', RANGE,
        '"10.10.0.0/16"'),
    Bad("blank behind a range", '"10.10.0.0/16"', '"10.10.0.0/16 "', "network.cidr", '"10.10.0.0/16 "', RANGE,
        '"10.10.0.0/16"'),
    Bad("mask", '"10.10.0.0/16"', '"10.10.0.0/255.255.0.0"', "network.cidr", '"10.10.0.0/255.255.0.0"',
        RANGE, '"10.10.0.0/16"'),
    Bad("no range", '"10.10.0.0/16"', '"10.10.0.0"', "network.cidr", '"10.10.0.0"', RANGE),
    Bad("IPv6", '"10.10.0.0/16"', '"fd00::/16"', "network.cidr", '"fd00::/16"', RANGE),
    Bad("range that AKS keeps", '"10.10.0.0/16"', '"172.31.0.0/16"', "network.cidr", '"172.31.0.0/16"',
        "172.30.0.0/15"),
    Bad("number for a range", '"10.10.0.0/16"', "10", "network.cidr", "10 (a whole number)", RANGE),
    Bad("pods in the network", '"10.20.0.0/16"', '"10.10.16.0/20"', "cluster.pod_cidr", '"10.10.16.0/20"',
        "a range that does not overlap network.cidr, which is 10.10.0.0/16"),
    Bad("services among pods", '"10.30.0.0/20"', '"10.20.0.0/20"', "cluster.service_cidr", '"10.20.0.0/20"',
        "a range that does not overlap cluster.pod_cidr, which is 10.20.0.0/16"),
    Bad("default in the network",
        'cidr = "10.10.0.0/16"\nzones = 2\n\n[cluster]\nkubernetes_version = "1.35"\npod_cidr = "10.20.0.0/16"',
        'cidr = "10.244.0.0/16"\n\n[cluster]\nkubernetes_version = "1.35"', "cluster.pod_cidr",
        "10.244.0.0/16, the default", "does not overlap network.cidr"),
    Bad("server of nobody", "servers.consolidacao", "servers.consolidado", "postgres.servers.consolidado",
        'the name "consolidado"', 'a microservice that uses postgres: "lancamentos" or "consolidacao"',
        '"consolidacao"', base=EACH),
    Bad("server of one without a database", "servers.consolidacao", "servers.razao", "postgres.servers.razao",
        'the name "razao"', 'a microservice that uses postgres: "lancamentos" or "consolidacao"', base=EACH),
    Bad("server by two names", OWN_STORAGE, OWN_STORAGE + OWN_STORAGE.replace("consolidacao", "saldos"),
        "postgres.servers", "a table", 'one table for "saldos", which was "consolidacao": both are the same server',
        base=EACH.replace("[services.consolidacao]\n", '[services.saldos]\nwas = "consolidacao"\n')),
    Bad("burstable server among those with a standby", '"large"', '"B_Standard_B4ms"',
        "postgres.servers.consolidacao.size", '"B_Standard_B4ms"',
        '"medium", "large" or "xlarge", which can have a standby, because postgres.high_availability is true',
        base=EACH.replace(POSTGRES_SIZE, POSTGRES_SIZE.replace("small", "medium").replace("false", "true"))),
    Bad("standby beside no server", "backup_days = 7\nhigh_availability = false",
        "backup_days = 7\nhigh_availability = false\nsame_zone = true", "postgres.same_zone", "true",
        "false with high_availability = false"),
    Bad("standby beside a server of another cloud", "backup_days = 30\nhigh_availability = true",
        "backup_days = 30\nhigh_availability = true\nsame_zone = true", "postgres.same_zone", "true",
        'false: cloud "aws" keeps a standby in another zone, or none', base=PROD.replace('"azure"', '"aws"')),
    Bad("standby for a burstable server", "backup_days = 7\nhigh_availability = false",
        "backup_days = 7\nhigh_availability = true", "postgres.high_availability", "true",
        'false with size "small", or true with size "medium", "large" or "xlarge"'),
    Bad("more zones than there are", "zones = 2", "zones = 4", "network.zones", "4", "from 1 to 3"),
    Bad("the whole world", '"200.160.2.3/32"', '"0.0.0.0/0"', "cluster.public_access_cidrs[0]", '"0.0.0.0/0"',
        "a public IPv4 range"),
    Bad("private address as a public one", '"200.160.2.3/32"', '"10.0.0.1/32"', "cluster.public_access_cidrs[0]",
        '"10.0.0.1/32"', "a public IPv4 range"),
    Bad("persistence alone", "persistence = false", "persistence = true", "redis.persistence", "true",
        "high_availability = true besides"),
    Bad("endpoint that another cloud has", "[cluster.system_pool]", "identity_endpoint = true\n\n[cluster.system_pool]",
        "cluster.identity_endpoint", "true", "false: cloud"),
    Bad("sign of a currency", "[network]", '[budget.bill]\ncurrency = "R$"\nmonthly = 6500\n\n[network]',
        "budget.bill.currency", '"R$"', 'the code of a currency, such as "BRL"'),
    Bad("no e-mail address", '"finops@flowwise.example"', '"finops"', "budget.emails[0]", '"finops"',
        "an e-mail address"),
    Bad("nobody to tell", '["finops@flowwise.example"]', "[]", "budget.emails", "[]", "one to 5 e-mail addresses"),
]
ACCOUNTS_AND_ORDER = [
    Bad("no subscription", 'region = "brazil"', 'region = "brazil"\naccount = "Flow Wise"', "account", '"Flow Wise"',
        'the identifier of the Azure subscription, such as "00000000-'),
    Bad("another cloud's account", 'region = "brazil"', 'region = "brazil"\naccount = "123456789012"', "account",
        '"123456789012"', "the identifier of the Azure subscription"),
    Bad("number for an account", 'region = "brazil"', 'region = "brazil"\naccount = 123456789012', "account",
        "123456789012 (a whole number)", "the identifier of the AWS account"),
    Bad("account of a cluster", 'tier = "dev"', 'tier = "dev"\naccount = "123456789012"', "account", '"123456789012"',
        'because cloud is "kubernetes"', base=LOCAL),
    Bad("turn of a cluster", 'tier = "dev"', 'tier = "dev"\nafter = "dev"', "after", '"dev"',
        'because cloud is "kubernetes"', base=LOCAL),
    Bad("no name to come after", 'tier = "dev"', 'tier = "dev"\nafter = "the-first"', "after", '"the-first"',
        "the name of another environment"),
]
RULES_BETWEEN_TABLES = [
    Bad("a zone without the host", "client_limit", 'dns_zone = "flowwise.com"\nclient_limit', "gateway.dns_zone",
        '"flowwise.com"', 'what host ends with, such as "dev.flowwise.example"'),
    Bad("the end of a word for a zone", "client_limit", 'dns_zone = "wise.example"\nclient_limit', "gateway.dns_zone",
        '"wise.example"', "what host ends with"),
    Bad("a zone for a private gateway", "public = true\ncors", 'public = false\ndns_zone = "flowwise.example"\ncors',
        "gateway.dns_zone", '"flowwise.example"', 'nothing, or public = true or certificate_challenge = "dns"'),
    Bad("proof in no zone", "client_limit", 'certificate_email = "ops@flowwise.example"\n' + BY_DNS + "client_limit",
        "gateway.dns_zone", "it is missing", 'a public DNS zone that has the host, because certificate_challenge is'),
    Bad("proof for nobody", "client_limit", 'dns_zone = "flowwise.example"\n' + BY_DNS + "client_limit",
        "gateway.certificate_email", "it is missing", 'an e-mail address, because certificate_challenge is "dns"'),
    Bad("a name for a network", "[cluster]\n", EXISTING_ON_AZURE.replace('"/subscriptions', '"', 1),
        "network.existing.id", "/rg-hub", 'the identifier of a network, such as "/subscriptions/'),
    Bad("a name for a subnet", "[cluster]\n", EXISTING_ON_AZURE.replace("/subnets/databases", "/databases"),
        "network.existing.databases", "[", 'identifiers of subnets, such as "/subscriptions/'),
    Bad("two subnets that span zones", "[cluster]\n", EXISTING_ON_AZURE.replace(SUBNET, f'{SUBNET[:-1]}, "x"]'),
        "network.existing.control_plane", "[", "identifiers of subnets"),
    Bad("a subnetwork of databases", '"google-managed-services"', f'["{NETWORK_IDS["google"].subnet_example}"]'[1:-1],
        "network.existing.databases", "[", 'the name of a range for private services access, such as "google-managed-',
        base=HOSTED_WITH_RANGES_OF_GKE),
    Bad("a subnetwork by its name alone", f'nodes         = ["{NETWORK_IDS["google"].subnet_example}"]',
        'nodes = ["nodes"]', "network.existing.nodes", "[", 'identifiers of subnets, such as "projects/flowwise-',
        base=HOSTED_WITH_RANGES_OF_GKE),
    Bad("no zone of names", "[cluster]\n", EXISTING_ON_AZURE.replace("/privateDnsZones", "/dnsZones"),
        "network.existing.private_dns_zones.registry", "/subscriptions", "the identifier of a private DNS zone"),
    Bad("what only Azure has to be told", "[cluster]\n", EXISTING_ON_AWS.replace("[c", "routed = true\n[c"),
        "network.existing.routed", "true", "nothing: only Azure has to be told", base=ON_AWS),
    Bad("too few subnets on AWS", "[cluster]\n", EXISTING_ON_AWS.replace('"subnet-00000004", ', "", 1),
        "network.existing.control_plane", '["subnet-00000005"]', "two subnets at least", base=ON_AWS),
    Bad("fewer subnets than zones on AWS", "[cluster]\n", EXISTING_ON_AWS.replace('"subnet-00000006", ', ""),
        "network.existing.endpoints", '["subnet-00000007"]', "2 subnets, one in each of the availability zones",
        base=ON_AWS),
    Bad("a subnet twice", "[cluster]\n", EXISTING_ON_AWS.replace("00000007", "00000006"), "network.existing.endpoints",
        '["subnet-00000006", "subnet-00000006"]', '"subnet-00000006" only once', base=ON_AWS),
    Bad("a cluster outside of its network", "[network]\n", f"{CLUSTER}[network]\n", "network", "a table",
        "a network that is there already, [network.existing]: existing.cluster names a cluster in it",
        base=HOSTED[: HOSTED.index("[existing]")] + HOSTED[HOSTED.index("[cluster]") :]),
    Bad("a name for a cluster", CLUSTER, '[existing]\ncluster = "aks-flowwise"\n', "existing.cluster",
        '"aks-flowwise"', 'the identifier of a cluster of AKS, such as "/subscriptions/', base=HOSTED),
    Bad("subnets for an API server that is there", "nodes    ", "control_plane = [\"x\"]\nnodes    ",
        "network.existing.control_plane", '["x"]', "nothing: existing.cluster is there already", base=HOSTED),
    Bad("no subnets for an API server", "[cluster]\n", re.sub("(?m)^control_plane .*\\n", "", EXISTING_ON_AZURE),
        "network.existing.control_plane", "nothing: it is missing", "a list of an identifier"),
    Bad("a way out of another's nodes", "nodes    ", "routed = true\nnodes    ", "network.existing.routed", "true",
        "nothing: existing.cluster is there already, and its owner sees to this", base=HOSTED),
    Bad("another's nodes anew", "[cluster]\n", "[cluster]\npatch_version = 2\n", "cluster.patch_version", "2",
        "nothing: existing.cluster is there already", base=HOSTED),
    Bad("who reaches another's API server", "[cluster]\n", '[cluster]\npublic_access_cidrs = ["200.160.2.3/32"]\n',
        "cluster.public_access_cidrs", '["200.160.2.3/32"]', "nothing: existing.cluster is there", base=HOSTED),
    Bad("labels of another's nodes", "taints = ", 'labels = { team = "ledger" }\ntaints = ',
        "cluster.node_pools.general.labels", "a table", "nothing: existing.cluster is there already", base=HOSTED),
    Bad("a pool that AKS would not have", "node_pools.general", "node_pools.default-pool",
        "cluster.node_pools.default-pool", 'the name "default-pool"', "the name of a node pool of AKS", base=HOSTED),
    Bad("a name for a registry", "[cluster]\n", '[existing]\nregistry = "crflowwise"\n[cluster]\n', "existing.registry",
        '"crflowwise"', 'the identifier of a container registry, such as "/subscriptions/'),
    Bad("another cloud's registry", "[cluster]\n", '[existing]\nregistry = "/subscriptions/0"\n[cluster]\n',
        "existing.registry", '"/subscriptions/0"', 'such as "arn:aws:ecr:', base=ON_AWS),
    Bad("a version of a key", "[cluster]\n", f"[existing]{THERE['azure']}\n[cluster]\n".replace("keys/flowwise",
        "keys/flowwise/1"), "existing.encryption_key", '"/subscriptions/', "a key in a key vault, without a version"),
    Bad("an alias of a key", "[cluster]\n", '[existing]\nencryption_key = "alias/flowwise"\n[cluster]\n',
        "existing.encryption_key", '"alias/flowwise"', "the identifier of a key of KMS", base=ON_AWS),
    Bad("logs where none are sent", "[cluster]\n", '[existing]\nlog_workspace = "/subscriptions/0"\n[cluster]\n',
        "existing.log_workspace", '"/subscriptions/0"', 'nothing, because cloud is "aws": no service', base=ON_AWS),
    Bad("a name for a workspace", "[cluster]\n", '[existing]\nlog_workspace = "log-flowwise"\n[cluster]\n',
        "existing.log_workspace", '"log-flowwise"', "the identifier of a workspace of Log Analytics"),
    Bad("a cluster without nodes of its own", SYSTEM_POOL, "", "cluster.system_pool", "nothing: it is missing",
        'a table with "size", "min_nodes" and "max_nodes"'),
    Bad("spot system pool", SYSTEM_SIZE, SYSTEM_SIZE + "\nspot = true", "cluster.system_pool.spot", "true",
        "false: without these nodes the cluster stops"),
    Bad("a need without its table", DEV[DEV.index("[redis]") : DEV.index("[rabbitmq]")], "",
        "services.consolidacao.uses", '["postgres", "rabbitmq", "redis"]', "there is no [redis]"),
    Bad("a cache for nobody", 'uses = ["postgres", "rabbitmq", "redis"]', 'uses = ["postgres", "rabbitmq"]',
        "redis", "a table", 'nothing, also in shared.toml: no microservice has "redis" in its uses'),
    Bad("databases for nobody", 'uses = ["postgres", "rabbitmq", "redis"]', 'uses = ["rabbitmq", "redis"]',
        "postgres", "a table", 'no microservice has "postgres" in its uses',
        base=DEV.replace('uses = ["postgres"]', "uses = []")),
    Bad("a broker for nobody", 'uses = ["rabbitmq"]', "uses = []",
        "rabbitmq", "a table", 'no microservice has "rabbitmq" in its uses',
        base=NO_QUEUES.replace('"postgres", "rabbitmq", "redis"', '"postgres", "redis"')),
    Bad("storage for nobody", "[redis]", "[storage]\nretention_days = 7\n\n[redis]",
        "storage", "a table", 'no microservice has "storage" in its uses'),
    Bad("managed where none is sold", '"in-cluster"', '"managed"', "rabbitmq.mode", '"managed"',
        '"in-cluster", because cloud "azure" sells no managed RabbitMQ'),
    Bad("managed without a word on its password", 'size = "small"\nhigh_availability = false\n\n[services',
        'size = "small"\nhigh_availability = false\n\n[services', "rabbitmq.accept_password_in_state",
        "false, the default", "Terraform keeps the password of a managed broker in its state", base=MANAGED),
    Bad("password in the state for nothing", 'mode = "in-cluster"',
        'mode = "in-cluster"\naccept_password_in_state = true', "rabbitmq.accept_password_in_state", "true",
        "there is no password in the state"),
    Bad("an operator's name", "services.lancamentos", "services.observability", "services.observability",
        'the name "observability"', "names of what runs beside the microservices"),
]
BY_TOPOLOGY = [
    Bad("one server for all and one for one", '"dedicated"', '"shared"', "postgres.servers", "a table",
        'nothing with topology = "shared", where all databases are on one server', base=EACH),
]
A_CLUSTER_IS_NO_CLOUD = [
    Bad("region of a cluster", '"kubernetes"', '"kubernetes"\nregion = "brazil"', "region", '"brazil"',
        'nothing: the cluster is there already, and no cloud to do this, because cloud is "kubernetes"', base=LOCAL),
    *(
        Bad(f"{table} of a cluster", "[kubernetes]", f"[{table}]\nanything = 1\n\n[kubernetes]", table, "a table",
            'no cloud to do this, because cloud is "kubernetes"', base=LOCAL)
        for table in ("budget", "network", "cluster")
    ),
    Bad("backups of a cluster", 'version = "17"', 'version = "17"\nbackup_days = 7', "postgres.backup_days", "7",
        'because cloud is "kubernetes"', base=LOCAL),
    Bad("a server of a size of its own in a cluster", "\n[redis]",
        '\n[postgres.servers.consolidacao]\nsize = "large"\n\n[redis]', "postgres.servers", "a table",
        'no cloud to do this, because cloud is "kubernetes"', base=LOCAL),
    Bad("a server each in a cluster", '"shared"', '"dedicated"', "postgres.topology", '"dedicated"',
        '"shared", because cloud is "kubernetes"', base=LOCAL),
    Bad("a cloud's zone in a cluster", "client_limit", 'dns_zone = "flowwise.example"\nclient_limit',
        "gateway.dns_zone", '"flowwise.example"',
        'because cloud is "kubernetes"', base=LOCAL),
    Bad("proof where no cloud has a zone", "client_limit", BY_DNS + "client_limit", "gateway.certificate_challenge",
        '"dns"', '"http", because cloud is "kubernetes"', base=LOCAL),
    Bad("no way to the cluster", '[kubernetes]\ncontext = "kind-flowwise"\n', "", "kubernetes", "it is missing",
        'a table with "context"', base=LOCAL),
    Bad("a cluster besides a cloud", "[network]", '[kubernetes]\ncontext = "kind-flowwise"\n\n[network]', "kubernetes",
        "a table", 'nothing: the cluster is made, because cloud is "azure"'),
    Bad("no budget", DEV[DEV.index("[budget]") : DEV.index("[network]")], "", "budget", "it is missing",
        'a table with "monthly_usd"'),
    Bad("no cluster", DEV[DEV.index("[cluster]") : DEV.index("[postgres]")], "", "cluster", "it is missing",
        'a table with "kubernetes_version"'),
    Bad("no backups", "backup_days = 7\n", "", "postgres.backup_days", "it is missing", "a whole number from 7 to 35"),
]
RULES_BETWEEN_SERVICES = [
    Bad("one path of two", '"/razao"', '"/saldos/diarios"', "services.razao.paths", '["/saldos/diarios"]',
        '"/saldos/diarios" leads to services.consolidacao'),
    Bad("a path below another's", '"/razao"', '"/consolidacao/x"', "services.razao.paths", '["/consolidacao/x"]',
        '"/consolidacao" leads to services.consolidacao'),
    Bad("a path above others'", '["/razao"]', '["/razao", "/"]', "services.razao.paths", '["/razao", "/"]',
        '"/consolidacao" leads to services.consolidacao and "/saldos/diarios" leads to services.consolidacao'),
    Bad("nobody publishes", 'publishes = ["lancamento-registrado"]\n', "", "services.consolidacao.consumes",
        '["lancamento-registrado"]', 'events that a service publishes: none publishes "lancamento-registrado"'),
    Bad("nobody consumes", 'publishes = ["lancamento-registrado"',
        'publishes = ["lancamento-registrado", "lancamento-registrados"', "services.razao.publishes",
        '["lancamento-registrado", "lancamento-registrados"]', 'none consumes "lancamento-registrados"',
        '"lancamento-registrado"'),
    Bad("a second consumer", "[services.razao]", '[services.relatorios]\nuses = ["rabbitmq"]\n'
        'consumes = ["lancamento-registrado"]\n\n[services.razao]', "services.relatorios.consumes",
        '["lancamento-registrado"]', 'as services.consolidacao does that of "lancamento-registrado": own_queues = '
        '["lancamento-registrado"] besides has this one get every event by a queue of its own'),
    Bad("a queue that one would share", "[services.razao]", '[services.relatorios]\nuses = ["rabbitmq"]\n'
        'consumes = ["lancamento-registrado"]\nshared_queues = ["lancamento-registrado"]\n\n[services.razao]',
        "services.consolidacao.consumes", '["lancamento-registrado"]',
        'or shared_queues = ["lancamento-registrado"] in all of them has each event go to one of them'),
    Bad("a queue of another event", "messages_per_replica", 'own_queues = ["lancamento"]\nmessages_per_replica',
        "services.consolidacao.own_queues", '["lancamento"]', '"lancamento-registrado", which it consumes',
        '"lancamento-registrado"'),
    Bad("a share of what it does not consume", "publishes =", 'shared_queues = ["lancamento"]\npublishes =',
        "services.razao.shared_queues", '["lancamento"]', "[]: it consumes nothing"),
    Bad("a queue of its own that is shared", "messages_per_replica",
        'own_queues = ["lancamento-registrado"]\nshared_queues = ["lancamento-registrado"]\nmessages_per_replica',
        "services.consolidacao.shared_queues", '["lancamento-registrado"]', "events that are not in own_queues"),
    Bad("a queue with the name of dead letters'", "[services.razao]", '[services.dead]\nuses = ["rabbitmq"]\n'
        'consumes = ["lancamento-registrado"]\nown_queues = ["lancamento-registrado"]\n\n[services.razao]',
        "services.dead.own_queues", '["lancamento-registrado"]', "[]: a queue that ends in .dead"),
    Bad("a former name that is its own", "[services.razao]", '[services.razao]\nwas = "razao"', "services.razao.was",
        '"razao"', "nothing, or the name that it had before"),
    Bad("a former name that another has", "[services.razao]", '[services.razao]\nwas = "consolidacao"',
        "services.razao.was", '"consolidacao"', "a name that no other is deployed by: services.consolidacao is by"),
    Bad("a former name that another had", "[services.lancamentos]", '[services.lancamentos]\nwas = "contas"\n',
        "services.razao.was", '"contas"', "a name that no other is deployed by: services.lancamentos is by this one",
        base=DEV.replace("[services.razao]", '[services.razao]\nwas = "contas"')),
    Bad("calls nobody", 'publishes =', 'calls = ["consolidacoes"]\npublishes =', "services.razao.calls",
        '["consolidacoes"]', 'other microservices with HTTP: "lancamentos" or "consolidacao"', '"consolidacao"'),
    Bad("calls a worker", "[services.razao]", '[services.fila]\nkind = "worker"\nuses = []\n\n[services.razao]\n'
        'calls = ["fila"]', "services.razao.calls", '["fila"]', "other microservices with HTTP:"),
    Bad("a job without a schedule", "[services.razao]", '[services.noite]\nkind = "job"\nuses = []\n\n[services.razao]',
        "services.noite.schedule", "it is missing", 'a schedule such as "0 3 * * *", because kind is "job"'),
    Bad("a worker with paths", "[services.razao]", '[services.razao]\nkind = "worker"', "services.razao.paths",
        '["/razao"]', 'nothing, because kind is "worker", which runs all the time, and listens on no port'),
    Bad("copies of a job", "[services.razao]", '[services.noite]\nkind = "job"\nschedule = "0 3 * * *"\nuses = []\n'
        "min_replicas = 2\n\n[services.razao]", "services.noite.min_replicas", "2",
        'nothing, because kind is "job", which listens on no port, and of which one runs at a time'),
    Bad("a schedule of what runs all the time", "[services.razao]", '[services.razao]\nschedule = "0 3 * * *"',
        "services.razao.schedule", '"0 3 * * *"', 'nothing, because kind is "http", which runs all the time'),
    Bad("an hour that no day has", "[services.razao]", '[services.noite]\nkind = "job"\nschedule = "0 24 * * *"\n'
        "uses = []\n\n[services.razao]", "services.noite.schedule", '"0 24 * * *"', "five fields as cron has them"),
    Bad("calls itself", 'publishes =', 'calls = ["razao"]\npublishes =', "services.razao.calls", '["razao"]',
        "other microservices with HTTP:"),
    Bad("a range with stray bits", '"203.0.113.0/24"', '"203.0.113.7/24"',
        "services.consolidacao.egress.parceiro.to[0]", '"203.0.113.7/24"', "no bit set behind it"),
    Bad("an address without a prefix", '"203.0.113.0/24"', '"203.0.113.7"',
        "services.consolidacao.egress.parceiro.to[0]", '"203.0.113.7"', "a prefix of /8 to /32", '"203.0.113.7/32"'),
    Bad("where nodes learn who they are", '"203.0.113.0/24"', '"169.254.169.254/32"',
        "services.consolidacao.egress.parceiro.to[0]", '"169.254.169.254/32"', "or an IPv4 range"),
    Bad("half of all addresses", '"203.0.113.0/24"', '"128.0.0.0/1"', "services.consolidacao.egress.parceiro.to[0]",
        '"128.0.0.0/1"', "with a prefix of /8 to /32"),
    Bad("the Internet and more", '"203.0.113.0/24"', '"internet"', "services.consolidacao.egress.parceiro.to",
        '["internet", "10.99.0.0/16"]', '["internet"] alone'),
    Bad("out to pods", '"10.99.0.0/16"', '"10.20.30.0/24"', "services.consolidacao.egress.parceiro.to",
        '["203.0.113.0/24", "10.20.30.0/24"]', "ranges outside of \"10.20.0.0/16\", which is the environment's own"),
    Bad("what Google's firewall keeps in", "ports = [443]", "ports = [443, 8443]",
        "services.consolidacao.egress.parceiro.ports", "[443, 8443]", '[443], because cloud is "google"',
        base=DEV.replace('cloud = "azure"', 'cloud = "google"')),
    Bad("queues without RabbitMQ", 'uses = ["rabbitmq"]', "uses = []", "services.razao.publishes",
        '["lancamento-registrado"]', '[], or "rabbitmq" in uses besides'),
    Bad("scales on another's queue", 'scale_on_queue = "lancamento-registrado"', 'scale_on_queue = "lancamento"',
        "services.consolidacao.scale_on_queue", '"lancamento"', '"lancamento-registrado", which it consumes',
        '"lancamento-registrado"'),
    Bad("scales without a queue", 'publishes =', 'scale_on_queue = "x"\nmessages_per_replica = 5\npublishes =',
        "services.razao.scale_on_queue", '"x"', "nothing, or the queue in consumes besides"),
    Bad("messages without a queue", 'scale_on_queue = "lancamento-registrado"\n', "",
        "services.consolidacao.messages_per_replica", "50", "nothing, or scale_on_queue besides"),
    Bad("queue without messages", "messages_per_replica = 50\n", "", "services.consolidacao.messages_per_replica",
        "it is missing", 'a whole number from 1 to 10000, because scale_on_queue is "lancamento-registrado"'),
    Bad("a command without a program", 'command = ["python", "-m", "saldos"]', 'command = ["", "-m"]',
        "services.consolidacao.command", '["", "-m"]', "a list that begins with a program"),
    Bad("misspelt pool", 'publishes =', 'pool = "genral"\npublishes =', "services.razao.pool", '"genral"',
        '"general", of cluster.node_pools', '"general"'),
    Bad("pool of a cluster of one's own", 'publishes =', 'pool = "general"\npublishes =', "services.razao.pool",
        '"general"', "nothing: the cluster is there already", base=LOCAL),
    Bad("limit below what is kept", 'cpu_limit = "1500m"', 'cpu_limit = "499m"', "services.consolidacao.cpu_limit",
        '"499m"', 'at least cpu, which is "0.5"'),
    Bad("memory's limit below what is kept", 'memory_limit = "1Gi"', 'memory_limit = "511Mi"',
        "services.consolidacao.memory_limit", '"511Mi"', 'at least memory, which is "512Mi"'),
    Bad("limit below the default", 'publishes =', 'cpu_limit = "0.2"\npublishes =', "services.razao.cpu_limit", '"0.2"',
        'at least cpu, which is "250m"'),
    Bad("fewer copies than min", "min_replicas = 1\nmax_replicas = 4", "min_replicas = 5\nmax_replicas = 4",
        "services.consolidacao.max_replicas", "4", "at least min_replicas, which is 5"),
    Bad("fewer copies by default", "min_replicas = 1\nmax_replicas = 3", "min_replicas = 7", "gateway.max_replicas",
        "6, the default", "at least min_replicas, which is 7"),
    Bad("paths without a gateway", DEV[DEV.index("[gateway]") : DEV.index("[observability]")], "", "gateway",
        "it is missing", 'a table with "host", because services.consolidacao has paths'),
    Bad("a public authority for a private gateway", "public = true\ncors",
        'public = false\ncertificate_email = "ops@flowwise.example"\ncors', "gateway.certificate_email",
        '"ops@flowwise.example"', 'nothing, or public = true or certificate_challenge = "dns": a public authority has'),
    Bad("vendor without an endpoint", 'endpoint = "us5.datadoghq.com"', "", "observability.endpoint", "it is missing",
        'a Datadog site such as "us5.datadoghq.com", because backend is "datadog"'),
    Bad("another's endpoint", '"us5.datadoghq.com"', '"https://us5.datadoghq.com"', "observability.endpoint",
        '"https://us5.datadoghq.com"', 'a Datadog site such as "us5.datadoghq.com"'),
    Bad("Datadog's endpoint", '"datadog"', '"elastic"', "observability.endpoint", '"us5.datadoghq.com"',
        'an address that begins with https://, because backend is "elastic"'),
    Bad("no version of the key", 'backend = "datadog"', 'backend = "datadog"\nkey_version = 0',
        "observability.key_version", "0", "from 1 to 1000"),
    Bad("no version of the application key", 'backend = "datadog"', 'backend = "datadog"\napplication_key_version = 0',
        "observability.application_key_version", "0", "from 1 to 1000"),
    Bad("another's application key", 'backend = "datadog"\nendpoint = "us5.datadoghq.com"',
        'backend = "elastic"\nendpoint = "https://x.example"\napplication_key_version = 1',
        "observability.application_key_version", "1", 'only Datadog has such a key, and backend is "elastic"'),
    Bad("an application key without a store", 'backend = "datadog"', 'backend = "datadog"\napplication_key_version = 1',
        "observability.application_key_version", "1", "nothing: the cluster is there already", base=LOCAL),
    Bad("endpoint of nobody", '"datadog"', '"none"', "observability.endpoint", '"us5.datadoghq.com"',
        'nothing: with backend = "none"'),
    Bad("disk of a managed broker", 'mode = "managed"',
        'mode = "managed"\naccept_password_in_state = true\nstorage_gb = 10', "rabbitmq.storage_gb", "10",
        "the disk comes with the size", base=MANAGED),
    Bad("managed in a cluster", '"in-cluster"', '"managed"', "rabbitmq.mode", '"managed"',
        '"in-cluster", because cloud "kubernetes" sells no managed RabbitMQ', base=LOCAL),
]
PRODUCTION_RULES = [
    Bad("one copy", "min_replicas = 2", "min_replicas = 1", "services.consolidacao.min_replicas", "1",
        'at least 2, so that one may fail, because tier is "prod"', base=PROD),
    Bad("one copy of the gateway", "min_replicas = 2\nmax_replicas = 3", "min_replicas = 1\nmax_replicas = 3",
        "gateway.min_replicas", "1", 'at least 2, so that one may fail, because tier is "prod"', base=PROD),
    Bad("no tokens", TOKEN_ISSUER, "\n[observability]", "gateway.token_issuer", "it is missing",
        'a table with "issuer", "jwks_uri" and "audiences", because tier is "prod"', base=PROD),
    Bad("a certificate that nobody trusts", 'certificate_email = "ops@flowwise.example"\n', "",
        "gateway.certificate_email", "it is missing", 'because tier is "prod"', base=PROD),
    Bad("no replica in a cluster", "high_availability = true\npersistence", "high_availability = false\npersistence",
        "redis.high_availability", "false", 'true, because tier is "prod"', base=LOCAL_PROD),
    Bad("no standby", "availability = true", "availability = false", "postgres.high_availability", "false",
        'true, because tier is "prod"', base=PROD),
    Bad("no replica", 'high_availability = true\npersistence', 'high_availability = false\npersistence',
        "redis.high_availability", "false", 'true, because tier is "prod"', base=PROD),
    Bad("one broker", "high_availability = true\n\n[services", "high_availability = false\n\n[services",
        "rabbitmq.high_availability", "false", 'true, because tier is "prod"', base=PROD),
    Bad("a zone left out", "zones = 3", "zones = 2", "network.zones", "2",
        '3, all availability zones of the region, because tier is "prod"', base=PROD),
    Bad("not protected", "deletion_protection = true", "deletion_protection = false", "deletion_protection",
        "false", 'true, because tier is "prod"', base=PROD),
    Bad("a public endpoint", "public_access_cidrs = []", 'public_access_cidrs = ["200.160.2.3/32"]',
        "cluster.public_access_cidrs", '["200.160.2.3/32"]', "[], which gives the API server no public address",
        base=PROD),
    Bad("spot system nodes", 'pool]\nsize = "small"', 'pool]\nsize = "small"\nspot = true',
        "cluster.system_pool.spot", "true", "false: without these nodes the cluster stops", base=PROD),
    Bad("burstable server", 'version = "17"\nsize = "medium"', 'version = "17"\nsize = "small"',
        "postgres.size", '"small"', '"medium", "large" or "xlarge", which can have a standby, because tier is "prod"',
        base=PROD),
    Bad("burstable server of one microservice", "\n[redis]",
        '\n[postgres.servers.consolidacao]\nsize = "small"\n\n[redis]', "postgres.servers.consolidacao.size", '"small"',
        '"medium", "large" or "xlarge", which can have a standby, because tier is "prod"',
        base=PROD.replace('"shared"', '"dedicated"')),
    Bad("short backups", "backup_days = 30", "backup_days = 29", "postgres.backup_days", "29",
        'a whole number from 30 to 35, because tier is "prod"', base=PROD),
    Bad("a zone without a node", "min_nodes = 3\nmax_nodes = 9", "min_nodes = 2\nmax_nodes = 9",
        "cluster.node_pools.general.min_nodes", "2",
        'at least 3, a node per availability zone, because tier is "prod"', base=PROD),
    Bad("a zone without a system node", "min_nodes = 3\nmax_nodes = 6", "min_nodes = 1\nmax_nodes = 6",
        "cluster.system_pool.min_nodes", "1", "at least 3, a node per availability zone", base=PROD),
]
NAMES_AND_ADDRESSES_OF_OTHERS = [
    Bad("a vendor like none", '"datadog"', '"newrelic"', "observability.backend", '"newrelic"', '"elastic"'),
    # Addresses of mail
    *(
        Bad(f"an address with {about}", "finops@flowwise.example", address, "budget.emails[0]", "", "an e-mail address")
        for about, address in {
            "an expression": "${path.root}@flowwise.example",
            "a directive": "%{ for x in [1] }@flowwise.example",
            "a quote": r'o\"neil@flowwise.example',
            "a backslash": r"a\\b@flowwise.example",
            "an end of line": r"finops@flowwise.example\n",
            "a scheme": "mailto:finops@flowwise.example",
            "a name before it": "Finops <finops@flowwise.example>",
            "another one": "finops@flowwise.example,dev@flowwise.example",
            "no domain of its own": "finops@localhost",
        }.items()
    ),
    Bad("an expression for Let's Encrypt", "public = true\ncors",
        'public = true\ncertificate_email = "${path.root}@a.example"\ncors',
        "gateway.certificate_email", "${path.root}", "an e-mail address"),
    # Names that others have
    *(
        Bad(f"{name} for a microservice", "services.lancamentos", f"services.{name}", f"services.{name}",
            f'the name "{name}"', f"are names of {whose}")
        for name, whose in {
            "default": "namespaces of Kubernetes itself",
            "kube-flannel": "namespaces of Kubernetes itself",
            "gke-managed-system": "namespaces of the clouds",
            "amazon-cloudwatch": "namespaces of the clouds",
            "information-schema": "PostgreSQL itself",
            "pg-read-all-data": "PostgreSQL itself",
            "template1": "PostgreSQL itself",
            "azure-maintenance": "namespaces of the clouds",
            "rds-superuser": "roles and databases of whoever runs PostgreSQL",
            "cloudsqlsuperuser": "roles and databases of whoever runs PostgreSQL",
            "streaming-replica": "roles and databases of whoever runs PostgreSQL",
            "administrator": "our own users",
            "watcher": "our own users",
            "guest": "a user that RabbitMQ makes",
            "to-https": "what runs beside the microservices",
        }.items()
    ),
    *(
        Bad(f"the label {key}", 'labels = { team', f'labels = {{ "{key}"',
            f"cluster.node_pools.general.labels.{shown_key}", f'the name "{key}"', allowed)
        for key, shown_key, allowed in (
            ("kubernetes.io/role", '"kubernetes.io/role"', "a key of no domain, or of one's own"),
            ("topology.kubernetes.io/zone", '"topology.kubernetes.io/zone"', "a key of no domain, or of one's own"),
            ("x.k8s.io/a", '"x.k8s.io/a"', "a key of no domain, or of one's own"),
            ("eks.amazonaws.com/nodegroup", '"eks.amazonaws.com/nodegroup"', '"amazonaws.com"'),
            ("kubernetes.azure.com/mode", '"kubernetes.azure.com/mode"', '"kubernetes.azure.com"'),
            ("cloud.google.com/gke-nodepool", '"cloud.google.com/gke-nodepool"', '"cloud.google.com"'),
            ("storagetier", "storagetier", "labels that AKS gives nodes itself"),
        )
    ),
    Bad("a taint of the node's own state", 'key = "flowwise.io/team"', 'key = "node.kubernetes.io/not-ready"',
        "cluster.node_pools.general.taints[0].key", '"node.kubernetes.io/not-ready"', "a key of no domain"),
    Bad("the port by a variable", "LOG_LEVEL", "PORT", "services.consolidacao.configuration.PORT", 'the name "PORT"',
        "are set already"),
    Bad("a secret that the file has", "LOG_LEVEL =", "TOKEN =", "services.consolidacao.secrets", '["TOKEN"]',
        'names that configuration does not have: "TOKEN" cannot be in both', base=WITH_SECRETS),
    Bad("a secret in lower case", '"TOKEN"', '"token"', "services.consolidacao.secrets[0]", '"token"',
        "the name of an environment variable: upper-case letters, digits and single underscores", base=WITH_SECRETS),
    Bad("a secret twice", '["TOKEN"]', '["TOKEN", "TOKEN"]', "services.consolidacao.secrets", '["TOKEN", "TOKEN"]',
        '"TOKEN" only once', base=WITH_SECRETS),
    Bad("a secret of ours", '"TOKEN"', '"DATABASE_PASSWORD"', "services.consolidacao.secrets[0]",
        '"DATABASE_PASSWORD"', "are set already", base=WITH_SECRETS),
    Bad("a secret that the store has as a password", '["TOKEN"]', '["TOKEN", "POSTGRES"]',
        "services.consolidacao.secrets", '["TOKEN", "POSTGRES"]',
        'another name than POSTGRES: "consolidacao-postgres" is a password of services.consolidacao in the store',
        base=WITH_SECRETS),
    Bad("a secret with the name of another's", '["postgres"]', '["postgres"]\nsecrets = ["A_B"]\n\n'
        '[services.lancamentos-a]\nuses = []\nsecrets = ["B"]', "services.lancamentos-a.secrets", '["B"]',
        'another name than B: "lancamentos-a-b" is a secret of services.lancamentos in the store'),
    Bad("a secret with a long name", '["TOKEN"]', f'["TOKEN", "{"T" * 51}"]', "services.consolidacao.secrets",
        '["TOKEN", "TTT', "names of at most 50 characters, for the store knows them as consolidacao-...",
        base=WITH_SECRETS),
    Bad("a version of no secret", "TOKEN = 2", "TOKN = 2", "services.consolidacao.secret_versions", "a table",
        'names in secrets: "TOKEN", of which "TOKN" is none', base=WITH_SECRETS),
    Bad("a version before the first", "TOKEN = 2", "TOKEN = 0", "services.consolidacao.secret_versions.TOKEN", "0",
        "1 to 1000", base=WITH_SECRETS),
    Bad("another cloud's machine", SYSTEM_SIZE, SYSTEM_SIZE.replace("small", "m7i.large"), "cluster.system_pool.size",
        '"m7i.large"', 'or a name such as "Standard_D16s_v5", because cloud is "azure"'),
    Bad("another cloud's database", 'version = "17"\nsize = "small"', 'version = "17"\nsize = "db.m7g.large"',
        "postgres.size", '"db.m7g.large"', 'or a name such as "MO_Standard_E8ds_v5", because cloud is "azure"'),
    Bad("another cloud's database for one microservice", '"large"', '"db.m7g.large"',
        "postgres.servers.consolidacao.size", '"db.m7g.large"',
        'or a name such as "MO_Standard_E8ds_v5", because cloud is "azure"', base=EACH),
    Bad("no server of Cloud SQL for one microservice", '"large"', '"db-custom-2-1024"',
        "postgres.servers.consolidacao.size", '"db-custom-2-1024"', "922 to 6656 MB a processor",
        base=EACH.replace('"azure"', '"google"')),
    Bad("another cloud's cache", '[redis]\nsize = "small"', '[redis]\nsize = "HIGHMEM_MEDIUM"', "redis.size",
        '"HIGHMEM_MEDIUM"', 'or a name such as "MemoryOptimized_M20", because cloud is "azure"'),
    Bad("a machine for a broker in the cluster", 'mode = "in-cluster"\nsize = "small"',
        'mode = "in-cluster"\nsize = "mq.m7g.large"', "rabbitmq.size", '"mq.m7g.large"', 'or mode = "managed"'),
    Bad("a cloud's cache in a cluster of one's own", '[redis]\nsize = "small"', '[redis]\nsize = "HIGHMEM_MEDIUM"',
        "redis.size", '"HIGHMEM_MEDIUM"', 'or "xlarge", because cloud is "kubernetes"', base=LOCAL),
    Bad("a burstable server by its name, with a standby", 'size = "small"\nstorage_gb = 32\nbackup_days = 7\n'
        "high_availability = false", 'size = "B_Standard_B4ms"\nstorage_gb = 32\nbackup_days = 7\n'
        "high_availability = true", "postgres.high_availability", "true", 'false with size "B_Standard_B4ms"'),
    Bad("the identity by a variable", "LOG_LEVEL", "AZURE_CLIENT_ID",
        "services.consolidacao.configuration.AZURE_CLIENT_ID", 'the name "AZURE_CLIENT_ID"', "are set already"),
    # Ranges
    Bad("a public range with a mask", "200.160.2.3/32", "200.160.2.0/255.255.255.0", "cluster.public_access_cidrs[0]",
        '"200.160.2.0/255.255.255.0"', "with a prefix", '"200.160.2.0/24"'),
    Bad("a public address alone", "200.160.2.3/32", "200.160.2.3", "cluster.public_access_cidrs[0]", '"200.160.2.3"',
        "with a prefix", '"200.160.2.3/32"'),
    Bad("a public range twice", '["200.160.2.3/32"]', '["200.160.2.3/32", "200.160.2.3/32"]',
        "cluster.public_access_cidrs", "[", '"200.160.2.3/32" only once'),
    Bad("fewer addresses of pods than nodes", 'pod_cidr = "10.20.0.0/16"', 'pod_cidr = "10.20.0.0/20"',
        "cluster.pod_cidr", '"10.20.0.0/20"', "a range for 17 nodes, which is what max_nodes of all pools come to: ea",
        base=DEV.replace("max_nodes = 3", "max_nodes = 15")),
    Bad("fewer than while Google upgrades", 'cloud = "azure"', 'cloud = "google"', "cluster.pod_cidr", '"10.20.0.0/20"',
        "a range for 17 nodes, which is what max_nodes of all pools come to, with 1 more of each pool",
        base=DEV.replace("max_nodes = 3", "max_nodes = 13").replace("10.20.0.0/16", "10.20.0.0/20")),
    Bad("fewer than there could ever be", "max_nodes = 3\n", "max_nodes = 100\n", "cluster.pod_cidr", '"10.20.0.0/16"',
        "no range has room for more than 256",
        base=DEV.replace("[postgres]", "".join(
            f"[cluster.node_pools.{name}]\nsize = 'small'\nmin_nodes = 0\nmax_nodes = 80\n\n" for name in "ab"
        ) + "[postgres]")),
    Bad("a replica in the only zone", "zones = 2", "zones = 1", "redis.high_availability", "true",
        "network.zones from 2",
        base=DEV.replace('cloud = "azure"', 'cloud = "aws"').replace(
            '[redis]\nsize = "small"\nhigh_availability = false', '[redis]\nsize = "small"\nhigh_availability = true')),
    Bad("the queue of dead letters", '"lancamento-registrado"', '"dead-letters"', "services.razao.publishes[0]",
        '"dead-letters"', "where messages go that nobody could process",
        base=re.sub('(consumes|scale_on_queue|messages_per_replica) = .*\n', "", DEV)),
]
# fmt: on
BAD_FOR_THE_SCHEMA = [*BAD_WORDS, *BAD_KEYS, *BAD_TYPES, *A_CLUSTER_IS_NO_CLOUD, *BY_TOPOLOGY]
BAD = [
    *BAD_FOR_THE_SCHEMA,
    *BAD_NUMBERS_AND_RANGES,
    *ACCOUNTS_AND_ORDER,
    *RULES_BETWEEN_TABLES,
    *RULES_BETWEEN_SERVICES,
    *PRODUCTION_RULES,
    *NAMES_AND_ADDRESSES_OF_OTHERS,
]


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def report_of(path: Path) -> EnvironmentFileErrors:
    """The error for one file or for a folder; its text must not speak of how the files are read."""
    with pytest.raises(EnvironmentFileErrors) as caught:
        load_environments(path) if path.is_dir() and path.suffix != ".toml" else load_environment(path)
    for jargon in ("pydantic", "validation error", "input_", "[type=", "https://errors", "Traceback", "Error"):
        assert jargon not in str(caught.value)
    return caught.value


def assert_reported(errors: EnvironmentFileErrors, file: Path, bad: Bad) -> None:
    """Exactly this fault among the faults of its key, and all of it in the text."""
    [fault] = [fault for fault in errors.faults if (fault.file, fault.key) == (file, bad.key)]
    assert bad.found in fault.found
    assert bad.allowed in fault.allowed
    assert fault.suggestion == bad.suggestion
    text = " ".join(str(errors).split())
    for part in (str(file), fault.key, f"found {' '.join(fault.found.split())}", f"allowed {fault.allowed}"):
        assert part in text
    assert not bad.suggestion or f"did you mean {bad.suggestion}?" in text


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.about)
def test_a_fault_is_explained(bad: Bad, tmp_path: Path) -> None:
    assert bad.base.count(bad.old) >= 1
    path = write(tmp_path, "qa.toml", bad.base.replace(bad.old, bad.new, 1))
    errors = report_of(path)
    assert_reported(errors, path, bad)
    # A misspelt key is also missing under its right name; nothing else may be said.
    others = {fault.key: fault.found for fault in errors.faults if fault.key != bad.key}
    if bad.found == "an unknown key" and bad.suggestion:
        assert list(others.values()) == ["nothing: it is missing"]
    else:
        assert not others


def test_faults_of_all_kinds_and_files_come_in_one_report(tmp_path: Path) -> None:
    chosen = [*BAD_WORDS[2:3], *BAD_KEYS[-1:], *BAD_TYPES[1:2], *BAD_NUMBERS_AND_RANGES[0:1]]
    chosen += [bad for bad in BAD_NUMBERS_AND_RANGES if bad.about in ("less than min", "services among pods")]
    content = DEV
    for bad in chosen:
        content = content.replace(bad.old, bad.new, 1)
    first = write(tmp_path, "dev.toml", content)
    second = write(tmp_path, "prod.toml", PROD.replace("backup_days = 30", "backup_days = 7"))
    third = write(tmp_path, "qa.toml", "cloud = ")
    write(tmp_path, "good.toml", DEV)
    errors = report_of(tmp_path)
    for bad in chosen:
        assert_reported(errors, first, bad)
    assert len(errors.faults) == len(chosen) + 2
    assert [fault.key for fault in errors.faults if fault.file == second] == ["postgres.backup_days"]
    assert [fault.key for fault in errors.faults if fault.file == third] == ["line 1, column 9"]
    assert str(errors).startswith(f"{len(chosen) + 2} faults in the environment files.\n")


def test_production_rules_are_reported_together(tmp_path: Path) -> None:
    errors = report_of(write(tmp_path, "prod.toml", DEV.replace('tier = "dev"', 'tier = "prod"')))
    assert [fault.key for fault in errors.faults] == [
        "deletion_protection",
        "network.zones",
        "cluster.public_access_cidrs",
        "cluster.system_pool.min_nodes",
        "cluster.system_pool.max_nodes",
        "cluster.node_pools.general.min_nodes",
        "postgres.size",
        "postgres.backup_days",
        "postgres.high_availability",
        "redis.high_availability",
        "rabbitmq.high_availability",
        "services.consolidacao.min_replicas",
        "gateway.min_replicas",
        "gateway.certificate_email",
        "gateway.token_issuer",
    ]


def test_a_key_under_a_broken_value_is_still_checked(tmp_path: Path) -> None:
    """A rule that needs another value waits for it, and all the others still speak."""
    content = PROD.replace('size = "medium"\nstorage', 'size = "smal"\nstorage').replace("days = 30", "days = 7")
    errors = report_of(write(tmp_path, "prod.toml", content))
    assert [fault.key for fault in errors.faults] == ["postgres.size", "postgres.backup_days"]


def test_faults_of_a_service_do_not_hide_those_between_services(tmp_path: Path) -> None:
    content = (
        DEV.replace('"/razao"', '"/consolidacao"')
        .replace("port = 9090", "port = 80")
        .replace('consumes = ["lancamento-registrado"]', 'consumes = ["outra"]')
        .replace("[services.razao]", "[services.Razao]")
    )
    errors = report_of(write(tmp_path, "qa.toml", content))
    assert {fault.key for fault in errors.faults} == {
        "services.consolidacao.port",
        "services.consolidacao.scale_on_queue",
        "services.Razao",
        "services.Razao.paths",
        "services.Razao.publishes",
        "services.consolidacao.consumes",
    }


@pytest.mark.parametrize(
    ("old", "new", "keys"),
    [
        ('publishes = ["lancamento-registrado"]', "publishes = 3", ["services.razao.publishes"]),
        ('publishes = ["lancamento-registrado"]', 'publishes = ["X"]', ["services.razao.publishes[0]"]),
        ('consumes = ["lancamento-registrado"]', "consumes = {}", ["services.consolidacao.consumes"]),
        ("[services.razao]\n", "[[services.razao]]\n", ["services.razao"]),
        ('paths = ["/razao"]', 'paths = ["/razao/", "/consolidacao"]', ["services.razao.paths[0]"]),
        (DEV[DEV.index("[services") : DEV.index("[gateway]")], "", ["services"]),
    ],
)
def test_rules_between_services_wait_for_what_is_faulty(old: str, new: str, keys: list[str], tmp_path: Path) -> None:
    assert old in DEV
    errors = report_of(write(tmp_path, "qa.toml", DEV.replace(old, new)))
    assert [fault.key for fault in errors.faults] == keys


def test_a_path_is_a_whole_one_and_an_event_may_have_many_consumers(tmp_path: Path) -> None:
    """Neither of these is a clash: /razao and /razao-geral, and an event whose publisher consumes it too."""
    content = DEV.replace('"/consolidacao"', '"/razao-geral"').replace(
        "publishes =", 'consumes = ["lancamento-registrado"]\nown_queues = ["lancamento-registrado"]\npublishes ='
    )
    services = load_environment(write(tmp_path, "qa.toml", content)).services
    assert services["razao"].consumes == services["razao"].publishes == services["consolidacao"].consumes


def test_a_server_has_its_own_size_and_disk_or_those_of_all(tmp_path: Path) -> None:
    found = load_environment(write(tmp_path, "qa.toml", EACH.replace('size = "large"\n', ""))).database_servers
    assert {name: (server.size, server.storage_gb) for name, server in found.items()} == {
        "lancamentos": ("small", 32),
        "consolidacao": ("small", 256),
    }
    assert found["consolidacao"].size_key == "postgres.size"
    assert found["consolidacao"].storage_key == "postgres.servers.consolidacao.storage_gb"
    shared = load_environment(write(tmp_path, "qa.toml", DEV)).database_servers
    assert {name: (server.size, server.storage_gb) for name, server in shared.items()} == {"shared": ("small", 32)}


@pytest.mark.parametrize("called", ["saldos", "consolidacao"])
def test_a_server_goes_by_either_name_of_a_microservice_that_was_renamed(called: str, tmp_path: Path) -> None:
    """And is known by the one that it was made by."""
    renamed = EACH.replace("[services.consolidacao]\n", '[services.saldos]\nwas = "consolidacao"\n')
    path = write(tmp_path, "qa.toml", renamed.replace("servers.consolidacao", f"servers.{called}"))
    server = load_environment(path).database_servers["consolidacao"]
    assert (server.size, server.storage_gb) == ("large", 256)
    assert server.size_key == f"postgres.servers.{called}.size"


def test_a_name_of_today_goes_before_one_that_another_had(tmp_path: Path) -> None:
    """Two that change their names with each other: each table is of the one that is called so."""
    text = EACH.replace("[services.lancamentos]\n", '[services.lancamentos]\nwas = "consolidacao"\n').replace(
        "[services.consolidacao]\n", '[services.consolidacao]\nwas = "lancamentos"\n'
    )
    servers = load_environment(write(tmp_path, "qa.toml", text)).database_servers
    assert {name: server.size for name, server in servers.items()} == {"consolidacao": "small", "lancamentos": "large"}


BEHIND_DEV = DEV.count("\n") + 1
NOT_TOML = [
    ("word without quotes", "cloud = azure\n", "line 1, column 9", "cloud = azure", "invalid value"),
    ("open string", DEV + 'owner = "x\n', f"line {BEHIND_DEV}, column 11", 'owner = "x', "double quotes"),
    ("no equals sign", "cloud\n", "line 1, column 6", "cloud", "expected '=' after a key"),
    ("open header", "[network\n", "line 1, column 9", "[network", "expected ']'"),
    ("open at the end", "uses = [\n# more\n\n", "line 2, column 7", "# more", "invalid value"),
    ("control character", "cloud = \x0b1\n", "line 1, column 9", r'"cloud = \u000b1"', "invalid value"),
    ("two on a line", "a = 1 b = 2\n", "line 1, column 7", "a = 1 b = 2", "newline"),
    (
        "key twice",
        DEV.replace("cidr =", 'cidr = "x"\ncidr =', 1),
        "line 15",
        "network.cidr for the second",
        "once",
    ),
    (
        "key twice among others",
        DEV.replace("backup", 'size = "x"\nbackup', 1),
        "line 41",
        "postgres.size for",
        "once",
    ),
    ("top key twice", 'cloud = "azure"\ncloud = "azure"', "line 2", "cloud for the second time", "once"),
    ("list twice", "[services.x]\nuses = []\nuses = [\n1,\n]\n", "line 5", "services.x.uses for the", "once"),
    ("table twice", DEV + '[network]\ncidr = "x"\n', f"line {BEHIND_DEV}", "[network] for the second time", "once"),
    ("inline key twice", "labels = { a = 1, a = 2 }\n", "line 1", "a for the second time", "once"),
    ("table over a key", "[a]\nb = 1\n[a.b]\n", "line 3", "[a.b] for the second time", "once"),
    ("long line", f"cloud = {'1' * 5000}\n", "line 1", "5008 characters", "at most 1000 in a line"),
    ("deep lists", "a = " + "[\n" * 5000, "(file)", "lists in lists without end", "a few levels"),
    ("empty", "", "(file)", "nothing but blanks and comments", "a whole environment"),
    ("comments alone", "# cloud\n\n", "(file)", "nothing but blanks and comments", "a whole environment"),
    ("UTF-16", DEV.encode("utf-16"), "(file)", "text in UTF-16", "UTF-8"),
    ("UTF-16 without a mark", DEV.encode("utf-16-le"), "(file)", "text in UTF-16", "UTF-8"),
    ("Latin-1", (DEV + "# operações\n").encode("latin-1"), f"line {BEHIND_DEV}", "the byte 0xe7", "UTF-8"),
]


@pytest.mark.parametrize(
    ("content", "key", "found", "allowed"),
    [case[1:] for case in NOT_TOML],
    ids=[case[0] for case in NOT_TOML],
)
def test_a_file_that_is_not_toml(content: str | bytes, key: str, found: str, allowed: str, tmp_path: Path) -> None:
    path = write(tmp_path, "qa.toml", content)
    errors = report_of(path)
    [fault] = errors.faults
    assert (fault.file, fault.key.startswith(key)) == (path, True), fault.key
    assert found in fault.found
    assert allowed in fault.allowed
    for part in (str(path), fault.key, found, allowed):
        assert part in " ".join(str(errors).split())


def a_folder(path: Path) -> None:
    path.mkdir()


def a_symlink_loop(path: Path) -> None:
    path.symlink_to(path)


def a_broken_symlink(path: Path) -> None:
    path.symlink_to(path.with_name("gone"))


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def an_unreadable_file(path: Path) -> None:
    path.touch(mode=0o000)


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (a_folder, "a folder"),
        (a_symlink_loop, "unreadable: Too many levels of symbolic links"),
        (a_broken_symlink, "unreadable: No such file or directory"),
        (a_pipe, "no plain file"),
        (an_unreadable_file, "unreadable: Permission denied"),
    ],
)
def test_what_cannot_be_read(make: Any, found: str, as_ordinary_user: None) -> None:
    path = Path("qa.toml")
    make(path)
    [fault] = report_of(Path()).faults
    assert (fault.file, fault.key, fault.found) == (path, "(file)", found)
    assert "text file" in fault.allowed


@pytest.mark.parametrize(
    "name",
    ["Dev.toml", "1dev.toml", "dev_.toml", "dev-.toml", "pre-prod.toml", "dev.x.toml", "dev .toml",
     "dev.TOML", "productioneu.toml", "produção.toml", "dev\n.toml"],
)  # fmt: skip
def test_a_file_name_that_is_no_name(name: str, tmp_path: Path) -> None:
    path = write(tmp_path, name, DEV.replace('"brazil"', '"brasil"'))
    errors = report_of(tmp_path)
    assert [(fault.file, fault.key) for fault in errors.faults] == [(path, "(file name)"), (path, "region")]
    assert errors.faults[0].found == json.dumps(name, ensure_ascii=False)
    assert f"at most {MAX_ENVIRONMENT_NAME_LENGTH} characters" in errors.faults[0].allowed


def test_a_name_that_looks_like_our_reader_s_mark(tmp_path: Path) -> None:
    errors = report_of(write(tmp_path, "qa.toml", DEV + '[services."[key]"]\nuses = 3\n'))
    assert [fault.key for fault in errors.faults] == ['services."[key]"', 'services."[key]".uses']
    errors = report_of(write(tmp_path, "qa.toml", DEV + '[services]\n"[key]" = 3\n'))
    assert {fault.found for fault in errors.faults} == {'the name "[key]"', "3 (a whole number)"}


def test_a_folder_without_environments(tmp_path: Path) -> None:
    write(tmp_path, ".#dev.toml", "an editor's lock")
    write(tmp_path, "notes.txt", "")
    [fault] = report_of(tmp_path).faults
    assert (fault.file, fault.found) == (tmp_path, "no environment file")
    assert "such as dev.toml" in fault.allowed


@pytest.mark.parametrize(("name", "found"), [("gone", "No such file or directory"), ("file", "Not a directory")])
def test_no_folder(name: str, found: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentFileErrors, match=found):
        load_environments(tmp_path / name)


@pytest.mark.parametrize("content", [DEV, PROD, "\ufeff" + DEV, DEV.replace("\n", "\r\n")], ids=repr)
def test_a_good_file_loads(content: str, tmp_path: Path) -> None:
    environment = load_environment(write(tmp_path, "homologacao.toml", content))
    assert (environment.name, environment.prefix) == ("homologacao", "flowwise-homologacao")
    assert len(environment.prefix) <= MAX_PREFIX_LENGTH
    assert str(environment.cluster.pod_cidr) == "10.20.0.0/16"
    assert environment.cluster.node_pools["general"].taints[0].effect == "NoSchedule"
    assert environment.services["lancamentos"].uses == ("postgres",)
    assert (environment.gateway.client_requests, environment.gateway.client_unit) == (50, "second")
    assert environment.services["consolidacao"].configuration["PRICE"] == "$5 and 10%"
    assert (environment.in_cloud, environment.known_region) == (True, "brazil")
    with pytest.raises(ValueError, match="homologacao is in a cloud"):
        _ = environment.kubernetes_context
    with pytest.raises(ValueError, match="frozen"):
        environment.region = "usa"


@pytest.mark.parametrize(
    ("cloud", "pool"), [("azure", "general"), ("aws", "General_2026-11"), ("google", "default-pool")]
)
def test_pools_of_a_cluster_that_is_there_have_the_names_that_its_cloud_lets_them(
    cloud: str, pool: str, tmp_path: Path
) -> None:
    text = with_existing_cluster(environment_text(cloud, "shared", "dev"), cloud)
    text = text.replace("node_pools.general]", f"node_pools.{pool}]").replace(
        "[services.lancamentos]\n", f'[services.lancamentos]\npool = "{pool}"\n'
    )
    environment = load_environment(write(tmp_path, "dev.toml", text))
    assert (list(environment.cluster.node_pools), environment.services["lancamentos"].pool) == ([pool], pool)


@pytest.mark.parametrize("cloud", ["azure", "aws", "google"])
def test_a_cluster_that_is_there_has_no_system_pool_unless_somebody_tells_of_one(cloud: str, tmp_path: Path) -> None:
    text = with_existing_cluster(environment_text(cloud, "shared", "dev"), cloud)
    told = load_environment(write(tmp_path, "dev.toml", text)).cluster
    assert list(told.pools) == ["system", "general"]
    cluster = load_environment(write(tmp_path, "dev.toml", without_system_pool(text))).cluster
    assert (cluster.system_pool, list(cluster.pools)) == (None, ["general"])


def test_optional_keys_have_defaults(tmp_path: Path) -> None:
    content = re.sub(
        r"(?m)^(pod_cidr|service_cidr|spot|labels|taints|zones|public_access_cidrs|persistence|eviction_policy) = .*\n",
        "",
        DEV,
    )
    cluster = load_environment(write(tmp_path, "dev.toml", content)).cluster
    assert (str(cluster.pod_cidr), str(cluster.service_cidr)) == ("10.244.0.0/16", "10.245.0.0/16")
    pool = cluster.node_pools["general"]
    assert (pool.spot, pool.labels, pool.taints) == (False, {}, ())


def test_keys_of_services_have_defaults(tmp_path: Path) -> None:
    used = DEV[: DEV.index("[redis]")] + DEV[DEV.index("[services.lancamentos]") : DEV.index("[services.consolidacao]")]
    content = used + '[observability]\nbackend = "none"\n'
    environment = load_environment(write(tmp_path, "dev.toml", content))
    service = environment.services["lancamentos"]
    assert (service.port, service.paths, service.public) == (8080, (), False)
    assert (service.min_replicas, service.max_replicas) == (2, 6)
    assert (service.cpu, service.cpu_limit, service.memory, service.memory_limit) == ("250m", None, "512Mi", None)
    assert (service.publishes, service.consumes, service.scale_on_queue) == ((), (), None)
    assert [*service.health.model_dump().values()] == ["/health/startup", "/health/ready", "/health/live"]
    assert (service.command, service.arguments) == ((), ())
    assert (service.was, service.own_queues, service.shared_queues) == (None, (), ())
    assert (service.kind, service.schedule, service.time_zone) == ("http", None, "Etc/UTC")
    assert (service.pool, service.calls, service.egress) == (None, (), {})
    assert (service.cpu_percent, service.memory_percent) == (70, None)
    assert (service.stop_seconds, service.configuration, environment.gateway) == (30, {}, None)


def test_keys_of_the_gateway_have_defaults(tmp_path: Path) -> None:
    content = re.sub(r'(?s)(host = "api[^"]*"\n).*?\n\n', r"\1\n", DEV)
    gateway = load_environment(write(tmp_path, "dev.toml", content)).gateway
    assert (gateway.public, gateway.certificate_email, gateway.token_issuer) == (True, None, None)
    assert (gateway.certificate_challenge, gateway.dns_zone) == ("http", None)
    assert (gateway.client_requests, gateway.client_unit) == (100, "minute")
    assert (gateway.cors_origins, gateway.max_request_kb) == ((), 1024)
    assert (gateway.min_replicas, gateway.max_replicas) == (2, 6)


def test_a_private_gateway_may_have_a_zone_and_a_certificate_by_it(tmp_path: Path) -> None:
    keys = 'dns_zone = "flowwise.example"\ncertificate_email = "ops@flowwise.example"\n'
    content = DEV.replace("public = true\ncors", f"public = false\n{BY_DNS}{keys}cors")
    environment = load_environment(write(tmp_path, "dev.toml", content))
    assert (environment.proves_in_dns, environment.has_public_address) == (True, False)
    assert not list(complaints(tomllib.loads(content), SCHEMA))


def test_the_disk_of_a_broker(tmp_path: Path) -> None:
    accepted = MANAGED.replace('"managed"', '"managed"\naccept_password_in_state = true')
    given = DEV.replace('"in-cluster"', '"in-cluster"\nstorage_gb = 1000')
    brokers = [load_environment(write(tmp_path, "qa.toml", content)).rabbitmq for content in (DEV, given, accepted)]
    assert [broker.storage_gb for broker in brokers] == [10, 1000, 10]


@pytest.mark.parametrize("content", [LOCAL, LOCAL_PROD], ids=["dev", "prod"])
def test_a_cluster_that_is_there_already(content: str, tmp_path: Path) -> None:
    environment = load_environment(write(tmp_path, "local.toml", content))
    assert (environment.cloud, environment.kubernetes.context) == (IN_CLUSTER, "kind-flowwise")
    assert (environment.in_cloud, environment.kubernetes_context) == (False, "kind-flowwise")
    with pytest.raises(ValueError, match="local is in no cloud"):
        _ = environment.known_region
    assert (environment.region, environment.budget, environment.network, environment.cluster) == (None,) * 4
    assert (environment.postgres.size, environment.postgres.backup_days) == ("small", None)


def test_the_committed_files_load() -> None:
    environments = load_environments(FOLDER)
    assert "dev" in [environment.name for environment in environments]
    assert list(environments) == sorted(environments, key=lambda environment: environment.name)


def test_tables_are_not_checked_outside_a_file() -> None:
    with pytest.raises(TypeError, match="from_document"):
        Environment.model_validate(tomllib.loads(DEV))


# The JSON Schema, for editors

SCHEMA = environment_schema()
"""Of a whole environment; the committed one is of its file, which may leave out what is shared."""


def complaints(
    value: Any, schema: dict[str, Any] | bool, at: str = "", definitions: dict[str, Any] = SCHEMA["$defs"]
) -> Iterator[str]:
    """What a JSON Schema checker would object to, for as much of JSON Schema as ours uses."""
    again = partial(complaints, definitions=definitions)
    if schema is False:
        yield f"{at}: not here"
        return
    schema = schema | definitions.get(schema.get("$ref", "").removeprefix("#/$defs/"), {})
    types = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    for keyword, rule in schema.items():
        match keyword:
            case "type" if type(value) is not types[rule]:
                yield f"{at}: not {rule}"
            case "anyOf" if all(list(again(value, each)) for each in rule):
                yield f"{at}: {value} is none of these"
            case "enum" if value not in rule:
                yield f"{at}: {value} not in {rule}"
            case "const" if value != rule:
                yield f"{at}: {value} is not {rule}"
            case "not" if not list(again(value, rule)):
                yield f"{at}: {value} is excluded"
            case "pattern" if isinstance(value, str) and not re.fullmatch(rule, value):
                yield f"{at}: {value} does not match"
            case "maxLength" if isinstance(value, str) and len(value) > rule:
                yield f"{at}: too long"
            case "minimum" if isinstance(value, int) and value < rule:
                yield f"{at}: below {rule}"
            case "maximum" if isinstance(value, int) and value > rule:
                yield f"{at}: above {rule}"
            case "uniqueItems" if isinstance(value, list) and len(set(value)) < len(value):
                yield f"{at}: twice"
            case "minItems" if isinstance(value, list) and len(value) < rule:
                yield f"{at}: too few"
            case "maxItems" if isinstance(value, list) and len(value) > rule:
                yield f"{at}: too many"
            case "items" if isinstance(value, list):
                for item in value:
                    yield from again(item, rule, f"{at}[]")
            case "required" if isinstance(value, dict):
                yield from (f"{at}.{key}: missing" for key in rule if key not in value)
            case "minProperties" if isinstance(value, dict) and len(value) < rule:
                yield f"{at}: too few"
            case "propertyNames" if isinstance(value, dict):
                for key in value:
                    yield from again(key, rule, f"{at}.{key}")
            case "properties" if isinstance(value, dict):
                for key in value.keys() & rule.keys():
                    yield from again(value[key], rule[key], f"{at}.{key}")
            case "patternProperties" if isinstance(value, dict):
                for pattern, sub in rule.items():
                    for key in filter(re.compile(pattern).fullmatch, value):
                        yield from again(value[key], sub, f"{at}.{key}")
            case "additionalProperties" if isinstance(value, dict):
                assert rule is False
                patterns = schema.get("patternProperties", {})
                for key in value.keys() - schema.get("properties", {}).keys():
                    if not any(re.fullmatch(pattern, key) for pattern in patterns):
                        yield f"{at}.{key}: unknown"
            case "if":
                branch = "else" if list(again(value, rule)) else "then"
                yield from again(value, schema.get(branch, {}), at)


def test_the_schema_is_up_to_date() -> None:
    committed = SCHEMA_FILE.read_text(encoding="utf-8")
    assert committed == schema_text(), "run `python -m environments.json_schema`"


def test_the_schema_uses_only_what_the_check_above_knows() -> None:
    known = {
        "type",
        "enum",
        "const",
        "not",
        "pattern",
        "maxLength",
        "minimum",
        "maximum",
        "uniqueItems",
        "items",
        "minItems",
        "maxItems",
        "format",
    }
    known |= {"required", "minProperties", "propertyNames", "additionalProperties", "patternProperties"}
    known |= {"properties", "$ref", "$defs", "$schema", "title", "description", "default", "errorMessage"}
    known |= {"if", "then", "else", "anyOf"}

    def keywords(schema: dict[str, Any] | bool) -> Iterator[str]:
        if schema is False:
            return
        yield from schema
        for keyword in ("properties", "patternProperties", "$defs"):
            for sub in schema.get(keyword, {}).values():
                yield from keywords(sub)
        for sub in schema.get("anyOf", []):
            yield from keywords(sub)
        for keyword in {"items", "propertyNames", "not", "if", "then", "else"} & schema.keys():
            yield from keywords(schema[keyword])

    assert set(keywords(SCHEMA)) <= known


def test_the_schema_offers_the_words_of_the_tables() -> None:
    definitions = SCHEMA["$defs"]
    assert SCHEMA["properties"]["cloud"]["enum"] == [*CLOUDS, IN_CLUSTER]
    assert definitions["Observability"]["properties"]["backend"]["enum"] == list(VENDORS)
    assert SCHEMA["properties"]["region"]["enum"] == list(REGIONS)
    assert definitions["NodePool"]["properties"]["size"]["anyOf"][0]["enum"] == list(NODE_SIZES)
    assert definitions["SystemPool"]["properties"]["size"]["anyOf"][0]["enum"] == list(NODE_SIZES)
    assert definitions["Postgres"]["properties"]["size"]["anyOf"][0]["enum"] == list(NODE_SIZES)
    assert definitions["Postgres"]["properties"]["storage_gb"]["enum"] == list(DATABASE_STORAGE_GB)
    assert definitions["Postgres"]["properties"]["version"]["enum"] == list(ENGINE_VERSIONS)
    assert definitions["Postgres"]["properties"]["topology"]["enum"] == list(TOPOLOGIES)
    assert definitions["Cluster"]["properties"]["kubernetes_version"]["enum"] == list(KUBERNETES_VERSIONS)
    assert "cidr" in definitions["Network"]["required"]
    assert "pod_cidr" not in definitions["Cluster"]["required"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.name)
def test_committed_files_name_the_schema_and_satisfy_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"#:schema ./{SCHEMA_FILE.name}\n")
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert not list(complaints(tomllib.loads(text), schema, definitions=schema["$defs"]))


@pytest.mark.parametrize(
    "content",
    [DEV, PROD, LOCAL, LOCAL_PROD, HOSTED_WITH_RANGES_OF_GKE, without_system_pool(HOSTED_WITH_RANGES_OF_GKE)],
    ids=["dev", "prod", "local", "local-prod", "hosted", "hosted-without-a-system-pool"],
)
def test_the_schema_takes_what_the_model_takes(content: str, tmp_path: Path) -> None:
    load_environment(write(tmp_path, "qa.toml", content))
    assert not list(complaints(tomllib.loads(content), SCHEMA))


@pytest.mark.parametrize("bad", BAD_FOR_THE_SCHEMA, ids=lambda bad: bad.about)
def test_the_schema_refuses_what_the_model_refuses(bad: Bad) -> None:
    assert list(complaints(tomllib.loads(bad.base.replace(bad.old, bad.new, 1)), SCHEMA))


# Any environment

IN_A_FOLDER = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@IN_A_FOLDER
@given(document=documents(), name=ENVIRONMENT_NAMES)
def test_any_valid_environment_loads(document: dict[str, Any], name: str, tmp_path: Path) -> None:
    path = write(tmp_path, f"{name}.toml", as_toml(document))
    environment = load_environment(path)
    path.unlink()
    assert environment.name == name
    given_keys = environment.model_dump(mode="json", exclude_unset=True)
    assert given_keys == json.loads(json.dumps(document, default=str))
    assert not list(complaints(document, SCHEMA))


WORDS = ["cloud", "region", "tier", "cluster.kubernetes_version", "cluster.system_pool.size"]
WORDS += ["postgres.topology", "postgres.version", "postgres.size", "observability.backend"]
CHANGES = [
    lambda word: f"{word}x",
    lambda word: f" {word}",
    str.upper,
    lambda word: word[:-1],
    lambda word: word[::-1],
]


@IN_A_FOLDER
@given(document=documents(), key=st.sampled_from(WORDS), change=st.sampled_from(CHANGES))
def test_any_changed_word_is_reported(document: dict[str, Any], key: str, change: Any, tmp_path: Path) -> None:
    changed = deepcopy(document)
    *parents, last = key.split(".")
    table = changed
    for parent in parents:
        assume(parent in table)
        table = table[parent]
    assume(last in table)
    table[last] = change(table[last])
    assume(changed != document)
    path = write(tmp_path, "qa.toml", as_toml(changed))
    errors = report_of(path)
    assert [fault.key for fault in errors.faults] == [key]
    assert json.dumps(table[last]) in str(errors)
    assert list(complaints(changed, SCHEMA))
