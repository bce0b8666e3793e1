"""The text of an environment's file with all that there is to say, for any cloud, topology and tier."""

import re
from collections.abc import Mapping
from pathlib import Path

from flowwise.tables.existing_ids import CLUSTERS, KEYS, LOG_WORKSPACES, REGISTRIES

# All that there is to say of an environment, in one file: a small one, for development, on Azure.
WHOLE = Path(__file__).with_name("whole_environment.toml").read_text()
# What production rules ask of such a file.
TO_PROD = {
    'tier                = "dev"': 'tier                = "prod"',
    "deletion_protection = false": "deletion_protection = true",
    '["200.160.2.3/32"]': "[]",
    "min_nodes = 1": "min_nodes = 3",
    "max_nodes = 2": "max_nodes = 3",
    'size              = "small"': 'size              = "medium"',
    "backup_days       = 7": "backup_days       = 30",
    "high_availability = false": "high_availability = true",
    'uses      = ["postgres", "rabbitmq", "redis"]': 'uses      = ["postgres", "rabbitmq", "redis", "storage"]',
    "[observability]": (
        'certificate_challenge = "dns"\n'
        'dns_zone = "flowwise.example"\n'
        'certificate_email = "plataforma@flowwise.example"\n\n'
        "[gateway.token_issuer]\n"
        'issuer    = "https://login.flowwise.example/"\n'
        'jwks_uri  = "https://login.flowwise.example/jwks.json"\n'
        'audiences = ["flowwise"]\n\n'
        "[storage]\nretention_days = 30\n\n"
        '[alerts]\nemails = ["plataforma@flowwise.example"]\n\n'
        '[runner]\norganization = "flowwise"\napplication = "Iv23liEXAMPLE0000000"\nmachines = 2\n\n'
        "[observability]"
    ),
}


def environment_text(cloud: str, topology: str, tier: str) -> str:
    changes = {'cloud               = "azure"': f'cloud               = "{cloud}"', '= "shared"': f'= "{topology}"'}
    text = WHOLE
    for old, new in (changes | (TO_PROD if tier == "prod" else {})).items():
        assert old in text
        text = text.replace(old, new)
    return text


def in_a_cluster(text: str) -> str:
    """The text of an environment on Azure, in a cluster that is there already instead."""
    head, _, rest = text.partition("[budget]")
    tables = rest[rest.index("[postgres]") :]
    head = re.sub(r"^region +=.*\n", "", head, flags=re.MULTILINE).replace('"azure"', '"kubernetes"')
    tables = re.sub(r"^backup_days +=.*\n", "", tables, flags=re.MULTILINE)
    return f'{head}[kubernetes]\ncontext = "kind-flowwise"\n\n{tables}'


def with_managed_broker(text: str) -> str:
    """The text of an environment on AWS, whose RabbitMQ the cloud runs instead."""
    in_cluster = 'mode              = "in-cluster"\n'
    assert text.count(in_cluster) == 1
    return text.replace(in_cluster, 'mode              = "managed"\naccept_password_in_state = true\n')


def with_storage(text: str) -> str:
    """The text of an environment in a cloud, whose lancamentos keeps files."""
    uses = 'uses      = ["postgres", "rabbitmq", "redis"]'
    assert text.count(uses) == text.count("[rabbitmq]\n") == 1
    return text.replace(uses, 'uses      = ["postgres", "storage", "rabbitmq", "redis"]').replace(
        "[rabbitmq]\n", "[storage]\nretention_days = 7\n\n[rabbitmq]\n"
    )


def with_alerts(text: str) -> str:
    """The text of an environment in a cloud, which tells people of what fails."""
    return f'{text}\n[alerts]\nemails = ["plataforma@flowwise.example"]\n'


def with_monitors(text: str) -> str:
    """The text of an environment, watched by Datadog, which alerts."""
    nobody = 'backend = "none"'
    assert text.count(nobody) == 1
    return text.replace(
        nobody, 'backend = "datadog"\nendpoint = "us5.datadoghq.com"\nkey_version = 2\napplication_key_version = 3'
    )


def with_proof_in_dns(text: str) -> str:
    """The text of an environment in a cloud, whose gateway only the network reaches, with a public certificate."""
    limit = 'client_limit = "100/minute"'
    keys = (
        'public = false\ncertificate_challenge = "dns"\ndns_zone = "flowwise.example"\n'
        'certificate_email = "ops@flowwise.example"\n'
    )
    assert text.count(limit) == 1
    return text.replace(limit, keys + limit)


def with_spot_pool(text: str) -> str:
    """The text of an environment with a tainted pool of spot nodes, "cheap", that lancamentos runs on."""
    taints = '[{ key = "flowwise.io/spare", value = "yes", effect = "NoExecute" }]'
    nodes = 'size = "small"\nmin_nodes = 3\nmax_nodes = 3\nspot = true'
    pool = f"[cluster.node_pools.cheap]\n{nodes}\ntaints = {taints}\n\n[postgres]"
    header = "[services.lancamentos]\n"
    assert text.count("[postgres]") == text.count(header) == 1
    return text.replace("[postgres]", pool).replace(header, f'{header}pool = "cheap"\n')


def with_calls(text: str) -> str:
    """The text of an environment whose lancamentos calls consolidacao, a partner and the Internet."""
    header = "[services.lancamentos]\n"
    assert text.count(header) == 1
    outside = 'parceiro = { to = ["203.0.113.0/24"], ports = [8443] }, correio = { to = ["internet"], ports = [587] }'
    return text.replace(header, f'{header}calls = ["consolidacao"]\negress = {{ {outside} }}\n')


NAMED_SIZES = {
    "azure": {
        "cluster.node_pools.general": "Standard_E8s_v5",
        "postgres": "MO_Standard_E8ds_v5",
        "redis": "MemoryOptimized_M20",
    },
    "aws": {"cluster.node_pools.general": "r7i.2xlarge", "postgres": "db.r7g.2xlarge", "redis": "cache.r7g.xlarge"},
    "google": {
        "cluster.node_pools.general": "n2-highmem-8",
        "postgres": "db-custom-6-24576",
        "redis": "HIGHMEM_XLARGE",
    },
}
"""By cloud and table: sizes by the cloud's own names that no word stands for, but for the last."""


def with_named_sizes(text: str, cloud: str) -> str:
    """The text of an environment with these sizes."""
    for table, name in NAMED_SIZES[cloud].items():
        text, found = re.subn(
            rf'^(\[{re.escape(table)}\].*\n(?:\S.*\n)*?size +=) "\w+"', rf'\1 "{name}"', text, flags=re.MULTILINE
        )
        assert found == 1
    return text


OWN_SERVER = ("xlarge", 512)
"""Size and disk, in GB, of the server below."""


def with_own_server(text: str) -> str:
    """The text of an environment with a server each, of which consolidacao's is larger than the others."""
    assert text.count("[redis]\n") == 1
    size, gigabytes = OWN_SERVER
    table = f'[postgres.servers.consolidacao]\nsize = "{size}"\nstorage_gb = {gigabytes}\n\n'
    return text.replace("[redis]\n", f"{table}[redis]\n")


OWN_SECRETS = ("lancamentos-partner-api-key", "lancamentos-token")
"""What the store calls the secrets below."""


def with_own_secrets(text: str) -> str:
    """The text of an environment whose lancamentos has two secrets of its own, one of which has been replaced."""
    header = "[services.lancamentos]\n"
    assert text.count(header) == 1
    keys = 'secrets = ["PARTNER_API_KEY", "TOKEN"]\nsecret_versions = { PARTNER_API_KEY = 2 }\n'
    return text.replace(header, f"{header}{keys}")


WORKER_AND_JOB = """\
[services.auditoria]
kind       = "worker"
uses       = ["rabbitmq"]
consumes   = ["lancamento-registrado"]
own_queues = ["lancamento-registrado"]

[services.fechamento]
kind      = "job"
schedule  = "0 3 * * *"
time_zone = "America/Sao_Paulo"
uses      = ["postgres"]
calls     = ["lancamentos"]
secrets   = ["BANK_TOKEN"]

"""


def with_worker_and_job(text: str) -> str:
    """The text of an environment with a worker, which has a queue of its own, and a job at night, which calls."""
    assert text.count("[gateway]") == 1
    return text.replace("[gateway]", f"{WORKER_AND_JOB}[gateway]")


def environment_name(cloud: str, topology: str, tier: str) -> str:
    return f"{cloud[:2]}{topology[:3]}{tier}"


def apart(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts of environments by their names, each with a network and a host of its own, so that all go together."""
    return {
        name: text.replace("10.10.0.0/16", f"10.{10 + 3 * number}.0.0/16").replace("api.dev.", f"api.{name}.")
        for number, (name, text) in enumerate(texts.items())
    }


_GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-hub/providers/Microsoft.Network"
_SPOKE = f"{_GROUP}/virtualNetworks/vnet-spoke"
_SUBNETWORKS = "projects/flowwise-project/regions/southamerica-east1/subnetworks"
EXISTING = {
    "azure": f"""
id            = "{_SPOKE}"
nodes         = ["{_SPOKE}/subnets/nodes"]
control_plane = ["{_SPOKE}/subnets/control-plane"]
databases     = ["{_SPOKE}/subnets/databases"]
endpoints     = ["{_SPOKE}/subnets/endpoints"]
routed        = true

[network.existing.private_dns_zones]
registry = "{_GROUP}/privateDnsZones/privatelink.azurecr.io"
""",
    "aws": """
id            = "vpc-0123456789abcdef0"
nodes         = ["subnet-00000001", "subnet-00000002", "subnet-00000003"]
control_plane = ["subnet-00000004", "subnet-00000005"]
databases     = ["subnet-00000004", "subnet-00000005"]
endpoints     = ["subnet-00000006", "subnet-00000007", "subnet-00000008"]
""",
    "google": f"""
id            = "projects/flowwise-project/global/networks/spoke"
nodes         = ["{_SUBNETWORKS}/nodes"]
control_plane = ["{_SUBNETWORKS}/control-plane"]
databases     = ["google-managed-services"]
endpoints     = ["{_SUBNETWORKS}/endpoints"]
""",
}
"""By cloud, the network that the mocks of data sources answer of."""


def with_existing_network(text: str, cloud: str) -> str:
    """The text of an environment in a network that is there already."""
    assert text.count("[cluster]\n") == text.count("10.10.0.0/16") == 1
    text = text.replace("10.10.0.0/16", "10.20.0.0/16")
    return text.replace("[cluster]\n", f"[network.existing]{EXISTING[cloud]}\n[cluster]\n")


THERE = {
    "azure": f"""
registry       = "{REGISTRIES["azure"].example}"
encryption_key = "{KEYS["azure"].example}"
log_workspace  = "{LOG_WORKSPACES["azure"].example}"
""",
    "aws": f"""
registry       = "{REGISTRIES["aws"].example}"
encryption_key = "{KEYS["aws"].example}"
""",
    "google": f"""
registry       = "{REGISTRIES["google"].example}"
encryption_key = "{KEYS["google"].example}"
""",
}
"""By cloud, what else the mocks answer of."""


def with_existing(text: str, cloud: str) -> str:
    """The text of an environment with all that can be there already, besides the network."""
    assert text.count("[cluster]\n") == 1
    return text.replace("[cluster]\n", f"[existing]{THERE[cloud]}\n[cluster]\n")


def with_existing_cluster(text: str, cloud: str) -> str:
    """The text of an environment in a cluster that is there already, and so in a network that is there."""
    kept = [
        line
        for line in with_existing_network(text, cloud).splitlines(keepends=True)
        if not line.startswith(("control_plane", "routed", "public_access_cidrs"))
    ]
    there = f'[existing]\ncluster = "{CLUSTERS[cloud].example}"\n\n[network.existing]\n'
    ranges = '[cluster]\npod_cidr = "10.244.0.0/16"\nservice_cidr = "10.245.0.0/16"\n'
    return "".join(kept).replace("[network.existing]\n", there).replace("[cluster]\n", ranges)


def with_all_there(text: str, cloud: str) -> str:
    """The text of an environment for which all is there already that can be."""
    return with_existing_cluster(text, cloud).replace("[existing]\n", f"[existing]{THERE[cloud]}")


def without_system_pool(text: str) -> str:
    """The text of an environment whose cluster has nodes for microservices alone, as far as anybody tells."""
    text, found = re.subn(r"\[cluster\.system_pool\].*\n(\S.*\n)+", "", text)
    assert found == 1
    return text
