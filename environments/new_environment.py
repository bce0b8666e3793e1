"""Writes the file of a new environment: `python -m environments.new_environment NAME`.

It is valid as it is: as small as an environment can be, on a range of addresses that no other has.
"""

import sys
from collections.abc import Iterable
from ipaddress import IPv4Network
from pathlib import Path

from environments.faults import EnvironmentFileErrors, Fault
from environments.field_types import RESERVED_BY_AKS
from environments.loading import load_environments, name_faults
from environments.model import Environment
from environments.wording import shown
from flowwise.tables.traffic import PRIVATE_RANGES

FOLDER = Path(__file__).parent

_NEW_PREFIX = 16
_CANDIDATES = [cidr for range_ in PRIVATE_RANGES for cidr in IPv4Network(range_).subnets(new_prefix=_NEW_PREFIX)]
_ROUND = _CANDIDATES[10:251:10]
"""10.10, 10.20 and so on, which people read more easily, and between which there is room."""

_TEMPLATE = """\
#:schema ./environment.schema.json
# {name}: as small as an environment can be. What it has in common with the others is in shared.toml.

cloud               = "azure" # or "aws" or "google": nothing else has to change
tier                = "dev"   # "prod" insists on standbys, longer backups and a node in each zone
deletion_protection = false

[budget]
monthly_usd = 1800 # `make cost` says what it may come to

[network]
cidr = "{cidr}" # no other environment has it

[cluster.system_pool]
min_nodes = 1
max_nodes = 2

[cluster.node_pools.general] # for the microservices
size      = "small"
min_nodes = 2 # `make sizing` says how many it takes
max_nodes = 5

[postgres]
topology          = "shared" # one server, with a database for each microservice; "dedicated" gives each its own
size              = "small"
storage_gb        = 32
backup_days       = 7
high_availability = false

[redis]
size              = "small"
high_availability = false

[rabbitmq]
size              = "small"
high_availability = false

[gateway]
host = "api.{name}.flowwise.example"
"""


def new_environment(folder: Path, name: str) -> Path:
    """Write `<name>.toml` into a folder of environment files. Raises EnvironmentFileErrors, and writes nothing then."""
    file = folder / f"{name}.toml"
    faults = name_faults(folder, f"{name}.toml")
    if file.exists():
        faults.append(Fault(file, "(file name)", "an environment of that name", "a name that is not taken"))
    if faults:
        raise EnvironmentFileErrors(faults)
    cidr = _free_range(load_environments(folder))
    if cidr is None:
        found = f"no range of {', '.join(PRIVATE_RANGES)} that no environment has"
        raise EnvironmentFileErrors([Fault(file, "network.cidr", found, "one that another environment gives back")])
    file.write_text(_TEMPLATE.format(name=name, cidr=cidr), encoding="utf-8")
    try:
        load_environments(folder)
    except EnvironmentFileErrors:  # what is shared does not suit it
        file.unlink()
        raise
    return file


def _free_range(environments: Iterable[Environment]) -> IPv4Network | None:
    """A range in which nobody is: the networks are to be joined one day, and each has pods and services of its own.

    If there is one, with room behind it for those, which are beside the network on Google Cloud. None if all are taken.
    """
    taken = set[IPv4Network]()
    for each in environments:
        if each.network and each.cluster:
            for cidr in (each.network.cidr, each.cluster.pod_cidr, each.cluster.service_cidr):
                taken.update(_candidates_of(cidr))
    free = [cidr for cidr in _CANDIDATES if cidr not in taken and not cidr.overlaps(RESERVED_BY_AKS)]
    roomy = [cidr for cidr in free if all(_behind(cidr, number) in free for number in (1, 2))]
    return next(iter([*(cidr for cidr in roomy if cidr in _ROUND), *roomy, *free]), None)


def _candidates_of(cidr: IPv4Network) -> Iterable[IPv4Network]:
    """Those that a range is in, or that are in it, as in that of pods of a cluster that is there."""
    if cidr.prefixlen < _NEW_PREFIX:
        return cidr.subnets(new_prefix=_NEW_PREFIX)
    return [cidr.supernet(new_prefix=_NEW_PREFIX)]


def _behind(cidr: IPv4Network, number: int) -> IPv4Network:
    return IPv4Network((int(cidr.network_address) + number * cidr.num_addresses, cidr.prefixlen))


def main() -> int:
    """Write the file that the command line names; gives the exit status."""
    if len(sys.argv) != 2 or not sys.argv[1]:
        print("Which environment? Give it a name, as in: make new-environment NAME=demo", file=sys.stderr)
        return 2
    try:
        file = new_environment(FOLDER, sys.argv[1])
    except EnvironmentFileErrors as faults:
        print(faults, file=sys.stderr)
        return 1
    print(f"Wrote {shown(str(file.relative_to(FOLDER.parent)))}. Look it over, then run `make synth`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
