"""The table [network]."""

from pydantic import Field, ValidationInfo, field_validator

from environments.field_types import PrivateRange, refusal
from environments.table import BECAUSE_PRODUCTION, Surroundings, Table


class Network(Table):
    """The environment's own network."""

    cidr: PrivateRange = Field(description="Addresses of the network, in which nodes and databases live.")
    zones: int = Field(
        default=3, ge=1, le=3, description="Availability zones to spread over. Production wants all that there are."
    )

    @field_validator("zones")
    @classmethod
    def _as_many_as_there_are(cls, zones: int, info: ValidationInfo) -> int:
        around = Surroundings.of(info)
        most = around.most_zones
        if around.is_production and zones < most:
            raise refusal(f"{most}, all availability zones of the region, {BECAUSE_PRODUCTION}")
        if zones > most:
            raise refusal(f"at most {most}, which is all that the region has")
        around.zones = zones
        return zones
