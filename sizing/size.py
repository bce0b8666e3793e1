"""The size of an environment: its pods, its nodes, whether these fit, and what to change."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environments
from environments import Environment
from environments.findings import Finding, file_of
from sizing.findings import findings_of
from sizing.levels import Level, highest, lowest
from sizing.nodes import ASSUMED_UNSEEN_SHARE, Pool, pools_of
from sizing.pods import Pod, pods_of
from sizing.system_pods import said_of, system_pods_of

ENVIRONMENTS = Path(environments.__file__).parent
"""The folder of the environment files."""

_ALWAYS = (
    "Jobs that set something up, which end, and the one copy too many that a deployment has while it is replaced are "
    "not counted.",
    "What pods ask for is counted, and not what they use.",
)


@dataclass(frozen=True)
class Sizing:
    """What an environment's pods ask for, and what its nodes offer, at the least and at the most."""

    environment: str
    file: str
    pods: tuple[Pod, ...]
    pools: tuple[Pool, ...]
    low: Level
    high: Level
    findings: tuple[Finding, ...]
    assumptions: tuple[str, ...]

    @property
    def has_faults(self) -> bool:
        """Whether some pods may wait for a place that they never get."""
        return any(finding.severity == "fault" for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """In JSON's types. Processors are in thousandths (cpu_m), memory is in MiB, shares are from 0 to 1.

        `pods` are kinds of pod: what one of them asks for, and how many there are (`low`, `high`) or, `per_node`, on
        each node. Of `pools`, processors and memory are what one node leaves to pods. Of `low` and `high`, what would
        need the nodes to be known is null where they are not; `unplaced` names a pod for each of its copies.
        """
        return {
            "environment": self.environment,
            "file": self.file,
            "pods": [pod.as_json() for pod in self.pods],
            "pools": [pool.as_json() for pool in self.pools],
            "low": self.low.as_json(),
            "high": self.high.as_json(),
            "findings": [finding.as_json() for finding in self.findings],
            "assumptions": list(self.assumptions),
        }


def size_of(environment: Environment, folder: Path = ENVIRONMENTS) -> Sizing:
    """The size of an environment, whose file is in the folder. Raises EnvironmentFileErrors if that is unreadable."""
    system_pods = system_pods_of(environment.cloud) if environment.in_cloud else ()
    pods, pools = (*pods_of(environment), *system_pods), pools_of(environment)
    low, high = lowest(pods, pools), highest(pods, pools)
    return Sizing(
        environment.name,
        f"{folder.name}/{environment.name}.toml",
        pods,
        pools,
        low,
        high,
        findings_of(environment, pods, pools, low, high, file_of(folder, environment)),
        _assumptions(environment),
    )


def _assumptions(environment: Environment) -> tuple[str, ...]:
    if not environment.in_cloud:
        return (*_ALWAYS, "The cluster's nodes are not ours to know: what runs on each is counted once.")
    return (
        *_ALWAYS,
        said_of(environment.cloud),
        f"Of a machine's memory, {ASSUMED_UNSEEN_SHARE:.1%} are assumed to be its firmware's and its kernel's.",
    )
