"""What Azure has to allow a subscription in a region.

Machines count in their family and in all that the region has ("Quotas", Azure Virtual Machines); spot machines in a
quota of their own instead. PostgreSQL's machines count in quotas of its own, and a standby as much as its server.
"""

import re
from collections import Counter

from environments import Environment
from flowwise.tables.machines import DATABASE_SHAPES
from flowwise.tables.sizes import DATABASE_SIZES, database_server
from quotas.counts import makes_network
from quotas.need import Need, Quota
from quotas.nodes import nodes_of, vcpus

COMPUTE, NETWORK, POSTGRES = "Compute", "Network", "PostgreSQL"

_VM_LIMITS = '"Azure subscription and service limits": 20 by default, and less by offer, such as 4 in a free trial'
_NETWORK_LIMITS = '"Azure subscription and service limits": by offer'
_POSTGRES_LIMITS = "Azure publishes none: they depend on offer and region"

_LARGEST = list(DATABASE_SIZES)[-1]
"""Taken for a server that another cloud names."""


def family_of(sku: str) -> str:
    """The family that a machine is counted in, such as standardDDSv5Family for Standard_D2ds_v5.

    Raises ValueError for a name that is none of a machine.
    """
    found = re.fullmatch(r"(?:[A-Z]+_)?Standard_([A-Z]+)\d+([a-z]*)(?:_(v\d+))?", sku)
    if not found:
        raise ValueError(f"{sku!r} names no machine")
    series, features, version = found.groups()
    return f"standard{series}{features.upper()}{version or ''}Family"


def machine_of(sku: str) -> str:
    """The machine of a PostgreSQL server, such as Standard_D2ds_v5 for GP_Standard_D2ds_v5."""
    return sku[sku.index("Standard_") :]


def _vcpus_of(sku: str) -> int:
    """What a machine's name says: Standard_D4ds_v5 has 4."""
    found = re.search(r"Standard_[A-Z]+(\d+)", sku)
    if not found:
        raise ValueError(f"{sku!r} names no machine")
    return int(found[1])


def azure_needs(environment: Environment) -> list[Need]:
    """Every need, the machines' first."""
    pools, key = nodes_of(environment, "azure"), "cluster"
    regular, spot = vcpus(pools, spot=False), vcpus(pools, spot=True)
    families = sorted({family_of(pool.machine) for pool in pools if not pool.spot})
    needs = [
        Need(_machines(name), *vcpus(tuple(pool for pool in pools if family_of(pool.machine) == name), spot=False), key)
        for name in families
    ]
    addresses = makes_network(environment) + environment.has_public_address
    return [
        *needs,
        Need(Quota(COMPUTE, "cores", "vCPUs of all machines in the region", 20, _VM_LIMITS), *regular, key),
        Need(Quota(COMPUTE, "lowPriorityCores", "vCPUs of spot machines", 20, _VM_LIMITS), *spot, key),
        *_postgres(environment),
        Need(
            Quota(NETWORK, "IPv4StandardSkuPublicIpAddresses", "Public addresses", None, _NETWORK_LIMITS),
            addresses,
            addresses,
            "gateway.public",
        ),
    ]


def _machines(family: str) -> Quota:
    return Quota(COMPUTE, family, "vCPUs of the nodes' family", 20, _VM_LIMITS)


def _postgres(environment: Environment) -> list[Need]:
    postgres = environment.postgres
    if postgres is None:
        return []
    copies = 2 if postgres.high_availability else 1
    cores = Counter[str]()
    for server in environment.database_servers.values():
        is_ours = server.size in DATABASE_SIZES or DATABASE_SHAPES["azure"].has(server.size)
        sku = database_server(server.size if is_ours else _LARGEST, "azure").sku
        cores[family_of(sku)] += _vcpus_of(sku) * copies
    words = {**dict.fromkeys(cores, "vCPUs of the databases' family"), "cores": "vCPUs of all databases in the region"}
    cores["cores"] = cores.total()
    return [
        Need(Quota(POSTGRES, name, text, None, _POSTGRES_LIMITS), cores[name], cores[name], "postgres")
        for name, text in words.items()
    ]
