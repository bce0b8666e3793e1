"""Regions: one neutral word, and what each cloud calls the place.

Sources: "List of Azure regions" (availability-zone support), "AWS Regions and Availability Zones", and
Compute Engine's "Regions and zones".
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class CloudRegion:
    """A region of one cloud: its code, and how many availability zones we spread over in it."""

    code: str
    zones: int


REGIONS: Mapping[str, Mapping[str, CloudRegion]] = {
    "brazil": {
        "azure": CloudRegion("brazilsouth", 3),
        "aws": CloudRegion("sa-east-1", 3),
        "google": CloudRegion("southamerica-east1", 3),
    },
    "usa": {
        "azure": CloudRegion("eastus", 3),
        "aws": CloudRegion("us-east-1", 3),
        "google": CloudRegion("us-east1", 3),
    },
}
"""Neutral word, then cloud."""

AWS_ZONE_IDS: Mapping[str, list[str]] = {
    "sa-east-1": ["sae1-az1", "sae1-az2", "sae1-az3"],
    "us-east-1": ["use1-az1", "use1-az2", "use1-az4"],
}
"""By region, zones by their ids, which mean the same in every account, as their letters do not ("AZ IDs", AWS Regions
and Availability Zones). Not use1-az3, which has no EKS ("Subnet requirements for clusters", Amazon EKS user guide)."""
