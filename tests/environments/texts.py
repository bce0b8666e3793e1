"""The text of an environment's file with all that there is to say, for any cloud, topology and tier."""

import re
from collections.abc import Mapping
from pathlib import Path

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
