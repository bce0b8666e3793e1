"""What Google Cloud has to allow a project, by the metrics of Compute Engine's quotas.

"Allocation quotas", Compute Engine: E2 machines count in CPUS, those of each other series in a quota of their own,
balanced disks in SSD_TOTAL_GB, and spot machines as others do as long as a project has no quota of their own. Google
publishes no numbers of new projects, which depend on what the billing account has paid so far.
"""

from collections.abc import Mapping

from environments import Environment
from quotas.counts import broker_disks_gb, makes_network
from quotas.need import Need, Quota
from quotas.nodes import disks_gb, nodes_of, vcpus

REGION, PROJECT = "region", "project"

_SEEN = "as `gcloud compute` has told of new projects; Google publishes none"
_UNSEEN = "Google publishes none"
_CPUS: Mapping[str, tuple[str, str, int | None, str]] = {
    "c3": ("C3_CPUS", "vCPUs of C3 in the region", None, _UNSEEN),
    "e2": ("CPUS", "vCPUs in the region", 24, _SEEN),
    "n2": ("N2_CPUS", "vCPUs of N2 in the region", None, _UNSEEN),
    "n2d": ("N2D_CPUS", "vCPUs of N2D in the region", None, _UNSEEN),
}
"""The region's quota of each series of machines."""


def _series(machine: str) -> str:
    return machine.partition("-")[0]


def google_needs(environment: Environment) -> list[Need]:
    """Every need, the machines' first."""
    pools = nodes_of(environment, "google")
    cpus = vcpus(pools)
    nodes = sum(pool.least for pool in pools), sum(pool.most for pool in pools)
    least, most = (gb + broker_disks_gb(environment) for gb in disks_gb(pools))
    networks = int(makes_network(environment))
    addresses = networks + environment.has_public_address
    return [
        *(
            Need(
                Quota(REGION, *_CPUS[series]),
                *vcpus(tuple(pool for pool in pools if _series(pool.machine) == series)),
                "cluster",
            )
            for series in sorted({_series(pool.machine) for pool in pools})
        ),
        Need(Quota(PROJECT, "CPUS_ALL_REGIONS", "vCPUs in all regions", 32, _SEEN), *cpus, "cluster"),
        Need(Quota(REGION, "INSTANCES", "Machines in the region", 24, _SEEN), *nodes, "cluster"),
        Need(Quota(REGION, "SSD_TOTAL_GB", "Disks, in GB", 500, _SEEN), least, most, "cluster"),
        Need(Quota(REGION, "STATIC_ADDRESSES", "Static addresses", 8, _SEEN), addresses, addresses, "gateway.public"),
        Need(Quota(REGION, "IN_USE_ADDRESSES", "Addresses in use", 8, _SEEN), addresses, addresses, "gateway.public"),
        Need(
            Quota(PROJECT, "NETWORKS", "Networks", 5, f"{_SEEN}; a new one has a network, default"),
            networks,
            networks,
            "network",
        ),
    ]
