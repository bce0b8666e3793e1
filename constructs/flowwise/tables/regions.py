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
