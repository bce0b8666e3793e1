"""How much an environment is used: what no environment file says, and part of the bill hangs on.

These are assumptions of ours, not measurements: replace them by what the cloud's bill shows once there is one. The same
numbers go to Infracost, as usage files.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """A quantity of a month, from an idle one to a busy one, by the environment's tier. Numbers are as written."""

    text: str
    unit: str
    dev: tuple[str, str]
    prod: tuple[str, str]


USAGE: Mapping[str, Usage] = {
    "internet": Usage("sent to clients, through the gateway's load balancer", "GB", ("1", "50"), ("100", "1000")),
    "nat": Usage("to and from the Internet that nodes begin, through NAT", "GB", ("10", "100"), ("50", "500")),
    "endpoints": Usage("through private endpoints: images, secrets, the cache", "GB", ("5", "50"), ("50", "500")),
    "control_plane_logs": Usage("logs of Kubernetes' control plane", "GB", ("2", "15"), ("10", "100")),
    "service_logs": Usage("logs of each other service that keeps some", "GB", ("0.5", "2"), ("1", "10")),
    "flow_logs": Usage("logs of the network's traffic", "GB", ("2", "20"), ("20", "200")),
    "images": Usage("container images that are kept", "GB", ("5", "50"), ("20", "200")),
    "scans": Usage("images pushed, and scanned", "images", ("10", "100"), ("10", "60")),
    "files": Usage("files of microservices, with earlier versions", "GB", ("1", "50"), ("20", "500")),
    "backups": Usage("backups of each database, as a share of its disk", "of the disk", ("0.1", "1"), ("0.5", "2")),
    "balancer": Usage("capacity units of a load balancer in use, on average", "units", ("0.1", "1"), ("0.5", "5")),
    "key_operations": Usage("uses of encryption keys", "10,000", ("1", "20"), ("5", "100")),
    "secret_reads": Usage("reads of secrets", "10,000", ("1", "10"), ("2", "20")),
}
"""By name."""

NOT_COUNTED = (
    "Taxes, support plans and discounts.",
    "What observability vendors ask: they have prices of their own.",
    "Requests to storage for files.",
    "Data between availability zones and between regions.",
    "The storage of Terraform's state, which is made once per cloud and costs cents.",
    "Growth of a database's disk beyond what the environment file says.",
)
"""What no estimate has in it."""


def usage_of(tier: str) -> Mapping[str, tuple[str, str]]:
    """By name: what is assumed at least and at most of an environment of this tier."""
    return {name: usage.prod if tier == "prod" else usage.dev for name, usage in USAGE.items()}
